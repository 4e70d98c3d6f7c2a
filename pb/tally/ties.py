"""How equal projects are put in order, and the record that it was needed.

One total order holds for a whole count. It is made of criteria; the last one is always the
project id, so that nothing is ever left to chance or to the order of the input.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from pb.tally.election import Project


class Criterion(StrEnum):
    """What may decide between equal projects."""

    LOWER_COST = "lower_cost"
    MORE_VOTES = "more_votes"
    LOT = "lot"
    ID = "id"


class Stage(StrEnum):
    """The part of a count in which a tie occurred."""

    MOST_VOTES = "most_votes"
    EQUAL_SHARES = "equal_shares"
    COMPLETION = "completion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Projects that were exactly equal, and what decided.

    tied: project ids, the preferred one first.
    criterion: the last criterion that was needed to tell them apart.
    increment: for equal shares, the increase (0, 1, 2 ...) in which this tie first occurred.
    """

    stage: Stage
    tied: tuple[str, ...]
    criterion: Criterion
    increment: int | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the tie as plain values for JSON."""
        return {
            "stage": self.stage.value,
            "tied": list(self.tied),
            "criterion": self.criterion.value,
            "increment": self.increment,
        }


class TieOrder:
    """The one total order of all projects of an election."""

    def __init__(
        self,
        criteria: Sequence[Criterion],
        projects: Iterable[Project],
        votes: Mapping[str, int],
    ) -> None:
        """Rank the projects by the criteria; the first weighs most and the last is the id."""
        self._criteria = tuple(criteria)
        self._votes = votes
        ordered = sorted(projects, key=lambda project: project.id)
        for criterion in reversed(self._criteria[:-1]):
            ordered.sort(key=partial(self._measure, criterion))
        self._ranks = {project.id: rank for rank, project in enumerate(ordered)}

    def rank(self, project: Project) -> int:
        """Return the place of a project in the order; the lowest goes first."""
        return self._ranks[project.id]

    def in_order(self, tied: Iterable[Project]) -> list[Project]:
        """Return equal projects in order, the preferred one first."""
        return sorted(tied, key=self.rank)

    def criterion_for_first(self, ordered: Sequence[Project]) -> Criterion:
        """Return the criterion that set the first project apart from all the others."""
        return self._deciding(ordered, apart=1)

    def criterion_for_all(self, ordered: Sequence[Project]) -> Criterion:
        """Return the last criterion that was needed to put all projects in order."""
        return self._deciding(ordered, apart=len(ordered))

    def _deciding(self, ordered: Sequence[Project], apart: int) -> Criterion:
        """Return the criterion after which each of the first ``apart`` projects stands alone."""
        for depth, criterion in enumerate(self._criteria[:-1], start=1):
            used = self._criteria[:depth]
            marks = [tuple(self._measure(by, project) for by in used) for project in ordered]
            frequency = Counter(marks)
            if all(frequency[mark] == 1 for mark in marks[:apart]):
                return criterion
        return self._criteria[-1]

    def _measure(self, criterion: Criterion, project: Project) -> int:
        """Return a number for a criterion other than the id; the lowest is preferred."""
        if criterion is Criterion.LOWER_COST:
            return project.cost
        if criterion is Criterion.MORE_VOTES:
            return -self._votes[project.id]
        return project.lot
