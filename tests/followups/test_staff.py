"""Where the staff arranges and reports, and moves the round to its end."""

from datetime import timedelta

import pytest

from pb.accounts.domain import Role
from pb.followups import service
from pb.followups.domain import OwnerChoice, StaffUpdate, Status
from pb.foundation.money import euros
from pb.rounds import service as rounds
from pb.rounds.domain import State
from tests.followups.conftest import BEGUN, CHOSEN, MANAGER
from tests.results.votes import PUBLISHED, SLUG

STAFF = f"/beheer/ronde/{SLUG}/voortgang"
NEXT = (BEGUN + timedelta(days=60)).date().isoformat()


@pytest.fixture
def manager(executed, sign_in, clock):
    clock.move_to(BEGUN)
    return sign_in(Role.ROUND_MANAGER)


def test_the_staff_sees_what_each_plan_still_needs(published, sign_in, clock):
    clock.move_to(PUBLISHED)
    page = sign_in(Role.ROUND_MANAGER).get(STAFF).text

    assert "Voor 4 plannen is nog iets nodig." in page
    assert "keuze planeigenaar, contactpersoon, datum" in page
    assert "1 plan dat niet is gekozen, heeft nog geen volgende stap." in page


def test_the_manager_arranges_and_begins(published, sign_in, clock):
    clock.move_to(PUBLISHED)
    manager = sign_in(Role.ROUND_MANAGER)
    assert manager.post(f"/beheer/ronde/{SLUG}/uitvoeren").status_code == 409
    for number in CHOSEN:
        answer = manager.post(
            f"{STAFF}/{number}/afspraken",
            data={
                "afspraak-contact": "Adviseur groen",
                "afspraak-next_message": NEXT,
                "afspraak-planned_finish": "2027-05-28",
                "afspraak-owner_choice": "stays",
            },
        )
        assert answer.status_code == 303
    answer = manager.post(f"/beheer/ronde/{SLUG}/uitvoeren")

    assert answer.status_code == 303
    assert rounds.get(SLUG, PUBLISHED).state is State.EXECUTION
    assert service.get(SLUG, 1).owner_choice is OwnerChoice.STAYS


def test_a_message_is_published(manager):
    answer = manager.post(
        f"{STAFF}/1/bericht",
        data={
            "status": "in_progress",
            "text": "De bankjes staan er.",
            "next_message": NEXT,
            "spent": "1.250,50",
        },
    )

    assert answer.status_code == 303
    assert "De bankjes staan er." in manager.get(answer.location).text
    assert service.get(SLUG, 1).spent == euros(1_250) + 50


def test_later_without_a_date_shows_the_form_again_with_every_word(manager):
    answer = manager.post(
        f"{STAFF}/1/bericht",
        data={"status": "delayed", "text": "Er ligt een kabel.", "next_message": NEXT},
    )

    assert answer.status_code == 422
    assert "Vul een nieuwe datum in die later is" in answer.text
    assert "Er ligt een kabel." in answer.text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"status": "in_progress", "text": "x", "next_message": "volgende week"},
        {"status": "in_progress", "text": "x", "next_message": "2026-01-01"},
        {"status": "in_progress", "text": "x", "next_message": NEXT, "spent": "veel"},
        {"status": "verzonnen", "text": "x", "next_message": NEXT},
    ],
)
def test_a_message_that_cannot_be_read_is_asked_again(manager, data):
    assert manager.post(f"{STAFF}/1/bericht", data=data).status_code == 422


def test_an_arrangement_that_cannot_be_read_is_asked_again(manager):
    for data in ({}, {"afspraak-contact": "x", "afspraak-planned_finish": "2028-01-01"}):
        assert manager.post(f"{STAFF}/1/afspraken", data=data).status_code == 422


def test_a_next_step_is_written(manager):
    page = manager.get(f"{STAFF}/2").text
    assert "Zet de volgende stap online" in page
    assert manager.post(f"{STAFF}/2/volgende-stap", data={}).status_code == 422
    answer = manager.post(
        f"{STAFF}/2/volgende-stap",
        data={
            "kind": "other_fund",
            "text": "Wij vragen geld bij het sportfonds.",
            "contact": "Adviseur spelen",
            "next_message": NEXT,
        },
    )

    assert answer.status_code == 303
    assert "Geld uit een ander potje" in manager.get(answer.location).text


def test_a_plan_that_ended_offers_no_way_back(manager):
    service.post_staff_update(
        SLUG,
        1,
        StaffUpdate(status=Status.DONE, text="Klaar!"),
        by=MANAGER,
        now=BEGUN,
        today=BEGUN.date(),
    )
    page = manager.get(f"{STAFF}/1").text

    assert 'value="in_maintenance"' in page
    assert 'value="preparing"' not in page


def test_the_manager_ends_the_execution_and_is_shown_the_way_to_the_closing(manager):
    assert manager.post(f"/beheer/ronde/{SLUG}/terugkijken").status_code == 409
    for number in CHOSEN:
        manager.post(f"{STAFF}/{number}/bericht", data={"status": "done", "text": "Klaar!"})
    assert manager.post(f"/beheer/ronde/{SLUG}/terugkijken").status_code == 303

    assert rounds.get(SLUG, BEGUN).state is State.EVALUATION
    assert f"/beheer/ronde/{SLUG}/lessen" in manager.get(STAFF).text


WRITERS = {Role.ROUND_MANAGER, Role.REVIEWER}


@pytest.mark.parametrize("role", sorted(set(Role) - WRITERS, key=str))
def test_others_of_the_staff_cannot_write(executed, sign_in, clock, role):
    clock.move_to(BEGUN)
    somebody = sign_in(role)

    assert somebody.get(STAFF).status_code == 403
    assert somebody.get(f"{STAFF}/1").status_code == 403
    assert somebody.post(f"{STAFF}/1/bericht", data={}).status_code == 403
    assert somebody.post(f"{STAFF}/2/volgende-stap", data={}).status_code == 403
    assert somebody.post(f"/beheer/ronde/{SLUG}/terugkijken").status_code == 403


def test_a_reviewer_reports_and_does_not_end_the_round(executed, sign_in, clock):
    clock.move_to(BEGUN)
    reviewer = sign_in(Role.REVIEWER)

    assert reviewer.get(STAFF).status_code == 200
    assert reviewer.post(f"/beheer/ronde/{SLUG}/terugkijken").status_code == 403
