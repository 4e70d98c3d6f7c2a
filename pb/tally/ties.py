"""How equal projects are put in order, and the record that it was needed.

One total order holds for a whole count. It is made of criteria; the last one is always the
project id, so that nothing is ever left to chance or to the order of the input.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pb.tally.election import Project


class Criterion(StrEnum):
    """What may decide between equal projects."""

    LOWER_COST = "lower_cost"
    MORE_VOTES = "more_votes"
    LOT = "lot"
    ID = "id"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Tie:
    """Two projects that were exactly equal when one of them was preferred.

    stage: the pass in which it occurred. winner, rival: project ids.
    criterion: the first of the tie order in which they differ.
    changes_outcome: whether with the rival before all others another set would be funded.
    """

    stage: str
    winner: str
    rival: str
    criterion: Criterion
    changes_outcome: bool = False


class TieOrder:
    """The one total order of all projects of an election.

    first: the id of a project that is placed before all others, to see whether a tie mattered.
    """

    def __init__(
        self,
        criteria: Sequence[Criterion],
        projects: Iterable[Project],
        votes: Mapping[str, int],
        first: str | None = None,
    ) -> None:
        """Rank the projects by the criteria; the first weighs most and the last is the id."""
        self._criteria = tuple(criteria)
        self._votes = votes
        ordered = sorted(projects, key=lambda project: (project.id != first, *self.key(project)))
        self._ranks = {project.id: rank for rank, project in enumerate(ordered)}

    def rank(self, project: Project) -> int:
        """Return the place of a project in the order; the lowest goes first."""
        return self._ranks[project.id]

    def between(self, one: Project, other: Project) -> Criterion:
        """Return the first criterion in which two projects differ."""
        for criterion, mine, theirs in zip(
            self._criteria, self.key(one), self.key(other), strict=True
        ):
            if mine != theirs:
                return criterion
        return self._criteria[-1]

    def key(
        self, project: Project, *, cost: int | None = None, votes: int | None = None
    ) -> tuple[int | str, ...]:
        """Return a value per criterion, the lowest is preferred; also for another cost or votes."""
        measures: dict[Criterion, int | str] = {
            Criterion.LOWER_COST: project.cost if cost is None else cost,
            Criterion.MORE_VOTES: -(self._votes[project.id] if votes is None else votes),
            Criterion.LOT: project.lot,
            Criterion.ID: project.id,
        }
        return tuple(measures[criterion] for criterion in self._criteria)
