"""How long people can object to a result, and what must be destroyed when that is over.

Until then a reported letter may still have to be found. After it nothing may lead from a letter
to a vote any more. Whether it is late is arithmetic and asks nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pb.foundation.errors import N_, WrongState

OBJECTION_PERIOD = timedelta(weeks=6)
DESTROYED_WITHIN = timedelta(weeks=2)


class Standing(StrEnum):
    """How the promise to destroy stands at a moment."""

    WAITING = "waiting"
    DUE = "due"
    LATE = "late"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """When what leads from a letter to a vote must be gone. done_at: None while it is there."""

    published_at: datetime
    done_at: datetime | None = None

    @property
    def objections_until(self) -> datetime:
        """Return from when on it may be destroyed."""
        return self.published_at + OBJECTION_PERIOD

    @property
    def latest(self) -> datetime:
        """Return when it must be done."""
        return self.objections_until + DESTROYED_WITHIN

    def standing(self, now: datetime) -> Standing:
        """Return how the promise stands."""
        if self.done_at is not None:
            return Standing.DONE
        if now < self.objections_until:
            return Standing.WAITING
        return Standing.DUE if now < self.latest else Standing.LATE


class ObjectionsPossible(WrongState):
    """Somebody can still object to the result, so letters must still be found."""

    sentence = N_("De bezwaartermijn loopt tot %(until)s. Tot dan is de sleutel nog nodig.")


class AlreadyDestroyed(WrongState):
    """What is asked for was done before."""

    sentence = N_("De sleutel is al vernietigd.")
