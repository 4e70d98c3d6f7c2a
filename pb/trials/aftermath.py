"""What became of the plans of De Ganzerik: arrangements, messages, money, next steps, lessons."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pb.evaluations import service as evaluations
from pb.evaluations.domain import Evaluation
from pb.followups import service as followups
from pb.followups.domain import (
    Arrangement,
    NextStep,
    NextStepKind,
    OwnerChoice,
    OwnerNews,
    OwnerUpdate,
    StaffUpdate,
    Status,
)
from pb.foundation.money import euros
from pb.results import destroying
from pb.rounds.domain import State
from pb.trials.story import Story

ARRANGED_ON, BEGUN_ON = "2026-10-12", "2026-11-01"
DESTROYED_ON = "2026-11-16"  # The file tells no day; this is within a week of the last objection.
NEXT_STEPS_ON, SETTLED_ON = "2027-02-15", "2027-03-31"
# One promise that nobody kept: when the message before it came, and what it promised. The file
# keeps every promise, and then nobody sees what becomes of one that is broken.
BROKEN = {"P01": ("2027-03-24", "2027-03-29")}
# The file has only the later day of the plan that is delayed; this was the day before that.
FIRST_FINISH = {"P11": "2027-06-30"}
NEWS = {"changed": OwnerNews.DIFFERENT, "done": OwnerNews.DONE}
CONTACTS = {
    "advisor_culture": "Adviseur cultuur",
    "advisor_green": "Adviseur groen",
    "advisor_play": "Adviseur spelen",
    "advisor_public_lighting": "Adviseur openbare verlichting",
    "advisor_safety": "Adviseur veiligheid",
    "advisor_traffic": "Verkeerskundige",
    "advisor_water": "Adviseur water",
    "area_manager": "Wijkbeheerder",
    "community_worker": "Opbouwwerker",
    "event_desk": "Loket evenementen",
}
# The file tells the money of every plan, and not in which message; so one more message does.
MONEY = {
    Status.DONE: "Het plan is klaar. Dit is wat het kostte.",
    Status.IN_MAINTENANCE: "Het plan is klaar en wordt goed onderhouden. Dit is wat het kostte.",
}
MONEY_SO_FAR = "Dit is tot nu toe uitgegeven. Het past in het budget van het plan."


def follow_up(story: Story) -> None:
    """Bring every plan on the list to where it stands on the day of the file."""
    dates, data = story.example.dates, story.example.data
    for kept in data["follow_up"]:
        _arrange(story, kept)
    for kept in data["follow_up"]:
        _say(story, kept, before=dates.at(BEGUN_ON))
    followups.start_execution(story.slug, by=story.staff.manager, now=dates.at(BEGUN_ON))
    destroying.destroy(story.slug, by=story.staff.manager, now=dates.at(DESTROYED_ON))
    for kept in data["follow_up"]:
        _say(story, kept, since=dates.at(BEGUN_ON))
        _settle(story, kept)
    moment = dates.at(NEXT_STEPS_ON, 14)
    for kept in data["follow_up_not_selected"]:
        step = NextStep(
            kind=NextStepKind(kept["next_step"]),
            text=dates.text(kept["text"], NEXT_STEPS_ON),
            contact=CONTACTS[kept["contact_role"]],
            next_message=dates.day(kept["next_update_due"]),
        )
        followups.set_next_step(
            story.slug, story.numbers[kept["proposal_id"]], step,
            by=story.staff.manager, now=moment, today=dates.day(NEXT_STEPS_ON),
        )  # fmt: skip


def look_back(story: Story) -> None:
    """Write the lessons that the file has; of the other states the round still owes them."""
    dates = story.example.dates
    for kept in story.example.data["evaluations"]:
        if kept["lesson"] is None:
            continue
        evaluation = Evaluation(
            state=State(kept["step"]),
            lesson=kept["lesson"],
            change=kept["change_made"],
            changed_on=dates.day(kept["changed_on"]) if kept["changed_on"] else None,
            answered=kept["answered"],
        )
        evaluations.write(
            story.slug, evaluation,
            by=story.staff.manager, now=dates.at(SETTLED_ON, 17), today=dates.day(SETTLED_ON),
        )  # fmt: skip


def _arrange(story: Story, kept: dict[str, Any]) -> None:
    """Write down contact, days and the first promise: a message when there is first news."""
    dates, plan = story.example.dates, kept["proposal_id"]
    arrangement = Arrangement(
        contact=CONTACTS[kept["contact_role"]],
        planned_start=dates.day(kept["planned_start"]),
        planned_finish=dates.day(FIRST_FINISH.get(plan, kept["planned_finish"])),
        next_message=_next_from_staff(story, kept, ARRANGED_ON),
        owner_choice=OwnerChoice.STAYS,
    )
    followups.arrange(
        story.slug, story.numbers[plan], arrangement,
        by=story.staff.manager, now=dates.at(ARRANGED_ON), today=dates.day(ARRANGED_ON),
    )  # fmt: skip


def _say(
    story: Story,
    kept: dict[str, Any],
    *,
    since: datetime | None = None,
    before: datetime | None = None,
) -> None:
    """Publish the messages of a plan that lie between two moments."""
    dates, number = story.example.dates, story.numbers[kept["proposal_id"]]
    for update in kept["updates"]:
        moment, today = dates.at(update["date"], 16), dates.day(update["date"])
        if (since and moment < since) or (before and moment >= before):
            continue
        text = dates.text(update["text"], update["date"])
        if update["author_role"] == "owner":
            link = story.links[kept["proposal_id"]]
            news = NEWS.get(update["status"], OwnerNews.ON_SCHEDULE)
            followups.post_owner_update(
                story.slug, link, OwnerUpdate(news=news, text=text), now=moment, today=today
            )
            continue
        message = StaffUpdate(
            status=Status(update["status"]),
            text=text,
            next_message=_next_from_staff(story, kept, update["date"]),
        )
        if message.status is Status.DELAYED:
            message = replace(
                message,
                planned_finish=dates.day(kept["planned_finish"]),
                spent=euros(kept["spent_eur"]),
                next_message=dates.day(kept["next_update_due"]),
            )
        followups.post_staff_update(
            story.slug, number, message, by=story.staff.manager, now=moment, today=today
        )


def _settle(story: Story, kept: dict[str, Any]) -> None:
    """Tell the money of a plan as of the day of the file, and promise the next message.

    A plan that is delayed told it with its new day.
    """
    dates, status = story.example.dates, Status(kept["status"])
    if status is Status.DELAYED:
        return
    plan = kept["proposal_id"]
    told_on, promised = BROKEN.get(plan, (SETTLED_ON, kept["next_update_due"]))
    message = StaffUpdate(
        status=status,
        text=MONEY.get(status, MONEY_SO_FAR),
        spent=euros(kept["spent_eur"]),
        next_message=dates.day(promised),
        owner_agrees=status is Status.CHANGED,
    )
    followups.post_staff_update(
        story.slug, story.numbers[plan], message,
        by=story.staff.manager, now=dates.at(told_on), today=dates.day(told_on),
    )  # fmt: skip


def _next_from_staff(story: Story, kept: dict[str, Any], after: str) -> date:
    """Return the day of the next message of the municipality that the file has after a day."""
    days = [
        update["date"]
        for update in kept["updates"]
        if update["author_role"] != "owner" and update["date"] > after
    ]
    return story.example.dates.day(min([*days, SETTLED_ON]))
