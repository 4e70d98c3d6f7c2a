"""Writes an election as a Pabulib file, which our reader reads back to the same values.

Voters are numbered in the order of the sorted ballots, so the file says nothing about who voted,
or when. The exact rule is kept in an extra META key; other tools read past it.
"""

import csv
import io
import itertools
from collections.abc import Iterable, Mapping

from pb.tally.election import Ballot, BallotKind, Election, named_on
from pb.tally.errors import UnwritableElection
from pb.tally.money import MOST_CENTS, to_units
from pb.tally.pabulib_meta import RULE_KEY
from pb.tally.pabulib_sections import SECTIONS
from pb.tally.rules import Rule, RuleName

_VOTE_TYPES = {
    BallotKind.APPROVAL: "approval",
    BallotKind.KNAPSACK: "approval",
    BallotKind.CHOOSE_ONE: "choose-1",
    BallotKind.CUMULATIVE: "cumulative",
    BallotKind.SCORING: "scoring",
    BallotKind.ORDINAL: "ordinal",
}

#: The keys that say where and when; the first five are in every file.
_DESCRIPTIVE = (
    "country",
    "unit",
    "instance",
    "date_begin",
    "date_end",
    "subunit",
    "district",
    "edition",
    "language",
    "comment",
)


def write(election: Election, rule: Rule, meta: Mapping[str, str] | None = None) -> str:
    """Return the text of a Pabulib file.

    meta: values for keys that only describe, such as country, unit and date_begin.
    Raises UnwritableElection when the format cannot hold the election, for instance because an
    id contains a comma.
    """
    if unknown := sorted(set(meta or {}) - set(_DESCRIPTIVE)):
        raise UnwritableElection(f"'{unknown[0]}' is not a key that only describes")
    _refuse_what_does_not_fit(election)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(["META"])
    writer.writerow(["key", "value"])
    writer.writerows(_meta(election, rule, meta or {}).items())
    writer.writerow(["PROJECTS"])
    writer.writerow(["project_id", "cost", "category", "neighborhood", "lot", "name"])
    for project in election.projects:
        themes = ",".join(project.themes)
        cost = to_units(project.cost)
        writer.writerow([project.id, cost, themes, project.area, project.lot, project.name])
    writer.writerow(["VOTES"])
    with_points = election.kind.has_points
    writer.writerow(["voter_id", "vote", "points"] if with_points else ["voter_id", "vote"])
    numbers = itertools.count(1)
    for ballot, voters in election.ballots.items():
        cells = _cells(ballot, with_points=with_points)
        writer.writerows([next(numbers), *cells] for _ in range(voters))
    return text.getvalue()


def _meta(election: Election, rule: Rule, given: Mapping[str, str]) -> dict[str, str]:
    """Return the keys and values of META; those that every file must have are always there."""
    limits = election.limits
    values = dict.fromkeys(_DESCRIPTIVE[:5], "") | dict(given)
    numbers = {
        "min_length": limits.minimum_choices,
        "max_length": limits.maximum_choices,
        "min_sum_points": limits.minimum_points,
        "max_sum_points": limits.maximum_points,
    }
    values |= {
        "description": election.title,
        "num_projects": str(len(election.projects)),
        "num_votes": str(sum(election.ballots.values())),
        "budget": to_units(election.budget),
        "vote_type": _VOTE_TYPES[election.kind],
        "rule": "greedy" if rule.name is RuleName.MOST_VOTES else "equalshares/add1",
        RULE_KEY: rule.to_json(),
        "currency": election.currency,
    }
    values |= {key: str(number) for key, number in numbers.items() if number is not None}
    if limits.maximum_cost is not None:
        values["max_sum_cost"] = to_units(limits.maximum_cost)
    for names_key, amounts_key, amounts in (
        ("neighborhoods", "budget_per_neighborhood", election.area_budgets),
        ("categories", "budget_per_category", election.theme_ceilings),
    ):
        if amounts:
            values[names_key] = ",".join(amounts)
            values[amounts_key] = ",".join(to_units(amount) for amount in amounts.values())
    return values


def _cells(ballot: Ballot, *, with_points: bool) -> list[str]:
    """Return the cells for what a voter chose."""
    names = ",".join(named_on(ballot))
    if not with_points:
        return [names]
    return [names, ",".join(str(choice[1]) for choice in ballot if not isinstance(choice, str))]


def _refuse_what_does_not_fit(election: Election) -> None:
    """Raise UnwritableElection for what would not be read back as it is."""
    if not election.projects or not election.ballots:
        raise UnwritableElection("a file holds at least one project and one ballot")
    ids = [project.id for project in election.projects]
    areas = [project.area for project in election.projects if project.area]
    themes = [theme for project in election.projects for theme in project.themes]
    listed = [*ids, *areas, *themes, *election.area_budgets, *election.theme_ceilings]
    _refuse_words((*listed, election.currency), with_commas=False)
    _refuse_words([election.title] if election.title else [], with_commas=True)
    if set(ids) & set(SECTIONS):
        raise UnwritableElection("a project has the name of a section as its id")
    if any({"\0", "\r"} & set(project.name) for project in election.projects):
        raise UnwritableElection("the name of a project holds a sign that gets lost")
    if any(len(set(project.themes)) != len(project.themes) for project in election.projects):
        raise UnwritableElection("a project names a theme twice")
    limit = election.limits.maximum_cost or 0
    amounts = [election.budget, limit, *(project.cost for project in election.projects)]
    amounts += [*election.area_budgets.values(), *election.theme_ceilings.values()]
    if max(amounts) > MOST_CENTS:
        raise UnwritableElection("an amount of money is too high")


def _refuse_words(words: Iterable[str], *, with_commas: bool) -> None:
    """Raise UnwritableElection for a word that is empty or would be read back as another."""
    for word in words:
        if not word or word != word.strip() or not word.isprintable():
            raise UnwritableElection(f"'{word}' is empty, or holds spaces or signs that get lost")
        if "," in word and not with_commas:
            raise UnwritableElection(f"'{word}' holds a comma")
