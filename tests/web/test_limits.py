"""Failures are counted per network, and neighbours on the internet are not one network."""

from dataclasses import replace

import pytest

from pb.app import create_app
from pb.web.limits import count_failure, has_room, network_key


def key_of(app, address: str) -> str:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        return network_key()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
def test_a_network_is_one_address_or_the_half_of_a_long_one(app, one, other, same):
    assert (key_of(app, one) == key_of(app, other)) is same


@pytest.fixture
def visitor(app):
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        yield


def test_the_thirtieth_failure_is_still_forgiven_and_the_next_is_not(visitor):
    assert [count_failure("code") for _ in range(31)] == [False] * 30 + [True]


def test_there_is_room_until_the_limit_and_asking_takes_none(visitor):
    assert all(has_room("code") for _ in range(100))
    for _ in range(30):
        count_failure("code")

    assert not has_room("code")
    assert has_room("something else")


def test_another_installation_counts_for_itself(app, settings, clock):
    other = create_app(replace(settings, secret_key="another secret for tests"), clock)
    for each in (app, other):
        with each.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
            assert [count_failure("code") for _ in range(30)] == [False] * 30
