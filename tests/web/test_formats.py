"""Money and moments as a person reads them in each language."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent
from flask import g

from pb.foundation.language import OFFERED
from pb.web import formats

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def in_language(app):
    def choose(code):
        g.language = code

    return choose


@pytest.mark.parametrize(
    ("language", "cents", "written"),
    [
        ("nl", 1_850_000, f"€{NBSP}18.500"),
        ("nl", 1_250_050, f"€{NBSP}12.500,50"),
        ("en", 1_250_050, f"€{NBSP}12,500.50"),
        ("nl", 5, f"€{NBSP}0,05"),
        ("nl", 0, f"€{NBSP}0"),
        ("nl", -100, f"€{NBSP}-1"),
    ],
)
def test_money_shows_cents_only_when_there_are_any(in_language, language, cents, written):
    in_language(language)

    assert formats.money(cents) == written


def test_an_amount_in_arabic_text_still_reads_from_left_to_right(in_language):
    in_language("ar")

    assert formats.money(100).startswith("\N{LEFT-TO-RIGHT ISOLATE}")


@pytest.mark.parametrize(
    ("language", "written"), [("nl", "a, b, c"), ("en", "a, b, c"), ("ar", "a، b، c")]
)
def test_a_series_has_the_comma_of_the_language(in_language, language, written):
    in_language(language)

    assert formats.series(["a", "b", "c"]) == written
    assert formats.series([]) == ""


def test_a_moment_in_arabic_has_an_arabic_comma(in_language):
    in_language("ar")

    assert "2026، 20:00" in formats.moment(datetime(2026, 9, 27, 18, 0, tzinfo=UTC))


def test_a_moment_is_shown_in_the_zone_of_the_municipality(in_language):
    in_language("nl")

    shown = formats.moment(datetime(2026, 9, 27, 18, 0, tzinfo=UTC))

    assert shown == "zondag 27 september 2026, 20.00 uur"
    assert formats.day(date(2026, 9, 5)) == "zaterdag 5 september 2026"


@pytest.mark.parametrize(
    ("language", "tenths", "written"),
    [("nl", 2015, "201,5"), ("en", 12_015, "1,201.5"), ("ar", 1960, "196,0"), ("nl", 0, "0,0")],
)
def test_a_number_of_tenths_has_one_decimal(in_language, language, tenths, written):
    in_language(language)

    assert formats.tenths(tenths) == written


# Arabic pages keep our figures (product.md part 2), so numbers there are written as in Dutch.
LOCALES = {"nl": "nl", "en": "en", "ar": "nl"}


@pytest.mark.parametrize("language", [each.code for each in OFFERED])
def test_every_day_of_a_year_is_written_as_cldr_writes_it(in_language, language):
    in_language(language)

    for number in range(366):
        day = date(2028, 1, 1) + timedelta(days=number)
        assert formats.day(day) == format_date(day, "EEEE d MMMM y", locale=language)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_time_is_written_as_cldr_writes_it(in_language, language):
    in_language(language)
    moment = datetime(2026, 9, 27, 18, 5, tzinfo=UTC)
    local = moment.astimezone(ZoneInfo("Europe/Amsterdam"))

    shown = formats.moment(moment)

    assert shown.endswith(" " + format_time(local, "HH:mm", locale=language))


@pytest.mark.parametrize("language", LOCALES)
def test_numbers_are_written_as_cldr_writes_them(in_language, language):
    in_language(language)

    for value in (0, 7, 999, 1_000, 12_345, 1_234_567, -1_234):
        assert formats.number(value) == format_decimal(value, locale=LOCALES[language])


@pytest.mark.parametrize("language", LOCALES)
def test_shares_are_written_as_cldr_writes_them(in_language, language):
    in_language(language)
    locale = LOCALES[language]

    for value in (0, 1e-9, 0.0005, 0.0015, 0.0625, 0.125, 1 / 3, 2 / 3, 0.9994, 0.9995, 1):
        expected = format_percent(value, format="#,##0.#%", locale=locale)
        assert formats.percent(value) == expected


def test_every_offered_language_has_its_days_and_months():
    offered = {each.code for each in OFFERED}

    assert formats.WEEKDAYS.keys() == formats.MONTHS.keys() == offered
    assert {len(names.split()) for names in formats.WEEKDAYS.values()} == {7}
    assert {len(names.split()) for names in formats.MONTHS.values()} == {12}


@pytest.mark.parametrize("language", LOCALES)
def test_tenths_are_written_as_cldr_writes_them(in_language, language):
    in_language(language)

    for value in (0, 1, 10, 1_005, 123_456_789, -15):
        expected = format_decimal(Decimal(value) / 10, "#,##0.0", locale=LOCALES[language])
        assert formats.tenths(value) == expected
