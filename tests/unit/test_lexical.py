"""Words and characters find what the vectors miss; one document is changed without the others."""

from __future__ import annotations

import math
import random
from collections import Counter

import numpy as np
import pytest

from knowledge_base import lexical, stemming
from knowledge_base.lexical import Lexicon
from knowledge_base.passages import Document
from knowledge_base.stemming import Analyser, family, fold, stem, words


def article(identity: str, text: str, language: str = "da", title: str = "") -> Document:
    return Document(identity, language, title, (), text)


CORPUS = [
    article("levering", "Tid for levering: en levering tager tre dage."),
    article("retur", "Du kan sende varen retur, og du får pengene tilbage."),
    article("betaling", "Du betaler med kort eller faktura."),
]


def best(lexicon: Lexicon, question: str, language: str | None = "da") -> int:
    return int(np.argmax(lexicon.score(question, language).words))


@pytest.mark.parametrize(
    ("question", "expected"),
    [("Hvad er leveringstiden?", 0), ("returnere varerne", 1), ("betalte fakturaen", 2), ("FAKTURA", 2)],
)
def test_inflections_and_compounds_meet(question: str, expected: int) -> None:
    assert best(Lexicon.build(CORPUS), question) == expected


def test_compound_in_the_article_is_found_by_its_parts() -> None:
    lexicon = Lexicon.build(
        [article("a", "Vores leveringstid er kort."), article("b", "En levering. Tid."), article("c", "Hej.")]
    )
    scores = lexicon.score("tid", "da").words
    assert scores[0] > 0
    assert scores[2] == 0


def test_bm25_arithmetic_for_one_term() -> None:
    lexicon = Lexicon.build([article("a", "kort"), article("b", "andet")])
    # One of two documents has the term, once, in a field of mean length: weight 1 * (k1 + 1) / (1 + k1) over k1 + 1.
    assert lexicon.score("kort", "da").words == pytest.approx([1 / 2.2, 0])


def test_a_word_that_nobody_has_lowers_every_score() -> None:
    lexicon = Lexicon.build(CORPUS)
    assert lexicon.score("faktura", "da").words[2] > lexicon.score("faktura kajak", "da").words[2] > 0


def test_best_field_counts_not_the_sum() -> None:
    once = Lexicon.build([Document("a", "da", "kort", (), ""), article("b", "andet")])
    thrice = Lexicon.build([Document("a", "da", "kort", ("kort", "kort"), ""), article("b", "andet")])
    assert once.score("kort", "da").words[0] == pytest.approx(thrice.score("kort", "da").words[0])


def test_matched_counts_each_word_once_in_whatever_field_it_stands() -> None:
    spread = Document("a", "da", "kort", ("kort faktura", "kort"), "faktura penge")
    lexicon = Lexicon.build([spread, article("b", "kort"), article("c", "andet"), article("d", "ting")])
    # Of four documents two have "kort", one "faktura"; a word that none has would weigh log(1 + 4.5 / 0.5).
    unheard = math.log1p(4.5 / 0.5)
    kort, faktura = math.log1p(2.5 / 2.5) / unheard, math.log1p(3.5 / 1.5) / unheard
    found = lexicon.score("kort faktura kajak", "da")
    assert found.matched == pytest.approx([kort + faktura, kort, 0, 0])
    whole = kort + faktura + 1
    assert found.covered == pytest.approx([(kort + faktura) / whole, kort / whole, 0, 0])
    assert lexicon.score("kort faktura", "da").covered[0] == pytest.approx(1)
    assert lexicon.remove(1).score("kort", "da").matched == pytest.approx([math.log1p(2.5 / 1.5) / math.log1p(7), 0, 0])


def test_characters_forgive_typos_in_titles() -> None:
    lexicon = Lexicon.build(
        [Document("a", "da", "Betaling med faktura", (), "x"), Document("b", "da", "Bytte størrelse", (), "y")]
    )
    scores = lexicon.score("fakutra betalng", "da")
    assert scores.words.max() == 0
    assert scores.characters[0] > scores.characters[1]
    assert lexicon.score("Betaling med faktura!", "da").characters[0] == pytest.approx(1)


def test_words_count_only_within_a_language_and_norwegian_is_one() -> None:
    lexicon = Lexicon.build(
        [article("a", "faktura", "da"), article("b", "faktura", "sv"), article("c", "faktura", "nb")]
    )
    assert (lexicon.score("faktura", "sv").words > 0).tolist() == [False, True, False]
    assert (lexicon.score("faktura", "nn").words > 0).tolist() == [False, False, True]
    assert (lexicon.score("faktura", "fi").words > 0).tolist() == [False, False, False]
    assert (lexicon.score("faktura", None).words > 0).all()
    assert (lexicon.score("faktura", None).characters > 0).all()


@pytest.mark.parametrize("question", ["", "?!", "\ud800", "\ufdfa" * 10, "\0"])
def test_odd_questions_score_without_error(question: str) -> None:
    scores = Lexicon.build(CORPUS).score(question, "da")
    assert np.isfinite(scores.words).all()
    assert np.isfinite(scores.characters).all()


def test_empty_lexicon_scores_nothing() -> None:
    assert len(Lexicon.build([]).score("hej", "da").words) == 0
    assert len(Lexicon.build([]).score("hej", None).characters) == 0


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_put_gives_the_same_scores_as_building_anew(at: int) -> None:
    changed = Document("ny", "da", "Gavekort", ("Hvordan bruger jeg et gavekort?",), "Et gavekort gælder i tre år.")
    after = [*CORPUS[:at], changed, *CORPUS[at + 1 :]]
    put, built = Lexicon.build(CORPUS).put(at, changed), Lexicon.build(after)
    for question in ("hvordan bruger jeg kortet", "levering", "faktura penge"):
        assert put.score(question, "da").words == pytest.approx(built.score(question, "da").words)
        assert put.score(question, "da").matched == pytest.approx(built.score(question, "da").matched)
        assert put.score(question, "da").covered == pytest.approx(built.score(question, "da").covered)
        assert put.score(question, "da").characters == pytest.approx(built.score(question, "da").characters)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_remove_gives_the_same_scores_as_building_anew(at: int) -> None:
    removed, built = Lexicon.build(CORPUS).remove(at), Lexicon.build(CORPUS[:at] + CORPUS[at + 1 :])
    for question in ("levering", "faktura penge", "du"):
        assert removed.score(question, "da").words == pytest.approx(built.score(question, "da").words)
        assert removed.score(question, "da").characters == pytest.approx(built.score(question, "da").characters)


def test_put_leaves_the_old_lexicon_as_it_was() -> None:
    lexicon = Lexicon.build(CORPUS)
    before = lexicon.score("faktura", "da").words.copy()
    lexicon.put(2, article("x", "noget andet")).remove(0)
    assert lexicon.score("faktura", "da").words.tolist() == before.tolist()


NAMES = (
    "pakke",
    "retur",
    "betaling",
    "faktura",
    "levering",
    "kort",
    "penge",
    "vare",
    "konto",
    "leveringstid",
    "fakturakort",
)


def anything(chance: random.Random, number: int) -> Document:
    def text(most: int) -> str:
        return " ".join(chance.choices(NAMES, k=chance.randint(0, most)))

    questions = tuple(text(4) for _ in range(chance.randint(0, 3)))
    return Document(f"d{number}", chance.choice(["da", "sv", "nb", "en"]), text(4), questions, text(40))


def plainly(documents: list[Document], question: str, language: str) -> list[float]:
    """BM25 of the best field over the most that could be reached, by the book: slow, and with nothing kept."""
    own = [document for document in documents if family(document.language) == family(language)]
    analyser = Analyser(family(language), [text for each in own for text in (each.title, *each.questions, each.body)])
    fields = [
        (document.id, text is document.body, Counter(analyser.terms(text)))
        for document in own
        for text in (document.title, *document.questions, document.body)
        if text
    ]
    means = {kind: np.mean([field[2].total() for field in fields if field[1] == kind] or [0]) for kind in (False, True)}
    terms = set(analyser.terms(question))
    totals = dict.fromkeys((document.id for document in documents), 0.0)
    most = 0.0
    weights = {}
    for term in terms:
        held = len({name for name, _, counts in fields if term in counts})
        weights[term] = math.log1p((len(own) - held + 0.5) / (held + 0.5))
        most += weights[term] * 2.2
    for name, kind, counts in fields:
        length = 1.2 * (0.25 + 0.75 * counts.total() / max(means[kind], 1))
        total = sum(weights[term] * counts[term] * 2.2 / (counts[term] + length) for term in terms if term in counts)
        totals[name] = max(totals[name], total / most)
    return list(totals.values())


@pytest.mark.parametrize("seed", range(4))
def test_scores_are_those_of_the_book(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    documents = [anything(chance, number) for number in range(60)]
    lexicon = Lexicon.build(documents)
    for question in ("levering og retur", "hvad koster fakturakort", "penge pakke konto ukendt"):
        for language in ("da", "sv", "nn", "en"):
            assert lexicon.score(question, language).words == pytest.approx(
                plainly(documents, question, language), abs=1e-6
            )


@pytest.mark.parametrize("few", [0, 20, 10_000])
def test_many_changes_end_where_building_anew_would(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """`few`: tidied after each change, sometimes, never."""
    monkeypatch.setattr(lexical, "_FEW_ROWS", few)
    monkeypatch.setattr(lexical, "Analyser", lambda language, corpus: Analyser(language, NAMES))
    chance = random.Random(few)  # noqa: S311
    documents = [anything(chance, number) for number in range(30)]
    lexicon = Lexicon.build(documents)
    for step in range(60):
        at = chance.randint(0, len(documents))
        if at < len(documents) and chance.random() < 0.3:
            lexicon = lexicon.remove(at)
            del documents[at]
        else:
            changed = anything(chance, 100 + step)
            lexicon = lexicon.put(at, changed)
            documents[at : at + 1] = [changed]
        if lexicon.is_untidy:
            lexicon = lexicon.tidied()
            assert not lexicon.is_untidy
        if step % 6 == 0:
            built = Lexicon.build(documents)
            for question in ("levering og retur", "fakturakort penge"):
                for language in ("da", "nb", None):
                    found, expected = lexicon.score(question, language), built.score(question, language)
                    assert found.words == pytest.approx(expected.words, abs=1e-6)
                    assert found.matched == pytest.approx(expected.matched, abs=1e-5)
                    assert found.covered == pytest.approx(expected.covered, abs=1e-5)
                    assert found.characters == pytest.approx(expected.characters, abs=1e-6)


def test_put_brings_a_language_that_was_not_there() -> None:
    lexicon = Lexicon.build(CORPUS).put(3, article("sv", "Kan jag betala med faktura?", "sv"))
    assert best(lexicon, "fakturor", "sv") == 3


def test_words_are_split_at_signs_and_normalised() -> None:
    assert words("E-mail: Ｋort, 60 dage_nu!") == ["e", "mail", "kort", "60", "dage", "nu"]


@pytest.mark.parametrize(("tag", "name"), [("nb", "no"), ("nn-NO", "no"), ("da_DK", "da"), ("EN", "en"), ("pl", "pl")])
def test_families(tag: str, name: str) -> None:
    assert family(tag) == name


def test_spellings_without_nordic_keys_meet() -> None:
    assert fold("faa", "da") == fold("få", "da")
    assert fold("koebe", "da") == fold("købe", "da") == fold("köbe", "sv")
    assert fold("does", "en") == "does"
    assert stem("pakker", "da") == stem("pakken", "da")
    assert stem("słowo", "pl") == "słowo"


def test_compounds_are_split_by_the_words_of_the_corpus() -> None:
    analyser = Analyser("da", ["levering af pakken", "tid", "barn", "vogn", "sikkerhedskopier ing"])
    assert analyser.split("leveringstid") == ("levering", "tid")
    assert analyser.split("barnevogne") == ("barn", "vogn")
    assert analyser.split("sikkerhedskopiering") == ()
    assert analyser.split("tidvogn") == ("tid", "vogn")
    assert analyser.split("kajakpagaj") == ()
    assert Analyser("en", ["bed", "room"]).split("bedroom") == ()
    assert analyser.terms("Leveringstid 24") == ["leveringstid", "levering", "tid", "24"]


def test_a_word_is_worked_on_once_while_all_are_read_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stemming, "_MOST_REMEMBERED", 2)  # far fewer than there are words
    seen: Counter[str] = Counter()
    plain = Analyser._of_word

    def counted(self: Analyser, word: str) -> tuple[str, ...]:
        seen[word] += 1
        return plain(self, word)

    monkeypatch.setattr(Analyser, "_of_word", counted)
    lexicon = Lexicon.build([article(f"a{number}", " ".join(NAMES * 3)) for number in range(4)])
    assert seen == Counter(NAMES)
    assert [len(each._terms) for each in lexicon._analysers.values()] == [0]
    lexicon.score(" ".join(NAMES), "da")
    assert [len(each._terms) for each in lexicon._analysers.values()] == [1]  # forgotten whenever there were two


def test_counts_and_numbers_beyond_a_byte_are_kept_whole() -> None:
    documents = [article(f"a{number}", "levering " * (number + 1), title="kort") for number in range(300)]
    lexicon = Lexicon.build(documents[:200])
    for at, document in enumerate(documents[200:], 200):
        lexicon = lexicon.put(at, document)
    for made in (Lexicon.build(documents), lexicon, lexicon.tidied()):
        for question in ("levering", "kort levering"):
            found = made.score(question, "da").words
            assert found == pytest.approx(plainly(documents, question, "da"), abs=1e-6)
            assert len(np.unique(found)) == 300
