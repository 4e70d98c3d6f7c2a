"""Money and moments as a person reads them in each language."""

from datetime import UTC, date, datetime

import pytest
from flask import g

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
