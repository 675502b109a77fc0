"""How often a site's answers may be wrong, by language, and the threshold that its labels have led to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from conversation import labels, sites
from conversation.labels import Verdict
from conversation.sites import SiteCard
from knowledge_base.certified import Case, Standing
from knowledge_base.tables import AnswerRule
from runtime.db import Tx
from runtime.errors import BadInput

rules = AnswerRule.__table__  # type: ignore[attr-defined]

LOWEST, HIGHEST = 0.001, 0.5  # a target beyond these is a slip of the keyboard


def thresholds(tx: Tx) -> dict[tuple[int, str], float]:
    """By site and language, where labels have led to one of their own."""
    found = tx.connection.execute(
        sa.select(rules.c.site_id, rules.c.language, rules.c.threshold).where(rules.c.threshold.is_not(None))
    )
    return {(row.site_id, row.language): row.threshold for row in found}


def set_target(tx: Tx, key: str, language: str, wrong_at_most: float | None, by: str) -> list[tuple[int, str]]:
    """At most this share of the site's answers may be wrong; without a language for all that have no target of their
    own. None takes it back, and the threshold of the settings counts again. Whose labels are now to be looked at: site
    (row id) and language. BadInput, NotFound.
    """
    site = sites.site_by_key(tx, key)
    if language and language not in site.languages:
        raise BadInput(f"This site does not speak {language!r}.", field="language")
    if wrong_at_most is not None and not LOWEST <= wrong_at_most <= HIGHEST:
        raise BadInput("At most how many answers may be wrong? Between 0.1 % and 50 %.", field="wrong_at_most")
    row(tx, site.id, language)
    # What was proved for one target is no proof for another; how often it was tried goes on counting.
    changed = {"wrong_at_most": wrong_at_most, "set_by": by}
    tx.connection.execute(sa.update(rules).where(at(site.id, language)).values(changed))
    changed_places = []
    for place in [language] if language else places(tx, site):
        before = row(tx, site.id, place)
        if target_of(tx, site.id, place) is None:
            changed_rule: dict[str, Any] = {"threshold": None}
        elif not language and before.wrong_at_most is not None:
            continue  # it has a target of its own
        else:
            changed_rule = {}
        changed_rule |= {"certified_at": 0, "looked_at": 0, "reviewed_at": 0}
        tx.connection.execute(sa.update(rules).where(at(site.id, place)).values(changed_rule))
        changed_places.append((site.id, place))
    tx.notify("certainty", site.id)
    return changed_places


def places(tx: Tx, site: SiteCard) -> list[str]:
    """The languages that a site speaks, and those in which it has labels."""
    return list(dict.fromkeys((*site.languages, *labels.languages_of(tx, site.id))))


def cases_of(found: Sequence[Verdict]) -> list[Case]:
    """Answers that the customer chose are no decision."""
    return [
        Case(certainty, bool(right), conversation, bar, answered_at, said_at)
        for conversation, certainty, bar, answered_at, said_at, right, _ in found
        if bar > 0
    ]


# -- rows ------------------------------------------------------------------------------------------------------


def at(site_id: int, language: str) -> sa.ColumnElement[bool]:
    return sa.and_(rules.c.site_id == site_id, rules.c.language == language)


def find(tx: Tx, site_id: int, language: str) -> Any:
    return tx.connection.execute(sa.select(rules).where(at(site_id, language))).first()


def row(tx: Tx, site_id: int, language: str) -> Any:
    """Made where there is none, and locked."""
    values = {
        "site_id": site_id,
        "language": language,
        "certified_at": 0,
        "looks": 0,
        "looked_at": 0,
        "since": 0,
        "reviewed_at": 0,
        "set_by": "",
    }
    tx.connection.execute(insert_unless_there(rules).values(values).on_conflict_do_nothing())
    return tx.connection.execute(sa.select(rules).where(at(site_id, language)).with_for_update()).one()


def target_of(tx: Tx, site_id: int, language: str) -> float | None:
    """The language's own, or the site's."""
    found = tx.connection.execute(
        sa.select(rules.c.language, rules.c.wrong_at_most).where(
            rules.c.site_id == site_id, rules.c.language.in_([language, ""]), rules.c.wrong_at_most.is_not(None)
        )
    )
    by_language = {row.language: row.wrong_at_most for row in found}
    return by_language.get(language, by_language.get(""))


def standing_of(rule: Any, careful: float) -> Standing:
    """Of a row, or of none."""
    if rule is None:
        return Standing(careful)
    threshold = careful if rule.threshold is None else rule.threshold
    return Standing(threshold, rule.certified_at, rule.looks, rule.looked_at, rule.since)
