"""Slows down guessing: counts failures per network and is asked only after a failure.

A right code is always accepted: libraries and mobile carriers share addresses, and nobody
is locked out by a neighbour. What is counted, and how, stands in ``failure_table.py``.
"""

import ipaddress

from flask import Flask, current_app, request

from pb.foundation.errors import N_, NotPermitted
from pb.web.failure_table import FailureTable, table_of_this_server

FAILURES, WITHIN_SECONDS = 30, 10 * 60


class TooManyFailures(NotPermitted):
    """This network sent too many wrong codes in a short time."""

    sentence = N_(
        "Er zijn te veel verkeerde codes ingevuld. Wacht tien minuten. Lukt het niet? Bel ons."
    )


def network_key() -> str:
    """Return a keyed hash of the network: the address for IPv4, its /64 for IPv6."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - no socket
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address  # or all IPv4 visitors would be one network
    width = 32 if address.version == 4 else 64
    network = ipaddress.ip_network((address, width), strict=False)
    return _failures().keyed(str(network)).hex()


def set_limits(app: Flask) -> None:
    """Give the app its table of failures: that of the server, when it runs under one."""
    app.extensions["failures"] = table_of_this_server()


def count_failure(what: str) -> bool:
    """Count one failure of this network; return whether it is now over the limit."""
    return _failures().count(f"{what} {network_key()}", WITHIN_SECONDS) > FAILURES


def has_room(what: str) -> bool:
    """Tell whether this network may fail once more, without counting anything."""
    return _failures().counted(f"{what} {network_key()}") < FAILURES


def _failures() -> FailureTable:
    failures: FailureTable = current_app.extensions["failures"]
    return failures
