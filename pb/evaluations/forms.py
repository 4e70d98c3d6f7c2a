"""The form of an evaluation: one lesson, one change."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from pb.evaluations.domain import TEXT_AT_MOST, Evaluation, Place
from pb.rounds.domain import State
from pb.web.forms import DayField, Form

MOST_PEOPLE = 1_000_000
TEXT = [DataRequired(_l("Dit is nog niet ingevuld.")), Length(max=TEXT_AT_MOST)]


class EvaluationForm(Form):
    """Asks what was learned in a state, and what was changed because of it."""

    lesson = TextAreaField(_l("Wat leerden wij?"), TEXT)
    change = TextAreaField(_l("Wat veranderen wij?"), TEXT)
    changed_on = DayField(_l("Veranderd op"), [Optional()])
    answered = IntegerField(
        _l("Hoeveel mensen gaven antwoord?"), [Optional(), NumberRange(min=0, max=MOST_PEOPLE)]
    )

    @classmethod
    def showing(cls, place: Place) -> "EvaluationForm":
        """Return the form with what was written before."""
        return cls(formdata=None, obj=place.evaluation)

    def to_evaluation(self, state: State) -> Evaluation:
        """Return what was written. Call only after validation."""
        return Evaluation(
            state=state,
            lesson=self.lesson.data,
            change=self.change.data,
            changed_on=self.changed_on.data,
            answered=self.answered.data,
        )
