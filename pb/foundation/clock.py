"""The clock is an argument. This is the one place in the house that reads the real time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the current moment, in UTC. Given to the app by whoever starts it."""
    return datetime.now(UTC)
