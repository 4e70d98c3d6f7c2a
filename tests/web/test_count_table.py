"""Counts that leave the memory as numbers, once they ended, and never as what was counted."""

import os
from datetime import UTC, datetime, timedelta
from timeit import timeit

from pb.web.count_table import NEIGHBOURS, PLACES, CountTable
from pb.web.failure_table import counts_of_this_server, share_with_children

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
NIGHT = NOON + timedelta(hours=12)


def test_numbers_are_handed_over_when_they_end_and_only_once():
    table = CountTable()
    for network in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        table.count("votes", network, until=NIGHT)

    early = table.take_ended(NIGHT - timedelta(seconds=1))
    ended = table.take_ended(NIGHT)

    assert early == {}
    assert ended == {table.group("votes"): [1, 2]}
    assert table.take_ended(NIGHT) == {}
    assert table.count("votes", "192.0.2.1", until=NIGHT + timedelta(days=1)) == 1


def test_groups_are_counted_apart_and_each_ends_in_its_own_time():
    table = CountTable()
    table.count("votes here", "192.0.2.1", until=NIGHT)
    table.count("votes there", "192.0.2.1", until=NIGHT + timedelta(hours=1))

    assert table.take_ended(NIGHT) == {table.group("votes here"): [1]}
    assert table.take_ended(NIGHT + timedelta(hours=1)) == {table.group("votes there"): [1]}


def test_the_first_count_decides_when_it_ends():
    table = CountTable()
    table.count("wrong codes", "", until=NOON + timedelta(hours=1))
    table.count("wrong codes", "", until=NOON + timedelta(hours=2))

    assert table.take_ended(NOON + timedelta(hours=1)) == {table.group("wrong codes"): [2]}


def test_a_crowd_pushes_out_who_is_seen_least():
    table = CountTable()
    for _ in range(40):
        table.count("votes", "often", until=NIGHT)

    for number in range(PLACES * 2):
        table.count("votes", f"once {number}", until=NIGHT)

    assert max(table.take_ended(NIGHT)[table.group("votes")]) >= 40
    assert NEIGHBOURS > 1


def test_the_memory_holds_no_address_and_is_wiped():
    table = CountTable()
    empty = table._memory[:]
    table.count("votes", "192.0.2.1/32", until=NIGHT)

    assert b"192.0.2" not in table._memory[:]
    table.take_ended(NIGHT)
    assert table._memory[:] == empty


def test_processes_of_one_server_count_together():
    share_with_children()
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            for _ in range(250):
                counts_of_this_server().count("votes", "192.0.2.1", until=NIGHT)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)

    table = counts_of_this_server()
    assert table.take_ended(NIGHT) == {table.group("votes"): [1_000]}


def test_counting_and_asking_cost_less_than_a_tenth_of_a_millisecond():
    table, networks = CountTable(), [f"192.0.2.{number}" for number in range(200)]

    def count_all():
        for network in networks:
            table.count("votes", network, until=NIGHT)
            table.take_ended(NOON)

    assert min(timeit(count_all, number=1) for _ in range(5)) / len(networks) < 0.000_1
