"""Dates of the worked example move, in values and in sentences."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from pb.trials.moved_dates import MovedDates

ZONE = ZoneInfo("Europe/Amsterdam")
LATER = MovedDates(date(2027, 4, 1), date(2027, 4, 11), ZONE)  # ten days later
A_YEAR_BACK = MovedDates(date(2027, 4, 1), date(2026, 4, 1), ZONE)


def test_a_moment_keeps_its_hour_on_the_wall():
    assert LATER.at("2027-03-20", 9) == datetime(2027, 3, 30, 7, tzinfo=UTC)
    assert LATER.at("2027-03-10", 9) == datetime(2027, 3, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "moved"),
    [
        ("Er is een afspraak op 30 juni.", "Er is een afspraak op 10 juli."),
        ("De nieuwe datum is 15 oktober 2027.", "De nieuwe datum is 25 oktober 2027."),
        ("Wij meten in mei.", "Wij meten in mei."),
        ("Voor 31 december 2027.", "Voor 10 januari 2028."),
        ("Elf zondagen gehad.", "Elf zondagen gehad."),
    ],
)
def test_days_in_sentences_move(said, moved):
    assert LATER.text(said, "2027-06-01") == moved


def test_a_day_without_a_year_is_the_nearest_one():
    assert A_YEAR_BACK.text("U hoort het voor 1 maart 2027.", "2026-12-20") == (
        "U hoort het voor 1 maart 2026."
    )


def test_years_in_sentences_move():
    assert (
        A_YEAR_BACK.text("In het voorjaar van 2027.", "2026-05-26") == "In het voorjaar van 2026."
    )
