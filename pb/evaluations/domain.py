"""An evaluation: one lesson of one state of a round, and the one change that it led to.

The mirror of a round is public and has a place for every state between the announcement and
the closing. A round closes only when every place is filled (product.md 3.2, K30).
"""

from dataclasses import dataclass
from datetime import date

from pb.foundation.errors import N_, NotFound, Unacceptable, WrongState
from pb.rounds.domain import ORDER, STATE_LABELS, GateClosed, State

TEXT_AT_MOST = 600

# The states on which people look back, in the order of the round.
LOOKED_BACK_ON = ORDER[ORDER.index(State.ANNOUNCED) : ORDER.index(State.CLOSED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was learned in a state. ``changed_on``: None while the change is still to come.

    answered: how many people answered the questions about this state, None when nobody asked.
    """

    state: State
    lesson: str
    change: str
    changed_on: date | None = None
    answered: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place of a state in the mirror. ``is_over``: a lesson can be written."""

    state: State
    is_over: bool
    evaluation: Evaluation | None

    @property
    def label(self) -> str:
        """Return the words for the state, in Dutch."""
        return STATE_LABELS[self.state]

    @property
    def misses(self) -> bool:
        """Tell whether residents may expect a lesson here that is not there."""
        return self.is_over and self.evaluation is None


def is_over(state: State, now: State) -> bool:
    """Tell whether one can look back on a state while the round stands in ``now``.

    Looking back itself is looked back on while it goes on: what follows is the closing.
    """
    if now not in ORDER:
        return False
    return ORDER.index(state) < ORDER.index(now) or state is now is State.EVALUATION


def refuse_unsound(evaluation: Evaluation, today: date) -> None:
    """Raise LessonMissing without both texts, ChangeToCome for a change on a day to come."""
    for text in (evaluation.lesson, evaluation.change):
        if not text.strip() or len(text) > TEXT_AT_MOST:
            raise LessonMissing(most=TEXT_AT_MOST)
    if evaluation.changed_on is not None and evaluation.changed_on > today:
        raise ChangeToCome


class NoPlaceInMirror(NotFound):
    """Nobody looks back on a state of this name."""

    sentence = N_("Op deze fase kijken wij niet terug. Kijk of het adres klopt.")


class StateGoesOn(WrongState):
    """Somebody looks back on a state that is not over."""

    sentence = N_("De fase '%(state)s' is nog niet voorbij. Daarna kunt u terugkijken.")


class LessonMissing(Unacceptable):
    """An evaluation lacks its lesson or its change, or is too long to be read."""

    sentence = N_("Schrijf één les en één verandering op, elk in hoogstens %(most)s tekens.")


class ChangeToCome(Unacceptable):
    """A change is said to have been made on a day that is still to come."""

    sentence = N_("Moet de verandering nog komen? Laat de dag dan leeg.")


class LessonsMissing(GateClosed):
    """A round cannot be closed: states lack a lesson. ``state``: the first of them."""

    sentence = N_(
        "Elke fase heeft een les en een verandering nodig. "
        "Er missen er nog %(number)s. De eerste is: %(state)s."
    )
