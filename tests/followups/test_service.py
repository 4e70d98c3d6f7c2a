"""Arranging, reporting, promising, and the gates to the last states."""

from datetime import timedelta

import pytest

from pb.followups import service
from pb.followups.domain import (
    Arrangement,
    ContactMissing,
    DateHasPassed,
    FollowUpNotFound,
    LaterNeedsDelay,
    NewDateMissing,
    NextStep,
    NextStepKind,
    NotChosen,
    OwnerChoice,
    OwnerNews,
    OwnerUpdate,
    PlansNotEnded,
    PlansNotReady,
    Speaker,
    StaffUpdate,
    Status,
    TextMissing,
    WasChosen,
)
from pb.followups.promises import Score
from pb.foundation.money import euros
from pb.journal import service as journal
from pb.proposals.domain import PrivateLinkUnknown
from pb.results.domain import ResultNotPublished
from pb.rounds import service as rounds
from pb.rounds.domain import State
from tests.followups.conftest import BEGUN, CHOSEN, FINISH, FIRST_MESSAGE, MANAGER, NOT_CHOSEN
from tests.results.votes import COUNTED, PUBLISHED, SLUG, a_counted_round

TODAY = BEGUN.date()
NEXT = TODAY + timedelta(days=60)


def post(number=1, *, now=BEGUN, **changes):
    values = {"status": Status.IN_PROGRESS, "text": "Het gaat goed.", "next_message": NEXT}
    update = StaffUpdate(**(values | changes))
    service.post_staff_update(SLUG, number, update, by=MANAGER, now=now, today=now.date())


def tell(voted, news=OwnerNews.ON_SCHEDULE, number=1, **changes):
    update = OwnerUpdate(news=news, text="Wij zijn bezig.", **changes)
    service.post_owner_update(SLUG, voted.secrets[number], update, now=BEGUN, today=TODAY)


def step(number=2, **changes):
    values = {
        "kind": NextStepKind.OTHER_FUND,
        "text": "Wij vragen geld bij het sportfonds.",
        "contact": "Adviseur spelen",
        "next_message": NEXT,
    }
    service.set_next_step(
        SLUG, number, NextStep(**(values | changes)), by=MANAGER, now=BEGUN, today=TODAY
    )


def test_before_publication_there_is_no_board(app):
    a_counted_round()

    with pytest.raises(ResultNotPublished):
        service.board(SLUG, today=COUNTED.date())


def test_at_publication_every_plan_has_a_follow_up(published):
    board = service.board(SLUG, today=PUBLISHED.date())

    assert sorted(each.number for each in board.chosen) == list(CHOSEN)
    assert [each.number for each in board.not_chosen] == list(NOT_CHOSEN)
    assert {each.status for each in board.chosen} == {Status.NOT_STARTED}
    assert board.score == Score(kept=0, late=0, open=0)


def test_execution_waits_until_every_chosen_plan_has_what_it_needs(published):
    with pytest.raises(PlansNotReady) as refused:
        service.start_execution(SLUG, by=MANAGER, now=PUBLISHED)

    assert refused.value.values == {"owner_choice": 4, "contact": 4, "date": 4}
    assert rounds.get(SLUG, PUBLISHED).state is State.RESULT_PUBLISHED


def test_execution_begins_when_nothing_is_lacking(executed):
    assert rounds.get(SLUG, BEGUN).state is State.EXECUTION


def test_an_owner_says_whether_to_stay(published):
    service.choose_ownership(SLUG, published.secrets[1], OwnerChoice.SHARES, now=PUBLISHED)

    assert service.of_owner(SLUG, published.secrets[1]).owner_choice is OwnerChoice.SHARES


def test_only_the_private_link_speaks_for_an_owner(published):
    with pytest.raises(PrivateLinkUnknown):
        service.choose_ownership(SLUG, "nergens", OwnerChoice.STAYS, now=PUBLISHED)


def test_a_plan_that_was_not_chosen_is_not_carried_out(published):
    with pytest.raises(NotChosen):
        service.arrange(
            SLUG, 2, Arrangement(contact="x"), by=MANAGER, now=PUBLISHED, today=PUBLISHED.date()
        )
    with pytest.raises(NotChosen):
        service.choose_ownership(SLUG, published.secrets[2], OwnerChoice.STAYS, now=PUBLISHED)


def test_a_plan_that_is_not_on_the_list_has_no_follow_up(published):
    with pytest.raises(FollowUpNotFound):
        service.get(SLUG, 99)


def test_a_contact_is_always_named(published):
    with pytest.raises(ContactMissing):
        service.arrange(
            SLUG, 1, Arrangement(contact=" "), by=MANAGER, now=PUBLISHED, today=PUBLISHED.date()
        )


def test_a_promise_that_was_made_is_not_moved_by_an_arrangement(executed):
    service.arrange(
        SLUG,
        1,
        Arrangement(contact="Adviseur spelen", next_message=NEXT),
        by=MANAGER,
        now=BEGUN,
        today=TODAY,
    )
    follow_up = service.get(SLUG, 1)

    assert follow_up.contact == "Adviseur spelen"
    assert [promise.due for promise in follow_up.promises] == [FIRST_MESSAGE]


def test_a_finish_that_was_promised_becomes_later_only_with_a_reason(executed):
    later = FINISH + timedelta(days=1)

    with pytest.raises(LaterNeedsDelay):
        service.arrange(
            SLUG,
            1,
            Arrangement(contact="x", planned_finish=later),
            by=MANAGER,
            now=BEGUN,
            today=TODAY,
        )
    with pytest.raises(LaterNeedsDelay):
        post(planned_finish=later)
    with pytest.raises(NewDateMissing):
        post(status=Status.DELAYED)
    post(status=Status.DELAYED, planned_finish=later, text="Er ligt een kabel.")

    assert service.get(SLUG, 1).planned_finish == later
    assert service.timeline(SLUG, 1)[0].moved_to == later


def test_a_message_in_time_keeps_the_promise_and_makes_the_next(executed):
    post(spent=euros(1_200))
    follow_up = service.get(SLUG, 1)

    assert follow_up.status is Status.IN_PROGRESS
    assert follow_up.spent == euros(1_200)
    assert [promise.due for promise in follow_up.promises] == [FIRST_MESSAGE, NEXT]
    assert service.board(SLUG, today=TODAY).score == Score(kept=1, late=0, open=4)


def test_a_message_that_does_not_come_makes_the_plan_late_by_itself(executed):
    board = service.board(SLUG, today=FIRST_MESSAGE + timedelta(days=1))

    assert all(each.message_is_late(FIRST_MESSAGE + timedelta(days=1)) for each in board.chosen)
    assert board.score == Score(kept=0, late=4, open=0)


def test_a_late_message_stays_on_the_record_and_the_plan_goes_on(executed):
    late = BEGUN + timedelta(days=31)
    post(now=late)

    follow_up = service.get(SLUG, 1)
    assert not follow_up.is_late(late.date())
    assert service.board(SLUG, today=late.date()).score == Score(kept=0, late=4, open=1)


def test_an_owners_message_does_not_keep_the_municipalitys_promise(executed):
    tell(executed)

    board = service.board(SLUG, today=TODAY)
    assert board.score == Score(kept=0, late=0, open=4)
    assert service.get(SLUG, 1).status is Status.IN_PROGRESS
    assert service.timeline(SLUG, 1)[0].speaker is Speaker.OWNER


def test_when_the_owner_says_it_is_done_there_is_nothing_left_to_wait_for(executed):
    tell(executed, OwnerNews.DONE)

    follow_up = service.get(SLUG, 1)
    assert follow_up.status is Status.DONE
    assert follow_up.finished_on == TODAY
    assert follow_up.promise is None


def test_an_owner_who_says_later_gives_a_new_date(executed):
    with pytest.raises(NewDateMissing):
        tell(executed, OwnerNews.LATER)
    tell(executed, OwnerNews.LATER, planned_finish=FINISH + timedelta(days=9))

    assert service.get(SLUG, 1).status is Status.DELAYED


def test_an_empty_message_is_refused(executed):
    with pytest.raises(TextMissing):
        post(text=" ")
    with pytest.raises(TextMissing):
        service.post_owner_update(
            SLUG,
            executed.secrets[1],
            OwnerUpdate(news=OwnerNews.DONE, text=""),
            now=BEGUN,
            today=TODAY,
        )
    assert service.timeline(SLUG, 1) == []


def test_the_newest_message_stands_on_top(executed):
    post(text="Eerst dit.")
    tell(executed)

    assert [message.text for message in service.timeline(SLUG, 1)] == [
        "Wij zijn bezig.",
        "Eerst dit.",
    ]


def test_a_plan_that_was_not_chosen_gets_a_next_step_with_a_date(executed):
    step()
    follow_up = service.get(SLUG, 2)

    assert follow_up.next_step is NextStepKind.OTHER_FUND
    assert follow_up.promise.due == NEXT
    assert service.timeline(SLUG, 2)[0].text == "Wij vragen geld bij het sportfonds."


def test_a_next_step_is_a_promise_like_any_other(executed):
    step()
    late = NEXT + timedelta(days=1)

    assert service.board(SLUG, today=late).not_chosen[0].is_late(late)


def test_a_next_step_needs_a_day_to_come_and_a_contact(executed):
    with pytest.raises(DateHasPassed):
        step(next_message=TODAY)
    with pytest.raises(ContactMissing):
        step(contact="")
    with pytest.raises(WasChosen):
        step(number=1)


def test_the_round_stays_open_while_a_plan_is_carried_out(executed):
    for number in (1, 3, 4):
        post(number, status=Status.DONE)

    with pytest.raises(PlansNotEnded) as refused:
        service.end_execution(SLUG, by=MANAGER, now=BEGUN)
    assert refused.value.values == {"plans": "P05"}


def test_plans_that_are_done_stopped_or_handed_over_end_the_execution(executed):
    post(1, status=Status.DONE, next_message=None)
    post(3, status=Status.IN_MAINTENANCE)
    post(4, status=Status.STOPPED, decided_by="Het college", next_message=None)
    post(5, handed_over_to="De corporatie", next_message=None)
    service.end_execution(SLUG, by=MANAGER, now=BEGUN)

    assert rounds.get(SLUG, BEGUN).state is State.EVALUATION


def test_every_act_of_the_staff_is_in_the_public_log(executed):
    post()
    step()

    log = " ".join(entry.what for entry in journal.list_for_round(SLUG))
    assert "Bericht over plan" in log
    assert "heeft een volgende stap" in log


def test_the_board_asks_the_store_a_fixed_number_of_questions(executed, count_statements):
    count_statements()
    service.board(SLUG, today=TODAY)

    assert len(count_statements()) <= 4
