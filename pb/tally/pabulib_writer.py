"""Writes an election as a Pabulib file, which our reader reads back to the same values.

Voters are numbered in the order of the sorted ballots, so the file says nothing about who voted,
or when. The exact rule is kept in an extra META key; other tools read past it.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

from pb.tally.declared_rule import declares, name_of
from pb.tally.election import (
    Ballot,
    BallotKind,
    Election,
    count_scores,
    count_votes,
    named_on,
)
from pb.tally.errors import UnwritableElection
from pb.tally.money import to_units
from pb.tally.pabulib import PabulibFile, to_election
from pb.tally.pabulib_fit import (
    refuse_names,
    refuse_what_cannot_be_read,
    refuse_what_does_not_fit,
)
from pb.tally.pabulib_format import (
    EXCLUSIVE_KEY,
    LOT_COLUMN,
    META_KEYS,
    OWN_KEYS,
    PROJECT_COLUMNS,
    RULE_KEY,
)
from pb.tally.pabulib_sections import SECTIONS
from pb.tally.rules import Rule

_VOTE_TYPES = {
    BallotKind.APPROVAL: "approval",
    BallotKind.KNAPSACK: "approval",
    BallotKind.CHOOSE_ONE: "choose-1",
    BallotKind.CUMULATIVE: "cumulative",
    BallotKind.SCORING: "scoring",
    BallotKind.ORDINAL: "ordinal",
}

#: The keys that are in every file, also without a value.
_ALWAYS = ("country", "unit", "instance", "date_begin", "date_end")

#: The keys that follow from the election; nobody else may give them.
_COMPUTED = {
    "description",
    "num_projects",
    "num_votes",
    "budget",
    "vote_type",
    "min_length",
    "max_length",
    "max_sum_cost",
    "max_points",
    "min_sum_points",
    "max_sum_points",
    "min_project_cost",
    "max_project_cost",
    "currency",
    "budget_per_category",
    "budget_per_neighborhood",
    "min_length_per_category",
    "max_length_per_category",
    "max_sum_cost_per_category",
    *OWN_KEYS,
}
#: The columns that follow from the election.
_COMPUTED_COLUMNS = {
    "project_id",
    "cost",
    "votes",
    "score",
    "name",
    "category",
    "neighborhood",
    LOT_COLUMN,
}
_QUOTED = re.compile(r'[;"\r\n]')


def write(
    election: Election,
    rule: Rule,
    meta: Mapping[str, str] | None = None,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    *,
    own_keys: bool = True,
) -> str:
    """Return the text of a Pabulib file.

    meta: values for keys that do not follow from the election, such as country and date_begin.
        ``rule`` may be among them, the name by which a file of others declared its rule; the
        exact rule is then written only when that name does not say it.
    columns: project id -> column -> cell, for columns that do not follow from the election.
    own_keys: False leaves out the keys and the column that only our reader knows: the exact
        rule, exclusive groups and lots. Then other checkers of the format find nothing strange.
    Raises UnwritableElection when the format cannot hold the election, for instance because an
    id contains a comma.
    """
    given = {key: value.strip() for key, value in (meta or {}).items()}
    refuse_names(given, _COMPUTED)
    if sections := [key for key in given if key.upper() in SECTIONS]:
        raise UnwritableElection(f"the key '{sections[0]}' has the name of a section")
    for cells in (columns or {}).values():
        refuse_names(cells, _COMPUTED_COLUMNS)
    refuse_what_does_not_fit(election)
    rows = itertools.chain(
        (["META"], ["key", "value"]),
        _meta(election, rule, given, own_keys=own_keys).items(),
        (["PROJECTS"],),
        _projects(election, columns or {}, own_keys=own_keys),
        (["VOTES"],),
        _votes(election),
    )
    text = "".join(f"{';'.join(map(_cell, row))}\n" for row in rows)
    refuse_what_cannot_be_read(text)
    return text


def write_again(file: PabulibFile, *, own_keys: bool = True) -> str:
    """Return the text of a file that was read: the same election, rule and description of it.

    What the file says about voters is left out; ballots of the same content stand together.
    Raises UnwritableElection.
    """
    election, rule = to_election(file), file.rule
    kept = {key: value for key, value in file.meta.items() if key not in _COMPUTED}
    if RULE_KEY in file.meta:
        kept.pop("rule", None)
    columns = {
        each.project.id: {
            column: cell for column, cell in each.cells.items() if column not in _COMPUTED_COLUMNS
        }
        for each in file.projects
    }
    return write(election, rule, kept, columns, own_keys=own_keys)


def _meta(
    election: Election, rule: Rule, given: Mapping[str, str], *, own_keys: bool
) -> dict[str, str]:
    """Return the keys and values of META, in the order of the format."""
    limits = election.limits
    values = dict.fromkeys(_ALWAYS, "") | name_of(rule) | dict(given)
    values |= {
        "description": election.title,
        "num_projects": str(len(election.projects)),
        "num_votes": str(sum(election.ballots.values())),
        "budget": to_units(election.budget),
        "vote_type": _VOTE_TYPES[election.kind],
        "currency": election.currency,
    }
    numbers = {"min_length": limits.minimum_choices, "max_length": limits.maximum_choices}
    amounts = {
        "max_sum_cost": limits.maximum_cost,
        "min_project_cost": limits.minimum_project_cost,
        "max_project_cost": limits.maximum_project_cost,
    }
    points = {
        "max_points": limits.points_per_project,
        "min_sum_points": limits.minimum_points,
        "max_sum_points": limits.maximum_points,
    }
    values |= {key: str(number) for key, number in numbers.items() if number is not None}
    values |= {key: to_units(amount) for key, amount in amounts.items() if amount is not None}
    for key, number in points.items():
        if number is not None:
            values[key] = _unscaled(number, election.points_scale)
    values |= _per_area_and_theme(election, given)
    if own_keys and election.exclusive_groups:
        groups = (",".join(group) for group in election.exclusive_groups)
        values[EXCLUSIVE_KEY] = "|".join(groups)
    if own_keys and not ("rule" in given and declares(values, rule)):
        values[RULE_KEY] = rule.to_json()
    places = {key: place for place, key in enumerate((*META_KEYS, "", *OWN_KEYS))}
    return dict(sorted(values.items(), key=lambda item: places.get(item[0], places[""])))


def _per_area_and_theme(election: Election, given: Mapping[str, str]) -> dict[str, str]:
    """Return the keys for limits per area and theme, which belong together by place."""
    limits = election.limits
    amounts = {
        "budget_per_category": election.theme_ceilings,
        "max_sum_cost_per_category": limits.maximum_cost_by_theme,
    }
    numbers = {
        "min_length_per_category": limits.minimum_choices_by_theme,
        "max_length_per_category": limits.maximum_choices_by_theme,
    }
    values = {}
    themes = _names((*amounts.values(), *numbers.values()), given.get("categories", ""))
    if themes:
        values["categories"] = ",".join(themes)
    for key, by_theme in amounts.items():
        if by_theme:
            values[key] = ",".join(
                to_units(by_theme[theme]) if theme in by_theme else "" for theme in themes
            )
    for key, by_theme in numbers.items():
        if by_theme:
            texts = [str(by_theme.get(theme, "")) for theme in themes]
            values[key] = texts[0] if len(set(texts)) == 1 else ",".join(texts)
    areas = _names((election.area_budgets,), given.get("neighborhoods", ""))
    if areas:
        values["neighborhoods"] = ",".join(areas)
        values["budget_per_neighborhood"] = ",".join(
            to_units(election.area_budgets[area]) if area in election.area_budgets else ""
            for area in areas
        )
    return values


def _names(limited: Iterable[Mapping[str, int]], given: str) -> list[str]:
    """Return the names to which limits belong by place; none when there are no limits.

    given: the names as a file lists them; kept when they are enough.
    """
    needed = list(dict.fromkeys(name for limits in limited for name in limits))
    listed = [name.strip() for name in given.split(",")]
    fits = all(listed) and len(set(listed)) == len(listed) and set(needed) <= set(listed)
    return listed if needed and fits else needed


def _projects(
    election: Election, columns: Mapping[str, Mapping[str, str]], *, own_keys: bool
) -> Iterator[list[str]]:
    """Yield the names of the columns, and a row for each project."""
    cells = _cells_of_projects(election)
    for name, others in columns.items():
        cells[name] |= others
    used = dict.fromkeys(column for row in cells.values() for column in row)
    wanted = [column for column in PROJECT_COLUMNS if column in used]
    wanted += [column for column in used if column not in PROJECT_COLUMNS]
    if own_keys and any(project.lot for project in election.projects):
        wanted.append(LOT_COLUMN)
    yield wanted
    for project in election.projects:
        row = cells[project.id] | {LOT_COLUMN: str(project.lot)}
        yield [row.get(column, "") for column in wanted]


def _cells_of_projects(election: Election) -> dict[str, dict[str, str]]:
    """Return the cells that follow from the election; columns without any value are left out."""
    votes, scores = count_votes(election), _whole_scores(election)
    has_themes = any(project.themes for project in election.projects)
    has_areas = any(project.area for project in election.projects)
    cells = {}
    for project in election.projects:
        row = {
            "project_id": project.id,
            "cost": to_units(project.cost),
            "votes": str(votes[project.id]),
            "name": project.name,
        }
        if scores:
            row["score"] = str(scores[project.id])
        if has_themes:
            row["category"] = ",".join(project.themes)
        if has_areas:
            row["neighborhood"] = project.area
        cells[project.id] = row
    return cells


def _whole_scores(election: Election) -> dict[str, int]:
    """Return the scores where they are whole and everybody counts them alike; else nothing.

    Others score a ranked ballot by its own length, which is the same when all are full.
    """
    scores, scale = count_scores(election), election.points_scale
    if election.kind is BallotKind.ORDINAL:
        places = election.limits.maximum_choices or len(election.projects)
        is_shared = all(len(ballot) in (0, places) for ballot in election.ballots)
    else:
        is_shared = election.kind.has_points and not any(score % scale for score in scores.values())
    return {name: score // scale for name, score in scores.items()} if is_shared else {}


def _votes(election: Election) -> Iterator[list[str]]:
    """Yield the names of the columns, and a row for each ballot."""
    has_points = election.kind.has_points
    yield ["voter_id", "vote", "points"] if has_points else ["voter_id", "vote"]
    numbers = map(str, itertools.count(1))
    for ballot, voters in sorted(election.ballots.items()):
        cells = [",".join(named_on(ballot))]
        if has_points:
            cells.append(_points(ballot, election.points_scale))
        for number in itertools.islice(numbers, voters):
            yield [number, *cells]


def _points(ballot: Ballot, scale: int) -> str:
    """Return the points on a ballot."""
    return ",".join(_unscaled(choice[1], scale) for choice in ballot if not isinstance(choice, str))


def _unscaled(points: int, scale: int) -> str:
    """Return points as they were before they were multiplied, such as ``"2"`` or ``"0.25"``."""
    whole, rest = divmod(points, scale)
    if not rest:
        return str(whole)
    decimals = str(scale + rest)[1:].rstrip("0")
    return f"{whole}.{decimals}"


def _cell(text: str) -> str:
    """Return a cell, in quotes when a sign in it would otherwise end it or its row."""
    if not _QUOTED.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
