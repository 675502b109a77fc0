"""Labels of a shop, targets, and looks at them, in few words."""

from __future__ import annotations

from conversation import labels
from conversation.labels import Answer
from knowledge_base import looks, reports, targets
from knowledge_base.reports import Report
from runtime.db import Tx
from tests.shop import Shop

CAREFUL = 0.8


def label(
    shop: Shop,
    count: int,
    wrong: int = 0,
    certainty: float = 0.9,
    language: str = "da",
    source: str = "agent",
    at: int = 1,
) -> None:
    """So many judged answers, each of a chat of its own."""

    def keep(tx: Tx) -> None:
        for place in range(count):
            chat = f"{certainty:.2f}-{at}-{place}"
            given = Answer(chat, 3, shop.site.id, language, "returns", certainty, CAREFUL, at)
            labels.keep(tx, given, source, place >= wrong, 4)

    shop.db.write_now(keep)


def set_target(shop: Shop, target: float | None, language: str = "") -> None:
    for place in shop.db.write_now(targets.set_target, shop.site.key, language, target, "Nils"):
        shop.db.write_now(looks.keep, shop.db.read_now(looks.weigh, *place, CAREFUL))


def report(shop: Shop, language: str = "da") -> Report:
    found: list[Report] = shop.db.read_now(reports.reports, CAREFUL)
    return next(one for one in found if one.language == language)


def look(shop: Shop, language: str = "da") -> bool:
    moved = shop.db.write_now(looks.keep, shop.db.read_now(looks.weigh, shop.site.id, language, CAREFUL))
    assert moved is not None
    return moved
