"""An afternoon at the shop Lyngvidde: the chats that the console's tests and screenshots look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import complaints
from tests.browser.console_stage import Stage

OSKAR = {"agent": "oskar", "name": "Oskar Lindqvist"}
MAJA = {"agent": "maja", "name": "Maja Kjærgaard"}
SHOP = "https://lyngvidde.example"
POLE_PAGE = f"{SHOP}/dk/telte-og-soveposer/telte/havgus-2-ultralight?farve=mosgroen&utm_source=nyhedsbrev"


def hit(article: str, title: str, language: str, certainty: float, passage: str) -> dict[str, Any]:
    return {
        "article": article, "title": title, "language": language, "certainty": certainty, "score": certainty + 0.31,
        "passage": passage, "matched": title,
        "parts": {"pooled": certainty, "agreement": 1.0, "characters": 0.41, "margin": 0.12, "matched": 2.5},
    }  # fmt: skip


def article(name: str, title: str, language: str) -> dict[str, str]:
    return {"article": name, "title": title, "url": f"/help/{language}/{name}", "language": language}


def waiting(
    stage: Stage, chat: str, language: str, text: str, minutes: float, reason: str = "customer_request"
) -> None:
    stage.begin(chat, language, f"{SHOP}/", minutes * 60 + 90)
    stage.put(chat, {"kind": "said", "text": text}, minutes * 60 + 60, tell=False)
    near = hit("size-guide", "Størrelsesguide til støvler", "da", 0.28, "Mål foden om aftenen, og læg 1 cm til.")
    stage.put(chat, decided(2, "hand_over", near), minutes * 60 + 1, tell=False)
    stage.put(chat, {"kind": "handoff", "reason": reason}, minutes * 60, tell=False)


def mine(stage: Stage, chat: str, language: str, turns: list[tuple[str, str]], minutes: float, unread: int = 0) -> None:
    stage.begin(chat, language, f"{SHOP}/", minutes * 60 + 700)
    stage.put(chat, {"kind": "said", "text": turns[0][1]}, minutes * 60 + 650, tell=False)
    stage.put(chat, {"kind": "handoff", "reason": "customer_request"}, minutes * 60 + 600, tell=False)
    stage.put(chat, {"kind": "claimed", **MAJA}, minutes * 60 + 500, tell=False)
    for index, (who, text) in enumerate(turns[1:]):
        data = {"kind": "said", "text": text} if who == "customer" else {"kind": "replied", **MAJA, "text": text}
        stage.put(chat, data, minutes * 60 + 10 * (len(turns) - index), tell=False)
    stage.chats[chat]["seen_by_staff"] = stage.chats[chat]["last_seq"] - unread


def said(text: str) -> dict[str, Any]:
    return {"kind": "said", "text": text}


def replied(text: str) -> dict[str, Any]:
    return {"kind": "replied", **MAJA, "text": text}


def decided(about: int, outcome: str, *hits: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "decided", "about": about, "outcome": outcome, "threshold": 0.62, "hits": list(hits), "note": ""}


def answered(about: int, text: str, html: str, source: dict[str, str], certainty: float) -> dict[str, Any]:
    return {"kind": "answered", "re": about, "text": text, "html": html, "source": source, "certainty": certainty}


def pole(stage: Stage) -> None:
    """The chat of the mock-up: a bent pole, two tries, a handoff, a claim, a note, thanks."""
    stage.begin("pole", "da", POLE_PAGE, 780)

    def put(data: dict[str, Any], ago: float) -> int:
        return stage.put("pole", data, ago, tell=False)

    spare, warranty = "Reservestænger og stangsæt", "Hvad garantien dækker på telte"
    first = put(said("Hej, jeg har bøjet en stang på mit Havgus 2. Kan I sende bare midterstykket?"), 770)
    put(said(f"{POLE_PAGE}&stoerrelse=2-personers&kampagne=efteraar-2026&utm_medium=email&ref=a8Kd92LmQ"), 765)
    near = hit("spare-poles", spare, "da", 0.47, "Et helt stangsæt til Havgus 2 koster 649 kr. og sendes samme dag.")
    far = hit("warranty-tents", warranty, "da", 0.31, "Garantien dækker ikke stænger, der er bøjet i brug.")
    put(decided(first, "offer", near, far), 763)
    choices = [article("spare-poles", spare, "da"), article("warranty-tents", warranty, "da")]
    unsure = "Det ved jeg ikke sikkert, så jeg gætter ikke. Måske er det her, du leder efter?"
    put({"kind": "offered", "re": first, "text": unsure, "choices": choices}, 762)
    second = put(said("Nej, kun midterstykket. Hvor lang tid tager levering til Abisko?"), 725)
    post = "Levering til fjeldhytter og posthuse"
    arrives = "Pakker til posthuse i Nordsverige er fremme efter to hverdage."
    put(decided(second, "answer", hit("delivery-huts", post, "da", 0.81, arrives)), 723)
    html = (
        "<p>Pakker til posthuse i Nordsverige er fremme efter <strong>to hverdage</strong>.</p>"
        "<ul><li>Med DHL Express: næste hverdag før kl. 12</li><li>Med PostNord: to hverdage</li></ul>"
    )
    put(answered(second, arrives, html, article("delivery-huts", post, "da"), 0.81), 722)
    put({"kind": "handoff", "reason": "customer_request"}, 700)
    put({"kind": "contact", "email": "jc.overgaard.mikkelsen@frederiksbergvandrelaug.example"}, 690)
    put({"kind": "claimed", **MAJA}, 480)
    send = "Skal jeg sende det til posthuset i Abisko, så ligger det klar fredag?"
    put(replied(f"Hej Jens-Christian. Vi har midterstykket på lager i Aarhus. {send}"), 430)
    note = "Abisko post office closes 15:00 on Fridays. Send it with DHL Express, I have okayed the 89 kr."
    put({"kind": "noted", **OSKAR, "text": note}, 300)
    put(said("Ja tak! Det ville redde turen"), 60)
    stage.chats["pole"].update(seen_by_customer=13, seen_by_staff=14)


def afternoon(stage: Stage) -> None:
    twice = "Jeg har betalt to ganger for samme ordre, og Klarna purrer nå på begge"
    waiting(stage, "bo", "nb", twice, 11.4, "complaint")
    waiting(stage, "elin", "sv", "Skorna luktar kemikalier, är det farligt för barn?", 6.2, "low_confidence")
    late = "Reklamasjon på Tindra-støvlane: sålen har løyst seg etter to turar"
    waiting(stage, "torbjorn", "nn", late, 2.3, "unsupported_request")
    waiting(stage, "turku", "en", "Do you ship to Finland? I could not find it", 1.1, "missing_knowledge")
    pole(stage)
    zip_turns = [
        ("customer", "My jacket came with a broken zip"),
        ("agent", "I am sorry about that, a new one is on its way."),
        ("customer", "Thanks!"),
        ("customer", "One more thing, the zip on the left pocket sticks too"),
    ]
    mine(stage, "aino", "en", zip_turns, 2, 2)
    swap = [
        ("customer", "Eg vil byte storleik på skalbuksa"),
        ("agent", "Då er byttet registrert. Returlappen ligg i e-posten din."),
    ]
    mine(stage, "siri", "nn", swap, 16)
    pickup = [
        ("customer", "Kan jeg afhente i butikken i Odense?"),
        ("agent", "Ja, fra kl. 10 i morgen."),
        ("customer", "Ok"),
    ]
    mine(stage, "hjalmar", "da", pickup, 27)
    parts = [("customer", f"Her er lista, del {n}: Tindra str. {36 + n % 10}") for n in range(120)]
    mine(stage, "lag", "nb", [("customer", "Tilbud på 24 par Tindra til friluftslaget"), *parts], 55, 118)

    stage.begin("oskars", "sv", f"{SHOP}/se/", 2400)
    stage.put("oskars", said("Kan jag byta storlek på kängorna jag köpte i Kiruna?"), 2390, tell=False)
    stage.put("oskars", {"kind": "handoff", "reason": "customer_request"}, 2380, tell=False)
    stage.put("oskars", {"kind": "claimed", **OSKAR}, 2300, tell=False)
    stage.put("oskars", {"kind": "replied", **OSKAR, "text": "Javisst, kvittot räcker."}, 2200, tell=False)

    asked = [("da", "Hvor er min pakke?"), ("sv", "Hur tvättar jag dunsovsäcken?"), ("en", "Can I pay with Klarna?")]
    track = "Du finder sporingslinket i din ordremail."
    for n, (language, text) in enumerate(asked):
        chat, ago = f"bot{n}", 190 + n * 60
        stage.begin(chat, language, f"{SHOP}/", ago + 10)
        about = stage.put(chat, said(text), ago, tell=False)
        source = article("track-parcel", "Hvor er min pakke?", "da")
        stage.put(chat, answered(about, track, f"<p>{track}</p>", source, 0.93), ago - 1, tell=False)

    stage.begin("rated", "da", f"{SHOP}/", 9000)
    stage.put("rated", said("Hvor lang er returfristen på soveposer?"), 8990, tell=False)
    stage.put("rated", {"kind": "handoff", "reason": "customer_request"}, 8980, tell=False)
    stage.put("rated", {"kind": "claimed", **MAJA}, 8900, tell=False)
    stage.put("rated", replied("30 dage, også på soveposer. God tur!"), 8800, tell=False)
    stage.put("rated", {"kind": "resolved", "by": "agent", **MAJA}, 8700, tell=False)
    stage.put("rated", {"kind": "rated", "value": 5, "comment": "Hurtigt og venligt, tak Maja."}, 8600, tell=False)


@contextmanager
def staged(logged_in: bool = True) -> Iterator[Stage]:
    """The afternoon on a stage of its own."""
    stage = Stage()
    afternoon(stage)
    stage.logged_in = logged_in
    yield stage
    stage.stop()


@contextmanager
def watched(browser: Browser, locale: str = "en-GB") -> Iterator[Page]:
    """A page that may not throw, nor try anything that the content security policy refuses."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=locale, reduced_motion="reduce")
    page = context.new_page()
    found = complaints(page)
    yield page
    context.close()
    # a server that is away, or says no, is part of the play
    assert [said for said in found if "Failed to load resource" not in said and "WebSocket" not in said] == []


# Fixtures. A test file takes those that it wants: `stage = console_scene.stage`.


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with watched(browser) as opened:
        yield opened


@pytest.fixture(scope="module")
def bare(browser: Browser) -> Iterator[Page]:
    """A page that only runs the rules."""
    with staged(logged_in=False) as stage, watched(browser) as opened:
        opened.goto(f"{stage.url}/login?rules")
        yield opened


def at(page: Page, stage: Stage, chat: str = "") -> None:
    page.goto(f"{stage.url}/console{f'#/chat/{chat}' if chat else ''}")
    expect(page.locator("#row-bo")).to_be_visible()
