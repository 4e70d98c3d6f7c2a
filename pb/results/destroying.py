"""After the objection period: destroy what leads from a letter to a vote, and say so in public.

Two things are left by then: the revocation key, locked for its officers, and in each letter the
handle that this key opens. The list of names lies with the municipality and not here.
"""

from datetime import datetime

from pb.accounts.actor import Actor
from pb.ballots import sealing
from pb.ballots.ledger import Fact
from pb.database.base import ballot_transaction, overwrite_what_was_deleted
from pb.foundation.errors import N_
from pb.journal import service as journal
from pb.results import storage
from pb.results.domain import ResultNotPublished
from pb.results.objections import AlreadyDestroyed, Destruction, ObjectionsPossible
from pb.rounds import service as rounds
from pb.rounds.rights import Act
from pb.tokens import destroying as handles

# Also how the day is found again: the public log is where it stands.
SAID = N_("Vernietigd: de sleutel die bij een brief een stem kan zoeken, en wat hij kan openen.")


def find(slug: str) -> Destruction | None:
    """Return how far the promise is; None before there is a result to object to."""
    publication = storage.find_publication(slug)
    if publication is None:
        return None
    said = [entry.at for entry in journal.list_for_round(slug) if entry.what == SAID]
    done_at = said[0] if said and handles.are_destroyed(slug) else None
    return Destruction(published_at=publication.at, done_at=done_at)


def facts(slug: str, now: datetime) -> dict[str, object]:
    """Return what a page needs to say how far the promise is."""
    found = find(slug)
    return {"destruction": found, "standing": found.standing(now).value if found else ""}


def destroy(slug: str, *, by: Actor, now: datetime) -> None:
    """Destroy the revocation key and the handles in the letters, for good.

    Safe to repeat after a crash: what was not done or not said yet is.
    Raises ResultNotPublished, ObjectionsPossible, AlreadyDestroyed, NotInThisState.
    """
    rounds.refuse_unless(slug, Act.DESTROY_LINK, now)
    found = find(slug)
    if found is None:
        raise ResultNotPublished
    if found.done_at is not None:
        raise AlreadyDestroyed
    if now < found.objections_until:
        raise ObjectionsPossible(until=found.objections_until)
    with ballot_transaction() as connection:
        if handles.destroy(connection, slug):
            for what in ("letters", "revocation-key"):
                sealing.record(connection, slug, Fact.DESTROYED, what=what)
    overwrite_what_was_deleted(*handles.TABLES)
    sealing.catch_up(slug, now)
    journal.record(slug, SAID, now=now, by=by.label, staff_id=by.staff_id)
