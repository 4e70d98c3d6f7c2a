"""Completion of equal shares in which everybody helps a little (epsilon).

Source: the yardstick of the rules, section 2.4, EPS: a voter who did not choose a project gets a
utility for it that tends to zero. So supporters pay all they have, and the others pay the
shortfall, all the same or all that they have.

Money is a whole number of parts of a cent; after each purchase the parts are made finer, so that
each payment is a whole number as well.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from pb.tally.election import Project
from pb.tally.electorate import Electorate
from pb.tally.notebook import Notebook
from pb.tally.outcome import Pass, Reason
from pb.tally.rules import Utility
from pb.tally.shares import NEVER, Run


class _Purses:
    """What a voter of each group has, in parts of a cent, and how many voters a group has."""

    def __init__(self, run: Run) -> None:
        """Start with what a run left."""
        solvent = np.flatnonzero(run.spent_out == NEVER)
        exact = run.exact_purses(solvent, len(run.purchases))
        self.parts = lcm(1, *(purse.denominator for purse in exact))
        self.money = [0] * len(run.spent_out)
        for group, purse in zip(solvent.tolist(), exact, strict=True):
            self.money[group] = int(purse * self.parts)
        self.sizes = [int(size) for size in run.candidates.electorate.sizes]

    def total(self) -> int:
        """Return what all voters have together."""
        return sum(m * size for m, size in zip(self.money, self.sizes, strict=True))

    def level(self, cost: int, supporters: set[int]) -> Fraction:
        """Return what a voter who did not choose a project pays at most, in parts of a cent.

        Nothing when its supporters have enough. cost: in cents, no more than all have together.
        """
        short = cost * self.parts - sum(self.money[g] * self.sizes[g] for g in supporters)
        if short <= 0:
            return Fraction(0)
        able = [
            (purse, size)
            for group, (purse, size) in enumerate(zip(self.money, self.sizes, strict=True))
            if purse and group not in supporters
        ]
        while True:
            payers = sum(size for _, size in able)
            level = Fraction(short, payers)
            still_able = [each for each in able if each[0] >= level]
            if len(still_able) == len(able):
                return level
            short -= sum(purse * size for purse, size in able if purse < level)
            able = still_able

    def pay_all_together(self, level: Fraction, supporters: set[int]) -> None:
        """Take all that supporters have, and from the others the level or all they have."""
        self._divide(level.denominator)
        self.money = [
            0 if group in supporters else max(0, purse - level.numerator)
            for group, purse in enumerate(self.money)
        ]

    def pay_among_supporters(self, cost: int, weights: Mapping[int, int]) -> None:
        """Let supporters, who have enough, pay by their weights, or all they have."""
        short = cost * self.parts
        able = {group: weight for group, weight in weights.items() if self.money[group]}
        while True:
            loads = sum(weight * self.sizes[group] for group, weight in able.items())
            payment = Fraction(short, loads)
            poor = [g for g, weight in able.items() if self.money[g] < payment * weight]
            if not poor:
                break
            for group in poor:
                short -= self.money[group] * self.sizes[group]
                del able[group]
        self._divide(payment.denominator)
        for group, weight in weights.items():
            self.money[group] = max(0, self.money[group] - payment.numerator * weight)

    def _divide(self, finer: int) -> None:
        """Make every part of a cent so many parts."""
        self.parts *= finer
        self.money = [purse * finer for purse in self.money]


def buy_with_everybody(notebook: Notebook, run: Run, unfunded: Sequence[Project]) -> None:
    """Go on after a run: buy what everybody together can pay, the lowest level first."""
    purses, electorate = _Purses(run), run.candidates.electorate
    index = {project.id: place for place, project in enumerate(notebook.election.projects)}
    weights = {
        project.id: _weights(notebook, electorate, index[project.id]) for project in unfunded
    }
    supporters = {name: set(of_groups) for name, of_groups in weights.items()}
    notebook.limits.pour_together(
        notebook.left, keep_theme_ceilings=notebook.rule.ceilings_in_remainder
    )
    waiting = list(unfunded)
    while True:
        everything = purses.total()
        waiting = [
            project
            for project in waiting
            if project.cost * purses.parts <= everything
            and project.cost <= notebook.limits.pool
            and notebook.limits.allows(project)
        ]
        if not waiting:
            break
        levels = {
            project.id: purses.level(project.cost, supporters[project.id]) for project in waiting
        }
        lowest = min(levels.values())
        equal = [project for project in waiting if levels[project.id] == lowest]
        winner, *rivals = sorted(equal, key=notebook.order.rank)
        for rival in rivals:
            notebook.note_tie(Pass.EPSILON, winner, rival)
        level = lowest / purses.parts
        if lowest:
            purses.pay_all_together(lowest, supporters[winner.id])
        else:
            purses.pay_among_supporters(winner.cost, weights[winner.id])
        notebook.select(Pass.EPSILON, winner, Reason.FITS_EVERYONE, level=level)
        waiting.remove(winner)
    funded = {project.id for project in notebook.selected}
    left = [project for project in unfunded if project.id not in funded]
    for project in notebook.in_order(left, notebook.votes):
        notebook.skip(Pass.EPSILON, project, Reason.REMAINDER_TOO_SMALL)


def _weights(notebook: Notebook, electorate: Electorate, place: int) -> dict[int, int]:
    """Return the groups that get something from a project, each with its points, or 1."""
    groups = electorate.groups[place].tolist()
    if electorate.points is None or notebook.rule.utility is not Utility.POINTS:
        return dict.fromkeys(groups, 1)
    points = electorate.points[place].tolist()
    return {group: int(given) for group, given in zip(groups, points, strict=True) if given}
