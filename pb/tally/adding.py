"""Sums of products, added in one thread.

numpy hands long products to a library that spreads them over threads; on a machine that is busy
these wait for each other far longer than they work. Portions below its threshold stay in one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pb.tally.electorate import Numbers

PORTION = 8_192


def added(numbers: Numbers, others: NDArray[Any]) -> float:
    """Return the sum of the products of two rows of numbers."""
    if len(numbers) <= PORTION:
        return float(numbers @ others)
    starts = range(0, len(numbers), PORTION)
    return float(sum(numbers[s : s + PORTION] @ others[s : s + PORTION] for s in starts))


def added_rows(table: NDArray[Any], numbers: Numbers) -> Numbers:
    """Return for each row of a table the sum of its products with the numbers."""
    sums: Numbers = np.einsum("ij,j->i", table, numbers)
    return sums
