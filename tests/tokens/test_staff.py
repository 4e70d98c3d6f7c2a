"""The page of the voting codes: numbers, two people, and a fingerprint; never a code."""

import re

import pytest

from pb.accounts.domain import Role
from pb.tokens import service
from tests.ballots.voting import LISTED, SLUG, a_listed_round
from tests.builders import an_actor
from tests.ceremonies import hold_ceremony

PAGE = f"/beheer/ronde/{SLUG}/stemcodes"
NUMBERS = {"letters-A1": "600", "letters-A2": "400", "spare": "3%"}


@pytest.fixture
def listed(app, clock):
    clock.move_to(LISTED)
    return a_listed_round()


def two_managers(sign_in):
    return (
        sign_in(Role.ROUND_MANAGER, email=f"{name}@dorrewold.example") for name in ("een", "twee")
    )


def test_one_manager_proposes_and_another_confirms(listed, sign_in):
    one, other = two_managers(sign_in)

    assert 'value="600"' in one.get(PAGE).text
    assert one.post(f"{PAGE}/voorstel", data=NUMBERS).status_code == 303
    assert "Een tweede collega moet deze aantallen bevestigen." in one.get(PAGE).text
    assert one.post(f"{PAGE}/bevestigen").status_code == 403
    assert "Ja, ik bevestig deze aantallen" in other.get(PAGE).text
    assert other.post(f"{PAGE}/bevestigen").status_code == 303

    assert "Doe eerst de sleutelceremonie" in other.get(PAGE).text
    hold_ceremony(SLUG, LISTED)
    assert "pb mint --round proef" in other.get(PAGE).text
    assert service.find_roll(SLUG).is_confirmed


@pytest.mark.parametrize(
    "changes",
    [{"letters-A1": "0"}, {"letters-A2": ""}, {"letters-A1": "veel"}, {"spare": "50%"}],
)
def test_numbers_that_cannot_be_are_told_beside_their_field(listed, sign_in, changes):
    manager = sign_in(Role.ROUND_MANAGER)

    page = manager.post(f"{PAGE}/voorstel", data=NUMBERS | changes)

    assert page.status_code == 422
    assert 'id="fouten"' in page.text
    assert service.find_roll(SLUG) is None


def test_after_minting_the_page_shows_counts_and_the_fingerprint_and_no_code(listed, sign_in):
    one, other = two_managers(sign_in)
    one.post(f"{PAGE}/voorstel", data=NUMBERS)
    other.post(f"{PAGE}/bevestigen")
    hold_ceremony(SLUG, LISTED)
    minting = service.mint(SLUG, by=an_actor(), now=LISTED)

    page = one.get(PAGE).text

    assert minting.roll.shown_fingerprint in page
    assert ">600<" in page
    assert ">20<" in page
    assert not re.search(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}", page)
    assert one.post(f"{PAGE}/voorstel", data=NUMBERS).status_code == 409


def test_small_areas_are_warned_about(listed, sign_in):
    manager = sign_in(Role.ROUND_MANAGER)

    manager.post(f"{PAGE}/voorstel", data=NUMBERS | {"letters-A2": "100"})

    assert "minder dan 250 brieven" in manager.get(PAGE).text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ROUND_MANAGER])
def test_only_managers_order_letters(listed, sign_in, role):
    colleague = sign_in(role)

    assert colleague.get(PAGE).status_code == 200
    assert "Stel deze aantallen voor" not in colleague.get(PAGE).text
    assert colleague.post(f"{PAGE}/voorstel", data=NUMBERS).status_code == 403
    assert colleague.post(f"{PAGE}/bevestigen").status_code == 403
