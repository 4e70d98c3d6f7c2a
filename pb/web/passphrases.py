"""What two officers fill in when they open something together, on whichever page it is."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField
from wtforms.validators import InputRequired, Length

from pb.web.forms import Form, choices

LONGEST = 200
EMPTY = _l("Vul de wachtzin in.")


class TwoOfficersForm(Form):
    """Asks twice: which officer, and the passphrase. Nothing that was typed is shown again."""

    first = SelectField(_l("Eerste sleutelhouder"), coerce=int, default=1)
    first_passphrase = PasswordField(
        _l("Wachtzin van de eerste sleutelhouder"), [InputRequired(EMPTY), Length(max=LONGEST)]
    )
    second = SelectField(_l("Tweede sleutelhouder"), coerce=int, default=2)
    second_passphrase = PasswordField(
        _l("Wachtzin van de tweede sleutelhouder"), [InputRequired(EMPTY), Length(max=LONGEST)]
    )

    def offer(self, officers: Iterable[tuple[int, str]]) -> None:
        """Let people choose among these officers: number and function."""
        pairs = choices((str(number), f"{number}: {label}") for number, label in officers)
        self.first.choices = self.second.choices = pairs

    def to_typed(self) -> list[tuple[int, str]]:
        """Return what both typed. Call only after validation."""
        return [
            (self.first.data, self.first_passphrase.data),
            (self.second.data, self.second_passphrase.data),
        ]
