"""Halving: the last whole number for which something holds, when it holds up to there."""

from collections.abc import Callable


def last(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the last number below ``high`` for which something holds.

    It must hold for ``low``, and is taken not to hold for ``high``.
    """
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low
