"""The desk in tests: letters by number, two officers who make one void, two who open a pack."""

import sqlalchemy as sa

from pb.accounts.domain import Role
from pb.ballots import replacing
from pb.database.base import ballot_reading, db
from pb.tokens import service as tokens
from pb.tokens.replacement import WhyReported
from tests.ballots.boxes import cast
from tests.ballots.voting import SLUG
from tests.builders import DATES, an_actor
from tests.ceremonies import typed

DURING = DATES.voting_opens.replace(hour=12)
HELPER = an_actor(Role.HELPER, staff_id=7)
MANAGER = an_actor(Role.ROUND_MANAGER, staff_id=8)


def letters(voting, area="A1", *, spare=False):
    """Pairs of the number and the code of each letter of an area."""
    batch = area + (tokens.SPARE if spare else "")
    with ballot_reading() as connection:
        table = db.metadatas["ballots"].tables["letters"]
        serials = set(connection.scalars(sa.select(table.c.serial).where(table.c.batch == batch)))
    return [
        (each.serial, each.code.grouped()) for each in voting.printables if each.serial in serials
    ]


def void(serial, said=None, *, now=DURING, why=WhyReported.LOST, slug=SLUG):
    replacing.void_letter(slug, serial, why, said or typed(), by=HELPER, now=now)


def open_pack(area="A1", now=DURING):
    replacing.propose_pack(SLUG, area, by=HELPER, now=now)
    replacing.open_pack(SLUG, area, by=MANAGER, now=now)


def vote(code, *choices, now=DURING, **changes):
    return cast(code, *choices, now=now, **changes)


def store():
    """Everything in the ballot store, to see whether something changed."""
    with ballot_reading() as connection:
        return {
            name: connection.execute(sa.select(table)).all()
            for name, table in db.metadatas["ballots"].tables.items()
        }
