"""The vector index gives exact products, leaves rows out when told, and cannot be written to."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.index import VectorIndex

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
    assert index.rows.tolist() == ROWS.tolist()
    assert len(index) == 3
    with pytest.raises(ValueError, match="read-only"):
        index.rows[0, 0] = 5


def test_one_vector_is_no_table() -> None:
    with pytest.raises(ValueError, match="rows of a table"):
        VectorIndex(np.zeros(3, np.float32))
