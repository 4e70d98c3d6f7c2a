"""A real election from a Pabulib file as a round: its framework, its plans and its ballots.

What the file says is taken as it is. Where a framework cannot hold it, the nearest thing that
it can hold is taken, and a note says so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pb.foundation.money import Cents
from pb.frameworks.domain import (
    Area,
    BallotRules,
    Contact,
    Counting,
    CountingRule,
    Dates,
    DecisionPower,
    Framework,
    Promise,
    Remainder,
    Theme,
)
from pb.proposals.writing import LARGEST_AMOUNT, LENGTHS
from pb.tally import pabulib
from pb.tally.election import Ballot, BallotKind, named_on
from pb.tally.pabulib import PabulibFile
from pb.tally.rules import Completion, Family, Rule
from pb.trials.staging import CRITERION, DESK, HELPERS, IN_ORDER, StagedPlan

WHOLE, NO_THEME = "A0", "T0"
SMALLEST_COST = Cents(1)
WRITTEN_DAY = re.compile(r"(?:(\d{1,2})\.(\d{1,2})\.)?([12]\d{3})")  # a year from 1000 to 2999
SOME_DAY = datetime(2024, 9, 2, 7, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPlan:
    """A project of the file as a plan. id: what the file calls it.

    withdrawn: after the vote, so its votes stay.
    """

    id: str
    staged: StagedPlan
    withdrawn: bool

    @property
    def number(self) -> int:
        """Return the number of the plan: from 1, in the order of the file."""
        return self.staged.number


@dataclass(frozen=True, slots=True, kw_only=True)
class RealElection:
    """What is replayed. ``repeats``: how often the file's own column counts a plan twice.

    notes: an English sentence for everything that the file has and the round has not.
    """

    file: PabulibFile
    framework: Framework
    plans: tuple[RealPlan, ...]
    repeats: Mapping[str, int]
    notes: tuple[str, ...]

    @property
    def ballots(self) -> tuple[Ballot, ...]:
        """Return the ballots that name a plan; blank ones can be cast by nobody."""
        return tuple(ballot for ballot in self.file.ballots if ballot)


def read(path: Path) -> RealElection:
    """Read a file. Raises UnreadableElection."""
    file = pabulib.read(path)
    areas, themes = _areas(file), _themes(file)
    rules, widened = _ballot_rules(file)
    plans = tuple(_plans(file, areas, themes))
    framework = replace(
        _framework(file),
        areas=areas,
        themes=themes,
        max_cost=max(SMALLEST_COST, *(plan.staged.cost for plan in plans)),
        ballot=rules,
    )
    return RealElection(
        file=file,
        framework=framework,
        plans=plans,
        repeats=file.repeats,
        notes=(*file.notes, *widened, *_notes(file, plans)),
    )


def _areas(file: PabulibFile) -> tuple[Area, ...]:
    """Return an area per budget of the file, and one for the money that no area has."""
    named = [
        Area(id=f"A{place}", name=name, budget=Cents(budget))
        for place, (name, budget) in enumerate(file.area_budgets.items(), start=1)
    ]
    rest = file.budget - sum(area.budget for area in named)
    homeless = any(each.project.area not in file.area_budgets for each in file.projects)
    if rest > 0 or homeless or not named:
        whole = Area(id=WHOLE, name="Alle gebieden", budget=Cents(max(0, rest)), whole=True)
        return (*named, whole)
    return tuple(named)


def _themes(file: PabulibFile) -> tuple[Theme, ...]:
    """Return a theme per category of the file; one without a ceiling for what has none."""
    names = dict.fromkeys(file.theme_ceilings)
    names.update(dict.fromkeys(theme for each in file.projects for theme in each.project.themes))
    themes = [
        Theme(id=f"T{place}", name=name, ceiling=_ceiling(file, name))
        for place, name in enumerate(names, start=1)
    ]
    if not themes or any(not each.project.themes for each in file.projects):
        themes.append(Theme(id=NO_THEME, name="Zonder thema"))
    return tuple(themes)


def _ceiling(file: PabulibFile, theme: str) -> Cents | None:
    """Return the ceiling of a theme, or None when the file's rule does not hold it."""
    if not file.rule.theme_ceilings:
        return None
    ceiling = file.theme_ceilings.get(theme)
    return None if ceiling is None else Cents(ceiling)


def _plans(
    file: PabulibFile, areas: tuple[Area, ...], themes: tuple[Theme, ...]
) -> Iterator[RealPlan]:
    """Yield the projects as plans; equal plans are decided by the lot of the file, then the id."""
    area_ids = {area.name: area.id for area in areas if not area.whole}
    theme_ids = {theme.name: theme.id for theme in themes}
    projects = [each.project for each in file.projects]
    by_lot = sorted(projects, key=lambda project: (project.lot, project.id))
    lots = {project.id: lot for lot, project in enumerate(by_lot, start=1)}
    for number, project in enumerate(projects, start=1):
        held = project.is_withdrawn or not SMALLEST_COST <= project.cost <= LARGEST_AMOUNT
        staged = StagedPlan(
            number=number,
            title=_fitting(project.name, LENGTHS["title"]) or project.id,
            summary=f"Dit plan heet in het bestand {project.id}.",
            cost=SMALLEST_COST if held else Cents(project.cost),
            area_id=area_ids.get(project.area, WHOLE),
            theme_id=theme_ids[project.themes[0]] if project.themes else NO_THEME,
            lot_number=lots[project.id],
        )
        yield RealPlan(
            id=project.id,
            staged=staged,
            withdrawn=project.is_withdrawn or project.cost > LARGEST_AMOUNT,
        )


def _fitting(text: str, most: int) -> str:
    """Return a text on one line, cut with an ellipsis where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _ballot_rules(file: PabulibFile) -> tuple[BallotRules, list[str]]:
    """Return the limits of a ballot, widened to what the city evidently let pass."""
    used = [ballot for ballot in file.ballots if ballot]
    costs = {each.project.id: each.project.cost for each in file.projects}
    lengths = [len(ballot) for ballot in used] or [1]
    limits, notes = file.limits, []

    def wide(what: str, declared: int, found: int, widest: int) -> int:
        if widest != declared:
            notes.append(f"{what} of a ballot is widened from {declared} to {found}")
        return widest

    least, most = limits.minimum_choices or 1, limits.maximum_choices or len(file.projects)
    if file.kind is BallotKind.CHOOSE_ONE:
        least = most = 1
    rules = BallotRules(
        kind=BallotKind.CUMULATIVE if file.kind.has_points else file.kind,
        min_choices=wide("the lowest number", least, min(lengths), min(least, *lengths)),
        max_choices=wide("the highest number", most, max(lengths), max(most, *lengths)),
    )
    if file.kind is BallotKind.KNAPSACK:
        declared = limits.maximum_cost or file.budget
        dearest = max(sum(costs[name] for name in named_on(ballot)) for ballot in used or [()])
        top = wide("the highest cost in cents", declared, dearest, max(declared, dearest))
        rules = replace(rules, max_cost=Cents(top))
    if file.kind.has_points:
        points = [
            [choice[1] for choice in ballot if not isinstance(choice, str)] for ballot in used
        ]
        sums = [sum(each) for each in points] or [1]
        singles = [max(each) for each in points] or [1]
        declared = limits.maximum_points or max(sums)
        one = limits.points_per_project or declared
        rules = replace(
            rules,
            points=wide("the sum of points", declared, max(sums), max(declared, *sums)),
            max_points=wide("the points for one plan", one, max(singles), max(one, *singles)),
        )
    return rules, notes


def _framework(file: PabulibFile) -> Framework:
    """Return everything of the framework that does not depend on areas, themes and plans."""
    place = file.meta.get("unit", "") or "onbekend"
    title = file.meta.get("description", "") or f"Buurtbudget {place}"
    return Framework(
        title=f"{title} ({file.meta.get('instance', '') or file.name})",
        neighbourhood=file.meta.get("district", "") or place,
        council="Wijkraad van de naspeelronde",
        why="Deze ronde speelt een echte stemming na uit een openbaar bestand.",
        decision_power=DecisionPower.BINDING,
        decision_power_reason="",
        promise=Promise(text="Deze ronde is een proef. Er wordt niets uitgevoerd."),
        preconditions=IN_ORDER,
        contact=Contact(name="pb replay", phone="geen", hours="geen"),
        helpers=HELPERS,
        total=Cents(file.budget),
        areas=(),
        themes=(),
        min_cost=SMALLEST_COST,
        max_cost=SMALLEST_COST,
        upkeep_per_year=Cents(0),
        upkeep_years=0,
        criteria=(CRITERION,),
        who_may_propose="Wie in het bestand staat.",
        who_may_not_propose="Verder niemand.",
        who_may_vote="Elke kiezer uit het bestand, met één code.",
        voting_age=0,
        plans_per_owner=len(file.projects),
        offline_ways=("Geen: dit is een proef.",),
        desks=(DESK,),
        dates=_dates(file),
        ballot=BallotRules(),
        counting=_counting(file.rule),
    )


def _counting(rule: Rule) -> Counting:
    """Return the rule of a framework that comes nearest to the rule of a file."""
    counting = Counting(
        rule=_preset(rule),
        ceilings_in_remainder=rule.ceilings_in_remainder,
        comparison=rule.comparison,
        leftover="Wat overblijft, blijft in kas.",
    )
    if rule.family is Family.MOST_VOTES:
        return replace(counting, remainder=Remainder(rule.remainder.value))
    completes = rule.completion is not Completion.NONE
    return replace(counting, remainder=Remainder.SECOND_PASS if completes else Remainder.NONE)


def _preset(rule: Rule) -> CountingRule:
    """Return the preset that shares the most switches; the first of several."""
    of_family = [each for each in CountingRule if each.preset.family is rule.family]
    own = rule.as_dict()

    def shared_switches(preset: CountingRule) -> int:
        return sum(own[name] == value for name, value in preset.preset.as_dict().items())

    return max(of_family, key=shared_switches)


def _dates(file: PabulibFile) -> Dates:
    """Return dates around the days of the real vote; voting takes two weeks at least."""
    opens = _day(file.meta.get("date_begin", "")) or SOME_DAY
    closes = _day(file.meta.get("date_end", "")) or opens
    closes = max(closes + timedelta(hours=12), opens + timedelta(weeks=2))
    return Dates(
        proposals_open=opens - timedelta(weeks=16),
        proposals_close=opens - timedelta(weeks=10),
        reconsideration_opens=opens - timedelta(weeks=6),
        reconsideration_closes=opens - timedelta(weeks=3),
        voting_opens=opens,
        voting_closes=closes,
        result_by=closes + timedelta(weeks=1),
        completed_by=closes + timedelta(weeks=60),
    )


def _day(written: str) -> datetime | None:
    """Return 7.00 UTC on a day written as ``31.03.2024``, or ``2024``; None otherwise."""
    match = WRITTEN_DAY.fullmatch(written.strip())
    if match is None:
        return None
    try:
        return datetime(int(match[3]), int(match[2] or 9), int(match[1] or 1), 7, tzinfo=UTC)
    except ValueError:
        return None


def _notes(file: PabulibFile, plans: tuple[RealPlan, ...]) -> Iterator[str]:
    currency = file.meta.get("currency", "")
    if currency not in {"", "EUR"}:
        yield f"amounts in {currency} are shown as euros"
    cut = sum(
        plan.staged.title != " ".join(each.project.name.split())
        for plan, each in zip(plans, file.projects, strict=True)
    )
    if cut:
        yield f"{cut} names of projects are cut to {LENGTHS['title']} signs"
    if any(plan.withdrawn for plan in plans):
        yield "projects withdrawn after the vote are withdrawn by their owner while voting is open"
    if any(each.project.cost < SMALLEST_COST for each in file.projects):
        yield "projects that cost nothing get a cost of 1 cent"
    if any(len(each.project.themes) > 1 for each in file.projects):
        yield "projects with several categories keep the first one"
    if file.kind is BallotKind.SCORING:
        yield "marks for projects are given as points out of a sum"
    if file.points_scale > 1:
        yield f"points are multiplied by {file.points_scale} to make them whole"
    yield from _rule_notes(file.rule)
    if blank := sum(not ballot for ballot in file.ballots):
        yield f"{blank} ballots are blank and cannot be cast"


def _rule_notes(rule: Rule) -> Iterator[str]:
    """Yield a sentence for every switch of a file's rule that the framework counts otherwise."""
    if rule.minimum_votes > 1:
        yield f"the file's threshold of {rule.minimum_votes} votes is not in a framework"
    counted, wanted = _counting(rule).full_rule.as_dict(), rule.as_dict()
    told = {"name", "minimum_votes", "tie_order", "theme_ceilings"}
    for name in sorted(set(wanted) - told):
        if wanted[name] != counted[name]:
            yield f"the switch '{name}' is {counted[name]} in the framework, not {wanted[name]}"
