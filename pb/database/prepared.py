"""Statements of which nothing is left to do but run them.

SQLAlchemy looks up what it compiled and wraps every answer, which costs some ten times what
SQLite needs to give it. What is prepared here is compiled once for each kind of database and
handed to the driver itself. Only for what every page or every ballot asks.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa

Statement: TypeAlias = sa.Select[Any] | sa.CompoundSelect[Any] | sa.Insert
Change: TypeAlias = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement for one kind of database.

    given: the values that stand in the statement itself. places: the names in the order of the
    driver's question marks, or None when it takes names. changes: per column, how a value of
    the driver becomes ours. row: a named tuple of the columns.
    """

    text: str
    given: Mapping[str, Any]
    places: Sequence[str] | None
    changes: Sequence[Change]
    row: Callable[..., Any]

    def parameters(self, names: Mapping[str, Any]) -> Any:
        """Return the values as the driver wants them."""
        values = {**self.given, **names}
        return values if self.places is None else tuple(values[place] for place in self.places)

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Return what the driver found as named tuples."""
        if not any(self.changes):
            return [self.row(*values) for values in found]
        return [
            self.row(*(change(value) if change else value for change, value in pairs))
            for pairs in (zip(self.changes, values, strict=True) for values in found)
        ]


class Prepared:
    """A statement that is built and compiled once. Its values are texts, bytes and whole numbers.

    Whoever listens to the statements of an engine hears these too: then they take the long way.
    """

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._compiled: dict[str, Compiled] = {}

    def rows(self, connection: sa.Connection, names: Mapping[str, Any]) -> list[Any]:
        """Return all rows, each with its columns as attributes."""
        if _is_listened_to(connection):
            return list(connection.execute(self.statement, names))
        cursor = self._run(connection, names)
        found = self._for(connection.dialect).rows(cursor.fetchall())
        cursor.close()
        return found

    def row(self, connection: sa.Connection, names: Mapping[str, Any]) -> Any:
        """Return the only row, or None."""
        found = self.rows(connection, names)
        if len(found) > 1:
            raise sa.exc.MultipleResultsFound(str(self.statement))
        return found[0] if found else None

    def run(self, connection: sa.Connection, names: Mapping[str, Any]) -> None:
        """Run a statement that returns nothing."""
        if _is_listened_to(connection):
            connection.execute(self.statement, names)
        else:
            self._run(connection, names).close()

    def _run(self, connection: sa.Connection, names: Mapping[str, Any]) -> Any:
        if not connection.in_transaction():
            connection.begin()
        compiled = self._for(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(compiled.text, compiled.parameters(names))
        return cursor

    def _for(self, dialect: sa.Dialect) -> Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self.statement, dialect)
        return compiled


def _is_listened_to(connection: sa.Connection) -> bool:
    return bool(connection.engine.dispatch.before_cursor_execute)


def _compile(statement: Statement, dialect: sa.Dialect) -> Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    columns = [] if isinstance(statement, sa.Insert) else list(statement.selected_columns)
    return Compiled(
        text=str(compiled),
        given={name: value for name, value in compiled.params.items() if value is not None},
        places=compiled.positiontup,
        changes=[
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        ],
        row=namedtuple("Row", [str(column.key) for column in columns]),
    )
