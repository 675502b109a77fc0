"""How often a site's answers may be wrong, by language, and the threshold that its labels have led to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from conversation import labels, sites
from conversation.labels import Label
from conversation.sites import SiteCard
from knowledge_base import certified
from knowledge_base.certified import Calibration, Case, Certificate, Review, Standing
from knowledge_base.tables import AnswerRule, CertaintyCheck
from runtime.db import Tx
from runtime.errors import BadInput

rules = AnswerRule.__table__  # type: ignore[attr-defined]
checks = CertaintyCheck.__table__  # type: ignore[attr-defined]

DAY_MS = 24 * 3_600_000
LOOK_MS = DAY_MS  # a proof succeeds and fails on labels, which come in by the day
TELL_MS = 7 * DAY_MS  # the director hears how certainty does each week, and at once when something moved
LOWEST, HIGHEST = 0.001, 0.5  # a target beyond these is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class Report:
    """A site's language as its director sees it. `target`: at most this share may be wrong, None where none is set;
    then `certificate` is against the widest of `certified.TARGETS`. `site_target`: what counts without one of its own.

    `labels`: answers with a label at this threshold, `wrong` of them; `missing`: further labels for each target.
    """

    site: str
    language: str
    target: float | None
    own_target: bool
    site_target: float | None
    threshold: float
    labels: int
    wrong: int
    bound: float
    certificate: Certificate
    certified_at: int
    missing: dict[float, int]
    contradictions: int
    calibration: Calibration
    last_step: str


@dataclass(frozen=True, slots=True)
class Check:
    """One look at the labels, as it was kept. Times are ms UTC."""

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


def thresholds(tx: Tx) -> dict[tuple[int, str], float]:
    """By site and language, where labels have led to one of their own."""
    found = tx.connection.execute(
        sa.select(rules.c.site_id, rules.c.language, rules.c.threshold).where(rules.c.threshold.is_not(None))
    )
    return {(row.site_id, row.language): row.threshold for row in found}


def set_target(tx: Tx, key: str, language: str, wrong_at_most: float | None, by: str, careful: float) -> SiteCard:
    """At most this share of the site's answers may be wrong; without a language for all that have no target of their
    own. None takes it back, and the threshold of the settings counts again. BadInput, NotFound.
    """
    site = sites.site_by_key(tx, key)
    if language and language not in site.languages:
        raise BadInput(f"This site does not speak {language!r}.", field="language")
    if wrong_at_most is not None and not LOWEST <= wrong_at_most <= HIGHEST:
        raise BadInput("At most how many answers may be wrong? Between 0.1 % and 50 %.", field="wrong_at_most")
    _row(tx, site.id, language)
    # What was proved for one target is no proof for another; how often it was tried goes on counting.
    changed = {"wrong_at_most": wrong_at_most, "set_by": by}
    tx.connection.execute(sa.update(rules).where(_at(site.id, language)).values(changed))
    for place in [language] if language else places(tx, site):
        before = _row(tx, site.id, place)
        if _target(tx, site.id, place) is None:
            changed_rule: dict[str, Any] = {"threshold": None}
        elif not language and before.wrong_at_most is not None:
            continue  # it has a target of its own
        else:
            changed_rule = {}
        changed_rule |= {"certified_at": 0, "looked_at": 0}
        tx.connection.execute(sa.update(rules).where(_at(site.id, place)).values(changed_rule))
        look(tx, site.id, place, careful)
    tx.notify("certainty", site.id)
    return site


def places(tx: Tx, site: SiteCard) -> list[str]:
    """The languages that a site speaks, and those in which it has labels."""
    return list(dict.fromkeys((*site.languages, *labels.languages_of(tx, site.id))))


def due(tx: Tx) -> list[tuple[int, str]]:
    """Sites' languages (row id and language) that have a target and were not looked at for a day."""
    found: list[tuple[int, str]] = []
    for site in sites.all_sites(tx):
        for language in places(tx, site):
            rule = _find(tx, site.id, language)
            looked = rule is not None and rule.reviewed_at > tx.now - LOOK_MS
            if not looked and _target(tx, site.id, language) is not None:
                found.append((site.id, language))
    return found


def look(tx: Tx, site_id: int, language: str, careful: float) -> bool:
    """Looks at the labels of a site's language, keeps what it found, and moves its threshold. Whether it moved.

    Nothing to do without a target.
    """
    target = _target(tx, site_id, language)
    if target is None:
        return False
    rule = _row(tx, site_id, language)
    cases = cases_of(labels.of_place(tx, site_id, language))
    before = _standing(rule, careful)
    done = certified.review(before, cases, target, careful, tx.now)
    after = done.standing
    tx.connection.execute(
        sa.update(rules)
        .where(_at(site_id, language))
        .values(
            threshold=after.threshold,
            certified_at=after.certified_at,
            looks=after.looks,
            looked_at=after.looked_at,
            since=after.since,
            reviewed_at=tx.now,
        )
    )
    _tell(tx, site_id, language, before.threshold, done, cases)
    moved = rule.threshold is None or after.threshold != rule.threshold
    if moved:
        tx.notify("certainty", site_id)
    return moved


def _tell(tx: Tx, site_id: int, language: str, before: float, done: Review, cases: Sequence[Case]) -> None:
    latest = _latest(tx, site_id, language)
    quiet = done.step in ("kept", "not_yet")
    if quiet and (not cases or (latest is not None and latest.at > tx.now - TELL_MS)):
        return
    found, proof = certified.calibration(cases), done.certificate
    tx.connection.execute(
        sa.insert(checks).values(
            site_id=site_id,
            language=language,
            at=tx.now,
            step=done.step,
            target=proof.target,
            threshold_before=before,
            threshold=done.standing.threshold,
            labels=len(cases),
            answered=proof.answered,
            wrong=proof.wrong,
            bound=proof.bound,
            calibration_error=found.error,
            overconfident=found.overconfident,
        )
    )


# -- for the director ------------------------------------------------------------------------------------------


def reports(tx: Tx, careful: float) -> list[Report]:
    """Every site's languages."""
    return [report(tx, site, language, careful) for site in sites.all_sites(tx) for language in places(tx, site)]


def report(tx: Tx, site: SiteCard, language: str, careful: float) -> Report:
    rule = _find(tx, site.id, language)
    standing = Standing(careful) if rule is None else _standing(rule, careful)
    target = _target(tx, site.id, language)
    found = labels.of_place(tx, site.id, language)
    cases = [case for case in cases_of(found) if case.at >= standing.since]
    _, certifying = certified.split(cases)
    wrong, answered = certified.count(cases, standing.threshold)
    widest = max(certified.TARGETS)
    confidence = certified.CONFIDENCE if standing.certified_at else certified.look_confidence(standing.looks + 1)
    proof = certified.measure(certifying, target or widest, standing.threshold, confidence)
    latest = _latest(tx, site.id, language)
    return Report(
        site=site.key,
        language=language,
        target=target,
        own_target=rule is not None and rule.wrong_at_most is not None,
        site_target=_target(tx, site.id, ""),
        threshold=standing.threshold,
        labels=answered,
        wrong=wrong,
        bound=certified.bound(wrong, answered),
        certificate=proof,
        certified_at=standing.certified_at,
        missing={
            each: certified.missing_for(each, proof.wrong, proof.answered, confidence)
            for each in sorted({*certified.TARGETS, *([target] if target else [])})
        },
        contradictions=len(labels.contradictions(found)),
        calibration=certified.calibration(cases),
        last_step="" if latest is None else latest.step,
    )


def history(tx: Tx, site_id: int, limit: int = 100) -> list[Check]:
    """What the looks have found, the latest first."""
    chosen = sa.select(checks).where(checks.c.site_id == site_id).order_by(checks.c.at.desc(), checks.c.id.desc())
    names = Check.__dataclass_fields__
    return [Check(**{name: getattr(row, name) for name in names}) for row in tx.connection.execute(chosen.limit(limit))]


def cases_of(found: Sequence[Label]) -> list[Case]:
    """One case of each answer, by the label that counts most. Answers that the customer chose are no decision."""
    answers = ((of_one[0].answer, labels.verdict(of_one)) for of_one in labels.together(found))
    return [
        Case(answer.certainty, right, answer.conversation, answer.bar, answer.at)
        for answer, right in answers
        if answer.bar > 0
    ]


# -- rows ------------------------------------------------------------------------------------------------------


def _at(site_id: int, language: str) -> sa.ColumnElement[bool]:
    return sa.and_(rules.c.site_id == site_id, rules.c.language == language)


def _find(tx: Tx, site_id: int, language: str) -> Any:
    return tx.connection.execute(sa.select(rules).where(_at(site_id, language))).first()


def _row(tx: Tx, site_id: int, language: str) -> Any:
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
    return tx.connection.execute(sa.select(rules).where(_at(site_id, language)).with_for_update()).one()


def _target(tx: Tx, site_id: int, language: str) -> float | None:
    """The language's own, or the site's."""
    found = tx.connection.execute(
        sa.select(rules.c.language, rules.c.wrong_at_most).where(
            rules.c.site_id == site_id, rules.c.language.in_([language, ""]), rules.c.wrong_at_most.is_not(None)
        )
    )
    by_language = {row.language: row.wrong_at_most for row in found}
    return by_language.get(language, by_language.get(""))


def _standing(rule: Any, careful: float) -> Standing:
    threshold = careful if rule.threshold is None else rule.threshold
    return Standing(threshold, rule.certified_at, rule.looks, rule.looked_at, rule.since)


def _latest(tx: Tx, site_id: int, language: str) -> Any:
    chosen = sa.select(checks).where(checks.c.site_id == site_id, checks.c.language == language)
    return tx.connection.execute(chosen.order_by(checks.c.at.desc(), checks.c.id.desc()).limit(1)).first()
