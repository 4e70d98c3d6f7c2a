"""What it takes under most votes, found at once.

A project that is not funded changes nothing for the others, so the money that is left at each
place in the order stays what it was. Going back in the order there is never less of it. So a
project is funded for any cost up to what was left at its turn, and with any number of votes that
puts it at a place where enough was left.
"""

from collections.abc import Mapping, Sequence

from pb.tally.arrays import Arrays
from pb.tally.election import Project
from pb.tally.halving import last
from pb.tally.limits import Limits
from pb.tally.notebook import Notebook
from pb.tally.outcome import Decision, Pass, Step


class Queue:
    """A pass over projects in the order of a measure, and what was left before each."""

    def __init__(
        self, notebook: Notebook, steps: Sequence[Step], measure: Mapping[str, int], limits: Limits
    ) -> None:
        """Follow the steps of a pass. limits: as they were before it, used up."""
        self._notebook = notebook
        self._measure = measure
        projects = {project.id: project for project in notebook.election.projects}
        self._projects = [projects[step.project] for step in steps]
        self._states: list[Limits] = []
        for step, project in zip(steps, self._projects, strict=True):
            self._states.append(limits.copy())
            if step.decision is Decision.SELECTED:
                limits.spend(project)
        self._states.append(limits)

    def highest_cost(self, project: Project, votes: int, ceiling: int) -> int:
        """Return the highest cost up to a ceiling with which a project is funded; -1 for none.

        The place of the project may depend on its cost, through the order of ties.
        """
        best = -1
        for place in range(len(self._states)):
            room = min(ceiling, self._room(place, project))
            if room <= best:
                break  # No later place has more room.
            best = max(best, self._highest_before(place, project, votes, room))
        return best

    def _highest_before(self, place: int, project: Project, votes: int, room: int) -> int:
        """Return the highest cost up to ``room`` that puts a project at or before a place."""
        rival = self._rival_at(place, project)
        mine = self._measure[project.id]
        if rival is None or self._measure[rival.id] < mine:
            return room
        if self._measure[rival.id] > mine:
            return -1
        order = self._notebook.order

        def goes_first(cost: int) -> bool:
            return order.key(project, cost=cost, votes=votes) < order.key(rival)

        if goes_first(room):
            return room
        return last(goes_first, 0, room) if goes_first(0) else -1

    def fewest_extra(self, project: Project, votes: int, full_vote: int) -> int | None:
        """Return the fewest extra votes that put a project where it fits; None when none do."""
        place = self._last_place_that_fits(project)
        if place is None:
            return None
        rival = self._rival_at(place, project)
        if rival is None:
            return 0
        short = self._measure[rival.id] - self._measure[project.id]
        extra = max(0, -(-short // full_vote))
        order = self._notebook.order
        is_equal = extra * full_vote == short
        if is_equal and order.key(project, votes=votes + extra) > order.key(rival):
            extra += 1
        return extra

    def _rival_at(self, place: int, project: Project) -> Project | None:
        """Return who stands at a place, or next when that is the project itself."""
        for rival in self._projects[place : place + 2]:
            if rival.id != project.id:
                return rival
        return None

    def _last_place_that_fits(self, project: Project) -> int | None:
        """Return the last place before which the project would have fitted."""
        found = None
        for place in range(len(self._states)):
            if self._room(place, project) < project.cost:
                break
            found = place
        return found

    def _room(self, place: int, project: Project) -> int:
        """Return the most that a project may cost at a place."""
        state = self._states[place]
        room = state.room(project)
        return state.pool if room is None else min(state.pool, room)


class VotesTakes:
    """What it takes under most votes with its second pass."""

    def __init__(self, arrays: Arrays, notebook: Notebook) -> None:
        """Follow both passes of a count."""
        self._arrays = arrays
        self._notebook = notebook
        election, rule = arrays.election, notebook.rule
        first = [step for step in notebook.steps if step.pass_ is Pass.VOTES]
        again = [step for step in notebook.steps if step.pass_ is Pass.REMAINDER]
        limits = Notebook(election, rule, arrays.figures).limits
        self._queues = [Queue(notebook, first, notebook.scores, limits)]
        if notebook.has_second_pass:
            limits = limits.copy()
            limits.pour_together(limits.pool, keep_theme_ceilings=rule.ceilings_in_remainder)
            self._queues.append(Queue(notebook, again, notebook.scores, limits))

    def __call__(self, project: Project) -> tuple[int | None, int | None]:
        """Return the highest winning cost in cents and the fewest extra votes of a project."""
        rule, votes = self._notebook.rule, self._notebook.votes[project.id]
        budget = self._arrays.election.budget
        too_few = rule.minimum_votes - votes
        cost: int | None = None
        if too_few <= 0:
            ceiling = min(project.cost - 1, budget)
            cost = max(0, *(q.highest_cost(project, votes, ceiling) for q in self._queues))
        if project.cost > budget:
            return cost, None
        full = self._arrays.full_vote
        extras = [queue.fewest_extra(project, votes, full) for queue in self._queues]
        found = [extra for extra in extras if extra is not None]
        return cost, max(too_few, min(found)) if found else None
