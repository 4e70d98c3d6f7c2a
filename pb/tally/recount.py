"""Recount an election: one file, Python alone, nothing to install.

    python3 recount.py ELECTION.pb [--rule PRESET] [--switch name=value …] [--order id]
                       [--seed S] [--output FILE]

It reads a .pb file (the format of pabulib.org), counts it by the rule that the file names or that
you ask for, and writes the result file: what was bought in which order and paid by whom, and why
every other project was not. The service itself, a program that shares no code with this one, has
to write the same bytes. docs/result-file.md says what every word of the result means.

The functions stand in the order of the story: read, choose the rule, admit, count, explain, write.
Money is in whole cents. Where a share is not a whole number of cents it is an exact fraction. No
rounded number decides anything.

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
from itertools import pairwise
from pathlib import Path
from typing import Any

WITHDRAWN_COST = 999_999_999  # in units of the currency: a mark, not a price
LONGEST_CHAIN = 1_000_000
LONGEST_JUMP = 1_000_000  # a test sets it to 1, to see that jumps change nothing
LAST_SAID = [time.monotonic()]


class Unreadable(Exception):
    """The file cannot be read. The sentence names the file and the line."""


class Refused(Exception):
    """The file can be read, but this count is not possible. The sentence says why."""


# --- read ----------------------------------------------------------------------------------------

Rows = list[tuple[int, dict[str, str]]]
"""A section of the file: per row the line where it begins, and its cells by column."""


@dataclass(frozen=True)
class Project:
    """What can be bought. cost: in cents. votes: ballots that name it. score: their points."""

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


def read_election(path: Path, seed: str | None) -> Election:
    """Read a .pb file: what it says of itself, its projects and its ballots."""
    try:
        data = path.read_bytes()
        return make_election(data, read_sections(data), seed)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be opened: {error.strerror}.") from None
    except Unreadable as error:
        raise Unreadable(f"{path.name}, {error}") from None


def broken(line: int, sentence: str) -> Unreadable:
    """Return the complaint about a line."""
    return Unreadable(f"line {line}: {sentence}")


def read_sections(data: bytes) -> dict[str, Rows]:
    """Cut the file into META, PROJECTS and VOTES; the first row of each names its columns.

    UTF-8 with or without a byte order mark, lines ending in LF or CRLF, cells as in CSV with ;
    and ". Empty lines are passed over.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise broken(data.count(b"\n", 0, error.start) + 1, "this is not UTF-8.") from None
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 100))
    # A quotation mark that is never closed swallows all lines after it, this last one included.
    last_line = "the end of the file"
    reader = csv.reader(io.StringIO(f"{text}\n{last_line}\n", newline=""), delimiter=";")
    sections: dict[str, Rows] = {}
    columns: list[str] | None = None
    name, line, next_line = "", 1, 1
    row: list[str] = []
    for row in reader:
        line, next_line = next_line, reader.line_num + 1
        cells = [cell.strip() for cell in row]
        if cells in ([], [""], [last_line]):
            continue
        if len(cells) == 1 and cells[0] in ("META", "PROJECTS", "VOTES"):
            name, columns = cells[0], None
            if name in sections:
                raise broken(line, f"the section {name} stands in the file twice.")
            sections[name] = []
        elif not name:
            raise broken(line, "a .pb file begins with the line META.")
        elif columns is None:
            columns = cells
        elif any(cells[len(columns) :]):
            raise broken(line, f"there are {len(cells)} cells, but {len(columns)} columns.")
        else:
            sections[name].append((line, dict(zip(columns, cells, strict=False))))
    if row != [last_line]:
        raise broken(line, "a quotation mark is opened and never closed.")
    for name in ("META", "PROJECTS", "VOTES"):
        if name not in sections:
            raise broken(text.rstrip().count("\n") + 1, f"there is no section {name}.")
    return sections


def read_number(text: str, what: str, line: int) -> Fraction:
    """Read a number that is zero or more, whole or with decimals."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise broken(line, f"{what} must be a number, zero or more, and is {text!r}.")
    return Fraction(text)


def listed(text: str) -> list[str]:
    """Read a list with commas. Ids and names are stripped of white space; empty ones go."""
    return [each.strip() for each in text.split(",") if each.strip()]


def make_election(data: bytes, sections: dict[str, Rows], seed: str | None) -> Election:
    """Put the sections together.

    The budget is cut to whole cents. A ballot that names nothing is blank and does not count. The
    score of a project is the sum of its points; where ballots have none, each counts as 1.
    """
    meta, lines = read_meta(sections["META"])
    kind = meta["vote_type"]
    projects = read_projects(sections["PROJECTS"], seed)
    whole = ("max_length", "max_points", "max_sum_points", "min_project_score_threshold")
    numbers = {key: read_number(meta[key], key, lines[key]) for key in whole if key in meta}
    places = int(numbers.get("max_length", len(projects)))  # L, on an ordinal ballot
    ballots = [read_ballot(*row, kind, places, projects) for row in sections["VOTES"]]
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
    exclusive = [frozenset(listed(part)) for part in meta.get("exclusive_groups", "").split("|")]
    for name in sorted(frozenset[str]().union(*exclusive) - set(projects)):
        raise broken(lines["exclusive_groups"], f"there is no project {name} to exclude.")
    return Election(
        meta=meta,
        sha256=hashlib.sha256(data).hexdigest(),
        budget=int(read_number(meta["budget"], "the budget", lines["budget"]) * 100),
        projects={
            name: replace(project, votes=votes[name], score=score[name])
            for name, project in projects.items()
        },
        ballots=tuple(sorted(groups.items())),
        counted=groups.total(),
        blank=len(ballots) - groups.total(),
        points_scale=scale,
        full_vote=full_vote(kind, numbers, places, scale, groups),
        area_budgets=read_limits(meta, lines, "neighborhoods", "budget_per_neighborhood"),
        theme_ceilings=read_limits(meta, lines, "categories", "budget_per_category"),
        exclusive_groups=tuple(exclusive),
    )


def read_meta(rows: Rows) -> tuple[dict[str, str], dict[str, int]]:
    """Return what META says, and on which line. A key without a value says nothing."""
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, row in rows:
        key, value = row.get("key", ""), row.get("value", "")
        if meta.get(key, value) != value:
            raise broken(line, f"META says {key} twice, and not the same.")
        if value:
            meta[key], lines[key] = value, line
    for key in ("budget", "vote_type"):
        if key not in meta:
            raise broken(rows[0][0] if rows else 1, f"META does not say {key}.")
    kinds = ("approval", "choose-1", "cumulative", "scoring", "ordinal")
    if meta["vote_type"] not in kinds:
        raise broken(lines["vote_type"], f"vote_type must be one of {', '.join(kinds)}.")
    if "counting_rule" in meta:
        try:
            checked_rule(rule_of_json(meta["counting_rule"]))
        except Refused as error:
            raise broken(lines["counting_rule"], str(error)) from None
    return meta, lines


def read_limits(
    meta: dict[str, str], lines: dict[str, int], names: str, money: str
) -> dict[str, int]:
    """Read area budgets or theme ceilings, cut to cents: two lists that go together by place."""
    amounts = [
        int(read_number(text, money, lines[money]) * 100) for text in listed(meta.get(money, ""))
    ]
    if amounts and len(amounts) != len(listed(meta.get(names, ""))):
        raise broken(lines[money], f"{money} has not as many amounts as {names} has names.")
    return dict(zip(listed(meta.get(names, "")), amounts, strict=False))


def read_projects(rows: Rows, seed: str | None) -> dict[str, Project]:
    """Read the projects. A cost is raised to whole cents.

    A cost of exactly 999999999 marks a project as withdrawn after the vote. With a seed S the lot
    number of a project is its place when all are sorted by SHA-256 of the text "S|id".
    """
    projects: dict[str, Project] = {}
    for line, row in rows:
        name, lot = row.get("project_id", ""), row.get("lot", "")
        if not name or name in projects:
            raise broken(line, f"project_id must be there and differ from others, and is {name!r}.")
        if not re.fullmatch(r"[0-9]*", lot):
            raise broken(line, f"the lot number of project {name} must be a whole number.")
        cost = read_number(row.get("cost", ""), f"the cost of project {name}", line)
        projects[name] = Project(
            id=name,
            cost=-int(-cost * 100 // 1),
            area=row.get("neighborhood", ""),
            themes=tuple(dict.fromkeys(listed(row.get("category", "")))),
            lot=int(lot or 0),
            withdrawn=cost == WITHDRAWN_COST,
        )
    if seed is not None:
        drawn = sorted(
            projects, key=lambda name: hashlib.sha256(f"{seed}|{name}".encode()).digest()
        )
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
    points = [read_number(text, "the points", line) for text in listed(row.get("points", ""))]
    if len(points) != len(named):
        raise broken(
            line, f"the ballot names {len(named)} projects and gives {len(points)} points."
        )
    if any((number * 10**6).denominator > 1 for number in points):
        raise broken(line, "points may have at most six decimals.")
    # Read backwards, so that of a repeat the first is what stays.
    return dict(reversed(list(zip(named, points, strict=True))))


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
        return places
    if kind not in ("cumulative", "scoring"):
        return 1
    keys = ("max_points", "max_sum_points") if kind == "cumulative" else ("max_points",)
    said = [int(numbers[key] * scale) for key in keys if key in numbers]
    return min(said) if said else max([1, *(points for each in groups for _, points in each)])


# --- choose the rule -----------------------------------------------------------------------------

Rule = dict[str, Any]
ALL = ("most_votes", "equal_shares", "phragmen")
CRITERIA = ["lower_cost", "more_votes", "lot", "id"]
# Every switch: the families that have it, and its values, that of the family itself first.
SWITCHES: dict[str, tuple[tuple[str, ...], tuple[Any, ...]]] = {
    "tie_order": (ALL, (CRITERIA,)),
    "minimum_votes": (ALL, (1,)),
    "minimum_percent": (ALL, ("0/1",)),
    "support_quota": (ALL, (0,)),
    "areas": (ALL, ("together", "ceilings", "pots", "pots_top_up")),
    "theme_ceilings": (ALL, (True, False)),
    "exclusive_groups": (("most_votes",), (False, True)),
    "skip": (("most_votes",), (True, False)),
    "remainder": (("most_votes",), ("second_pass", "none", "partial", "eighty_percent")),
    "ceilings_in_remainder": (ALL, (True, False)),
    "utility": (("equal_shares",), ("cost", "cardinality", "points")),
    "start": (("equal_shares",), ("exact", "floor")),
    "add1": (("equal_shares",), (True, False)),
    "step": (("equal_shares",), ("1",)),
    "stop": (("equal_shares",), ("exhaustive", "exhaustive_all", "overspending")),
    "completion": (("equal_shares", "phragmen"), ("votes", "epsilon", "none")),
    "comparison": (("equal_shares",), ("none", "more_choices", "any_choice")),
}
NO_SKIP = {"family": "most_votes", "areas": "ceilings", "skip": False, "remainder": "none"}
PAST_BUDGET = {"start": "floor", "stop": "overspending"}  # raised until it does not fit, no sooner
PRESETS: dict[str, Rule] = {
    "most_votes": {"family": "most_votes", "areas": "ceilings"},
    "most_votes_no_skip": NO_SKIP,
    "equal_shares": {"family": "equal_shares"},
    "equal_shares_wieliczka": {"family": "equal_shares", **PAST_BUDGET, "completion": "none"},
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
    named = meta.get("rule", "").strip().lower()
    if named.startswith("equalshares"):
        words: dict[str, Rule] = {
            "equalshares": {"add1": False},
            "equalshares-comparison": {"add1": False, "comparison": "more_choices"},
            "equalshares/add1u": {"completion": "votes"},
            "equalshares/add1-comparison": {**PAST_BUDGET, "comparison": "more_choices"},
        }
        more = words.get(named, {})
        return preset("equal_shares", **({"theme_ceilings": False, "completion": "none"} | more))
    least = threshold(meta)
    if named == "greedy-no-skip":
        return preset("most_votes_no_skip", **least)
    if named == "greedy-custom" and meta.get("unit", "").strip().lower() in ("poznań", "poznan"):
        return preset("most_votes_no_skip", **least, remainder="eighty_percent")
    exclusive = named == "greedy-exclusive"
    return preset("most_votes", **least, **leftover_rule(meta), exclusive_groups=exclusive)


def threshold(meta: dict[str, str]) -> Rule:
    """Return T, min_project_score_threshold (at least 1), as minimum_votes."""
    return {
        "minimum_votes": max(1, -int(-Fraction(meta.get("min_project_score_threshold", 1)) // 1))
    }


def leftover_rule(meta: dict[str, str]) -> Rule:
    """Return what Pabulib's words say about the money that is left."""
    said = meta.get("leftover_budget", "")
    known = {"Fund additional": "second_pass", "Partially": "partial"}
    remainder = [value for words, value in known.items() if said.startswith(words)]
    return {"ceilings_in_remainder": False, "remainder": (remainder or ["none"])[0]}


def rule_of_json(text: str) -> Rule:
    """Read counting_rule: the rule object as JSON, with every switch of its family."""
    try:
        said = json.loads(text)
        family = said["family"]
        names = [switch for switch, (of, _) in SWITCHES.items() if family in of]
        if not names or set(said) - {"family", "name", *names}:
            raise Refused("counting_rule has words that no rule has.")
        return {"family": family} | {switch: said[switch] for switch in names}
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"counting_rule is not a whole rule as JSON ({error}).") from None


def choose_rule(meta: dict[str, str], asked: str | None, switches: Sequence[str]) -> Rule:
    """Return the rule: that of META, or a preset that is asked for; single switches come last.

    most_votes and most_votes_no_skip keep of META the least number of votes, and most_votes the
    leftover rule. The others have no theme ceilings and need 1 vote. Of a file with counting_rule,
    any preset keeps tie_order, the two minima, the quota and theme_ceilings.
    """
    rule = preset(asked) if asked else rule_of_file(meta)
    if asked and "counting_rule" in meta:
        own = rule_of_json(meta["counting_rule"])
        rule |= {switch: own[switch] for switch in (*SAME_ADMISSION, "theme_ceilings")}
    elif asked and rule["family"] == "most_votes":
        rule |= threshold(meta) | (leftover_rule(meta) if asked == "most_votes" else {})
    elif asked:
        rule |= {"theme_ceilings": False, "minimum_votes": 1}
    for each in switches:
        switch, equals, value = each.partition("=")
        if not equals or switch not in SWITCHES:
            raise Refused(f"{each} is no switch; write name=value, name one of {list(SWITCHES)}.")
        rule[switch] = value
    return checked_rule(rule)


SAME_ADMISSION = ("tie_order", "minimum_votes", "minimum_percent", "support_quota")


def checked_rule(rule: Rule) -> Rule:
    """Return the rule with every value as the result file writes it, and with its name."""
    family, name = rule["family"], "custom"
    for switch in set(rule) - {"family"}:
        if family not in SWITCHES[switch][0]:
            raise Refused(f"{switch} is no switch of {family}.")
        rule[switch] = checked_value(switch, rule[switch])
    if rule["areas"].startswith("pots") and family != "most_votes":
        raise Refused("Pots per area can only be counted with most_votes.")
    if family == "phragmen" and rule["completion"] == "epsilon":
        raise Refused("The completion epsilon only goes with equal_shares.")
    own = [switch for switch, (of, _) in SWITCHES.items() if of != ALL and family in of]
    for each in reversed(PRESETS):  # The first preset of the family with these switches of its own.
        asked = preset(each)
        if asked["family"] == family and all(asked[switch] == rule[switch] for switch in own):
            name = each
    return rule | {"name": name}


def checked_value(switch: str, value: Any) -> Any:
    """Return the value of a switch as the result file writes it."""
    values, text = SWITCHES[switch][1], str(value)
    if switch == "tie_order":
        order = value if isinstance(value, list) else listed(text)
        order = order if "id" in order else [*order, "id"]
        if set(order) <= set(CRITERIA) and len(set(order)) == len(order) and order[-1] == "id":
            return order
    elif isinstance(values[0], bool):
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
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


# --- admit ---------------------------------------------------------------------------------------

Supporters = list[tuple[int, int, list[int]]]
"""Of one project: (w, how many equal ballots, the groups of ballots with this w and number)."""


@dataclass
class Count:
    """A count that is going on.

    order: place of each project in the one tie order of the whole count. left: what is left of
    the budget. areas_left, themes_left: what is left of the limits that bind, if any.
    """

    election: Election
    rule: Rule
    order: dict[str, int]
    left: int
    areas_left: dict[str, int]
    themes_left: dict[str, int]
    candidates: list[str] = field(default_factory=list)
    supporters: dict[str, Supporters] = field(default_factory=dict)
    overlaps: dict[str, set[str]] = field(default_factory=dict)
    selected: list[str] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    partly_funded: tuple[str, int] | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    ties: set[tuple[str, str, str]] = field(default_factory=set)
    chain: Chain | None = None
    loads: list[LoadRound] = field(default_factory=list)
    before_completion: Before = (0, {}, [])
    comparison: dict[str, Any] | None = None

    def of(self, name: str) -> Project:
        """Return the project with this id."""
        return self.election.projects[name]

    def sorted_by(self, measure: str, names: Iterable[str]) -> list[str]:
        """Sort by votes or by score (highest first), then tie order."""
        return sorted(names, key=lambda name: (-getattr(self.of(name), measure), self.order[name]))

    def note_neighbours(self, stage: str, measure: str, ordered: list[str]) -> None:
        """Two neighbours with the same score, or the same votes, are a tie."""
        for name, rival in pairwise(ordered):
            if getattr(self.of(name), measure) == getattr(self.of(rival), measure):
                self.ties.add((stage, name, rival))

    def fund(self, project: Project, stage: str) -> None:
        """Buy a project."""
        self.selected.append(project.id)
        if stage in ("remainder", "completion", "epsilon"):
            self.completed.append(project.id)
        if stage != "free":  # free projects take nothing
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
        limits: Limits = ({}, {}),
        **more: Any,
    ) -> None:
        """Write down a decision, with the limits that bind in this pass, before it."""
        areas, themes = limits
        area = project.area if project.area in areas else None
        ceilings = [(themes[theme], theme) for theme in project.themes if theme in themes]
        least = min(ceilings, default=(None, None))
        step: dict[str, Any] = {
            "number": len(self.steps) + 1,
            "pass": stage,
            "project": project.id,
            "decision": decision,
            "reason": reason,
            "cost": amount(project.cost),
            "left": amount(self.left if left is None else left),
            "area": area,
            "area_left": amount(areas[area]) if area else None,
            "theme": least[1],
            "theme_left": None if least[0] is None else amount(least[0]),
            "comes_back": decision == "skipped" and comes_back(self, stage, reason),
        }
        self.steps.append(step | dict.fromkeys(ONLY_OF_SOME_PASSES) | more)
        if decision == "selected":
            self.fund(project, stage)


Before = tuple[int, dict[str, int], list[str]]
"""How it stands before a completion: what is left of B and of the themes, and what is bought."""
Limits = tuple[dict[str, int], dict[str, int]]
"""What is left of the areas, and of the themes, that bind."""
ONLY_OF_SOME_PASSES = (
    *("payment", "effective_votes", "paid_in_full", "paid_less", "runner_up", "runner_up_payment"),
    *("load", "level"),
)


def take(project: Project, areas: dict[str, int], themes: dict[str, int]) -> None:
    """Take the cost of a project, in full, from its area and from each of its themes."""
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
    if reason == "theme_ceiling_reached" and rule["ceilings_in_remainder"]:
        return False
    if reason == "budget_too_small" and not rule["areas"].startswith("pots"):
        return False
    return has_second_pass(count) or rule.get("completion", "none") != "none"


def why_refused(project: Project, election: Election, rule: Rule) -> str | None:
    """Return why a project is not admitted to the count: the first reason that applies."""
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
    in the same order. The others are the candidates.
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
    admitted = []
    for name in count.sorted_by("score", names):
        reason = why_refused(names[name], election, rule)
        if reason:
            count.step("admission", names[name], reason)
        else:
            admitted.append(name)
    for name in admitted:
        if names[name].cost == 0:
            count.step("free", names[name], "free", decision="selected")
    count.candidates = [name for name in admitted if names[name].cost]
    if rule["family"] != "most_votes":
        found = supporters_of(election, rule, count.candidates)
        count.supporters = {name: found[name] for name in count.candidates if found[name]}
    return count


def tie_key(project: Project, rule: Rule) -> tuple[Any, ...]:
    """Return what is compared when two projects are equal: the first criterion that differs."""
    measures = {
        "lower_cost": project.cost,
        "more_votes": -project.votes,
        "lot": project.lot,
        "id": project.id,
    }
    return tuple(measures[criterion] for criterion in rule["tie_order"])


def supporters_of(election: Election, rule: Rule, names: Iterable[str]) -> dict[str, Supporters]:
    """Return the supporters of each project: the ballots whose utility for it is above zero.

    w is the ballot's points with utility points, and 1 with the others.
    """
    found: dict[str, dict[tuple[int, int], list[int]]] = {name: {} for name in names}
    for group, (choices, times) in enumerate(election.ballots):
        for name, points in choices:
            weight = points if rule.get("utility") == "points" else 1
            if weight > 0 and name in found:
                found[name].setdefault((weight, times), []).append(group)
    return {name: [(*level, each[level]) for level in sorted(each)] for name, each in found.items()}


# --- count: most votes ---------------------------------------------------------------------------


def has_second_pass(count: Count) -> bool:
    """Tell whether a second pass follows: with limits in force, with pots, or without skip."""
    rule = count.rule
    if rule.get("remainder") != "second_pass":
        return False
    limits = count.areas_left or count.themes_left or rule["areas"].startswith("pots")
    return bool(limits) or not rule["skip"]


def count_most_votes(election: Election, rule: Rule, first: str | None = None) -> Count:
    """Fund the candidates by score, as long as they fit; then see what happens with the rest."""
    count = begin(election, rule, first)
    if rule["areas"].startswith("pots"):
        count_pots(count)
    else:
        vote_pass(count, count.candidates, count.left)
    unfunded = [name for name in count.candidates if name not in count.selected]
    if rule["remainder"] == "partial":
        without_rivals = [name for name in unfunded if not rival_is_funded(count, name)]
        if count.left > 0 and without_rivals:
            best = count.of(without_rivals[0])
            count.partly_funded = (best.id, count.left)
            count.step("remainder", best, "partly_funded", decision="partly_funded")
    elif rule["remainder"] == "eighty_percent" and unfunded:
        best = count.of(unfunded[0])
        if 100 * count.left >= 80 * best.cost:
            count.step("remainder", best, "fits_eighty_percent", decision="selected")
    elif has_second_pass(count):
        second_pass(count)
    return count


def rival_is_funded(count: Count, name: str) -> bool:
    """Tell whether a project shares an exclusive group with one that is funded."""
    groups = count.election.exclusive_groups if count.rule["exclusive_groups"] else ()
    return any(name in group and group & set(count.selected) for group in groups)


def vote_pass(count: Count, ordered: list[str], left: int) -> int:
    """Go through the candidates once. Without skip, stop at the first that does not fit.

    left: the budget, or the money of the pot that is counted. Returns what remains of it.
    """
    count.note_neighbours("votes", "score", ordered)
    limits = (count.areas_left, count.themes_left)
    stopped = False
    for project in map(count.of, ordered):
        limit = outside(project, *limits)
        reason = None
        if stopped:
            reason = "after_the_stop"
        elif rival_is_funded(count, project.id):
            reason = "rival_funded"
        elif project.cost > left and limit != "area_budget_too_small":
            reason = "budget_too_small"
        else:
            reason = limit
        if reason:
            count.step("votes", project, reason, left=left, limits=limits)
            stopped = stopped or (reason != "rival_funded" and not count.rule["skip"])
        else:
            fits = "fits_area_budget" if project.area in count.areas_left else "fits_budget"
            count.step("votes", project, fits, decision="selected", left=left, limits=limits)
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
        inside = []
        for name in count.candidates:
            own = count.of(name).area
            if (own if own in budgets else None) == area:
                inside.append(name)
        remains = vote_pass(count, inside, money + brought)
        brought = remains if count.rule["areas"] == "pots_top_up" else 0


def second_pass(count: Count) -> None:
    """Go through what did not fit, or came after the stop, once more, without area limits."""
    first = {step["project"]: step["reason"] for step in count.steps if step["pass"] == "votes"}
    again = ("area_budget_too_small", "budget_too_small", "theme_ceiling_reached", "after_the_stop")
    for name in [name for name in count.candidates if first[name] in again]:
        from_the_rest(count, "remainder", name)


def from_the_rest(count: Count, stage: str, name: str) -> None:
    """Fund a project when it fits what is left of B and of the ceilings, if these still hold."""
    project = count.of(name)
    limits: Limits = ({}, count.themes_left if count.rule["ceilings_in_remainder"] else {})
    reason: str | None = None
    if stage == "remainder" and rival_is_funded(count, name):
        reason = "rival_funded"
    elif project.cost > count.left:
        reason = "remainder_too_small"
    else:
        reason = outside(project, *limits)
    decision = "skipped" if reason else "selected"
    count.step(stage, project, reason or "fits_remainder", decision=decision, limits=limits)


def complete_by_votes(count: Count) -> None:
    """Completion: candidates that are not bought, by votes, as long as they fit what is left."""
    ordered = count.sorted_by("votes", set(count.candidates) - set(count.selected))
    count.note_neighbours("completion", "votes", ordered)
    for name in ordered:
        from_the_rest(count, "completion", name)


# --- count: equal shares, the money of the ballots -----------------------------------------------

Purse = tuple[int, int, int]
"""Of some supporters: (w, money in parts of a cent, how many have this w and this money)."""


class Money:
    """What every ballot has left. It never changes: paying gives the money after it.

    Ballots that paid for the same projects have the same money: they share a purse, so an amount
    is kept once per purse. All amounts are whole numbers of parts of a cent; when a payment is
    not a whole number of parts, the parts are made finer. So everything is exact.
    """

    def __init__(self, parts: int, amounts: dict[int, int], purse_of: list[int]) -> None:
        self.parts = parts  # in a cent
        self.amounts = amounts  # per purse; purse 0 is the empty one
        self.purse_of = purse_of  # per group of equal ballots

    def of(self, supporters: Supporters) -> list[Purse]:
        """Return the purses of some ballots, those with money in them."""
        found: dict[int, dict[int, int]] = {}  # per w: how many have which purse
        for weight, times, groups in supporters:
            numbers = found.setdefault(weight, {})
            for purse, number in Counter(map(self.purse_of.__getitem__, groups)).items():
                numbers[purse] = numbers.get(purse, 0) + number * times
        amounts = self.amounts
        return [
            (weight, amounts[purse], number)
            for weight, numbers in found.items()
            for purse, number in numbers.items()
            if purse
        ]

    def after(self, supporters: Supporters, payment: Fraction | None) -> Money:
        """Let each supporter pay min(money, payment × w), in cents; or all it has (None)."""
        in_parts = Fraction(0) if payment is None else payment * self.parts
        finer = in_parts.denominator
        amounts = {each: self.amounts[each] * finer for each in {0, *self.purse_of}}
        purse_of, fresh = list(self.purse_of), max(amounts) + 1
        for weight in {weight for weight, _, _ in supporters}:
            became = {0: 0}  # which purse comes out of which
            for group in [g for w, _, groups in supporters if w == weight for g in groups]:
                before = purse_of[group]
                if before not in became:
                    money = amounts[before] - in_parts.numerator * weight
                    became[before] = 0 if money <= 0 or payment is None else fresh
                    amounts[fresh] = money
                    fresh += 1
                purse_of[group] = became[before]
        return Money(self.parts * finer, amounts, purse_of)


def equal_money(election: Election, share: Fraction) -> Money:
    """Return the money at the start: every ballot that counts has the share, in cents."""
    amounts = {0: 0, 1: share.numerator}
    return Money(share.denominator, amounts, [1] * len(election.ballots))


def total(purses: list[Purse]) -> int:
    """Return the money of all purses together."""
    return sum([money * number for _, money, number in purses])


def payment_for(purses: list[Purse], cost: int, bound: Fraction = Fraction(0)) -> Fraction | None:
    """Return the payment q: the least number with sum of min(money, q × w) = cost.

    Begin with a q that is too low or right. Those who cannot pay q × w cannot pay more either: they
    pay all they have. The others share the rest by w: that gives a higher q, again too low or
    right. When nobody is too poor for it any more, it is right.
    cost, bound, q: in the parts of a cent of the purses. bound: a q that is not too high.
    Returns None when they have less than the cost.
    """
    money = total(purses)
    if money < cost:
        return None
    rich = purses
    q = max(bound, Fraction(cost, sum([weight * number for weight, _, number in rich])))
    while True:
        # money is whole, so money >= q × w just when it is at least q × w raised to a whole number
        needs = {w: -(-q.numerator * w // q.denominator) for w in {purse[0] for purse in rich}}
        rich = [purse for purse in rich if purse[1] >= needs[purse[0]]]
        weight = sum([weight * number for weight, _, number in rich])
        higher = Fraction(cost - money + total(rich), weight)
        if higher == q:
            return q
        q = higher


# --- count: equal shares, one run ----------------------------------------------------------------


@dataclass
class Round:
    """One round of a run, as it stood before the purchase. bought: None after the last round.

    payment: q in cents. key: payment / cost, or payment: the lowest wins.
    """

    money: Money
    areas_left: dict[str, int]
    themes_left: dict[str, int]
    bought: str | None = None
    payment: Fraction = Fraction(0)
    key: Fraction = Fraction(0)
    runner_up: tuple[str, Fraction] | None = None


@dataclass
class Run:
    """What one share buys, in order. ties: (bought, other with the same key).

    end: how it stands after the last round. certain: false when it was given up, see run_shares.
    """

    share: Fraction
    end: Round
    cost: int = 0
    rounds: list[Round] = field(default_factory=list)
    ties: set[tuple[str, str]] = field(default_factory=set)
    certain: bool = True

    def bought(self) -> list[str]:
        """Return the ids of what was bought, in order."""
        return [str(each.bought) for each in self.rounds]


Bound = tuple[Fraction, int, str]
"""A project in the running: its key or a lower bound of it, its place in the tie order, its id."""


def price(count: Count, project: Project) -> int:
    """Return what a payment is divided by to compare it: the cost (utility cost), else 1."""
    return project.cost if count.rule["utility"] == "cost" else 1


def sharing(count: Count, name: str) -> set[str]:
    """Return the projects that share a supporter with this one, itself included."""
    if name not in count.overlaps:
        groups = [group for _, _, groups in count.supporters[name] for group in groups]
        ballots = count.election.ballots
        count.overlaps[name] = {other for group in groups for other, _ in ballots[group][0]}
    return count.overlaps[name]


def run_shares(
    count: Count, share: Fraction, same_as: Run | None = None, second: bool = False
) -> Run:
    """Run equal shares once: every ballot that counts has the money `share`, in cents.

    In the running are the candidates with a supporter. Each round, the one with the lowest key is
    bought, then tie order; its supporters pay min(money, q × w). The budget does not limit a run.
    The run ends when nobody is left in the running.

    same_as: a run with a lower share. This one is given up, and not certain, unless this share
    and every share between the two surely buy the same in the same order (proof: run_chain).
    second: whether to find out who was next in each round.
    """
    money = equal_money(count.election, share)
    run = Run(share, Round(money, dict(count.areas_left), dict(count.themes_left)))
    known: set[str] = set()
    bounds: list[Bound] = []
    for name, supporters in count.supporters.items():
        # The payment is at least the cost divided by all weights.
        weight = sum(weight * times * len(groups) for weight, times, groups in supporters)
        project = count.of(name)
        bound = Fraction(project.cost, weight * price(count, project))
        bounds.append((bound, count.order[name], name))
    heapify(bounds)
    before = list(same_as.rounds) if same_as else []
    while True:
        same = before[len(run.rounds)] if len(run.rounds) < len(before) else None
        best, others = best_of_round(count, run.end, bounds, known, same, second)
        if same_as and not surely_the_same(best, others, same):
            run.certain = False
            return run
        if best is None:
            return run
        project, now = count.of(best[2]), run.end
        now.bought, now.key, now.payment = project.id, best[0], best[0] * price(count, project)
        if second and others:
            key, _, name = others[0]
            now.runner_up = (name, key * price(count, count.of(name)))
        run.rounds.append(now)
        run.ties |= {(project.id, name) for key, _, name in others if key == best[0]}
        run.cost += project.cost
        money = now.money.after(count.supporters[project.id], now.payment)
        run.end = Round(money, dict(now.areas_left), dict(now.themes_left))
        take(project, run.end.areas_left, run.end.themes_left)
        known -= sharing(count, project.id)
        for other in others:
            heappush(bounds, other)


def best_of_round(
    count: Count,
    now: Round,
    bounds: list[Bound],
    known: set[str],
    before: Round | None,
    second: bool,
) -> tuple[Bound | None, list[Bound]]:
    """Find the project that is bought in this round, and the rivals that come close to it.

    Dropped are those that do not fit their limits and those whose supporters together have less
    than the cost; within a run neither comes back. Payments only grow within a run, so the last
    key of a project is a lower bound. The projects are looked at in the order of these bounds, and
    only until no bound is as low as the best key. A project of which no supporter paid since it
    was last looked at has the same key: it is `known`.

    Returns the best and the others that were compared with it, in order: at least all with the
    same key, all with a key up to that of `before`, and the next (when it is asked for).
    """
    best: Bound | None = None
    others: list[Bound] = []
    while bounds:
        enough = others or not second
        if best and enough and bounds[0][0] > max(best[0], before.key if before else 0):
            break
        bound, place, name = heappop(bounds)
        project = count.of(name)
        if outside(project, now.areas_left, now.themes_left):
            continue
        if name in known and best:
            others.append((bound, place, name))
        elif name in known:
            best = (bound, place, name)
        else:
            parts = now.money.parts * price(count, project)  # of a key
            purses = now.money.of(count.supporters[name])
            payment = payment_for(purses, project.cost * now.money.parts, bound * parts)
            if payment is not None:
                known.add(name)
                heappush(bounds, (payment / parts, place, name))
    return best, others


def surely_the_same(best: Bound | None, others: list[Bound], before: Round | None) -> bool:
    """Tell whether a round is surely the same for every share from that of `before` to this one.

    The same project is bought, and every rival is strictly worse now than the bought one was
    before; or just as bad, when the bought one comes first in the tie order and its key has not
    changed. Or both runs have ended.
    """
    if best is None or before is None:
        return best is None and before is None
    same_key = best[0] == before.key
    return best[2] == before.bought and all(
        key > before.key or (key == before.key and same_key and best[1] < place)
        for key, place, _ in others
    )


# --- count: equal shares, the chain --------------------------------------------------------------


@dataclass
class Chain:
    """How the share was raised. start: in cents. run: the one that counts; after: one step on."""

    start: Fraction | None
    stop: str
    increments: int | None = None
    run: Run | None = None
    after: Run | None = None
    ties: set[tuple[str, str]] = field(default_factory=set)


def run_chain(count: Count) -> Chain:
    """Raise the share step by step, and return the run that counts.

    Run at b0 = B/n (exact) or that cut to whole units (floor). Without add1 that is all. Else for
    k = 0, 1, 2 … run at b0 + k × step, until why_stop gives a reason. When that is overspending,
    the run before counts.

    Many shares buy the same in the same order, so k may jump when that is certain. Proof. Let
    b < x < b' be shares. The runs at b and b' buy the same in the same order, and in every round
    every rival at b' is strictly worse than the bought one at b (surely_the_same). Say that the
    run at x bought the same in all rounds before this one.
    1. What a ballot has at x lies between what it has at b and at b'. At first that is plain. In a
       purchase a ballot with money m comes to max(0, m - q × w): that is no less when m was no
       less and q is no more; and by 2 q is no more.
    2. Where all have no less money, less or the same is needed from each. So every key at x lies
       between the key at b' and that at b, and what can be afforded at x can be afforded at b'.
    3. So at x the bought one of b can be afforded, and its key is at most its key at b. Each rival
       has at least its key at b', which is higher: the same project is bought, without a tie. If
       a rival's key at b' equals the key of the bought one at b, then the latter is the same at b
       and b', so also at x; the rival's key at x is the same or higher, and the tie order is for
       the bought one. Then a tie at x is a tie at b' too, so no tie is missed.
    4. What fits the limits depends on what was bought only. What is dropped for lack of money at
       b' is dropped at x. So when nobody is left at b', nobody is left at x.
    Whether the chain ends depends on the projects only; it did not end at b, so it ends at no x,
    and not at b'. Nothing is skipped that could be the end. (The cost does not always rise with
    the share, so looking for the end by halving would be wrong.)
    """
    election, rule = count.election, count.rule
    start = Fraction(election.budget, election.counted) if election.counted else None
    if start is not None and rule["start"] == "floor":
        start = Fraction(start // 100 * 100)
    if start is None or not count.supporters:
        return Chain(start, "no_candidates")
    run = before = run_shares(count, start)
    if not rule["add1"]:
        return Chain(start, "single", 0, run, None, run.ties)
    step = int(Fraction(rule["step"]) * 100)
    ties = set(run.ties)
    k, jump, successes = 0, 1, 0
    while not (stop := why_stop(count, run)):
        if k >= LONGEST_CHAIN:
            raise Refused(f"The share would be raised more than {LONGEST_CHAIN} times.")
        say_progress(f"The share was raised {k} times, the cost is {amount(run.cost)}.")
        jump = min(jump, LONGEST_CHAIN - k, LONGEST_JUMP)
        reached = run_shares(count, start + (k + jump) * step, run if jump > 1 else None)
        if not reached.certain:
            jump, successes = jump // 2, 0
            continue
        before, run, k, successes = run, reached, k + jump, successes + 1
        ties |= run.ties
        if successes == 2:
            jump, successes = jump * 2, 0
    if stop == "overspending":  # only a step of one finds it, so `before` is one step back
        return Chain(start, stop, k - 1, before, run, ties)
    after = run_shares(count, start + (k + 1) * step) if stop == "exhausted" else None
    return Chain(start, stop, k, run, after, ties)


def say_progress(sentence: str) -> None:
    """Say how far a long count is: every second on a terminal, else every five seconds."""
    if time.monotonic() - LAST_SAID[0] > (1 if sys.stderr.isatty() else 5):
        LAST_SAID[0] = time.monotonic()
        print(sentence, file=sys.stderr)


def why_stop(count: Count, run: Run) -> str | None:
    """Return why the chain ends at a run, or None.

    Its cost is above B; or all candidates with a supporter are bought; or no other one fits its
    limits; or (exhaustive) none of the others that fit costs at most what is left of B. With
    exhaustive_all the others are also the candidates without a supporter.
    """
    if run.cost > count.election.budget:
        return "overspending"
    bought = set(run.bought())
    if bought == set(count.supporters):
        return "all_funded"
    others = [
        count.of(name)
        for name in count.candidates
        if name not in bought
        and not outside(count.of(name), run.end.areas_left, run.end.themes_left)
    ]
    supported = [project for project in others if project.id in count.supporters]
    small = [project for project in others if project.cost <= count.election.budget - run.cost]
    if not supported:
        return "exhausted"
    if count.rule["stop"] == "exhaustive":
        small = [project for project in small if project.id in count.supporters]
    return "exhausted" if not small and count.rule["stop"] != "overspending" else None


# --- count: equal shares, the whole --------------------------------------------------------------


def count_equal_shares(election: Election, rule: Rule, first: str | None = None) -> Count:
    """Count equal shares: the chain, then the completion."""
    count = begin(election, rule, first)
    count.chain = run_chain(count)
    count.ties = {("shares", *tie) for tie in count.chain.ties}
    if count.chain.run:
        count.chain.run = run_shares(count, count.chain.run.share, second=True)
        write_run(count, count.chain.run)
        complete(count, count.chain.run.end.money)
    else:
        write_not_bought(count, None)
        complete(count, equal_money(election, count.chain.start or Fraction(0)))
    return count


def complete(count: Count, money: Money) -> None:
    """Do with the rest what the rule says. money: what the ballots have left."""
    count.before_completion = (count.left, dict(count.themes_left), list(count.selected))
    if count.rule["completion"] == "votes":
        complete_by_votes(count)
    elif count.rule["completion"] == "epsilon":
        complete_by_everyone(count, money)


def write_run(count: Count, run: Run) -> None:
    """Write the purchases of the run that counts in order, then the supported not bought."""
    limits = (count.areas_left, count.themes_left)
    for now in run.rounds:
        project, least = count.of(str(now.bought)), now.payment * now.money.parts
        supporters, second = count.supporters[project.id], now.runner_up
        in_full = sum(n for w, money, n in now.money.of(supporters) if money >= least * w)
        count.step(
            "shares",
            project,
            "fits_shares",
            decision="selected",
            limits=limits,
            payment=exact(now.payment / 100),
            effective_votes=exact(project.cost / now.payment),
            paid_in_full=in_full,
            paid_less=heads(supporters) - in_full,
            runner_up=second[0] if second else None,
            runner_up_payment=exact(second[1] / 100) if second else None,
        )
    write_not_bought(count, run)


def write_not_bought(count: Count, run: Run | None) -> None:
    """Write the candidates that were not bought, by votes.

    Those that nobody supports are among them only when no completion will look at them.
    """
    limits = (count.areas_left, count.themes_left)
    lost_ties = {rival for _, rival in run.ties} if run else set()
    left = set(count.candidates) - set(count.selected)
    for name in count.sorted_by("votes", left):
        project = count.of(name)
        if name not in count.supporters or run is None:
            if count.rule["completion"] == "none":
                count.step("shares", project, "no_votes", limits=limits)
            continue
        reason = "tie_lost" if name in lost_ties else outside(project, *limits)
        if not reason and heads(count.supporters[name]) * run.share < project.cost:
            reason = "never_affordable"
        count.step("shares", project, reason or "supporters_spent", limits=limits)


def heads(supporters: Supporters) -> int:
    """Return the number of supporters."""
    return sum(times * len(groups) for _, times, groups in supporters)


def complete_by_everyone(count: Count, money: Money) -> None:
    """Completion epsilon: go on with the money that is left, of supporters and of all others.

    A candidate can be bought while it costs at most the money of all ballots and what is left of
    B, and fits the theme ceilings when ceilings_in_remainder; areas do not bind. Bought is the one
    with the lowest level, then tie order.
    """
    limits: Limits = ({}, count.themes_left if count.rule["ceilings_in_remainder"] else {})
    rest = set(count.candidates) - set(count.selected)
    while True:
        levels = []
        for project in map(count.of, rest):
            if project.cost <= count.left and not outside(project, *limits):
                level = level_for(count, money, project)
                if level is not None:
                    levels.append((level, count.order[project.id], project.id))
        if not levels:
            break
        level, _, name = min(levels)
        rest.remove(name)
        count.ties |= {("epsilon", name, each[2]) for each in levels if each[0] == level} - {
            ("epsilon", name, name)
        }
        more: dict[str, Any] = {"level": exact(level / 100)}
        project = count.of(name)
        count.step("epsilon", project, "fits_everyone", decision="selected", limits=limits, **more)
        money = pay_by_everyone(count, money, project, level)
    for name in count.sorted_by("votes", rest):
        count.step("epsilon", count.of(name), "remainder_too_small", limits=limits)


def outsiders(count: Count, name: str) -> Supporters:
    """Return the ballots that are no supporters of a project, all with w = 1."""
    inside = {group for _, _, groups in count.supporters.get(name, []) for group in groups}
    levels: dict[int, list[int]] = {}
    for group, (_, times) in enumerate(count.election.ballots):
        if group not in inside:
            levels.setdefault(times, []).append(group)
    return [(1, times, groups) for times, groups in sorted(levels.items())]


def level_for(count: Count, money: Money, project: Project) -> Fraction | None:
    """Return the lowest level that pays for a project, in cents; None when all have too little.

    Its supporters pay all they have; the shortfall, cost minus that, is paid by the other ballots,
    each min(money, level). When its supporters have enough the level is 0.
    """
    shortfall = project.cost * money.parts - total(money.of(count.supporters.get(project.id, [])))
    if shortfall <= 0:
        return Fraction(0)
    level = payment_for(money.of(outsiders(count, project.id)), shortfall)
    return None if level is None else level / money.parts


def pay_by_everyone(count: Count, money: Money, project: Project, level: Fraction) -> Money:
    """Let supporters and others pay. With level 0 supporters pay as in a round of shares."""
    supporters = count.supporters.get(project.id, [])
    if level:
        return money.after(supporters, None).after(outsiders(count, project.id), level)
    payment = payment_for(money.of(supporters), project.cost * money.parts)
    return money.after(supporters, None if payment is None else payment / money.parts)


# --- count: phragmen -----------------------------------------------------------------------------


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
    limits = (count.areas_left, count.themes_left)
    supporters = supporters_of(election, rule, election.projects)
    loads = [Fraction(0)]  # of those who never got a project, then of each purchase
    last_purchase = [0] * len(election.ballots)
    while True:
        rest = set(supporters) - set(count.selected)
        sums = {name: load_of(supporters[name], loads, last_purchase) for name in rest}
        running = [
            ((sums[name] + count.of(name).cost) / count.of(name).votes, count.order[name], name)
            for name in count.supporters
            if name in sums and not outside(count.of(name), *limits)
        ]
        load, _, name = min(running, default=(None, 0, ""))
        same = [other for other_load, _, other in running if other_load == load]
        stops = not same or any(count.of(other).cost > count.left for other in same)
        left = (count.left, dict(limits[0]), dict(limits[1]), list(count.selected))
        count.loads.append(LoadRound(load, None if stops else name, sums, *left))
        if stops or load is None:
            break
        count.ties |= {("phragmen", name, other) for other in same if other != name}
        more: dict[str, Any] = {"load": exact(load / 100)}
        bought = count.of(name)
        count.step("phragmen", bought, "lowest_load", decision="selected", limits=limits, **more)
        loads.append(load)
        for _, _, groups in supporters[name]:
            for group in groups:
                last_purchase[group] = len(loads) - 1
    for name in count.sorted_by("votes", set(count.candidates) - set(count.selected)):
        count.step("phragmen", count.of(name), "stopped", limits=limits)
    complete(count, equal_money(election, Fraction(0)))
    return count


def load_of(supporters: Supporters, loads: list[Fraction], last_purchase: list[int]) -> Fraction:
    """Return the loads of some ballots together, in cents."""
    numbers: dict[int, int] = {}
    for _, times, groups in supporters:
        for purchase, number in Counter(map(last_purchase.__getitem__, groups)).items():
            numbers[purchase] = numbers.get(purchase, 0) + number * times
    return sum((loads[purchase] * number for purchase, number in numbers.items()), Fraction(0))


# --- count: the whole rule -----------------------------------------------------------------------


def count_election(election: Election, rule: Rule, first: str | None = None) -> Count:
    """Count by the whole rule. first: a project placed before all others in the tie order."""
    if rule["family"] == "most_votes":
        return count_most_votes(election, rule, first)
    if rule["family"] == "phragmen":
        return count_phragmen(election, rule, first)
    count = count_equal_shares(election, rule, first)
    return count if rule["comparison"] == "none" else compare(count, first)


def compare(count: Count, first: str | None) -> Count:
    """Compare with most votes: the same minima and quota, no areas, no themes, no remainder.

    Per ballot the number of funded projects it names (more_choices) or whether there is one
    (any_choice). When strictly more ballots prefer most votes, that is the result.
    """
    same = {switch: count.rule[switch] for switch in SAME_ADMISSION}
    plain = {"areas": "together", "theme_ceilings": False, "remainder": "none"}
    other = count_most_votes(count.election, preset("most_votes", **plain, **same), first)
    prefer_rule = prefer_votes = 0
    for choices, times in count.election.ballots:
        named = {name for name, _ in choices}
        ours, theirs = len(named & set(count.selected)), len(named & set(other.selected))
        if count.rule["comparison"] == "any_choice":
            ours, theirs = min(1, ours), min(1, theirs)
        prefer_rule += times if ours > theirs else 0
        prefer_votes += times if theirs > ours else 0
    kept = other if prefer_votes > prefer_rule else count
    kept.comparison = {
        "prefer_rule": prefer_rule,
        "prefer_most_votes": prefer_votes,
        "kept": "rule" if kept is count else "most_votes",
    }
    return kept


# --- explain: what if? ---------------------------------------------------------------------------


def would_be_selected(count: Count, whole_rule: Rule, name: str, cost: int, extra: int) -> bool:
    """Count once more with another cost, or with extra ballots that name this project alone.

    It is a count by the same rule, with two differences for equal_shares: without comparison, and
    one run with the share `endowment` instead of a chain (every extra ballot has that share too),
    followed by the completion. When the outcome has no endowment, or the family is another, the
    whole rule is counted; when the comparison kept most votes, that count.
    """
    project = with_changes(count, name, cost, extra)
    alone = ((((name, count.election.full_vote),), extra),) if extra else ()
    election = replace(
        count.election,
        projects=count.election.projects | {name: project},
        ballots=count.election.ballots + alone,
        counted=count.election.counted + extra,
    )
    if count.chain and count.chain.run:
        again = begin(election, count.rule, None)
        run = run_shares(again, count.chain.run.share)
        for bought in run.bought():
            again.fund(again.of(bought), "shares")
        if again.left > 0:
            complete(again, run.end.money)
    else:
        again = count_election(election, whole_rule if count.chain else count.rule)
    return name in again.selected


def with_changes(count: Count, name: str, cost: int, extra: int) -> Project:
    """Return a project as it would be with another cost or with extra ballots, full votes."""
    project = count.of(name)
    score = project.score + extra * count.election.full_vote
    return replace(project, cost=cost, votes=project.votes + extra, score=score)


def halve(wins: Callable[[int], bool], wins_at: int, loses_at: int) -> int:
    """Return the last number that wins, on the way from one that wins to one that does not."""
    while abs(wins_at - loses_at) > 1:
        middle = (wins_at + loses_at) // 2
        wins_at, loses_at = (middle, loses_at) if wins(middle) else (wins_at, middle)
    return wins_at


Wins = Callable[[int, int], bool]
"""Whether a project would be selected, with another cost (in cents) and extra ballots."""


def cost_by_halving(count: Count, name: str, wins: Wins) -> int | None:
    """Return max_winning_cost: the highest cost below its own at which it would be selected."""
    project = count.of(name)
    if project.withdrawn or project.cost == 0 or not wins(0, 0):
        return None
    return halve(lambda cost: wins(cost, 0), 0, project.cost)


def extra_by_halving(count: Count, name: str, wins: Wins) -> int | None:
    """Return extra_votes: the lowest number of extra ballots with which it would be selected."""
    project, most = count.of(name), most_extra(count)
    if project.withdrawn or project.cost > count.election.budget or not wins(project.cost, most):
        return None
    return halve(lambda extra: wins(project.cost, extra), most, 0)


def most_extra(count: Count) -> int:
    """Return the number of extra ballots beyond which nobody looks."""
    return 2 * count.election.counted + int(count.rule["minimum_votes"]) + 1


def phragmen_buys(count: Count, project: Project) -> tuple[bool, Before]:
    """Tell whether phragmen buys a project that was changed, and how it stands if it does not.

    As long as the project is not bought, all rounds are as they were, so its load in each round
    is known and no ballot has to be looked at again. Extra ballots begin with load 0.
    """
    for at in count.loads:
        state = (at.left, at.themes_left, at.selected)
        if project.votes and not outside(project, at.areas_left, at.themes_left):
            load = (at.sums[project.id] + project.cost) / project.votes
            comes_first = at.load is None or load < at.load
            if load == at.load:
                if at.bought is None or project.cost > at.left:
                    break  # one of those with the lowest load is too dear: the count stops
                winner = count.of(at.bought)
                comes_first = tie_key(project, count.rule) < tie_key(winner, count.rule)
            if comes_first:
                return project.cost <= at.left, state
    return False, state


def completes(
    count: Count, project: Project, left: int, themes: dict[str, int], bought: Sequence[str]
) -> bool:
    """Tell whether completion by votes would fund a project that was changed."""
    themes = dict(themes) if count.rule["ceilings_in_remainder"] else {}
    mine = (-project.votes, tie_key(project, count.rule))
    for other in map(count.of, count.sorted_by("votes", set(count.candidates) - set(bought))):
        if (-other.votes, tie_key(other, count.rule)) > mine:
            break
        if other.id != project.id and other.cost <= left and not outside(other, {}, themes):
            left -= other.cost
            take(other, {}, themes)
    fits = project.cost <= left and not outside(project, {}, themes)
    return fits and bool(count.rule["completion"] == "votes")


Seen = tuple[Round, list[Purse], dict[Fraction, Fraction]]
"""A round, the purses of a loser's supporters in it, and what they could pay up to some caps."""


def shares_buy(count: Count, project: Project, extra: int, seen: Seen, share: Fraction) -> bool:
    """Tell whether a project that was changed is bought in a round, or after the last.

    As long as the project is not bought, all rounds are as they were. With F(q) = sum of
    min(money, q × w) over its supporters: its payment is the least q with F(q) = cost. Let q* be
    the payment with which its key equals that of the purchase. F(q*) > cost: the payment is lower
    than q*, so it is bought. F(q*) < cost: it is not. Equal: it is bought when its payment is lower
    all the same (all its supporters have less than q* × w), or by the tie order. After the last
    round its supporters only need the cost. Each extra ballot still has the whole share.
    """
    now, purses, known = seen
    if outside(project, now.areas_left, now.themes_left):
        return False
    weight = count.election.full_vote if count.rule["utility"] == "points" else 1
    more = [(weight, int(share * now.money.parts), extra)] if extra and weight else []
    cost = project.cost * now.money.parts
    if now.bought is None:
        return total(purses) + total(more) >= cost
    highest = now.key * price(count, project) * now.money.parts
    if not more and any(cap >= highest and paid < cost for cap, paid in known.items()):
        return False  # not even a higher payment is enough
    if highest not in known:
        known[highest] = paid_up_to(purses, highest)
    paid = known[highest] + paid_up_to(more, highest)
    payment = payment_for(purses + more, cost) if paid == cost else None
    if payment is None or payment < highest:
        return paid >= cost
    return tie_key(project, count.rule) < tie_key(count.of(now.bought), count.rule)


def paid_up_to(purses: list[Purse], cap: Fraction) -> Fraction:
    """Return the sum of min(money, cap × w), in the parts of the purses, exactly."""
    up, down = cap.numerator, cap.denominator
    most = {weight: up * weight for weight in {purse[0] for purse in purses}}
    less = {weight: up * weight // down for weight in most}  # money is whole
    paid = sum([money * number for w, money, number in purses if money <= less[w]]) * down
    paid += sum([most[w] * number for w, money, number in purses if money > less[w]])
    return Fraction(paid, down)


def what_if(count: Count, whole_rule: Rule, name: str, seen: list[Seen]) -> dict[str, Any]:
    """Return max_winning_cost and extra_votes, by halving.

    Where the rounds are known, they tell what counting again would tell (tests compare the two).
    They are not with the completion epsilon, and not with most votes, which is soon counted again.
    With minima in percent or a quota, extra ballots change who else is admitted, so all rounds.
    """
    rule, election = count.rule, count.election
    share = count.chain.run.share if count.chain and count.chain.run else Fraction(0)

    def again(cost: int, extra: int) -> bool:
        return would_be_selected(count, whole_rule, name, cost, extra)

    def quickly(cost: int, extra: int) -> bool:
        project = with_changes(count, name, cost, extra)
        if why_refused(project, replace(election, counted=election.counted + extra), rule):
            return False
        if cost == 0:
            return True  # free
        if rule["family"] == "phragmen":
            bought, before = phragmen_buys(count, project)
        else:
            bought = any(shares_buy(count, project, extra, each, share) for each in seen)
            before = count.before_completion
        return bought or completes(count, project, *before)

    known = rule["family"] == "phragmen" or (seen and rule["completion"] != "epsilon")
    same_others = rule["minimum_percent"] == "0/1" and rule["support_quota"] == 0
    cost = cost_by_halving(count, name, quickly if known else again)
    extra = extra_by_halving(count, name, quickly if known and same_others else again)
    return {"max_winning_cost": None if cost is None else amount(cost), "extra_votes": extra}


NO_ANSWER: dict[str, Any] = {
    **dict.fromkeys(("max_winning_cost", "extra_votes", "effective_support", "supporters_left")),
    "supporters_spent": {},
}


def explain(count: Count, whole_rule: Rule) -> dict[str, dict[str, Any]]:
    """Return what would have made each project win that is not selected, and its supporters."""
    answers = {}
    run = count.chain.run if count.chain else None
    supporters = supporters_of(count.election, count.rule, count.election.projects)
    for name in count.election.projects:
        answers[name] = dict(NO_ANSWER)
        say_progress(f"Project {name} is being explained.")
        seen: list[Seen] = []
        if run and name not in count.before_completion[2]:
            rounds = [*run.rounds, run.end]
            seen = [(now, now.money.of(supporters[name]), {}) for now in rounds]
        if seen and name in count.supporters:
            answers[name] |= about_supporters(count, name, seen)
        if name not in count.selected:
            answers[name] |= what_if(count, whole_rule, name, seen)
    return answers


def about_supporters(count: Count, name: str, seen: list[Seen]) -> dict[str, Any]:
    """Return what the supporters of a project that was not bought could pay, and what they did.

    effective_support: the highest value, over the rounds, of the sum of min(money, cap) / cost,
    and after the last round of their money / cost. The cap is that with the key of the purchase.
    """
    project = count.of(name)
    money = [Fraction(total(purses), now.money.parts) for now, purses, _ in seen]
    could, spent = [money[-1]], {}
    for at, (now, purses, known) in enumerate(seen[:-1]):
        cap = now.key * price(count, project) * now.money.parts
        known[cap] = paid_up_to(purses, cap)
        could.append(known[cap] / now.money.parts)
        spent[str(now.bought)] = int(money[at] - money[at + 1])
    return {
        "effective_support": exact(max(could) / project.cost),
        "supporters_left": exact(money[-1] / 100),
        "supporters_spent": {bought: amount(paid) for bought, paid in spent.items() if paid},
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
        keys = [tie_key(count.of(name), count.rule) for name in (winner, rival)]
        differ = [one != other for one, other in zip(*keys, strict=True)]
        found.append(
            {
                "stage": stage,
                "winner": winner,
                "rival": rival,
                "criterion": count.rule["tie_order"][differ.index(True)],
                "changes_outcome": matters[rival],
            }
        )
    return found


# --- write ---------------------------------------------------------------------------------------


def amount(money: int) -> str:
    """Write an amount: "76700", or "76700.50" when there are cents. money: in cents."""
    units, rest = divmod(abs(money), 100)
    return f"{'-' if money < 0 else ''}{units}{f'.{rest:02}' if rest else ''}"


def exact(number: Fraction) -> str:
    """Write an exact value: "p/q" in lowest terms, also when q is 1."""
    return f"{number.numerator}/{number.denominator}"


def make_result(count: Count, whole_rule: Rule, seed: str | None) -> dict[str, Any]:
    """Return the result file as an object."""
    election, selected = count.election, count.selected
    bought = [count.of(name) for name in selected]
    areas: dict[str, int] = dict.fromkeys(election.area_budgets, 0)
    themes: dict[str, int] = dict.fromkeys(election.theme_ceilings, 0)
    for project in election.projects.values():
        spent = project.cost if project in bought else 0
        if project.area:
            areas[project.area] = areas.get(project.area, 0) + spent
        for theme in project.themes:
            themes[theme] = themes.get(theme, 0) + spent
    cost = sum(project.cost for project in bought)
    partly = count.partly_funded
    ties = explain_ties(count, whole_rule)
    cast = election.counted + election.blank
    return {
        "format": "pb-tally/1",
        "title": election.meta.get("description", ""),
        "currency": election.meta.get("currency", "EUR"),
        "input_sha256": election.sha256,
        "seed": seed,
        "rule": whole_rule,
        "budget": amount(election.budget),
        "cost": amount(cost),
        "leftover": amount(election.budget - cost),
        "ballots": {"cast": cast, "counted": election.counted, "blank": election.blank},
        "points_scale": election.points_scale,
        "voters_with_a_funded_choice": sum(
            times
            for choices, times in election.ballots
            if {*selected} & {name for name, _ in choices}
        ),
        "selected": selected,
        "completed": count.completed,
        "partly_funded": {"project": partly[0], "amount": amount(partly[1])} if partly else None,
        "spent_by_area": {area: amount(spent) for area, spent in areas.items()},
        "spent_by_theme": {theme: amount(spent) for theme, spent in themes.items()},
        **about_chain(count),
        "comparison": count.comparison,
        "steps": count.steps,
        "ties": ties,
        "projects": about_projects(count, whole_rule, ties),
    }


def about_chain(count: Count) -> dict[str, Any]:
    """Return how the share was raised; all null for another family."""
    chain = count.chain or Chain(None, "")
    after = chain.after
    free = [step["project"] for step in count.steps if step["reason"] == "free"]
    return {
        "endowment": exact(chain.run.share / 100) if chain.run else None,
        "start_endowment": None if chain.start is None else exact(chain.start / 100),
        "increments": chain.increments,
        "stop": chain.stop or None,
        "next": {
            "endowment": exact(after.share / 100),
            "cost": amount(after.cost),
            "selected": free + after.bought(),
        }
        if after
        else None,
    }


def about_projects(count: Count, whole_rule: Rule, ties: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the result says of each project.

    reason: that of its last step; but of a project that completion did not fund either, that of
    its step of pass shares.
    """
    answers, steps = explain(count, whole_rule), count.steps
    last = {step["project"]: step["reason"] for step in steps}
    last |= {
        step["project"]: step["reason"]
        for step in steps
        if step["pass"] == "shares" and step["project"] not in count.selected
    }
    came_to = {step["project"]: step["left"] for step in steps if step["pass"] == "completion"}
    return {
        name: {
            "votes": project.votes,
            "score": project.score,
            "cost": amount(project.cost),
            "selected": name in count.selected,
            "reason": last.get(name),
            "lost_ties_to": sorted({tie["winner"] for tie in ties if tie["rival"] == name}),
            "left_at_completion": came_to.get(name),
            **answers[name],
        }
        for name, project in count.election.projects.items()
    }


# --- the command line ----------------------------------------------------------------------------


def recount(
    path: Path, asked: str | None = None, switches: Sequence[str] = (), seed: str | None = None
) -> bytes:
    """Read, choose the rule, count, explain, and return the bytes of the result file.

    Raises Unreadable and Refused.
    """
    election = read_election(path, seed)
    rule = choose_rule(election.meta, asked, switches)
    result = make_result(count_election(election, rule), rule, seed)
    return f"{json.dumps(result, sort_keys=True, ensure_ascii=False, indent=1)}\n".encode()


def main() -> int:
    """Return 0 when counted, 1 when refused, 2 when the file cannot be read."""
    parser = argparse.ArgumentParser(description="Recount an election from its .pb file.")
    parser.add_argument("election", type=Path, metavar="ELECTION.pb")
    parser.add_argument("--rule", metavar="PRESET", help=f"one of {', '.join(PRESETS)}")
    parser.add_argument("--switch", action="append", default=[], metavar="name=value")
    parser.add_argument("--order", metavar="id", help="the tie order, in short for a switch")
    parser.add_argument("--seed", metavar="S", help="draws the lot numbers anew")
    parser.add_argument("--output", type=Path, metavar="FILE", help="instead of standard output")
    given = parser.parse_args()
    switches = given.switch + ([f"tie_order={given.order}"] if given.order else [])
    try:
        result = recount(given.election, given.rule, switches, given.seed)
        if given.output:
            given.output.write_bytes(result)
        else:
            sys.stdout.buffer.write(result)
    except (Unreadable, Refused) as sentence:
        print(sentence, file=sys.stderr)
        return 2 if isinstance(sentence, Unreadable) else 1
    except OSError as error:
        print(f"The result cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
