"""A round whose result is public, and one whose chosen plans are being carried out."""

from datetime import date, timedelta

import pytest

from pb.accounts.domain import Role
from pb.followups import service
from pb.followups.domain import Arrangement, OwnerChoice
from tests.builders import an_actor
from tests.replayed import replayed
from tests.results.votes import PUBLISHED, SLUG, Voted, a_published_round

CHOSEN, NOT_CHOSEN = (1, 3, 4, 5), (2,)
MANAGER = an_actor(Role.ROUND_MANAGER, staff_id=12)
BEGUN = PUBLISHED + timedelta(days=30)
FIRST_MESSAGE = BEGUN.date() + timedelta(days=30)
FINISH = date(2027, 5, 28)


def an_executed_round() -> Voted:
    """A round of which every chosen plan has what it needs, and execution began."""
    voted = a_published_round()
    for number in CHOSEN:
        service.arrange(
            SLUG,
            number,
            Arrangement(
                contact="Adviseur groen",
                planned_finish=FINISH,
                next_message=FIRST_MESSAGE,
                owner_choice=OwnerChoice.STAYS,
            ),
            by=MANAGER,
            now=PUBLISHED,
            today=PUBLISHED.date(),
        )
    service.start_execution(SLUG, by=MANAGER, now=BEGUN)
    return voted


@pytest.fixture
def published(app):
    """A round whose result is public."""
    return replayed(a_published_round)


@pytest.fixture
def executed(app):
    """A round whose chosen plans are being carried out."""
    return replayed(an_executed_round)
