"""Thresholds and their life against simulated sites."""

from __future__ import annotations

import math
import random

import pytest

from knowledge_base import bounds, certified
from knowledge_base.certified import Case, Standing
from knowledge_base.drift import turned

# -- choosing and certifying ---------------------------------------------------------------------------------


def cases(count: int, wrong: int = 0, certainty: float = 0.9, bar: float = 0.8, at: int = 0) -> list[Case]:
    """The wrong ones spread over both parts as they come."""
    return [Case(certainty, place >= wrong, f"chat-{certainty}-{at}-{place}", bar, at) for place in range(count)]


def test_a_conversation_is_on_one_side_for_ever() -> None:
    first, second = certified.split([Case(0.9, True, "chat-1"), Case(0.7, False, "chat-1")] * 5)
    assert sorted((len(first), len(second))) == [0, 10]
    shares = [certified.for_choice(f"chat-{place}") for place in range(3000)]
    assert 0.3 < sum(shares) / len(shares) < 0.37


def test_too_few_labels_keep_the_careful_threshold_and_say_how_many_are_missing() -> None:
    found = certified.certify(cases(30), 0.02, 0.8)
    assert (found.certified, found.threshold, found.wrong) == (False, 0.8, 0)
    assert found.missing == math.ceil((149 - found.answered) * 1.5)


def test_enough_right_answers_are_certified() -> None:
    found = certified.certify(cases(400), 0.02, 0.8)
    assert found.certified
    assert found.missing == 0
    assert found.threshold == 0.8
    assert found.bound <= 0.02


def test_labels_from_above_a_bar_say_nothing_about_what_is_below() -> None:
    """Sure answers alone were given: that they were right does not make 0.8 safe."""
    found = certified.certify(cases(400, bar=0.88), 0.02, 0.8)
    assert found.threshold == 0.9
    assert certified.count(cases(400, bar=0.88), 0.8) == (0, 0)


def test_the_threshold_rises_above_what_is_often_wrong() -> None:
    labelled = [*cases(600, certainty=0.95), *cases(200, wrong=40, certainty=0.82)]
    found = certified.certify(labelled, 0.02, 0.8)
    assert found.certified
    assert 0.82 < found.threshold <= 0.95


def test_many_tries_share_the_five_percent() -> None:
    spent = sum(1 - certified.look_confidence(look) for look in range(1, 60))
    assert math.isclose(spent, 0.05)


# -- the life of a threshold ---------------------------------------------------------------------------------


def test_it_is_certified_once_there_are_enough_and_not_asked_at_every_label() -> None:
    standing = Standing(0.8)
    early = certified.review(standing, cases(60), 0.02, 0.8, now=5)
    assert (early.step, early.standing) == ("not_yet", standing)
    assert early.certificate.missing > 0
    late = certified.review(standing, cases(400), 0.02, 0.8, now=5)
    assert (late.step, late.standing.certified_at, late.standing.looks) == ("certified", 5, 1)
    again = certified.review(late.standing, cases(410), 0.02, 0.8, now=9)
    assert (again.step, again.standing) == ("kept", late.standing)


def test_a_failed_try_waits_for_twice_as_many() -> None:
    part = cases(400, wrong=4)
    tried = certified.review(Standing(0.8), part, 0.02, 0.8, now=5)
    assert (tried.step, tried.standing.looks) == ("not_yet", 1)
    assert certified.review(tried.standing, [*part, *cases(100, at=1)], 0.02, 0.8, now=6).standing == tried.standing


def test_a_bound_that_no_longer_holds_moves_the_threshold_up() -> None:
    before = certified.review(Standing(0.8), cases(400), 0.02, 0.8, now=5).standing
    new = [*cases(300, certainty=0.97, at=6), *cases(60, wrong=20, certainty=0.85, at=6)]
    after = certified.review(before, [*cases(400), *new], 0.02, 0.8, now=7)
    assert after.step in ("lost", "contradicted")
    assert 0.85 < after.standing.threshold <= 0.97
    assert (after.standing.certified_at, after.standing.since) == (0, 7)
    assert not after.certificate.certified


def test_where_everything_was_wrong_it_rises_above_it() -> None:
    labelled = [one for place in range(6) for one in cases(1, wrong=1, certainty=(80 + place) / 100, at=place)]
    after = certified.review(Standing(0.8), labelled, 0.02, 0.8, now=7)
    assert after.step == "contradicted"
    assert after.standing.threshold == pytest.approx(0.86)
    assert certified.raised(cases(3, wrong=3, certainty=1.0), 0.02, 0.8) == 1.0


def test_what_contradicts_the_target_moves_it_up_even_before_there_is_a_proof() -> None:
    labelled = [*cases(60, wrong=20, certainty=0.82), *cases(40, certainty=0.96)]
    after = certified.review(Standing(0.8), labelled, 0.02, 0.8, now=7)
    assert after.step == "contradicted"
    assert after.standing.threshold > 0.82


def test_old_labels_do_not_bring_a_lost_threshold_back() -> None:
    lost = Standing(0.9, since=10, looks=1)
    after = certified.review(lost, cases(900, certainty=0.82, bar=0.8, at=3), 0.02, 0.8, now=11)
    assert (after.step, after.standing.threshold) == ("not_yet", 0.9)


def _simulated(chance: random.Random, target: float) -> tuple[bool, bool]:
    """One site's life: whether it was ever certified, and whether ever at a threshold that breaks the target.

    Answers at certainty c are wrong with a share that falls with c. The hardest sites: just above their target at
    every threshold; the others are drawn around it.
    """
    hard = chance.random() < 0.5
    level = target * 1.02 if hard else target * chance.uniform(0.1, 3)
    slope = 0.0 if hard else chance.uniform(0, 2)

    def wrong_share(certainty: float) -> float:
        return min(1.0, level * (1 + slope * (0.9 - certainty) * 10))

    def rate(threshold: float) -> float:
        """Certainties are spread evenly from 0.8 to 1."""
        steps = [threshold + (1 - threshold) * (place + 0.5) / 50 for place in range(50)]
        return sum(map(wrong_share, steps)) / len(steps)

    standing, labelled, ever, broken = Standing(0.8), list[Case](), False, False
    for week in range(1, 9):
        for place in range(80):
            certainty = chance.uniform(0.8, 1)
            if certainty >= standing.threshold:
                right = chance.random() >= wrong_share(certainty)
                labelled.append(Case(certainty, right, f"{chance.random()}", standing.threshold, week * 100 + place))
        standing = certified.review(standing, labelled, target, 0.8, now=(week + 1) * 100).standing
        if standing.certified_at:
            ever = True
            broken = broken or rate(max(0.8, standing.threshold)) > target
    return ever, broken


def test_over_many_sites_what_is_certified_holds_in_95_percent() -> None:
    """Half of them are the hardest there are; all are looked at each week."""
    chance = random.Random(4)  # noqa: S311 - a simulation, the same each time
    lives = [_simulated(chance, 0.05) for _ in range(150)]
    broken = sum(one for _, one in lives)
    assert sum(ever for ever, _ in lives) > 10, "a proof that never succeeds would hold always"
    assert broken / len(lives) <= 0.05


# -- calibration ---------------------------------------------------------------------------------------------


def test_reliability_says_how_far_certainty_is_from_truth() -> None:
    honest = certified.calibration([*cases(90, certainty=0.9), *cases(10, wrong=10, certainty=0.9, at=1)])
    assert [(one.low, one.answered) for one in honest.bins] == [(0.9, 100)]
    assert math.isclose(honest.error, 0.0, abs_tol=1e-9)
    boastful = certified.calibration([*cases(50, certainty=1.0), *cases(50, wrong=50, certainty=1.0, at=1)])
    assert math.isclose(boastful.error, 0.5)
    assert math.isclose(boastful.overconfident, 0.5)
    assert certified.calibration([]).bins == ()


# -- drift -------------------------------------------------------------------------------------------------------


def _answers(seed: int, count: int, wrong: float) -> list[bool]:
    chance = random.Random(seed)  # noqa: S311
    return [chance.random() >= wrong for _ in range(count)]


@pytest.mark.parametrize("target", [0.01, 0.02, 0.05])
def test_drift_is_seen_behind_a_long_good_past_and_where_it_began(target: float) -> None:
    good = _answers(1, 10_000, target / 4)
    begin = turned([*good, *_answers(2, round(20 / target), 5 * target)], target)
    assert begin is not None
    assert abs(begin - len(good)) < 2 / target, "about where answers went bad"
    wrong = 5 * target * 400
    assert bounds.bound(round(10_000 * target / 4 + wrong), 10_400) < target, "the bound over all is none the wiser"


@pytest.mark.parametrize("target", [0.01, 0.02, 0.05, 0.5])
def test_whoever_keeps_the_target_is_hardly_ever_taken_for_drifting(target: float) -> None:
    at_the_target = sum(turned(_answers(seed, 1_000, target), target) is not None for seed in range(100))
    assert at_the_target <= 20, "one in ten thousand labels, on average: ten are to be expected"
    assert all(turned(_answers(seed, 20_000, target / 2), target) is None for seed in range(5))


def test_a_single_wrong_answer_is_no_drift() -> None:
    assert turned([], 0.02) is None
    assert turned([True] * 50 + [False], 0.02) is None
    assert turned([True] * 500 + [False] * 40, 0.02) == 500


def test_drift_moves_the_threshold_by_what_went_bad_lately() -> None:
    start = certified.review(Standing(0.8), cases(2_000, certainty=0.82), 0.05, 0.8, now=10).standing
    assert start.certified_at == 10
    past = [Case(0.82, True, f"old-{place}", 0.8, 20) for place in range(3_000)]
    bad = [Case(0.82, place % 3 > 0, f"bad-{place}", 0.8, 30) for place in range(60)]
    sure = [Case(0.95, True, f"sure-{place}", 0.8, 30) for place in range(100)]
    done = certified.review(start, [*past, *bad, *sure], 0.05, 0.8, now=40)
    assert (done.step, done.standing.threshold, done.standing.certified_at) == ("drifted", 0.95, 0)
    assert (done.certificate.wrong, done.certificate.certified) == (20, False)
