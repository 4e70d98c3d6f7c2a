"""Sequential Phragmen: every funded project is a load that its supporters carry equally.

Source: the yardstick of the rules, section 2.5, in the reading of pabutools: stop as soon as the
next project, or any that is tied with it, would cost more than what is left.

Exact with few numbers: a voter's load is the load of the last funded project that the voter
supports, so the sum over supporters is a sum over the funded projects of a load and a whole
number of voters.
"""

from fractions import Fraction

import numpy as np

from pb.tally.election import Project
from pb.tally.electorate import Electorate
from pb.tally.notebook import Notebook
from pb.tally.outcome import Pass, Reason
from pb.tally.rules import Completion


def phragmen(notebook: Notebook, electorate: Electorate) -> None:
    """Fund the project whose supporters end with the lowest load, until the next one overspends."""
    candidates = notebook.admit()
    waiting = [project for project in candidates if notebook.votes[project.id]]
    index = {project.id: place for place, project in enumerate(notebook.election.projects)}
    groups = {project.id: electorate.groups[index[project.id]] for project in waiting}
    last = np.zeros(len(electorate.sizes), np.intp)
    loads = [Fraction(0)]  # by the number of the funded project; nobody has one at first
    while waiting := [project for project in waiting if notebook.limits.allows(project)]:
        offers: dict[str, Fraction] = {}
        for project in waiting:
            rows = groups[project.id]
            carried = np.bincount(last[rows], weights=electorate.sizes[rows], minlength=len(loads))
            total = sum(
                (load * int(voters) for load, voters in zip(loads, carried, strict=True) if voters),
                Fraction(0),
            )
            offers[project.id] = (total + project.cost) / notebook.votes[project.id]
        lowest = min(offers.values())
        equal = [project for project in waiting if offers[project.id] == lowest]
        equal.sort(key=notebook.order.rank)
        if any(project.cost > notebook.limits.pool for project in equal):
            break
        winner = equal[0]
        for rival in equal[1:]:
            notebook.note_tie(Pass.PHRAGMEN, winner, rival)
        last[groups[winner.id]] = len(loads)
        loads.append(lowest)
        notebook.select(Pass.PHRAGMEN, winner, Reason.LOWEST_LOAD, load=lowest)
        waiting.remove(winner)
    _finish(notebook, candidates)


def _finish(notebook: Notebook, candidates: list[Project]) -> None:
    """Record what was not funded, and complete when the rule does."""
    completes = notebook.rule.completion is Completion.VOTES
    funded = {project.id for project in notebook.selected}
    unfunded = [project for project in candidates if project.id not in funded]
    for project in notebook.in_order(unfunded, notebook.votes):
        notebook.skip(Pass.PHRAGMEN, project, Reason.STOPPED, more_to_come=completes)
    if completes:
        notebook.complete(unfunded)
