"""What the staff may do with a plan beside its review: hide, translate, reach its owner."""

from collections.abc import Mapping
from datetime import datetime

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.foundation.errors import N_
from pb.frameworks.domain import ReasonMissing
from pb.journal import service as journal
from pb.proposals import draft_storage, storage
from pb.proposals.domain import (
    MAY_BE_CHANGED,
    MAY_BE_HELD,
    UNSETTLED,
    NotOnHold,
    ProposalState,
    label_of,
    refuse_unless_in,
)
from pb.proposals.writing import Writing
from pb.rounds import service as rounds
from pb.rounds.domain import State
from pb.rounds.rights import Act


def hold(slug: str, number: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Hide a plan that breaks the house rules, with a public reason.

    Raises ReasonMissing, PlanIsFixed from the ballot list on.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction():
        rounds.refuse_unless(slug, Act.MODERATE, now)
        plan = storage.get(slug, number)
        refuse_unless_in(plan, MAY_BE_HELD)
        storage.set_hold(slug, number, held_from=plan.state, reason=reason.strip())
        storage.set_state(slug, number, ProposalState.ON_HOLD)
        what = N_("Plan %(plan)s is even niet te zien.")
        _journal(slug, what, by=by, now=now, reason=reason.strip(), plan=plan.label)


def release(slug: str, number: int, *, by: Actor, now: datetime) -> None:
    """Show a held plan again, where it stood. Raises NotOnHold.

    A plan without a verdict opens the review again, while the clock still allows it.
    """
    with transaction():
        voting_round = rounds.refuse_unless(slug, Act.MODERATE, now)
        plan = storage.get(slug, number)
        if plan.state is not ProposalState.ON_HOLD or plan.held_from is None:
            raise NotOnHold
        storage.set_hold(slug, number, held_from=None, reason="")
        storage.set_state(slug, number, plan.held_from)
        what = N_("Plan %(plan)s is weer te zien.")
        _journal(slug, what, by=by, now=now, plan=plan.label)
        waits = State.RECONSIDERATION in voting_round.passed and plan.held_from in UNSETTLED
        if waits and voting_round.state is State.REVIEW:
            rounds.withdraw_gate(slug, State.RECONSIDERATION, by=by, now=now)


def set_titles(
    slug: str, number: int, titles: Mapping[str, str], *, by: Actor, now: datetime
) -> None:
    """Keep translations of a title, by language code; empty ones are dropped."""
    kept = {code: " ".join(title.split()) for code, title in titles.items() if title.strip()}
    with transaction():
        rounds.refuse_unless(slug, Act.TRANSLATE_PLAN, now)
        refuse_unless_in(storage.get(slug, number), MAY_BE_CHANGED)
        storage.set_titles(slug, number, kept)
        what = N_("De naam van plan %(plan)s is vertaald.")
        _journal(slug, what, by=by, now=now, plan=label_of(number))


def look_up_contact(slug: str, number: int, *, by: Actor, now: datetime) -> Writing:
    """Return a writing that holds only the owner's contact data; empty once erased.

    The public log counts every look-up, and names no plan.
    """
    with transaction():
        rounds.refuse_unless(slug, Act.READ_CONTACT, now)
        storage.get(slug, number)
        contact = draft_storage.look_up_contact(slug, number)
        what = N_("Contactgegevens van een planeigenaar bekeken. Dit was keer %(count)s.")
        _journal(slug, what, by=by, now=now, count=draft_storage.count_lookups(slug))
        return Writing(**contact)


def _journal(
    slug: str, what: str, *, by: Actor, now: datetime, reason: str = "", **values: str | int
) -> None:
    journal.record(slug, what, now=now, by=by.label, staff_id=by.staff_id, reason=reason, **values)
