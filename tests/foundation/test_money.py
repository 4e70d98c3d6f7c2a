"""Money is whole cents, and what people write is read exactly or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.foundation.money import AmountUnreadable, parse_euros, written_euros


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("1250", 125_000),
        ("1.250,50", 125_050),
        ("€ 1.250", 125_000),
        ("1 250", 125_000),
        ("€\N{NO-BREAK SPACE}0,05", 5),
        ("0", 0),
    ],
)
def test_an_amount_is_read_as_people_write_it(written, cents):
    assert parse_euros(written) == cents


@pytest.mark.parametrize(
    "written",
    ["", "veel", "12,5", "1,250.50", "-5", "1.25", "12.50", "1e3", "½", "9" * 19, "9" * 5000],
)
def test_what_is_not_an_amount_is_refused(written):
    with pytest.raises(AmountUnreadable):
        parse_euros(written)


@given(st.integers(min_value=0, max_value=10**12))
def test_every_amount_of_cents_survives_being_written(cents):
    assert parse_euros(written_euros(cents)) == cents


@pytest.mark.parametrize(
    ("cents", "written"), [(125_050, "1250,50"), (5, "0,05"), (-150_000, "-1500"), (-5, "-0,05")]
)
def test_an_amount_is_written_as_a_person_would_type_it(cents, written):
    assert written_euros(cents) == written
