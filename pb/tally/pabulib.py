"""Reads elections from Pabulib files (``.pb``), and says what it had to put right.

Source: the Pabulib format, https://pabulib.org/format; the yardstick of the rules, sections 1.2,
1.3 and 1.5, for what real files hold. Writing is in ``pabulib_writer``, and what a file says
otherwise than its ballots or the format in ``pabulib_check``.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from pb.tally.declared_rule import declared_rule
from pb.tally.election import (
    Ballot,
    BallotKind,
    BallotLimits,
    Election,
    Project,
)
from pb.tally.errors import UnreadableElection
from pb.tally.money import cents_around
from pb.tally.pabulib_ballots import (
    CastBallots,
    note_points_that_do_not_count,
    note_what_limits_say,
    read_votes,
    votes_on,
)
from pb.tally.pabulib_format import RULE_KEY
from pb.tally.pabulib_meta import (
    LONGEST_NUMBER,
    Meta,
    exclusive_groups,
    kind_of,
    limits_of,
    most_choices,
)
from pb.tally.pabulib_notes import Notes, listed
from pb.tally.pabulib_sections import SECTIONS, Row, Section, VotesSection, read_sections
from pb.tally.rules import Rule

#: The columns of PROJECTS that become a Project; others are kept as they are.
_PROJECT_COLUMNS = ("project_id", "cost", "name", "category", "neighborhood", "lot")


#: A file's own count: votes, or a score, which can have decimals.
_OWN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


@dataclass(frozen=True, slots=True)
class FileProject:
    """A project, and the other cells of its row: what the file itself says of it."""

    project: Project
    cells: Mapping[str, str]

    @property
    def votes(self) -> str:
        """The votes that the file gives, as written there, or nothing."""
        return self.cells.get("votes", "")

    @property
    def score(self) -> str:
        """The score that the file gives, as written there, or nothing."""
        return self.cells.get("score", "")

    @property
    def selected(self) -> str:
        """What the file says of the outcome: 1 funded, 0 not, 2 and 3 in another way."""
        return self.cells.get("selected", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PabulibFile:
    """What a file holds. The ids of voters are read past and never passed on.

    meta: key -> value, as in the file.
    grouped: each different ballot with the number of voters who cast it.
    cast: the ballots in the order of the file.
    points_scale: what the points of the ballots were multiplied by to make them whole.
    repeats: id -> how often it stands on a ballot that names it already.
    voter_columns: what the file says about voters; it is read past.
    notes: one English sentence for everything that was put right or cannot be counted so.
    faults: those of the notes about what is not as the format asks.
    """

    name: str
    meta: Mapping[str, str]
    kind: BallotKind
    budget: int
    limits: BallotLimits
    projects: tuple[FileProject, ...]
    area_budgets: Mapping[str, int]
    theme_ceilings: Mapping[str, int]
    grouped: Mapping[Ballot, int] = field(repr=False)
    cast: CastBallots = field(repr=False)
    points_scale: int
    exclusive_groups: tuple[tuple[str, ...], ...]
    repeats: Mapping[str, int]
    voter_columns: tuple[str, ...]
    input_sha256: str
    rule: Rule
    notes: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def ballots(self) -> tuple[Ballot, ...]:
        """The ballots, one per voter, in the order of the file. Made anew for who asks."""
        return tuple(self.cast)

    @property
    def selected(self) -> tuple[str, ...]:
        """The ids that the file marks as funded in the ordinary way (``selected`` is 1)."""
        return tuple(each.project.id for each in self.projects if each.selected == "1")


def read(path: Path) -> PabulibFile:
    """Read a file. Raises UnreadableElection when it is not there or not an election."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise UnreadableElection(path.name, None, f"the file cannot be read: {reason}") from None
    return parse(data, path.name)


def parse(data: bytes, file_name: str) -> PabulibFile:
    """Read the bytes of a file; the name is for the sentence when they are not an election.

    Raises UnreadableElection.
    """
    notes = Notes()
    meta_section, projects_section, votes_section = read_sections(data, file_name, notes)
    meta = Meta(meta_section, file_name, notes)
    kind = kind_of(meta)
    budget = meta.amount("budget")
    if not budget:
        raise meta.refuse("budget", "the budget is zero")
    projects = _projects(projects_section, meta)
    plain = [each.project for each in projects]
    themes = dict.fromkeys(theme for project in plain for theme in project.themes)
    ids = {project.id for project in plain}
    votes = read_votes(votes_section, kind, ids, file_name, notes)
    _compare_number(meta, "num_votes", len(votes.ballots), votes_section)
    limits = limits_of(meta, kind, votes.points_scale, themes)
    grouped = votes.ballots.grouped()
    note_what_limits_say(grouped, limits, plain, notes)
    note_points_that_do_not_count(votes_section, kind, most_choices(meta) or len(plain), notes)
    theme_ceilings = meta.amounts("categories", "budget_per_category")
    _note_projects(plain, limits, theme_ceilings, notes)
    _note_other_votes(projects, grouped, notes)
    area_budgets = meta.amounts("neighborhoods", "budget_per_neighborhood")
    groups = exclusive_groups(meta, ids)
    try:
        rule, rule_notes = declared_rule(meta.values)
    except ValueError as error:
        raise meta.refuse(RULE_KEY, f"'{RULE_KEY}' is not a rule: {error}") from None
    for note in rule_notes:
        notes.remark(note)
    return PabulibFile(
        name=file_name,
        meta=dict(meta.values),
        kind=kind,
        budget=budget,
        limits=limits,
        projects=projects,
        area_budgets=area_budgets,
        theme_ceilings=theme_ceilings,
        grouped=grouped,
        cast=votes.ballots,
        points_scale=votes.points_scale,
        exclusive_groups=groups,
        repeats=votes.repeats,
        voter_columns=tuple(
            name for name in votes_section.columns if name not in ("voter_id", "vote", "points")
        ),
        input_sha256=hashlib.sha256(data).hexdigest(),
        rule=rule,
        notes=notes.sentences,
        faults=notes.faults,
    )


def to_election(file: PabulibFile) -> Election:
    """Return the election in a file. The rule that it declares stands beside it, in ``rule``."""
    return Election(
        budget=file.budget,
        projects=tuple(each.project for each in file.projects),
        ballots=file.grouped,
        kind=file.kind,
        limits=file.limits,
        area_budgets=file.area_budgets,
        theme_ceilings=file.theme_ceilings,
        currency=file.meta.get("currency", "") or "EUR",
        title=file.meta.get("description", ""),
        points_scale=file.points_scale,
        exclusive_groups=file.exclusive_groups,
        input_sha256=file.input_sha256,
    )


def differs(written: str, counted: int | Fraction) -> bool:
    """Tell whether a file's own number is there and is not what was counted."""
    if not written:
        return False
    match = _OWN_NUMBER.fullmatch(written)
    return match is None or Fraction(written) != counted


def _projects(section: Section, meta: Meta) -> tuple[FileProject, ...]:
    """Return the projects. Raises UnreadableElection when there are none, or one is not sound."""
    projects = []
    seen: set[str] = set()
    raised = []
    for row in section.rows:
        project, was_raised = _project(row, meta.file_name)
        name = project.project.id
        if name in seen:
            problem = f"the project '{name[:40]}' is listed twice"
            raise UnreadableElection(meta.file_name, row.line, problem)
        seen.add(name)
        projects.append(project)
        if was_raised:
            raised.append(name)
    if not projects:
        raise UnreadableElection(meta.file_name, section.line, "there are no projects")
    if raised:
        meta.notes.remark(f"costs with parts of a cent are raised to whole cents: {listed(raised)}")
    _compare_number(meta, "num_projects", len(projects), section)
    return tuple(projects)


def _project(row: Row, file_name: str) -> tuple[FileProject, bool]:
    """Return the project on a row, and whether its cost was raised to whole cents.

    Raises UnreadableElection when a cell cannot be read.
    """
    cells = row.cells
    name = cells["project_id"].strip()
    lot = cells.get("lot", "").strip() or "0"
    if not name or "," in name:
        raise UnreadableElection(file_name, row.line, "a project id is empty or holds a comma")
    if name.upper() in SECTIONS:
        problem = f"the project '{name}' has the name of a section"
        raise UnreadableElection(file_name, row.line, problem)
    if not (lot.isascii() and lot.isdigit() and len(lot) <= LONGEST_NUMBER):
        raise UnreadableElection(file_name, row.line, "the lot is not a whole number")
    try:
        cut, cost = cents_around(cells["cost"].strip())
    except ValueError as error:
        raise UnreadableElection(file_name, row.line, f"the cost: {error}") from None
    parts = (part.strip() for part in cells.get("category", "").split(","))
    project = Project(
        id=name,
        name=cells.get("name", name).strip(),
        cost=cost,
        area=cells.get("neighborhood", "").strip(),
        themes=tuple(dict.fromkeys(part for part in parts if part)),
        lot=int(lot),
    )
    others = {
        column: cell.strip()
        for column, cell in cells.items()
        if column and column not in _PROJECT_COLUMNS
    }
    return FileProject(project, others), cut != cost


def _compare_number(meta: Meta, key: str, found: int, section: Section | VotesSection) -> None:
    """Note that a section has more rows than META says.

    Raises UnreadableElection when it has fewer, for then the file is cut short.
    """
    declared = meta.number(key) or 0
    if declared < found:
        meta.notes.fault(f"'{key}' says {declared} and there are {found}; all of them count")
    elif declared > found:
        last = section.rows[-1].line if isinstance(section, Section) else section.lines[-1]
        problem = f"'{key}' says {declared} but there are {found}; the file is cut short"
        raise UnreadableElection(meta.file_name, last, problem)


def _note_projects(
    projects: list[Project],
    limits: BallotLimits,
    theme_ceilings: Mapping[str, int],
    notes: Notes,
) -> None:
    """Note what a reader should know about the projects."""
    lowest = limits.minimum_project_cost or 0
    highest = limits.maximum_project_cost
    groups = {
        "withdrawn after the vote": [p.id for p in projects if p.is_withdrawn],
        "free of cost": [p.id for p in projects if p.cost == 0],
        "cheaper than 'min_project_cost'": [p.id for p in projects if p.cost < lowest],
        "dearer than 'max_project_cost'": [
            p.id for p in projects if highest is not None and p.cost > highest
        ],
    }
    for what, found in groups.items():
        if found:
            say = notes.fault if "project_cost" in what else notes.remark
            say(f"projects {what}: {listed(found)}")
    used = {theme for project in projects for theme in project.themes}
    if empty := sorted(set(theme_ceilings) - used):
        notes.remark(f"categories with a ceiling and no project: {', '.join(empty)}")


def _note_other_votes(
    projects: tuple[FileProject, ...], grouped: Mapping[Ballot, int], notes: Notes
) -> None:
    """Note projects whose votes are not those that the file itself gives."""
    if not any(project.votes for project in projects):
        return
    votes = votes_on(grouped)
    if other := [p.project.id for p in projects if differs(p.votes, votes[p.project.id])]:
        notes.fault(
            "projects with another number of votes in the file than on the ballots: "
            f"{listed(other)}"
        )
