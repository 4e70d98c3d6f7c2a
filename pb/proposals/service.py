"""What can be done with a plan. One function is one act and one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.foundation.errors import N_
from pb.frameworks.check import Finding
from pb.journal import service as journal
from pb.proposals import draft_storage, list_storage, storage
from pb.proposals.ballot_list import (
    BallotList,
    BallotPlan,
    frozen_copy,
    hash_of_list,
    refuse_wrong_lots,
)
from pb.proposals.domain import (
    MAY_BE_CHANGED,
    MAY_BE_WITHDRAWN,
    Answer,
    Content,
    NotSentYet,
    Origin,
    PlanCard,
    PlanIncomplete,
    Proposal,
    ProposalState,
    Receipt,
    Version,
    hash_of,
    new_secret,
    refuse_unless_in,
)
from pb.proposals.risk import RiskCard
from pb.proposals.writing import (
    CONTACT_FIELDS,
    Writing,
    cleaned,
    following,
    from_document,
    missing_from,
    to_content,
    to_document,
)
from pb.rounds import service as rounds
from pb.rounds.domain import VotingClosed, is_voting_over
from pb.rounds.rights import Act

OWNER = N_("Planeigenaar")


def start_draft(slug: str, *, now: datetime) -> str:
    """Make an empty draft and return the secret of its private link; only its hash is kept."""
    secret = new_secret()
    with transaction():
        rounds.refuse_unless(slug, Act.DRAFT_PLAN, now)
        draft_storage.add(slug, hash_of(secret), to_document(Writing()), at=now)
    return secret


def draft(slug: str, secret: str) -> Writing:
    """Return what the owner wrote, exactly as typed. Raises PrivateLinkUnknown."""
    document, contact = draft_storage.get(slug, hash_of(secret))
    return from_document(document, **contact)


def save_draft(slug: str, secret: str, writing: Writing, *, now: datetime) -> None:
    """Keep everything as typed; nothing is refused for what it says.

    A plan that was sent changes only when it is sent again. Raises PrivateLinkUnknown,
    NotInThisState when writing is over, PlanIsFixed when the plan does not move any more.
    """
    writing = cleaned(writing)
    with transaction():
        plan = find_by_secret(slug, secret)
        rounds.refuse_unless(slug, Act.CHANGE_PLAN if plan else Act.DRAFT_PLAN, now)
        if plan:
            refuse_unless_in(plan, MAY_BE_CHANGED)
        contact = {name: getattr(writing, name) for name in CONTACT_FIELDS}
        draft_storage.save(slug, hash_of(secret), to_document(writing), contact, at=now)


def missing(slug: str, secret: str, *, now: datetime) -> list[Finding]:
    """Return what keeps a draft from being sent, in the order of the form."""
    return missing_from(rounds.get(slug, now).framework, draft(slug, secret))


def send(slug: str, secret: str, *, now: datetime) -> Receipt:
    """Send a draft, or the changes to a plan that was sent before; return its number.

    Sending the same words twice changes nothing. Changed words make a new version and a
    new review. Raises PlanIncomplete when something misses or cannot be read.
    """
    with transaction():
        storage.wait_for_turn(slug)
        plan = find_by_secret(slug, secret)
        voting_round = rounds.refuse_unless(slug, Act.CHANGE_PLAN if plan else Act.SEND_PLAN, now)
        writing = draft(slug, secret)
        if missing_from(voting_round.framework, writing):
            raise PlanIncomplete
        content = to_content(writing)
        if plan is None:
            number = storage.next_number(slug)
            storage.add(slug, number, content, at=now)
            draft_storage.set_number(slug, hash_of(secret), number)
            return Receipt(number, secret)
        refuse_unless_in(plan, MAY_BE_CHANGED)
        if content != plan.content():
            _change(slug, plan, content, origin=Origin.OWNER, note="", now=now)
            if plan.state is not ProposalState.ON_HOLD:
                storage.set_state(slug, plan.number, ProposalState.SUBMITTED)
            else:
                storage.set_hold(
                    slug, plan.number, held_from=ProposalState.SUBMITTED, reason=plan.held_reason
                )
            storage.set_answer(slug, plan.number, None)
            storage.set_risk_card(slug, plan.number, None)
        return Receipt(plan.number, secret)


def find_by_secret(slug: str, secret: str) -> Proposal | None:
    """Return the plan sent under a private link, or None. Raises PrivateLinkUnknown."""
    number = draft_storage.find_number(slug, hash_of(secret))
    return None if number is None else storage.get(slug, number)


def has_unsent_changes(slug: str, secret: str, *, now: datetime) -> bool:
    """Tell whether the owner wrote something in a sent plan that was never sent."""
    plan = find_by_secret(slug, secret)
    if plan is None or plan.state not in MAY_BE_CHANGED:
        return False
    writing = draft(slug, secret)
    if missing_from(rounds.get(slug, now).framework, writing):
        return True
    return to_content(writing) != plan.content()


def was_agreed(slug: str, number: int) -> bool:
    """Tell whether a plan says what its owner agreed with the municipality."""
    _, versions = storage.get_with_versions(slug, number)
    return bool(versions) and versions[0].origin is not Origin.OWNER


def by_secret(slug: str, secret: str) -> Proposal:
    """Return the plan sent under a private link. Raises PrivateLinkUnknown, NotSentYet."""
    plan = find_by_secret(slug, secret)
    if plan is None:
        raise NotSentYet
    return plan


def get(slug: str, number: int) -> Proposal:
    """Return a plan as it is, verdict included. Raises PlanNotFound."""
    return storage.get(slug, number)


def get_with_versions(slug: str, number: int) -> tuple[Proposal, list[Version]]:
    """Return a plan and its earlier versions, the newest first, in one query."""
    return storage.get_with_versions(slug, number)


def list_public(slug: str, area_id: str = "", theme_id: str = "") -> list[Proposal]:
    """Return the plans that everyone may read, by number, in one query."""
    return storage.list_sent(slug, public_only=True, area_id=area_id, theme_id=theme_id)


def list_cards(slug: str, *, verdicts_known: bool) -> list[PlanCard]:
    """Return the plans that everyone may read, by number, as a list shows them; one query."""
    return storage.list_cards(slug, verdicts_known=verdicts_known)


def list_sent(slug: str) -> list[Proposal]:
    """Return every plan that was sent, held and withdrawn ones too, by number."""
    return storage.list_sent(slug)


def withdraw(slug: str, secret: str, *, now: datetime) -> None:
    """Let an owner take a plan back, for good. On the ballot list it stays, marked.

    Not after voting closed: what is counted is what the ledger said then.
    Raises PlanIsFixed once it is merged, chosen or not chosen, and VotingClosed.
    """
    with transaction():
        voting_round = rounds.refuse_unless(slug, Act.WITHDRAW_PLAN, now)
        dates = voting_round.framework.dates
        if is_voting_over(voting_round.state, dates, now):
            raise VotingClosed(closed=dates.voting_closes, result=dates.result_by)
        plan = by_secret(slug, secret)
        refuse_unless_in(plan, MAY_BE_WITHDRAWN)
        storage.set_state(slug, plan.number, ProposalState.WITHDRAWN)
        if plan.state is ProposalState.ON_BALLOT:
            list_storage.set_withdrawn(slug, plan.number, at=now)
        what = N_("De planeigenaar trok plan %(plan)s in.")
        journal.record(slug, what, now=now, by=OWNER, plan=plan.label)


def set_state(slug: str, number: int, state: ProposalState) -> None:
    """Move a plan to a state; the room that calls this has checked that it may."""
    with transaction():
        storage.set_state(slug, number, state)


def set_answer(slug: str, number: int, answer: Answer | None) -> None:
    """Keep the municipality's answer on the plan, or take it back. Called by reviews."""
    with transaction():
        storage.set_answer(slug, number, answer)


def set_risk_card(slug: str, number: int, card: RiskCard) -> None:
    """Keep the risk card on the plan. Called by reviews, which has checked that it may."""
    with transaction():
        storage.set_risk_card(slug, number, card)


def set_signed_proof(slug: str, number: int, proof: str | None) -> None:
    """Keep the hash of the proof that the owner found right, or forget it. Called by reviews."""
    with transaction():
        storage.set_signed_proof(slug, number, proof)


def change_by_agreement(
    slug: str, number: int, content: Content, *, origin: Origin, note: str, now: datetime
) -> None:
    """Change what a plan says, after its owner said yes to exactly this. Called by reviews.

    The draft under the private link follows, so that sending it again undoes nothing.
    """
    with transaction():
        plan = get(slug, number)
        _change(slug, plan, content, origin=origin, note=note, now=now)

        def in_step(document: dict[str, Any]) -> dict[str, Any]:
            written = from_document(document)
            return to_document(following(written, before=plan.content(), after=content))

        draft_storage.rewrite(slug, number, in_step)


def _change(
    slug: str, plan: Proposal, content: Content, *, origin: Origin, note: str, now: datetime
) -> None:
    refuse_unless_in(plan, MAY_BE_CHANGED)
    storage.change(slug, plan.number, content, origin=origin, note=note, at=now)


def erase_contacts(slug: str, *, now: datetime, by: Actor | None = None) -> None:
    """Erase all contact data of a round and its unsent drafts. Part of closing a round."""
    with transaction():
        draft_storage.erase(slug)
        journal.record(
            slug,
            N_("De contactgegevens van planeigenaren zijn gewist."),
            now=now,
            by=by.label if by else N_("De klok"),
            staff_id=by.staff_id if by else None,
        )


def freeze_ballot_list(
    slug: str, lots: Mapping[int, int], *, by: Actor, now: datetime, seed: str = ""
) -> None:
    """Copy every feasible plan to the ballot list, for good, with the lot it drew.

    lots: a lot number per plan number. Called by reviews, which has checked the gate.
    Raises LotsDoNotFit.
    """
    with transaction():
        rounds.refuse_unless(slug, Act.PUBLISH_BALLOT_LIST, now)
        plans = [plan for plan in storage.list_sent(slug) if plan.state is ProposalState.FEASIBLE]
        refuse_wrong_lots(lots, [plan.number for plan in plans])
        by_lot = sorted(plans, key=lambda plan: lots[plan.number])
        copies = [frozen_copy(plan, lots[plan.number]) for plan in by_lot]
        content_hash = hash_of_list(copies)
        list_storage.add(slug, copies, seed=seed, content_hash=content_hash, at=now)
        storage.set_lots(slug, dict(lots))
        for plan in plans:
            storage.set_state(slug, plan.number, ProposalState.ON_BALLOT)
        what = N_("De stemlijst staat vast: %(count)s plannen. Kenmerk: %(hash)s.")
        _journal(slug, what, by=by, now=now, count=len(copies), hash=content_hash)


def ballot_list(slug: str) -> list[BallotPlan]:
    """Return the frozen plans by lot number; none before the list is published."""
    return list_storage.list_plans(slug)


def withdrawn_numbers(slug: str) -> frozenset[int]:
    """Return which plans on the ballot list cannot be chosen any more."""
    return list_storage.list_withdrawn(slug)


def published_list(slug: str) -> BallotList:
    """Return the ballot list with its lot and its hash. Raises NoBallotList."""
    return list_storage.get(slug)


def _journal(
    slug: str, what: str, *, by: Actor, now: datetime, reason: str = "", **values: str | int
) -> None:
    journal.record(slug, what, now=now, by=by.label, staff_id=by.staff_id, reason=reason, **values)
