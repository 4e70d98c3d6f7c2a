from datetime import UTC, datetime, timedelta

import pytest

from pb.accounts.domain import PasswordTooShort, StaffSession, refuse_weak, tidy_email

NINE = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)


def a_session(**changes):
    facts = {"id_hash": b"1", "staff_id": 1, "started_at": NINE, "seen_at": NINE} | changes
    return StaffSession(**facts)


def test_a_sign_in_ends_after_fifteen_minutes_of_nothing():
    sign_in = a_session(seen_at=NINE)

    assert sign_in.is_alive(NINE + timedelta(minutes=15))
    assert not sign_in.is_alive(NINE + timedelta(minutes=15, seconds=1))


def test_a_sign_in_ends_after_eight_hours_of_work():
    busy = a_session(seen_at=NINE + timedelta(hours=8))

    assert busy.is_alive(NINE + timedelta(hours=8))
    assert not busy.is_alive(NINE + timedelta(hours=8, seconds=1))


def test_a_password_has_twelve_characters_or_more():
    refuse_weak("twaalf teken")
    with pytest.raises(PasswordTooShort):
        refuse_weak("elf tekens!")


def test_an_address_is_compared_without_capitals_and_spaces():
    assert tidy_email("  J.Jansen@Dorrewold.Example ") == "j.jansen@dorrewold.example"
