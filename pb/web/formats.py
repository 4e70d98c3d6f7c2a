"""Money, dates and numbers as a person reads them, in the language of the page."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent
from flask import Flask, current_app, g

from pb.foundation.settings import Settings

WITH_WEEKDAY = "EEEE d MMMM y"
NO_BREAK = "\N{NO-BREAK SPACE}"
# Figures, euros and plan numbers stay as they are in every language (product.md part 2).
FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
ISOLATE, END_ISOLATE = "\N{LEFT-TO-RIGHT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def money(cents: int) -> str:
    """Return cents as ``€ 18.500``, with cents shown only when they are not zero."""
    return _money(cents, _language())


@cache
def _money(cents: int, language: str) -> str:
    """Return the written amount; a page of plans asks for the same few again and again."""
    euros, rest = divmod(abs(cents), 100)
    locale = "nl" if language == "ar" else language
    text = format_decimal(euros, locale=locale)
    if rest:
        text += f"{'.' if locale == 'en' else ','}{rest:02d}"
    written = f"€{NO_BREAK}{'-' if cents < 0 else ''}{text}"
    return f"{ISOLATE}{written}{END_ISOLATE}" if language == "ar" else written


def isolated(name: str) -> str:
    """Return a name that a sentence of another direction cannot pull apart."""
    return f"{FIRST_STRONG_ISOLATE}{name}{END_ISOLATE}" if _language() == "ar" else name


def number(value: int) -> str:
    """Return a whole number with the separators of the language."""
    return format_decimal(value, locale="nl" if _language() == "ar" else _language())


def tenths(value: int) -> str:
    """Return a number of tenths as a number with one decimal."""
    locale = "nl" if _language() == "ar" else _language()
    return format_decimal(Decimal(value) / 10, format="#,##0.0", locale=locale)


def percent(value: float) -> str:
    """Return a share between 0 and 1 as a percentage with at most one decimal."""
    return format_percent(
        value, format="#,##0.#%", locale="nl" if _language() == "ar" else _language()
    )


def day(value: date) -> str:
    """Return a date, or the day of a moment, with its weekday."""
    local = _local(value) if isinstance(value, datetime) else value
    return format_date(local, format=WITH_WEEKDAY, locale=_language())


def moment(value: datetime) -> str:
    """Return a moment in the municipality's zone: weekday, day and time."""
    return _moment(_local(value), _language())


@lru_cache(maxsize=1_024)
def _moment(local: datetime, language: str) -> str:
    """Return the written moment; every page of a round shows when its state ends."""
    written = format_date(local.date(), format=WITH_WEEKDAY, locale=language)
    if language == "nl":
        return f"{written}, {local:%H.%M} uur"
    return _comma(language).join([written, format_time(local, format="HH:mm", locale=language)])


def series(names: Iterable[str]) -> str:
    """Return names one after the other, with the comma of the language."""
    return _comma(_language()).join(names)


def _comma(language: str) -> str:
    return "\N{ARABIC COMMA} " if language == "ar" else ", "


def _local(value: datetime) -> datetime:
    settings: Settings = current_app.extensions["settings"]
    return value.astimezone(ZoneInfo(settings.timezone))


def _language() -> str:
    language: str = g.get("language", "nl")
    return language


def offer_formats(app: Flask) -> None:
    """Give the formats to templates as filters of the same names."""
    app.jinja_env.filters.update(
        money=money, number=number, percent=percent, day=day, moment=moment, series=series
    )
