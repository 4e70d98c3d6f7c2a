"""A follow-up: what became of a plan after the result, chosen or not.

A chosen plan gets a status, a contact and a date for the next message; a plan that was not
chosen gets a next step with a date. Messages of the owner and of the municipality are kept
apart. Nothing here is ever late without everybody seeing it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pb.followups.promises import Promise, Standing, waiting
from pb.foundation.errors import N_, NotFound, Unacceptable, WrongState
from pb.foundation.money import Cents
from pb.proposals.domain import label_of
from pb.rounds.domain import GateClosed

TEXT_AT_MOST = 2000
CONTACT_AT_MOST = 120
NOTHING = Cents(0)


class Status(StrEnum):
    """What became of a chosen plan (product.md 3.2, execution)."""

    NOT_STARTED = "not_started"
    PREPARING = "preparing"
    WAITING_FOR_PERMIT = "waiting_for_permit"
    IN_PROGRESS = "in_progress"
    DELAYED = "delayed"
    CHANGED = "changed"
    DONE = "done"
    IN_MAINTENANCE = "in_maintenance"
    STOPPED = "stopped"


STATUS_LABELS = {
    Status.NOT_STARTED: N_("Nog niet begonnen"),
    Status.PREPARING: N_("Wij bereiden het voor"),
    Status.WAITING_FOR_PERMIT: N_("Wacht op een vergunning"),
    Status.IN_PROGRESS: N_("In uitvoering"),
    Status.DELAYED: N_("Later klaar"),
    Status.CHANGED: N_("Veranderd"),
    Status.DONE: N_("Klaar"),
    Status.IN_MAINTENANCE: N_("Klaar, wij onderhouden het"),
    Status.STOPPED: N_("Gestopt"),
}
FINISHED = frozenset({Status.DONE, Status.IN_MAINTENANCE})
ENDED = FINISHED | {Status.STOPPED}


class OwnerChoice(StrEnum):
    """The owner's answer to 'Wilt u planeigenaar blijven?'."""

    STAYS = "stays"
    SHARES = "shares"
    HANDS_OVER = "hands_over"


OWNER_CHOICE_LABELS = {
    OwnerChoice.STAYS: N_("Ja"),
    OwnerChoice.SHARES: N_("Ja, samen met iemand"),
    OwnerChoice.HANDS_OVER: N_("Ik draag het over"),
}


class NextStepKind(StrEnum):
    """What happens with a plan that was not chosen."""

    OTHER_FUND = "other_fund"
    PARTNER = "partner"
    DONE_BY_MUNICIPALITY = "done_by_municipality"
    HELP_FOR_NEXT_ROUND = "help_for_next_round"
    RIGHT_TO_CHALLENGE = "right_to_challenge"
    OWNER_STOPS = "owner_stops"


NEXT_STEP_LABELS = {
    NextStepKind.OTHER_FUND: N_("Geld uit een ander potje"),
    NextStepKind.PARTNER: N_("Een andere organisatie helpt"),
    NextStepKind.DONE_BY_MUNICIPALITY: N_("De gemeente doet het zelf"),
    NextStepKind.HELP_FOR_NEXT_ROUND: N_("Hulp voor de volgende ronde"),
    NextStepKind.RIGHT_TO_CHALLENGE: N_("Bewoners nemen een taak over"),
    NextStepKind.OWNER_STOPS: N_("De planeigenaar stopt"),
}


class Speaker(StrEnum):
    """Who says something about a plan; the page gives each its own label and colour."""

    OWNER = "owner"
    STAFF = "staff"


class OwnerNews(StrEnum):
    """The owner's answer to 'Hoe gaat het?'."""

    ON_SCHEDULE = "on_schedule"
    LATER = "later"
    DIFFERENT = "different"
    DONE = "done"


OWNER_NEWS_LABELS = {
    OwnerNews.ON_SCHEDULE: N_("Op schema"),
    OwnerNews.LATER: N_("Later"),
    OwnerNews.DIFFERENT: N_("Anders"),
    OwnerNews.DONE: N_("Klaar"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What a follow-up knows of its plan, from the published result. cost: cents."""

    number: int
    title: str
    cost: Cents
    area: str
    theme: str
    chosen: bool
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return the number as everyone knows it, such as P12."""
        return label_of(self.number)

    def title_in(self, language: str) -> str:
        """Return the title in a language, or the Dutch one."""
        return self.titles.get(language) or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that was said about a plan. ``status``: what it set, None when nothing."""

    speaker: Speaker
    author: str
    at: datetime
    text: str
    status: Status | None = None
    moved_to: date | None = None
    decided_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Where a plan stands after the result. Money in cents.

    next_step: only for a plan that was not chosen. handed_over_to: who takes the plan on.
    promises: in the order in which they were made.
    """

    plan: PlanFacts
    status: Status = Status.NOT_STARTED
    owner_choice: OwnerChoice | None = None
    contact: str = ""
    spent: Cents = NOTHING
    planned_start: date | None = None
    planned_finish: date | None = None
    finished_on: date | None = None
    handed_over_to: str = ""
    next_step: NextStepKind | None = None
    next_step_text: str = ""
    promises: tuple[Promise, ...] = ()

    @property
    def number(self) -> int:
        """Return the number of the plan."""
        return self.plan.number

    @property
    def promise(self) -> Promise | None:
        """Return the promise that still waits for its message."""
        return waiting(self.promises)

    @property
    def has_ended(self) -> bool:
        """Tell whether the plan is done, stopped with a reason, or handed over."""
        return self.status in ENDED or bool(self.handed_over_to)

    @property
    def lacks(self) -> tuple[str, ...]:
        """Return what a chosen plan still needs before it can be carried out."""
        needs = (
            ("owner_choice", self.owner_choice),
            ("contact", self.contact),
            ("date", self.promises),
        )
        return tuple(name for name, there in needs if not there)

    def is_late(self, today: date) -> bool:
        """Tell whether residents wait for a message or for the plan itself."""
        return self.message_is_late(today) or self.finish_is_late(today)

    def message_is_late(self, today: date) -> bool:
        """Tell whether a promised message did not come."""
        return self.promise is not None and self.promise.standing(today) is Standing.OVERDUE

    def finish_is_late(self, today: date) -> bool:
        """Tell whether the plan should have been finished and is not."""
        return (
            self.planned_finish is not None and today > self.planned_finish and not self.has_ended
        )


def in_order_of_the_board(follow_ups: Iterable[FollowUp], today: date) -> list[FollowUp]:
    """Return the late ones first, then by the day of the next message, then by number."""
    return sorted(
        follow_ups,
        key=lambda each: (
            not each.is_late(today),
            each.promise.due if each.promise else date.max,
            each.number,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What is agreed on a chosen plan before it is carried out."""

    contact: str
    planned_start: date | None = None
    planned_finish: date | None = None
    next_message: date | None = None
    owner_choice: OwnerChoice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffUpdate:
    """A message of the municipality with what it changes.

    planned_finish: a new day, or None when it stays. next_message: the next promise.
    owner_agrees: the owner consented to a change. decided_by: the body that stopped a plan.
    """

    status: Status
    text: str
    spent: Cents | None = None
    planned_finish: date | None = None
    next_message: date | None = None
    owner_agrees: bool = False
    decided_by: str = ""
    handed_over_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerUpdate:
    """A message of the owner. planned_finish: the new day when it becomes later."""

    news: OwnerNews
    text: str
    planned_finish: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What happens with a plan that was not chosen, and when residents hear about it."""

    kind: NextStepKind
    text: str
    contact: str
    next_message: date


STATUS_OF_NEWS = {
    OwnerNews.LATER: Status.DELAYED,
    OwnerNews.DIFFERENT: Status.CHANGED,
    OwnerNews.DONE: Status.DONE,
}


def status_of(news: OwnerNews, now: Status) -> Status:
    """Return the status that an owner's news gives; 'on schedule' begins what had not begun."""
    if news is OwnerNews.ON_SCHEDULE:
        begun = now not in {Status.NOT_STARTED, Status.DELAYED}
        return now if begun else Status.IN_PROGRESS
    return STATUS_OF_NEWS[news]


def refuse_unsound_update(follow_up: FollowUp, update: StaffUpdate, today: date) -> None:
    """Raise a refusal when an update leaves residents without a reason, a date or a consent.

    Raises TextMissing, PlanHasEnded, NewDateMissing, LaterNeedsDelay, ConsentMissing,
    DecisionMissing, NextMessageMissing, DateHasPassed.
    """
    refuse_unreadable_text(update.text)
    refuse_after_end(follow_up, update.status)
    refuse_silent_delay(follow_up, update.status, update.planned_finish)
    if update.status is Status.CHANGED and not update.owner_agrees:
        raise ConsentMissing
    if update.status is Status.STOPPED and not update.decided_by.strip():
        raise DecisionMissing
    ends = update.status in ENDED or bool(update.handed_over_to or follow_up.handed_over_to)
    if update.next_message is None and not ends:
        raise NextMessageMissing
    refuse_past(update.next_message, today)


def refuse_after_end(follow_up: FollowUp, status: Status) -> None:
    """Raise PlanHasEnded when an ended plan would begin again."""
    allowed = {Status.STOPPED: {Status.STOPPED}}.get(follow_up.status, set(FINISHED))
    if follow_up.status in ENDED and status not in allowed:
        raise PlanHasEnded(status=STATUS_LABELS[follow_up.status])


def refuse_silent_delay(follow_up: FollowUp, status: Status, finish: date | None) -> None:
    """Raise when 'later' names no later day, or a later day is not called 'later'."""
    before = follow_up.planned_finish
    is_later = finish is not None and (before is None or finish > before)
    if status is Status.DELAYED and not is_later:
        raise NewDateMissing
    if status not in {Status.DELAYED, Status.CHANGED}:
        refuse_later(before, finish)


def refuse_later(before: date | None, finish: date | None) -> None:
    """Raise LaterNeedsDelay when a day that was promised becomes later without a reason."""
    if before is not None and finish is not None and finish > before:
        raise LaterNeedsDelay


def refuse_unreadable_text(text: str) -> None:
    """Raise TextMissing for a message that is empty or too long."""
    if not text.strip() or len(text) > TEXT_AT_MOST:
        raise TextMissing(most=TEXT_AT_MOST)


def refuse_past(day: date | None, today: date) -> None:
    """Raise DateHasPassed for a promise that is not in the future."""
    if day is not None and day <= today:
        raise DateHasPassed


class FollowUpNotFound(NotFound):
    """The result holds no plan with this number."""

    sentence = N_("Dit plan stond niet op de stemlijst. Kijk of het nummer klopt.")


class TextMissing(Unacceptable):
    """A message has no words, or too many."""

    sentence = N_("Schrijf op wat er is gebeurd, in hoogstens %(most)s tekens. Iedereen leest dit.")


class NewDateMissing(Unacceptable):
    """'Later' without a later day."""

    sentence = N_("Wordt het later? Vul een nieuwe datum in die later is, en schrijf op waarom.")


class LaterNeedsDelay(Unacceptable):
    """A later day that is not called a delay."""

    sentence = N_("De nieuwe datum is later. Kies dan 'Later klaar' en schrijf op waarom.")


class ConsentMissing(Unacceptable):
    """A plan changes without its owner's yes."""

    sentence = N_("Een plan verandert alleen als de planeigenaar akkoord is. Vraag het eerst.")


class DecisionMissing(Unacceptable):
    """A plan stops and nobody says which body decided so."""

    sentence = N_("Schrijf op wie besloot om te stoppen.")


class NextMessageMissing(Unacceptable):
    """A plan that goes on has no day for its next message."""

    sentence = N_("Vul in wanneer het volgende bericht komt. Bewoners zien die datum.")


class DateHasPassed(Unacceptable):
    """A promise for today or a day before."""

    sentence = N_("Kies een datum na vandaag.")


class ContactMissing(Unacceptable):
    """Nobody can be asked about the plan."""

    sentence = N_("Vul in welke functie bewoners kunnen bellen over dit plan.")


class PlanHasEnded(WrongState):
    """A plan that is done or stopped would begin again."""

    sentence = N_("Dit plan staat op '%(status)s'. U kunt het niet opnieuw beginnen.")


class NotChosen(WrongState):
    """Something for chosen plans is done to one that was not chosen."""

    sentence = N_("Dit plan is niet gekozen. U kunt er een volgende stap bij schrijven.")


class WasChosen(WrongState):
    """A next step is written for a plan that was chosen."""

    sentence = N_("Dit plan is gekozen. Schrijf een bericht over de uitvoering.")


class PlansNotReady(GateClosed):
    """Execution cannot begin: chosen plans lack a choice, a contact or a date."""

    sentence = N_(
        "Nog niet klaar. Zonder keuze van de planeigenaar: %(owner_choice)s. "
        "Zonder contactpersoon: %(contact)s. Zonder datum voor het volgende bericht: %(date)s."
    )


class PlansNotEnded(GateClosed):
    """A round cannot go on while plans are being carried out."""

    sentence = N_("Nog niet klaar: %(plans)s. De ronde blijft open.")
