"""Destroy what leads from a letter to its ballot key: the revocation key and what it opens.

The public half of the key stays, for it stood in public; so does the number of every letter.
"""

import sqlalchemy as sa

from pb.database.base import ballot_reading
from pb.tokens import ceremony_storage, storage
from pb.tokens.officers import SharedKey

#: The tables from which something goes.
TABLES = ("letters", "pair_locks", "shared_keys")


def destroy(connection: sa.Connection, slug: str) -> bool:
    """Destroy the key and the handles of a round; tell whether there was anything left."""
    was_there = not _are_destroyed_in(connection, slug)
    ceremony_storage.destroy_key(connection, slug, SharedKey.REVOCATION)
    storage.destroy_handles(connection, slug)
    return was_there


def are_destroyed(slug: str) -> bool:
    """Tell whether nothing is left of the key and of the handles."""
    with ballot_reading() as connection:
        return _are_destroyed_in(connection, slug)


def _are_destroyed_in(connection: sa.Connection, slug: str) -> bool:
    found = ceremony_storage.list_keys(connection, slug).get(SharedKey.REVOCATION)
    return (found is None or found.is_destroyed) and not storage.count_handles(connection, slug)
