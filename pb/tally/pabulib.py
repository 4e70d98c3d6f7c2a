"""Reads elections from Pabulib files (``.pb``), and says what it had to put right.

Source: the Pabulib format, https://pabulib.org/format; the yardstick of the rules, sections 1.2,
1.3 and 1.5, for what real files hold. Writing is in ``pabulib_writer``.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pb.tally.declared_rule import RULE_KEY, declared_rule
from pb.tally.election import Ballot, BallotKind, BallotLimits, Election, Project, group, named_on
from pb.tally.errors import UnreadableElection
from pb.tally.money import to_cents
from pb.tally.pabulib_ballots import BallotReader
from pb.tally.pabulib_meta import (
    LONGEST_NUMBER,
    Meta,
    group_budgets,
    kind_of,
    limits_of,
)
from pb.tally.pabulib_sections import Row, Section, read_sections
from pb.tally.rules import Rule


@dataclass(frozen=True, slots=True)
class FileProject:
    """A project and what the file itself says about its votes, score and selection, if anything."""

    project: Project
    votes: str
    score: str
    selected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PabulibFile:
    """What a file holds. The ids of voters are read past and never passed on.

    meta: key -> value, as in the file.
    ballots: one per voter, in the order of the file.
    notes: one English sentence for everything that was put right or cannot be counted so.
    """

    name: str
    meta: Mapping[str, str]
    kind: BallotKind
    budget: int
    limits: BallotLimits
    projects: tuple[FileProject, ...]
    area_budgets: Mapping[str, int]
    theme_ceilings: Mapping[str, int]
    ballots: tuple[Ballot, ...]
    rule: Rule
    notes: tuple[str, ...]
    sha256: str

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
    meta_section, projects_section, votes_section = read_sections(data, file_name)
    meta = Meta(meta_section, file_name)
    kind, limits = kind_of(meta), limits_of(meta)
    budget = meta.amount("budget")
    if not budget:
        raise meta.refuse("budget", "the budget is zero")
    projects = _projects(projects_section, meta)
    costs = {each.project.id: each.project.cost for each in projects}
    reader = BallotReader(kind, limits, costs, file_name)
    ballots = reader.read(votes_section)
    _refuse_other_number(meta, "num_votes", len(ballots), votes_section)
    area_budgets = group_budgets(meta, "neighborhoods", "budget_per_neighborhood")
    theme_ceilings = group_budgets(meta, "categories", "budget_per_category")
    try:
        rule, rule_notes = declared_rule(meta.values)
    except ValueError as error:
        raise meta.refuse(RULE_KEY, f"'{RULE_KEY}' is not a rule: {error}") from None
    return PabulibFile(
        name=file_name,
        meta=dict(meta.values),
        kind=kind,
        budget=budget,
        limits=limits,
        projects=projects,
        area_budgets=area_budgets,
        theme_ceilings=theme_ceilings,
        ballots=ballots,
        rule=rule,
        sha256=hashlib.sha256(data).hexdigest(),
        notes=(
            *reader.notes(),
            *_notes_on_projects(projects, ballots, theme_ceilings),
            *rule_notes,
        ),
    )


def to_election(file: PabulibFile) -> Election:
    """Return the election in a file."""
    return Election(
        budget=file.budget,
        projects=tuple(each.project for each in file.projects),
        ballots=group(file.ballots, file.kind),
        kind=file.kind,
        limits=file.limits,
        area_budgets=file.area_budgets,
        theme_ceilings=file.theme_ceilings,
        currency=file.meta.get("currency", "") or "EUR",
        title=file.meta.get("description", ""),
        input_sha256=file.sha256,
    )


def _projects(section: Section, meta: Meta) -> tuple[FileProject, ...]:
    """Return the projects. Raises UnreadableElection when there are none, or one is not sound."""
    projects = []
    seen: set[str] = set()
    for row in section.rows:
        project = _project(row, meta.file_name)
        if project.project.id in seen:
            problem = f"the project '{project.project.id[:40]}' is listed twice"
            raise UnreadableElection(meta.file_name, row.line, problem)
        seen.add(project.project.id)
        projects.append(project)
    if not projects:
        raise UnreadableElection(meta.file_name, section.line, "there are no projects")
    _refuse_other_number(meta, "num_projects", len(projects), section)
    return tuple(projects)


def _project(row: Row, file_name: str) -> FileProject:
    """Return the project on a row. Raises UnreadableElection when a cell cannot be read."""
    cells = row.cells
    name = cells["project_id"].strip()
    lot = cells.get("lot", "").strip() or "0"
    if not name or "," in name:
        raise UnreadableElection(file_name, row.line, "a project id is empty or holds a comma")
    if not (lot.isascii() and lot.isdigit() and len(lot) <= LONGEST_NUMBER):
        raise UnreadableElection(file_name, row.line, "the lot is not a whole number")
    try:
        cost = to_cents(cells["cost"].strip())
    except ValueError as error:
        raise UnreadableElection(file_name, row.line, f"the cost: {error}") from None
    parts = (part.strip() for part in cells.get("category", "").split(","))
    project = Project(
        id=name,
        name=cells.get("name", name),
        cost=cost,
        area=cells.get("neighborhood", "").strip(),
        themes=tuple(dict.fromkeys(part for part in parts if part)),
        lot=int(lot),
    )
    votes, score, selected = (cells.get(key, "").strip() for key in ("votes", "score", "selected"))
    return FileProject(project, votes, score, selected)


def _refuse_other_number(meta: Meta, key: str, found: int, section: Section) -> None:
    """Raise UnreadableElection when a section has more or fewer rows than META says."""
    declared = meta.number(key)
    if declared != found:
        what = "the file is cut short" if found < (declared or 0) else "rows were added"
        line = section.rows[-1].line if section.rows else section.line
        problem = f"'{key}' says {declared} but there are {found}; {what}"
        raise UnreadableElection(meta.file_name, line, problem)


def _notes_on_projects(
    projects: Sequence[FileProject], ballots: Sequence[Ballot], theme_ceilings: Mapping[str, int]
) -> list[str]:
    """Return a sentence for each thing about the projects that a reader should know."""
    votes = Counter(name for ballot in ballots for name in named_on(ballot))
    groups = {
        "withdrawn after the vote": [p for p in projects if p.project.is_withdrawn],
        "free of cost": [p for p in projects if p.project.cost == 0],
        "with another number of votes in the file than on the ballots": [
            p for p in projects if p.votes and p.votes != str(votes[p.project.id])
        ],
    }
    notes = [
        f"projects {what}: {', '.join(each.project.id for each in found)}"
        for what, found in groups.items()
        if found
    ]
    used = {theme for each in projects for theme in each.project.themes}
    if empty := sorted(set(theme_ceilings) - used):
        notes.append(f"categories with a ceiling and no project: {', '.join(empty)}")
    return notes
