"""A turn of the log as Rasa's REST channel has it: a list of messages, offered articles as buttons."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Sequence
from typing import Any

from bot import wording
from conversation import log
from conversation.log import Logged
from conversation.machine import Status, awaits
from runtime.bus import Bus, Notice
from runtime.db import Database, Tx

MARGIN_S = 5.0  # beyond the assistant's deadline, for storing; then whatever stands in the log is the answer
LOOK_S = 1.0  # where another worker answers, its notice may come late or never
_CHOICE = re.compile(r"/choose(\{.{1,400}\})\Z", re.DOTALL)
_ARTICLE = re.compile(r"[\w.~-]{1,128}", re.ASCII)


def read_choice(message: str) -> tuple[str, str]:
    """Text and article of a message: the payload of one of our buttons says both."""
    found = _CHOICE.fullmatch(message.strip())
    if found is None:
        return message, ""
    try:
        payload = json.loads(found[1])
    except ValueError:
        return message, ""
    article, title = payload.get("article"), payload.get("title")
    if not isinstance(article, str) or not isinstance(title, str) or not _ARTICLE.fullmatch(article):
        return message, ""
    return title or article, article


def _payload(choice: dict[str, Any]) -> str:
    return "/choose" + json.dumps({"article": choice["article"], "title": choice["title"]}, ensure_ascii=False)


def messages(tx: Tx, conversation_id: int, seq: int, sender: str) -> list[dict[str, Any]]:
    """What the assistant has said to entry `seq`."""
    row = log.row_of(tx, conversation_id)
    found: list[dict[str, Any]] = []
    for logged in log.since(tx, conversation_id, seq):
        match logged.kind:
            case "said":
                if found:
                    break  # what follows answers that one
            case "answered" | "remarked":
                found.append({"recipient_id": sender, "text": logged.data["text"]})
            case "offered":
                buttons = [{"title": each["title"], "payload": _payload(each)} for each in logged.data["choices"]]
                message = {"recipient_id": sender, "text": logged.data["text"]}
                found.append({**message, "buttons": buttons} if buttons else message)
            case "handoff":
                text = logged.data.get("text") or wording.hand_over(logged.data["reason"], row.language)
                found.append({"recipient_id": sender, "text": text})
    return found


def _is_answered(tx: Tx, conversation_id: int, seq: int) -> bool:
    state = log.state_of(log.row_of(tx, conversation_id))
    return state.status is not Status.BOT or not awaits(state, seq)


async def wait_for_turn(bus: Bus, db: Database, said: Logged, deadline_s: float) -> None:
    """Until nothing waits for the assistant there, or it has had its time."""
    news = asyncio.Event()

    def hear(notices: Sequence[Notice]) -> None:
        if any(notice.topic == "conversation" and int(notice.key) == said.conversation_id for notice in notices):
            news.set()

    stop = bus.listen(hear)
    loop = asyncio.get_running_loop()
    until = loop.time() + deadline_s + MARGIN_S
    try:
        while loop.time() < until:
            news.clear()  # before the look: what comes during it is not missed
            if await db.read(_is_answered, said.conversation_id, said.seq):
                break
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await news.wait()
    finally:
        stop()
