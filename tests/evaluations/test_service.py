"""Looking back state by state, and the gate to the end of a round."""

import pytest

from pb.evaluations import service
from pb.evaluations.domain import (
    LessonMissing,
    LessonsMissing,
    NoPlaceInMirror,
    StateGoesOn,
)
from pb.followups import service as followups
from pb.followups.domain import OwnerNews, OwnerUpdate, StaffUpdate, Status
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.rounds import service as rounds
from pb.rounds.domain import NotInThisState, State
from tests.evaluations.conftest import ENDED, TODAY, write, write_all_but
from tests.followups.conftest import BEGUN, MANAGER
from tests.results.votes import SLUG


def written():
    return [place.state for place in service.mirror(SLUG, ENDED) if place.evaluation]


def test_what_is_over_can_be_looked_back_on_while_the_round_goes_on(executed):
    write(State.VOTING, now=BEGUN, answered=212)

    place = service.place_of(SLUG, "voting", BEGUN)
    assert place.evaluation.lesson == "De folder was te lang."
    assert place.evaluation.answered == 212
    assert [each.state for each in service.mirror(SLUG, BEGUN) if each.misses][-1] is (
        State.RESULT_PUBLISHED
    )


def test_what_goes_on_is_not_looked_back_on(executed):
    for state in (State.EXECUTION, State.EVALUATION):
        with pytest.raises(StateGoesOn):
            write(state, now=BEGUN)
    for state in (State.PREPARATION, State.CLOSED, State.PAUSED):
        with pytest.raises(NoPlaceInMirror):
            write(state, now=BEGUN)
    assert written() == []


def test_a_lesson_can_be_rewritten_in_public(executed):
    write(State.VOTING, now=BEGUN)
    write(State.VOTING, now=BEGUN, lesson=" De letters waren klein. ")

    assert service.place_of(SLUG, "voting", BEGUN).evaluation.lesson == "De letters waren klein."
    acts = [entry.what for entry in journal.list_for_round(SLUG)[:2]]
    assert acts == [
        "De les is opnieuw opgeschreven van de fase: %(state)s.",
        "Er is een les opgeschreven van de fase: %(state)s.",
    ]


def test_half_a_lesson_is_not_kept(executed):
    with pytest.raises(LessonMissing):
        write(State.VOTING, now=BEGUN, change="")
    assert written() == []


def test_a_round_closes_only_when_every_state_has_a_lesson(looking_back):
    write_all_but(State.VOTING, State.EVALUATION)

    with pytest.raises(LessonsMissing) as refused:
        service.close(SLUG, by=MANAGER, now=ENDED)
    assert refused.value.values == {"number": 2, "state": "Stemmen"}
    assert proposals.draft(SLUG, looking_back.secrets[1]).reach
    assert rounds.get(SLUG, ENDED).state is State.EVALUATION


def test_a_round_that_is_carried_out_cannot_be_closed(executed):
    with pytest.raises(NotInThisState):
        service.close(SLUG, by=MANAGER, now=BEGUN)


def test_closing_erases_how_owners_can_be_reached(looking_back):
    write_all_but()
    assert proposals.draft(SLUG, looking_back.secrets[1]).reach
    service.close(SLUG, by=MANAGER, now=ENDED)

    assert rounds.get(SLUG, ENDED).state is State.CLOSED
    assert not proposals.draft(SLUG, looking_back.secrets[1]).reach


def test_a_closed_round_takes_no_messages_and_no_lessons(looking_back):
    write_all_but()
    service.close(SLUG, by=MANAGER, now=ENDED)
    told = StaffUpdate(status=Status.IN_MAINTENANCE, text="Het is mooi.")
    news = OwnerUpdate(news=OwnerNews.DONE, text="Het is mooi.")

    with pytest.raises(NotInThisState):
        followups.post_staff_update(SLUG, 1, told, by=MANAGER, now=ENDED, today=TODAY)
    with pytest.raises(NotInThisState):
        followups.post_owner_update(SLUG, looking_back.secrets[1], news, now=ENDED, today=TODAY)
    with pytest.raises(NotInThisState):
        write(State.VOTING)
