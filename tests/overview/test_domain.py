from dataclasses import replace
from datetime import timedelta

import pytest

from pb.accounts.domain import Role
from pb.overview.domain import CHOOSE_BELOW, DUTIES, doors, duties, public_rounds
from pb.rounds.domain import Interruption, Round, State
from pb.rounds.rights import RIGHTS, Act, is_possible
from tests.builders import DATES, START, a_framework


def a_round_in(state, slug="proef", **changes):
    """A round as the rounds room would give it; nothing is stored."""
    facts = {
        "slug": slug,
        "state": state,
        "entered": state,
        "passed": frozenset(),
        "framework": a_framework(),
        "framework_version": 1,
        "framework_hash": "abc",
    }
    return Round(**(facts | changes))


def sentences(rounds, now=START):
    return [door.sentence for door in doors(rounds, now)]


# --- three doors -------------------------------------------------------------------------


def test_without_a_round_every_door_says_so():
    assert sentences([]) == [
        "Een plan insturen kan nu niet.",
        "Er zijn nu nog geen plannen.",
        "Stemmen kan nu niet.",
    ]


@pytest.mark.parametrize(
    ("state", "now", "idea", "helping", "vote"),
    [
        (State.ANNOUNCED, START, "proposals.start", "", "rounds.show"),
        (State.OPEN_FOR_PROPOSALS, START, "proposals.start", "proposals.index", "rounds.show"),
        (State.REVIEW, START, "", "proposals.index", "rounds.show"),
        (State.BALLOT_PUBLISHED, START, "", "proposals.index", "rounds.show"),
        (State.VOTING, DATES.voting_opens, "", "proposals.index", "ballots.choose"),
        (State.VOTING, DATES.voting_closes, "", "proposals.index", "rounds.show"),
        (State.COUNTING, DATES.voting_closes, "", "proposals.index", "rounds.show"),
        (State.RESULT_PUBLISHED, DATES.result_by, "", "proposals.index", "results.show"),
        (State.EXECUTION, DATES.result_by, "", "proposals.index", "results.show"),
        (State.CLOSED, DATES.completed_by, "", "", "results.show"),
        (State.PAUSED, START, "", "", ""),
        (State.CANCELLED, START, "", "", ""),
    ],
)
def test_each_door_leads_to_what_can_be_done_now(state, now, idea, helping, vote):
    pages = [door.page for door in doors([a_round_in(state)], now)]

    assert pages == [idea, helping, vote]


def test_a_door_names_the_moment_that_matters():
    door = doors([a_round_in(State.OPEN_FOR_PROPOSALS)], START)[0]

    assert door.sentence == "Stuur uw plan in. Dat kan tot %(moment)s."
    assert door.values == {"moment": DATES.proposals_close}


def test_at_closing_time_the_door_no_longer_says_vote():
    during = doors([a_round_in(State.VOTING)], DATES.voting_closes - timedelta(seconds=1))[2]
    after = doors([a_round_in(State.VOTING)], DATES.voting_closes)[2]

    assert during.values == {"moment": DATES.voting_closes}
    assert after.sentence == "Het stemmen is voorbij. De uitslag komt uiterlijk %(moment)s."


def test_with_two_open_rounds_the_visitor_chooses_first():
    rounds = [a_round_in(State.VOTING, "noord"), a_round_in(State.VOTING, "zuid")]

    vote = doors(rounds, DATES.voting_opens)[2]

    assert (vote.sentence, vote.page, vote.slug) == (CHOOSE_BELOW, "", "")


def test_a_round_that_votes_now_goes_before_one_that_votes_later():
    rounds = [a_round_in(State.ANNOUNCED, "zuid"), a_round_in(State.VOTING, "noord")]

    assert doors(rounds, START)[2].slug == "noord"


def test_a_round_in_preparation_is_not_shown_to_residents():
    hidden, shown = a_round_in(State.PREPARATION), a_round_in(State.ANNOUNCED)

    assert public_rounds([hidden, shown]) == [shown]


# --- the desk ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(DUTIES))
def test_somebody_may_do_each_duty_in_its_state(state):
    for act, *_ in DUTIES[state]:
        assert is_possible(act, state), (state, act)
        assert None not in RIGHTS[act][state], (state, act)


def test_each_duty_leads_to_a_page_that_whoever_has_it_may_open(web_app):
    for state, waiting in DUTIES.items():
        for act, _sentence, page in waiting:
            needed = web_app.view_functions[page].access
            assert RIGHTS[act][state] <= RIGHTS[needed][state], (state, act, page)


def test_counting_waits_from_the_closing_moment_on():
    voting = a_round_in(State.VOTING)

    assert duties(voting, DATES.voting_closes - timedelta(seconds=1)) == []
    (duty,) = duties(voting, DATES.voting_closes)
    assert duty.act is Act.COUNT
    assert duty.is_for(frozenset({Role.COUNTER}))
    assert not duty.is_for(frozenset({Role.REVIEWER}))


def test_a_sealed_framework_waits_to_be_announced():
    concept = a_round_in(State.PREPARATION, framework_hash=None)
    sealed = a_round_in(State.PREPARATION, framework_hash="abc")

    assert [duty.act for duty in duties(concept, START)] == [Act.EDIT_FRAMEWORK, Act.SIGN_FRAMEWORK]
    assert [duty.act for duty in duties(sealed, START)] == [Act.ANNOUNCE]


def test_when_the_codes_are_made_only_the_clock_is_waited_for():
    before = a_round_in(State.BALLOT_PUBLISHED)
    after = replace(before, passed=frozenset({State.VOTING}))

    assert [duty.act for duty in duties(before, START)] == [Act.MAKE_KEYS, Act.MAKE_TOKENS]
    assert duties(after, START) == []


def test_a_paused_round_waits_for_its_manager():
    interruption = Interruption(kind=State.PAUSED, body="College", reason="Brand", since=START)
    paused = a_round_in(State.PAUSED, interruption=interruption)

    (duty,) = duties(paused, START)

    assert duty.roles == {Role.ROUND_MANAGER}
    assert duty.until is None
