"""The public ledger of a round: what stands on its lines, and when lines are added.

One canonical JSON line per fact (docs/bundle.md). Ballots stand on it as leaves, which hide the
choices. Lines are added by a *seal*: the events that wait, then the leaves that wait, sorted; so
nobody sees from the ledger who voted when.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pb.ballots.domain import BoxHours, BoxState
from pb.foundation.canonical import canonical_json

BALLOT = b'{"c":'  # What the line of a ballot begins with, and no other.
NOTICE = b'{"k":"notice",'  # The same for a notice.

# A voter hides among so many others, and no seal says more than that somebody voted this hour.
SMALLEST_SEAL = 20
BETWEEN_SEALS = timedelta(hours=1)
# The last seal is at closing, and holds all who voted since this long before it.
QUIET_BEFORE_CLOSING = timedelta(hours=2)


class Fact(StrEnum):
    """The kinds of events on the ledger."""

    CONFIG = "config"
    ROLL = "roll"
    OPEN = "open"
    NOTICE = "notice"
    REVOKED = "revoked"
    SPARES = "spares"
    PAPER = "paper"
    PLAN_WITHDRAWN = "plan_withdrawn"
    PAUSE = "pause"
    RESUME = "resume"
    EXTENDED = "extended"
    SOFTWARE = "software"
    RESTORED = "restored"
    CLOSED = "closed"
    COUNT = "count"
    PUBLISHED = "published"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """How far a ledger is. size: its lines, 0 before voting opened. sealed_at: the last seal."""

    size: int
    sealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seal:
    """What one seal adds: the lines in their order. leaves: of the ballots among them."""

    lines: tuple[bytes, ...]
    leaves: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The files that are public from the moment voting opened, byte for byte."""

    ledger: bytes
    checkpoints: bytes
    roll: bytes
    spares: bytes
    config: bytes
    projects: bytes


def event_line(fact: Fact, **members: object) -> bytes:
    """Return the line of an event."""
    return canonical_json({"k": fact.value, "t": "event", **members})


def is_notice(line: bytes) -> bool:
    """Tell whether a line that waits is a notice, which waits for ballots to be sealed with."""
    return line.startswith(NOTICE)


def ballot_line(leaf: bytes) -> bytes:
    """Return the line of a ballot. leaf: 32 bytes."""
    return canonical_json({"c": written(leaf), "t": "ballot"})


def written(content: bytes) -> str:
    """Return bytes as they stand on a line: base64."""
    return base64.b64encode(content).decode()


def as_lines(lines: Iterable[bytes]) -> bytes:
    """Return lines as a file: each with a line end."""
    return b"".join(line + b"\n" for line in lines)


def written_keys(ballot_keys: Iterable[bytes]) -> list[str]:
    """Return ballot keys as an event names them: base64, sorted."""
    return sorted(written(key) for key in ballot_keys)


def events_of(lines: Iterable[bytes], fact: Fact) -> list[dict[str, Any]]:
    """Return the events of one kind among the lines of a ledger, in their order."""
    marker = f'"k":"{fact.value}"'.encode()
    found = [json.loads(line) for line in lines if marker in line]
    return [each for each in found if each.get("t") == "event" and each["k"] == fact.value]


def leaves_of(lines: Iterable[bytes]) -> list[bytes]:
    """Return the leaves of the ballots among the lines of a ledger, in their order."""
    return [base64.b64decode(json.loads(line)["c"]) for line in lines if line.startswith(BALLOT)]


def seal_of(events: Sequence[bytes], leaves: Iterable[bytes]) -> Seal:
    """Return the seal of what waits: events as they came, then the ballot lines by their bytes."""
    by_line = {ballot_line(leaf): leaf for leaf in leaves}
    lines = sorted(by_line)
    return Seal((*events, *lines), tuple(by_line[line] for line in lines))


def may_seal_leaves(waiting: int, state: LedgerState, hours: BoxHours, now: datetime) -> bool:
    """Tell whether the leaves that wait may be sealed before the count closes the box.

    Never fewer than SMALLEST_SEAL, not within an hour of the last seal, and not in the last two
    hours: what is cast then is sealed together, from the closing on. Fewer wait for the count:
    where two clocks differ by a second, a ballot could still come.
    """
    if hours.state is not BoxState.OPEN or waiting < SMALLEST_SEAL:
        return False
    if now >= hours.closes_at:
        return True
    rested = state.sealed_at is None or now >= state.sealed_at + BETWEEN_SEALS
    return rested and now < hours.closes_at - QUIET_BEFORE_CLOSING
