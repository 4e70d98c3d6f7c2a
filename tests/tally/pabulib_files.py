"""Elections of every kind that a Pabulib file can hold, and files that went wrong on the way."""

import json
import random

from hypothesis import strategies as some

from pb.tally import pabulib
from pb.tally.election import POINTS_SCALES, BallotKind, BallotLimits, Election, Project, group
from pb.tally.errors import UnreadableElection
from pb.tally.pabulib_check import check
from pb.tally.pabulib_writer import write_again
from pb.tally.plain_election import plain
from tests.tally.elections import EXAMPLES

SMALL = (EXAMPLES / "small.pb").read_text(encoding="utf-8")
KINDS = list(BallotKind)

#: Names that a careless reader or writer would lose.
WORDS = [
    "noord",
    "Zuid-Oost",
    'het "dorp"',
    "a;b",
    "é\u0301",
    "0",
    "n\u00a0o",
    "# 1",
    "'",
    "groen|geel",
]
NAMES = [*WORDS, "twee\nregels", "een, twee", "", "terug\rloop", "\ufeff"]


def parse(text: str, name: str = "small.pb") -> pabulib.PabulibFile:
    return pabulib.parse(text.encode(), name)


def a_file(
    vote_type: str = "approval",
    votes: tuple[str, ...] = ("a", "b,a"),
    *,
    points: tuple[str, ...] = (),
    costs: tuple[str, ...] = ("10", "20", "30"),
    columns: str = "",
    cells: tuple[str, ...] = (),
    **meta: str,
) -> str:
    """Return the text of a file with projects a, b, c ... and a voter per vote.

    columns, cells: more columns of PROJECTS, and for each project what stands in them.
    """
    facts = {
        "description": "Proef",
        "country": "Netherlands",
        "unit": "Dorp",
        "instance": "2026",
        "num_projects": str(len(costs)),
        "num_votes": str(len(votes)),
        "budget": "40",
        "vote_type": vote_type,
        "rule": "greedy",
        "date_begin": "01.02.2026",
        "date_end": "2026",
        **meta,
    }
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in facts.items())]
    lines += ["PROJECTS", f"project_id;cost{columns}"]
    for place, cost in enumerate(costs):
        lines.append(f"{chr(97 + place)};{cost}{cells[place] if cells else ''}")
    lines += ["VOTES", "voter_id;vote;points" if points else "voter_id;vote"]
    for voter, vote in enumerate(votes):
        lines.append(f"{voter};{vote};{points[voter]}" if points else f"{voter};{vote}")
    return "\n".join(lines) + "\n"


#: Files from which others are broken: each kind, and everything that is read of META.
SEEDS = (
    SMALL,
    SMALL.replace("\n", "\r\n"),
    a_file("choose-1", ("a", "b", "", "c")),
    a_file("approval", ("a", "b,c"), max_sum_cost="50", min_length="1", max_length="2"),
    a_file("ordinal", ("a,b", "c,a"), max_length="2"),
    a_file("cumulative", ("a,b", "c"), points=("2,1", "3"), max_sum_points="3", max_points="2"),
    a_file("scoring", ("a,b", "c"), points=("2.5,0", "0.25"), default_score="0"),
    a_file(
        columns=";votes;category;neighborhood;lot;selected",
        cells=(";2;groen;noord;1;1", ';1;"groen,spel";zuid;2;0', ";0;;;3;0"),
        categories="groen,spel",
        budget_per_category="15.5,20",
        max_sum_cost_per_category="15,20",
        min_length_per_category="0",
        max_length_per_category="1,2",
        neighborhoods="noord,zuid",
        budget_per_neighborhood="20,20",
        exclusive_groups="a,b|b,c",
        min_project_cost="5",
        max_project_cost="25.999",
        leftover_budget="Fund additional projects",
        min_project_score_threshold="1",
        comment='"#1: een; twee"',
    ),
    a_file(
        columns=";name",
        cells=(';"Bank\nmet; rug"', ';"""Hoi"""', ";x"),
        costs=("10.005", "0", "999999999"),
    ),
    a_file(counting_rule='"{""family"":""equal_shares"",""step"":""1""}"'),
)

_TOKENS = (
    '"', '""', ";", ";;", ",", "|", "\n", "\r", "\r\n", "\t", " ", "\0", "\ufeff", "\u2028", "-1",
    "0", "1e3", "0.001", "9" * 13, "9" * 400, "999999999", "nan", "META", "VOTES", "votes", "a",
    "num_votes;1\n", "budget;0\n", "vote_type;ordinal\n", "\nPROJECTS\n", "²", "\ud7ff", "a,a", "x",
)  # fmt: skip


def broken(seeds: tuple[bytes, ...], chance: random.Random) -> bytes:
    """Return one of the files with one to four things done to it that happen to files."""
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        data = chance.choice(_WAYS)(data, seeds, chance)
    return data


def _flip(data: bytes, seeds: tuple[bytes, ...], chance: random.Random) -> bytes:
    place = chance.randrange(len(data) or 1)
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def _cut(data: bytes, seeds: tuple[bytes, ...], chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _drop(data: bytes, seeds: tuple[bytes, ...], chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + data[place + chance.randrange(1, 40) :]


def _insert(data: bytes, seeds: tuple[bytes, ...], chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(_TOKENS).encode() + data[place:]


def _double_line(data: bytes, seeds: tuple[bytes, ...], chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    place = chance.randrange(len(lines))
    return b"\n".join([*lines[:place], lines[place], *lines[place:]])


def _swap_lines(data: bytes, seeds: tuple[bytes, ...], chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def _splice_cell(data: bytes, seeds: tuple[bytes, ...], chance: random.Random) -> bytes:
    cells = data.replace(b"\n", b"\n;").split(b";")
    others = chance.choice(seeds).replace(b"\n", b";").split(b";")
    taken = chance.choice((*others, *(token.encode() for token in _TOKENS)))
    place = chance.randrange(len(cells))
    end = b"\n" if cells[place].endswith(b"\n") else b""
    cells[place] = taken + end
    return b";".join(cells).replace(b"\n;", b"\n")


_WAYS = (_flip, _cut, _drop, _insert, _double_line, _swap_lines, _splice_cell, _splice_cell)


def holds_an_election(data: bytes) -> bool:
    """Tell whether a file is read; what is read must be written and read as the same.

    Raises whatever goes wrong that is not a refusal to read the file.
    """
    try:
        file = pabulib.parse(data, "broken.pb")
    except UnreadableElection:
        return False
    election, rule = pabulib.to_election(file), file.rule
    again = pabulib.parse(write_again(file).encode(), file.name)
    assert (pabulib.to_election(again), again.rule) == (election, rule)
    assert len(again.ballots) == len(file.ballots) == sum(file.grouped.values())
    assert group(file.ballots, file.kind) == dict(file.grouped)
    assert check(file).name == file.name
    assert json.loads(json.dumps(plain(election, rule, file.meta)))["budget"]
    return True


@some.composite
def any_elections(draw: some.DrawFn, kind: BallotKind) -> Election:
    """Draw elections with everything that a file can hold, also what it rarely does."""
    ids = draw(some.lists(some.sampled_from(WORDS), unique=True, min_size=1, max_size=5))
    projects = tuple(draw(_projects(name)) for name in ids)
    scale = draw(some.sampled_from(POINTS_SCALES)) if kind.has_points else 1
    ballots = draw(some.lists(_ballots(ids, kind, scale), min_size=1, max_size=8))
    if scale > 1:  # At least one of the points needs the whole scale.
        ballots.append(((ids[0], 1),))
    return Election(
        budget=draw(some.integers(1, 10**15)),
        projects=projects,
        ballots=group(ballots, kind),
        kind=kind,
        limits=draw(_limits(kind)),
        area_budgets=draw(_per_name(some.integers(0, 5000))),
        theme_ceilings=draw(_per_name(some.integers(0, 5000))),
        currency=draw(some.sampled_from(["EUR", "HUF", "uren; vrij"])),
        title=draw(some.sampled_from(NAMES)),
        points_scale=scale,
        exclusive_groups=draw(_groups([name for name in ids if "|" not in name])),
    )


@some.composite
def _projects(draw: some.DrawFn, name: str) -> Project:
    return Project(
        name,
        draw(some.sampled_from([*NAMES, name])),
        draw(some.sampled_from([0, 1, 500, 1250, 99_999_999_900])),
        draw(some.sampled_from(["", *WORDS, "een, twee"])),
        tuple(draw(some.lists(some.sampled_from(WORDS), unique=True, max_size=2))),
        draw(some.sampled_from([0, 0, 7])),
    )


@some.composite
def _ballots(draw: some.DrawFn, ids: list[str], kind: BallotKind, scale: int) -> tuple:
    most = 1 if kind is BallotKind.CHOOSE_ONE else len(ids)
    names = draw(some.lists(some.sampled_from(ids), unique=True, max_size=most))
    if not kind.has_points:
        return tuple(names)
    return tuple((name, draw(some.integers(0, 3 * scale))) for name in names)


@some.composite
def _limits(draw: some.DrawFn, kind: BallotKind) -> BallotLimits:
    number = some.none() | some.integers(1, 9)
    return BallotLimits(
        minimum_choices=draw(some.none() | some.integers(0, 3)),
        maximum_choices=draw(number),
        minimum_points=draw(number),
        maximum_points=draw(number),
        points_per_project=draw(number),
        maximum_cost=draw(some.integers(0, 5000)) if kind is BallotKind.KNAPSACK else None,
        minimum_choices_by_theme=draw(_per_name(some.integers(0, 1))),
        maximum_choices_by_theme=draw(_per_name(some.integers(0, 3))),
        maximum_cost_by_theme=draw(_per_name(some.integers(0, 5000))),
        minimum_project_cost=draw(number),
        maximum_project_cost=draw(number),
    )


def _per_name(values: some.SearchStrategy[int]) -> some.SearchStrategy[dict[str, int]]:
    return some.dictionaries(some.sampled_from(WORDS), values, max_size=3)


def _groups(ids: list[str]) -> some.SearchStrategy[tuple[tuple[str, ...], ...]]:
    if not ids:
        return some.just(())
    one = some.lists(some.sampled_from(ids), unique=True, min_size=1, max_size=3).map(tuple)
    return some.lists(one, max_size=2).map(tuple)
