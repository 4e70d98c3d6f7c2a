"""Failures are counted per network, and neighbours on the internet are not one network."""

import pytest

from pb.web.limits import network_key


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
