"""What staff fill in about letters, and what officers fill in about their keys."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, NumberRange, ValidationError

from pb.frameworks.domain import Area
from pb.tokens.domain import HIGHEST_LETTER_NUMBER
from pb.tokens.officers import LONGEST_PASSPHRASE
from pb.tokens.order import LetterOrder, ShareUnreadable, parse_share
from pb.web.forms import Form, choices
from pb.web.passphrases import TwoOfficersForm
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


def a_passphrase_field(label: str) -> PasswordField:
    """Return the question for a passphrase that somebody chooses."""
    return PasswordField(
        label,
        [InputRequired(_("Kies een wachtzin.")), Length(max=LONGEST_PASSPHRASE)],
    )


def the_same_again(first: str) -> PasswordField:
    """Return the question for the same passphrase once more."""
    return PasswordField(
        _("Dezelfde wachtzin, nog een keer"),
        [EqualTo(first, _("De twee wachtzinnen zijn niet gelijk."))],
    )


class OfficerForm(Form):
    """Asks one of the three for a function and a passphrase, twice."""

    number = HiddenField()
    label = StringField(
        _("Functie van de sleutelhouder"),
        [InputRequired(_("Vul de functie in.")), Length(max=80)],
        description=_("Zoals griffier of notaris. Dit staat in het logboek. Schrijf geen naam op."),
    )
    passphrase = a_passphrase_field(_("Uw wachtzin"))
    again = the_same_again("passphrase")

    def to_number(self) -> int:
        """Return which officer this is; 0 when it cannot be read."""
        written = self.number.data or ""
        return int(written) if written in {"1", "2", "3"} else 0


class ChangeForm(TwoOfficersForm):
    """Asks two officers to open, and a third or one of them for another passphrase."""

    officer = SelectField(_("Wie krijgt een nieuwe wachtzin?"), coerce=int)
    label = StringField(
        _("Nieuwe functie"),
        [Length(max=80)],
        description=_("Alleen als iemand anders sleutelhouder wordt."),
    )
    wanted = a_passphrase_field(_("Nieuwe wachtzin"))
    again = the_same_again("wanted")

    def offer(self, officers: Iterable[tuple[int, str]]) -> None:
        """Let people choose among these officers: number and function."""
        known = list(officers)
        super().offer(known)
        self.officer.choices = choices((str(n), f"{n}: {function}") for n, function in known)
