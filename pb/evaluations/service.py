"""What can be done while looking back: write what was learned, and close the round."""

from dataclasses import replace
from datetime import date, datetime

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.evaluations import storage
from pb.evaluations.domain import (
    LOOKED_BACK_ON,
    Evaluation,
    LessonsMissing,
    NoPlaceInMirror,
    Place,
    StateGoesOn,
    is_over,
    refuse_unsound,
)
from pb.followups import service as followups
from pb.foundation.errors import N_
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.rounds import service as rounds
from pb.rounds.domain import STATE_LABELS, State
from pb.rounds.rights import Act


def mirror(slug: str, now: datetime) -> list[Place]:
    """Return the place of every state from the announcement on, in the order of the round."""
    stands_in, written = rounds.get(slug, now).state, storage.list_for_round(slug)
    return [
        Place(state=state, is_over=is_over(state, stands_in), evaluation=written.get(state))
        for state in LOOKED_BACK_ON
    ]


def place_of(slug: str, state: str, now: datetime) -> Place:
    """Return the place of a state on which one can look back now.

    Raises NoPlaceInMirror, StateGoesOn.
    """
    for place in mirror(slug, now):
        if place.state == state:
            if not place.is_over:
                raise StateGoesOn(state=place.label)
            return place
    raise NoPlaceInMirror


def write(slug: str, evaluation: Evaluation, *, by: Actor, now: datetime, today: date) -> None:
    """Publish the lesson and the change of a state; until the closing they can be rewritten.

    Raises NoPlaceInMirror, StateGoesOn, LessonMissing, ChangeToCome.
    """
    refuse_unsound(evaluation, today)
    with transaction():
        rounds.refuse_unless(slug, Act.WRITE_EVALUATION, now)
        before = place_of(slug, evaluation.state, now).evaluation
        storage.save(
            slug,
            replace(
                evaluation,
                lesson=evaluation.lesson.strip(),
                change=evaluation.change.strip(),
            ),
        )
        what = N_("Er is een les opgeschreven van de fase: %(state)s.")
        if before is not None:
            what = N_("De les is opnieuw opgeschreven van de fase: %(state)s.")
        journal.record(
            slug,
            what,
            now=now,
            by=by.label,
            staff_id=by.staff_id,
            state=STATE_LABELS[evaluation.state],
        )


def close(slug: str, *, by: Actor, now: datetime) -> None:
    """Close a round for good, and erase the contact data of its owners.

    Raises LessonsMissing until every state has a lesson and a change, PlansNotEnded while a
    plan is being carried out.
    """
    with transaction():
        rounds.refuse_unless(slug, Act.CLOSE, now)
        missing = [place for place in mirror(slug, now) if place.evaluation is None]
        if missing:
            raise LessonsMissing(number=len(missing), state=missing[0].label)
        followups.refuse_unless_ended(slug)
        proposals.erase_contacts(slug, by=by, now=now)
        rounds.enter(slug, State.CLOSED, by=by, now=now)
