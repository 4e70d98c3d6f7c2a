"""The outer form of a Pabulib file: bytes to sections of rows, each row with its line number.

Source: the Pabulib format, https://pabulib.org/format.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from pb.tally.errors import UnreadableElection

SECTIONS = ("META", "PROJECTS", "VOTES")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a section: the line it ends on (from 1), and its cells by column name."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its name, the line of its title, its column names and its rows."""

    name: str
    line: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sections(data: bytes, file_name: str) -> tuple[Section, Section, Section]:
    """Return the three sections of a file, in the only order that is allowed.

    Raises UnreadableElection when the bytes are not text or the sections are not as they must be.
    """
    rows = _rows(_text(data, file_name), file_name)
    found: list[Section] = []
    current: _Draft | None = None
    for line, cells in rows:
        if cells[0].strip() in SECTIONS and not any(cells[1:]):
            if current is not None:
                found.append(current.section(file_name))
            current = _Draft(cells[0].strip(), line)
            _refuse_wrong_order([*(each.name for each in found), current.name], line, file_name)
        elif current is None:
            raise UnreadableElection(file_name, line, "the file does not begin with META")
        else:
            current.add(line, cells, file_name)
    if current is not None:
        found.append(current.section(file_name))
    if len(found) < len(SECTIONS):
        missing = SECTIONS[len(found)]
        raise UnreadableElection(file_name, None, f"there is no section {missing}")
    return found[0], found[1], found[2]


class _Draft:
    """A section while its rows are being read."""

    def __init__(self, name: str, line: int) -> None:
        self.name = name
        self._line = line
        self._columns: tuple[str, ...] = ()
        self._rows: list[Row] = []

    def add(self, line: int, cells: list[str], file_name: str) -> None:
        """Take the column names from the first row, and a row from each that follows."""
        if not self._columns:
            self._columns = self._column_names(line, cells, file_name)
            return
        width = len(self._columns)
        if len(cells) < width or any(cells[width:]):
            problem = f"the row has {len(cells)} cells, the section {self.name} has {width}"
            raise UnreadableElection(file_name, line, problem)
        self._rows.append(Row(line, dict(zip(self._columns, cells, strict=False))))

    def section(self, file_name: str) -> Section:
        """Return the section as it was read."""
        if not self._columns:
            problem = f"the section {self.name} has no column names"
            raise UnreadableElection(file_name, self._line, problem)
        return Section(self.name, self._line, self._columns, tuple(self._rows))

    def _column_names(self, line: int, cells: list[str], file_name: str) -> tuple[str, ...]:
        """Return the names of the columns. Raises UnreadableElection when one is missing."""
        names = [cell.strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        required = {
            "META": ("key", "value"),
            "PROJECTS": ("project_id", "cost"),
            "VOTES": ("voter_id", "vote"),
        }[self.name]
        for column in required:
            if column not in names:
                problem = f"the section {self.name} has no column '{column}'"
                raise UnreadableElection(file_name, line, problem)
        if len(set(names)) != len(names):
            problem = f"the section {self.name} has two columns with the same name"
            raise UnreadableElection(file_name, line, problem)
        return tuple(names)


def _text(data: bytes, file_name: str) -> str:
    """Return the bytes as text. Raises UnreadableElection when they are not UTF-8 text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableElection(file_name, line, "the text is not UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableElection(file_name, line, "the text holds a NUL byte")
    if not text.strip():
        raise UnreadableElection(file_name, None, "the file is empty")
    return text


def _rows(text: str, file_name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty, with the line it ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        problem = "a cell does not end, so the rows cannot be told apart"
        raise UnreadableElection(file_name, reader.line_num, problem) from None


def _refuse_wrong_order(names: list[str], line: int, file_name: str) -> None:
    """Raise UnreadableElection when the sections so far are not META, PROJECTS, VOTES."""
    if tuple(names) != SECTIONS[: len(names)]:
        problem = f"the section {names[-1]} is not in its place; the order is {', '.join(SECTIONS)}"
        raise UnreadableElection(file_name, line, problem)
