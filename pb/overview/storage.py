"""Asks both stores whether they answer. Keeps nothing."""

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from pb.database.base import ballot_reading, session

QUESTION = sa.text("SELECT 1")


def participation_store_answers() -> bool:
    """Tell whether the store of rounds, plans and staff can be read."""
    try:
        return bool(session().scalar(QUESTION) == 1)
    except SQLAlchemyError:
        session().rollback()
        return False


def ballot_store_answers() -> bool:
    """Tell whether the store of the roll and the ballots can be read."""
    try:
        with ballot_reading() as connection:
            return bool(connection.scalar(QUESTION) == 1)
    except SQLAlchemyError:
        return False
