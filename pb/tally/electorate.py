"""The ballots of an election as arrays: who named what, in groups that filled in the same.

The engines work on these arrays; their answers never depend on the order of the groups.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pb.tally.election import Ballot, BallotKind, Choice, Election

Numbers: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who named which project.

    sizes: the number of voters of each group, as whole floats; blank ballots are left out.
    groups: per project, in the order of the election, the groups that named it, ascending.
    points: per project, beside ``groups``, the points of each group: those on the ballot, or
        for the place on a ranked ballot; None when ballots carry neither.
    """

    sizes: Numbers
    groups: tuple[Places, ...]
    points: tuple[Numbers, ...] | None

    @classmethod
    def of(cls, election: Election, *, points: bool) -> "Electorate":
        """Return the arrays of an election. points: keep them apart, else group without them."""
        ballots = {ballot: number for ballot, number in election.ballots.items() if ballot}
        weighed = points and (election.kind.has_points or election.kind is BallotKind.ORDINAL)
        if not weighed:
            ballots = _without_points(ballots, election.kind)
        index = {project.id: place for place, project in enumerate(election.projects)}
        lengths = np.fromiter(map(len, ballots), np.intp, len(ballots))
        choices: list[Choice] = list(chain.from_iterable(ballots))
        given: Numbers | None = None
        if weighed and election.kind is BallotKind.ORDINAL:
            given = _points_for_places(lengths, election)
        elif weighed:
            given = np.array([float(choice[1]) for choice in choices])
        names = [choice if isinstance(choice, str) else choice[0] for choice in choices]
        return cls._sorted(
            np.array(list(ballots.values()), np.float64),
            np.fromiter(map(index.__getitem__, names), np.intp, len(names)),
            np.repeat(np.arange(len(ballots)), lengths),
            given,
            len(election.projects),
        )

    @classmethod
    def _sorted(
        cls, sizes: Numbers, named: Places, groups: Places, given: Numbers | None, projects: int
    ) -> "Electorate":
        """Return the arrays from one entry per choice: the project, the group and the points."""
        order = np.argsort(named, kind="stable")
        cuts = np.cumsum(np.bincount(named, minlength=projects))[:-1]
        by_project = tuple(np.split(groups[order], cuts))[:projects]
        points = None if given is None else tuple(np.split(given[order], cuts))[:projects]
        return cls(sizes, by_project, points)

    def votes(self) -> list[int]:
        """Return the number of voters who named each project, also with zero points."""
        return [int(self.sizes[groups].sum()) for groups in self.groups]

    def scores(self) -> list[int]:
        """Return the points of each project, or its votes when ballots carry no points."""
        if self.points is None:
            return self.votes()
        return [
            int((self.sizes[groups] * points).sum())
            for groups, points in zip(self.groups, self.points, strict=True)
        ]


def served(election: Election, funded: set[str]) -> int:
    """Return how many voters named at least one of the funded projects."""
    return sum(
        voters
        for ballot, voters in election.ballots.items()
        if any((c if isinstance(c, str) else c[0]) in funded for c in ballot)
    )


def _without_points(ballots: Mapping[Ballot, int], kind: BallotKind) -> dict[Ballot, int]:
    """Group ballots that name the same projects, whatever points or places they give."""
    if kind is not BallotKind.ORDINAL and not kind.has_points:
        return dict(ballots)
    grouped: Counter[Ballot] = Counter()
    for ballot, number in ballots.items():
        grouped[tuple(sorted(c if isinstance(c, str) else c[0] for c in ballot))] += number
    return dict(grouped)


def _points_for_places(lengths: Places, election: Election) -> Numbers:
    """Return L - position for each choice of ranked ballots, never below zero."""
    places = election.limits.maximum_choices or len(election.projects)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    position = np.arange(int(lengths.sum())) - starts
    return np.maximum(0, places - position).astype(np.float64)
