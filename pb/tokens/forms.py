"""The form that proposes how many letters each area gets."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from pb.frameworks.domain import Area
from pb.tokens.domain import HIGHEST_LETTER_NUMBER
from pb.tokens.order import LetterOrder, ShareUnreadable, parse_share
from pb.web.forms import Form
from pb.web.wording import gettext, sentence_of


class OrderForm(Form):
    """Asks for a number of letters per area; ``order_form`` adds a field for each."""

    spare = StringField(
        _("Extra brieven voor de balie"),
        default="3",
        description=_(
            "Een percentage per gebied, zoals 3 of 2,5. Vul 0 in voor geen extra brieven."
        ),
    )

    areas: Sequence[Area] = ()

    def validate_spare(self, field: StringField) -> None:
        """Refuse what is not a small percentage."""
        try:
            parse_share(field.data or "")
        except ShareUnreadable as refusal:
            raise ValidationError(sentence_of(refusal)) from None

    def to_order(self) -> LetterOrder:
        """Return the order. Call only after validation."""
        return LetterOrder(
            letters=tuple(
                sorted((area.id, self[f"letters-{area.id}"].data) for area in self.areas)
            ),
            spare_permille=parse_share(self.spare.data),
        )


def order_form(areas: Sequence[Area]) -> OrderForm:
    """Return the form for the areas that get letters of their own."""
    fields = {
        f"letters-{area.id}": IntegerField(
            gettext("Brieven voor %(area)s", area=area.name),
            [
                InputRequired(gettext("Vul in hoeveel brieven u nodig heeft.")),
                NumberRange(1, HIGHEST_LETTER_NUMBER, gettext("Vul een aantal in van 1 of meer.")),
            ],
            default=area.eligible or None,
        )
        for area in areas
    }
    form_for_areas = type("OrderFormForAreas", (OrderForm,), {**fields, "areas": areas})
    form: OrderForm = form_for_areas()
    return form
