"""A round: one cycle, from preparing the framework to keeping the last promise.

The clock, not a click, opens and closes submitting, review, reconsideration and voting;
people enter the other states (product.md 3.2, decisions 8). What is stored is the last
state that a person entered and which gates were passed; ``state_at`` adds the clock.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pb.foundation.errors import N_, NotFound, Unacceptable, WrongState
from pb.frameworks.domain import Dates, Framework


class State(StrEnum):
    """Where a round stands. A round only ever moves down this list, state by state."""

    PREPARATION = "preparation"
    ANNOUNCED = "announced"
    OPEN_FOR_PROPOSALS = "open_for_proposals"
    REVIEW = "review"
    RECONSIDERATION = "reconsideration"
    BALLOT_PUBLISHED = "ballot_published"
    VOTING = "voting"
    COUNTING = "counting"
    RESULT_PUBLISHED = "result_published"
    EXECUTION = "execution"
    EVALUATION = "evaluation"
    CLOSED = "closed"
    PAUSED = "paused"
    CANCELLED = "cancelled"


ORDER = tuple(state for state in State if state not in {State.PAUSED, State.CANCELLED})
BY_CLOCK = frozenset({State.OPEN_FOR_PROPOSALS, State.REVIEW, State.RECONSIDERATION, State.VOTING})
BY_PEOPLE = frozenset(ORDER) - BY_CLOCK

STATE_LABELS = {
    State.PREPARATION: N_("Voorbereiden"),
    State.ANNOUNCED: N_("Kaders bekend"),
    State.OPEN_FOR_PROPOSALS: N_("Plannen indienen"),
    State.REVIEW: N_("Samen haalbaar maken"),
    State.RECONSIDERATION: N_("Herziening vragen"),
    State.BALLOT_PUBLISHED: N_("Stemlijst bekend"),
    State.VOTING: N_("Stemmen"),
    State.COUNTING: N_("Tellen"),
    State.RESULT_PUBLISHED: N_("Uitslag"),
    State.EXECUTION: N_("Uitvoeren"),
    State.EVALUATION: N_("Terugkijken"),
    State.CLOSED: N_("Afgesloten"),
    State.PAUSED: N_("Even stil"),
    State.CANCELLED: N_("Gestopt"),
}

# 'Wie beslist nu?' on every public page (product.md S0-04).
DECIDES = {
    State.PREPARATION: N_("De gemeente maakt de kaders."),
    State.ANNOUNCED: N_("De kaders staan vast."),
    State.OPEN_FOR_PROPOSALS: N_("Bewoners bedenken plannen."),
    State.REVIEW: N_("Adviseurs van de gemeente kijken of plannen kunnen."),
    State.RECONSIDERATION: N_("Planeigenaren kunnen om herziening vragen."),
    State.BALLOT_PUBLISHED: N_("De stemlijst staat vast."),
    State.VOTING: N_("Bewoners beslissen."),
    State.COUNTING: N_("Twee tellers tellen de stemmen."),
    State.RESULT_PUBLISHED: N_("De wijkraad maakte de uitslag bekend."),
    State.EXECUTION: N_("De gemeente en planeigenaren voeren de plannen uit."),
    State.EVALUATION: N_("Iedereen kijkt terug."),
    State.CLOSED: N_("Deze ronde is klaar."),
    State.PAUSED: N_("Deze ronde staat even stil."),
    State.CANCELLED: N_("Deze ronde is gestopt."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """Why a round is paused or cancelled: the body that decided, and the public note."""

    kind: State
    body: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One cycle. ``state`` is where it stands at the moment it was asked for.

    entered: the last state that a person entered. passed: the gates of clock states that
    hold (all plans have a verdict; roll checked and codes made). framework: the sealed
    version in force, or the concept while preparing. framework_hash: None before sealing.
    """

    slug: str
    state: State
    entered: State
    passed: frozenset[State]
    framework: Framework
    framework_version: int
    framework_hash: str | None
    interruption: Interruption | None = None

    @property
    def title(self) -> str:
        """Return the name of the round."""
        return self.framework.title

    def state_ends(self) -> datetime | None:
        """Return the moment at which the clock or a promise ends the present state."""
        return end_of(self.state, self.framework.dates)


def state_at(
    entered: State,
    passed: frozenset[State],
    dates: Dates,
    interruption: Interruption | None,
    now: datetime,
) -> State:
    """Return where a round stands at ``now``.

    An opening moment belongs to the new state; so does a closing moment: at 20.00 sharp
    submitting and voting are closed.
    """
    if interruption is not None:
        return interruption.kind
    if entered is State.ANNOUNCED:
        if now < dates.proposals_open:
            return State.ANNOUNCED
        if now < dates.proposals_close:
            return State.OPEN_FOR_PROPOSALS
        if now < dates.reconsideration_opens or State.RECONSIDERATION not in passed:
            return State.REVIEW
        return State.RECONSIDERATION
    if entered is State.BALLOT_PUBLISHED and State.VOTING in passed and now >= dates.voting_opens:
        return State.VOTING
    return entered


def is_voting_over(state: State, dates: Dates, now: datetime) -> bool:
    """Tell whether voting closed by the clock, though nobody started the count yet."""
    return state is State.VOTING and now >= dates.voting_closes


def end_of(state: State, dates: Dates) -> datetime | None:
    """Return when a state ends, as announced; None when no date was promised."""
    return {
        State.ANNOUNCED: dates.proposals_open,
        State.OPEN_FOR_PROPOSALS: dates.proposals_close,
        State.REVIEW: dates.reconsideration_opens,
        State.RECONSIDERATION: dates.reconsideration_closes,
        State.BALLOT_PUBLISHED: dates.voting_opens,
        State.VOTING: dates.voting_closes,
        State.COUNTING: dates.result_by,
        State.EXECUTION: dates.completed_by,
    }.get(state)


def refuse_unless_next(current: State, wanted: State) -> None:
    """Raise StepSkipped unless ``wanted`` follows ``current`` directly."""
    if current not in ORDER or ORDER.index(wanted) != ORDER.index(current) + 1:
        raise StepSkipped(now=STATE_LABELS[current], wanted=STATE_LABELS[wanted])


class RoundNotFound(NotFound):
    """No round has this slug."""

    sentence = N_("Deze ronde bestaat niet. Kijk of het adres klopt.")


class SlugTaken(Unacceptable):
    """Another round has this slug, or it is not a slug."""

    sentence = N_("Kies een ander kort adres: kleine letters, cijfers en streepjes.")


class StepSkipped(WrongState):
    """Somebody wants to skip a state or go back."""

    sentence = N_("De ronde staat op '%(now)s'. U kunt nu niet naar '%(wanted)s'.")


class GateClosed(WrongState):
    """A state may not be entered yet; ``missing`` says what must be done first."""

    sentence = N_("U kunt verder als dit klaar is: %(missing)s")


class NotInThisState(WrongState):
    """An act is not possible in the present state, for nobody."""

    sentence = N_("Dit kan nu niet. De ronde staat op '%(now)s'.")


class VotingClosed(WrongState):
    """Somebody wants to vote after closing."""

    sentence = N_("Stemmen kon tot %(closed)s. De uitslag komt uiterlijk %(result)s.")


class VotingNotOpen(WrongState):
    """Somebody wants to vote before opening."""

    sentence = N_("Stemmen kan nog niet. Het begint op %(opens)s.")
