"""The outer form of a Pabulib file: bytes to sections of rows, each row with its line number.

The votes come as columns, not rows: there can be a hundred thousand of them, and only two
columns mean something for a count. Source: the Pabulib format, https://pabulib.org/format.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pb.tally.errors import UnreadableElection
from pb.tally.pabulib_notes import Notes

SECTIONS = ("META", "PROJECTS", "VOTES")
_REQUIRED = {
    "META": ("key", "value"),
    "PROJECTS": ("project_id", "cost"),
    "VOTES": ("voter_id", "vote"),
}
#: Columns that are known in other capitals too, such as ``Project_ID``.
_KNOWN = {"key", "value", "project_id", "cost", "votes", "score", "name", "category", "selected"}
_KNOWN |= {"neighborhood", "lot", "voter_id", "vote", "points"}

_MORE_RETURNS = re.compile(r"\r+\n")

#: The most signs on a line; csv reads no longer cell either.
LONGEST_LINE = 131_072


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it ends on (from 1), its cells by column name, and those beyond them."""

    line: int
    cells: dict[str, str]
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its name, the line of its title, its column names and its rows."""

    name: str
    line: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class VotesSection:
    """The section VOTES, without who voted: the cells of two columns, in the order of the file.

    points: empty when there is no such column.
    lines: the line of each vote, from 1.
    repeated_voters: how many votes have the voter id of an earlier one.
    """

    line: int
    columns: tuple[str, ...]
    votes: Sequence[str]
    points: Sequence[str]
    lines: Sequence[int]
    repeated_voters: int


def read_sections(
    data: bytes, file_name: str, notes: Notes
) -> tuple[Section, Section, VotesSection]:
    """Return the three sections of a file, in the only order that is allowed.

    notes: gets a sentence for everything in the form of the file that was put right.
    Raises UnreadableElection when the bytes are not text or the sections are not as they must be.
    """
    rows = _Rows(_text(data, file_name), file_name, notes)
    found: list[Section] = []
    drafts: list[_Draft] = []
    for line, cells in rows:
        name = _title(cells)
        if name:
            found.extend(draft.section() for draft in drafts[len(found) :])
            _refuse_wrong_order([*(draft.name for draft in drafts), name], line, file_name)
            if cells[0] != name:
                notes.fault(f"the title of the section {name} is written as '{cells[0]}'")
            drafts.append(_Draft(name, line, file_name, notes))
        elif not drafts:
            raise UnreadableElection(file_name, line, "the file does not begin with META")
        elif drafts[-1].add(line, cells) and drafts[-1].name == "VOTES":
            break
    else:
        found.extend(draft.section() for draft in drafts[len(found) :])
        missing = SECTIONS[len(drafts)]
        raise UnreadableElection(file_name, None, f"there is no section {missing}")
    return found[0], found[1], _votes(rows, drafts[-1])


class _Rows:
    """The rows of a file that are not empty, one by one, each with the line it ends on."""

    def __init__(self, text: str, file_name: str, notes: Notes) -> None:
        self._lines = text.split("\n")
        self._file_name = file_name
        self._notes = notes
        self._has_quotes = '"' in text
        self._has_returns = "\r" in text
        self._taken = 0
        self._reader = csv.reader(self._feed(), delimiter=";")
        longest = max(self._lines, key=len)
        if len(longest) > LONGEST_LINE:
            problem = f"the line has {len(longest):,} signs; at most {LONGEST_LINE:,} are read"
            raise UnreadableElection(file_name, self._lines.index(longest) + 1, problem)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        while True:
            first = self._taken
            try:
                cells = next(self._reader)
            except csv.Error as error:
                raise self._refusal(first, error) from None
            if self._has_quotes:
                self._look_at_quotes(first)
                # csv has a limit of its own, but any program in this process may have moved it.
                if max(map(len, cells), default=0) > LONGEST_LINE:
                    raise self._refusal(first)
            if any(cell.strip() for cell in cells):
                return self._taken, cells

    def plain_rest(self) -> tuple[int, list[str]] | None:
        """Return the number of lines so far, and those that follow, to be split by hand.

        None when a cell among them is quoted, so that a line need not be a row.
        """
        rest = self._lines[self._taken :]
        if self._has_returns or (self._has_quotes and any('"' in line for line in rest)):
            return None
        return self._taken, rest

    def _feed(self) -> Iterator[str]:
        """Yield the lines for csv, which asks for no more of them than a row needs."""
        last = len(self._lines)
        while self._taken < last:
            line = self._lines[self._taken]
            self._taken += 1
            yield line if self._taken == last else f"{line}\n"

    def _look_at_quotes(self, first: int) -> None:
        """Refuse a quote that never ends; note one that ends within its cell."""
        written = self._lines[first : self._taken]
        if not any('"' in line for line in written):
            return
        try:
            list(csv.reader((f"{line}\n" for line in written), delimiter=";", strict=True))
        except csv.Error as error:
            if "end of data" in str(error):
                raise self._refusal(first, error) from None
            self._notes.fault(
                f"a cell on line {self._taken} goes on after its closing quote; the quotes around "
                "it are left out"
            )

    def _refusal(self, first: int, error: csv.Error | None = None) -> UnreadableElection:
        if "new-line" in str(error):
            problem = "a carriage return stands alone; a line ends in LF or in CRLF"
            return UnreadableElection(self._file_name, self._taken, problem)
        problem = "a cell does not end, so the rows cannot be told apart"
        return UnreadableElection(self._file_name, first + 1, problem)


class _Draft:
    """A section while its rows are being read."""

    def __init__(self, name: str, line: int, file_name: str, notes: Notes) -> None:
        self.name = name
        self.line = line
        self.file_name = file_name
        self.notes = notes
        self.columns: tuple[str, ...] = ()
        self._rows: list[Row] = []

    def add(self, line: int, cells: list[str]) -> bool:
        """Take a row; the first one gives the names of the columns, and True is returned."""
        if not self.columns:
            self.columns = self._column_names(line, cells)
            return True
        width = len(self.columns)
        extra = tuple(cells[width:]) if any(cells[width:]) else ()
        if len(cells) < width or (extra and self.name != "META"):
            raise self.refuse_width(line, cells)
        self._rows.append(Row(line, dict(zip(self.columns, cells, strict=False)), extra))
        return False

    def section(self) -> Section:
        """Return the section as it was read."""
        if not self.columns:
            problem = f"the section {self.name} has no column names"
            raise UnreadableElection(self.file_name, self.line, problem)
        return Section(self.name, self.line, self.columns, tuple(self._rows))

    def refuse_width(self, line: int, cells: list[str]) -> UnreadableElection:
        """Return the refusal of a row with too few or too many cells."""
        problem = f"the row has {len(cells)} cells, the section {self.name} has {len(self.columns)}"
        return UnreadableElection(self.file_name, line, problem)

    def _column_names(self, line: int, cells: list[str]) -> tuple[str, ...]:
        """Return the names of the columns. Raises UnreadableElection when one is missing."""
        written = [cell.strip() for cell in cells]
        while not written[-1]:
            written.pop()
        names = [name.lower() if name.lower() in _KNOWN else name for name in written]
        if names != written:
            self.notes.fault(f"the columns of the section {self.name} are written in capitals")
        if "" in names:
            self.notes.fault(f"a column of the section {self.name} has no name and is read past")
        for column in _REQUIRED[self.name]:
            if column not in names:
                problem = f"the section {self.name} has no column '{column}'"
                raise UnreadableElection(self.file_name, line, problem)
        if len(set(names)) != len(names):
            problem = f"the section {self.name} has two columns with the same name"
            raise UnreadableElection(self.file_name, line, problem)
        return tuple(names)


def _votes(rows: _Rows, draft: _Draft) -> VotesSection:
    """Return the rest of a file, from the column names of VOTES on."""
    plain = rows.plain_rest()
    if plain is None:
        return _votes_by_row(rows, draft)
    return _even_votes(*plain, draft) or _votes_by_row(_split(*plain), draft)


def _even_votes(before: int, lines: list[str], draft: _Draft) -> VotesSection | None:
    """Return the section when no line of it is special; most files have none.

    None when a line is empty, can be the title of a section, or has another number of cells than
    there are columns; then each is looked at. This is most of the time of reading a large file.
    """
    while lines and not lines[-1].strip():
        lines.pop()
    if {line.count(";") for line in lines} != {len(draft.columns) - 1}:
        return None
    voter, vote, point = _places(draft)
    # One list a line, dropped at once: keeping them all would set the garbage collector to work.
    votes = [line.split(";", vote + 1)[vote] for line in lines]
    if "" in map(str.strip, votes):
        return None
    voters = {line.split(";", voter + 1)[voter] for line in lines}
    points = [line.split(";", point + 1)[point] for line in lines] if point >= 0 else ()
    numbers = range(before + 1, before + 1 + len(lines))
    repeated = len(lines) - len(voters)
    return VotesSection(draft.line, draft.columns, votes, points, numbers, repeated)


def _votes_by_row(rows: Iterator[tuple[int, list[str]]], draft: _Draft) -> VotesSection:
    """Return the section, row by row."""
    width = len(draft.columns)
    voter, vote, point = _places(draft)
    voters, votes, points, lines = set(), [], [], []
    for line, cells in rows:
        if len(cells) != width or not cells[vote].strip():
            if name := _title(cells):
                _refuse_wrong_order([*SECTIONS, name], line, draft.file_name)
            if len(cells) < width or any(cells[width:]):
                raise draft.refuse_width(line, cells)
        voters.add(cells[voter])
        votes.append(cells[vote])
        lines.append(line)
        if point >= 0:
            points.append(cells[point])
    repeated = len(votes) - len(voters)
    return VotesSection(draft.line, draft.columns, votes, points, lines, repeated)


def _split(before: int, lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each line that is not empty, with its number. No cell is quoted."""
    for number, line in enumerate(lines, start=before + 1):
        cells = line.split(";")
        if any(cell.strip() for cell in cells):
            yield number, cells


def _places(draft: _Draft) -> tuple[int, int, int]:
    """Return where the columns for voter, vote and points are; -1 when there are no points."""
    names = draft.columns
    points = names.index("points") if "points" in names else -1
    return names.index("voter_id"), names.index("vote"), points


def _text(data: bytes, file_name: str) -> str:
    """Return the bytes as text with LF at the end of each line.

    Raises UnreadableElection when they are not UTF-8 text.
    """
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
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        if "\r\n" in text:  # a second return, which a careless program writes
            text = _MORE_RETURNS.sub("\n", text)
        if "\n" not in text:
            problem = "the lines end in carriage returns; a line ends in LF or in CRLF"
            raise UnreadableElection(file_name, 1, problem)
    return text


def _title(cells: list[str]) -> str:
    """Return the name of the section whose title a row is, or nothing."""
    name = cells[0].strip().upper()
    return name if name in SECTIONS and not any(cell.strip() for cell in cells[1:]) else ""


def _refuse_wrong_order(names: list[str], line: int, file_name: str) -> None:
    """Raise UnreadableElection when the sections so far are not META, PROJECTS, VOTES."""
    if tuple(names) != SECTIONS[: len(names)]:
        problem = f"the section {names[-1]} is not in its place; the order is {', '.join(SECTIONS)}"
        raise UnreadableElection(file_name, line, problem)
