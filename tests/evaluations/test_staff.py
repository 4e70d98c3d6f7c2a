"""Where the staff writes lessons, and closes the round."""

import pytest

from pb.accounts.domain import Role
from pb.evaluations import service
from pb.evaluations.domain import LOOKED_BACK_ON
from pb.rounds import service as rounds
from pb.rounds.domain import State
from tests.evaluations.conftest import ENDED
from tests.followups.conftest import BEGUN
from tests.results.votes import SLUG

DESK = f"/beheer/ronde/{SLUG}"
LESSON = {"lesson": "De folder was te lang.", "change": "De folder is korter."}


@pytest.fixture
def facilitator(looking_back, sign_in, clock):
    clock.move_to(ENDED)
    return sign_in(Role.FACILITATOR)


def test_the_facilitator_writes_a_lesson(facilitator):
    page = facilitator.get(f"{DESK}/lessen/voting").text
    assert "Terugkijken op: Stemmen" in page
    answer = facilitator.post(
        f"{DESK}/lessen/voting", data=LESSON | {"changed_on": "2026-10-05", "answered": "212"}
    )

    assert answer.status_code == 303
    assert "De folder is korter." in facilitator.get(answer.location).text
    found = service.place_of(SLUG, "voting", ENDED).evaluation
    assert (found.answered, found.changed_on.isoformat()) == (212, "2026-10-05")
    assert 'value="212"' in facilitator.get(f"{DESK}/lessen/voting").text


@pytest.mark.parametrize(
    "change",
    [
        {"change": ""},
        {"changed_on": "volgende week"},
        {"changed_on": "2099-01-01"},
        {"answered": "-1"},
        {"answered": "veel"},
        {"lesson": "x" * 601},
    ],
)
def test_a_lesson_that_cannot_be_read_is_asked_again_with_every_word(facilitator, change):
    answer = facilitator.post(f"{DESK}/lessen/voting", data=LESSON | {"change": "Korter."} | change)

    assert answer.status_code == 422
    assert change.get("lesson", "De folder was te lang.") in answer.text


def test_only_states_that_are_over_have_a_page(executed, sign_in, clock):
    clock.move_to(BEGUN)
    manager = sign_in(Role.ROUND_MANAGER)

    assert "nog niet voorbij" in manager.get(f"{DESK}/lessen").text
    assert "Sluit de ronde af" not in manager.get(f"{DESK}/lessen").text
    assert manager.get(f"{DESK}/lessen/execution").status_code == 409
    assert manager.post(f"{DESK}/lessen/execution", data=LESSON).status_code == 409
    assert manager.get(f"{DESK}/lessen/pauze").status_code == 404


def test_the_manager_closes_when_every_state_has_a_lesson(facilitator, sign_in):
    manager = sign_in(Role.ROUND_MANAGER)
    refused = manager.post(f"{DESK}/afsluiten")
    assert refused.status_code == 409
    assert "Er missen er nog 10. De eerste is: Kaders bekend." in refused.text
    for state in LOOKED_BACK_ON:
        facilitator.post(f"{DESK}/lessen/{state.value}", data=LESSON)

    assert "Sluit de ronde af" not in facilitator.get(f"{DESK}/lessen").text
    assert facilitator.post(f"{DESK}/afsluiten").status_code == 403
    assert "Sluit de ronde af" in manager.get(f"{DESK}/lessen").text
    assert manager.post(f"{DESK}/afsluiten").status_code == 303
    assert rounds.get(SLUG, ENDED).state is State.CLOSED


WRITERS = {Role.ROUND_MANAGER, Role.FACILITATOR}


@pytest.mark.parametrize("role", sorted(set(Role) - WRITERS, key=str))
def test_others_of_the_staff_cannot_write(looking_back, sign_in, clock, role):
    clock.move_to(ENDED)
    somebody = sign_in(role)

    assert somebody.get(f"{DESK}/lessen").status_code == 403
    assert somebody.post(f"{DESK}/lessen/voting", data=LESSON).status_code == 403
    assert somebody.post(f"{DESK}/afsluiten").status_code == 403
