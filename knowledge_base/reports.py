"""How often a site's answers are wrong, by language, as its director sees it: the target and what labels prove."""

from __future__ import annotations

from dataclasses import dataclass

from conversation import labels, sites
from conversation.sites import SiteCard
from knowledge_base import bounds, certified, looks, targets
from knowledge_base.certified import Calibration, Certificate
from runtime.db import Tx


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


def reports(tx: Tx, careful: float) -> list[Report]:
    """Every site's languages."""
    return [
        report(tx, site, language, careful) for site in sites.all_sites(tx) for language in targets.places(tx, site)
    ]


def of_site(tx: Tx, key: str, careful: float) -> list[Report]:
    """NotFound."""
    site = sites.site_by_key(tx, key)
    return [report(tx, site, language, careful) for language in targets.places(tx, site)]


def report(tx: Tx, site: SiteCard, language: str, careful: float) -> Report:
    rule = targets.find(tx, site.id, language)
    standing = targets.standing_of(rule, careful)
    target = targets.target_of(tx, site.id, language)
    found = labels.verdicts(tx, site.id, language)
    cases = [case for case in targets.cases_of(found) if case.at >= standing.since]
    _, certifying = certified.split(cases)
    wrong, answered = certified.count(cases, standing.threshold)
    widest = max(certified.TARGETS)
    confidence = bounds.CONFIDENCE if standing.certified_at else certified.look_confidence(standing.looks + 1)
    proof = certified.measure(certifying, target or widest, standing.threshold, confidence)
    next_look = 0 if standing.certified_at else 2 * standing.looked_at  # of this target; another begins anew
    return Report(
        site=site.key,
        language=language,
        target=target,
        own_target=rule is not None and rule.wrong_at_most is not None,
        site_target=targets.target_of(tx, site.id, ""),
        threshold=standing.threshold,
        labels=answered,
        wrong=wrong,
        bound=bounds.bound(wrong, answered),
        certificate=proof,
        certified_at=standing.certified_at,
        missing={
            each: certified.missing_for(
                each, proof.wrong, proof.answered, confidence, next_look if each == target else 0
            )
            for each in sorted({*certified.TARGETS, *([target] if target else [])})
        },
        contradictions=sum(one.torn for one in found),
        calibration=certified.calibration(cases),
        last_step=looks.last_step(tx, site.id, language, target),
    )
