"""The base of every form, and fields for money and moments as people write them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectChoice, StringField
from wtforms.i18n import get_translations
from wtforms.validators import ValidationError

from pb.foundation.money import AmountUnreadable, Cents, parse_euros
from pb.foundation.settings import Settings
from pb.foundation.typed import as_typed
from pb.web.wording import gettext, language_of_request, sentence_of

NO_DATE = _l("Vul een dag in.")


class Form(FlaskForm):
    """A form with protection against forgery; ends in a ``to_…`` method of its own."""

    class Meta(FlaskForm.Meta):
        """How what was sent is read."""

        def wrap_formdata(self, form: Any, formdata: Any) -> MultiDict[str, str] | None:
            """Return what was typed, without the signs that nobody types. Forms are no JSON."""
            if request.is_json:
                return None
            sent = super().wrap_formdata(form, formdata)
            return None if sent is None else _as_typed(sent)

        def get_translations(self, form: Any) -> Any:
            """Return the words of WTForms itself in the language of the page, read once."""
            return _words_of_wtforms(language_of_request())


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


class DayField(DateField):
    """A day; says in Dutch when it cannot be read."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day. Raises ValueError with a sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NO_DATE) from None


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
        except (ValueError, OverflowError):  # the first and last hours of the calendar
            raise ValidationError(gettext("Vul een dag en een tijd in.")) from None


@cache
def _words_of_wtforms(language: str) -> NullTranslations:
    """Return what WTForms itself says, in one of our languages."""
    words: NullTranslations = get_translations([language])
    return words


def _as_typed(sent: MultiDict[str, Any]) -> MultiDict[str, str]:
    """Return the answers of the fields that we know: their names are plain, they are no files."""
    return MultiDict(
        (name, as_typed(answer))
        for name, answer in sent.items(multi=True)
        if name.isascii() and isinstance(answer, str)
    )


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Return pairs of a value and its words as the choices of a list or of round buttons."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]
