"""What residents fill in for a plan, and what the staff fills in about one."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, Length

from pb.foundation.language import LANGUAGES, Language
from pb.foundation.typed import as_typed
from pb.frameworks.check import Finding
from pb.frameworks.domain import Framework
from pb.proposals.domain import Proposal
from pb.proposals.writing import COST_LINES, Writing, WrittenLine
from pb.web.forms import Form
from pb.web.wording import translated

TYPED = (
    "title",
    "summary",
    "situation",
    "place",
    "area_id",
    "theme_id",
    "upkeep",
    "own_part",
    "care",
    "pseudonym",
    "reach",
)
TICKED = ("place_unknown", "under_16", "guardian_consent")


class CostLineForm(PlainForm):
    """One thing that costs money."""

    label_text = StringField(_l("Waarvoor?"))
    amount = StringField(_l("Bedrag in euro's"))


class PlanForm(Form):
    """Asks for a plan. Refuses nothing: a draft is kept as it was typed."""

    title = StringField(_l("Hoe heet uw plan?"))
    summary = TextAreaField(_l("Wat wilt u doen? Schrijf het kort op."))
    situation = TextAreaField(_l("Hoe is het daar nu?"))
    place = StringField(_l("Waar is het?"))
    place_unknown = BooleanField(_l("Weet ik nog niet"))
    area_id = SelectField(_l("In welk gebied?"), validate_choice=False)
    theme_id = SelectField(_l("Welk thema past het beste?"), validate_choice=False)
    line_1 = FormField(CostLineForm)
    line_2 = FormField(CostLineForm)
    line_3 = FormField(CostLineForm)
    line_4 = FormField(CostLineForm)
    line_5 = FormField(CostLineForm)
    line_6 = FormField(CostLineForm)
    line_7 = FormField(CostLineForm)
    line_8 = FormField(CostLineForm)
    line_9 = FormField(CostLineForm)
    upkeep = StringField(_l("Wat kost het de gemeente daarna per jaar?"))
    own_part = TextAreaField(_l("Wat doet u zelf?"))
    care = TextAreaField(_l("Wie zorgt er later voor?"))
    pseudonym = StringField(_l("Welke naam mogen wij laten zien?"))
    reach = StringField(_l("Hoe kunnen wij u bereiken?"))
    under_16 = BooleanField(_l("Ik ben jonger dan 16 jaar"))
    guardian_consent = BooleanField(_l("Mijn ouder of verzorger vindt het goed"))

    @classmethod
    def for_round(cls, framework: Framework, writing: Writing | None = None) -> "PlanForm":
        """Return the form with a round's areas and themes; filled when nothing was sent."""
        form = cls(data=_written(writing) if writing else None)
        form.area_id.choices = [
            ("", _l("Kies een gebied")),
            *((area.id, area.name) for area in framework.areas),
        ]
        form.theme_id.choices = [
            ("", _l("Kies een thema")),
            *((theme.id, theme.name) for theme in framework.themes),
        ]
        return form

    def lines(self) -> list[FormField]:
        """Return the rows of the costs, in order; one more when all are full and agreed upon."""
        rows: list[FormField] = [self[f"line_{row}"] for row in range(1, COST_LINES + 2)]
        extra = rows[-1].form
        return rows if extra.label_text.data or extra.amount.data else rows[:-1]

    def show_findings(self, findings: Iterable[Finding]) -> None:
        """Write each finding beside its field, as an error."""
        for finding in findings:
            field = self[finding.field]
            box = field.form.amount if isinstance(field, FormField) else field
            box.errors = [*box.errors, translated(finding.sentence, dict(finding.values))]

    def to_writing(self) -> Writing:
        """Return everything as it was typed."""
        answers: dict[str, Any] = {name: self[name].data or "" for name in TYPED}
        answers |= {name: bool(self[name].data) for name in TICKED}
        return Writing(
            **answers,
            lines=tuple(
                WrittenLine(row.form.label_text.data or "", row.form.amount.data or "")
                for row in self.lines()
            ),
        )


def _written(writing: Writing) -> dict[str, Any]:
    data: dict[str, Any] = {name: getattr(writing, name) for name in (*TYPED, *TICKED)}
    for row, line in enumerate(writing.lines[: COST_LINES + 1], start=1):
        data[f"line_{row}"] = {"label_text": line.label, "amount": line.amount}
    return data


class FilterForm(PlainForm):
    """Asks which plans to show; its answers stand in the address."""

    area = SelectField(_l("Gebied"), name="gebied", validate_choice=False, default="")
    theme = SelectField(_l("Thema"), name="thema", validate_choice=False, default="")

    @classmethod
    def for_round(cls, framework: Framework, asked: Any) -> "FilterForm":
        """Return the form with a round's areas and themes; what it does not know is any."""
        form = cls(asked)
        for field, known, everything in (
            (form.area, framework.areas, _l("Alle gebieden")),
            (form.theme, framework.themes, _l("Alle thema's")),
        ):
            field.choices = [("", everything), *((each.id, each.name) for each in known)]
            if field.data not in {each.id for each in known}:
                field.data = ""
        return form

    @property
    def key(self) -> tuple[object, ...]:
        """Return everything that the form is drawn from, beside the language."""
        fields = (self.area, self.theme)
        return tuple((field.data, tuple(field.choices[1:])) for field in fields)


class HoldForm(Form):
    """Asks why a plan may not be shown."""

    reason = TextAreaField(
        _l("Waarom? Iedereen leest dit."),
        [DataRequired(_l("Schrijf op waarom. Iedereen kan dit lezen.")), Length(max=1000)],
    )

    def to_reason(self) -> str:
        """Return the public reason. Call only after validation."""
        return as_typed(self.reason.data)


class TitlesForm(Form):
    """Asks for the title of a plan in the other languages. One field per language."""

    @classmethod
    def for_languages(cls, plan: Proposal) -> "TitlesForm":
        """Return the form with a field for every language but Dutch, filled with what is there."""

        class ForTheseLanguages(TitlesForm):
            """The fields are known only now."""

        for language in other_languages():
            field = StringField(language.name, [Length(max=200)])
            setattr(ForTheseLanguages, f"title_{language.code}", field)
        known = {f"title_{code}": title for code, title in plan.titles.items()}
        return ForTheseLanguages(data=known)

    def to_titles(self) -> dict[str, str]:
        """Return the titles by language code. Call only after validation."""
        return {
            language.code: as_typed(self[f"title_{language.code}"].data or "")
            for language in other_languages()
        }


def other_languages() -> list[Language]:
    """Return the languages into which a title may be translated."""
    return [language for language in LANGUAGES.values() if language.code != "nl"]
