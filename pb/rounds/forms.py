"""The staff's forms of a round: its framework, its announcement, its interruption."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import (
    Form as PlainForm,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from pb.foundation.language import LANGUAGES
from pb.foundation.money import Cents
from pb.foundation.settings import Settings
from pb.frameworks.domain import (
    PRECONDITIONS,
    Answer,
    Area,
    BallotRules,
    Contact,
    Counting,
    CountingRule,
    Criterion,
    Dates,
    DecisionPower,
    Desk,
    Framework,
    Precondition,
    Promise,
    Remainder,
    Theme,
    TieCriterion,
    compares,
)
from pb.frameworks.wording import COMPARISONS, MEANINGS, NAMES, REMAINDERS
from pb.rounds.domain import State
from pb.tally.election import BallotKind
from pb.tally.rules import Comparison
from pb.web.forms import EurosField, Form, MomentField, choices

SPARE_ROWS = 3
MOST_ROWS = 40

POWERS = [
    (DecisionPower.BINDING.value, _l("Bewoners beslissen, binnen de kaders")),
    (DecisionPower.CO_DECIDE.value, _l("Bewoners en gemeente beslissen samen")),
    (DecisionPower.CONSULT.value, _l("De gemeente vraagt raad")),
    (DecisionPower.INFORM.value, _l("De gemeente vertelt")),
]
KINDS = [
    (BallotKind.APPROVAL.value, _l("Kies een aantal plannen")),
    (BallotKind.CHOOSE_ONE.value, _l("Kies één plan")),
    (BallotKind.KNAPSACK.value, _l("Verdeel het geld: kies plannen binnen een bedrag")),
    (BallotKind.CUMULATIVE.value, _l("Verdeel punten over plannen")),
    (BallotKind.ORDINAL.value, _l("Zet plannen op volgorde")),
]
RULES = [(rule.value, _l(name)) for rule, name in NAMES.items()]
TIES = [
    ("lower_cost,more_votes,lot", _l("Het goedkoopste plan, dan de meeste stemmen, dan het lot")),
    ("more_votes,lower_cost,lot", _l("De meeste stemmen, dan het goedkoopste plan, dan het lot")),
    ("lot", _l("Alleen het lot")),
]
LEFT = [(way.value, _l(words)) for way, words in REMAINDERS.items()]
CEILINGS_STAY, CEILINGS_GO = "stay", "go"
CEILINGS = [
    (CEILINGS_STAY, _l("Ja, een thema krijgt nooit meer dan zijn maximum")),
    (CEILINGS_GO, _l("Nee, voor geld dat overblijft is er geen maximum")),
]
COMPARED = [(way.value, _l(words)) for way, words in COMPARISONS.items()]
UNSUITABLE = _l("Dit past niet bij de telregel. Kies een ander antwoord.")
ANSWERS = [
    (Answer.YES.value, _l("Ja")),
    (Answer.MOSTLY.value, _l("Grotendeels")),
    (Answer.NO.value, _l("Nee")),
]
NEEDED = [InputRequired(message=_l("Dit is nog niet ingevuld."))]


class AreaRow(PlainForm):
    """One area; a row without a name is left out."""

    name = StringField(_l("Naam van het gebied"), [Length(max=80)])
    budget = EurosField(_l("Geld voor dit gebied"))
    eligible = IntegerField(_l("Stemgerechtigden"), [Optional(), NumberRange(min=0)])
    whole = BooleanField(_l("Dit is de hele wijk"))


class ThemeRow(PlainForm):
    """One theme; a row without a name is left out."""

    name = StringField(_l("Naam van het thema"), [Length(max=80)])
    ceiling = EurosField(_l("Thema-maximum"))


class CriterionRow(PlainForm):
    """One criterion; a row without a label is left out."""

    label = StringField(_l("Criterium"), [Length(max=200)])
    help = StringField(_l("Uitleg"), [Length(max=400)])


class PreconditionRow(PlainForm):
    """One precondition; without an answer it is left out, and the check asks for it."""

    answer = RadioField(_l("Is dit zo?"), [Optional()], choices=choices(ANSWERS))
    explanation = TextAreaField(_l("Uitleg"), [Length(max=600)])


class DesksField(TextAreaField):
    """Desks as people write them, one on each line: the place; when; languages."""

    def desks(self) -> tuple[Desk, ...]:
        """Return the desks. Raises ValueError for a line that is not one."""
        return tuple(_desk(line) for line in _lines(self.data))

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not a list of desks."""
        try:
            self.desks()
        except ValueError:
            raise ValidationError(_l("Schrijf elke balie zo op: plaats; wanneer; talen.")) from None


class FrameworkForm(Form):
    """Asks for everything that a framework fixes. The check of the whole comes at signing."""

    title = StringField(_l("Naam van de ronde"), [*NEEDED, Length(max=120)])
    neighbourhood = StringField(_l("Wijk"), [*NEEDED, Length(max=80)])
    council = StringField(_l("Wijkraad of bewonersorganisatie"), [Length(max=120)])
    why = TextAreaField(_l("Waarom is er deze ronde?"), [*NEEDED, Length(max=2000)])
    decision_power = SelectField(_l("Wie beslist?"), choices=choices(POWERS))
    decision_power_reason = StringField(
        _l("Beslissen bewoners niet zelf? Schrijf op waarom."), [Length(max=500)]
    )
    promise = TextAreaField(_l("Belofte"), [*NEEDED, Length(max=2000)])
    signed_by = TextAreaField(_l("Wie ondertekenden de belofte? Eén op elke regel."))
    exceptions = TextAreaField(_l("Wanneer kan een gekozen plan niet doorgaan? Eén op elke regel."))
    livability_basics = FormField(PreconditionRow)
    social_infrastructure = FormField(PreconditionRow)
    back_office = FormField(PreconditionRow)
    contact_name = StringField(_l("Naam van het contactpunt"), [*NEEDED, Length(max=120)])
    contact_phone = StringField(_l("Telefoonnummer"), [*NEEDED, Length(max=40)])
    contact_hours = StringField(_l("Wanneer bereikbaar?"), [*NEEDED, Length(max=120)])
    contact_email = StringField(_l("E-mailadres"), [Length(max=120)])
    helpers = TextAreaField(_l("Wie helpt bewoners, en wie is de vervanger? Eén op elke regel."))
    total = EurosField(_l("Totaal bedrag"), NEEDED)
    areas = FieldList(FormField(AreaRow), min_entries=SPARE_ROWS, max_entries=MOST_ROWS)
    themes = FieldList(FormField(ThemeRow), min_entries=SPARE_ROWS, max_entries=MOST_ROWS)
    min_cost = EurosField(_l("Een plan kost minstens"), NEEDED)
    max_cost = EurosField(_l("Een plan kost hoogstens"), NEEDED)
    upkeep_per_year = EurosField(_l("Onderhoud per jaar kost de gemeente hoogstens"), NEEDED)
    upkeep_years = IntegerField(_l("Zoveel jaar betaalt de gemeente onderhoud"), NEEDED)
    criteria = FieldList(FormField(CriterionRow), min_entries=SPARE_ROWS, max_entries=MOST_ROWS)
    who_may_propose = TextAreaField(_l("Wie mag een plan maken?"), [*NEEDED, Length(max=600)])
    who_may_not_propose = TextAreaField(_l("Wie mag geen plan maken?"), [Length(max=600)])
    who_may_vote = TextAreaField(_l("Wie mag stemmen?"), [*NEEDED, Length(max=600)])
    voting_age = IntegerField(_l("Vanaf welke leeftijd?"), [*NEEDED, NumberRange(min=0, max=120)])
    plans_per_owner = IntegerField(
        _l("Hoeveel plannen mag één planeigenaar sturen?"), [*NEEDED, NumberRange(min=1)]
    )
    offline_ways = TextAreaField(_l("Hoe doen mensen mee zonder internet? Eén op elke regel."))
    desks = DesksField(_l("Waar is een hulpbalie om te stemmen? Eén op elke regel."))
    proposals_open = MomentField(_l("Plannen sturen kan vanaf"), NEEDED)
    proposals_close = MomentField(_l("Plannen sturen kan tot"), NEEDED)
    reconsideration_opens = MomentField(_l("Alle oordelen bekend op"), NEEDED)
    reconsideration_closes = MomentField(_l("Herziening vragen kan tot"), NEEDED)
    voting_opens = MomentField(_l("Stemmen kan vanaf"), NEEDED)
    voting_closes = MomentField(_l("Stemmen kan tot"), NEEDED)
    result_by = MomentField(_l("Uitslag uiterlijk"), NEEDED)
    completed_by = MomentField(_l("Plannen klaar uiterlijk"), NEEDED)
    kind = SelectField(_l("Hoe stemt u?"), choices=choices(KINDS))
    min_choices = IntegerField(_l("Minstens zoveel keuzes"), [*NEEDED, NumberRange(min=1)])
    max_choices = IntegerField(_l("Hoogstens zoveel keuzes"), [*NEEDED, NumberRange(min=1)])
    ballot_max_cost = EurosField(_l("Bedrag om te verdelen"))
    points = IntegerField(_l("Punten om te verdelen"), [Optional(), NumberRange(min=0)])
    max_points = IntegerField(_l("Hoogstens punten per plan"), [Optional(), NumberRange(min=0)])
    rule = RadioField(
        _l("Hoe wordt er geteld?"),
        NEEDED,
        choices=choices(RULES),
        default=CountingRule.MOST_VOTES.value,
    )
    ties = SelectField(_l("Wat beslist bij gelijke stand?"), choices=choices(TIES))
    remainder = SelectField(
        _l("Wat gebeurt er met geld dat overblijft?"),
        choices=choices(LEFT),
        default=Remainder.OF_THE_RULE.value,
    )
    ceilings_in_remainder = SelectField(
        _l("Geldt het thema-maximum ook voor geld dat overblijft?"),
        choices=choices(CEILINGS),
        default=CEILINGS_STAY,
    )
    comparison = SelectField(
        _l("Vergelijken wij gelijke delen daarna met de regel 'meeste stemmen'?"),
        choices=choices(COMPARED),
        default=Comparison.NONE.value,
    )
    leftover = StringField(_l("Waar gaat het laatste restje heen?"), [Length(max=300)])
    reason = StringField(
        _l("Waarom is er een nieuwe versie? Iedereen leest dit."), [Length(max=500)]
    )

    preconditions = PRECONDITIONS
    rule_meanings: ClassVar = {rule.value: _l(words) for rule, words in MEANINGS.items()}

    def validate_remainder(self, field: SelectField) -> None:
        """Refuse what the chosen rule does not know. Raises ValidationError."""
        rule, known = self._chosen_rule(), field.data in list(Remainder)
        if rule and known and not Remainder(field.data).suits(rule):
            raise ValidationError(UNSUITABLE)

    def validate_comparison(self, field: SelectField) -> None:
        """Refuse a comparison for a rule other than equal shares. Raises ValidationError."""
        rule, known = self._chosen_rule(), field.data in list(Comparison)
        if rule and known and not compares(rule, Comparison(field.data)):
            raise ValidationError(UNSUITABLE)

    def _chosen_rule(self) -> CountingRule | None:
        """Return the rule that was chosen, or None when it is not one; its field says so."""
        return CountingRule(self.rule.data) if self.rule.data in list(CountingRule) else None

    @classmethod
    def showing(cls, framework: Framework) -> "FrameworkForm":
        """Return the form filled with a framework, with empty rows to add more."""
        return cls(formdata=None, data=_written(framework))

    def to_framework(self, before: Framework | None = None) -> Framework:
        """Return what was written as a domain value. Call only after validation.

        before: the version that is edited; what the form does not ask stays as it was there.
        """
        return Framework(
            title=self.title.data,
            neighbourhood=self.neighbourhood.data,
            council=self.council.data or "",
            why=self.why.data,
            decision_power=DecisionPower(self.decision_power.data),
            decision_power_reason=self.decision_power_reason.data or "",
            promise=Promise(
                text=self.promise.data,
                signed_by=_lines(self.signed_by.data),
                exceptions=_lines(self.exceptions.data),
            ),
            preconditions=self._preconditions(),
            contact=Contact(
                name=self.contact_name.data,
                phone=self.contact_phone.data,
                hours=self.contact_hours.data,
                email=self.contact_email.data or "",
            ),
            helpers=_lines(self.helpers.data),
            total=_cents(self.total),
            areas=self._areas(before),
            themes=self._themes(before),
            min_cost=_cents(self.min_cost),
            max_cost=_cents(self.max_cost),
            upkeep_per_year=_cents(self.upkeep_per_year),
            upkeep_years=self.upkeep_years.data,
            criteria=self._criteria(before),
            who_may_propose=self.who_may_propose.data,
            who_may_not_propose=self.who_may_not_propose.data or "",
            who_may_vote=self.who_may_vote.data,
            voting_age=self.voting_age.data,
            plans_per_owner=self.plans_per_owner.data,
            offline_ways=_lines(self.offline_ways.data),
            desks=self.desks.desks(),
            dates=Dates(**{name: self[name].moment() for name in DATE_FIELDS}),
            ballot=self._ballot(before),
            counting=Counting(
                rule=CountingRule(self.rule.data),
                ties=tuple(TieCriterion(each) for each in self.ties.data.split(",")),
                remainder=Remainder(self.remainder.data),
                ceilings_in_remainder=self.ceilings_in_remainder.data == CEILINGS_STAY,
                comparison=Comparison(self.comparison.data),
                leftover=self.leftover.data or "",
            ),
            languages=before.languages if before else tuple(LANGUAGES),
        )

    def _preconditions(self) -> tuple[Precondition, ...]:
        given = {code: self[code].form for code in PRECONDITIONS}
        return tuple(
            Precondition(
                code=code,
                label=PRECONDITIONS[code],
                answer=Answer(row.answer.data),
                explanation=(row.explanation.data or "").strip(),
            )
            for code, row in given.items()
            if row.answer.data
        )

    def _areas(self, before: Framework | None) -> tuple[Area, ...]:
        known = {area.name: area for area in before.areas} if before else {}
        fresh = _fresh_ids("A", [area.id for area in known.values()])
        found = []
        for row in self.areas.entries:
            name = (row.form.name.data or "").strip()
            if not name:
                continue
            old = known.get(name)
            found.append(
                Area(
                    id=old.id if old else next(fresh),
                    name=name,
                    budget=_cents(row.form.budget),
                    whole=row.form.whole.data,
                    description=old.description if old else "",
                    eligible=row.form.eligible.data or 0,
                )
            )
        return tuple(found)

    def _themes(self, before: Framework | None) -> tuple[Theme, ...]:
        known = {theme.name: theme for theme in before.themes} if before else {}
        fresh = _fresh_ids("T", [theme.id for theme in known.values()])
        found = []
        for row in self.themes.entries:
            name = (row.form.name.data or "").strip()
            if not name:
                continue
            old = known.get(name)
            found.append(
                Theme(
                    id=old.id if old else next(fresh),
                    name=name,
                    ceiling=row.form.ceiling.cents(),
                    icon=old.icon if old else "",
                    examples=old.examples if old else "",
                )
            )
        return tuple(found)

    def _criteria(self, before: Framework | None) -> tuple[Criterion, ...]:
        known = {each.label: each.code for each in before.criteria} if before else {}
        fresh = _fresh_ids("criterion_", list(known.values()))
        return tuple(
            Criterion(
                code=known.get(row.form.label.data) or next(fresh),
                label=row.form.label.data,
                help=row.form.help.data or "",
            )
            for row in self.criteria.entries
            if (row.form.label.data or "").strip()
        )

    def _ballot(self, before: Framework | None) -> BallotRules:
        return BallotRules(
            kind=BallotKind(self.kind.data),
            min_choices=self.min_choices.data,
            max_choices=self.max_choices.data,
            max_cost=self.ballot_max_cost.cents(),
            points=self.points.data or 0,
            max_points=self.max_points.data or 0,
            max_choices_of_theme=before.ballot.max_choices_of_theme if before else (),
            max_cost_of_theme=before.ballot.max_cost_of_theme if before else (),
        )


DATE_FIELDS = (
    "proposals_open",
    "proposals_close",
    "reconsideration_opens",
    "reconsideration_closes",
    "voting_opens",
    "voting_closes",
    "result_by",
    "completed_by",
)


class NewRoundForm(FrameworkForm):
    """A framework and the short address of its round."""

    slug = StringField(_l("Kort adres van de ronde"), [*NEEDED, Length(max=60)])


class InterruptionForm(Form):
    """Asks who decided to pause or stop a round, and why."""

    kind = RadioField(
        _l("Wat gebeurt er?"),
        choices=choices(
            [
                (State.PAUSED.value, _l("De ronde staat even stil")),
                (State.CANCELLED.value, _l("De ronde stopt")),
            ]
        ),
        validators=NEEDED,
    )
    body = StringField(
        _l("Wie besloot dit?"), [DataRequired(_l("Dit is nog niet ingevuld.")), Length(max=120)]
    )
    reason = TextAreaField(
        _l("Waarom? Iedereen leest dit."),
        [DataRequired(_l("Dit is nog niet ingevuld.")), Length(max=1000)],
    )

    def to_kind(self) -> State:
        """Return what happens to the round. Call only after validation."""
        return State(self.kind.data)


class ReasonForm(Form):
    """Asks for a public reason."""

    reason = TextAreaField(
        _l("Waarom? Iedereen leest dit."),
        [DataRequired(_l("Dit is nog niet ingevuld.")), Length(max=1000)],
    )

    def to_reason(self) -> str:
        """Return the reason. Call only after validation."""
        reason: str = self.reason.data
        return reason


def _cents(field: EurosField) -> Cents:
    return field.cents() or Cents(0)


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _desk(line: str) -> Desk:
    """Return the desk of a line. Raises ValueError when it has no place, no time, or no language.

    Languages are codes: they are chosen from those that the service knows.
    """
    place, when, *rest = (part.strip() for part in line.split(";"))
    if not place or not when or len(rest) > 1:
        raise ValueError(line)
    spoken = tuple(code.strip().lower() for code in rest[0].split(",")) if rest else ()
    if not set(spoken) <= set(LANGUAGES):
        raise ValueError(line)
    return Desk(place=place, when=when, languages=spoken)


def _fresh_ids(letter: str, used: list[str]) -> Iterator[str]:
    return (f"{letter}{n}" for n in itertools.count(1) if f"{letter}{n}" not in used)


def _euros(cents: Cents | None) -> str:
    if cents is None:
        return ""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)


def _local(moment: datetime) -> str:
    settings: Settings = current_app.extensions["settings"]
    return moment.astimezone(ZoneInfo(settings.timezone)).strftime("%Y-%m-%dT%H:%M")


def _with_spare(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with some empty ones to add more, as long as the form has room for them."""
    return [*rows, *({} for _ in range(SPARE_ROWS))][:MOST_ROWS]


def _written(framework: Framework) -> dict[str, Any]:
    """Return a framework as the texts that a person would have typed into the form."""
    ballot, counting, contact = framework.ballot, framework.counting, framework.contact
    same = (
        "title",
        "neighbourhood",
        "council",
        "why",
        "decision_power_reason",
        "upkeep_years",
        "who_may_propose",
        "who_may_not_propose",
        "who_may_vote",
        "voting_age",
        "plans_per_owner",
    )
    amounts = ("total", "min_cost", "max_cost", "upkeep_per_year")
    return {
        **{name: getattr(framework, name) for name in same},
        **{name: _euros(getattr(framework, name)) for name in amounts},
        **{name: _local(getattr(framework.dates, name)) for name in DATE_FIELDS},
        "decision_power": framework.decision_power.value,
        "promise": framework.promise.text,
        "signed_by": "\n".join(framework.promise.signed_by),
        "exceptions": "\n".join(framework.promise.exceptions),
        "offline_ways": "\n".join(framework.offline_ways),
        "desks": "\n".join(
            "; ".join([desk.place, desk.when, *filter(None, [", ".join(desk.languages)])])
            for desk in framework.desks
        ),
        "helpers": "\n".join(framework.helpers),
        **{
            each.code: {"answer": each.answer.value, "explanation": each.explanation}
            for each in framework.preconditions
        },
        "contact_name": contact.name,
        "contact_phone": contact.phone,
        "contact_hours": contact.hours,
        "contact_email": contact.email,
        "areas": _with_spare(
            {
                "name": area.name,
                "budget": _euros(area.budget),
                "eligible": area.eligible,
                "whole": area.whole,
            }
            for area in framework.areas
        ),
        "themes": _with_spare(
            {"name": theme.name, "ceiling": _euros(theme.ceiling)} for theme in framework.themes
        ),
        "criteria": _with_spare(
            {"label": each.label, "help": each.help} for each in framework.criteria
        ),
        "kind": ballot.kind.value,
        "min_choices": ballot.min_choices,
        "max_choices": ballot.max_choices,
        "ballot_max_cost": _euros(ballot.max_cost),
        "points": ballot.points,
        "max_points": ballot.max_points,
        "rule": counting.rule.value,
        "ties": ",".join(counting.ties),
        "remainder": counting.remainder.value,
        "ceilings_in_remainder": CEILINGS_STAY if counting.ceilings_in_remainder else CEILINGS_GO,
        "comparison": counting.comparison.value,
        "leftover": counting.leftover,
    }
