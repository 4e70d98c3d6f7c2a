"""Recount an election: one file, Python alone, nothing to install.

    python3 recount.py ELECTION.pb [--rule PRESET] [--switch name=value …] [--order id]
                       [--seed S] [--output FILE]

It reads a .pb file (the format of pabulib.org), counts it by the rule that the file names or
that you ask for, and writes the result file: what was bought in which order and paid by whom,
and why every other project was not. Another program that shares no code with this one, the
service itself, has to write the same bytes. docs/result-file.md says what every word means.

The functions stand in the order of the story: read, choose the rule, admit, count, explain, write.
Money is in whole cents. Where a share is not a whole number of cents it is an exact fraction.
No rounded number decides anything.

Sources: Peters, Pierczyński and Skowron, "Proportional Participatory Budgeting with Additive
Utilities", NeurIPS 2021 (equal shares); Brill, Freeman, Janson and Lackner, "Phragmén's Voting
Methods and Justified Representation", AAAI 2017 (phragmen).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd
from pathlib import Path
from typing import Any

FORMAT = "pb-tally/1"
LONGEST_CHAIN = 1_000_000
WITHDRAWN_COST = 999_999_999  # in units of the currency: a mark, not a price


class Unreadable(Exception):
    """The file cannot be read. The sentence names the file and the line."""


class Refused(Exception):
    """The file can be read, but this count is not possible. The sentence says why."""


# --- read ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Project:
    """What can be bought. cost: in cents. votes: ballots that name it. score: see the rule."""

    id: str
    cost: int
    area: str
    themes: tuple[str, ...]
    lot: int
    withdrawn: bool
    votes: int = 0
    score: int = 0


@dataclass(frozen=True)
class Election:
    """All that a count needs.

    ballots: each different ballot once: what it names, as (id, points) pairs, and how many there
    are of it. Points are those of the ballot, L - position where projects are ranked, else 1.
    """

    meta: dict[str, str]
    sha256: str
    budget: int
    projects: dict[str, Project]
    ballots: tuple[tuple[tuple[tuple[str, int], ...], int], ...]
    counted: int
    blank: int
    points_scale: int
    full_vote: int
    area_budgets: dict[str, int]
    theme_ceilings: dict[str, int]
    exclusive_groups: tuple[frozenset[str], ...]


@dataclass
class Section:
    """A part of the file: its rows, each with the number of the line where it begins."""

    name: str
    rows: list[tuple[int, dict[str, str]]]


def read_election(path: Path, seed: str | None) -> Election:
    """Read a .pb file: what it says of itself, its projects and its ballots."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name}: cannot be opened ({error.strerror}).") from None
    try:
        sections = read_sections(data)
        return make_election(sections, hashlib.sha256(data).hexdigest(), seed)
    except Unreadable as error:
        raise Unreadable(f"{path.name}, {error}") from None


def broken(line: int, sentence: str) -> Unreadable:
    """Return the complaint about a line."""
    return Unreadable(f"line {line}: {sentence}")


def read_sections(data: bytes) -> dict[str, Section]:
    """Cut the file into META, PROJECTS and VOTES.

    UTF-8 with or without a byte order mark, lines ending in LF or CRLF, cells as in CSV with ;
    and ". Empty lines are passed over. The first row of a section names its columns.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise broken(data.count(b"\n", 0, error.start) + 1, "this is not UTF-8.") from None
    csv.field_size_limit(len(text) + 100)
    # A quotation mark that is never closed swallows all lines after it, this last one included.
    last_line = "the end of the file"
    reader = csv.reader(io.StringIO(f"{text}\n{last_line}\n", newline=""), delimiter=";")
    sections: dict[str, Section] = {}
    columns: list[str] | None = None
    section: Section | None = None
    line, row = 1, [""]
    begins = 1
    for row in reader:
        line, begins = begins, reader.line_num + 1
        cells = [cell.strip() for cell in row]
        if cells in ([], [""]) or cells == [last_line]:
            continue
        if len(cells) == 1 and cells[0] in ("META", "PROJECTS", "VOTES"):
            if cells[0] in sections:
                raise broken(line, f"the section {cells[0]} stands in the file twice.")
            section, columns = Section(cells[0], []), None
            sections[cells[0]] = section
        elif section is None:
            raise broken(line, "a .pb file begins with the line META.")
        elif columns is None:
            columns = cells
        elif any(cells[len(columns) :]):
            raise broken(line, f"there are {len(cells)} cells, but {len(columns)} columns.")
        else:
            section.rows.append((line, dict(zip(columns, cells, strict=False))))
    if row != [last_line]:
        raise broken(line, "a quotation mark is opened and never closed.")
    for name in ("META", "PROJECTS", "VOTES"):
        if name not in sections:
            raise broken(text.count("\n") + 1, f"the file ends without a section {name}.")
    return sections


def read_meta(section: Section) -> tuple[dict[str, str], dict[str, int]]:
    """Return what META says, and on which line. A key without a value says nothing."""
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, row in section.rows:
        key, value = row.get("key", ""), row.get("value", "")
        if meta.get(key, value) != value:
            raise broken(line, f"META says {key} twice, and not the same.")
        if value:
            meta[key], lines[key] = value, line
    return meta, lines


def read_number(text: str, what: str, line: int) -> Fraction:
    """Read a number that is zero or more, whole or with decimals."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise broken(line, f"{what} must be a number, zero or more, and is {text!r}.")
    return Fraction(text)


def listed(text: str) -> list[str]:
    """Read a list with commas. Ids and names are stripped of white space; empty ones go."""
    return [each.strip() for each in text.split(",") if each.strip()]


def read_limits(meta: dict[str, str], lines: dict[str, int], names: str, money: str) -> Any:
    """Read area budgets or theme ceilings: two lists that belong together by place.

    Like the budget they are cut to whole cents.
    """
    if money not in meta:
        return {}
    line = lines[money]
    amounts = listed(meta[money])
    if len(amounts) != len(listed(meta.get(names, ""))):
        raise broken(line, f"{money} has {len(amounts)} amounts, {names} another number of names.")
    cents = [int(read_number(amount, money, line) * 100) for amount in amounts]
    return dict(zip(listed(meta[names]), cents, strict=True))


def make_election(sections: dict[str, Section], sha256: str, seed: str | None) -> Election:
    """Put the sections together.

    The budget is cut to whole cents. A ballot that names nothing is blank and does not count.
    """
    meta, lines = read_meta(sections["META"])
    meta_line = sections["META"].rows[0][0] if sections["META"].rows else 1
    if "budget" not in meta:
        raise broken(meta_line, "META does not say the budget.")
    budget = int(read_number(meta["budget"], "the budget", lines["budget"]) * 100)
    kinds = ("approval", "choose-1", "cumulative", "scoring", "ordinal")
    if meta.get("vote_type") not in kinds:
        kind_line = lines.get("vote_type", meta_line)
        raise broken(kind_line, f"vote_type must be one of {', '.join(kinds)}.")
    projects = read_projects(sections["PROJECTS"], seed)
    numbers = {
        key: read_number(meta[key], key, lines[key])
        for key in ("max_length", "max_points", "max_sum_points", "min_project_score_threshold")
        if key in meta
    }
    places = int(numbers.get("max_length", len(projects)))  # L, on an ordinal ballot
    ballots = [
        read_ballot(line, row, meta["vote_type"], places, projects)
        for line, row in sections["VOTES"].rows
    ]
    scale = points_scale(ballots)
    groups = Counter(
        tuple(sorted((name, int(points * scale)) for name, points in ballot.items()))
        for ballot in ballots
        if ballot
    )
    votes, score = Counter[str](), Counter[str]()
    for choices, times in groups.items():
        for name, points in choices:
            votes[name] += times
            score[name] += times * points
    return Election(
        meta=meta,
        sha256=sha256,
        budget=budget,
        projects={
            name: replace(project, votes=votes[name], score=score[name])
            for name, project in projects.items()
        },
        ballots=tuple(sorted(groups.items())),
        counted=groups.total(),
        blank=len(ballots) - groups.total(),
        points_scale=scale,
        full_vote=full_vote(meta["vote_type"], numbers, places, scale, groups),
        area_budgets=read_limits(meta, lines, "neighborhoods", "budget_per_neighborhood"),
        theme_ceilings=read_limits(meta, lines, "categories", "budget_per_category"),
        exclusive_groups=read_groups(meta, lines, projects),
    )


def read_projects(section: Section, seed: str | None) -> dict[str, Project]:
    """Read the projects. A cost is raised to whole cents.

    A cost of exactly 999999999 marks a project as withdrawn after the vote. With a seed S the lot
    number of a project is its place when all are sorted by SHA-256 of the text "S|id".
    """
    projects: dict[str, Project] = {}
    for line, row in section.rows:
        name = row.get("project_id", "")
        if not name or name in projects:
            what = f"the project {name} stands in the file twice" if name else "project_id is empty"
            raise broken(line, f"{what}.")
        cost = read_number(row.get("cost", ""), f"the cost of project {name}", line)
        if not re.fullmatch(r"[0-9]*", row.get("lot", "")):
            raise broken(line, f"the lot number of project {name} must be a whole number.")
        projects[name] = Project(
            id=name,
            cost=-int(-cost * 100 // 1),
            area=row.get("neighborhood", ""),
            themes=tuple(dict.fromkeys(listed(row.get("category", "")))),
            lot=int(row.get("lot") or 0),
            withdrawn=cost == WITHDRAWN_COST,
        )
    if seed is not None:
        drawn = sorted(projects, key=lambda name: hashlib.sha256(f"{seed}|{name}".encode()).digest())
        for place, name in enumerate(drawn, start=1):
            projects[name] = replace(projects[name], lot=place)
    return projects


def read_ballot(
    line: int, row: dict[str, str], kind: str, places: int, projects: dict[str, Project]
) -> dict[str, Fraction]:
    """Return the points of a ballot for each project that it names.

    A ballot counts a project once: of a repeat, the first counts (with its points).
    """
    named = listed(row.get("vote", ""))
    for name in named:
        if name not in projects:
            raise broken(line, f"the ballot names {name}, and there is no such project.")
    if kind == "ordinal":
        ranked = dict.fromkeys(named)
        return {name: Fraction(max(0, places - at)) for at, name in enumerate(ranked)}
    if kind in ("approval", "choose-1"):
        return dict.fromkeys(named, Fraction(1))
    points = [read_number(text, "points", line) for text in listed(row.get("points", ""))]
    if len(points) != len(named):
        raise broken(line, f"the ballot names {len(named)} projects and gives {len(points)} points.")
    if any((number * 10**6).denominator > 1 for number in points):
        raise broken(line, "points may have at most six decimals.")
    ballot: dict[str, Fraction] = {}
    for name, number in zip(named, points, strict=True):
        ballot.setdefault(name, number)
    return ballot


def points_scale(ballots: Iterable[dict[str, Fraction]]) -> int:
    """Return the smallest power of ten that makes all points of the file whole."""
    scale = 1
    for ballot in ballots:
        for points in ballot.values():
            while (points * scale).denominator > 1:
                scale *= 10
    return scale


def full_vote(
    kind: str, numbers: dict[str, Fraction], places: int, scale: int, groups: Iterable[Any]
) -> int:
    """Return the points of a full vote for one project, in scaled points.

    On cumulative and scoring ballots the lower of max_points and max_sum_points (for scoring only
    max_points), or when META gives neither the most points any ballot gives a project, at least
    1; on ordinal ballots the first place.
    """
    if kind == "ordinal":
        return max(0, places)
    if kind not in ("cumulative", "scoring"):
        return 1
    keys = ("max_points", "max_sum_points") if kind == "cumulative" else ("max_points",)
    said = [numbers[key] for key in keys if key in numbers]
    if said:
        return int(min(said) * scale)
    return max([1, *(points for choices in groups for _, points in choices)])


def read_groups(
    meta: dict[str, str], lines: dict[str, int], projects: dict[str, Project]
) -> tuple[frozenset[str], ...]:
    """Read the groups of which only one may be funded: groups apart by |, ids by a comma."""
    groups = tuple(frozenset(listed(part)) for part in meta.get("exclusive_groups", "").split("|"))
    for name in sorted(frozenset[str]().union(*groups)):
        if name not in projects:
            line = lines["exclusive_groups"]
            raise broken(line, f"exclusive_groups names {name}, and there is no such project.")
    return groups


# --- choose the rule -------------------------------------------------------------------------

Rule = dict[str, Any]
ALL = ("most_votes", "equal_shares", "phragmen")
CRITERIA = ("lower_cost", "more_votes", "lot", "id")
# Every switch: the families that have it, and its values, that of the family itself first.
# A value in angle brackets stands for what may be written there.
SWITCHES: dict[str, tuple[tuple[str, ...], tuple[Any, ...]]] = {
    "tie_order": (ALL, (list(CRITERIA), "<criteria>")),
    "minimum_votes": (ALL, (1, "<whole number>")),
    "minimum_percent": (ALL, ("0/1", "<exact number>")),
    "support_quota": (ALL, (0, "<whole number>")),
    "areas": (ALL, ("together", "ceilings", "pots", "pots_top_up")),
    "theme_ceilings": (ALL, (True, False)),
    "exclusive_groups": (("most_votes",), (False, True)),
    "skip": (("most_votes",), (True, False)),
    "remainder": (("most_votes",), ("second_pass", "none", "partial", "eighty_percent")),
    "ceilings_in_remainder": (ALL, (True, False)),
    "utility": (("equal_shares",), ("cost", "cardinality", "points")),
    "start": (("equal_shares",), ("exact", "floor")),
    "add1": (("equal_shares",), (True, False)),
    "step": (("equal_shares",), ("1", "<amount>")),
    "stop": (("equal_shares",), ("exhaustive", "exhaustive_all", "overspending")),
    "completion": (("equal_shares", "phragmen"), ("votes", "epsilon", "none")),
    "comparison": (("equal_shares",), ("none", "more_choices", "any_choice")),
}
PRESETS: dict[str, Rule] = {
    "most_votes": {"family": "most_votes", "areas": "ceilings"},
    "most_votes_no_skip": {
        "family": "most_votes",
        "areas": "ceilings",
        "skip": False,
        "remainder": "none",
    },
    "equal_shares": {"family": "equal_shares"},
    "equal_shares_wieliczka": {
        "family": "equal_shares",
        "start": "floor",
        "stop": "overspending",
        "completion": "none",
    },
    "equal_shares_tool": {"family": "equal_shares", "start": "floor", "stop": "exhaustive_all"},
    "phragmen": {"family": "phragmen", "completion": "none"},
}


def preset(name: str, **switches: Any) -> Rule:
    """Return all switches of a preset: those it names, the first value of the table for others."""
    if name not in PRESETS:
        raise Refused(f"There is no rule {name}; there are {', '.join(PRESETS)}.")
    family = PRESETS[name]["family"]
    first = {switch: values[0] for switch, (of, values) in SWITCHES.items() if family in of}
    return first | PRESETS[name] | switches


def rule_of_file(meta: dict[str, str]) -> Rule:
    """Return the rule that META says. Without counting_rule it is read from Pabulib's words."""
    if "counting_rule" in meta:
        return rule_of_json(meta["counting_rule"])
    named = meta.get("rule", "")
    least = {"minimum_votes": threshold(meta)}
    if named.startswith("equalshares"):
        more = {
            "equalshares": {"add1": False},
            "equalshares/add1u": {"completion": "votes"},
            "equalshares/add1-comparison": {
                "start": "floor",
                "stop": "overspending",
                "comparison": "more_choices",
            },
        }.get(named, {})
        base = {"theme_ceilings": False, "completion": "none"}
        return preset("equal_shares", **(base | more))
    if named == "greedy-no-skip":
        return preset("most_votes_no_skip", **least)
    if named == "greedy-custom" and meta.get("unit") in ("Poznań", "Poznan"):
        return preset("most_votes_no_skip", remainder="eighty_percent", **least)
    exclusive = {"exclusive_groups": named == "greedy-exclusive"}
    return preset("most_votes", **least, **leftover_rule(meta), **exclusive)


def threshold(meta: dict[str, str]) -> int:
    """Return min_project_score_threshold, at least 1."""
    return max(1, -int(-Fraction(meta.get("min_project_score_threshold", "1")) // 1))


def leftover_rule(meta: dict[str, str]) -> Rule:
    """Return what Pabulib's words say about the money that is left."""
    said = meta.get("leftover_budget", "")
    remainder = "none"
    if said.startswith("Fund additional"):
        remainder = "second_pass"
    elif said.startswith("Partially"):
        remainder = "partial"
    return {"ceilings_in_remainder": False, "remainder": remainder}


def rule_of_json(text: str) -> Rule:
    """Read counting_rule: the rule object as JSON."""
    try:
        said = json.loads(text)
        family = said["family"]
        needed = [switch for switch, (of, _) in SWITCHES.items() if family in of]
        rule = {switch: said[switch] for switch in needed} | {"family": family}
        unknown = set(said) - set(rule) - {"name"}
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"counting_rule is no whole rule as JSON ({error}).") from None
    if unknown or family not in ALL:
        raise Refused(f"counting_rule has unknown words: {', '.join(sorted(unknown)) or family}.")
    return rule


def choose_rule(
    meta: dict[str, str], asked: str | None, switches: Sequence[str], order: str | None
) -> Rule:
    """Return the rule: that of META, or a preset that is asked for; single switches come last.

    most_votes and most_votes_no_skip keep of META the least number of votes, and most_votes the
    leftover rule. The others have no theme ceilings. Of a file with counting_rule, any preset
    keeps tie_order, the two minima, the quota and theme_ceilings.
    """
    if asked is None:
        rule = rule_of_file(meta)
    else:
        rule = preset(asked)
        if rule["family"] == "most_votes":
            rule["minimum_votes"] = threshold(meta)
            rule |= leftover_rule(meta) if asked == "most_votes" else {}
        else:
            rule |= {"theme_ceilings": False, "minimum_votes": 1}
        if "counting_rule" in meta:
            own = rule_of_json(meta["counting_rule"])
            kept = ("tie_order", "minimum_votes", "minimum_percent", "support_quota")
            rule |= {switch: own[switch] for switch in (*kept, "theme_ceilings")}
    wanted = [*switches, *([f"tie_order={order}"] if order else [])]
    for each in wanted:
        switch, equals, value = each.partition("=")
        if not equals or switch not in SWITCHES:
            raise Refused(f"{each} is no switch; write name=value, with one of {list(SWITCHES)}.")
        rule[switch] = value
    return checked_rule(rule)


def checked_rule(rule: Rule) -> Rule:
    """Return the rule with every value understood, and its name: its preset, else custom."""
    family = rule["family"]
    for switch, value in list(rule.items()):
        if switch == "family":
            continue
        of, values = SWITCHES[switch]
        if family not in of:
            raise Refused(f"{switch} is no switch of {family}.")
        rule[switch] = checked_value(switch, value, values)
    if rule["areas"].startswith("pots") and family != "most_votes":
        raise Refused("Pots per area can only be counted with most_votes.")
    if family == "phragmen" and rule["completion"] == "epsilon":
        raise Refused("The completion epsilon only goes with equal_shares.")
    rule["name"] = "custom"
    for name in PRESETS:
        if preset(name) == {key: rule[key] for key in rule if key != "name"}:
            rule["name"] = name
    return rule


def checked_value(switch: str, value: Any, values: tuple[Any, ...]) -> Any:
    """Return the value of a switch as the result file writes it."""
    text = str(value)
    if isinstance(values[0], bool):
        value = {"true": True, "false": False}.get(text.lower())
        if value is not None:
            return value
    elif switch == "tie_order":
        order = value if isinstance(value, list) else listed(text)
        order = order if "id" in order else [*order, "id"]
        if set(order) <= set(CRITERIA) and len(set(order)) == len(order) and order[-1] == "id":
            return order
    elif isinstance(values[0], int):
        if re.fullmatch(r"[0-9]+", text):
            return int(text)
    elif switch in ("minimum_percent", "step"):
        if re.fullmatch(r"[0-9]+(\.[0-9]+|/[0-9]*[1-9][0-9]*)?", text):
            number = Fraction(text)
            if switch == "minimum_percent" and number <= 100:
                return exact(number)
            if switch == "step" and number > 0 and (number * 100).denominator == 1:
                return amount(int(number * 100))
    elif value in values:
        return value
    raise Refused(f"The switch {switch} cannot be {text!r}.")


# --- admit -----------------------------------------------------------------------------------


def tie_key(project: Project, rule: Rule) -> tuple[Any, ...]:
    """Return what is compared when two projects are equal: the first criterion that differs."""
    measures = {
        "lower_cost": project.cost,
        "more_votes": -project.votes,
        "lot": project.lot,
        "id": project.id,
    }
    return tuple(measures[criterion] for criterion in rule["tie_order"])


@dataclass
class Count:
    """A count that is going on.

    order: place of each project in the one tie order of the whole count. left: what is left of
    the budget. areas_left, themes_left: what is left of the limits that the rule makes binding.
    """

    election: Election
    rule: Rule
    order: dict[str, int]
    left: int
    areas_left: dict[str, int]
    themes_left: dict[str, int]
    candidates: list[str] = field(default_factory=list)
    selected: list[str] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    partly_funded: tuple[str, int] | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    ties: set[tuple[str, str, str]] = field(default_factory=set)
    chain: Chain | None = None
    comparison: dict[str, Any] | None = None
    loads: list[LoadRound] = field(default_factory=list)
    before_completion: tuple[int, dict[str, int], list[str]] = (0, {}, [])

    def by_votes(self, names: Iterable[str]) -> list[str]:
        """Sort by votes (highest first), then tie order."""
        return sorted(names, key=lambda name: (-self.of(name).votes, self.order[name]))

    def by_score(self, names: Iterable[str]) -> list[str]:
        """Sort by score (highest first), then tie order."""
        return sorted(names, key=lambda name: (-self.of(name).score, self.order[name]))

    def of(self, name: str) -> Project:
        """Return the project with this id."""
        return self.election.projects[name]

    def fund(self, project: Project) -> None:
        """Buy a project. It counts in full for its area and for each of its themes."""
        self.selected.append(project.id)
        self.left -= project.cost
        take(project, self.areas_left, self.themes_left)

    def step(
        self,
        stage: str,
        project: Project,
        reason: str,
        *,
        decision: str = "skipped",
        left: int | None = None,
        areas: dict[str, int] | None = None,
        themes: dict[str, int] | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        """Write down a decision, with the limits that bind in this pass, before it."""
        area = project.area if project.area in (areas or {}) else None
        ceilings = [(left_of, theme) for theme, left_of in (themes or {}).items()]
        least = min((each for each in ceilings if each[1] in project.themes), default=None)
        self.steps.append(
            {
                "number": len(self.steps) + 1,
                "pass": stage,
                "project": project.id,
                "decision": decision,
                "reason": reason,
                "cost": amount(project.cost),
                "left": amount(self.left if left is None else left),
                "area": area,
                "area_left": amount(areas[area]) if areas and area else None,
                "theme": least[1] if least else None,
                "theme_left": amount(least[0]) if least else None,
                "comes_back": decision == "skipped" and comes_back(self, stage, reason),
            }
            | dict.fromkeys(ONLY_SOME_STEPS)
            | (more or {})
        )


ONLY_SOME_STEPS = (
    "payment",
    "effective_votes",
    "paid_in_full",
    "paid_less",
    "runner_up",
    "runner_up_payment",
    "load",
    "level",
)


def take(project: Project, areas: dict[str, int], themes: dict[str, int]) -> None:
    """Take the cost of a project from the limits it stands under."""
    if project.area in areas:
        areas[project.area] -= project.cost
    for theme in project.themes:
        if theme in themes:
            themes[theme] -= project.cost


def outside(project: Project, areas: dict[str, int], themes: dict[str, int]) -> str | None:
    """Return the limit that a project does not fit, or None: its area first, then its themes."""
    if project.area in areas and project.cost > areas[project.area]:
        return "area_budget_too_small"
    if any(theme in themes and project.cost > themes[theme] for theme in project.themes):
        return "theme_ceiling_reached"
    return None


def comes_back(count: Count, stage: str, reason: str) -> bool:
    """Tell whether a later pass has wider limits for a project that was skipped."""
    rule = count.rule
    if stage not in ("votes", "shares", "phragmen") or reason == "rival_funded":
        return False
    if rule["family"] == "most_votes":
        later = has_second_pass(count)
    else:
        later = rule["completion"] != "none"
    if reason == "theme_ceiling_reached":
        return later and not rule["ceilings_in_remainder"]
    if reason == "budget_too_small":
        return later and rule["areas"].startswith("pots")
    return later


def why_refused(project: Project, election: Election, rule: Rule) -> str | None:
    """Return why a project is not admitted to the count, or None: the first reason that applies."""
    counted, budget = election.counted, election.budget
    if project.withdrawn:
        return "withdrawn"
    if project.cost > budget:
        return "over_budget"
    if project.votes < rule["minimum_votes"]:
        return "too_few_votes" if project.votes else "no_votes"
    if project.votes * 100 < Fraction(rule["minimum_percent"]) * counted:
        return "too_small_share"
    quota = rule["support_quota"]
    if quota and quota * budget * project.votes < project.cost * counted:
        return "quota_missed"
    return None


def begin(election: Election, rule: Rule, first: str | None) -> Count:
    """Admit the projects, and fund the admitted ones that cost nothing.

    Those refused are steps of pass admission, by score, then tie order; free projects are funded
    in the same order and take nothing of any limit. The others are the candidates.
    first: a project that is placed before all others in the tie order.
    """
    names = election.projects
    ordered = sorted(names, key=lambda name: (name != first, tie_key(names[name], rule)))
    count = Count(
        election=election,
        rule=rule,
        order={name: place for place, name in enumerate(ordered)},
        left=election.budget,
        areas_left=dict(election.area_budgets) if rule["areas"] == "ceilings" else {},
        themes_left=dict(election.theme_ceilings) if rule["theme_ceilings"] else {},
    )
    refused = {name: why_refused(names[name], election, rule) for name in names}
    ranking = count.by_score(names)
    for name in ranking:
        reason = refused[name]
        if reason:
            count.step("admission", names[name], reason)
    for name in ranking:
        if not refused[name] and names[name].cost == 0:
            count.step("free", names[name], "free", decision="selected")
            count.selected.append(name)
    count.candidates = [name for name in ranking if not refused[name] and names[name].cost]
    return count


# --- count: most votes -------------------------------------------------------------------------


def has_second_pass(count: Count) -> bool:
    """Tell whether a second pass follows: with limits in force, with pots, or without skip."""
    rule = count.rule
    wider = count.areas_left or count.themes_left or rule["areas"].startswith("pots")
    return rule["remainder"] == "second_pass" and bool(wider or not rule["skip"])


def count_most_votes(election: Election, rule: Rule, first: str | None = None) -> Count:
    """Fund the candidates by score, as long as they fit; then see what happens with the rest."""
    count = begin(election, rule, first)
    if rule["areas"].startswith("pots"):
        count_pots(count)
    else:
        vote_pass(count, count.candidates, count.left)
    unfunded = [name for name in count.candidates if name not in count.selected]
    if rule["remainder"] == "partial":
        fund_in_part(count, unfunded)
    elif rule["remainder"] == "eighty_percent" and unfunded:
        project = count.of(unfunded[0])
        if 100 * count.left >= 80 * project.cost:
            count.step("remainder", project, "fits_eighty_percent", decision="selected")
            count.fund(project)
            count.completed.append(project.id)
    elif has_second_pass(count):
        second_pass(count)
    return count


def rival_is_funded(count: Count, name: str) -> bool:
    """Tell whether a project shares an exclusive group with one that is funded."""
    if not count.rule["exclusive_groups"]:
        return False
    groups = [group for group in count.election.exclusive_groups if name in group]
    return any(other in group for group in groups for other in count.selected if other != name)


def vote_pass(count: Count, ordered: list[str], left: int) -> int:
    """Go through the candidates once. Without skip, stop at the first that does not fit.

    left: the budget, or the money of the pot that is counted. Returns what remains of it.
    Two neighbours with the same score are a tie.
    """
    stopped = False
    for name, after in zip(ordered, [*ordered[1:], None], strict=True):
        project = count.of(name)
        if after and count.of(after).score == project.score:
            count.ties.add(("votes", name, after))
        limits = {"left": left, "areas": count.areas_left, "themes": count.themes_left}
        limit = outside(project, count.areas_left, count.themes_left)
        reason = None
        if stopped:
            reason = "after_the_stop"
        elif rival_is_funded(count, name):
            reason = "rival_funded"
        elif limit == "area_budget_too_small":
            reason = limit
        elif project.cost > left:
            reason = "budget_too_small"
        elif limit:
            reason = limit
        if reason:
            count.step("votes", project, reason, **limits)
            stopped = stopped or (reason != "rival_funded" and not count.rule["skip"])
        else:
            fits = "fits_area_budget" if project.area in count.areas_left else "fits_budget"
            count.step("votes", project, fits, decision="selected", **limits)
            count.fund(project)
            left -= project.cost
    return left


def count_pots(count: Count) -> None:
    """Count every named area as a pot by itself, then the projects of no named area.

    The last pot has the budget minus all area budgets (not below 0). With pots_top_up what a pot
    leaves is added to the next.
    """
    budgets = count.election.area_budgets
    rest = max(0, count.election.budget - sum(budgets.values()))
    brought = 0
    for area, money in [*budgets.items(), (None, rest)]:
        inside = [
            name
            for name in count.candidates
            if (count.of(name).area if count.of(name).area in budgets else None) == area
        ]
        remains = vote_pass(count, inside, money + brought)
        brought = remains if count.rule["areas"] == "pots_top_up" else 0


def fund_in_part(count: Count, unfunded: list[str]) -> None:
    """Give what is left to the first candidate that is not funded (rivals of funded ones aside)."""
    for name in unfunded:
        if count.left > 0 and not rival_is_funded(count, name):
            count.partly_funded = (name, count.left)
            count.step("remainder", count.of(name), "partly_funded", decision="partly_funded")
            return


def second_pass(count: Count) -> None:
    """Go through what was not funded once more, without area limits.

    Theme ceilings hold only with ceilings_in_remainder.
    """
    first = {step["project"]: step["reason"] for step in count.steps if step["pass"] == "votes"}
    again = ("area_budget_too_small", "budget_too_small", "theme_ceiling_reached", "after_the_stop")
    for name in [name for name in count.candidates if first[name] in again]:
        reason = "rival_funded" if rival_is_funded(count, name) else None
        from_the_rest(count, "remainder", name, reason)


def from_the_rest(count: Count, stage: str, name: str, reason: str | None = None) -> None:
    """Fund a project when it fits what is left of the budget and of the ceilings that hold."""
    project = count.of(name)
    themes = count.themes_left if count.rule["ceilings_in_remainder"] else {}
    if reason is None and project.cost > count.left:
        reason = "remainder_too_small"
    reason = reason or outside(project, {}, themes)
    if reason:
        count.step(stage, project, reason, themes=themes)
        return
    count.step(stage, project, "fits_remainder", decision="selected", themes=themes)
    count.fund(project)
    count.completed.append(name)


def complete_by_votes(count: Count) -> None:
    """Completion: candidates that are not bought, by votes, as long as they fit what is left."""
    ordered = count.by_votes(name for name in count.candidates if name not in count.selected)
    for name, after in zip(ordered, [*ordered[1:], None], strict=True):
        if after and count.of(after).votes == count.of(name).votes:
            count.ties.add(("completion", name, after))
        from_the_rest(count, "completion", name)


# --- count: equal shares, the money of the ballots ---------------------------------------------

Supporters = list[tuple[int, int, list[int]]]
"""Those of one project: (w, how many equal ballots, which groups have this w and this number)."""
Purse = tuple[int, int, int]
"""(w, money in parts of a cent, how many supporters have this w and this money)."""


class Money:
    """What every ballot has left.

    Ballots that paid for the same projects have the same money: they share a purse, so an amount
    is kept once per purse. All amounts are whole numbers of parts of a cent; when a payment is
    not a whole number of parts, the parts are made finer. So everything is exact.
    """

    def __init__(self, groups: int, share: Fraction) -> None:
        self.parts = share.denominator  # in a cent
        self.amounts = {0: 0, 1: share.numerator}  # purse 0 is the empty one
        self.purse_of = [1] * groups
        self.purses = 1

    def purses_of(self, supporters: Supporters) -> list[Purse]:
        """Return the purses of some ballots, those with money in them."""
        found = dict[tuple[int, int], int]()
        for weight, times, groups in supporters:
            for purse, number in Counter(map(self.purse_of.__getitem__, groups)).items():
                found[weight, purse] = found.get((weight, purse), 0) + number * times
        amounts = self.amounts
        return [
            (weight, amounts[purse], number)
            for (weight, purse), number in found.items()
            if amounts[purse]
        ]

    def pay(self, supporters: Supporters, payment: Fraction) -> None:
        """Let each supporter pay min(money, payment × w); payment: in cents."""
        in_parts = payment * self.parts
        numerator, finer = in_parts.numerator, in_parts.denominator
        self.parts *= finer
        self.amounts = {0: 0} | {
            purse: self.amounts[purse] * finer for purse in set(self.purse_of)
        }
        became: dict[int, dict[int, int]] = {}  # per w: which purse came out of which
        for weight, _, groups in supporters:
            after = became.setdefault(weight, {0: 0})
            for group in groups:
                before = self.purse_of[group]
                if before not in after:
                    after[before] = self.new_purse(self.amounts[before] - numerator * weight)
                self.purse_of[group] = after[before]

    def empty(self, groups: Iterable[int]) -> None:
        """Let these ballots pay all they have."""
        for group in groups:
            self.purse_of[group] = 0

    def new_purse(self, money: int) -> int:
        """Return a purse with this money in it; the empty one when there is none."""
        if money <= 0:
            return 0
        self.purses += 1
        self.amounts[self.purses] = money
        return self.purses


def total(purses: list[Purse]) -> int:
    """Return the money of all purses together."""
    return sum(money * number for _, money, number in purses)


def payment_for(purses: list[Purse], cost: int) -> tuple[int, int] | None:
    """Return the payment q: the least number with sum of min(money, q × w) = cost, as a fraction.

    Suppose that all can pay in full: that gives a q that is too low or right. Those who cannot pay
    even this q cannot pay more either: they pay all they have. Then the others share the rest:
    again a q that is too low or right, and higher. When nobody is too poor any more, it is right.
    cost: in the parts that the purses are in. Returns None when they have less than the cost.
    """
    money = total(purses)
    if money < cost:
        return None
    rich = purses
    numerator, denominator = cost, sum(weight * number for weight, _, number in rich)
    while True:
        still = [purse for purse in rich if purse[1] * denominator >= numerator * purse[0]]
        if len(still) == len(rich):
            divisor = gcd(numerator, denominator)
            return numerator // divisor, denominator // divisor
        rich = still
        numerator = cost - (money - total(rich))
        denominator = sum(weight * number for weight, _, number in rich)


# --- count: equal shares, one run ----------------------------------------------------------------


@dataclass
class Market:
    """What all runs of a chain have in common.

    supporters: of the candidates that have one. unsupported: the candidates that have none.
    areas, themes: the limits that bind, with what is left of them at the start.
    """

    election: Election
    rule: Rule
    order: dict[str, int]
    areas: dict[str, int]
    themes: dict[str, int]
    supporters: dict[str, Supporters]
    unsupported: list[str]
    overlaps: dict[str, set[str]] = field(default_factory=dict)

    def sharing(self, name: str) -> set[str]:
        """Return the projects that share a supporter with this one, itself included."""
        if name not in self.overlaps:
            ballots = self.election.ballots
            groups = [group for _, _, members in self.supporters[name] for group in members]
            self.overlaps[name] = {other for g in groups for other, _ in ballots[g][0]} | {name}
        return self.overlaps[name]

    def price(self, project: Project) -> int:
        """Return what a payment is divided by to compare it: the cost (utility cost), else 1."""
        return project.cost if self.rule["utility"] == "cost" else 1


def make_market(count: Count) -> Market:
    """Prepare the runs. In the running are the candidates with a supporter."""
    supporters = supporters_of(count.election, count.rule, count.candidates)
    return Market(
        election=count.election,
        rule=count.rule,
        order=count.order,
        areas=dict(count.areas_left),
        themes=dict(count.themes_left),
        supporters=supporters,
        unsupported=[name for name in count.candidates if name not in supporters],
    )


def supporters_of(election: Election, rule: Rule, names: Iterable[str]) -> dict[str, Supporters]:
    """Return the supporters of each project: the ballots whose utility for it is above zero.

    w is the ballot's points with utility points, and 1 with the others.
    """
    by_points = rule["utility"] == "points"
    found: dict[str, dict[tuple[int, int], list[int]]] = {name: {} for name in names}
    for group, (choices, times) in enumerate(election.ballots):
        for name, points in choices:
            weight = points if by_points else 1
            if weight > 0 and name in found:
                found[name].setdefault((weight, times), []).append(group)
    return {
        name: [(weight, times, groups) for (weight, times), groups in sorted(levels.items())]
        for name, levels in found.items()
        if levels
    }


def heads(supporters: Supporters) -> int:
    """Return the number of supporters."""
    return sum(times * len(groups) for _, times, groups in supporters)


@dataclass
class Purchase:
    """One round of a run. payment: q in cents. key: payment / cost, or payment: the lowest wins."""

    project: str
    payment: Fraction
    key: Fraction
    runner_up: tuple[str, Fraction] | None


@dataclass
class Run:
    """What one share buys, in order. ties: (bought, other with the same key)."""

    share: Fraction
    money: Money
    areas_left: dict[str, int]
    themes_left: dict[str, int]
    cost: int = 0
    purchases: list[Purchase] = field(default_factory=list)
    ties: set[tuple[str, str]] = field(default_factory=set)

    def bought(self) -> list[str]:
        """Return the ids of what was bought, in order."""
        return [purchase.project for purchase in self.purchases]


Look = Callable[[Run, Purchase | None], None]
Bound = tuple[Fraction, int, str]
"""A project in the running: its key or a lower bound of it, its place in the tie order, its id."""


def run_shares(
    market: Market, share: Fraction, same_as: Run | None = None, look: Look | None = None
) -> Run | None:
    """Run equal shares once: every ballot that counts has the money `share`, in cents.

    Each round, of those in the running the one with the lowest key is bought, then tie order. Its
    supporters pay min(money, q × w). The budget does not limit a run. The run ends when nobody is
    left in the running.

    same_as: a run with a lower share. Returns None unless it is certain that this share, and
    every share between the two, buys the same in the same order (see run_chain for the proof).
    look: is shown the run before each purchase, and at the end.
    """
    projects = market.election.projects
    run = Run(
        share, Money(len(market.election.ballots), share), dict(market.areas), dict(market.themes)
    )
    known: set[str] = set()
    # At first nobody has paid: the payment is at least the cost divided by all weights.
    bounds: list[Bound] = []
    for name, supporters in market.supporters.items():
        weight = sum(weight * times * len(groups) for weight, times, groups in supporters)
        bound = Fraction(projects[name].cost, weight * market.price(projects[name]))
        bounds.append((bound, market.order[name], name))
    heapify(bounds)
    while True:
        at = len(run.purchases)
        before = same_as.purchases[at] if same_as and at < len(same_as.purchases) else None
        best, others = best_of_round(market, run, bounds, known, before, look is not None)
        if best is None:
            break
        if same_as and not (before and surely_the_same(best, others, before)):
            return None
        project = projects[best[2]]
        runner_up = None
        if look and others:
            runner_up = (others[0][2], others[0][0] * market.price(projects[others[0][2]]))
        purchase = Purchase(project.id, best[0] * market.price(project), best[0], runner_up)
        if look:
            look(run, purchase)
        run.purchases.append(purchase)
        run.ties |= {(project.id, other[2]) for other in others if other[0] == best[0]}
        run.cost += project.cost
        take(project, run.areas_left, run.themes_left)
        run.money.pay(market.supporters[project.id], purchase.payment)
        known -= market.sharing(project.id)
        for other in others:
            heappush(bounds, other)
    if same_as and len(run.purchases) != len(same_as.purchases):
        return None
    if look:
        look(run, None)
    return run


def best_of_round(
    market: Market,
    run: Run,
    bounds: list[Bound],
    known: set[str],
    before: Purchase | None,
    with_runner_up: bool,
) -> tuple[Bound | None, list[Bound]]:
    """Find the project that is bought in this round, and rivals that come close to it.

    Payments only grow within a run, so the last known key of a project is a lower bound. The
    projects are looked at in the order of these bounds, and only until no bound is as low as the
    best key. A project of which no supporter paid since it was last looked at has the same
    payment: it is `known`. Dropped are those that do not fit their limits and those whose
    supporters together have less than the cost; both never come back within a run.

    Returns the best and the others that were compared with it, in order: at least all with the
    same key, all with a key up to that of `before`, and the next (when it is asked for).
    """
    best: Bound | None = None
    others: list[Bound] = []
    while bounds:
        if best:
            limit = max(best[0], before.key) if before else best[0]
            if bounds[0][0] > limit and (others or not with_runner_up):
                break
        entry = heappop(bounds)
        project = market.election.projects[entry[2]]
        if outside(project, run.areas_left, run.themes_left):
            continue
        if project.id in known:
            if best:
                others.append(entry)
            else:
                best = entry
            continue
        purses = run.money.purses_of(market.supporters[project.id])
        payment = payment_for(purses, project.cost * run.money.parts)
        if payment:
            numerator, denominator = payment
            key = Fraction(numerator, denominator * run.money.parts * market.price(project))
            known.add(project.id)
            heappush(bounds, (key, entry[1], project.id))
    return best, others


def surely_the_same(best: Bound, others: list[Bound], before: Purchase) -> bool:
    """Tell whether a round is surely the same for every share from that of `before` to this one.

    The same project is bought, and every rival is strictly worse now than the bought one was
    before; or just as bad, when the bought one comes first in the tie order and its key has not
    changed.
    """
    if best[2] != before.project:
        return False
    for key, place, _ in others:
        if key < before.key:
            return False
        if key == before.key and not (best[1] < place and best[0] == before.key):
            return False
    return True


# --- count: equal shares, the chain ------------------------------------------------------------


@dataclass
class Chain:
    """How the share was raised. All amounts in cents; `next` is the run after the one that counts."""

    start: Fraction | None
    stop: str
    increments: int | None = None
    run: Run | None = None
    next: Run | None = None
    ties: set[tuple[str, str]] = field(default_factory=set)


def why_stop(market: Market, run: Run) -> str | None:
    """Return why the chain ends at a run, or None."""
    budget = market.election.budget
    if run.cost > budget:
        return "overspending"
    bought = set(run.bought())
    others = [name for name in market.supporters if name not in bought]
    if not others:
        return "all_funded"
    projects = market.election.projects

    def fit(names: list[str]) -> list[Project]:
        found = [projects[name] for name in names]
        return [each for each in found if not outside(each, run.areas_left, run.themes_left)]

    if not fit(others):
        return "exhausted"
    if market.rule["stop"] == "exhaustive_all":
        others = others + market.unsupported
    if market.rule["stop"] != "overspending":
        if all(project.cost > budget - run.cost for project in fit(others)):
            return "exhausted"
    return None


def run_chain(market: Market) -> Chain:
    """Raise the share step by step, and return the run that counts.

    Run at b0 = B/n (exact) or that cut to whole units (floor). Without add1 that is all. Else for
    k = 0, 1, 2 … run at b0 + k × step, until why_stop gives a reason. When that is overspending,
    the run before counts.

    Many shares buy the same in the same order, so k may jump, when that is certain. Proof. Let
    b < x < b' be shares; the runs at b and b' buy the same in the same order; and in every round
    every rival at b' is strictly worse than the bought one at b (surely_the_same). Say that the
    run at x bought the same in all rounds before this one.
    1. Money: what a ballot has at x lies between what it has at b and at b'. At first that is
       plain. After a purchase a ballot has max(0, money - q × w), which is more when the money
       was more and q is less; and (2) q falls when money rises.
    2. Payments: with more money, less is needed from each. So every key at x lies between the key
       at b' and that at b, and what can be afforded at x can be afforded at b'.
    3. So at x the bought one of b can be afforded and has at most its key at b; each rival has at
       least its key at b', which is higher: the same project is bought. If a rival's key at b' is
       equal to the key of the bought one at b, then that key is the same at b and b', so also at
       x; the rival's key at x is the same or higher, and the tie order is for the bought one. Ties
       at x are ties at b' too, so no tie is missed.
    4. Limits depend on what was bought only. What is dropped for lack of money at b' is dropped at
       x. When nobody is left at b', nobody is left at x: the run at x ends with the same projects.
    Whether the chain ends depends on the projects only, and it did not end at b; so it ends at no x
    and not at b'. Nothing can be skipped. The cost does not always rise with the share, so looking
    for the end by halving would be wrong.
    """
    election, rule = market.election, market.rule
    start = Fraction(election.budget, election.counted) if election.counted else None
    if start is not None and rule["start"] == "floor":
        start = Fraction(start // 100 * 100)
    if start is None or not market.supporters:
        return Chain(start, "no_candidates")
    run = certain(run_shares(market, start))
    if not rule["add1"]:
        return Chain(start, "single", 0, run, None, run.ties)
    step = cents(rule["step"])
    ties = set(run.ties)
    k, jump, successes = 0, 1, 0
    before = run
    while not (stop := why_stop(market, run)):
        if k >= LONGEST_CHAIN:
            raise Refused(f"The share would be raised more than {LONGEST_CHAIN} times.")
        show_progress(k, run)
        jump = min(jump, LONGEST_CHAIN - k)
        reached = run_shares(market, start + (k + jump) * step, run if jump > 1 else None)
        if reached is None:
            jump, successes = jump // 2, 0
            continue
        before, run, k = run, reached, k + jump
        ties |= run.ties
        successes += 1
        if successes == 2:
            jump, successes = jump * 2, 0
    if stop == "overspending":  # only found by a single step, so `before` is one step back
        return Chain(start, stop, k - 1, before, run, ties)
    after = run_shares(market, start + (k + 1) * step) if stop == "exhausted" else None
    return Chain(start, stop, k, run, after, ties)


def certain(run: Run | None) -> Run:
    """Return a run that nobody asked to be the same as another: it is always there."""
    if run is None:
        raise AssertionError("A run without same_as always ends.")
    return run


STARTED = time.monotonic()


def show_progress(k: int, run: Run) -> None:
    """Say how far a long chain is, on a terminal or when it takes more than five seconds."""
    if sys.stderr.isatty() or time.monotonic() - STARTED > 5:
        print(f"\rshare raised {k} times, cost {amount(run.cost)}   ", end="", file=sys.stderr)


# --- count: equal shares, the whole ------------------------------------------------------------


def count_equal_shares(election: Election, rule: Rule, first: str | None = None) -> Count:
    """Count equal shares: the chain, then the completion."""
    count = begin(election, rule, first)
    market = make_market(count)
    count.chain = run_chain(market)
    count.ties |= {("shares", *tie) for tie in count.chain.ties}
    if count.chain.run:
        write_run(count, market, count.chain.run)
    complete(count, market, count.chain.run)
    return count


def complete(count: Count, market: Market, run: Run | None) -> None:
    """Do what the rule says with the rest."""
    count.before_completion = (count.left, dict(count.themes_left), list(count.selected))
    if count.rule["completion"] == "votes":
        complete_by_votes(count)
    elif count.rule["completion"] == "epsilon":
        complete_by_everyone(count, market, run)


def write_run(count: Count, market: Market, run: Run) -> None:
    """Write the purchases of the run that counts in order, then the supported that were not bought.

    The run is done once more, to see who paid in full and who came second.
    """

    def look(run: Run, purchase: Purchase | None) -> None:
        if purchase is None:
            return
        project = count.of(purchase.project)
        supporters = market.supporters[project.id]
        payment = purchase.payment * run.money.parts
        in_full = sum(
            number
            for weight, money, number in run.money.purses_of(supporters)
            if money >= payment * weight
        )
        second = purchase.runner_up
        count.step(
            "shares",
            project,
            "fits_shares",
            decision="selected",
            areas=count.areas_left,
            themes=count.themes_left,
            more={
                "payment": exact(purchase.payment / 100),
                "effective_votes": exact(project.cost / purchase.payment),
                "paid_in_full": in_full,
                "paid_less": heads(supporters) - in_full,
                "runner_up": second[0] if second else None,
                "runner_up_payment": exact(second[1] / 100) if second else None,
            },
        )
        count.fund(project)

    run_shares(market, run.share, look=look)
    lost_ties = {rival for _, rival in run.ties}
    for name in count.by_votes(set(market.supporters) - set(count.selected)):
        project = count.of(name)
        reason = "tie_lost" if name in lost_ties else None
        reason = reason or outside(project, count.areas_left, count.themes_left)
        if not reason and heads(market.supporters[name]) * run.share < project.cost:
            reason = "never_affordable"
        limits = {"areas": count.areas_left, "themes": count.themes_left}
        count.step("shares", project, reason or "supporters_spent", **limits)


def complete_by_everyone(count: Count, market: Market, run: Run | None) -> None:
    """Completion epsilon: go on with the money that is left, of supporters and of all others.

    A candidate can be bought while it costs at most the money of all ballots and what is left of
    B, and fits its limits. Its supporters pay all they have; the shortfall is paid by the other
    ballots, each min(money, level), with the lowest level that makes it. Bought is the one with
    the lowest level, then tie order. When its supporters have enough the level is 0, and they pay
    as in a round of shares.
    """
    everyone = group_levels(market.election, range(len(market.election.ballots)))
    start = count.chain.start if count.chain else None
    money = run.money if run else Money(len(market.election.ballots), start or Fraction(0))
    themes = count.themes_left if count.rule["ceilings_in_remainder"] else {}
    rest = [name for name in count.candidates if name not in count.selected]
    while True:
        levels = []
        for name in rest:
            project = count.of(name)
            if project.cost > count.left or outside(project, count.areas_left, themes):
                continue
            level = level_for(market, money, project)
            if level is not None:
                levels.append((level, count.order[name], name))
        if not levels:
            break
        level, _, name = min(levels)
        project = count.of(name)
        count.ties |= {("epsilon", name, each[2]) for each in levels if each[::2] != (level, name)
                       and each[0] == level}
        count.step(
            "epsilon",
            project,
            "fits_everyone",
            decision="selected",
            areas=count.areas_left,
            themes=themes,
            more={"level": exact(level / 100)},
        )
        count.fund(project)
        count.completed.append(name)
        rest.remove(name)
        supporters = market.supporters.get(name, [])
        purses = money.purses_of(supporters)
        payment = payment_for(purses, project.cost * money.parts) if purses else None
        if payment:
            money.pay(supporters, Fraction(*payment) / money.parts)
            continue
        inside = {group for _, _, groups in supporters for group in groups}
        others = [(1, times, [g for g in groups if g not in inside]) for _, times, groups in everyone]
        money.empty(inside)
        money.pay(others, level)
    for name in count.by_votes(rest):
        limits = {"areas": count.areas_left, "themes": themes}
        count.step("epsilon", count.of(name), "remainder_too_small", **limits)


def group_levels(election: Election, groups: Iterable[int]) -> Supporters:
    """Return groups of equal ballots by how many there are of each; every ballot has w = 1."""
    levels: dict[int, list[int]] = {}
    for group in groups:
        levels.setdefault(election.ballots[group][1], []).append(group)
    return [(1, times, members) for times, members in sorted(levels.items())]


def level_for(market: Market, money: Money, project: Project) -> Fraction | None:
    """Return the lowest level, in cents, that pays for a project; None when all have too little."""
    supporters = market.supporters.get(project.id, [])
    shortfall = project.cost * money.parts - total(money.purses_of(supporters))
    if shortfall <= 0:
        return Fraction(0)
    inside = {group for _, _, groups in supporters for group in groups}
    outsiders = set(range(len(market.election.ballots))) - inside
    level = payment_for(money.purses_of(group_levels(market.election, outsiders)), shortfall)
    return None if level is None else Fraction(level[0], level[1] * money.parts)


# --- count: phragmen ---------------------------------------------------------------------------


@dataclass
class LoadRound:
    """One round of phragmen, as it stood before the decision.

    load: the lowest new load. bought: None when the count stopped here. sums: of every project
    that is not bought, the loads of its supporters together.
    """

    load: Fraction | None
    bought: str | None
    sums: dict[str, Fraction]
    left: int
    areas_left: dict[str, int]
    themes_left: dict[str, int]
    selected: list[str]


def count_phragmen(election: Election, rule: Rule, first: str | None = None) -> Count:
    """Count phragmen: buy what puts the lowest load on its supporters, until it does not fit.

    The new load is (sum of supporters' loads + cost) / votes; lowest load, then tie order. When
    the lowest, or any with the same load, costs more than what is left of B, the count stops.
    """
    count = begin(election, rule, first)
    supporters = supporters_of(election, rule | {"utility": "cardinality"}, election.projects)
    loads = [Fraction(0)]  # of those who never got a project, then per purchase
    last_purchase = [0] * len(election.ballots)
    while True:
        sums = {
            name: load_of(supporters[name], loads, last_purchase)
            for name in supporters
            if name not in count.selected
        }
        running = [
            ((sums[name] + count.of(name).cost) / count.of(name).votes, count.order[name], name)
            for name in count.candidates
            if name in sums and not outside(count.of(name), count.areas_left, count.themes_left)
        ]
        load, _, name = min(running, default=(None, 0, None))
        same = [other for other_load, _, other in running if other_load == load]
        stops = name is None or any(count.of(other).cost > count.left for other in same)
        limits = {"areas": count.areas_left, "themes": count.themes_left}
        count.loads.append(
            LoadRound(
                load=load,
                bought=None if stops else name,
                sums=sums,
                left=count.left,
                areas_left=dict(count.areas_left),
                themes_left=dict(count.themes_left),
                selected=list(count.selected),
            )
        )
        if stops or name is None or load is None:
            break
        count.ties |= {("phragmen", name, other) for other in same if other != name}
        more = {"load": exact(load / 100)}
        project = count.of(name)
        count.step("phragmen", project, "lowest_load", decision="selected", more=more, **limits)
        count.fund(project)
        loads.append(load)
        for _, _, groups in supporters[name]:
            for group in groups:
                last_purchase[group] = len(loads) - 1
    for name in count.by_votes(set(count.candidates) - set(count.selected)):
        count.step("phragmen", count.of(name), "stopped", **limits)
    count.before_completion = (count.left, dict(count.themes_left), list(count.selected))
    if rule["completion"] == "votes":
        complete_by_votes(count)
    return count


def load_of(supporters: Supporters, loads: list[Fraction], last_purchase: list[int]) -> Fraction:
    """Return the loads of some ballots together, in cents."""
    numbers = Counter[int]()
    for _, times, groups in supporters:
        for purchase, number in Counter(map(last_purchase.__getitem__, groups)).items():
            numbers[purchase] += number * times
    return sum((loads[purchase] * number for purchase, number in numbers.items()), Fraction(0))


# --- count: the whole rule ---------------------------------------------------------------------


def count_election(election: Election, rule: Rule, first: str | None = None) -> Count:
    """Count by the whole rule. first: a project placed before all others in the tie order."""
    if rule["family"] == "most_votes":
        return count_most_votes(election, rule, first)
    if rule["family"] == "phragmen":
        return count_phragmen(election, rule, first)
    count = count_equal_shares(election, rule, first)
    if rule["comparison"] == "none":
        return count
    other = count_most_votes(election, comparison_rule(rule), first)
    prefer_rule, prefer_votes = compare(count, other, rule["comparison"])
    kept = other if prefer_votes > prefer_rule else count
    kept.comparison = {
        "prefer_rule": prefer_rule,
        "prefer_most_votes": prefer_votes,
        "kept": "rule" if kept is count else "most_votes",
    }
    return kept


def comparison_rule(rule: Rule) -> Rule:
    """Return most votes with the same minima and quota, without areas, themes and remainder."""
    same = ("tie_order", "minimum_votes", "minimum_percent", "support_quota")
    return preset(
        "most_votes",
        areas="together",
        theme_ceilings=False,
        remainder="none",
        **{switch: rule[switch] for switch in same},
    )


def compare(count: Count, other: Count, by: str) -> tuple[int, int]:
    """Return how many ballots prefer one outcome, and how many the other.

    Per ballot the number of funded projects it names (more_choices) or whether there is one
    (any_choice).
    """
    first = second = 0
    for choices, times in count.election.ballots:
        named = {name for name, _ in choices}
        ours, theirs = len(named & set(count.selected)), len(named & set(other.selected))
        if by == "any_choice":
            ours, theirs = min(1, ours), min(1, theirs)
        first += times if ours > theirs else 0
        second += times if theirs > ours else 0
    return first, second


# --- explain: what if? ---------------------------------------------------------------------------


def would_be_selected(count: Count, whole_rule: Rule, name: str, cost: int, extra: int) -> bool:
    """Count once more with another cost, or with extra ballots that name this project alone.

    It is a count by the same rule, with two differences for equal_shares: without comparison, and
    one run with the share `endowment` instead of a chain (every extra ballot has that share too),
    followed by the completion. When the outcome has no endowment, or the family is another, the
    whole rule is counted; when the comparison kept most votes, that count.
    """
    election = changed(count.election, name, cost, extra)
    if count.rule["family"] != "equal_shares":
        return name in count_election(election, count.rule).selected
    if count.chain is None or count.chain.run is None:
        return name in count_election(election, whole_rule).selected
    again = begin(election, count.rule, None)
    market = make_market(again)
    again.chain = count.chain
    run = certain(run_shares(market, count.chain.run.share))
    for bought in run.bought():
        again.fund(again.of(bought))
    if again.left > 0:
        complete(again, market, run)
    return name in again.selected


def changed(election: Election, name: str, cost: int, extra: int) -> Election:
    """Return the election with another cost of a project, and extra ballots with a full vote."""
    project = with_changes(election, name, cost, extra)
    alone = ((((name, election.full_vote),), extra),) if extra else ()
    return replace(
        election,
        projects=election.projects | {name: project},
        ballots=election.ballots + alone,
        counted=election.counted + extra,
    )


def with_changes(election: Election, name: str, cost: int, extra: int) -> Project:
    """Return a project as it would be with another cost or with extra ballots."""
    project = election.projects[name]
    score = project.score + extra * election.full_vote
    return replace(project, cost=cost, votes=project.votes + extra, score=score)


def highest_winning(wins: Callable[[int], bool], low: int, high: int) -> int:
    """Return the highest number below `high` that wins, by halving. low wins, high does not."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wins(middle) else (low, middle)
    return low


def lowest_winning(wins: Callable[[int], bool], low: int, high: int) -> int:
    """Return the lowest number above `low` that wins, by halving. high wins, low does not."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(middle) else (middle, high)
    return high


def most_extra(count: Count) -> int:
    """Return the number of extra ballots beyond which nobody looks."""
    return 2 * count.election.counted + int(count.rule["minimum_votes"]) + 1


def cost_by_halving(count: Count, name: str, selects: Callable[[int, int], bool]) -> int | None:
    """Return max_winning_cost: the highest cost below its own at which it would be selected."""
    project = count.of(name)
    if project.withdrawn or project.cost == 0 or not selects(0, 0):
        return None
    return highest_winning(lambda cost: selects(cost, 0), 0, project.cost)


def extra_by_halving(count: Count, name: str, selects: Callable[[int, int], bool]) -> int | None:
    """Return extra_votes: the lowest number of extra ballots with which it would be selected."""
    project = count.of(name)
    if project.withdrawn or project.cost > count.election.budget:
        return None
    most = most_extra(count)
    if not selects(project.cost, most):
        return None
    return lowest_winning(lambda extra: selects(project.cost, extra), 0, most)


def phragmen_selects(count: Count, name: str, cost: int, extra: int) -> bool:
    """Tell whether phragmen would select a project with another cost or extra ballots.

    As long as the project is not bought, all rounds are as they were, so its load in each round
    is known: no ballot has to be looked at again. Extra ballots begin with load 0.
    """
    election, rule = count.election, count.rule
    project = with_changes(election, name, cost, extra)
    if why_refused(project, replace(election, counted=election.counted + extra), rule):
        return False
    if cost == 0:
        return True
    for at in count.loads:
        mine = None
        if not outside(project, at.areas_left, at.themes_left) and project.votes:
            mine = (at.sums.get(name, Fraction(0)) + cost) / project.votes
        first = mine is not None and (at.load is None or mine <= at.load)
        if first and mine == at.load and cost <= at.left and at.bought:
            first = tie_key(project, rule) < tie_key(count.of(at.bought), rule)
        if first and cost <= at.left and (at.bought or mine != at.load):
            return True
        if first or at.bought is None:  # the count stops here
            left, themes, bought = at.left, at.themes_left, at.selected
            break
    return rule["completion"] == "votes" and completes(count, project, left, themes, bought)


def completes(
    count: Count, project: Project, left: int, themes: dict[str, int], bought: Sequence[str]
) -> bool:
    """Tell whether completion by votes would fund a project that was changed."""
    themes = dict(themes) if count.rule["ceilings_in_remainder"] else {}
    out = {*bought, project.id}
    mine = (-project.votes, tie_key(project, count.rule))
    for name in count.by_votes(name for name in count.candidates if name not in out):
        other = count.of(name)
        if (-other.votes, tie_key(other, count.rule)) > mine:
            break
        if other.cost <= left and not outside(other, {}, themes):
            left -= other.cost
            take(other, {}, themes)
    return project.cost <= left and not outside(project, {}, themes)


@dataclass
class Loser:
    """A project that was not bought in the run, and what is found out about it.

    highest: the highest cost at which it would be admitted, below its own; -1 when there is none.
    fewest: the number of extra ballots with which it would be admitted; None: not looked for.
    cost, extra: the best answers so far. support: effective_support so far. money: what its
    supporters had in the round before, in cents; spent: what they paid for each project.
    """

    project: Project
    supporters: Supporters
    highest: int
    fewest: int | None
    cost: int | None = None
    extra: int | None = None
    support: Fraction = Fraction(0)
    money: Fraction = Fraction(0)
    paid_for: str | None = None
    spent: dict[str, Fraction] = field(default_factory=dict)

    def settle(self, money: Fraction, next_purchase: Purchase | None) -> None:
        """Note what its supporters paid since the round before: what they have no more."""
        if self.paid_for and money != self.money:
            self.spent[self.paid_for] = self.money - money
        self.money = money
        self.paid_for = next_purchase.project if next_purchase else None

    def improve(self, most: int, wins: Callable[[int, int], bool]) -> None:
        """Look for a higher cost and for fewer extra ballots with which it wins.

        wins: of a cost and a number of extra ballots; lower costs and more ballots win too.
        """
        own = self.project.cost
        if self.cost is not None and self.cost < self.highest and wins(self.cost + 1, 0):
            low, high = self.cost + 1, self.highest + 1
            self.cost = highest_winning(lambda cost: wins(cost, 0), low, high)
        best = most + 1 if self.extra is None else self.extra
        if self.fewest is not None and best > self.fewest and wins(own, best - 1):
            self.extra = lowest_winning(lambda extra: wins(own, extra), self.fewest - 1, best - 1)


def find_losers(count: Count, market: Market) -> dict[str, Loser]:
    """Return all projects that were not bought in the run, and which changes they may try."""
    election, rule = count.election, count.rule
    left_out = [name for name in election.projects if name not in count.before_completion[2]]
    supporters = supporters_of(election, rule, left_out)
    losers = {}
    for name in left_out:
        project = count.of(name)
        loser = Loser(project, supporters.get(name, []), -1, None)
        loser.money = Fraction(0)
        losers[name] = loser
        if name in count.selected or project.withdrawn:
            continue
        if not why_refused(replace(project, cost=0), election, rule):
            loser.highest, loser.cost = min(project.cost - 1, election.budget), 0
            if rule["support_quota"]:
                quota = rule["support_quota"] * election.budget * project.votes
                loser.highest = min(loser.highest, quota // election.counted)
        if project.cost <= election.budget:
            loser.fewest = max(1, rule["minimum_votes"] - project.votes)
    return losers


def ask_losers(count: Count, market: Market) -> dict[str, Loser]:
    """Run the share that counts once more, and ask in every round what each loser lacked.

    As long as a project is not bought, a run is the same with and without it. So it would be
    bought in the first round in which it comes before the project that was bought: when its
    payment q would be lower than the highest that comes before, which is so when its supporters,
    each paying at most that, have more than its cost (see beats). After the last round it is
    bought when its supporters have its cost. Then comes the completion.
    """
    losers = find_losers(count, market)
    share = certain(count.chain.run if count.chain else None).share
    full_vote = count.election.full_vote if count.rule["utility"] == "points" else 1
    most = most_extra(count)

    def look(run: Run, purchase: Purchase | None) -> None:
        parts = run.money.parts
        for loser in losers.values():
            purses = run.money.purses_of(loser.supporters)
            loser.settle(Fraction(total(purses), parts), purchase)
            support = loser.money
            if purchase:
                cap = purchase.key * market.price(loser.project)
                support = paid_up_to(purses, cap * parts) / parts
            loser.support = max(loser.support, support / max(1, loser.project.cost))

            def wins(cost: int, extra: int, loser: Loser = loser, base: list[Purse] = purses) -> bool:
                project = with_changes(count.election, loser.project.id, cost, extra)
                if outside(project, run.areas_left, run.themes_left):
                    return False
                more = [(full_vote, int(share * parts), extra)] if extra and full_vote else []
                return beats(market, project, purchase, base + more, parts)

            loser.improve(most, wins)

    run_shares(market, share, look=look)
    if count.rule["completion"] == "votes":
        for loser in losers.values():
            loser.improve(
                most,
                lambda cost, extra, loser=loser: completes(
                    count,
                    with_changes(count.election, loser.project.id, cost, extra),
                    *count.before_completion,
                ),
            )
    return losers


def paid_up_to(purses: list[Purse], cap: Fraction) -> Fraction:
    """Return the sum of min(money, cap × w), in the parts of the purses, exactly."""
    up, down = cap.numerator, cap.denominator
    paid = sum(min(money * down, up * weight) * number for weight, money, number in purses)
    return Fraction(paid, down)


def beats(
    market: Market, project: Project, purchase: Purchase | None, purses: list[Purse], parts: int
) -> bool:
    """Tell whether a project would be bought in a round instead of what was bought.

    With F(q) = sum of min(money, q × w): its payment is the least q with F(q) = cost. Let q* be
    the payment with which its key equals that of the purchase. F(q*) > cost: the payment is lower
    than q*, so it is bought. F(q*) < cost: it is not. Equal: it is bought when its payment is
    lower all the same (all its supporters have less than q*), or by the tie order.
    purchase: None after the last round; then its supporters only need the cost.
    """
    cost = project.cost * parts
    if purchase is None:
        return total(purses) >= cost
    highest = purchase.key * market.price(project)
    paid = paid_up_to(purses, highest * parts)
    payment = payment_for(purses, cost) if paid == cost else None
    if payment is None:
        return paid > cost
    if Fraction(*payment) < highest * parts:
        return True
    winner = market.election.projects[purchase.project]
    return tie_key(project, market.rule) < tie_key(winner, market.rule)


def explain(count: Count, whole_rule: Rule) -> dict[str, dict[str, Any]]:
    """Return what would have made each project win that is not selected, and its supporters."""
    names = count.election.projects
    answers: dict[str, dict[str, Any]] = {name: dict(NO_ANSWER) for name in names}
    rule = count.rule
    losers: dict[str, Loser] = {}
    if count.chain and count.chain.run:
        market = make_market(begin(count.election, rule, None))
        losers = ask_losers(count, market)
        for name, loser in losers.items():
            if name in market.supporters:
                answers[name] |= {
                    "effective_support": exact(loser.support),
                    "supporters_left": exact(loser.money / 100),
                    "supporters_spent": {
                        paid: amount(int(money))
                        for paid, money in loser.spent.items()
                        if int(money) > 0
                    },
                }
    by_run = bool(losers) and rule["completion"] != "epsilon"
    same_admission = rule["minimum_percent"] == "0/1" and not rule["support_quota"]
    for name in names:
        if name in count.selected:
            continue

        def selects(cost: int, extra: int, name: str = name) -> bool:
            if rule["family"] == "phragmen" and (same_admission or not extra):
                return phragmen_selects(count, name, cost, extra)
            return would_be_selected(count, whole_rule, name, cost, extra)

        cost = losers[name].cost if by_run else cost_by_halving(count, name, selects)
        if by_run and same_admission:
            extra = losers[name].extra
        else:
            extra = extra_by_halving(count, name, selects)
        answers[name]["max_winning_cost"] = None if cost is None else amount(cost)
        answers[name]["extra_votes"] = extra
    return answers


NO_ANSWER: dict[str, Any] = {
    "max_winning_cost": None,
    "extra_votes": None,
    "effective_support": None,
    "supporters_left": None,
    "supporters_spent": {},
}


def explain_ties(count: Count, whole_rule: Rule) -> list[dict[str, Any]]:
    """Return every tie once, with the criterion that decided and whether it mattered.

    changes_outcome: whether the same rule, with the rival placed before all others in the tie
    order, gives another set of selected projects.
    """
    matters: dict[str, bool] = {}
    found = []
    for stage, winner, rival in sorted(count.ties):
        if rival not in matters:
            other = count_election(count.election, whole_rule, first=rival)
            matters[rival] = set(other.selected) != set(count.selected)
        keys = zip(
            tie_key(count.of(winner), count.rule), tie_key(count.of(rival), count.rule), strict=True
        )
        differs = [one != other for one, other in keys].index(True)
        found.append(
            {
                "stage": stage,
                "winner": winner,
                "rival": rival,
                "criterion": count.rule["tie_order"][differs],
                "changes_outcome": matters[rival],
            }
        )
    return found


# --- write ---------------------------------------------------------------------------------------


def amount(money: int) -> str:
    """Write an amount: "76700", or "76700.50" when there are cents. money: in cents."""
    sign = "-" if money < 0 else ""
    units, rest = divmod(abs(money), 100)
    return f"{sign}{units}.{rest:02}" if rest else f"{sign}{units}"


def cents(text: str) -> int:
    """Read back what amount() wrote."""
    return int(Fraction(text) * 100)


def exact(number: Fraction) -> str:
    """Write an exact value: "p/q" in lowest terms, also when q is 1."""
    return f"{number.numerator}/{number.denominator}"


def spent_by(count: Count, named: Iterable[str], of: Callable[[Project], Iterable[str]]) -> Any:
    """Return the amounts of the selected projects per area or theme, also 0."""
    spent = dict.fromkeys(named, 0)
    for name in count.selected:
        for each in of(count.of(name)):
            spent[each] += count.of(name).cost
    return {each: amount(money) for each, money in spent.items()}


def areas_of(project: Project) -> tuple[str, ...]:
    """Return the area of a project, or nothing."""
    return (project.area,) if project.area else ()


def make_result(count: Count, whole_rule: Rule, seed: str | None) -> dict[str, Any]:
    """Return the result file as an object."""
    election = count.election
    projects = election.projects.values()
    selected = set(count.selected)
    areas = {area for project in projects for area in areas_of(project)}
    themes = {theme for project in projects for theme in project.themes}
    cost = sum(count.of(name).cost for name in count.selected)
    partly = count.partly_funded
    ties = explain_ties(count, whole_rule)
    return {
        "format": FORMAT,
        "title": election.meta.get("description"),
        "currency": election.meta.get("currency", "EUR"),
        "input_sha256": election.sha256,
        "seed": seed,
        "rule": whole_rule,
        "budget": amount(election.budget),
        "cost": amount(cost),
        "leftover": amount(election.budget - cost),
        "ballots": {
            "cast": election.counted + election.blank,
            "counted": election.counted,
            "blank": election.blank,
        },
        "points_scale": election.points_scale,
        "voters_with_a_funded_choice": sum(
            times
            for choices, times in election.ballots
            if any(name in selected for name, _ in choices)
        ),
        "selected": count.selected,
        "completed": count.completed,
        "partly_funded": {"project": partly[0], "amount": amount(partly[1])} if partly else None,
        "spent_by_area": spent_by(count, areas | set(election.area_budgets), areas_of),
        "spent_by_theme": spent_by(
            count, themes | set(election.theme_ceilings), lambda project: project.themes
        ),
        **about_chain(count),
        "comparison": count.comparison,
        "steps": count.steps,
        "ties": ties,
        "projects": about_projects(count, whole_rule, ties),
    }


def about_chain(count: Count) -> dict[str, Any]:
    """Return how the share was raised; all null for another family."""
    chain = count.chain
    if chain is None:
        return dict.fromkeys(("endowment", "start_endowment", "increments", "stop", "next"))
    after = None
    if chain.next:
        free = [step["project"] for step in count.steps if step["pass"] == "free"]
        after = {
            "endowment": exact(chain.next.share / 100),
            "cost": amount(chain.next.cost),
            "selected": free + chain.next.bought(),
        }
    return {
        "endowment": exact(chain.run.share / 100) if chain.run else None,
        "start_endowment": None if chain.start is None else exact(chain.start / 100),
        "increments": chain.increments,
        "stop": chain.stop,
        "next": after,
    }


def about_projects(
    count: Count, whole_rule: Rule, ties: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return what the result says of each project."""
    answers = explain(count, whole_rule)
    last = {step["project"]: step for step in count.steps}
    in_shares = {step["project"]: step for step in count.steps if step["pass"] == "shares"}
    completion = {s["project"]: s for s in count.steps if s["pass"] in ("completion", "epsilon")}
    found = {}
    for name, project in count.election.projects.items():
        step = last.get(name)
        if name in completion and name not in count.selected:
            step = in_shares.get(name, step)
        found[name] = {
            "votes": project.votes,
            "score": project.score,
            "cost": amount(project.cost),
            "selected": name in count.selected,
            "reason": step["reason"] if step else None,
            "lost_ties_to": sorted({tie["winner"] for tie in ties if tie["rival"] == name}),
            "left_at_completion": completion[name]["left"] if name in completion else None,
            **answers[name],
        }
    return found


def write_result(result: dict[str, Any]) -> bytes:
    """Return the bytes of the result file."""
    return f"{json.dumps(result, sort_keys=True, ensure_ascii=False, indent=1)}\n".encode()


# --- the command line ----------------------------------------------------------------------------


def recount(
    path: Path,
    asked: str | None = None,
    switches: Sequence[str] = (),
    order: str | None = None,
    seed: str | None = None,
) -> bytes:
    """Read, choose the rule, count, explain, and return the bytes of the result file.

    Raises Unreadable and Refused.
    """
    election = read_election(path, seed)
    rule = choose_rule(election.meta, asked, switches, order)
    return write_result(make_result(count_election(election, rule), rule, seed))


def main() -> int:
    """Return 0 when counted, 1 when refused, 2 when the file cannot be read."""
    parser = argparse.ArgumentParser(description="Recount an election from its .pb file.")
    parser.add_argument("election", type=Path, metavar="ELECTION.pb")
    parser.add_argument("--rule", metavar="PRESET", help=f"one of {', '.join(PRESETS)}")
    parser.add_argument("--switch", action="append", default=[], metavar="name=value")
    parser.add_argument("--order", metavar="id", help="the tie order, e.g. id")
    parser.add_argument("--seed", metavar="S", help="draws the lot numbers anew")
    parser.add_argument("--output", type=Path, metavar="FILE", help="instead of standard output")
    given = parser.parse_args()
    try:
        result = recount(given.election, given.rule, given.switch, given.order, given.seed)
    except Unreadable as sentence:
        print(sentence, file=sys.stderr)
        return 2
    except Refused as sentence:
        print(sentence, file=sys.stderr)
        return 1
    if given.output:
        given.output.write_bytes(result)
    else:
        sys.stdout.buffer.write(result)
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
