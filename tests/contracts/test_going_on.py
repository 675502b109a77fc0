"""What goes on from an answer: pointed to in it where it says so, and never offered what has just been read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from html import unescape
from pathlib import Path

import pytest

from bot.wording import say
from knowledge_base import versions
from knowledge_base.drafting import draft_of
from knowledge_base.rendering import NO_BREAK_SPACE
from tests.contracts.guided_chat import Chat
from tests.contracts.turn_desk import hit, opened, stocked
from tests.shop import Shop

ARTICLES = {
    "en": (
        "What does delivery cost?",
        "Delivery costs 39 DKK in Denmark.\n\n- Norway: 69 NOK, free from 899 NOK\n- Sweden: 49 SEK, free from 799 SEK",
    ),
    "da": (
        "Hvad koster fragten?",
        "Fragten koster 39 kr. i Danmark.\n\n- Norge: 69 NOK, gratis fra 899 NOK\n- Sverige: 49 SEK, gratis fra 799",
    ),
    "sv": (
        "Vad kostar frakten?",
        "Frakten kostar 49 kr i Sverige.\n\n- Norge: 69 NOK, gratis fra 899 NOK\n- Danmark: 39 DKK, gratis",
    ),
    "nb": (
        "Hva koster frakten?",
        "Frakten koster 69 kr i Norge.\n\n- Sverige: 49 SEK, gratis fra 799 SEK\n- Danmark: 39 DKK, gratis",
    ),
    "nn": (
        "Kva kostar frakta?",
        "Frakta kostar 69 kr i Noreg.\n\n- Sverige: 49 SEK, gratis fra 799 SEK\n- Danmark: 39 DKK, gratis",
    ),
}
NAMED = (
    ("en", "and to Norway?", "Norway: 69 NOK, free from 899 NOK"),
    ("da", "og til Norge?", "Norge: 69 NOK, gratis fra 899 NOK"),
    ("sv", "och till Norge?", "Norge: 69 NOK, gratis fra 899 NOK"),
    ("nb", "og til Sverige?", "Sverige: 49 SEK, gratis fra 799 SEK"),
    ("nn", "og til Sverige?", "Sverige: 49 SEK, gratis fra 799 SEK"),
)
POINTING = (
    ("en", "does it cost anything?", "Delivery costs 39 DKK in Denmark."),
    ("da", "koster det noget?", "Fragten koster 39 kr. i Danmark."),
    ("sv", "kostar det något?", "Frakten kostar 49 kr i Sverige."),
    ("nb", "koster det noe?", "Frakten koster 69 kr i Norge."),
    ("nn", "kostar det noko?", "Frakta kostar 69 kr i Noreg."),
)
Story = Callable[[Chat], Awaitable[None]]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as made:
        for language, (title, body) in ARTICLES.items():
            made.db.write_now(
                versions.publish_imported,
                "cost",
                language,
                draft_of(title, (), body),
                "none",
                None,
                "test",
                "public",
                None,
            )
        yield made


def play(shop: Shop, language: str, story: Story) -> None:
    async def run() -> None:
        async with opened(shop) as desk:
            chat = Chat(desk, language)
            question = ARTICLES[language][0]
            desk.shelf.found[question] = [hit("cost", 0.95, language)]
            assert (await chat.say(question)).kind == "answered"
            await story(chat)

    asyncio.run(run())


class Everything(dict[str, object]):
    """A shelf on which every text finds the same."""

    def __init__(self, hits: Sequence[object]) -> None:
        super().__init__()
        self.hits = hits

    def get(self, key: str, default: object = None) -> object:
        return self.hits


@pytest.mark.parametrize(("language", "text", "sentence"), NAMED)
def test_what_it_names_is_pointed_to(shop: Shop, language: str, text: str, sentence: str) -> None:
    async def story(chat: Chat) -> None:
        chat.desk.shelf.found = Everything([hit("cost", 0.9, language), hit("returns", 0.5)])  # type: ignore[assignment]
        turn = await chat.say(text)
        assert (turn.kind, turn.data["text"]) == ("answered", sentence)
        assert sentence in unescape(turn.data["html"]).replace(NO_BREAK_SPACE, " ")

    play(shop, language, story)


@pytest.mark.parametrize(("language", "text", "sentence"), POINTING)
def test_what_names_nothing_is_told_what_comes_nearest(shop: Shop, language: str, text: str, sentence: str) -> None:
    async def story(chat: Chat) -> None:
        chat.desk.shelf.found = Everything([hit("cost", 0.9, language)])  # type: ignore[assignment]
        turn = await chat.say(text)
        assert turn.kind == "offered"
        assert turn.data["text"] in {say("unsure_again_says", each, sentence=sentence) for each in ARTICLES}

    play(shop, language, story)


@pytest.mark.parametrize("certainty", [0.9, 0.5])
def test_what_has_just_been_read_is_not_offered(shop: Shop, certainty: float) -> None:
    async def story(chat: Chat) -> None:
        found = [hit("cost", certainty), hit("returns", 0.4)]
        chat.desk.shelf.found = Everything(found)  # type: ignore[assignment]
        turn = await chat.say("what about exchanges?")
        assert turn.kind == "offered"
        assert [choice["article"] for choice in turn.data["choices"]] == ["returns"]

    play(shop, "en", story)
