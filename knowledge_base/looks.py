"""Looks at the labels of a site's language: what they prove, what moves its threshold, and what its director is told.

Labels are read and weighed outside the write, since years of them take longer than customers should wait for theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from conversation import labels, sites
from knowledge_base import bounds, certified, targets
from knowledge_base.certified import Calibration, Certificate, Standing
from knowledge_base.tables import CertaintyCheck
from runtime.db import Database, Tx

checks = CertaintyCheck.__table__  # type: ignore[attr-defined]

DAY_MS = 24 * 3_600_000
LOOK_MS = DAY_MS  # a proof succeeds and fails on labels, which come in by the day
TELL_MS = 7 * DAY_MS  # the director hears how certainty does each week, and at once when something moved
FEWEST = 10  # new labels, of which something can be told
TRIES = 3  # somebody else looked, or set a target, meanwhile

WATCHED = "watched"  # the step where there is no target


@dataclass(frozen=True, slots=True)
class Check:
    """One look at the labels, as it was kept. Times are ms UTC. `target`: 0 where there was none. `labels`: new ones
    since the check before, on which the certainty was checked; `answered`, `wrong` and `bound` are of the target.
    """

    language: str
    at: int
    step: str
    target: float
    threshold_before: float
    threshold: float
    labels: int
    answered: int
    wrong: int
    bound: float
    calibration_error: float
    overconfident: float


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at a time (ms UTC), to be kept as long as `rule` is as it was. `standing`: the one to come, None
    without a target; `fresh`: how many labels are new, and `calibration` how the certainty does on them."""

    site_id: int
    language: str
    at: int
    rule: tuple[Any, ...]
    before: float
    standing: Standing | None
    step: str
    proof: Certificate
    fresh: int
    calibration: Calibration
    tells: bool


def due(tx: Tx) -> list[tuple[int, str]]:
    """Sites' languages (row id and language) that have a target or labels and were not looked at for a day."""
    found: list[tuple[int, str]] = []
    for site in sites.all_sites(tx):
        labelled = labels.languages_of(tx, site.id)
        for language in targets.places(tx, site):
            rule = targets.find(tx, site.id, language)
            looked = rule is not None and rule.reviewed_at > tx.now - LOOK_MS
            if not looked and (language in labelled or targets.target_of(tx, site.id, language) is not None):
                found.append((site.id, language))
    return found


async def look(db: Database, site_id: int, language: str, careful: float) -> bool:
    """Looks at the labels of a site's language, keeps what it found, and moves its threshold. Whether it moved."""
    for _ in range(TRIES):
        moved = await db.write(keep, await db.read(weigh, site_id, language, careful))
        if moved is not None:
            return moved
    return False


def weigh(tx: Tx, site_id: int, language: str, careful: float) -> Look:
    """What the labels say; changes nothing."""
    rule = targets.find(tx, site_id, language)
    target = targets.target_of(tx, site_id, language)
    standing = targets.standing_of(rule, careful)
    cases = targets.cases_of(labels.verdicts(tx, site_id, language))
    last = _latest(tx, site_id, language)
    fresh = [case for case in cases if last is None or case.said_at > last.at]
    after: Standing | None = None
    if target is None:
        step, proof = (
            WATCHED,
            certified.measure(cases, max(certified.TARGETS), standing.threshold, bounds.CONFIDENCE),
        )
    else:
        done = certified.review(standing, cases, target, careful, tx.now)
        after, step, proof = done.standing, done.step, done.certificate
    quiet = step in ("kept", "not_yet", WATCHED)
    lately = last is not None and last.at > tx.now - TELL_MS
    return Look(
        site_id=site_id,
        language=language,
        at=tx.now,
        rule=(target, *_seen(rule)),
        before=standing.threshold,
        standing=after,
        step=step,
        proof=proof,
        fresh=len(fresh),
        calibration=certified.calibration(fresh),
        tells=not quiet or (len(fresh) >= FEWEST and not lately),
    )


def keep(tx: Tx, found: Look) -> bool | None:
    """Whether the threshold moved; None where somebody changed the rule after it was read: then nothing is kept."""
    rule = targets.row(tx, found.site_id, found.language)
    if (targets.target_of(tx, found.site_id, found.language), *_seen(rule)) != found.rule:
        return None
    changed: dict[str, Any] = {"reviewed_at": found.at}
    after, moved = found.standing, False
    if after is not None:
        # Where labels have changed nothing yet it stays that of the settings, whatever that comes to be. What is
        # certified is kept as it was proved.
        as_before = rule.threshold is None and after.threshold == found.before and not after.certified_at
        threshold = None if as_before else after.threshold
        moved = threshold != rule.threshold
        changed |= {
            "threshold": threshold,
            "certified_at": after.certified_at,
            "looks": after.looks,
            "looked_at": after.looked_at,
            "since": after.since,
        }
    tx.connection.execute(sa.update(targets.rules).where(targets.at(found.site_id, found.language)).values(changed))
    if found.tells:
        _tell(tx, found)
    if moved:
        tx.notify("certainty", found.site_id)
    return moved


def _seen(rule: Any) -> tuple[Any, ...]:
    """What must be the same when a look is kept. A row that is not there is one that says nothing."""
    if rule is None:
        return (None, 0, 0, 0, 0, 0)
    return (rule.threshold, rule.certified_at, rule.looks, rule.looked_at, rule.since, rule.reviewed_at)


def _tell(tx: Tx, found: Look) -> None:
    proof = found.proof
    tx.connection.execute(
        sa.insert(checks).values(
            site_id=found.site_id,
            language=found.language,
            at=found.at,
            step=found.step,
            target=0.0 if found.standing is None else proof.target,
            threshold_before=found.before,
            threshold=found.before if found.standing is None else found.standing.threshold,
            labels=found.fresh,
            answered=proof.answered,
            wrong=proof.wrong,
            bound=proof.bound,
            calibration_error=found.calibration.error,
            overconfident=found.calibration.overconfident,
        )
    )


def history(tx: Tx, site_id: int, limit: int = 100) -> list[Check]:
    """What the looks have found, the latest first."""
    chosen = sa.select(checks).where(checks.c.site_id == site_id).order_by(checks.c.at.desc(), checks.c.id.desc())
    names = Check.__dataclass_fields__
    return [Check(**{name: getattr(row, name) for name in names}) for row in tx.connection.execute(chosen.limit(limit))]


def last_step(tx: Tx, site_id: int, language: str, target: float | None) -> str:
    """What the latest check of a site's language says; empty without one, and where it was of another target."""
    last = _latest(tx, site_id, language)
    return str(last.step) if last is not None and last.target == (target or 0.0) else ""


def _latest(tx: Tx, site_id: int, language: str) -> Any:
    chosen = sa.select(checks).where(checks.c.site_id == site_id, checks.c.language == language)
    return tx.connection.execute(chosen.order_by(checks.c.at.desc(), checks.c.id.desc()).limit(1)).first()
