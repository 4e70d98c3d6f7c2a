"""The forms of the follow-up: agreements, messages of staff and owner, and next steps."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from pb.followups.domain import (
    CONTACT_AT_MOST,
    ENDED,
    FINISHED,
    NEXT_STEP_LABELS,
    OWNER_CHOICE_LABELS,
    OWNER_NEWS_LABELS,
    STATUS_LABELS,
    TEXT_AT_MOST,
    Arrangement,
    FollowUp,
    NextStep,
    NextStepKind,
    OwnerChoice,
    OwnerNews,
    OwnerUpdate,
    StaffUpdate,
    Status,
)
from pb.web.forms import NO_DATE, DayField, EurosField, Form, choices

Choice = TypeVar("Choice", bound=StrEnum)

NOT_FILLED_IN = _l("Dit is nog niet ingevuld.")
CHOOSE_ONE = _l("Kies één antwoord.")


def _choices(labels: Mapping[Choice, str]) -> list[SelectChoice]:
    return choices((each.value, _l(label)) for each, label in labels.items())


class ArrangementForm(Form):
    """Asks for what is agreed on a chosen plan. Shares a page, so its fields have a prefix."""

    PREFIX = "afspraak"

    contact = StringField(
        _l("Welke functie bellen bewoners over dit plan?"),
        [DataRequired(NOT_FILLED_IN), Length(max=CONTACT_AT_MOST)],
    )
    planned_start = DayField(_l("Wij beginnen op"), [Optional()])
    planned_finish = DayField(_l("Klaar op"), [Optional()])
    next_message = DayField(_l("Eerste bericht uiterlijk op"), [Optional()])
    owner_choice = SelectField(
        _l("Wil de planeigenaar blijven?"),
        choices=[
            *choices([("", _l("De planeigenaar koos nog niet"))]),
            *_choices(OWNER_CHOICE_LABELS),
        ],
        validators=[Optional()],
    )

    @classmethod
    def showing(cls, follow_up: FollowUp) -> "ArrangementForm":
        """Return the form filled with what is agreed already."""
        choice = follow_up.owner_choice
        return cls(
            formdata=None,
            prefix=cls.PREFIX,
            data={
                "contact": follow_up.contact,
                "planned_start": follow_up.planned_start,
                "planned_finish": follow_up.planned_finish,
                "owner_choice": choice.value if choice else "",
            },
        )

    def to_arrangement(self) -> Arrangement:
        """Return what was agreed. Call only after validation."""
        choice = self.owner_choice.data
        return Arrangement(
            contact=self.contact.data,
            planned_start=self.planned_start.data,
            planned_finish=self.planned_finish.data,
            next_message=self.next_message.data,
            owner_choice=OwnerChoice(choice) if choice else None,
        )


class StaffUpdateForm(Form):
    """Asks for a message of the municipality and what it changes."""

    status = RadioField(
        _l("Hoe staat het ermee?"),
        choices=_choices(STATUS_LABELS),
        validators=[InputRequired(CHOOSE_ONE)],
    )
    text = TextAreaField(
        _l("Wat is er gebeurd? Iedereen leest dit."),
        [DataRequired(NOT_FILLED_IN), Length(max=TEXT_AT_MOST)],
    )
    next_message = DayField(_l("Volgende bericht uiterlijk op"), [Optional()])
    planned_finish = DayField(_l("Nieuwe datum: klaar op"), [Optional()])
    spent = EurosField(_l("Tot nu toe uitgegeven"), [Optional()])
    owner_agrees = BooleanField(_l("De planeigenaar is akkoord met de verandering"))
    decided_by = StringField(_l("Wie besloot om te stoppen?"), [Length(max=CONTACT_AT_MOST)])
    handed_over_to = StringField(
        _l("Wie neemt het plan over van deze ronde?"), [Length(max=CONTACT_AT_MOST)]
    )

    @classmethod
    def for_plan(cls, follow_up: FollowUp, *, empty: bool = False) -> "StaffUpdateForm":
        """Return the form with the statuses that this plan can still get.

        empty: do not read what was posted; it belongs to another form of the page.
        """
        form = cls(formdata=None) if empty else cls()
        form.status.choices = _choices(
            {each: STATUS_LABELS[each] for each in _possible(follow_up.status)}
        )
        return form

    def to_update(self) -> StaffUpdate:
        """Return the message. Call only after validation."""
        return StaffUpdate(
            status=Status(self.status.data),
            text=self.text.data,
            spent=self.spent.cents(),
            planned_finish=self.planned_finish.data,
            next_message=self.next_message.data,
            owner_agrees=self.owner_agrees.data,
            decided_by=self.decided_by.data or "",
            handed_over_to=self.handed_over_to.data or "",
        )


class NextStepForm(Form):
    """Asks what happens with a plan that was not chosen."""

    kind = SelectField(_l("Wat gebeurt er nu?"), choices=_choices(NEXT_STEP_LABELS))
    text = TextAreaField(
        _l("Leg het uit. Iedereen leest dit."),
        [DataRequired(NOT_FILLED_IN), Length(max=TEXT_AT_MOST)],
    )
    contact = StringField(
        _l("Welke functie bellen bewoners over dit plan?"),
        [DataRequired(NOT_FILLED_IN), Length(max=CONTACT_AT_MOST)],
    )
    next_message = DayField(_l("Volgende bericht uiterlijk op"), [InputRequired(NO_DATE)])

    @classmethod
    def showing(cls, follow_up: FollowUp) -> "NextStepForm":
        """Return the form filled with the present next step; the message is new each time."""
        step = follow_up.next_step
        return cls(
            formdata=None,
            data={"kind": step.value if step else None, "contact": follow_up.contact},
        )

    def to_next_step(self) -> NextStep:
        """Return the next step. Call only after validation."""
        next_message: date = self.next_message.data
        return NextStep(
            kind=NextStepKind(self.kind.data),
            text=self.text.data,
            contact=self.contact.data,
            next_message=next_message,
        )


class OwnerUpdateForm(Form):
    """Asks an owner how it goes; two minutes of work."""

    news = RadioField(
        _l("Hoe gaat het?"),
        choices=_choices(OWNER_NEWS_LABELS),
        validators=[InputRequired(CHOOSE_ONE)],
    )
    text = TextAreaField(
        _l("Vertel wat er is gebeurd. Iedereen leest dit."),
        [DataRequired(NOT_FILLED_IN), Length(max=TEXT_AT_MOST)],
    )
    planned_finish = DayField(_l("Wordt het later? Vul de nieuwe datum in."), [Optional()])

    def to_update(self) -> OwnerUpdate:
        """Return the message. Call only after validation."""
        return OwnerUpdate(
            news=OwnerNews(self.news.data),
            text=self.text.data,
            planned_finish=self.planned_finish.data,
        )


class OwnerChoiceForm(Form):
    """Asks an owner: 'Wilt u planeigenaar blijven?'. Shares a page, so it has a prefix."""

    PREFIX = "eigenaar"

    choice = RadioField(
        _l("Wilt u planeigenaar blijven?"),
        choices=_choices(OWNER_CHOICE_LABELS),
        validators=[InputRequired(CHOOSE_ONE)],
    )

    def to_choice(self) -> OwnerChoice:
        """Return the choice. Call only after validation."""
        return OwnerChoice(self.choice.data)


def _possible(status: Status) -> list[Status]:
    """Return the statuses that may follow, the present one included."""
    if status is Status.STOPPED:
        return [Status.STOPPED]
    if status in ENDED:
        return [each for each in Status if each in FINISHED]
    return [each for each in Status if each is not Status.NOT_STARTED or status is each]
