"""The notebook of one count: what is left, what was decided, and in which order."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from pb.tally.election import Election, Project, count_scores, count_votes, named_on
from pb.tally.explanation import Decision, Reason, Step
from pb.tally.outcome import Ending, Outcome
from pb.tally.pots import Pots
from pb.tally.ties import Stage, Tie, TieOrder

if TYPE_CHECKING:  # The rules know the engines, so the engines know the rule by name only.
    from pb.tally.rules import Rule


class Count:
    """Keeps the money, the steps and the ties of one count while a rule decides."""

    def __init__(self, election: Election, rule: "Rule") -> None:
        """Count the votes and lay out the money."""
        self.election = election
        self.rule = rule
        self.votes = count_votes(election)
        self.scores = count_scores(election)
        self.tie_order = TieOrder(rule.tie_order, election.projects, self.votes)
        self.pots = Pots(
            election, area_budgets=rule.area_budgets, theme_ceilings=rule.theme_ceilings
        )
        self.ties: list[Tie] = []
        self._steps: list[Step] = []
        self._selected: list[Project] = []
        self._completed: list[Project] = []

    def admit(self) -> list[Project]:
        """Return the projects that can be funded, and record why the others cannot.

        Projects that cost nothing are funded here, and are not returned.
        Source: the yardstick of the rules, section 2.
        """
        admitted, free = [], []
        for project in self.in_order(self.election.projects, self.scores):
            reason = self._reason_to_refuse(project)
            if reason is not None:
                self.skip(project, 0, reason)
            elif project.cost == 0:
                free.append(project)
            else:
                admitted.append(project)
        for project in free:
            self.select(project, 1, Reason.FREE)
        return admitted

    def in_order(self, projects: Iterable[Project], measure: Mapping[str, int]) -> list[Project]:
        """Return the projects with the highest measure first, equal ones in the tie order."""
        return sorted(projects, key=lambda each: (-measure[each.id], self.tie_order.rank(each)))

    def note_ties(self, ordered: Iterable[Project], measure: Mapping[str, int], at: Stage) -> None:
        """Record every group of projects that have the same measure."""
        groups: dict[int, list[Project]] = {}
        for project in ordered:
            groups.setdefault(measure[project.id], []).append(project)
        for tied in groups.values():
            if len(tied) > 1:
                criterion = self.tie_order.criterion_for_all(tied)
                names = tuple(project.id for project in tied)
                self.ties.append(Tie(stage=at, tied=names, criterion=criterion))

    def select(
        self,
        project: Project,
        pass_number: int,
        reason: Reason,
        *,
        highest_payment: Fraction | None = None,
    ) -> None:
        """Fund a project, record the step and take its cost from what is left."""
        effective = Fraction(project.cost) / highest_payment if highest_payment else None
        self._record(
            project,
            pass_number,
            (Decision.SELECTED, reason),
            highest_payment=highest_payment,
            effective_votes=effective,
        )
        self.pots.spend(project)
        self._selected.append(project)
        if pass_number == 2:
            self._completed.append(project)

    def skip(
        self,
        project: Project,
        pass_number: int,
        reason: Reason,
        *,
        comes_back: bool = False,
        supporters_left: Fraction | None = None,
    ) -> None:
        """Record that a project was not funded in this pass."""
        self._record(
            project,
            pass_number,
            (Decision.SKIPPED, reason),
            comes_back=comes_back,
            supporters_left=supporters_left,
        )

    def outcome(
        self,
        *,
        endowment: Fraction | None = None,
        increments: int | None = None,
        ending: Ending | None = None,
    ) -> Outcome:
        """Return the outcome of all that was decided."""
        chosen = {project.id for project in self._selected}
        served = sum(
            voters
            for ballot, voters in self.election.ballots.items()
            if not chosen.isdisjoint(named_on(ballot))
        )
        by_area, by_theme = self._spent_by_group()
        return Outcome(
            rule=self.rule,
            budget=self.election.budget,
            selected=tuple(project.id for project in self._selected),
            completed=tuple(project.id for project in self._completed),
            steps=tuple(self._steps),
            ties=tuple(self.ties),
            votes=dict(sorted(self.votes.items())),
            scores=dict(sorted(self.scores.items())),
            voters=self.election.voters,
            blank_ballots=self.election.blank_ballots,
            voters_with_a_selected_choice=served,
            spent=sum(project.cost for project in self._selected),
            spent_by_area=by_area,
            spent_by_theme=by_theme,
            endowment=endowment,
            increments=increments,
            ending=ending,
        )

    def _reason_to_refuse(self, project: Project) -> Reason | None:
        """Return why a project cannot be funded whatever else is, or None."""
        votes = self.votes[project.id]
        if project.is_withdrawn:
            return Reason.WITHDRAWN
        if project.cost > self.election.budget:
            return Reason.OVER_BUDGET
        if votes < self.rule.minimum_votes:
            return Reason.TOO_FEW_VOTES if votes else Reason.NO_VOTES
        return None

    def _record(
        self,
        project: Project,
        pass_number: int,
        verdict: tuple[Decision, Reason],
        *,
        comes_back: bool = False,
        highest_payment: Fraction | None = None,
        effective_votes: Fraction | None = None,
        supporters_left: Fraction | None = None,
    ) -> None:
        """Write one step with what is left at this moment."""
        area_left = self.pots.area_left(project)
        theme, theme_left = self.pots.tightest_theme(project) or (None, None)
        step = Step(
            number=len(self._steps) + 1,
            pass_number=pass_number,
            project=project.id,
            votes=self.votes[project.id],
            score=self.scores[project.id],
            cost=project.cost,
            decision=verdict[0],
            reason=verdict[1],
            pool_left=self.pots.pool,
            area=None if area_left is None else project.area,
            area_left=area_left,
            theme=theme,
            theme_left=theme_left,
            votes_needed=self.rule.minimum_votes,
            comes_back=comes_back,
            highest_payment=highest_payment,
            effective_votes=effective_votes,
            supporters_left=supporters_left,
        )
        self._steps.append(step)

    def _spent_by_group(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return what was spent per area and per theme; those with a limit are always named."""
        by_area = dict.fromkeys(sorted(self.election.area_budgets), 0)
        by_theme = dict.fromkeys(sorted(self.election.theme_ceilings), 0)
        for project in self._selected:
            if project.area:
                by_area[project.area] = by_area.get(project.area, 0) + project.cost
            for theme in project.themes:
                by_theme[theme] = by_theme.get(theme, 0) + project.cost
        return dict(sorted(by_area.items())), dict(sorted(by_theme.items()))
