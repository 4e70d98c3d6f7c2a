"""Failures are counted per network, and neighbours on the internet are not one network."""

import subprocess
import sys

import pytest

from pb.web.failure_table import NEIGHBOURS, PLACES, FailureTable
from pb.web.limits import network_key
from tests.setup.repository import ROOT

TEN_MINUTES = 600


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


def test_failures_are_counted_apart_and_forgotten_after_ten_minutes():
    now = [1000.0]
    table = FailureTable(lambda: now[0])

    first = [table.count("codes here", TEN_MINUTES) for _ in range(3)]
    other = table.count("codes there", TEN_MINUTES)
    now[0] += TEN_MINUTES - 1
    still = table.counted("codes here")
    now[0] += 1

    assert (first, other, still) == ([1, 2, 3], 1, 3)
    assert table.counted("codes here") == 0
    assert table.count("codes here", TEN_MINUTES) == 1


def test_what_is_over_leaves_the_memory_when_somebody_fails_later():
    now = [1000.0]
    table = FailureTable(lambda: now[0])
    table.count("codes here", TEN_MINUTES)
    mark = table.keyed("codes here")[:16]
    before = mark in table._memory[:]

    now[0] += TEN_MINUTES
    table.count("codes there", TEN_MINUTES)

    assert before
    assert mark not in table._memory[:]


def test_a_crowd_of_networks_fills_no_more_memory_and_pushes_out_the_oldest():
    now = [1000.0]
    table = FailureTable(lambda: now[0])

    for number in range(PLACES * 2):
        now[0] += 0.001
        assert table.count(f"network {number}", TEN_MINUTES) == 1

    latest = [table.counted(f"network {PLACES * 2 - back}") for back in range(1, NEIGHBOURS)]
    assert set(latest) == {1}


def test_two_tables_have_keys_of_their_own():
    assert FailureTable().keyed("192.0.2.1/32") != FailureTable().keyed("192.0.2.1/32")


COUNTING = """
import os
from pb.web.failure_table import share_with_children, table_of_this_server

share_with_children()
children = []
for _ in range(4):
    child = os.fork()
    if child == 0:
        for _ in range(250):
            table_of_this_server().count("codes here", 600)
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
print(table_of_this_server().counted("codes here"))
"""


def test_processes_of_one_server_count_together_and_lose_nothing():
    said = subprocess.run(
        [sys.executable, "-c", COUNTING],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout == "1000\n"
