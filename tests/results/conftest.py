"""Rounds whose votes are in, counted or published; built once, so that tests stay fast."""

import pytest

from tests.replayed import replayed
from tests.results.in_node import Browser
from tests.results.votes import a_counted_round, a_published_round, a_voted_round


@pytest.fixture
def voted(app):
    """A round whose last vote is in."""
    return replayed(a_voted_round)


@pytest.fixture
def counted(app):
    """A round that two people counted."""
    return replayed(a_counted_round)


@pytest.fixture
def published(app):
    """A round whose result is public."""
    return replayed(a_published_round)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """The second verifier, in a node that stays for all tests of a module."""
    started = Browser(tmp_path_factory.mktemp("browser"))
    yield started
    started.close()
