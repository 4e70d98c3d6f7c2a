"""Every rule counted as plainly as can be, word for word from docs/result-file.md.

Voters stand one by one, every sum is made anew each time it is asked for, and numbers are exact
fractions. It shares nothing with the engine but the values that go in and come out, so when both
give the same outcome, two programs understood the page alike.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pb.tally.election import BallotKind, Choice, Election, Project
from pb.tally.outcome import (
    Compared,
    Decision,
    Ending,
    NextRun,
    Outcome,
    Pass,
    ProjectResult,
    Reason,
    Step,
)
from pb.tally.rules import (
    Areas,
    Comparison,
    Completion,
    Family,
    Remainder,
    Rule,
    Start,
    Stop,
    Utility,
)
from pb.tally.ties import Criterion, Tie
from tests.tally.plain_equal_shares import PlainRun, Voter, level_of, lowest_payment, run


@dataclass
class Chain:
    """The runs of equal shares: the first share, the run that counts, and why it was the last."""

    start: Fraction
    run: PlainRun
    increments: int
    ending: Ending
    ties: set[tuple[str, str]]


class PlainCount:
    """One count. first: goes before all others in ties. share: of every voter, in one run."""

    def __init__(
        self,
        election: Election,
        rule: Rule,
        first: str | None = None,
        share: Fraction | None = None,
    ) -> None:
        self.election, self.rule, self.first = election, rule, first
        self.ballots = [
            [choice if isinstance(choice, str) else choice[0] for choice in ballot]
            for ballot, times in election.ballots.items()
            for _ in range(times)
            if ballot
        ]
        self.points = [
            points_of(ballot, election)
            for ballot, times in election.ballots.items()
            for _ in range(times)
            if ballot
        ]
        ids = [project.id for project in election.projects]
        self.votes = {name: sum(name in ballot for ballot in self.ballots) for name in ids}
        self.score = {name: sum(each.get(name, 0) for each in self.points) for name in ids}
        self.steps: list[Step] = []
        self.ties: set[tuple[str, str, str]] = set()
        self.selected: list[Project] = []
        self.completed: list[Project] = []
        self.partly: tuple[str, int] | None = None
        self.left_at_completion: dict[str, int] = {}
        self.chain: Chain | None = None
        self.next: NextRun | None = None
        self.ending: Ending | None = None
        self.compared: Compared | None = None
        self.candidates = self.admit()
        if rule.family is Family.MOST_VOTES:
            self.most_votes()
        elif rule.family is Family.PHRAGMEN:
            self.phragmen()
        else:
            self.equal_shares(share)

    # --- what all rules share --------------------------------------------------------------

    @property
    def left(self) -> int:
        return self.election.budget - sum(project.cost for project in self.selected)

    @property
    def funded(self) -> set[str]:
        return {project.id for project in self.selected}

    def measures(self, project: Project) -> dict[Criterion, object]:
        return {
            Criterion.LOWER_COST: project.cost,
            Criterion.MORE_VOTES: -self.votes[project.id],
            Criterion.LOT: project.lot,
            Criterion.ID: project.id,
        }

    def rank(self, project: Project) -> tuple[object, ...]:
        measures = self.measures(project)
        return (project.id != self.first, *(measures[each] for each in self.rule.tie_order))

    def in_order(self, projects: Iterable[Project], by: Mapping[str, int]) -> list[Project]:
        return sorted(projects, key=lambda each: (-by[each.id], self.rank(each)))

    def note_neighbours(self, stage: str, ordered: list[Project], by: Mapping[str, int]) -> None:
        for one, other in itertools.pairwise(ordered):
            if by[one.id] == by[other.id]:
                self.ties.add((stage, one.id, other.id))

    def area_left(self, project: Project, funded: Sequence[Project]) -> int | None:
        budget = self.election.area_budgets.get(project.area)
        if budget is None or self.rule.areas is not Areas.CEILINGS:
            return None
        return budget - sum(each.cost for each in funded if each.area == project.area)

    def tightest_theme(
        self, project: Project, funded: Sequence[Project]
    ) -> tuple[int, str] | tuple[None, None]:
        if not self.rule.theme_ceilings:
            return None, None
        ceilings = self.election.theme_ceilings
        lefts = [
            (ceilings[theme] - sum(each.cost for each in funded if theme in each.themes), theme)
            for theme in project.themes
            if theme in ceilings
        ]
        return min(lefts, default=(None, None))

    def limits(self, project: Project, *, remainder: bool = False) -> dict[str, object]:
        """Return what a step says about the limits that bind in its pass."""
        area_left = None if remainder else self.area_left(project, self.selected)
        theme_left, theme = self.tightest_theme(project, self.selected)
        if remainder and not self.rule.ceilings_in_remainder:
            theme_left = theme = None
        area = None if area_left is None else project.area
        return {"area": area, "area_left": area_left, "theme": theme, "theme_left": theme_left}

    def write(
        self, pass_: Pass, project: Project, reason: Reason, left: int, **more: object
    ) -> None:
        decision = more.pop("decision", Decision.SKIPPED)
        self.steps.append(
            Step(
                number=len(self.steps) + 1,
                pass_=pass_,
                project=project.id,
                decision=decision,
                reason=reason,
                cost=project.cost,
                left=left,
                **more,
            )
        )
        if decision is Decision.SELECTED:
            self.selected.append(project)
            if pass_ in (Pass.REMAINDER, Pass.COMPLETION, Pass.EPSILON):
                self.completed.append(project)

    def fund(
        self, pass_: Pass, project: Project, reason: Reason, left: int, **more: object
    ) -> None:
        self.write(pass_, project, reason, left, decision=Decision.SELECTED, **more)

    def comes_back(self, reason: Reason, *, more_to_come: bool) -> bool:
        if reason is Reason.RIVAL_FUNDED:
            return False
        if reason is Reason.THEME_CEILING_REACHED and self.rule.ceilings_in_remainder:
            return False
        if reason is Reason.BUDGET_TOO_SMALL and not self.rule.has_pots:
            return False
        return more_to_come

    def admit(self) -> list[Project]:
        budget = self.election.budget
        admitted = []
        for project in self.in_order(self.election.projects, self.score):
            reason = self.refusal(project)
            if reason is None:
                admitted.append(project)
            else:
                self.write(Pass.ADMISSION, project, reason, budget)
        for project in admitted:
            if project.cost == 0:
                self.fund(Pass.FREE, project, Reason.FREE, budget)
        return [project for project in admitted if project.cost > 0]

    def refusal(self, project: Project) -> Reason | None:
        rule, budget = self.rule, self.election.budget
        votes, voters = self.votes[project.id], len(self.ballots)
        if project.is_withdrawn:
            return Reason.WITHDRAWN
        if project.cost > budget:
            return Reason.OVER_BUDGET
        if votes < rule.minimum_votes:
            return Reason.NO_VOTES if votes == 0 else Reason.TOO_FEW_VOTES
        if Fraction(votes * 100) < rule.minimum_percent * voters:
            return Reason.TOO_SMALL_SHARE
        if rule.support_quota > 0 and rule.support_quota * budget * votes < project.cost * voters:
            return Reason.QUOTA_MISSED
        return None

    def complete(self) -> None:
        """Go once more over the candidates that are not funded, the most votes first."""
        ordered = self.in_order([p for p in self.candidates if p not in self.selected], self.votes)
        self.note_neighbours("completion", ordered, self.votes)
        for project in ordered:
            left, limits = self.left, self.limits(project, remainder=True)
            self.left_at_completion[project.id] = left
            theme_left = limits["theme_left"]
            if project.cost > left:
                self.write(Pass.COMPLETION, project, Reason.REMAINDER_TOO_SMALL, left, **limits)
            elif theme_left is not None and project.cost > theme_left:
                self.write(Pass.COMPLETION, project, Reason.THEME_CEILING_REACHED, left, **limits)
            else:
                self.fund(Pass.COMPLETION, project, Reason.FITS_REMAINDER, left, **limits)

    # --- most votes ------------------------------------------------------------------------

    def most_votes(self) -> None:
        rule, election = self.rule, self.election
        binds = (rule.areas is Areas.CEILINGS and election.area_budgets) or (
            rule.theme_ceilings and election.theme_ceilings
        )
        again = rule.remainder is Remainder.SECOND_PASS and (
            bool(binds) or rule.has_pots or not rule.skip
        )
        reasons: dict[str, Reason] = {}
        carried = 0
        for money, projects in self.pots():
            pot = money + carried
            ordered = self.in_order(projects, self.score)
            self.note_neighbours("votes", ordered, self.score)
            stopped = False
            for project in ordered:
                reason = Reason.AFTER_THE_STOP if stopped else self.obstacle(project, pot)
                limits = self.limits(project)
                if reason is None:
                    has_area = limits["area"] is not None
                    reason = Reason.FITS_AREA_BUDGET if has_area else Reason.FITS_BUDGET
                    self.fund(Pass.VOTES, project, reason, pot, **limits)
                    pot -= project.cost
                    continue
                reasons[project.id] = reason
                back = self.comes_back(reason, more_to_come=again)
                self.write(Pass.VOTES, project, reason, pot, comes_back=back, **limits)
                if not rule.skip and reason is not Reason.RIVAL_FUNDED:
                    stopped = True
            carried = pot if rule.areas is Areas.POTS_TOP_UP else 0
        unfunded = self.in_order([p for p in self.candidates if p.id in reasons], self.score)
        if again:
            self.second_pass([p for p in unfunded if reasons[p.id] is not Reason.RIVAL_FUNDED])
        elif rule.remainder is Remainder.PARTIAL:
            first = [p for p in unfunded if not self.has_funded_rival(p)][:1]
            if first and self.left > 0:
                self.partly = first[0].id, self.left
                decision, reason = Decision.PARTLY_FUNDED, Reason.PARTLY_FUNDED
                self.write(Pass.REMAINDER, first[0], reason, self.left, decision=decision)
        elif rule.remainder is Remainder.EIGHTY_PERCENT and unfunded:
            first_one = unfunded[0]
            if Fraction(self.left) >= Fraction(80, 100) * first_one.cost:
                reason = Reason.FITS_EIGHTY_PERCENT
                self.fund(Pass.REMAINDER, first_one, reason, self.left)

    def pots(self) -> list[tuple[int, list[Project]]]:
        budget, areas = self.election.budget, self.election.area_budgets
        if not self.rule.has_pots:
            return [(budget, self.candidates)]
        named = [
            (money, [project for project in self.candidates if project.area == area])
            for area, money in areas.items()
        ]
        others = [project for project in self.candidates if project.area not in areas]
        return [*named, (max(0, budget - sum(areas.values())), others)]

    def has_funded_rival(self, project: Project) -> bool:
        return self.rule.exclusive_groups and any(
            project.id in group and self.funded & set(group)
            for group in self.election.exclusive_groups
        )

    def obstacle(self, project: Project, left: int, *, remainder: bool = False) -> Reason | None:
        limits = self.limits(project, remainder=remainder)
        if self.has_funded_rival(project):
            return Reason.RIVAL_FUNDED
        if limits["area_left"] is not None and project.cost > limits["area_left"]:
            return Reason.AREA_BUDGET_TOO_SMALL
        if project.cost > left:
            return Reason.REMAINDER_TOO_SMALL if remainder else Reason.BUDGET_TOO_SMALL
        if limits["theme_left"] is not None and project.cost > limits["theme_left"]:
            return Reason.THEME_CEILING_REACHED
        return None

    def second_pass(self, projects: list[Project]) -> None:
        for project in projects:
            reason = self.obstacle(project, self.left, remainder=True)
            limits = self.limits(project, remainder=True)
            if reason is None:
                self.fund(Pass.REMAINDER, project, Reason.FITS_REMAINDER, self.left, **limits)
            else:
                self.write(Pass.REMAINDER, project, reason, self.left, **limits)

    # --- Phragmen --------------------------------------------------------------------------

    def phragmen(self) -> None:
        loads = [Fraction(0)] * len(self.ballots)
        while True:
            offers = []
            for project in self.candidates:
                supporters = [n for n, names in enumerate(self.ballots) if project.id in names]
                if (
                    project in self.selected
                    or not supporters
                    or not self.fits(project, self.selected)
                ):
                    continue
                load = (sum(loads[n] for n in supporters) + project.cost) / len(supporters)
                offers.append((load, self.rank(project), project, supporters))
            offers.sort(key=lambda offer: offer[:2])
            equal = [offer for offer in offers if offer[0] == offers[0][0]]
            if not offers or any(offer[2].cost > self.left for offer in equal):
                break
            load, _, project, supporters = offers[0]
            self.ties |= {("phragmen", project.id, other[2].id) for other in equal[1:]}
            for number in supporters:
                loads[number] = load
            limits = self.limits(project)
            self.fund(Pass.PHRAGMEN, project, Reason.LOWEST_LOAD, self.left, load=load, **limits)
        completes = self.rule.completion is Completion.VOTES
        rest = [project for project in self.candidates if project not in self.selected]
        for project in self.in_order(rest, self.votes):
            limits = self.limits(project)
            self.write(
                Pass.PHRAGMEN, project, Reason.STOPPED, self.left, comes_back=completes, **limits
            )
        if completes:
            self.complete()

    def fits(self, project: Project, funded: Sequence[Project]) -> bool:
        lefts = (self.area_left(project, funded), self.tightest_theme(project, funded)[0])
        return all(left is None or project.cost <= left for left in lefts)

    # --- equal shares ----------------------------------------------------------------------

    @property
    def weights(self) -> list[Voter]:
        """What each voter pays per unit of the payment; who pays nothing is no supporter."""
        if self.rule.utility is Utility.POINTS:
            return self.points
        return [dict.fromkeys(ballot, 1) for ballot in self.ballots]

    def equal_shares(self, share: Fraction | None) -> None:
        rule, voters = self.rule, self.weights
        supported = [p for p in self.candidates if any(voter.get(p.id) for voter in voters)]
        completes = rule.completion is not Completion.NONE
        if supported:
            self.chain = self.raised(voters, supported, share)
            self.ending = self.chain.ending
            self.ties |= {("shares", *tie) for tie in self.chain.ties}
            self.buy(voters, self.chain.run)
        else:
            self.ending = Ending.NO_CANDIDATES
        unfunded = [project for project in self.candidates if project not in self.selected]
        if rule.completion is not Completion.NONE:
            unfunded = [project for project in unfunded if project in supported]
        for project in self.in_order(unfunded, self.votes):
            reason = self.why_not_bought(project, voters)
            back = self.comes_back(reason, more_to_come=completes)
            limits = self.limits(project)
            self.write(Pass.SHARES, project, reason, self.left, comes_back=back, **limits)
        if rule.completion is Completion.VOTES:
            self.complete()
        elif rule.completion is Completion.EPSILON:
            self.buy_with_everybody(voters)
        if self.ending in (Ending.EXHAUSTED, Ending.OVERSPENDING):
            following = self.one_run(voters, supported, self.chain.run.share + rule.step)
            free = [project.id for project in self.selected if project.cost == 0]
            names = (*free, *(project.id for project in following.bought))
            self.next = NextRun(endowment=following.share, cost=following.cost, selected=names)

    def one_run(
        self, voters: Sequence[Voter], supported: list[Project], share: Fraction
    ) -> PlainRun:
        by_cost = self.rule.utility is Utility.COST
        return run(voters, supported, share, by_cost=by_cost, rank=self.rank, fits=self.fits)

    def first_share(self) -> Fraction:
        share = Fraction(self.election.budget, len(self.ballots))
        return share if self.rule.start is Start.EXACT else Fraction(share // 100 * 100)

    def raised(
        self, voters: Sequence[Voter], supported: list[Project], share: Fraction | None
    ) -> Chain:
        start = self.first_share() if share is None else share
        now = self.one_run(voters, supported, start)
        if share is not None or not self.rule.add1:
            return Chain(start, now, 0, Ending.SINGLE, now.ties)
        ties = set(now.ties)
        increments = 0
        while True:
            ending = self.why_last(now, supported)
            if ending is not None:
                return Chain(start, now, increments, ending, ties)
            then = self.one_run(voters, supported, start + (increments + 1) * self.rule.step)
            ties |= then.ties
            if then.cost > self.election.budget:
                return Chain(start, now, increments, Ending.OVERSPENDING, ties)
            now, increments = then, increments + 1

    def why_last(self, now: PlainRun, supported: list[Project]) -> Ending | None:
        """Return why a run within the budget is the last one."""
        others = [project for project in supported if project not in now.bought]
        if not others:
            return Ending.ALL_FUNDED
        fitting = [project for project in others if self.fits(project, now.bought)]
        if not fitting:
            return Ending.EXHAUSTED
        if self.rule.stop is Stop.EXHAUSTIVE_ALL:
            fitting += [project for project in self.candidates if project not in supported]
        rest = self.election.budget - now.cost
        no_more = all(project.cost > rest for project in fitting)
        return Ending.EXHAUSTED if no_more and self.rule.stop is not Stop.OVERSPENDING else None

    def buy(self, voters: Sequence[Voter], the_run: PlainRun) -> None:
        for each in the_run.purchases:
            project, payment = each.project, each.payment
            enough = [
                money >= payment * voter[project.id]
                for money, voter in zip(each.money, voters, strict=True)
                if voter.get(project.id)
            ]
            self.fund(
                Pass.SHARES,
                project,
                Reason.FITS_SHARES,
                self.left,
                payment=payment,
                effective_votes=project.cost / payment,
                paid_in_full=sum(enough),
                paid_less=len(enough) - sum(enough),
                runner_up=each.runner_up and each.runner_up.id,
                runner_up_payment=each.runner_up_payment,
                **self.limits(project),
            )

    def why_not_bought(self, project: Project, voters: Sequence[Voter]) -> Reason:
        supporters = sum(1 for voter in voters if voter.get(project.id))
        if not supporters:
            return Reason.NO_VOTES
        now = self.chain.run
        if any(rival == project.id for _, rival in now.ties):
            return Reason.TIE_LOST
        area_left = self.area_left(project, now.bought)
        if area_left is not None and project.cost > area_left:
            return Reason.AREA_BUDGET_TOO_SMALL
        if not self.fits(project, now.bought):
            return Reason.THEME_CEILING_REACHED
        if supporters * now.share < project.cost:
            return Reason.NEVER_AFFORDABLE
        return Reason.SUPPORTERS_SPENT

    def buy_with_everybody(self, voters: Sequence[Voter]) -> None:
        """Go on with the money that is left; who does not support a project helps too."""
        if self.chain is not None:
            money = list(self.chain.run.money)
        else:
            money = [self.first_share() for _ in voters]
        waiting = [project for project in self.candidates if project not in self.selected]
        while True:
            offers = []
            for project in waiting:
                level = level_of(project, voters, money)
                affordable = level is not None and project.cost <= self.left
                ceiling = self.limits(project, remainder=True)["theme_left"]
                if affordable and (ceiling is None or project.cost <= ceiling):
                    offers.append((level, self.rank(project), project))
            if not offers:
                break
            offers.sort(key=lambda offer: offer[:2])
            level, _, project = offers[0]
            self.ties |= {
                ("epsilon", project.id, other.id) for same, _, other in offers[1:] if same == level
            }
            payment = lowest_payment(project, voters, money) if level == 0 else None
            for number, voter in enumerate(voters):
                weight = voter.get(project.id, 0)
                if payment is not None:
                    money[number] -= min(money[number], payment * weight)
                else:
                    money[number] = (
                        Fraction(0) if weight else max(Fraction(0), money[number] - level)
                    )
            limits = self.limits(project, remainder=True)
            self.fund(Pass.EPSILON, project, Reason.FITS_EVERYONE, self.left, level=level, **limits)
            waiting.remove(project)
        for project in self.in_order(waiting, self.votes):
            limits = self.limits(project, remainder=True)
            self.write(Pass.EPSILON, project, Reason.REMAINDER_TOO_SMALL, self.left, **limits)


def points_of(ballot: tuple[Choice, ...], election: Election) -> dict[str, int]:
    """Return the points that a ballot gives to each project that it names."""
    if election.kind is BallotKind.ORDINAL:
        places = election.limits.maximum_choices or len(election.projects)
        return {name: max(0, places - place) for place, name in enumerate(ballot)}
    return {
        (c if isinstance(c, str) else c[0]): (1 if isinstance(c, str) else c[1]) for c in ballot
    }


def counted(election: Election, rule: Rule, first: str | None = None) -> PlainCount:
    """Return the count that stands: that of the rule, or of most votes if more prefer that."""
    mine = PlainCount(election, rule, first)
    if rule.family is not Family.EQUAL_SHARES or rule.comparison is Comparison.NONE:
        return mine
    names = ("tie_order", "minimum_votes", "minimum_percent", "support_quota")
    same = {name: getattr(rule, name) for name in names}
    plain = Rule(family=Family.MOST_VOTES, theme_ceilings=False, remainder=Remainder.NONE, **same)
    other = PlainCount(election, plain, first)
    prefer = [0, 0]
    for ballot in mine.ballots:
        here, there = (len(set(ballot) & count.funded) for count in (mine, other))
        if rule.comparison is Comparison.ANY_CHOICE:
            here, there = here > 0, there > 0
        prefer[0] += here > there
        prefer[1] += there > here
    kept = other if prefer[1] > prefer[0] else mine
    kept.compared = Compared(prefer_rule=prefer[0], prefer_most_votes=prefer[1])
    return kept


def outcome(election: Election, rule: Rule, seed: str | None = None) -> Outcome:
    """Return the whole outcome, as the engine must give it."""
    if seed is not None:
        drawn = sorted(
            (hashlib.sha256(f"{seed}|{each.id}".encode()).hexdigest(), each.id)
            for each in election.projects
        )
        lots = {name: place for place, (_, name) in enumerate(drawn, start=1)}
        projects = tuple(replace(each, lot=lots[each.id]) for each in election.projects)
        election = replace(election, projects=projects)
    count = counted(election, rule)
    first = [project.id for project in count.selected if project not in count.completed]
    completed = tuple(project.id for project in count.completed)
    chain = count.chain
    shares_decided = count.rule.family is Family.EQUAL_SHARES
    areas = {each.area for each in election.projects if each.area} | set(election.area_budgets)
    themes = {theme for each in election.projects for theme in each.themes}
    themes |= set(election.theme_ceilings)
    return Outcome(
        rule=rule,
        title=election.title,
        currency=election.currency,
        input_sha256=election.input_sha256,
        seed=seed,
        budget=election.budget,
        selected=(*first, *completed),
        completed=completed,
        partly_funded=count.partly,
        steps=tuple(count.steps),
        ties=weighed(count, rule),
        projects=results(count, rule),
        voters=len(count.ballots),
        blank_ballots=sum(times for ballot, times in election.ballots.items() if not ballot),
        voters_with_a_funded_choice=sum(bool(count.funded & set(b)) for b in count.ballots),
        points_scale=election.points_scale,
        spent_by_area={
            area: sum(each.cost for each in count.selected if each.area == area) for area in areas
        },
        spent_by_theme={
            theme: sum(each.cost for each in count.selected if theme in each.themes)
            for theme in themes
        },
        start_endowment=count.first_share() if shares_decided and count.ballots else None,
        endowment=chain and chain.run.share,
        increments=chain and chain.increments,
        ending=count.ending,
        next_run=count.next,
        comparison=count.compared,
    )


def weighed(count: PlainCount, rule: Rule) -> tuple[Tie, ...]:
    """Return the ties, with whether the rule funds another set when the rival goes first."""
    projects = {project.id: project for project in count.election.projects}
    found = []
    for stage, winner, rival in sorted(count.ties):
        one, other = count.measures(projects[winner]), count.measures(projects[rival])
        criterion = next(each for each in rule.tie_order if one[each] != other[each])
        changes = counted(count.election, rule, first=rival).funded != count.funded
        found.append(
            Tie(
                stage=stage,
                winner=winner,
                rival=rival,
                criterion=criterion,
                changes_outcome=changes,
            )
        )
    return tuple(found)


def results(count: PlainCount, rule: Rule) -> dict[str, ProjectResult]:
    """Return what became of every project."""
    found = {}
    for project in count.election.projects:
        name = project.id
        mine = [step for step in count.steps if step.project == name]
        reason = mine[-1].reason
        if name not in count.funded and any(step.pass_ is Pass.SHARES for step in mine):
            reason = next(step.reason for step in mine if step.pass_ is Pass.SHARES)
        cost = votes = None
        if name not in count.funded and not project.is_withdrawn:
            cost, votes = what_it_takes(count, project)
        support, left, spent = supporters_money(count, project)
        found[name] = ProjectResult(
            votes=count.votes[name],
            score=count.score[name],
            cost=project.cost,
            selected=name in count.funded,
            reason=reason,
            lost_ties_to=tuple(sorted({w for _, w, rival in count.ties if rival == name})),
            left_at_completion=count.left_at_completion.get(name),
            max_winning_cost=cost,
            extra_votes=votes,
            effective_support=support,
            supporters_left=left,
            supporters_spent=spent,
        )
    return found


def what_it_takes(count: PlainCount, project: Project) -> tuple[int | None, int | None]:
    """Return the highest winning cost in cents and the fewest extra ballots, by halving."""
    election, rule = count.election, count.rule
    most = 2 * len(count.ballots) + rule.minimum_votes + 1
    cost = halved(lambda cost: wins(count, project.id, cost=cost), 0, project.cost)
    extra = halved(lambda fewer: wins(count, project.id, extra=most - fewer), 0, most)
    return cost, None if extra is None or project.cost > election.budget else most - extra


def halved(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    """Return the last number below ``high`` for which something holds, if it does for ``low``."""
    if high <= low or not holds(low):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def wins(count: PlainCount, name: str, *, cost: int | None = None, extra: int = 0) -> bool:
    """Tell whether a project is funded at another cost, or with extra ballots for it alone."""
    election = changed(count.election, name, cost=cost, extra=extra)
    if count.chain is None:
        return name in counted(election, count.rule).funded
    return name in PlainCount(election, count.rule, share=count.chain.run.share).funded


def changed(election: Election, name: str, *, cost: int | None = None, extra: int = 0) -> Election:
    """Return an election in which a project has another cost, or more ballots for it alone."""
    if cost is not None:
        projects = tuple(
            replace(each, cost=cost) if each.id == name else each for each in election.projects
        )
        election = replace(election, projects=projects)
    if extra:
        alone: Choice = (name, full_vote(election)) if election.kind.has_points else name
        ballots = {**election.ballots, (alone,): election.ballots.get((alone,), 0) + extra}
        if election.kind is BallotKind.ORDINAL:
            places = election.limits.maximum_choices or len(election.projects)
            limits = replace(election.limits, maximum_choices=places)
            election = replace(election, limits=limits)
        election = replace(election, ballots=ballots)
    return election


def full_vote(election: Election) -> int:
    """Return the points of a ballot with points that is for one project alone."""
    limits = [election.limits.points_per_project]
    if election.kind is BallotKind.CUMULATIVE:
        limits.append(election.limits.maximum_points)
    given = [limit for limit in limits if limit is not None]
    if given:
        return min(given)
    return max([1, *(points for ballot in election.ballots for _, points in ballot)])


def supporters_money(
    count: PlainCount, project: Project
) -> tuple[Fraction | None, Fraction | None, dict[str, int]]:
    """Return the highest support, the money left and the money spent of supporters who lost."""
    mine = [voter.get(project.id, 0) for voter in count.weights]
    if count.chain is None or project not in count.candidates or not any(mine):
        return None, None, {}
    the_run = count.chain.run
    if project in the_run.bought:
        return None, None, {}
    left = sum(money for money, weight in zip(the_run.money, mine, strict=True) if weight)
    support = Fraction(left, project.cost)
    spent = {}
    for each in the_run.purchases:
        cap = each.payment
        if count.rule.utility is Utility.COST:
            cap = each.payment / each.project.cost * project.cost
        could = sum(min(m, cap * weight) for m, weight in zip(each.money, mine, strict=True))
        support = max(support, could / project.cost)
        paid = sum(
            min(money, each.payment * voter.get(each.project.id, 0))
            for money, voter, weight in zip(each.money, count.weights, mine, strict=True)
            if weight
        )
        if int(paid):
            spent[each.project.id] = int(paid)
    return support, Fraction(left), spent
