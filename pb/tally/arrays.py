"""An election made ready for counting: its ballots as arrays, and the figures on them."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pb.tally.election import BallotKind, Election, Project
from pb.tally.electorate import Electorate
from pb.tally.errors import CountRefused
from pb.tally.notebook import Figures
from pb.tally.rules import Family, Rule, Utility

#: Above this, sums of points in floating point would not be whole any more.
MOST_POINTS = 2**53


@dataclass(frozen=True)
class Arrays:
    """What every count of the same election shares, also counts of "what if".

    electorate: who named what; with points when the rule weighs them.
    """

    election: Election
    electorate: Electorate
    figures: Figures

    @classmethod
    def of(cls, election: Election, rule: Rule) -> "Arrays":
        """Return the arrays that a rule needs. Raises CountRefused for points beyond measure."""
        weighs = rule.utility is Utility.POINTS and rule.family is Family.EQUAL_SHARES
        scored = Electorate.of(election, points=True)
        if scored.points is not None:
            most = max((float(points.max()) for points in scored.points if len(points)), default=0)
            if most * float(scored.sizes.sum()) >= MOST_POINTS:
                raise CountRefused("the points on the ballots are too high to be added exactly")
        ids = [project.id for project in election.projects]
        figures = Figures(
            votes=dict(zip(ids, scored.votes(), strict=True)),
            scores=dict(zip(ids, scored.scores(), strict=True)),
            voters=election.voters,
        )
        fitting = weighs or scored.points is None
        electorate = scored if fitting else Electorate.of(election, points=False)
        return cls(election, electorate, figures)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """The place of each project in the election, by id."""
        return {project.id: place for place, project in enumerate(self.election.projects)}

    @cached_property
    def full_vote(self) -> int:
        """The points of a ballot that is for one project alone; 1 when ballots carry none."""
        election = self.election
        limits, kind = election.limits, election.kind
        if kind is BallotKind.ORDINAL:
            return limits.maximum_choices or len(election.projects)
        if not kind.has_points:
            return 1
        most = [limits.points_per_project]
        if kind is BallotKind.CUMULATIVE:
            most.append(limits.maximum_points)
        given = [each for each in most if each is not None]
        if given:
            return min(given)
        points = (c[1] for ballot in election.ballots for c in ballot if not isinstance(c, str))
        return max(points, default=1) or 1

    def with_cost(self, project: Project, cost: int) -> "Arrays":
        """Return the same election in which one project has another cost, in cents."""
        return replace(self, election=self.election.with_project(replace(project, cost=cost)))

    def with_votes(self, project: Project, number: int) -> "Arrays":
        """Return the same election with so many more ballots that name one project alone."""
        figures, electorate, name = self.figures, self.electorate, project.id
        votes = {**figures.votes, name: figures.votes[name] + number}
        scores = {**figures.scores, name: figures.scores[name] + number * self.full_vote}
        groups, points = list(electorate.groups), electorate.points
        place = self.place_of[name]
        groups[place] = np.append(groups[place], len(electorate.sizes))
        if points is not None:
            more = list(points)
            more[place] = np.append(more[place], float(self.full_vote))
            points = tuple(more)
        return replace(
            self,
            figures=Figures(votes=votes, scores=scores, voters=figures.voters + number),
            electorate=Electorate(
                np.append(electorate.sizes, float(number)), tuple(groups), points
            ),
        )
