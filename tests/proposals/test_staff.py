"""What the staff does with plans: house rules, contact, translations; and nobody else."""

import pytest

from pb.accounts.domain import Role
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.proposals.domain import ProposalState
from tests.builders import DATES, a_plan, a_round

OPEN = DATES.proposals_open
STAFF = "/beheer/ronde/proef"


@pytest.fixture
def slug(app, clock):
    clock.move_to(OPEN)
    return a_round()


def test_the_facilitator_hides_a_plan_with_a_reason_and_shows_it_again(slug, sign_in):
    a_plan(slug, title="Bankje")
    facilitator = sign_in(Role.FACILITATOR)

    assert "Bankje" in facilitator.get(f"{STAFF}/plannen").text
    held = facilitator.post(f"{STAFF}/plannen/1", data={"reason": "Er staat een naam in."})
    page = facilitator.get(f"{STAFF}/plannen/1")
    state = proposals.get(slug, 1).state
    shown = facilitator.post(f"{STAFF}/plannen/1/tonen")

    assert (held.status_code, shown.status_code) == (303, 303)
    assert "Er staat een naam in." in page.text
    assert state is ProposalState.ON_HOLD
    assert proposals.get(slug, 1).state is ProposalState.SUBMITTED


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "a" * 1001])
def test_a_plan_is_not_hidden_without_a_readable_reason(slug, sign_in, reason):
    a_plan(slug)
    facilitator = sign_in(Role.FACILITATOR)

    page = facilitator.post(f"{STAFF}/plannen/1", data={"reason": reason})

    assert page.status_code == 422
    assert proposals.get(slug, 1).state is ProposalState.SUBMITTED


def test_the_manager_looks_up_how_to_reach_an_owner_and_the_log_counts_it(slug, sign_in):
    a_plan(slug, reach="06-12345678")
    manager = sign_in(Role.ROUND_MANAGER)

    before = manager.get(f"{STAFF}/planeigenaren").text
    page = manager.post(f"{STAFF}/planeigenaren/1").text

    assert "06-12345678" not in before
    assert "06-12345678" in page
    assert journal.list_for_round(slug)[0].values == {"count": 1}


def test_contact_data_that_was_erased_is_gone(slug, sign_in):
    a_plan(slug, reach="06-12345678")
    proposals.erase_contacts(slug, now=OPEN)

    page = sign_in(Role.ROUND_MANAGER).post(f"{STAFF}/planeigenaren/1").text

    assert "De contactgegevens zijn gewist." in page


def test_the_manager_translates_a_title(slug, sign_in):
    a_plan(slug)
    manager = sign_in(Role.ROUND_MANAGER)

    answer = manager.post(
        f"{STAFF}/plannen/1/vertalen", data={"title_en": "Bench", "title_ar": "مقعد"}
    )

    assert answer.status_code == 303
    assert proposals.get(slug, 1).titles == {"en": "Bench", "ar": "مقعد"}
    assert "مقعد" in manager.get(f"{STAFF}/plannen/1/vertalen").text


@pytest.mark.parametrize(
    ("method", "page", "role"),
    [
        ("get", "/plannen", Role.FACILITATOR),
        ("get", "/plannen/1", Role.FACILITATOR),
        ("post", "/plannen/1", Role.FACILITATOR),
        ("post", "/plannen/1/tonen", Role.FACILITATOR),
        ("get", "/planeigenaren", Role.ROUND_MANAGER),
        ("post", "/planeigenaren/1", Role.ROUND_MANAGER),
        ("get", "/plannen/1/vertalen", Role.ROUND_MANAGER),
        ("post", "/plannen/1/vertalen", Role.ROUND_MANAGER),
    ],
)
def test_only_the_right_role_opens_a_page(slug, sign_in, resident, method, page, role):
    a_plan(slug)
    others = sign_in(*(set(Role) - {role}))

    assert getattr(resident, method)(f"{STAFF}{page}").status_code == 303
    assert getattr(others, method)(f"{STAFF}{page}").status_code == 403
    assert proposals.get(slug, 1).state is ProposalState.SUBMITTED
