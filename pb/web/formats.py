"""Money, dates and numbers as a person reads them, in the language of the page.

Names and signs are those of CLDR, written out: Babel reads all it knows of a language to give
them, which takes some 5 MB of every web process (docs/adr/0016). Tests compare with Babel.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g

from pb.foundation.settings import Settings

WEEKDAYS = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
}
MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
COMMA_AND_POINT = str.maketrans(",.", ".,")
A_TENTH = Decimal("0.1")
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
    text = _separated(f"{euros:,}.{rest:02d}" if rest else f"{euros:,}", language)
    written = f"€{NO_BREAK}{'-' if cents < 0 else ''}{text}"
    return f"{ISOLATE}{written}{END_ISOLATE}" if language == "ar" else written


def isolated(name: str) -> str:
    """Return a name that a sentence of another direction cannot pull apart."""
    return f"{FIRST_STRONG_ISOLATE}{name}{END_ISOLATE}" if _language() == "ar" else name


def number(value: int) -> str:
    """Return a whole number with the separators of the language."""
    return _separated(f"{value:,}", _language())


def tenths(value: int) -> str:
    """Return a number of tenths as a number with one decimal."""
    return _separated(f"{Decimal(value) / 10:,.1f}", _language())


def percent(value: float) -> str:
    """Return a share between 0 and 1 as a percentage with at most one decimal."""
    share = (100 * Decimal(str(value))).quantize(A_TENTH, ROUND_HALF_EVEN)
    return _separated(f"{share:,}".removesuffix(".0"), _language()) + "%"


def _separated(written: str, language: str) -> str:
    """Return a number that was written as in English; other languages turn its signs around.

    Arabic pages keep the figures of the Dutch ones (product.md part 2).
    """
    return written if language == "en" else written.translate(COMMA_AND_POINT)


def day(value: date) -> str:
    """Return a date, or the day of a moment, with its weekday."""
    local = _local(value) if isinstance(value, datetime) else value
    return _day(local, _language())


def _day(value: date, language: str) -> str:
    weekday = WEEKDAYS[language].split()[value.weekday()]
    return f"{weekday} {value.day} {MONTHS[language].split()[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """Return a moment in the municipality's zone: weekday, day and time."""
    return _moment(_local(value), _language())


def moment_on_paper(value: datetime) -> str:
    """Return a moment in Dutch, for a paper that does not follow the language of the page."""
    return _moment(_local(value), "nl")


@lru_cache(maxsize=1_024)
def _moment(local: datetime, language: str) -> str:
    """Return the written moment; every page of a round shows when its state ends."""
    written = _day(local, language)
    if language == "nl":
        return f"{written}, {local:%H.%M} uur"
    return _comma(language).join([written, f"{local:%H:%M}"])


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
