"""An answer that was not understood: other articles on the same question, then a person, and never round in circles."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.wording import say
from tests.contracts.guided_chat import Chat, at, play
from tests.contracts.turn_desk import hit, stocked

SAID = {
    "en": ("I don't understand", "that's not what I asked"),
    "da": ("jeg forstår ikke", "hvad mener du?"),
    "sv": ("jag förstår inte", "nej, det var inte det"),
    "nb": ("det skjønte jeg ikke", "hva mener du?"),
    "nn": ("eg skjønar ikkje", "kva meiner du?"),
}


@pytest.mark.parametrize("language", SAID)
def test_others_are_offered_and_then_a_person_comes(tmp_path: Path, language: str) -> None:
    async def story(chat: Chat) -> None:
        found = [hit("returns", 0.95), hit("hours", 0.5), hit("broken", 0.02)]
        chat.desk.shelf.found["returns please"] = found
        assert (await chat.say("returns please")).kind == "answered"
        turn = await chat.say(SAID[language][0])
        assert turn.kind == "offered"
        assert turn.data["text"] in {say("no_help_choices", each) for each in SAID}
        assert [choice["article"] for choice in turn.data["choices"]] == ["hours"]
        last = await chat.say(SAID[language][1])
        assert (last.kind, last.data["reason"]) == ("handoff", "ambiguous")

    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as shop:
        play(shop, at("http://127.0.0.1:9"), story, language)
