"""The owner's sign-off: nothing stands on the ballot of which its owner did not say it is right.

A sign-off counts for exactly the words that were shown. An owner who finds a mistake tells it;
the staff offers a correction (``offers.py``) and the owner looks again.
"""

from datetime import date, datetime

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.foundation.errors import N_
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.proposals.ballot_list import is_signed_off, proof_of
from pb.proposals.domain import Proposal, ProposalState
from pb.proposals.service import OWNER
from pb.reviews import offer_storage, sign_off_storage
from pb.reviews.domain import OfferKind, OfferState
from pb.reviews.proof import (
    REACHED_ENTRIES,
    ErrorNotTold,
    NothingToSign,
    ProofChanged,
    Reached,
    ReachedLater,
    SignOff,
)
from pb.rounds import service as rounds
from pb.rounds.rights import Act


def find(slug: str, number: int) -> SignOff:
    """Return what the owner of a plan said last; an empty one when nothing yet."""
    return sign_off_storage.find(slug, number) or SignOff(number=number)


def list_for_round(slug: str) -> dict[int, SignOff]:
    """Return what owners said last, by plan number."""
    return sign_off_storage.list_for_round(slug)


def refuse_unless_feasible(plan: Proposal) -> None:
    """Raise NothingToSign unless the plan will be on the ballot list."""
    if plan.state is not ProposalState.FEASIBLE:
        raise NothingToSign


def sign(slug: str, secret: str, proof: str, *, now: datetime) -> None:
    """Let the owner find right what was shown. ``proof``: the hash of exactly that.

    Signing twice changes nothing. Raises NothingToSign, ProofChanged.
    """
    with transaction():
        rounds.refuse_unless(slug, Act.SIGN_OFF, now)
        plan = proposals.by_secret(slug, secret)
        if _keep(slug, plan, proof, SignOff(number=plan.number, signed_at=now, signed_by=OWNER)):
            what = N_("De planeigenaar van plan %(plan)s is akkoord met de tekst.")
            journal.record(slug, what, now=now, by=OWNER, plan=plan.label)


def record(
    slug: str, number: int, proof: str, reached: Reached, *, by: Actor, now: datetime, today: date
) -> None:
    """Write down that an owner who was reached otherwise found right what was shown.

    Raises NothingToSign, ProofChanged, and ReachedLater for a day that is still to come.
    """
    with transaction():
        rounds.refuse_unless(slug, Act.RECORD_SIGN_OFF, now)
        plan = proposals.get(slug, number)
        if reached.on > today:
            raise ReachedLater
        sign_off = SignOff(number=number, signed_at=now, signed_by=by.label, reached=reached)
        if _keep(slug, plan, proof, sign_off, by_id=by.staff_id):
            journal.record(
                slug,
                REACHED_ENTRIES[reached.by],
                now=now,
                by=by.label,
                staff_id=by.staff_id,
                plan=plan.label,
                day=f"{reached.on.day}-{reached.on.month}-{reached.on.year}",
            )


def report_error(slug: str, secret: str, error: str, *, now: datetime) -> None:
    """Keep what the owner says is wrong; a sign-off that was there is gone.

    Raises NothingToSign, ErrorNotTold.
    """
    if not error.strip():
        raise ErrorNotTold
    with transaction():
        rounds.refuse_unless(slug, Act.SIGN_OFF, now)
        plan = proposals.by_secret(slug, secret)
        refuse_unless_feasible(plan)
        told = SignOff(number=plan.number, error=error.strip(), reported_at=now)
        sign_off_storage.save(slug, told)
        proposals.set_signed_proof(slug, plan.number, None)
        what = N_("De planeigenaar van plan %(plan)s meldt een fout in de tekst.")
        journal.record(slug, what, now=now, by=OWNER, plan=plan.label)


def _keep(
    slug: str, plan: Proposal, proof: str, sign_off: SignOff, *, by_id: int | None = None
) -> bool:
    """Keep a sign-off; tell whether it is a new one. An open correction lapses with it."""
    refuse_unless_feasible(plan)
    if proof != proof_of(plan):
        raise ProofChanged
    if is_signed_off(plan):
        return False
    for offer in offer_storage.list_offers(slug, plan.number):
        if offer.kind is OfferKind.CORRECTION and offer.state is OfferState.OPEN:
            at = sign_off.signed_at or offer.offered_at
            offer_storage.set_offer_state(offer, slug, OfferState.LAPSED, at=at)
    sign_off_storage.save(slug, sign_off, by_id=by_id)
    proposals.set_signed_proof(slug, plan.number, proof)
    return True
