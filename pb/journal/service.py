"""What can be done with the journal: add to it inside another act, and read it."""

from datetime import datetime

from pb.database.base import transaction
from pb.journal import storage
from pb.journal.domain import Entry


def record(
    round_slug: str,
    what: str,
    *,
    now: datetime,
    by: str,
    staff_id: int | None = None,
    reason: str = "",
    **values: str | int,
) -> None:
    """Append an act to the journal, in the same transaction as the act itself.

    what: a marked Dutch sentence; ``values`` are its placeholders and hold no personal data.
    by: the function that acts, as the public may read it.
    """
    with transaction():
        storage.add(
            round_slug=round_slug,
            at=now,
            by=by,
            staff_id=staff_id,
            what=what,
            values=values,
            reason=reason,
        )


def list_for_round(round_slug: str) -> list[Entry]:
    """Return the public log of a round, the newest entry first."""
    return storage.list_for_round(round_slug)
