"""What it takes under Phragmen without completion, found at once.

A project that is not funded changes nothing for the others. It is funded in the first round in
which its load would be lower than that of the project funded then (or equal, when it goes first
among equals), if it costs no more than what is left there; in an earlier round there is more.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pb.tally.arrays import Arrays
from pb.tally.election import Project
from pb.tally.limits import Limits
from pb.tally.notebook import Notebook
from pb.tally.outcome import Pass


@dataclass(frozen=True, slots=True)
class _Round:
    """A round: what was left before it, who stood at the head, and with which load.

    None: nobody did. is_the_end: of the last round, whether the count stopped for the head, or for
    one with the same load as the head, because it was too dear.
    """

    limits: Limits
    winner: Project | None
    load: Fraction | None
    is_the_end: bool = False


class LoadTakes:
    """Finds the highest winning cost and the fewest extra votes."""

    def __init__(self, arrays: Arrays, notebook: Notebook) -> None:
        """Follow the rounds of a count."""
        self._arrays = arrays
        self._notebook = notebook
        limits = Notebook(arrays.election, notebook.rule, arrays.figures).limits
        projects = {project.id: project for project in arrays.election.projects}
        self._rounds: list[_Round] = []
        self._loads = [Fraction(0)]
        self._last = [np.zeros(len(arrays.electorate.sizes), np.intp)]
        for step in notebook.steps:
            if step.pass_ is not Pass.PHRAGMEN or step.load is None:
                continue
            winner = projects[step.project]
            self._rounds.append(_Round(limits.copy(), winner, step.load))
            limits.spend(winner)
            carried = self._last[-1].copy()
            carried[arrays.electorate.groups[arrays.place_of[winner.id]]] = len(self._loads)
            self._last.append(carried)
            self._loads.append(step.load)
        self._end = limits
        stopped = {step.project for step in notebook.steps if step.pass_ is Pass.PHRAGMEN}
        stopped -= {project.id for project in notebook.selected}
        waiting = [p for p in projects.values() if p.id in stopped and limits.allows(p)]
        self._heads = sorted(
            (
                ((self._carried(p, -1) + p.cost) / notebook.votes[p.id], notebook.order.rank(p), p)
                for p in waiting
                if notebook.votes[p.id]
            ),
            key=lambda head: head[:2],
        )

    def __call__(self, project: Project) -> tuple[int | None, int | None]:
        """Return the highest winning cost in cents and the fewest extra votes of a project."""
        rule, votes = self._notebook.rule, self._notebook.votes[project.id]
        too_few = max(rule.minimum_votes, 1) - votes
        rounds = self._rounds_for(project)
        cost: int | None = None
        if votes >= rule.minimum_votes:
            ceiling = min(project.cost - 1, self._arrays.election.budget)
            costs = [self._cost_in(project, each, ceiling) for each in rounds] if votes else []
            cost = max(0, *costs, 0)
        if project.cost > self._arrays.election.budget:
            return cost, None
        extras = [self._extra_in(project, each) for each in rounds]
        found = [extra for extra in extras if extra is not None]
        return cost, max(too_few, min(found)) if found else None

    def _rounds_for(self, project: Project) -> list[tuple[_Round, Fraction]]:
        """Return every round, the last with the best of the others, and supporters' loads."""
        heads = [head for head in self._heads if head[2].id != project.id]
        load, _, head = next(iter(heads), (None, 0, None))
        is_the_end = any(each.cost > self._end.pool for same, _, each in heads if same == load)
        rounds = [*self._rounds, _Round(self._end, head, load, is_the_end)]
        return [(each, self._carried(project, number)) for number, each in enumerate(rounds)]

    def _carried(self, project: Project, number: int) -> Fraction:
        """Return the sum of the loads of a project's supporters before a round."""
        rows = self._arrays.electorate.groups[self._arrays.place_of[project.id]]
        sizes = self._arrays.electorate.sizes[rows]
        voters = np.bincount(self._last[number][rows], sizes, len(self._loads))
        return sum(
            (load * int(many) for load, many in zip(self._loads, voters, strict=True) if many),
            Fraction(0),
        )

    def _beats(
        self, project: Project, round_: _Round, load: Fraction, cost: int, votes: int
    ) -> bool:
        """Tell whether a project with this load comes before the head of a round."""
        if round_.winner is None or round_.load is None or load < round_.load:
            return True
        if load > round_.load or round_.is_the_end:
            return False
        order = self._notebook.order
        return order.key(project, cost=cost, votes=votes) < order.key(round_.winner)

    def _cost_in(self, project: Project, of: tuple[_Round, Fraction], ceiling: int) -> int:
        """Return the highest cost up to a ceiling with which a project is funded; -1 for none."""
        round_, carried = of
        votes = self._notebook.votes[project.id]
        room = round_.limits.room(project)
        most = min(ceiling, round_.limits.pool, ceiling if room is None else room)
        if round_.load is not None:
            most = min(most, (round_.load * votes - carried) // 1)
        for cost in (most, most - 1):  # At the highest it may be equal, and lose the tie.
            if cost >= 0 and self._beats(project, round_, (carried + cost) / votes, cost, votes):
                return cost
        return -1

    def _extra_in(self, project: Project, of: tuple[_Round, Fraction]) -> int | None:
        """Return the fewest extra votes with which a project is funded in a round."""
        round_, carried = of
        room = round_.limits.room(project)
        if project.cost > round_.limits.pool or (room is not None and project.cost > room):
            return None
        votes = self._notebook.votes[project.id]
        if round_.load is None:
            return 0
        needed = (carried + project.cost) / round_.load
        extra = max(0, -(-needed.numerator // needed.denominator) - votes)
        for more in (extra, extra + 1):
            if votes + more and self._beats(
                project,
                round_,
                (carried + project.cost) / (votes + more),
                project.cost,
                votes + more,
            ):
                return more
        return None
