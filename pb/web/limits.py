"""Slows down guessing: counts failures per network and is asked only after a failure.

A right code is always accepted: libraries and mobile carriers share addresses, and nobody
is locked out by a neighbour. What is counted, and how, stands in ``failure_table.py``.
"""

import ipaddress

from flask import Flask, current_app, request

from pb.foundation.errors import N_, NotPermitted
from pb.web.count_table import CountTable
from pb.web.failure_table import FailureTable, counts_of_this_server, table_of_this_server

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

FAILURES, WITHIN_SECONDS = 30, 10 * 60


class TooManyFailures(NotPermitted):
    """This network sent too many wrong codes in a short time."""

    sentence = N_(
        "Er zijn te veel verkeerde codes ingevuld. Wacht tien minuten. Lukt het niet? Bel ons."
    )


def visitors_address() -> Address:
    """Return the address of who asks; for counting in memory, and never to be written down."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - no socket
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address  # or all IPv4 visitors would be one network
    return address


def network_of(address: Address) -> str:
    """Return the network of an address: itself for IPv4, its /64 for IPv6."""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def network_key() -> str:
    """Return a keyed hash of the network of who asks."""
    return _failures().keyed(network_of(visitors_address())).hex()


def set_limits(app: Flask) -> None:
    """Give the app its tables: those of the server, when it runs under one."""
    app.extensions["failures"] = table_of_this_server()
    app.extensions["counts"] = counts_of_this_server()


def counts() -> CountTable:
    """Return the table of what is counted until a moment and then handed over."""
    table: CountTable = current_app.extensions["counts"]
    return table


def count_failure(what: str) -> bool:
    """Count one failure of this network; return whether it is now over the limit."""
    return _failures().count(f"{what} {network_key()}", WITHIN_SECONDS) > FAILURES


def has_room(what: str) -> bool:
    """Tell whether this network may fail once more, without counting anything."""
    return _failures().counted(f"{what} {network_key()}") < FAILURES


def _failures() -> FailureTable:
    failures: FailureTable = current_app.extensions["failures"]
    return failures
