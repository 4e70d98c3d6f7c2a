"""The two stores, the bases of their tables, and the transactions that services open.

The **participation store** holds rounds, plans, reviews, staff and follow-up; rooms use it
through the ORM (``ParticipationRow``, ``session()``, ``transaction()``). The **ballot
store** holds the roll, letters and ballots; rooms use it through plain statements
(``BallotStoreRow.__table__``, ``ballot_reading()``, ``ballot_transaction()``). No foreign
key, no query and no transaction spans both (docs/adr/0002).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

from pb.database.engine import prepare, writers_queue
from pb.foundation.settings import Settings

BALLOTS = "ballots"

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC. Refuses a time without a zone, so that none is ever guessed."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the moment as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Return what the database kept as a moment in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# PostgreSQL lets acts of one municipality follow each other, as SQLite's queue does: numbers
# within a round are the next after the highest, and two acts at once would take the same.
ONE_WRITER = sa.text("SELECT pg_advisory_xact_lock(hashtext(:municipality))")

COLUMN_TYPES: dict[Any, sa.types.TypeEngine[Any]] = {
    datetime: Moment(),
    bytes: sa.LargeBinary(),
    str: sa.Text(),
    dict[str, Any]: sa.JSON(),
    list[Any]: sa.JSON(),
    int: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
}


class Base(DeclarativeBase):
    """Base of every table; maps Python types to columns once for the whole house."""

    metadata = sa.MetaData(naming_convention=NAMES)
    registry = registry(metadata=metadata, type_annotation_map=COLUMN_TYPES)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
)


def current_settings() -> Settings:
    """Return the settings of this installation."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def current_municipality() -> str:
    """Return the tenant whose rows this process may read and write."""
    return current_settings().municipality


class ParticipationRow(db.Model):  # type: ignore[name-defined, misc] # made at run time
    """Base of the tables of the participation store. Every key begins with the tenant."""

    __abstract__ = True

    municipality: Mapped[str] = mapped_column(
        primary_key=True, default=current_municipality, sort_order=-1
    )


class BallotStoreRow(db.Model):  # type: ignore[name-defined, misc] # made at run time
    """Base of the tables of the ballot store. Every key begins with the tenant."""

    __abstract__ = True
    __bind_key__ = BALLOTS

    municipality: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)


# For tables of the ballot store: row numbers would tell the order of writing.
WITHOUT_ROW_NUMBERS = {"sqlite_with_rowid": False}


def of_round(table: Any, slug: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that a row of the ballot store belongs to a round of this town."""
    return (table.c.municipality == current_municipality(), table.c.round_slug == slug)


def names_of_round(slug: str) -> dict[str, str]:
    """Return the columns that every row of a round in the ballot store has."""
    return {"municipality": current_municipality(), "round_slug": slug}


db.metadatas.setdefault(BALLOTS, sa.MetaData(naming_convention=NAMES))


def connect(app: Flask, settings: Settings) -> None:
    """Give the app its two stores."""
    app.extensions["settings"] = settings
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_BINDS"] = {
        BALLOTS: {"url": settings.ballot_database_url, "hide_parameters": True}
    }
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": 16,
        "hide_parameters": True,  # What was typed never stands in an error report.
    }
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            prepare(engine)


def session() -> Session:
    """Return the participation store's session of the current request or command."""
    return db.session()


def reading() -> sa.Connection:
    """Return the connection of that session, for plain statements; it sees what was added."""
    current = session()
    current.flush()
    return current.connection()


def mine(row: type[ParticipationRow]) -> sa.ColumnElement[bool]:
    """Return the condition that a row belongs to the current municipality."""
    return row.municipality == current_municipality()


@contextmanager
def transaction() -> Iterator[None]:
    """Commit everything that storage did inside the block, or nothing of it.

    Services of different rooms may open transactions inside each other: only the
    outermost one commits or rolls back. On SQLite writers wait in line before they begin.
    """
    current = session()
    if current.info.get("in transaction"):
        yield
        return
    current.rollback()  # A read that began before could not become a write.
    engine = db.engines[None]
    with writers_queue(engine):
        current.info["in transaction"] = True
        try:
            connection = current.connection()
            if connection.dialect.name == "postgresql":
                connection.execute(ONE_WRITER, {"municipality": current_municipality()})
            yield
            current.commit()
        except BaseException:
            current.rollback()
            raise
        finally:
            current.info["in transaction"] = False


@contextmanager
def ballot_transaction() -> Iterator[sa.Connection]:
    """Write to the ballot store: commit what the block did, or nothing of it.

    Raises RuntimeError inside a transaction of the participation store: no act may
    depend on both stores at once.
    """
    if session().info.get("in transaction"):
        raise RuntimeError("A transaction may not span both stores.")
    engine = db.engines[BALLOTS]
    # Others wait for what happens between the queue and the commit: no more than must be.
    with engine.connect() as connection, writers_queue(engine), connection.begin():
        yield connection


def overwrite_what_was_deleted(*tables: str) -> None:
    """Let nothing be left in the files of the ballot store of rows of these tables that are gone.

    SQLite overwrites them itself, but its log of writes still holds them until it is emptied.
    PostgreSQL keeps them until a table is written anew, which waits for who reads it.
    """
    engine = db.engines[BALLOTS]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql(f"VACUUM FULL {', '.join(tables)}")


@contextmanager
def ballot_reading() -> Iterator[sa.Connection]:
    """Read from the ballot store; nothing is kept of what the block wrote."""
    with db.engines[BALLOTS].connect() as connection:
        yield connection
