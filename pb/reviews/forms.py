"""What reviewers, owners and the round manager fill in during a review."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from pb.foundation.money import AmountUnreadable, Cents, written_euros
from pb.foundation.typed import as_typed
from pb.frameworks.domain import Criterion
from pb.proposals.domain import Proposal
from pb.proposals.risk import (
    INSURANCE_LABELS,
    LIABLE_LABELS,
    RISK_KIND_LABELS,
    RISK_LEVEL_LABELS,
    Insurance,
    LiableParty,
    RiskCard,
    RiskKind,
    RiskLevel,
    RiskProfile,
)
from pb.proposals.writing import LENGTHS, read_amount
from pb.reviews.domain import (
    MARK_LABELS,
    NEXT_STEP_LABELS,
    Adaptation,
    CriterionAnswer,
    Decision,
    Mark,
    NextStep,
    Review,
    Verdict,
)
from pb.reviews.proof import REACHED_LABELS, Reached, ReachedBy
from pb.web.forms import NO_DATE, DayField, Form
from pb.web.wording import gettext, sentence_of

EMPTY = _l("Dit is nog niet ingevuld.")
CHOOSE_ONE = _l("Kies één antwoord.")
Choice = TypeVar("Choice", bound=StrEnum)
TEXT_AT_MOST = 2000


def a_text(label: str, *, needed: bool = True, most: int = TEXT_AT_MOST) -> TextAreaField:
    """Return a question that is answered with some sentences."""
    return TextAreaField(label, [DataRequired(EMPTY) if needed else Optional(), Length(max=most)])


def _readable(_form: Any, field: StringField) -> None:
    """Refuse what is not an amount, in the words that everyone gets."""
    if field.data and field.data.strip() and read_amount(field.data) is None:
        raise ValidationError(sentence_of(AmountUnreadable()))


class AssessmentForm(Form):
    """Asks for an answer and a remark per criterion; any of them may stay open."""

    criteria: tuple[Criterion, ...] = ()

    @classmethod
    def for_criteria(
        cls, criteria: tuple[Criterion, ...], review: Review, *, was_sent: bool = True
    ) -> "AssessmentForm":
        """Return the form for a framework's criteria, with the answers that are kept.

        was_sent: False when another form of the page was sent.
        """

        class ForTheseCriteria(AssessmentForm):
            """The fields are known only now."""

        data = {}
        for place, criterion in enumerate(criteria):
            marks = RadioField(criterion.label, [Optional()], choices=_mark_choices)
            remark = StringField(_l("Wat is het feit?"), [Length(max=1000)])
            setattr(ForTheseCriteria, f"mark_{place}", marks)
            setattr(ForTheseCriteria, f"remark_{place}", remark)
            kept = review.answer_to(criterion.code)
            data[f"mark_{place}"] = kept.mark.value if kept.mark else None
            data[f"remark_{place}"] = kept.remark
        form = ForTheseCriteria(data=data) if was_sent else ForTheseCriteria(None, data=data)
        form.criteria = criteria
        return form

    def rows(self) -> list[tuple[Criterion, RadioField, StringField]]:
        """Return per criterion its two questions."""
        return [
            (criterion, self[f"mark_{place}"], self[f"remark_{place}"])
            for place, criterion in enumerate(self.criteria)
        ]

    def to_answers(self) -> tuple[CriterionAnswer, ...]:
        """Return the answers. Call only after validation."""
        return tuple(
            CriterionAnswer(
                criterion.code,
                Mark(mark.data) if mark.data in set(Mark) else None,
                as_typed(remark.data or ""),
            )
            for criterion, mark, remark in self.rows()
        )


def _mark_choices() -> list[tuple[str, str]]:
    return [(mark.value, gettext(label)) for mark, label in MARK_LABELS.items()]


class YesForm(Form):
    """Asks for the reason of a yes, and for the cost as reviewed."""

    reason = a_text(_l("Schrijf de reden op. De planeigenaar en iedereen leest dit."))
    cost = StringField(_l("Wat kost het plan volgens u?"), [_readable])
    cost_reason = a_text(
        _l("Verandert u het bedrag? Schrijf op waarom, en waar de prijs vandaan komt."),
        needed=False,
        most=1000,
    )

    def to_decision(self) -> Decision:
        """Return a yes. Call only after validation."""
        return Decision(
            verdict=Verdict.FEASIBLE,
            reason=as_typed(self.reason.data),
            cost=read_amount(self.cost.data or ""),
            cost_reason=as_typed(self.cost_reason.data or ""),
        )


class NoForm(Form):
    """Asks for the reason of a no, for advice and for the next step."""

    reason = a_text(_l("Schrijf de reden op. De planeigenaar en iedereen leest dit."))
    advice = a_text(_l("Hoe kan het wel? Geef advies."))
    next_step = SelectField(_l("Wat gebeurt er nu met het idee?"), [DataRequired(EMPTY)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.next_step.choices = [
            ("", _l("Kies een volgende stap")),
            *((step.value, gettext(label)) for step, label in NEXT_STEP_LABELS.items()),
        ]

    def to_decision(self) -> Decision:
        """Return a no. Call only after validation."""
        return Decision(
            verdict=Verdict.NOT_FEASIBLE,
            reason=as_typed(self.reason.data),
            advice=as_typed(self.advice.data),
            next_step=NextStep(self.next_step.data),
        )


class OfferForm(Form):
    """Asks what a plan would say after a change, and why it can be done that way."""

    note = a_text(_l("Zo kan het wel. Leg het uit."))
    title = StringField(
        _l("Naam van het plan"), [DataRequired(EMPTY), Length(max=LENGTHS["title"])]
    )
    summary = a_text(_l("Wat komt er?"), most=LENGTHS["summary"])
    place = StringField(_l("Plek"), [Length(max=LENGTHS["place"])])
    cost = StringField(_l("Wat kost het?"), [DataRequired(EMPTY), _readable])

    @classmethod
    def starting_from(cls, plan: Proposal) -> "OfferForm":
        """Return the form with what the plan says now; what was sent goes before."""
        return cls(
            data={
                "title": plan.title,
                "summary": plan.summary,
                "place": plan.place,
                "cost": written_euros(plan.cost),
            }
        )

    def to_adaptation(self) -> Adaptation:
        """Return the change. Call only after validation."""
        return Adaptation(
            title=" ".join(as_typed(self.title.data).split()),
            summary=as_typed(self.summary.data).strip(),
            place=as_typed(self.place.data or "").strip(),
            cost=read_amount(self.cost.data) or Cents(0),
        )

    def to_note(self) -> str:
        """Return the explanation. Call only after validation."""
        return as_typed(self.note.data)


class MergeForm(OfferForm):
    """Asks with which plan to go on, and what the common plan would say."""

    into = SelectField(_l("Met welk plan gaat dit plan samen verder?"), coerce=int)

    @classmethod
    def among(cls, plan: Proposal, others: Iterable[Proposal]) -> "MergeForm":
        """Return the form with the plans that may take this one in."""
        form = cls(data={"place": plan.place, "cost": written_euros(plan.cost)})
        form.into.choices = [(each.number, f"{each.label} {each.title}") for each in others]
        return form


class QuestionForm(Form):
    """Asks what a reviewer wants to know."""

    question = a_text(_l("Wat wilt u weten? De planeigenaar leest dit."), most=1000)

    def to_text(self) -> str:
        """Return what was written. Call only after validation."""
        return as_typed(self.question.data)


class AnswerForm(Form):
    """Asks an owner for an answer."""

    answer = a_text(_l("Uw antwoord"))

    def to_text(self) -> str:
        """Return what was written. Call only after validation."""
        return as_typed(self.answer.data)


class ReconsiderationForm(Form):
    """Asks an owner why a second look is needed."""

    reason = a_text(_l("Waarom bent u het niet eens? Iedereen kan dit lezen."))

    def to_text(self) -> str:
        """Return what was written. Call only after validation."""
        return as_typed(self.reason.data)


class SecondLookForm(Form):
    """Asks another reviewer for the outcome of a second look."""

    granted = RadioField(_l("Wat is het besluit?"), [DataRequired(_l("Kies ja of nee."))])
    explanation = a_text(_l("Leg het besluit uit. De planeigenaar en iedereen leest dit."))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.granted.choices = [
            ("ja", gettext("Ja: het plan is nu haalbaar")),
            ("nee", gettext("Nee: het plan blijft niet haalbaar")),
        ]

    def to_text(self) -> str:
        """Return the explanation. Call only after validation."""
        return as_typed(self.explanation.data)


class RiskForm(Form):
    """Asks for the risk card of a plan. Shares a page, so its fields have a prefix."""

    PREFIX = "risico"

    kind = RadioField(_l("Wat voor plan is het?"), [DataRequired(CHOOSE_ONE)])
    level = RadioField(_l("Hoe groot is het risico?"), [DataRequired(CHOOSE_ONE)])
    liable = RadioField(_l("Wie is aansprakelijk?"), [DataRequired(CHOOSE_ONE)])
    partner = StringField(_l("Welke organisatie is aansprakelijk?"), [Length(max=200)])
    insurance = RadioField(_l("Hoe is schade verzekerd?"), [DataRequired(CHOOSE_ONE)])
    note = a_text(_l("Wat is er afgesproken over risico en verzekering?"), most=1000)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(prefix=self.PREFIX, **kwargs)
        self.kind.choices = _pairs(RISK_KIND_LABELS)
        self.level.choices = _pairs(RISK_LEVEL_LABELS)
        self.liable.choices = _pairs(LIABLE_LABELS)
        self.insurance.choices = _pairs(INSURANCE_LABELS)

    @classmethod
    def showing(cls, card: RiskCard | None) -> "RiskForm":
        """Return the form with what stands on the card now."""
        names = ("kind", "level", "liable", "partner", "insurance", "note")
        data = {name: getattr(card, name) for name in names} if card else None
        return cls(formdata=None, data=data)

    def to_profile(self) -> RiskProfile:
        """Return what was filled in. Call only after validation."""
        return RiskProfile(
            kind=RiskKind(self.kind.data),
            level=RiskLevel(self.level.data),
            liable=LiableParty(self.liable.data),
            insurance=Insurance(self.insurance.data),
            note=as_typed(self.note.data),
            partner=as_typed(self.partner.data or ""),
        )


def _pairs(labels: Mapping[Choice, str]) -> list[tuple[str, str]]:
    return [(each.value, gettext(label)) for each, label in labels.items()]


class ProofForm(Form):
    """Asks an owner whether what is shown is right. ``proof``: the hash of exactly that."""

    proof = HiddenField()


class ErrorForm(Form):
    """Asks an owner what is wrong with the ballot proof."""

    error = a_text(_l("Wat klopt er niet? Alleen de gemeente leest dit."), most=1000)

    def to_text(self) -> str:
        """Return what was written. Call only after validation."""
        return as_typed(self.error.data)


class ReachedForm(ProofForm):
    """Asks the round manager how and when an owner said that the proof is right."""

    reached = RadioField(_l("Hoe bereikte u de planeigenaar?"), [DataRequired(CHOOSE_ONE)])
    reached_on = DayField(_l("Op welke dag?"), [InputRequired(NO_DATE)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reached.choices = _pairs(REACHED_LABELS)

    def to_reached(self) -> Reached:
        """Return how and when. Call only after validation."""
        return Reached(ReachedBy(self.reached.data), self.reached_on.data)


class CorrectionForm(Form):
    """Asks for better words for a plan that goes on the ballot; its cost stays."""

    title = StringField(
        _l("Naam van het plan"), [DataRequired(EMPTY), Length(max=LENGTHS["title"])]
    )
    summary = a_text(_l("Wat komt er?"), most=LENGTHS["summary"])
    place = StringField(_l("Plek"), [Length(max=LENGTHS["place"])])
    note = a_text(_l("Wat heeft u verbeterd? Iedereen leest dit."), most=1000)

    @classmethod
    def starting_from(cls, plan: Proposal) -> "CorrectionForm":
        """Return the form with what the plan says now; what was sent goes before."""
        return cls(data={"title": plan.title, "summary": plan.summary, "place": plan.place})

    def to_correction(self, cost: Cents) -> Adaptation:
        """Return the better words beside a cost that stays. Call only after validation."""
        return Adaptation(
            title=" ".join(as_typed(self.title.data).split()),
            summary=as_typed(self.summary.data).strip(),
            place=as_typed(self.place.data or "").strip(),
            cost=cost,
        )

    def to_note(self) -> str:
        """Return the explanation. Call only after validation."""
        return as_typed(self.note.data)


class LotForm(Form):
    """Asks what was drawn in public."""

    seed = StringField(
        _l("Wat is er geloot?"),
        [
            DataRequired(
                _l("Schrijf op wat er is geloot: de ogen van de dobbelstenen of de woorden.")
            ),
            Length(max=200),
        ],
    )

    def to_seed(self) -> str:
        """Return what was drawn. Call only after validation."""
        return as_typed(self.seed.data).strip()
