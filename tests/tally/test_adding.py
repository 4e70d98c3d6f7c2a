"""Sums of products in portions: all is added, and nothing twice."""

import numpy as np
import pytest

from pb.tally.adding import PORTION, added, added_rows


@pytest.mark.parametrize("length", [0, 1, PORTION - 1, PORTION, PORTION + 1, 2 * PORTION, 50_000])
def test_every_product_is_added_once(length):
    numbers = np.arange(1, length + 1, dtype=np.float64)
    others = np.arange(length) % 3 == 0

    assert added(numbers, others) == sum(range(1, length + 1, 3))
    assert added(others.astype(np.float64), numbers) == sum(range(1, length + 1, 3))


def test_the_rows_of_a_table_are_added_apart():
    table = np.array([[1, 0, 1], [0, 0, 0], [1, 1, 1]], np.uint8)
    weighed = np.array([[3.0, 0.0, 2.0]])
    numbers = np.array([10.0, 200.0, 3000.0])

    assert added_rows(table, numbers).tolist() == [3010, 0, 3210]
    assert added_rows(weighed, numbers).tolist() == [6030]
    assert added_rows(table[:0], numbers).tolist() == []
