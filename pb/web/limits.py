"""Slows down guessing: counts failures per network and is asked only after a failure.

A right code is always accepted: libraries and mobile carriers share addresses, and nobody
is locked out by a neighbour. Keys are keyed hashes with a key that lives in memory only.
"""

import hmac
import ipaddress
import secrets

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse

from pb.foundation.errors import N_, NotPermitted

FAILURES = "30 per 10 minutes"


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
    """Set up the limiter; its storage is memory unless RATELIMIT_STORAGE_URI says otherwise."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    app.extensions["network key"] = secrets.token_bytes(32)
    app.extensions["failures"] = Limiter(network_key, app=app, headers_enabled=False)


def count_failure(what: str) -> bool:
    """Count one failure of this network; return whether it is now over the limit."""
    limiter: Limiter = current_app.extensions["failures"]
    limit: RateLimitItem = parse(FAILURES)
    return not limiter.limiter.hit(limit, what, network_key())
