"""The base of every form, and fields for money and moments as people write them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_wtf import FlaskForm
from wtforms import SelectChoice, StringField
from wtforms.validators import ValidationError

from pb.foundation.money import AmountUnreadable, Cents, parse_euros
from pb.foundation.settings import Settings
from pb.web.wording import gettext, sentence_of


class Form(FlaskForm):
    """A form with protection against forgery; ends in a ``to_…`` method of its own."""


class EurosField(StringField):
    """An amount as people write it (``1.250,50``); ``data`` is the text, ``cents`` the value."""

    def cents(self) -> Cents | None:
        """Return the amount in cents, or None when nothing was filled in."""
        return parse_euros(self.data) if self.data and self.data.strip() else None

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not an amount."""
        try:
            self.cents()
        except AmountUnreadable as refusal:
            raise ValidationError(sentence_of(refusal)) from None


class MomentField(StringField):
    """A day and time in the municipality's zone, as ``datetime-local`` inputs send it."""

    def moment(self) -> datetime | None:
        """Return the moment in UTC, or None when nothing was filled in."""
        if not self.data:
            return None
        settings: Settings = current_app.extensions["settings"]
        local = datetime.fromisoformat(self.data).replace(tzinfo=ZoneInfo(settings.timezone))
        return local.astimezone(UTC)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not a day and time."""
        try:
            self.moment()
        except ValueError:
            raise ValidationError(gettext("Vul een dag en een tijd in.")) from None


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Return pairs of a value and its words as the choices of a list or of round buttons."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]
