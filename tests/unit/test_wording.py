"""Every sentence of the assistant, in every language."""

from __future__ import annotations

import pytest

from bot.wording import SENTENCES, WEEKDAYS, clock_time, placeholders, quoted, say, weekday

LANGUAGES = ("en", "da", "sv", "nb", "nn")


@pytest.mark.parametrize("name", SENTENCES)
def test_every_sentence_is_there_in_every_language_with_the_same_places(name: str) -> None:
    sentence = SENTENCES[name]
    assert set(sentence) == set(LANGUAGES)
    assert all(text.strip() == text and text for text in sentence.values())
    assert len({frozenset(placeholders(text)) for text in sentence.values()}) == 1


@pytest.mark.parametrize("name", [name for name in SENTENCES if name not in ("today", "tomorrow")])
def test_sentences_are_whole(name: str) -> None:
    for text in SENTENCES[name].values():
        assert text[0].isupper()
        assert text[-1] in ".?!"


def test_nynorsk_is_not_bokmaal() -> None:
    """A translation that was forgotten reads like the neighbour's; `never_open` and friends must differ."""
    for name, sentence in SENTENCES.items():
        if name not in ("today",):
            assert sentence["nn"] != sentence["nb"], name


def test_what_is_quoted_has_the_marks_of_its_language() -> None:
    assert [quoted("ja", language) for language in LANGUAGES] == ["“ja”", "”ja”", "”ja”", "«ja»", "«ja»"]
    assert quoted("ja", "fi") == "“ja”"


def test_an_unknown_language_is_answered_in_english() -> None:
    assert say("greeting", "fi") == SENTENCES["greeting"]["en"]
    assert weekday(0, "fi") == "on Monday"
    assert say("open_until", "sv", time="17:00").endswith("kl. 17:00.")


def test_an_unknown_sentence_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        say("farewell", "en")


def test_weeks_have_seven_days() -> None:
    assert set(WEEKDAYS) == set(LANGUAGES)
    assert all(len(set(days)) == 7 for days in WEEKDAYS.values())
    assert weekday(6, "da") == "på søndag"


def test_the_clock_as_each_language_writes_it() -> None:
    assert [clock_time(9, 5, language) for language in LANGUAGES] == ["09:05", "09.05", "09:05", "09:05", "09:05"]
