"""The rule of kept and late promises: arithmetic on days, true for all days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pb.followups.promises import Promise, Standing, score, waiting

MAY_1 = date(2027, 5, 1)
days = st.dates(date(2026, 1, 1), date(2029, 12, 31))
promises = st.builds(Promise, due=days, answered=st.none() | days)


def test_a_promise_is_open_on_its_own_day_and_late_the_day_after():
    promise = Promise(due=MAY_1)

    assert promise.standing(MAY_1) is Standing.OPEN
    assert promise.standing(MAY_1 + timedelta(days=1)) is Standing.OVERDUE


def test_a_message_on_the_last_day_keeps_a_promise():
    assert Promise(due=MAY_1, answered=MAY_1).standing(MAY_1) is Standing.KEPT


def test_a_message_that_comes_too_late_stays_on_the_record():
    late = Promise(due=MAY_1, answered=MAY_1 + timedelta(days=1))

    assert late.standing(date(2029, 1, 1)) is Standing.KEPT_LATE


@given(promise=promises, today=days)
def test_a_promise_is_late_exactly_when_its_day_passed_without_a_message(promise, today):
    came_in_time = promise.answered is not None and promise.answered <= promise.due
    standing = promise.standing(today)

    assert (standing is Standing.KEPT) == came_in_time
    assert (standing is Standing.OVERDUE) == (promise.answered is None and today > promise.due)


@given(due=days, today=days, later=days)
def test_a_late_promise_never_becomes_open_again_by_waiting(due, today, later):
    promise = Promise(due=due)
    first, last = sorted((today, later))

    if promise.standing(first) is Standing.OVERDUE:
        assert promise.standing(last) is Standing.OVERDUE


@given(due=days, answered=days, today=days, later=days)
def test_what_was_answered_stands_the_same_on_every_day(due, answered, today, later):
    promise = Promise(due=due, answered=answered)

    assert promise.standing(today) is promise.standing(later)


@given(every=st.lists(promises), today=days)
def test_each_promise_counts_exactly_once(every, today):
    counted = score(every, today)

    assert counted.total == len(every)
    assert min(counted.kept, counted.late, counted.open) >= 0


@given(every=st.lists(promises), today=days)
def test_the_score_does_not_depend_on_the_order(every, today):
    assert score(every, today) == score(every[::-1], today)


@given(every=st.lists(promises))
def test_the_waiting_promise_has_no_message_yet(every):
    found = waiting(every)

    assert (found is None) == all(promise.answered is not None for promise in every)
    assert found is None or found.answered is None
