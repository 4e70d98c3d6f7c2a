"""Every role and a stranger, in every state of a round, at every door.

The table in ``pb/rounds/rights.py`` says what is expected; here the guard and the real pages
are asked. A state is written straight into the table ``rounds``: to reach 'counting' through
the services needs plans, verdicts, codes and ballots, and what is asked here depends on nothing
but the state. No other test may do this.
"""

from datetime import timedelta

import pytest
from flask import g
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter

from pb.accounts.domain import Role, StaffMember
from pb.database.base import transaction
from pb.foundation.errors import NotPermitted
from pb.rounds import service, storage
from pb.rounds.access import allowed
from pb.rounds.domain import Interruption, NotInThisState, RoundNotFound, State
from pb.rounds.rights import RIGHTS, Act, is_for_residents
from tests.builders import DATES, START, a_round

SLUG = "proef"
ANYBODY = None
VISITORS = (ANYBODY, *Role)
OPENED, SIGN_IN, NOT_PERMITTED, HIDDEN, NOT_NOW = "opened", 303, 403, 404, 409
# Who follows a link to the ballot box too early or too late gets a page that says when: 200.
SAYS_WHEN = "ballots."

# The last state that a person entered, the gates that were passed, and the moment.
WRITTEN = {
    State.PREPARATION: (State.PREPARATION, (), START),
    State.ANNOUNCED: (State.ANNOUNCED, (), START),
    State.OPEN_FOR_PROPOSALS: (State.ANNOUNCED, (), DATES.proposals_open),
    State.REVIEW: (State.ANNOUNCED, (), DATES.proposals_close),
    State.RECONSIDERATION: (
        State.ANNOUNCED,
        (State.RECONSIDERATION,),
        DATES.reconsideration_opens,
    ),
    State.BALLOT_PUBLISHED: (State.BALLOT_PUBLISHED, (), DATES.reconsideration_closes),
    State.VOTING: (State.BALLOT_PUBLISHED, (State.VOTING,), DATES.voting_opens),
    State.COUNTING: (State.COUNTING, (), DATES.voting_closes),
    State.RESULT_PUBLISHED: (State.RESULT_PUBLISHED, (), DATES.result_by),
    State.EXECUTION: (State.EXECUTION, (), DATES.result_by),
    State.EVALUATION: (State.EVALUATION, (), DATES.completed_by),
    State.CLOSED: (State.CLOSED, (), DATES.completed_by + timedelta(weeks=4)),
    State.PAUSED: (State.ANNOUNCED, (), DATES.proposals_open),
    State.CANCELLED: (State.ANNOUNCED, (), DATES.proposals_open),
}

in_every_state = pytest.mark.parametrize("state", list(State))


@pytest.fixture
def put_in(web_app, clock):
    """Return a function that makes the round and writes a state into its row."""

    def write(state):
        entered, passed, moment = WRITTEN[state]
        clock.move_to(moment)
        with web_app.app_context(), transaction():
            a_round(SLUG)
            storage.set_entered(SLUG, entered)
            for gate in passed:
                storage.add_passed(SLUG, gate)
            if state in {State.PAUSED, State.CANCELLED}:
                interruption = Interruption(kind=state, body="College", reason="Brand", since=START)
                storage.set_interruption(SLUG, interruption)
        with web_app.app_context():
            assert service.get(SLUG, moment).state is state

    return write


def expected(act, state, visitor):
    """Return what the table says, in the words of the guard's own docstring."""
    who = RIGHTS[act].get(state, frozenset())
    if state is State.PREPARATION and visitor is ANYBODY and is_for_residents(act):
        return HIDDEN
    if not who:
        return NOT_NOW
    if ANYBODY in who or visitor in who:
        return OPENED
    return SIGN_IN if visitor is ANYBODY else NOT_PERMITTED


def a_member(role):
    return StaffMember(
        id=1, name="Jo", email="jo@x.example", label="Adviseur", roles=frozenset({role})
    )


def outcome(app, act, visitor):
    """Return what the guard does with a view that would always open."""
    guarded = allowed(act)(lambda slug: OPENED)
    with app.test_request_context("/"):
        g.staff_member = None if visitor is ANYBODY else a_member(visitor)
        try:
            answer = guarded(slug=SLUG)
        except RoundNotFound:
            return HIDDEN
        except NotInThisState:
            return NOT_NOW
        except NotPermitted:
            return NOT_PERMITTED
    return answer if answer == OPENED else answer.status_code


# --- the table ---------------------------------------------------------------------------


@in_every_state
def test_the_guard_does_what_the_table_says(web_app, put_in, state):
    put_in(state)

    wrong = [
        (act.value, visitor, expected(act, state, visitor), found)
        for act in Act
        for visitor in VISITORS
        if (found := outcome(web_app, act, visitor)) != expected(act, state, visitor)
    ]

    assert wrong == []


def test_two_roles_may_do_what_either_may(web_app, put_in):
    put_in(State.COUNTING)
    both = frozenset({Role.ADMINISTRATOR, Role.COUNTER, Role.COUNCIL})
    with web_app.test_request_context("/"):
        g.staff_member = StaffMember(id=1, name="Jo", email="", label="", roles=both)

        assert allowed(Act.READ_COUNT)(lambda slug: OPENED)(slug=SLUG) == OPENED
        assert allowed(Act.PUBLISH_RESULT)(lambda slug: OPENED)(slug=SLUG) == OPENED


def test_every_act_has_a_row():
    assert set(RIGHTS) == set(Act)


def test_every_act_is_possible_somewhere():
    assert [act for act in Act if not any(RIGHTS[act].values())] == []


def test_nobody_but_the_staff_sees_a_round_in_preparation():
    for act, row in RIGHTS.items():
        assert ANYBODY not in row.get(State.PREPARATION, frozenset()), act


def test_whoever_may_count_or_publish_is_named():
    """The acts that decide an outcome are never open to residents."""
    deciding = {
        Act.EDIT_FRAMEWORK,
        Act.SIGN_FRAMEWORK,
        Act.ANNOUNCE,
        Act.INTERRUPT,
        Act.REVIEW,
        Act.DECIDE_RECONSIDERATION,
        Act.PUBLISH_BALLOT_LIST,
        Act.MAKE_KEYS,
        Act.USE_KEYS,
        Act.MAKE_TOKENS,
        Act.COUNT,
        Act.PUBLISH_RESULT,
        Act.DESTROY_LINK,
        Act.CLOSE,
    }
    for act in deciding:
        assert all(ANYBODY not in who for who in RIGHTS[act].values()), act


def test_votes_per_plan_are_seen_by_nobody_before_counting():
    before = list(State)[: list(State).index(State.COUNTING)]

    for state in before:
        assert not RIGHTS[Act.READ_COUNT].get(state)
        assert not RIGHTS[Act.READ_RESULT].get(state)


# --- the real pages ----------------------------------------------------------------------


def doors(app):
    """Return method, filled-in address, act and endpoint of every page inside a round."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        act = getattr(app.view_functions[rule.endpoint], "access", None)
        if isinstance(act, Act):
            values = {
                name: 1 if isinstance(rule._converters[name], IntegerConverter) else "x"
                for name in rule.arguments
            }
            for method in rule.methods & {"GET", "POST"}:
                address = adapter.build(rule.endpoint, values | {"slug": SLUG}, method=method)
                found.append((method, address, act, rule.endpoint))
    return sorted(found, key=str)


@in_every_state
def test_every_page_refuses_whom_the_table_refuses(web_app, put_in, sign_in, state):
    """Only refusals are asked for: what a page does when it opens is its own room's test."""
    put_in(state)
    web_app.test_client_class = FlaskClient  # the same error page 500 times needs no inspection
    browsers = {role: sign_in(role) for role in Role} | {ANYBODY: web_app.test_client()}
    wrong = []
    for method, address, act, endpoint in doors(web_app):
        for visitor in whom_to_ask(act, state):
            answer = browsers[visitor].open(address, method=method)
            wanted = expected(act, state, visitor)
            if wanted == NOT_NOW and method == "GET" and endpoint.startswith(SAYS_WHEN):
                wanted = 200
            if answer.status_code != wanted:
                wrong.append((method, address, visitor, wanted, answer.status_code))
            elif wanted == SIGN_IN and not answer.location.startswith("/beheer/aanmelden"):
                wrong.append((method, address, visitor, "sign-in page", answer.location))

    assert wrong == []


def whom_to_ask(act, state):
    """Return who is refused; where nobody may do it, the stranger and the round manager will do."""
    refused = [each for each in VISITORS if expected(act, state, each) != OPENED]
    if refused and expected(act, state, refused[0]) == NOT_NOW:
        return [ANYBODY, Role.ROUND_MANAGER]
    return refused


def test_a_round_that_is_not_there_is_missing_for_everybody(web_app, sign_in, app):
    for method, address, *_ in doors(web_app):
        if method == "GET":
            missing = address.replace(f"/{SLUG}", "/nergens", 1)
            assert web_app.test_client().get(missing).status_code == 404, missing
