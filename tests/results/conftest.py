"""Rounds whose votes are in, counted or published; copied, so that tests stay fast."""

import pytest

from tests.results.remembered import remembered
from tests.results.votes import a_counted_round, a_published_round, a_voted_round


@pytest.fixture(scope="session")
def kept_rounds(tmp_path_factory):
    """Where the files of the rounds lie."""
    return tmp_path_factory.mktemp("rounds")


@pytest.fixture
def voted(app, kept_rounds):
    """A round whose last vote is in."""
    return remembered(app, kept_rounds, a_voted_round)


@pytest.fixture
def counted(app, kept_rounds):
    """A round that two people counted."""
    return remembered(app, kept_rounds, a_counted_round)


@pytest.fixture
def published(app, kept_rounds):
    """A round whose result is public."""
    return remembered(app, kept_rounds, a_published_round)
