"""Promises of a message: a day on which residents would hear something, kept or late.

The rule is arithmetic and asks nobody: a promise is open until its day is over; it is kept by
a message on or before that day; after it, the promise is late, and stays late for the record
when the message comes after all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """How a promise stands on a day."""

    OPEN = "open"
    OVERDUE = "overdue"
    KEPT = "kept"
    KEPT_LATE = "kept_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Residents were told that they would hear something on ``due`` at the latest.

    answered: the day on which the message came, or None while it has not.
    """

    due: date
    answered: date | None = None

    def standing(self, today: date) -> Standing:
        """Return how the promise stands on ``today``; its own day still belongs to it."""
        if self.answered is not None:
            return Standing.KEPT if self.answered <= self.due else Standing.KEPT_LATE
        return Standing.OPEN if today <= self.due else Standing.OVERDUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How many promises were kept, were or are late, and are open."""

    kept: int
    late: int
    open: int

    @property
    def total(self) -> int:
        """Return how many promises were made."""
        return self.kept + self.late + self.open


def score(promises: Iterable[Promise], today: date) -> Score:
    """Return the count of all promises on ``today``; each counts exactly once."""
    standings = [promise.standing(today) for promise in promises]
    kept, is_open = standings.count(Standing.KEPT), standings.count(Standing.OPEN)
    return Score(kept=kept, open=is_open, late=len(standings) - kept - is_open)


def waiting(promises: Iterable[Promise]) -> Promise | None:
    """Return the promise that still waits for its message, or None. There is at most one."""
    return next((promise for promise in promises if promise.answered is None), None)
