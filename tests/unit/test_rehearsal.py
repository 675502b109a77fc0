"""What certainty is worth on a site is learnt from its own questions, asked while their article is missing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from knowledge_base import rehearsal
from knowledge_base.certainty import AS_SHIPPED, Calibrator, Line, line_of_site
from knowledge_base.passages import Document
from knowledge_base.ranking import Features, Weights
from knowledge_base.rehearsal import found_without
from knowledge_base.search import KnowledgeBase
from knowledge_base.snapshot import Snapshot
from tests.embedders import HashEmbedder

# The log-odds are the feature `pooled` alone.
AS_POOLED = Calibrator((0.0,) * 5, (1.0,) * 5, (1.0, 0, 0, 0, 0), {"one": Line(1.0, 0.0)})
THINGS = ("pakke", "retur", "faktura", "adgangskode", "gavekort", "levering", "betaling", "konto", "reklamation", "løb")


def falling(count: int, begins: float, scale: float) -> list[float]:
    """Four fifths below where the tail begins, and the quantiles of an exponential distribution above it."""
    tail = count // 5
    above = [begins - scale * math.log(1 - (place + 0.5) / tail) for place in range(tail)]
    return [begins - 1.0] * (count - tail - 1) + [begins] + above


def test_of_fewer_than_ten_scores_nothing_is_concluded() -> None:
    assert line_of_site([]) == line_of_site([5.0] * 9) == AS_SHIPPED


def test_the_odds_are_one_in_three_over_the_share_of_those_without_an_article_that_reach_as_far() -> None:
    line = line_of_site(falling(200_000, 0.5, 0.4))
    for score in (0.8, 1.2, 1.6):
        reach_as_far = 0.2 * math.exp(-(score - 0.5) / 0.4)
        assert line.slope * score + line.bias == pytest.approx(math.log(1 / 3 / reach_as_far), abs=0.02)


def test_a_hundred_scores_draw_half_of_the_way() -> None:
    """In the score at which a target is reached, which is what counts, not in slope and bias."""
    own, drawn = line_of_site(falling(1_000_000, 0.5, 0.4)), line_of_site(falling(100, 0.5, 0.4))
    for target in (0.8, 0.95):
        wanted = math.log(target / (1 - target))
        reached = [(wanted - line.bias) / line.slope for line in (own, drawn, AS_SHIPPED)]
        assert reached[1] == pytest.approx((reached[0] + reached[2]) / 2, abs=0.02)


def test_where_hidden_articles_look_found_answers_need_more_and_where_they_do_not_less() -> None:
    scores = np.linspace(-3, 3, 200)
    near, far = line_of_site((scores + 2).tolist()), line_of_site((scores - 3).tolist())
    strong = Features(1.5, 0, 0, 0)
    assert AS_POOLED.probability(strong, site=near) < AS_POOLED.probability(strong)
    assert AS_POOLED.probability(strong, site=far) > AS_POOLED.probability(strong)


def test_a_site_is_surer_by_one_in_log_odds_at_most() -> None:
    strange = line_of_site([-50.0] * 400)
    for score in (-2.0, 0.0, 2.0):
        certainty = AS_POOLED.probability(Features(score, 0, 0, 0), site=strange)
        assert math.log(certainty / (1 - certainty)) <= score + 1 + 1e-9


def test_more_evidence_is_more_certainty_on_any_site() -> None:
    for scores in ([0.0] * 50, [-50.0] * 400, falling(300, 3.0, 2.0), [1e6] * 20):
        line = line_of_site(scores)
        found = [AS_POOLED.probability(Features(score, 0, 0, 0), site=line) for score in (-3.0, -1.0, 0.0, 1.0, 3.0)]
        assert found == sorted(found)


def knowledge_of(*documents: Document) -> KnowledgeBase:
    knowledge = KnowledgeBase(HashEmbedder())
    knowledge.replace(documents)
    return knowledge


def shop() -> list[Document]:
    return [Document(name, "da", f"Spørgsmål om {name}", (f"Hvad med min {name}?",), "") for name in THINGS]


def state(knowledge: KnowledgeBase) -> Snapshot:
    found = knowledge.state
    assert isinstance(found, Snapshot)
    return found


def test_no_version_of_its_own_article_is_there_when_a_question_is_asked() -> None:
    danish, english = Document("a.da", "da", "Om pakken", (), "", root="a"), Document("a.en", "en", "Om pakken", (), "")
    other = Document("b.da", "da", "Noget ganske andet", ("Vejret",), "Sol.", root="b")
    apart = found_without(state(knowledge_of(danish, english, other)), Weights())
    assert len(apart) == 4
    assert max(each.pooled for each in apart) > 0.95  # two articles that say the same
    as_one = found_without(
        state(knowledge_of(danish, Document("a.en", "en", "Om pakken", (), "", root="a"), other)), Weights()
    )
    assert len(as_one) == 4
    assert max(each.pooled for each in as_one) < 0.8


def test_one_article_alone_and_articles_without_a_question_tell_nothing() -> None:
    assert found_without(state(knowledge_of(shop()[0])), Weights()) == []
    assert found_without(state(knowledge_of(*(Document(n, "da", "", (), f"Om {n}.") for n in THINGS))), Weights()) == []
    assert found_without(state(knowledge_of()), Weights()) == []


def test_of_many_questions_some_are_asked_of_all_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(found_without(state(knowledge_of(*shop())), Weights())) == 20
    monkeypatch.setattr(rehearsal, "QUESTIONS", 7)
    assert len(found_without(state(knowledge_of(*shop())), Weights())) == 7


def test_what_is_learnt_changes_certainty_alone_and_only_where_there_are_articles_in_the_language() -> None:
    knowledge = knowledge_of(*shop())
    danish, german = knowledge.search("min pakke", "da"), knowledge.search("min pakke", "de")
    before = knowledge.state
    assert knowledge.is_unrehearsed
    knowledge.rehearse()
    assert not knowledge.is_unrehearsed
    assert knowledge.state is not before
    after = knowledge.search("min pakke", "da")
    assert [(hit.document, hit.score) for hit in after] == [(hit.document, hit.score) for hit in danish]
    assert after[0].certainty != pytest.approx(danish[0].certainty, abs=1e-3)
    assert [hit.certainty for hit in knowledge.search("min pakke", "de")] == [hit.certainty for hit in german]


def test_it_is_learnt_again_with_the_metric() -> None:
    knowledge = knowledge_of(*shop())
    knowledge.rehearse()
    knowledge.put(Document("pakke", "da", "Spørgsmål om pakke", ("Hvad med min pakke?",), ""))
    knowledge.put(Document("ny", "da", "Noget nyt", ("Mere nyt",), ""))
    assert knowledge.is_unrehearsed
