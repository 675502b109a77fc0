"""The vector index gives exact products, leaves rows out when told, and cannot be written to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.index import VectorIndex

ROOT = Path(__file__).parents[2]
ROWS = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)


def test_best_rows_come_first_with_their_products() -> None:
    products, numbers = VectorIndex(ROWS).search(np.array([[0, 1]], np.float32), 2)
    assert numbers.tolist() == [[1, 2]]
    assert products[0] == pytest.approx([1, 0.8])


def test_each_vector_gets_its_own_row_of_answers() -> None:
    _, numbers = VectorIndex(ROWS).search(np.array([[1, 0], [0, 1]], np.float32), 1)
    assert numbers.tolist() == [[0], [1]]


def test_rows_that_are_not_allowed_are_left_out() -> None:
    allowed = np.array([True, False, True])
    _, numbers = VectorIndex(ROWS).search(np.array([[0, 1]], np.float32), 3, allowed)
    assert numbers.tolist() == [[2, 0]]


def test_allowed_rows_beyond_the_first_eight_are_found() -> None:
    rows = np.eye(20, dtype=np.float32)
    allowed = np.zeros(20, np.bool_)
    allowed[[3, 17]] = True
    _, numbers = VectorIndex(rows).search(rows[17:18], 5, allowed)
    assert numbers.tolist() == [[17, 3]]


@pytest.mark.parametrize("allowed", [None, np.zeros(3, np.bool_)])
def test_nothing_to_find_gives_no_columns(allowed: np.ndarray | None) -> None:
    index = VectorIndex(ROWS if allowed is not None else np.zeros((0, 2), np.float32))
    products, numbers = index.search(np.array([[0, 1]], np.float32), 4, allowed)
    assert products.shape == numbers.shape == (1, 0)


def test_rows_are_a_copy_that_nobody_can_change() -> None:
    given = ROWS.copy()
    index = VectorIndex(given)
    given[:] = 0
    taken = index.take(np.arange(3))
    assert taken.tolist() == ROWS.tolist()
    taken[:] = 0
    assert index.take(np.arange(3)).tolist() == ROWS.tolist()
    assert len(index) == 3


@pytest.mark.parametrize("first", [0, 1, 40])
def test_rows_that_follow_are_found_as_if_they_had_always_been_there(first: int) -> None:
    random = np.random.default_rng(7)
    rows = random.standard_normal((60, 8)).astype(np.float32)
    grown = VectorIndex(rows[:first]).followed(rows[first:50]).followed(rows[50:50]).followed(rows[50:])
    whole = VectorIndex(rows)
    assert (len(grown), grown.recent, whole.recent) == (60, 60 - first, 0)
    questions = random.standard_normal((3, 8)).astype(np.float32)
    for allowed in (None, random.random(60) < 0.3, np.arange(60) < first, np.arange(60) >= first):
        for count in (1, 7, 60):
            expected, found = whole.search(questions, count, allowed), grown.search(questions, count, allowed)
            assert found[0] == pytest.approx(expected[0])
            assert found[1].tolist() == expected[1].tolist()
    for numbers in ([], [0], [59, 0, 41, 39], [59]):
        assert grown.take(np.array(numbers, np.int64)).tolist() == rows[numbers].tolist()
        products = grown.products(questions[0], np.array(numbers, np.int64))
        assert products == pytest.approx(rows[numbers] @ questions[0], abs=1e-6)


def test_what_follows_does_not_show_in_the_index_before_it() -> None:
    index = VectorIndex(ROWS)
    index.followed(ROWS)
    assert (len(index), index.recent) == (3, 0)


def test_one_vector_is_no_table() -> None:
    with pytest.raises(ValueError, match="rows of a table"):
        VectorIndex(np.zeros(3, np.float32))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads in /proc")
def test_products_take_one_thread() -> None:
    """More of them would spin on the cores that the sockets need, for work that is over in a millisecond."""
    script = """
import os, threading
import knowledge_base.index as index
import numpy as np
rows = np.ones((20_000, 384), np.float32)
found = index.VectorIndex(rows)
def search():
    found.search(rows[:40], 5)
    found.products(rows[0], np.arange(20_000))
    rows @ rows[0]
other = threading.Thread(target=search)  # the one that the model has, say
other.start()
other.join()
search()
print(len(os.listdir("/proc/self/task")))
"""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    found = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "1"
