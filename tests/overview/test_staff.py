import pytest

from pb.accounts.domain import Role
from pb.rounds import service as rounds
from tests.builders import DATES, START, a_framework, a_round, an_actor


def test_the_desk_says_what_waits_for_me_and_for_a_colleague(sign_in, app):
    rounds.create("proef", a_framework(), by=an_actor(), now=START)

    for_manager = sign_in(Role.ROUND_MANAGER).get("/beheer").text
    for_reviewer = sign_in(Role.REVIEWER).get("/beheer").text

    assert "Dit wacht op u" in for_manager
    assert "Teken de kaders. Dat doen twee mensen." in for_manager
    assert "Dit wacht op u" not in for_reviewer
    assert "Dit wacht op een collega" in for_reviewer
    assert "(Projectleider buurtbudget)" in for_reviewer


def test_the_desk_shows_when_a_date_is_past(sign_in, app, clock):
    a_round()
    clock.move_to(DATES.reconsideration_opens)

    page = sign_in(Role.REVIEWER).get("/beheer").text

    assert "De tijd is voorbij" in page
    assert "Geef elk plan een oordeel." in page


def test_where_only_the_clock_is_waited_for_the_desk_says_so(sign_in, app):
    a_round()

    assert "De klok opent de volgende fase." in sign_in(Role.ROUND_MANAGER).get("/beheer").text


def test_what_waits_for_me_stands_on_top(sign_in, app):
    a_round("stil")
    rounds.create("wacht", a_framework(title="Hier wacht iets"), by=an_actor(), now=START)

    page = sign_in(Role.ROUND_MANAGER).get("/beheer").text

    assert page.index("Hier wacht iets") < page.index("Buurtbudget De Proef")


@pytest.mark.parametrize("role", list(Role))
def test_everybody_of_the_staff_has_a_desk(sign_in, role):
    client = sign_in(role)

    assert client.get("/beheer").status_code == 200
    assert ("Maak een ronde" in client.get("/beheer").text) is (role is Role.ROUND_MANAGER)


def test_only_administrators_are_shown_the_way_to_the_accounts(sign_in):
    assert "/beheer/medewerkers" in sign_in(Role.ADMINISTRATOR).get("/beheer").text
    assert "/beheer/medewerkers" not in sign_in(Role.ROUND_MANAGER).get("/beheer").text


def test_a_stranger_is_asked_to_sign_in(resident, app):
    assert resident.get("/beheer").location == "/beheer/aanmelden?terug=/beheer"
