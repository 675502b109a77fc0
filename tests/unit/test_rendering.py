"""Markdown becomes HTML that may stand on anybody's page, and a short answer that is whole."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.passages import anchors
from knowledge_base.rendering import NO_BREAK_SPACE, render, short_answer


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "![x](javascript:alert(1))",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        '[x](https://a.example "a\\" onclick=alert(1) b=\\"")',
        "<javascript:alert(1)>",
        '```"><script>alert(1)</script>\n<b>\n```',
        "[a]: javascript:alert(1)\n\n[a]",
        "<style>*{}</style><iframe src=//x></iframe>",
    ],
)
def test_nothing_runs(hostile: str) -> None:
    html = render(hostile)
    tags = re.findall(r"<[^>]*>", html)
    assert not [
        tag
        for tag in tags
        if re.search(r"script|\son\w+=|style|iframe|data:|file:|vbscript", tag, re.IGNORECASE)
        and not re.search(r'title="[^"]*onclick', tag)
    ]
    assert "<script" not in html
    assert not re.search(r'(?:href|src)="(?!https?:|mailto:|/|#)', html)


@given(st.text(alphabet=st.sampled_from(list("<>[]()!`*_#-|\"'&;:/ \n\tahrefscriptjavon=\x00\ud800é")), max_size=200))
def test_no_text_makes_a_foreign_tag(text: str) -> None:
    allowed = r"</?(?:p|br|hr|h[2-6]|ul|ol|li|blockquote|pre|code|strong|em|s|a|img|table|thead|tbody|tr|th|td)\b"
    html = render(text)
    assert all(re.match(allowed, tag) for tag in re.findall(r"<[^>]*>?", html))
    assert "javascript:" not in "".join(re.findall(r'href="[^"]*"', html))


def test_links_open_beside_the_chat_and_tell_nothing() -> None:
    html = render("[a](https://a.example/x) [b](mailto:b@c.example) [c](/returns)")
    links = re.findall(r"<a [^>]*>", html)
    assert len(links) == 3
    assert all('target="_blank"' in link and 'rel="noopener noreferrer nofollow"' in link for link in links)


def test_links_to_articles_lead_to_the_reader_s_language_on_our_own_host() -> None:
    html = render(
        "[a](/help/member-club) [b](/help/sv/other#x) [c](/returns)", language="da", base_url="https://chat.example"
    )
    assert re.findall(r'href="([^"]*)"', html) == [
        "https://chat.example/help/da/member-club",
        "https://chat.example/help/sv/other#x",
        "/returns",
    ]


def test_addresses_in_the_text_become_links_without_the_full_stop() -> None:
    html = render("Se https://a.example/x?a=1&b=2. `https://code.example` [https://b.example](https://c.example)")
    assert re.findall(r'href="([^"]*)"', html) == ["https://a.example/x?a=1&amp;b=2", "https://c.example"]
    assert "b=2</a>." in html


def test_pictures_come_encrypted_or_from_here() -> None:
    html = render(
        "![one](http://a.example/x.png) ![two](https://a.example/x.png) ![three](//b.example/y.png) ![four](/z.png)"
    )
    assert "<img" not in html  # the policy of the page that the chat stands on is not ours to know
    assert re.findall(r'href="([^"]*)"', html) == ["https://a.example/x.png", "https://b.example/y.png", "/z.png"]
    page = render("![two](https://a.example/x.png) ![three](//b.example/y.png) ![four](/z.png)", same_tab=True)
    assert re.findall(r'src="([^"]*)"', page) == ["https://a.example/x.png", "https://b.example/y.png", "/z.png"]
    assert "one" in html


def test_headings_stand_below_those_of_the_page() -> None:
    assert re.findall(r"<h(\d)", render("# a\n\n### b\n\n###### c")) == ["3", "5", "6"]
    assert re.findall(r"<h(\d)", render("## a\n\n### b", top=2)) == ["2", "3"]


def test_headings_of_a_page_have_the_ids_of_their_passages() -> None:
    body = "## Sådan gør du\n\nx\n\n## Sådan gør du\n\ny\n\n### Pris\n\nz"
    found = re.findall(r'<h\d id="([^"]*)"', render(body, top=2, same_tab=True))
    assert found == [name for name, _ in anchors(body)]
    assert len(set(found)) == 3
    assert "id=" not in render(body)


def test_keeps_lists_tables_and_emphasis() -> None:
    html = render("3. a\n4. **b**\n\n| x | y |\n|---|---|\n| 1 | ~~2~~ |")
    for part in ('<ol start="3">', "<strong>b</strong>", "<th>x</th>", "<s>2</s>"):
        assert part in html


def test_a_text_of_brackets_alone_is_shown_as_it_is() -> None:
    assert "[[[[" in render("[" * 6_000)
    assert short_answer("[" * 6_000)


STEPS = "Du har 60 dage. Sådan gør du:\n\n1. Pak varen.\n2. Sæt [labelen](/returns) på.\n\nVi trækker 39 kr."


def test_a_short_article_is_its_own_answer() -> None:
    assert short_answer(STEPS) == STEPS


def test_an_answer_ends_before_the_next_subject() -> None:
    body = "# Retur\n\n" + "Du har 60 dage, og varen skal være ubrugt. " * 4 + "\n\n## Bytte\n\nByt gratis."
    assert short_answer(body).strip() == ("Du har 60 dage, og varen skal være ubrugt. " * 4).strip()


def test_a_heading_is_passed_where_nearly_nothing_stands_above_it() -> None:
    assert "Pak varen" in short_answer("Kort:\n\n## Sådan\n\nPak varen.")


def test_a_list_is_cut_between_its_items_only() -> None:
    items = [f"- Punkt {number} med [et link](/help/artikel-{number}) og nogle ord" for number in range(40)]
    answer = short_answer("Gør sådan:\n\n" + "\n".join(items), 500)
    kept = answer.splitlines()
    assert kept[0] == "Gør sådan:"
    assert 2 < len(kept) < 15
    assert kept[2:] == items[: len(kept) - 2]


def test_a_paragraph_is_cut_between_sentences_only() -> None:
    sentence = "Læs mere om [fragt. Og retur.](/help/fragt) her i dag. "
    answer = short_answer(sentence * 40, 300)
    assert 0 < len(answer) <= 300
    assert answer == (sentence * 40)[: len(answer)]
    assert answer.endswith("her i dag.")


def test_the_addresses_of_named_links_come_along() -> None:
    body = "Se [siden][Retur].\n\n## Andet\n\nx\n\n[Retur]: https://a.example/r\n[ubrugt]: https://b.example"
    answer = short_answer(body + "\n", 40)
    assert 'href="https://a.example/r"' in render(answer)
    assert "b.example" not in answer


@pytest.mark.parametrize(
    "body",
    ["ord " * 5_000, "- " + "ord " * 5_000, "```\n" + "ord\n" * 5_000 + "```", "| a |\n|---|\n" + "| ord |\n" * 5_000],
)
def test_what_has_no_place_to_end_is_cut_between_words(body: str) -> None:
    answer = short_answer(body)
    assert "ord" in answer
    assert len(answer) <= 710
    assert answer.endswith(" …")


@given(st.lists(st.text(alphabet="abc. *-#[]()\n`>|1", max_size=80), max_size=8))  # all of it fits
def test_says_nothing_that_the_article_does_not(blocks: list[str]) -> None:
    body = "\n\n".join(blocks)
    assert all(line in body for line in short_answer(body).splitlines())
    assert bool(short_answer(body)) == bool(body.strip())


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Fragten koster 39 kr. i Danmark", "Fragten koster 39_kr. i Danmark"),
        ("[69 NOK](/help/a) eller **9 euro**", "69_NOK"),
        ("Rabatt: 10 % på 5 000 kr", "10_% på 5_000_kr"),
        ("Mandag kl. 10-18, 1-3 hverdage", "Mandag kl._10-18, 1-3 hverdage"),
        ("i 3 krukker, 100 euroer", "i 3 krukker, 100 euroer"),
    ],
)
def test_no_line_ends_between_a_number_and_its_unit(body: str, shown: str) -> None:
    assert shown.replace("_", NO_BREAK_SPACE) in unescape(render(body))
    assert NO_BREAK_SPACE not in short_answer(body)
