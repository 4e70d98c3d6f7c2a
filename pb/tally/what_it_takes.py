"""What it would have taken for a project that lost: a lower cost, or more votes.

Source: the yardstick of the rules, section 2.8 d and e. The meaning of both numbers, and the count
that they refer to, stand in ``docs/result-file.md``. ``by_halving`` is that definition, word for
word; the other modules find the same numbers at once, for the rules that allow it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from pb.tally.arrays import Arrays
from pb.tally.election import Project
from pb.tally.halving import last
from pb.tally.rules import Completion, Family, Remainder, Rule
from pb.tally.takes_load import LoadTakes
from pb.tally.takes_shares import SharesTakes, SupportersMoney
from pb.tally.takes_votes import VotesTakes
from pb.tally.tallied import Tallied, tally


@dataclass(frozen=True, slots=True)
class Takes:
    """What it would have taken. max_winning_cost: in cents. None where nothing would have done.

    money: of the supporters, when equal shares did not buy the project.
    """

    max_winning_cost: int | None = None
    extra_votes: int | None = None
    money: SupportersMoney | None = None


def what_it_takes(arrays: Arrays, tallied: Tallied) -> dict[str, Takes]:
    """Return for every project what it would have taken, and what its supporters had."""
    funded = tallied.funded
    shares = SharesTakes(arrays, tallied) if tallied.shares else None
    quick = _quick_way(arrays, tallied, shares)
    found = {}
    for project in arrays.election.projects:
        takes = Takes()
        if project.id not in funded and not project.is_withdrawn:
            takes = _takes(arrays, tallied, project, quick)
        if shares is not None and shares.missed(project):
            takes = replace(takes, money=shares.money_of(project))
        found[project.id] = takes
    return found


def _takes(
    arrays: Arrays,
    tallied: Tallied,
    project: Project,
    quick: Callable[[Project], tuple[int | None, int | None]] | None,
) -> Takes:
    """Return what it would have taken for one project that was not funded."""
    if quick is None:
        return by_halving(arrays, tallied, project)
    cost, votes = quick(project)
    most = most_extra(arrays, tallied.rule)
    return Takes(cost, votes if votes is None or votes <= most else None)


def by_halving(arrays: Arrays, tallied: Tallied, project: Project) -> Takes:
    """Find both numbers by counting again and again, halving where the answer must be."""

    def wins_for(cost: int) -> bool:
        return wins(arrays.with_cost(project, cost), tallied, project.id)

    def wins_with(votes: int) -> bool:
        return wins(arrays.with_votes(project, votes), tallied, project.id)

    most = most_extra(arrays, tallied.rule)
    cost = last(wins_for, 0, project.cost) if wins_for(0) else None
    votes = last(lambda fewer: wins_with(most - fewer), 0, most) if wins_with(most) else None
    return Takes(cost, None if votes is None else most - votes)


def wins(arrays: Arrays, tallied: Tallied, name: str) -> bool:
    """Tell whether a project is funded in the count that these numbers refer to.

    With equal shares that is one count with the share of the outcome, without a comparison.
    """
    share = tallied.shares.run.share if tallied.shares else None
    return name in tally(arrays, tallied.rule, share=share).funded


def most_extra(arrays: Arrays, rule: Rule) -> int:
    """Return how many more votes are looked at, at most."""
    return 2 * arrays.figures.voters + rule.minimum_votes + 1


def _quick_way(
    arrays: Arrays, tallied: Tallied, shares: SharesTakes | None
) -> Callable[[Project], tuple[int | None, int | None]] | None:
    """Return a function that finds both numbers at once, or None when the rule does not allow it.

    Limits in percent and quotas change for everybody when one project gets more votes.
    """
    rule = tallied.rule
    if rule.minimum_percent != Fraction(0) or rule.support_quota:
        return None
    if rule.family is Family.MOST_VOTES:
        plain = rule.remainder in (Remainder.SECOND_PASS, Remainder.NONE)
        if plain and rule.skip and not rule.has_pots and not rule.exclusive_groups:
            return VotesTakes(arrays, tallied.notebook)
    elif rule.family is Family.PHRAGMEN:
        if rule.completion is Completion.NONE:
            return LoadTakes(arrays, tallied.notebook)
    elif rule.completion is not Completion.EPSILON:
        return shares
    return None
