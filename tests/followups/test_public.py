"""What everybody sees of the plans after the result, and the owner's page."""

from datetime import UTC, datetime, timedelta

import pytest

from pb.followups import service
from pb.followups.domain import NextStep, NextStepKind, StaffUpdate, Status
from tests.followups.conftest import BEGUN, FINISH, FIRST_MESSAGE, MANAGER
from tests.results.votes import COUNTED, PUBLISHED, SLUG, a_counted_round

ROUND = f"/ronde/{SLUG}"
TODAY = BEGUN.date()


@pytest.fixture
def begun(executed, clock):
    clock.move_to(BEGUN)
    return executed


def test_before_publication_there_is_nothing_to_see(app, clock, resident):
    voted = a_counted_round()
    clock.move_to(COUNTED)

    for page in (
        f"{ROUND}/voortgang",
        f"{ROUND}/voortgang/1",
        f"{ROUND}/mijn/{voted.secrets[1]}/voortgang",
    ):
        answer = resident.get(page)
        assert answer.status_code == 409
        assert "Bankjes" not in answer.text


def test_the_board_shows_status_date_money_and_contact(begun, resident):
    page = resident.get(f"{ROUND}/voortgang").text

    assert "Nog niet begonnen" in page
    assert "vrijdag 28 mei 2027" in page
    assert "€\xa00 uitgegeven van €\xa04.000" in page
    assert "Adviseur groen" in page
    assert "De volgende stap is nog niet bekend." in page


def test_a_promise_that_was_not_kept_says_so_by_itself(begun, resident, clock):
    last_day = datetime.combine(FIRST_MESSAGE, datetime.min.time(), UTC) + timedelta(hours=21)
    sentence = "Wij hadden u een bericht beloofd op"

    clock.move_to(last_day)
    assert sentence not in resident.get(f"{ROUND}/voortgang").text
    clock.advance(hours=2)
    page = resident.get(f"{ROUND}/voortgang").text
    assert sentence in page
    assert "Dat is er nog niet. De projectleider is gevraagd." in page
    assert sentence in resident.get(f"{ROUND}/voortgang/1").text


def test_a_plan_that_is_not_finished_in_time_says_so(begun, resident, clock):
    clock.move_to(datetime.combine(FINISH, datetime.min.time(), UTC) + timedelta(days=2))

    assert "Het is nog niet klaar." in resident.get(f"{ROUND}/voortgang/1").text


def test_messages_of_owner_and_municipality_look_different(begun, resident):
    service.post_staff_update(
        SLUG,
        1,
        StaffUpdate(
            status=Status.DELAYED,
            text="Er ligt een kabel.",
            planned_finish=FINISH + timedelta(days=10),
            next_message=FIRST_MESSAGE,
        ),
        by=MANAGER,
        now=BEGUN,
        today=TODAY,
    )
    resident.post(
        f"{ROUND}/mijn/{begun.secrets[1]}/voortgang",
        data={"news": "on_schedule", "text": "Wij planten vast."},
    )
    page = resident.get(f"{ROUND}/voortgang/1").text

    assert "pb-timeline__item--owner" in page
    assert "pb-timeline__item--staff" in page
    assert "Bericht van de planeigenaar" in page
    assert "Later klaar. De nieuwe datum is maandag 7 juni 2027." in page


def test_a_plan_that_was_not_chosen_shows_its_next_step(begun, resident):
    service.set_next_step(
        SLUG,
        2,
        NextStep(
            kind=NextStepKind.OTHER_FUND,
            text="Wij vragen geld bij het sportfonds.",
            contact="Adviseur spelen",
            next_message=FIRST_MESSAGE,
        ),
        by=MANAGER,
        now=BEGUN,
        today=TODAY,
    )

    for page in (f"{ROUND}/voortgang", f"{ROUND}/voortgang/2"):
        text = resident.get(page).text
        assert "Geld uit een ander potje" in text
        assert "Wij vragen geld bij het sportfonds." in text


def test_a_plan_that_is_not_there_is_not_found(begun, resident):
    assert resident.get(f"{ROUND}/voortgang/99").status_code == 404
    assert resident.get(f"{ROUND}/mijn/nergens/voortgang").status_code == 404


def test_what_somebody_writes_is_shown_as_words_only(begun, resident):
    resident.post(
        f"{ROUND}/mijn/{begun.secrets[1]}/voortgang",
        data={"news": "on_schedule", "text": "<script>alert(1)</script>"},
    )

    assert "<script>alert" not in resident.get(f"{ROUND}/voortgang/1").text


def test_the_owner_hears_the_result_and_is_asked_to_stay(published, resident, clock):
    clock.move_to(PUBLISHED)
    link = f"{ROUND}/mijn/{published.secrets[1]}"
    page = resident.get(f"{link}/voortgang").text
    assert "Gefeliciteerd. Uw plan is gekozen." in page
    assert "Wilt u planeigenaar blijven?" in page
    answer = resident.post(f"{link}/planeigenaar", data={"eigenaar-choice": "shares"})

    assert answer.status_code == 303
    assert "U koos: Ja, samen met iemand." in resident.get(answer.location).text


def test_the_owner_of_a_plan_that_was_not_chosen_reads_that_too(published, resident, clock):
    clock.move_to(PUBLISHED)
    page = resident.get(f"{ROUND}/mijn/{published.secrets[2]}/voortgang").text

    assert "Uw plan is niet gekozen." in page
    assert "Hoe gaat het?" not in page


def test_an_owner_who_forgets_something_keeps_the_words(begun, resident):
    link = f"{ROUND}/mijn/{begun.secrets[1]}"
    answer = resident.post(
        f"{link}/voortgang", data={"news": "later", "text": "Het duurt wat langer."}
    )

    assert answer.status_code == 422
    assert "Wordt het later? Vul een nieuwe datum in" in answer.text
    assert "Het duurt wat langer." in answer.text
    assert resident.post(f"{link}/planeigenaar", data={}).status_code == 422
    assert resident.post(f"{link}/voortgang", data={}).status_code == 422


@pytest.mark.parametrize("language", ["en", "ar"])
def test_progress_can_be_read_in_another_language(begun, resident, language):
    for page in (f"{ROUND}/voortgang", f"{ROUND}/voortgang/1"):
        assert resident.get(page, headers={"Accept-Language": language}).status_code == 200
