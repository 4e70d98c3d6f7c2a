"""Which states people look back on, when, and what a lesson needs."""

from datetime import date, timedelta

import pytest

from pb.evaluations.domain import (
    LOOKED_BACK_ON,
    TEXT_AT_MOST,
    ChangeToCome,
    Evaluation,
    LessonMissing,
    is_over,
    refuse_unsound,
)
from pb.rounds.domain import State

TODAY = date(2027, 4, 1)


def a_lesson(**changes):
    values = {
        "state": State.VOTING,
        "lesson": "De letters waren klein.",
        "change": "Ze zijn groter.",
    }
    return Evaluation(**(values | changes))


def test_everything_from_the_announcement_to_looking_back_is_looked_back_on():
    assert LOOKED_BACK_ON[0] is State.ANNOUNCED
    assert LOOKED_BACK_ON[-1] is State.EVALUATION
    assert len(LOOKED_BACK_ON) == 10


@pytest.mark.parametrize(
    ("state", "now", "over"),
    [
        (State.ANNOUNCED, State.ANNOUNCED, False),
        (State.ANNOUNCED, State.OPEN_FOR_PROPOSALS, True),
        (State.VOTING, State.VOTING, False),
        (State.VOTING, State.REVIEW, False),
        (State.EXECUTION, State.EVALUATION, True),
        (State.EVALUATION, State.EVALUATION, True),
        (State.EVALUATION, State.CLOSED, True),
        (State.ANNOUNCED, State.PAUSED, False),
    ],
)
def test_a_state_is_looked_back_on_when_it_is_over(state, now, over):
    assert is_over(state, now) is over


@pytest.mark.parametrize(
    "changes",
    [{"lesson": " "}, {"change": ""}, {"lesson": "x" * (TEXT_AT_MOST + 1)}],
)
def test_a_lesson_without_a_change_teaches_nothing(changes):
    with pytest.raises(LessonMissing):
        refuse_unsound(a_lesson(**changes), TODAY)


def test_a_change_was_made_or_is_still_to_come_but_not_made_tomorrow():
    refuse_unsound(a_lesson(changed_on=TODAY), TODAY)
    refuse_unsound(a_lesson(), TODAY)
    with pytest.raises(ChangeToCome):
        refuse_unsound(a_lesson(changed_on=TODAY + timedelta(days=1)), TODAY)
