"""What can be done after the result: arrange, report, promise, and end the execution.

Every chosen plan has a follow-up from the moment that the result is public: it is read from
the result, and a row is kept once somebody writes about it. ``now`` is the moment of an act,
``today`` the same moment's day in the municipality's zone, on which promises are counted.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from pb.accounts.actor import Actor
from pb.database.base import transaction
from pb.followups import storage
from pb.followups.domain import (
    ENDED,
    FINISHED,
    OWNER_CHOICE_LABELS,
    STATUS_LABELS,
    Arrangement,
    ContactMissing,
    FollowUp,
    FollowUpNotFound,
    Message,
    NextStep,
    NotChosen,
    OwnerChoice,
    OwnerUpdate,
    PlanFacts,
    PlansNotEnded,
    PlansNotReady,
    Speaker,
    StaffUpdate,
    WasChosen,
    in_order_of_the_board,
    refuse_after_end,
    refuse_later,
    refuse_past,
    refuse_silent_delay,
    refuse_unreadable_text,
    refuse_unsound_update,
    status_of,
)
from pb.followups.promises import Score, score
from pb.foundation.errors import N_
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.results import service as results
from pb.rounds import service as rounds
from pb.rounds.domain import State
from pb.rounds.rights import Act

OWNER = N_("Planeigenaar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All plans after the result, the late ones first, and how promises were kept."""

    chosen: list[FollowUp]
    not_chosen: list[FollowUp]
    score: Score

    @property
    def late(self) -> int:
        """Return how many promises of chosen and other plans are late."""
        return self.score.late


def board(slug: str, *, today: date) -> Board:
    """Return the public board. Raises ResultNotPublished."""
    every = _list(slug)
    return Board(
        chosen=in_order_of_the_board((each for each in every if each.plan.chosen), today),
        not_chosen=in_order_of_the_board((each for each in every if not each.plan.chosen), today),
        score=score((promise for each in every for promise in each.promises), today),
    )


def get(slug: str, number: int) -> FollowUp:
    """Return where one plan stands. Raises FollowUpNotFound, ResultNotPublished."""
    for follow_up in _list(slug):
        if follow_up.number == number:
            return follow_up
    raise FollowUpNotFound


def timeline(slug: str, number: int) -> list[Message]:
    """Return what was said about a plan, the newest message first."""
    return storage.list_messages(slug, number)


def of_owner(slug: str, secret: str) -> FollowUp:
    """Return the follow-up of the plan under a private link.

    Raises PrivateLinkUnknown, FollowUpNotFound.
    """
    return get(slug, proposals.by_secret(slug, secret).number)


def arrange(
    slug: str, number: int, arrangement: Arrangement, *, by: Actor, now: datetime, today: date
) -> None:
    """Write down who the contact is, when it starts and ends, and the first promise.

    A promise that was made is not changed here: only a message answers it.
    Raises NotChosen, ContactMissing, DateHasPassed, LaterNeedsDelay.
    """
    if not arrangement.contact.strip():
        raise ContactMissing
    with transaction():
        rounds.refuse_unless(slug, Act.POST_STAFF_UPDATE, now)
        before = _get_chosen(slug, number)
        if before.promise is None:
            refuse_past(arrangement.next_message, today)
        refuse_later(before.planned_finish, arrangement.planned_finish)
        storage.save(
            slug,
            replace(
                before,
                contact=arrangement.contact.strip(),
                planned_start=arrangement.planned_start or before.planned_start,
                planned_finish=arrangement.planned_finish or before.planned_finish,
                owner_choice=arrangement.owner_choice or before.owner_choice,
            ),
        )
        if before.promise is None and arrangement.next_message is not None:
            storage.add_promise(slug, number, arrangement.next_message)
        _journal(
            slug, N_("Afspraken over plan %(plan)s zijn opgeschreven."), before, by=by, now=now
        )


def choose_ownership(slug: str, secret: str, choice: OwnerChoice, *, now: datetime) -> None:
    """Keep the owner's answer to 'Wilt u planeigenaar blijven?'. Raises NotChosen."""
    with transaction():
        rounds.refuse_unless(slug, Act.POST_OWNER_UPDATE, now)
        before = _get_chosen(slug, proposals.by_secret(slug, secret).number)
        storage.save(slug, replace(before, owner_choice=choice))
        journal.record(
            slug,
            N_("De eigenaar van plan %(plan)s koos. Planeigenaar blijven: %(choice)s."),
            now=now,
            by=OWNER,
            plan=before.plan.label,
            choice=OWNER_CHOICE_LABELS[choice],
        )


def post_staff_update(
    slug: str, number: int, update: StaffUpdate, *, by: Actor, now: datetime, today: date
) -> None:
    """Publish a message of the municipality; it keeps the waiting promise and makes the next.

    Raises NotChosen and what ``refuse_unsound_update`` raises.
    """
    with transaction():
        rounds.refuse_unless(slug, Act.POST_STAFF_UPDATE, now)
        before = _get_chosen(slug, number)
        refuse_unsound_update(before, update, today)
        after = replace(
            before,
            status=update.status,
            spent=before.spent if update.spent is None else update.spent,
            planned_finish=update.planned_finish or before.planned_finish,
            handed_over_to=update.handed_over_to.strip() or before.handed_over_to,
            finished_on=_finished_on(before, ended=update.status in FINISHED, today=today),
        )
        storage.save(slug, after)
        message = Message(
            speaker=Speaker.STAFF,
            author=by.label,
            at=now,
            text=update.text.strip(),
            status=update.status,
            moved_to=_moved_to(before, after),
            decided_by=update.decided_by.strip(),
        )
        _publish(slug, before, message, answered=today, next_promise=update.next_message)
        _journal(
            slug,
            N_("Bericht over plan %(plan)s: %(status)s."),
            before,
            by=by,
            now=now,
            status=STATUS_LABELS[update.status],
        )


def post_owner_update(
    slug: str, secret: str, update: OwnerUpdate, *, now: datetime, today: date
) -> None:
    """Publish a message of the owner.

    It does not keep the municipality's promise, unless it says that the plan is done: then
    there is nothing left to wait for.
    Raises NotChosen, TextMissing, NewDateMissing, LaterNeedsDelay, PlanHasEnded.
    """
    refuse_unreadable_text(update.text)
    with transaction():
        rounds.refuse_unless(slug, Act.POST_OWNER_UPDATE, now)
        before = _get_chosen(slug, proposals.by_secret(slug, secret).number)
        status = status_of(update.news, before.status)
        refuse_after_end(before, status)
        refuse_silent_delay(before, status, update.planned_finish)
        after = replace(
            before,
            status=status,
            planned_finish=update.planned_finish or before.planned_finish,
            finished_on=_finished_on(before, ended=status in FINISHED, today=today),
        )
        storage.save(slug, after)
        message = Message(
            speaker=Speaker.OWNER,
            author="",
            at=now,
            text=update.text.strip(),
            status=status,
            moved_to=_moved_to(before, after),
        )
        _publish(slug, before, message, answered=today if status in ENDED else None)


def set_next_step(
    slug: str, number: int, step: NextStep, *, by: Actor, now: datetime, today: date
) -> None:
    """Write what happens with a plan that was not chosen, and when residents hear about it.

    It is a message as well: it answers the promise that waited, and makes the next one.
    Raises WasChosen, TextMissing, ContactMissing, DateHasPassed.
    """
    refuse_unreadable_text(step.text)
    refuse_past(step.next_message, today)
    if not step.contact.strip():
        raise ContactMissing
    with transaction():
        rounds.refuse_unless(slug, Act.POST_STAFF_UPDATE, now)
        before = get(slug, number)
        if before.plan.chosen:
            raise WasChosen
        storage.save(
            slug,
            replace(
                before,
                contact=step.contact.strip(),
                next_step=step.kind,
                next_step_text=step.text.strip(),
            ),
        )
        message = Message(speaker=Speaker.STAFF, author=by.label, at=now, text=step.text.strip())
        _publish(slug, before, message, answered=today, next_promise=step.next_message)
        _journal(slug, N_("Plan %(plan)s heeft een volgende stap."), before, by=by, now=now)


def start_execution(slug: str, *, by: Actor, now: datetime) -> None:
    """Enter EXECUTION. Raises PlansNotReady until every chosen plan has what it needs."""
    with transaction():
        rounds.refuse_unless(slug, Act.START_EXECUTION, now)
        lacking = [each.lacks for each in _list(slug) if each.plan.chosen]
        if any(lacking):
            names = ("owner_choice", "contact", "date")
            raise PlansNotReady(**{name: sum(name in lacks for lacks in lacking) for name in names})
        rounds.enter(slug, State.EXECUTION, by=by, now=now)


def end_execution(slug: str, *, by: Actor, now: datetime) -> None:
    """Enter EVALUATION. Raises PlansNotEnded while a plan is being carried out."""
    with transaction():
        rounds.refuse_unless(slug, Act.END_EXECUTION, now)
        refuse_unless_ended(slug)
        rounds.enter(slug, State.EVALUATION, by=by, now=now)


def refuse_unless_ended(slug: str) -> None:
    """Raise PlansNotEnded while a chosen plan is neither done, nor stopped, nor handed over."""
    going_on = [each.plan.label for each in _list(slug) if each.plan.chosen and not each.has_ended]
    if going_on:
        raise PlansNotEnded(plans=", ".join(going_on))


def _list(slug: str) -> list[FollowUp]:
    """Return the follow-up of every plan on the ballot list, by number."""
    result = results.result(slug)
    facts = [
        PlanFacts(
            number=plan.number,
            title=plan.title,
            titles=plan.titles,
            cost=plan.cost,
            area=result.name_of("area", plan.area_id),
            theme=result.name_of("theme", plan.theme_id),
            chosen=result.is_chosen(plan),
        )
        for plan in result.plans
    ]
    return storage.list_for_round(slug, facts)


def _get_chosen(slug: str, number: int) -> FollowUp:
    follow_up = get(slug, number)
    if not follow_up.plan.chosen:
        raise NotChosen
    return follow_up


def _publish(
    slug: str,
    before: FollowUp,
    message: Message,
    *,
    answered: date | None,
    next_promise: date | None = None,
) -> None:
    """Append a message; answer the waiting promise and make the next one, when given."""
    storage.add_message(slug, before.number, message)
    if answered is not None:
        storage.answer_promise(slug, before.number, answered)
    if next_promise is not None:
        storage.add_promise(slug, before.number, next_promise)


def _finished_on(before: FollowUp, *, ended: bool, today: date) -> date | None:
    return before.finished_on or (today if ended else None)


def _moved_to(before: FollowUp, after: FollowUp) -> date | None:
    moved = before.planned_finish != after.planned_finish
    return after.planned_finish if moved else None


def _journal(
    slug: str, what: str, follow_up: FollowUp, *, by: Actor, now: datetime, **values: str | int
) -> None:
    journal.record(
        slug,
        what,
        now=now,
        by=by.label,
        staff_id=by.staff_id,
        reason="",
        plan=follow_up.plan.label,
        **values,
    )
