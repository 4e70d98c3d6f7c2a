"""Slows down guessing: counts failures per network and is asked only after a failure.

A right code is always accepted: libraries and mobile carriers share addresses, and nobody
is locked out by a neighbour. Keys are keyed hashes with a key that lives in memory only.
"""

import hmac
import ipaddress
import secrets
from typing import TYPE_CHECKING

from flask import Flask, current_app, request

from pb.foundation.errors import N_, NotPermitted

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import RateLimiter

FAILURES = "30 per 10 minutes"
IN_MEMORY = "memory://"


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
    key: bytes = current_app.extensions["network key"]
    return hmac.digest(key, str(network).encode(), "sha256").hex()


def set_limits(app: Flask) -> None:
    """Set up the counters, in memory unless RATELIMIT_STORAGE_URI says otherwise.

    Memory is taken at the first failure: until then no page needs the library.
    """
    app.extensions["network key"] = secrets.token_bytes(32)
    if app.config.setdefault("RATELIMIT_STORAGE_URI", IN_MEMORY) != IN_MEMORY:
        app.extensions["failures"] = _counters_at(app.config["RATELIMIT_STORAGE_URI"])


def count_failure(what: str) -> bool:
    """Count one failure of this network; return whether it is now over the limit."""
    return not _counters().hit(_limit(), what, network_key())


def has_room(what: str) -> bool:
    """Tell whether this network may fail once more, without counting anything."""
    return _counters().test(_limit(), what, network_key())


def _counters() -> "RateLimiter":
    """Return the counters of this process; the first failure makes them."""
    if "failures" not in current_app.extensions:
        # Two first failures at once share what the faster made.
        current_app.extensions.setdefault("failures", _counters_at(IN_MEMORY))
    counters: RateLimiter = current_app.extensions["failures"]
    return counters


def _counters_at(address: str) -> "RateLimiter":
    from limits.storage import Storage, storage_from_string
    from limits.strategies import FixedWindowRateLimiter

    storage = storage_from_string(address)
    if not isinstance(storage, Storage):
        raise TypeError(f"{address} is a storage for asynchronous programs.")
    return FixedWindowRateLimiter(storage)


def _limit() -> "RateLimitItem":
    from limits import parse

    return parse(FAILURES)
