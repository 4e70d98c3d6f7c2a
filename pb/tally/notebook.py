"""The notebook of one count: what is left, what was decided, and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pb.tally.election import Election, Project
from pb.tally.limits import Limits
from pb.tally.outcome import Decision, Pass, Reason, Step
from pb.tally.rules import Areas, Rule
from pb.tally.ties import Tie, TieOrder

#: No later pass has wider limits for a project that was refused for this.
_FOR_GOOD = (Reason.RIVAL_FUNDED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the ballots say: votes and score per project id, and how many ballots count."""

    votes: Mapping[str, int]
    scores: Mapping[str, int]
    voters: int


class Notebook:
    """Keeps the money, the steps and the ties of one count while a rule decides."""

    def __init__(
        self, election: Election, rule: Rule, figures: Figures, first: str | None = None
    ) -> None:
        """Lay out the money. first: the id of a project that goes before all others in ties."""
        self.election = election
        self.rule = rule
        self.figures = figures
        self.votes, self.scores = figures.votes, figures.scores
        self.order = TieOrder(rule.tie_order, election.projects, figures.votes, first)
        self.limits = Limits(
            election,
            area_budgets=rule.areas is Areas.CEILINGS,
            theme_ceilings=rule.theme_ceilings,
        )
        self.steps: list[Step] = []
        self.ties: set[Tie] = set()
        self.selected: list[Project] = []
        self.completed: list[Project] = []
        self.partly_funded: tuple[str, int] | None = None
        self.left_at_completion: dict[str, int] = {}
        self.has_second_pass = False

    @property
    def left(self) -> int:
        """What is left of the whole budget, in cents."""
        return self.election.budget - sum(project.cost for project in self.selected)

    def admit(self) -> list[Project]:
        """Return the candidates, and record why the others cannot be funded.

        Projects that cost nothing are funded here, and are not returned.
        """
        candidates, free = [], []
        for project in self.in_order(self.election.projects, self.scores):
            reason = self._reason_to_refuse(project)
            if reason is not None:
                self._record(Pass.ADMISSION, project, Decision.SKIPPED, reason, limits=False)
            elif project.cost == 0:
                free.append(project)
            else:
                candidates.append(project)
        for project in free:
            self._record(Pass.FREE, project, Decision.SELECTED, Reason.FREE, limits=False)
            self.selected.append(project)
        return candidates

    def in_order(self, projects: Iterable[Project], measure: Mapping[str, int]) -> list[Project]:
        """Return the projects with the highest measure first, equal ones in the tie order."""
        return sorted(projects, key=lambda each: (-measure[each.id], self.order.rank(each)))

    def note_neighbours(
        self, ordered: Iterable[Project], measure: Mapping[str, int], stage: Pass
    ) -> None:
        """Record every two neighbours in a list that have the same measure."""
        before: Project | None = None
        for project in ordered:
            if before is not None and measure[before.id] == measure[project.id]:
                self.note_tie(stage, before, project)
            before = project

    def note_tie(self, stage: Pass, winner: Project, rival: Project) -> None:
        """Record that two projects were equal and one was preferred."""
        criterion = self.order.between(winner, rival)
        self.ties.add(Tie(stage=stage.value, winner=winner.id, rival=rival.id, criterion=criterion))

    def select(self, pass_: Pass, project: Project, reason: Reason, **figures: Any) -> None:
        """Fund a project, record the step and take its cost from what is left.

        figures: of the step, for the rules that have more to say.
        """
        self._record(pass_, project, Decision.SELECTED, reason, **figures)
        self.limits.spend(project)
        self.selected.append(project)
        if pass_ in (Pass.REMAINDER, Pass.COMPLETION, Pass.EPSILON):
            self.completed.append(project)

    def skip(
        self, pass_: Pass, project: Project, reason: Reason, *, more_to_come: bool = False
    ) -> None:
        """Record that a project was not funded. more_to_come: another pass follows this one."""
        comes_back = more_to_come and self._may_change(reason)
        self._record(pass_, project, Decision.SKIPPED, reason, comes_back=comes_back)

    def fund_partly(self, project: Project, amount: int) -> None:
        """Give a project what is left, though that is less than it costs."""
        reason = Reason.PARTLY_FUNDED
        self._record(Pass.REMAINDER, project, Decision.PARTLY_FUNDED, reason)
        self.partly_funded = project.id, amount

    def complete(self, candidates: Iterable[Project]) -> None:
        """Fund what fits the money that is left, the most votes first."""
        self.limits.pour_together(self.left, keep_theme_ceilings=self.rule.ceilings_in_remainder)
        ordered = self.in_order(candidates, self.votes)
        self.note_neighbours(ordered, self.votes, Pass.COMPLETION)
        for project in ordered:
            self.left_at_completion[project.id] = self.limits.pool
            if project.cost > self.limits.pool:
                self.skip(Pass.COMPLETION, project, Reason.REMAINDER_TOO_SMALL)
            elif not self.limits.allows(project):
                self.skip(Pass.COMPLETION, project, Reason.THEME_CEILING_REACHED)
            else:
                self.select(Pass.COMPLETION, project, Reason.FITS_REMAINDER)

    def _may_change(self, reason: Reason) -> bool:
        """Tell whether the reason of one pass can be gone in a later one."""
        if reason is Reason.THEME_CEILING_REACHED:
            return not self.rule.ceilings_in_remainder
        if reason is Reason.BUDGET_TOO_SMALL:
            return self.rule.has_pots
        return reason not in _FOR_GOOD

    def _reason_to_refuse(self, project: Project) -> Reason | None:
        """Return why a project cannot be funded whatever else is, or None."""
        votes, rule, voters = self.votes[project.id], self.rule, self.figures.voters
        if project.is_withdrawn:
            return Reason.WITHDRAWN
        if project.cost > self.election.budget:
            return Reason.OVER_BUDGET
        if votes < rule.minimum_votes:
            return Reason.TOO_FEW_VOTES if votes else Reason.NO_VOTES
        if votes * 100 < rule.minimum_percent * voters:
            return Reason.TOO_SMALL_SHARE
        if rule.support_quota * self.election.budget * votes < project.cost * voters and (
            rule.support_quota
        ):
            return Reason.QUOTA_MISSED
        return None

    def _record(
        self,
        pass_: Pass,
        project: Project,
        decision: Decision,
        reason: Reason,
        *,
        limits: bool = True,
        **figures: Any,
    ) -> None:
        """Write one step with what is left at this moment. limits: those of area and theme bind."""
        area_left = self.limits.area_left(project) if limits else None
        theme = self.limits.tightest_theme(project) if limits else None
        step = Step(
            number=len(self.steps) + 1,
            pass_=pass_,
            project=project.id,
            decision=decision,
            reason=reason,
            cost=project.cost,
            left=self.limits.pool,
            area=None if area_left is None else project.area,
            area_left=area_left,
            theme=theme and theme[0],
            theme_left=theme and theme[1],
        )
        self.steps.append(replace(step, **figures) if figures else step)
