"""Customers and agents by the hundred, in one process: they do by protocol what the widget and the console do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

import httpx

from tests.scale.history import Story
from tests.scale.link import Counts, Frame, Link
from tests.scale.stage import House
from tests.server import PASSWORD, SITE_ORIGIN

QUESTIONS = (
    "Hvor er min pakke?",
    "Kan jeg få pengene tilbage?",
    "Hvordan vasker jeg en dunjakke?",
    "Vilken storlek på sovsäck behöver jag?",
    "Kan jeg bytte teltet?",
    "What does delivery cost?",
    "Har I en butik i Aarhus?",
)
OPEN_AT_ONCE = 60  # the server allows an agent 64


class Visitor(Link):
    """A customer with one tab. `token` may be another visitor's: a second tab of theirs."""

    def __init__(self, who: str, where: Callable[[], str], site: str, token: str | None = None) -> None:
        super().__init__(who, lambda: f"{where()}/ws/customer/{site}", SITE_ORIGIN)
        self.token = token
        self.conversation: str | None = None
        self.status = ""
        self.surveys = 0

    def hello(self) -> Frame:
        hello: Frame = {"language": "da", "page": f"{SITE_ORIGIN}/telte", "resume": []}
        if self.token is not None:
            hello["token"] = self.token
        if self.epoch is not None:
            hello["epoch"] = self.epoch
        if self.conversation is not None:
            hello["resume"] = [
                {"conversation": self.conversation, "after_seq": self.last.get(self.conversation, 0)},
            ]
        return hello

    def welcomed(self, frame: Frame) -> None:
        self.token = frame["data"]["token"]
        conversation = frame.get("conversation")
        if conversation is not None:
            self._adopt(conversation)
            self.expect({conversation: frame["data"].get("last_seq", 0)})

    def acked(self, client_id: str, conversation: str) -> None:
        self._adopt(conversation)

    def entered(self, conversation: str, seq: int, data: Frame) -> None:
        self._adopt(conversation)

    def understand(self, kind: str, frame: Frame) -> None:
        if kind == "state":
            self.status = frame["data"]["status"]
        elif kind == "survey":
            self.surveys += 1

    def _adopt(self, conversation: str) -> None:
        """The latest one is on the screen; an earlier one has been shut and must not be complete."""
        if conversation != self.conversation:
            self.conversation = conversation
            self.story.complete = {conversation}

    def say(self, text: str) -> str:
        return self.send("say", text=text)


class Person(Link):
    """An agent with the console open: the list, and every chat in it, the latest `at_once` of them.

    `helps`: takes who waits, and writes to them.
    """

    def __init__(
        self, who: str, where: Callable[[], str], server: House, *, helps: bool = True, at_once: int = OPEN_AT_ONCE
    ) -> None:
        super().__init__(who, lambda: f"{where()}/ws/staff", server.origin, staff=True)
        self.server, self.helps, self.at_once = server, helps, at_once
        self.chance = random.Random(who)  # noqa: S311 - a test's dice
        self.me = ""
        self.listed: dict[str, Frame] = {}
        self.opened: dict[str, None] = {}  # in the order in which they were opened
        self.claimed: set[str] = set()
        self._shut: set[str] = (
            set()
        )  # and not opened again: what is still on its way of these is for a screen that is gone
        self._here: set[str] = set()

    async def sign_in(self) -> None:
        credentials = {"email": self.server.facts["accounts"][self.story.who], "password": PASSWORD}
        async with httpx.AsyncClient(timeout=30, headers={"Origin": self.server.origin}) as client:
            answer = await client.post(f"{self.server.url}/api/v1/session", json=credentials)
        assert answer.status_code == 200, answer.text
        self.headers["Cookie"] = answer.headers["Set-Cookie"].split(";")[0]

    def hello(self) -> Frame:
        self._here = set(self.opened)
        resume = [{"conversation": name, "after_seq": self.last.get(name, 0)} for name in self.opened]
        return {"resume": resume} if self.epoch is None else {"resume": resume, "epoch": self.epoch}

    def welcomed(self, frame: Frame) -> None:
        self.me = frame["data"]["me"]["id"]

    def understand(self, kind: str, frame: Frame) -> None:
        if kind == "chats":
            page = {row["id"]: row for row in frame["data"]["items"]}
            first = frame["data"].get("page", 1) == 1
            self.listed = page if first else self.listed | page
            if first:
                self.expect({name: row["last_seq"] for name, row in page.items() if name in self._here})
            for row in page.values():
                self._look(row)
        elif kind == "chat":
            row = frame["data"]
            if row["status"] in ("resolved", "closed"):
                self.listed.pop(row["id"], None)
            else:
                self.listed[row["id"]] = row
                self._look(row)
        self.story.listed = {name: row["last_seq"] for name, row in self.listed.items()}

    def _look(self, row: Frame) -> None:
        name = row["id"]
        if name not in self._here and name not in self._shut and self._makes_room():
            self.opened[name] = None
            self._here.add(name)
            self.story.complete.add(name)
            self.aside("open", name, after_seq=self.last.get(name, 0))
        if self.helps and row["status"] == "queued" and name in self.opened and name not in self.claimed:
            self.claimed.add(name)
            self.send("claim", name)

    def _makes_room(self) -> bool:
        """Shuts the chat that has been open for longest, where fewer are wanted than the server allows."""
        if len(self.opened) >= self.at_once and self.at_once < OPEN_AT_ONCE:
            oldest = next(iter(self.opened))
            del self.opened[oldest]
            self._here.discard(oldest)
            self.story.complete.discard(oldest)
            self._shut.add(oldest)
            self.aside("shut", oldest)
        return len(self.opened) < self.at_once

    def shows(self, conversation: str) -> bool:
        return conversation not in self._shut

    def entered(self, conversation: str, seq: int, data: Frame) -> None:
        if not self.helps or data["kind"] != "said" or not self._mine(conversation):
            return
        throw = self.chance.random()
        if throw < 0.1:
            self.send("note", conversation, text=f"Nummer {seq} har spurgt før.")
        if throw < 0.05:
            self.send("hand_back", conversation)
            self.claimed.discard(conversation)
        elif throw > 0.95:
            self.send("resolve", conversation)
            self.claimed.discard(conversation)
        else:
            self.send("reply", conversation, text=f"Svar på nummer {seq}: jeg ser på det.")

    def _mine(self, conversation: str) -> bool:
        return self.listed.get(conversation, {}).get("owner") == f"agent:{self.me}"


class Crowd:
    """Customers who write now and then, and agents; all of them until `hush`."""

    def __init__(self, where: Callable[[], str], server: House, seed: int = 0) -> None:
        self.where, self.server = where, server
        self.chance = random.Random(seed)  # noqa: S311 - a test's dice
        self.visitors: list[Visitor] = []
        self.people: list[Person] = []
        self._talking: list[asyncio.Task[None]] = []

    @property
    def links(self) -> Sequence[Link]:
        return [*self.visitors, *self.people]

    @property
    def stories(self) -> list[Story]:
        return [link.story for link in self.links]

    def count(self, name: str) -> int:
        return sum(getattr(link.counts, name) for link in self.links)

    def all_counts(self) -> list[Counts]:
        return [link.counts for link in self.links]

    async def enter(
        self,
        visitors: int,
        people: Sequence[str] = ("Maja", "Oskar"),
        pause_s: float = 0.3,
        at_once: int = OPEN_AT_ONCE,
    ) -> None:
        """`pause_s`: about how long a customer waits between two messages. `at_once`: chats that an agent has open."""
        for name in people:
            person = Person(name, self.where, self.server, at_once=at_once)
            await person.sign_in()
            self.people.append(person)
            person.start()
        site = self.server.facts["site"]
        for _ in range(visitors):
            visitor = Visitor(f"customer {len(self.visitors)}", self.where, site)
            self.visitors.append(visitor)
            visitor.start()
            self._talking.append(asyncio.create_task(self._talk(visitor, pause_s)))

    async def _talk(self, visitor: Visitor, pause_s: float) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(0, 2 * pause_s))
            throw = self.chance.random()
            if len(visitor.outbox) > 5:
                continue  # nobody types on for minutes while nothing is sent
            if throw < 0.03:
                visitor.send("request_human")
            elif throw < 0.05:
                visitor.reload()
            else:
                visitor.say(f"{self.chance.choice(QUESTIONS)} ({self.chance.randrange(10**6)})")

    async def hush(self) -> None:
        """Nobody begins anything new; what was said is still sent, acknowledged and shown."""
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)
        self._talking.clear()

    async def leave(self) -> None:
        await self.hush()
        for link in self.links:
            await link.stop()
