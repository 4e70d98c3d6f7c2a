"""Completion of equal shares in which everybody helps a little (epsilon).

Source: the yardstick of the rules, section 2.4, EPS: a voter who did not choose a project gets a
utility for it that tends to zero. So supporters pay all they have, and the others pay the
shortfall, all the same or all that they have.

Money is a whole number of parts of a cent; after each purchase the parts are made finer, so that
each payment is a whole number as well.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from pb.tally.election import Project
from pb.tally.electorate import Electorate, Places
from pb.tally.notebook import Notebook
from pb.tally.outcome import Pass, Reason
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

        cost: in cents, no more than everybody has together.
        """
        short = cost * self.parts - sum(self.money[g] * self.sizes[g] for g in supporters)
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

    def pay(self, level: Fraction, supporters: set[int]) -> None:
        """Take all that supporters have, and from the others the level or all they have."""
        finer = level.denominator
        self.parts *= finer
        part = level.numerator
        self.money = [
            0 if group in supporters else max(0, purse * finer - part)
            for group, purse in enumerate(self.money)
        ]


def buy_with_everybody(notebook: Notebook, run: Run, unfunded: Sequence[Project]) -> None:
    """Go on after a run: buy what everybody together can pay, the lowest level first."""
    purses, electorate = _Purses(run), run.candidates.electorate
    index = {project.id: place for place, project in enumerate(notebook.election.projects)}
    supporters = {
        project.id: set(_supporters(electorate, index[project.id]).tolist()) for project in unfunded
    }
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
        purses.pay(lowest, supporters[winner.id])
        notebook.select(Pass.EPSILON, winner, Reason.FITS_EVERYONE, level=level)
        waiting.remove(winner)
    funded = {project.id for project in notebook.selected}
    left = [project for project in unfunded if project.id not in funded]
    for project in notebook.in_order(left, notebook.votes):
        notebook.skip(Pass.EPSILON, project, Reason.REMAINDER_TOO_SMALL)


def _supporters(electorate: Electorate, place: int) -> Places:
    """Return the groups that get something from a project."""
    groups = electorate.groups[place]
    return groups if electorate.points is None else groups[electorate.points[place] > 0]
