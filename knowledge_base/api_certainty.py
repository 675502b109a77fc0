"""HTTP doors of certainty, for directors: targets, what labels prove, where they contradict each other, shadow mode."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from conversation import labels, silence, sites
from knowledge_base import catalogue, looks, reports, targets
from knowledge_base.bounds import CONFIDENCE
from knowledge_base.certainty import answer_threshold
from knowledge_base.looks import Check
from knowledge_base.reports import Report
from runtime import auth
from runtime.accounts import Account
from runtime.clock import rfc3339
from runtime.db import Tx

router = APIRouter(prefix="/api/v1/certainty", tags=["certainty"])

LATELY_MS = 30 * 24 * 3_600_000  # the whole log of years would be searched for silent decisions

Director = Annotated[Account, Depends(auth.require("director"))]
Limit = Annotated[int, Query(ge=1, le=200)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Target(Body):
    """At most this share (0.02 is 2 %) of the answers may be wrong; null takes it back. Without a language: for all
    that have no target of their own."""

    wrong_at_most: float | None
    language: str = Field("", max_length=8)


class Silent(Body):
    on: bool


def _careful(request: Request) -> float:
    return answer_threshold(auth.settings_of(request).answer_target)


def report_card(report: Report) -> dict[str, Any]:
    """Shares are 0 to 1. `certified` is proved on `proof.answered` labelled answers that had no part in choosing the
    threshold; `wrong_answer_rate` is of all labelled ones."""
    proof, calibration = report.certificate, report.calibration
    return {
        "site": report.site,
        "language": report.language,
        "target": report.target,
        "own_target": report.own_target,
        "site_target": report.site_target,
        "threshold": report.threshold,
        "wrong_answer_rate": {
            "labels": report.labels,
            "wrong": report.wrong,
            "rate": report.wrong / report.labels if report.labels else None,
            "bound": report.bound if report.labels else None,
            "confidence": CONFIDENCE,
        },
        "certified": report.certified_at > 0,
        "certified_at": rfc3339(report.certified_at) if report.certified_at else None,
        "proof": {
            "answered": proof.answered,
            "wrong": proof.wrong,
            "bound": proof.bound if proof.answered else None,
        },
        "missing": [{"target": target, "labels": number} for target, number in report.missing.items()],
        "contradictions": report.contradictions,
        "calibration": {
            "error": calibration.error,
            "overconfident": calibration.overconfident,
            "bins": [asdict(one) for one in calibration.bins],
        },
        "last_step": report.last_step,
    }


def check_card(check: Check) -> dict[str, Any]:
    return {**asdict(check), "at": rfc3339(check.at), "target": check.target or None}


@router.get("")
async def certainty(request: Request, _director: Director) -> dict[str, Any]:
    """For each site and language: the target, the threshold, what labels prove, and how many are missing. `careful`:
    the threshold of the settings, which counts without a target."""
    careful = _careful(request)
    found = await auth.database_of(request).read(reports.reports, careful)
    return {"items": [report_card(report) for report in found], "careful": careful}


@router.put("/{site}/target")
async def set_target(request: Request, director: Director, site: str, body: Target) -> dict[str, Any]:
    """The threshold follows at once where the labels say so; without enough of them it stays as careful as it was."""
    careful, db = _careful(request), auth.database_of(request)
    for place in await db.write(targets.set_target, site, body.language, body.wrong_at_most, director.name):
        await looks.look(db, *place, careful)
    return {"items": [report_card(report) for report in await db.read(reports.of_site, site, careful)]}


@router.put("/{site}/shadow")
async def set_shadow(request: Request, _director: Director, site: str, body: Silent) -> dict[str, Any]:
    """On: people answer everybody, and the assistant only notes what it would have done."""
    card = await auth.database_of(request).write(sites.set_shadow, site, body.on)
    return {"site": card.key, "on": card.shadow}


@router.get("/{site}/shadow")
async def compare(request: Request, _director: Director, site: str, limit: Limit = 50) -> dict[str, Any]:
    """What the silent assistant would have said in the last thirty days, beside what people did."""
    card, found = await auth.database_of(request).read(_compared, site, limit)
    latest = [{**asdict(one), "at": rfc3339(one.at)} for one in found.latest]
    return {"site": site, "on": card.shadow, **asdict(found), "latest": latest}


def _compared(tx: Tx, key: str, shown: int) -> tuple[sites.SiteCard, silence.Comparison]:
    card = sites.site_by_key(tx, key)
    return card, silence.compare(tx, card.id, since=tx.now - LATELY_MS, shown=shown)


@router.get("/{site}/contradictions")
async def contradictions(
    request: Request, _director: Director, site: str, language: Annotated[str, Query(max_length=8)], limit: Limit = 50
) -> dict[str, Any]:
    """Answers that one calls right and another wrong, the latest first; `right` is how each one counts, `title` that of
    its article (absent where that is gone)."""
    found, total, named = await auth.database_of(request).read(_contradictions, site, language, limit)
    items = [
        {
            "right": labels.verdict(of_one),
            "title": named.get(of_one[0].answer.article),
            "labels": [labels.card(label) for label in of_one],
        }
        for of_one in found
    ]
    return {"items": items, "total": total}


def _contradictions(
    tx: Tx, key: str, language: str, limit: int
) -> tuple[list[list[labels.Label]], int, dict[str, str]]:
    found, total = labels.torn(tx, sites.site_by_key(tx, key).id, language, limit)
    return found, total, catalogue.titles(tx, {of_one[0].answer.article for of_one in found}, language)


@router.get("/{site}/checks")
async def checks(request: Request, _director: Director, site: str, limit: Limit = 50) -> dict[str, Any]:
    """What the looks at the labels have found, the latest first: each week, and whenever a threshold moved."""
    found = await auth.database_of(request).read(_history, site, limit)
    return {"items": [check_card(check) for check in found]}


def _history(tx: Tx, key: str, limit: int) -> list[Check]:
    return looks.history(tx, sites.site_by_key(tx, key).id, limit)
