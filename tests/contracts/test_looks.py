"""Looks at labels on both databases: drift behind a good past, the check of each week, and what happens meanwhile."""

from __future__ import annotations

import math

import sqlalchemy as sa

from conversation import labels
from conversation.labels import Answer
from knowledge_base import bounds, certified, looks, reports, targets
from runtime.db import Tx
from tests.contracts.labelled import CAREFUL, label, look, report, set_target
from tests.shop import Shop


def test_a_good_past_does_not_hide_that_answers_went_bad(shop: Shop) -> None:
    set_target(shop, 0.05)
    label(shop, 3_000, certainty=0.85)
    look(shop)
    assert report(shop).certified_at > 0
    far = 2**45
    label(shop, 60, wrong=30, certainty=0.86, at=far)
    label(shop, 300, certainty=0.97, at=far)
    assert look(shop) is True
    told = shop.db.read_now(looks.history, shop.site.id)[0]
    assert (told.step, told.threshold > 0.86) == ("drifted", True)
    assert told.wrong / told.answered > 0.05, "the line tells of the stretch that moved it"
    assert report(shop).certified_at == 0
    assert look(shop) is False, "what moved it counts no more"


def test_each_week_certainty_is_checked_on_what_is_new(shop: Shop) -> None:
    set_target(shop, 0.05)
    label(shop, 40, certainty=0.9)
    look(shop)

    def a_week_passes() -> None:
        day = 24 * 3_600_000
        shop.db.write_now(
            lambda tx: tx.connection.execute(sa.update(looks.checks).values(at=looks.checks.c.at - 8 * day))
        )
        shop.db.write_now(
            lambda tx: tx.connection.execute(sa.update(labels.labels).values(at=labels.labels.c.at - 9 * day))
        )

    a_week_passes()
    look(shop)
    assert len(shop.db.read_now(looks.history, shop.site.id)) == 1, "nothing is new"
    label(shop, 12, wrong=1, certainty=0.95, at=2)
    look(shop)
    latest, first = shop.db.read_now(looks.history, shop.site.id)
    assert (first.labels, round(first.overconfident, 3)) == (40, -0.1)
    assert (latest.labels, round(latest.overconfident, 3)) == (12, 0.033)
    look(shop)
    assert len(shop.db.read_now(looks.history, shop.site.id)) == 2, "once a week"


def test_without_a_target_certainty_is_watched_all_the_same(shop: Shop) -> None:
    assert shop.db.read_now(looks.due) == []
    label(shop, 12, certainty=0.9)
    assert shop.db.read_now(looks.due) == [(shop.site.id, "da")]
    assert look(shop) is False
    assert shop.db.read_now(looks.due) == []
    [told] = shop.db.read_now(looks.history, shop.site.id)
    assert (told.step, told.target, told.labels, told.answered) == ("watched", 0.0, 12, 12)
    assert shop.db.read_now(targets.thresholds) == {}, "nothing moves"


def test_a_look_is_not_kept_where_the_target_changed_meanwhile(shop: Shop) -> None:
    set_target(shop, 0.05)
    label(shop, 200)
    found = shop.db.read_now(looks.weigh, shop.site.id, "da", CAREFUL)
    assert found.step == "certified"
    set_target(shop, 0.01)
    assert shop.db.write_now(looks.keep, found) is None
    assert report(shop).certified_at == 0
    assert look(shop) is False


def test_until_labels_change_it_the_threshold_is_that_of_the_settings(shop: Shop) -> None:
    set_target(shop, 0.05)
    label(shop, 20, certainty=0.97)
    assert look(shop) is False
    assert shop.db.read_now(targets.thresholds) == {}
    [danish] = [one for one in shop.db.read_now(reports.reports, 0.9) if one.language == "da"]
    assert danish.threshold == 0.9, "the settings say another one now"


def test_what_was_found_of_another_target_is_not_said_of_this_one(shop: Shop) -> None:
    set_target(shop, 0.01)
    label(shop, 60, wrong=20, certainty=0.82)
    label(shop, 40, certainty=0.96)
    look(shop)
    assert report(shop).last_step == "contradicted"
    set_target(shop, 0.5)
    assert report(shop).last_step == ""


def test_labels_that_come_while_they_are_weighed_are_new_the_next_time(shop: Shop) -> None:
    label(shop, 12)
    found = shop.db.read_now(looks.weigh, shop.site.id, "da", CAREFUL)
    label(shop, 11, at=2)
    shop.db.write_now(looks.keep, found)
    again = shop.db.read_now(looks.weigh, shop.site.id, "da", CAREFUL)
    assert (found.fresh, again.fresh) == (12, 11)


def test_counting_in_the_database_is_counting_one_by_one(shop: Shop) -> None:
    def keep(tx: Tx) -> None:
        for place in range(3**4):
            given = Answer(f"chat-{place}", 3, shop.site.id, "da", "returns", 0.9, CAREFUL, place)
            for number, (source, whose) in enumerate(
                (("agent", "a1"), ("agent", "a2"), ("customer", ""), ("repeat", ""))
            ):
                word = place // 3**number % 3
                if word < 2:
                    labels.keep(tx, given, source, word == 1, 4, whose)

    shop.db.write_now(keep)
    groups = labels.together(shop.db.read_now(labels.of_place, shop.site.id, "da"))
    counted = {one.conversation: one for one in shop.db.read_now(labels.verdicts, shop.site.id, "da")}
    assert len(counted) == len(groups) == 80
    for of_one in groups:
        one = counted[of_one[0].answer.conversation]
        assert bool(one.right) is labels.verdict(of_one)
        assert bool(one.torn) is (len({label.right for label in of_one}) > 1)
    found, total = shop.db.read_now(labels.torn, shop.site.id, "da", 7)
    assert (len(found), total) == (7, sum(one.torn for one in counted.values()))
    assert all(len({label.right for label in of_one}) == 2 for of_one in found)


def test_what_is_missing_counts_to_the_next_try(shop: Shop) -> None:
    label(shop, 600, wrong=25)
    set_target(shop, 0.05)
    found = report(shop)
    assert found.certified_at == 0
    enough = bounds.needed(0.05, found.certificate.wrong, certified.look_confidence(2))
    next_try = 2 * found.certificate.answered
    assert next_try > enough, "else this would test nothing"
    assert found.missing[0.05] == math.ceil(found.certificate.answered * 3 / 2)
    assert found.missing[0.02] < bounds.needed(0.02, 25) * 3 / 2, "another target begins with a try of its own"
    label(shop, 100, at=2)
    look(shop)
    assert 0 < report(shop).missing[0.05] < found.missing[0.05]
