"""A round that is carried out, and one whose plans are done so that people look back."""

from datetime import timedelta

import pytest

from pb.accounts.domain import Role
from pb.evaluations import service
from pb.evaluations.domain import LOOKED_BACK_ON, Evaluation
from pb.followups import service as followups
from pb.followups.domain import StaffUpdate, Status
from tests.builders import an_actor
from tests.followups.conftest import BEGUN, CHOSEN, MANAGER, an_executed_round
from tests.replayed import replayed
from tests.results.votes import SLUG

ENDED = BEGUN + timedelta(days=300)
TODAY = ENDED.date()
FACILITATOR = an_actor(Role.FACILITATOR, staff_id=31)


def a_round_that_looks_back():
    """A round of which every chosen plan is done."""
    voted = an_executed_round()
    done = StaffUpdate(status=Status.DONE, text="Het is klaar.")
    for number in CHOSEN:
        followups.post_staff_update(SLUG, number, done, by=MANAGER, now=ENDED, today=TODAY)
    followups.end_execution(SLUG, by=MANAGER, now=ENDED)
    return voted


def write(state, *, now=ENDED, by=FACILITATOR, **changes):
    """A lesson of one state."""
    values = {"lesson": "De folder was te lang.", "change": "De folder is korter."}
    evaluation = Evaluation(state=state, **(values | changes))
    service.write(SLUG, evaluation, by=by, now=now, today=now.date())


def write_all_but(*missing):
    """A lesson of every state but these."""
    for state in LOOKED_BACK_ON:
        if state not in missing:
            write(state)


@pytest.fixture
def executed(app):
    """A round whose chosen plans are being carried out."""
    return replayed(an_executed_round)


@pytest.fixture
def looking_back(app):
    """A round of which every chosen plan is done."""
    return replayed(a_round_that_looks_back)
