"""What an update must say, and the order of the board."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.followups.domain import (
    NEXT_STEP_LABELS,
    OWNER_CHOICE_LABELS,
    OWNER_NEWS_LABELS,
    STATUS_LABELS,
    ConsentMissing,
    DateHasPassed,
    DecisionMissing,
    FollowUp,
    LaterNeedsDelay,
    NewDateMissing,
    NextMessageMissing,
    NextStepKind,
    OwnerChoice,
    OwnerNews,
    PlanFacts,
    PlanHasEnded,
    StaffUpdate,
    Status,
    TextMissing,
    in_order_of_the_board,
    refuse_unsound_update,
    status_of,
)
from pb.followups.promises import Promise
from pb.foundation.money import euros

TODAY = date(2027, 4, 1)
TOMORROW = TODAY + timedelta(days=1)


def a_follow_up(number=1, **changes):
    plan = PlanFacts(
        number=number, title="Bankjes", cost=euros(4_000), area="Noord", theme="Groen", chosen=True
    )
    return FollowUp(plan=plan, **changes)


def an_update(**changes):
    values = {"status": Status.IN_PROGRESS, "text": "Het gaat goed.", "next_message": TOMORROW}
    return StaffUpdate(**(values | changes))


GOING_ON = a_follow_up(status=Status.IN_PROGRESS, planned_finish=date(2027, 5, 28))


def test_a_sound_update_is_accepted():
    refuse_unsound_update(GOING_ON, an_update(), TODAY)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"text": "  "}, TextMissing),
        ({"text": "x" * 2001}, TextMissing),
        ({"next_message": None}, NextMessageMissing),
        ({"next_message": TODAY}, DateHasPassed),
        ({"status": Status.DELAYED}, NewDateMissing),
        ({"status": Status.DELAYED, "planned_finish": date(2027, 5, 28)}, NewDateMissing),
        ({"status": Status.DELAYED, "planned_finish": date(2027, 5, 1)}, NewDateMissing),
        ({"planned_finish": date(2027, 5, 29)}, LaterNeedsDelay),
        ({"status": Status.CHANGED}, ConsentMissing),
        ({"status": Status.STOPPED}, DecisionMissing),
    ],
)
def test_an_update_that_leaves_residents_without_an_answer_is_refused(changes, refusal):
    with pytest.raises(refusal):
        refuse_unsound_update(GOING_ON, an_update(**changes), TODAY)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.DELAYED, "planned_finish": date(2027, 10, 15)},
        {"planned_finish": date(2027, 5, 1)},
        {"status": Status.CHANGED, "owner_agrees": True},
        {"status": Status.STOPPED, "decided_by": "Het college", "next_message": None},
        {"status": Status.DONE, "next_message": None},
        {"handed_over_to": "De corporatie", "next_message": None},
    ],
)
def test_an_update_that_says_what_it_must_is_accepted(changes):
    refuse_unsound_update(GOING_ON, an_update(**changes), TODAY)


@pytest.mark.parametrize("ended", [Status.DONE, Status.IN_MAINTENANCE, Status.STOPPED])
def test_a_plan_that_ended_does_not_begin_again(ended):
    with pytest.raises(PlanHasEnded):
        refuse_unsound_update(a_follow_up(status=ended), an_update(), TODAY)


def test_a_plan_that_is_done_can_go_into_maintenance():
    done = a_follow_up(status=Status.DONE)

    refuse_unsound_update(done, an_update(status=Status.IN_MAINTENANCE), TODAY)


@given(before=st.sampled_from(Status), after=st.sampled_from(Status))
def test_no_update_ever_revives_a_stopped_plan(before, after):
    update = an_update(
        status=after,
        planned_finish=date(2028, 1, 1) if after is Status.DELAYED else None,
        owner_agrees=True,
        decided_by="Het college",
    )
    try:
        refuse_unsound_update(a_follow_up(status=before), update, TODAY)
    except PlanHasEnded:
        assert before in {Status.DONE, Status.IN_MAINTENANCE, Status.STOPPED}
    else:
        assert before is not Status.STOPPED or after is Status.STOPPED


def test_a_plan_is_late_when_it_should_have_been_finished():
    finish = date(2027, 3, 31)

    assert a_follow_up(planned_finish=finish).is_late(TODAY)
    assert not a_follow_up(planned_finish=finish, status=Status.DONE).is_late(TODAY)
    assert not a_follow_up(planned_finish=finish, handed_over_to="De corporatie").is_late(TODAY)
    assert not a_follow_up(planned_finish=TODAY).is_late(TODAY)


def test_the_board_shows_the_late_ones_first_then_the_next_date_then_the_number():
    late = a_follow_up(9, promises=(Promise(due=TODAY - timedelta(days=1)),))
    soon = a_follow_up(8, promises=(Promise(due=TODAY),))
    same = a_follow_up(3, promises=(Promise(due=TODAY),))
    silent = a_follow_up(1)

    board = in_order_of_the_board([silent, soon, same, late], TODAY)
    assert [each.number for each in board] == [9, 3, 8, 1]


def test_a_chosen_plan_lacks_what_the_next_state_asks():
    bare = a_follow_up()

    assert bare.lacks == ("owner_choice", "contact", "date")
    ready = replace(
        bare,
        owner_choice=OwnerChoice.STAYS,
        contact="Adviseur groen",
        promises=(Promise(due=TOMORROW),),
    )
    assert ready.lacks == ()


def test_the_owners_news_becomes_a_status():
    assert status_of(OwnerNews.ON_SCHEDULE, Status.NOT_STARTED) is Status.IN_PROGRESS
    assert status_of(OwnerNews.ON_SCHEDULE, Status.WAITING_FOR_PERMIT) is Status.WAITING_FOR_PERMIT
    assert status_of(OwnerNews.LATER, Status.IN_PROGRESS) is Status.DELAYED
    assert status_of(OwnerNews.DIFFERENT, Status.IN_PROGRESS) is Status.CHANGED
    assert status_of(OwnerNews.DONE, Status.IN_PROGRESS) is Status.DONE


def test_everything_that_can_be_chosen_has_words():
    assert set(STATUS_LABELS) == set(Status)
    assert set(OWNER_CHOICE_LABELS) == set(OwnerChoice)
    assert set(OWNER_NEWS_LABELS) == set(OwnerNews)
    assert set(NEXT_STEP_LABELS) == set(NextStepKind)
