"""Where follow-ups, their messages and their promises are kept."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pb.database.base import ParticipationRow, current_municipality, mine, session
from pb.followups.domain import (
    FollowUp,
    Message,
    NextStepKind,
    OwnerChoice,
    PlanFacts,
    Speaker,
    Status,
)
from pb.followups.promises import Promise
from pb.foundation.money import Cents


class FollowUpRow(ParticipationRow):
    """One row of ``follow_ups``. A plan without a row has not been written about yet."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug"], ["rounds.municipality", "rounds.slug"]
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str]
    owner_choice: Mapped[str | None]
    contact: Mapped[str]
    spent: Mapped[int]
    planned_start: Mapped[date | None] = mapped_column(sa.Date())
    planned_finish: Mapped[date | None] = mapped_column(sa.Date())
    finished_on: Mapped[date | None] = mapped_column(sa.Date())
    handed_over_to: Mapped[str]
    next_step: Mapped[str | None]
    next_step_text: Mapped[str]


class MessageRow(ParticipationRow):
    """One row of ``follow_up_messages``: something that was said about a plan."""

    __tablename__ = "follow_up_messages"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug", "number"],
            ["follow_ups.municipality", "follow_ups.round_slug", "follow_ups.number"],
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    speaker: Mapped[str]
    author: Mapped[str]
    at: Mapped[datetime]
    text: Mapped[str]
    status: Mapped[str | None]
    moved_to: Mapped[date | None] = mapped_column(sa.Date())
    decided_by: Mapped[str]


class PromiseRow(ParticipationRow):
    """One row of ``follow_up_promises``: a day on which residents would hear something."""

    __tablename__ = "follow_up_promises"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality", "round_slug", "number"],
            ["follow_ups.municipality", "follow_ups.round_slug", "follow_ups.number"],
        ),
    )

    round_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    due: Mapped[date] = mapped_column(sa.Date())
    answered: Mapped[date | None] = mapped_column(sa.Date())


def list_for_round(round_slug: str, plans: list[PlanFacts]) -> list[FollowUp]:
    """Return the follow-up of every plan, in the order of the plans; two queries."""
    rows = {
        row.number: row
        for row in session().scalars(
            sa.select(FollowUpRow).where(mine(FollowUpRow), FollowUpRow.round_slug == round_slug)
        )
    }
    promises = _promises(round_slug)
    return [
        _to_domain(plan, rows.get(plan.number), promises.get(plan.number, ())) for plan in plans
    ]


def save(round_slug: str, follow_up: FollowUp) -> None:
    """Keep where a plan stands. Promises and messages are kept apart from it."""
    values = {
        "status": follow_up.status.value,
        "owner_choice": follow_up.owner_choice.value if follow_up.owner_choice else None,
        "contact": follow_up.contact,
        "spent": follow_up.spent,
        "planned_start": follow_up.planned_start,
        "planned_finish": follow_up.planned_finish,
        "finished_on": follow_up.finished_on,
        "handed_over_to": follow_up.handed_over_to,
        "next_step": follow_up.next_step.value if follow_up.next_step else None,
        "next_step_text": follow_up.next_step_text,
    }
    key = (current_municipality(), round_slug, follow_up.number)
    row = session().get(FollowUpRow, key)
    if row is None:
        row = FollowUpRow(municipality=key[0], round_slug=round_slug, number=follow_up.number)
        session().add(row)
    for name, value in values.items():
        setattr(row, name, value)
    session().flush()


def add_message(round_slug: str, number: int, message: Message) -> None:
    """Append a message to the timeline of a plan."""
    session().add(
        MessageRow(
            municipality=current_municipality(),
            round_slug=round_slug,
            number=number,
            place=_next_place(MessageRow, round_slug, number),
            speaker=message.speaker.value,
            author=message.author,
            at=message.at,
            text=message.text,
            status=message.status.value if message.status else None,
            moved_to=message.moved_to,
            decided_by=message.decided_by,
        )
    )
    session().flush()


def list_messages(round_slug: str, number: int) -> list[Message]:
    """Return the timeline of a plan, the newest message first."""
    rows = session().scalars(
        sa.select(MessageRow)
        .where(mine(MessageRow), MessageRow.round_slug == round_slug, MessageRow.number == number)
        .order_by(MessageRow.place.desc())
    )
    return [
        Message(
            speaker=Speaker(row.speaker),
            author=row.author,
            at=row.at,
            text=row.text,
            status=Status(row.status) if row.status else None,
            moved_to=row.moved_to,
            decided_by=row.decided_by,
        )
        for row in rows
    ]


def add_promise(round_slug: str, number: int, due: date) -> None:
    """Keep a promise of a message."""
    session().add(
        PromiseRow(
            municipality=current_municipality(),
            round_slug=round_slug,
            number=number,
            place=_next_place(PromiseRow, round_slug, number),
            due=due,
            answered=None,
        )
    )
    session().flush()


def answer_promise(round_slug: str, number: int, on: date) -> None:
    """Remember on which day the waiting promise of a plan got its message."""
    session().execute(
        sa.update(PromiseRow)
        .where(
            mine(PromiseRow),
            PromiseRow.round_slug == round_slug,
            PromiseRow.number == number,
            PromiseRow.answered.is_(None),
        )
        .values(answered=on)
    )


def _promises(round_slug: str) -> dict[int, tuple[Promise, ...]]:
    rows = session().scalars(
        sa.select(PromiseRow)
        .where(mine(PromiseRow), PromiseRow.round_slug == round_slug)
        .order_by(PromiseRow.number, PromiseRow.place)
        .execution_options(populate_existing=True)
    )
    found: dict[int, tuple[Promise, ...]] = {}
    for row in rows:
        promise = Promise(due=row.due, answered=row.answered)
        found[row.number] = (*found.get(row.number, ()), promise)
    return found


def _next_place(row: type[MessageRow] | type[PromiseRow], round_slug: str, number: int) -> int:
    last = session().scalar(
        sa.select(sa.func.max(row.place)).where(
            mine(row), row.round_slug == round_slug, row.number == number
        )
    )
    return (last or 0) + 1


def _to_domain(plan: PlanFacts, row: FollowUpRow | None, promises: tuple[Promise, ...]) -> FollowUp:
    if row is None:
        return FollowUp(plan=plan)
    return FollowUp(
        plan=plan,
        status=Status(row.status),
        owner_choice=OwnerChoice(row.owner_choice) if row.owner_choice else None,
        contact=row.contact,
        spent=Cents(row.spent),
        planned_start=row.planned_start,
        planned_finish=row.planned_finish,
        finished_on=row.finished_on,
        handed_over_to=row.handed_over_to,
        next_step=NextStepKind(row.next_step) if row.next_step else None,
        next_step_text=row.next_step_text,
        promises=promises,
    )
