"""The clock opens and closes; people enter the rest; nothing is skipped."""

from datetime import timedelta

import pytest

from pb.rounds.domain import (
    BY_CLOCK,
    BY_PEOPLE,
    ORDER,
    State,
    StepSkipped,
    is_voting_over,
    refuse_unless_next,
    state_at,
)
from tests.builders import DATES

SECOND = timedelta(seconds=1)


def test_a_round_has_twelve_states_each_entered_by_the_clock_or_by_people():
    assert len(ORDER) == 12
    assert set(ORDER) == BY_CLOCK | BY_PEOPLE


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (DATES.proposals_open - SECOND, State.ANNOUNCED),
        (DATES.proposals_open, State.OPEN_FOR_PROPOSALS),
        (DATES.proposals_close - SECOND, State.OPEN_FOR_PROPOSALS),
        (DATES.proposals_close, State.REVIEW),
        (DATES.reconsideration_opens - SECOND, State.REVIEW),
        (DATES.reconsideration_opens, State.RECONSIDERATION),
        (DATES.voting_opens, State.RECONSIDERATION),
    ],
)
def test_after_announcing_the_clock_opens_and_closes(moment, state):
    passed = frozenset({State.RECONSIDERATION})

    assert state_at(State.ANNOUNCED, passed, DATES, None, moment) is state


def test_review_goes_on_while_a_plan_has_no_verdict():
    late = DATES.reconsideration_closes

    assert state_at(State.ANNOUNCED, frozenset(), DATES, None, late) is State.REVIEW


def test_voting_opens_by_the_clock_only_when_the_ballot_box_stands_ready():
    entered, moment = State.BALLOT_PUBLISHED, DATES.voting_opens

    assert state_at(entered, frozenset(), DATES, None, moment) is State.BALLOT_PUBLISHED
    assert state_at(entered, frozenset({State.VOTING}), DATES, None, moment) is State.VOTING
    assert (
        state_at(entered, frozenset({State.VOTING}), DATES, None, moment - SECOND)
        is State.BALLOT_PUBLISHED
    )


def test_voting_is_over_at_the_closing_second():
    assert is_voting_over(State.VOTING, DATES, DATES.voting_closes)
    assert not is_voting_over(State.VOTING, DATES, DATES.voting_closes - SECOND)


@pytest.mark.parametrize("current", ORDER)
@pytest.mark.parametrize("wanted", ORDER)
def test_no_state_is_skipped_and_no_round_goes_back(current, wanted):
    if ORDER.index(wanted) == ORDER.index(current) + 1:
        refuse_unless_next(current, wanted)
    else:
        with pytest.raises(StepSkipped):
            refuse_unless_next(current, wanted)
