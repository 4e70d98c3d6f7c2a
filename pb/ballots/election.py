"""From a framework, a ballot list and opened ballots to an election that the tally can count.

The same election stands in the public file of the count, whose fixed part is committed to in the
ledger before anybody votes.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from pb.ballots.domain import BallotContent
from pb.foundation.money import Cents
from pb.frameworks.domain import Framework
from pb.proposals.domain import label_of
from pb.tally import pabulib_writer
from pb.tally.declared_rule import asked_rule
from pb.tally.election import (
    WITHDRAWN_COST,
    Ballot,
    BallotKind,
    BallotLimits,
    Election,
    Project,
    group,
)
from pb.tally.pabulib_format import RULE_KEY
from pb.tally.rules import Family, Rule


class PlanToCount(Protocol):
    """What the count asks of a plan. cost: cents."""

    @property
    def number(self) -> int:
        """Its number on the list."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def cost(self) -> Cents:
        """In cents."""

    @property
    def area_id(self) -> str:
        """Where it is."""

    @property
    def theme_id(self) -> str:
        """What it is about."""

    @property
    def lot_number(self) -> int:
        """Its place in the draw."""


class Choices(Protocol):
    """What the count asks of a ballot: plan numbers, and points where there are any."""

    @property
    def choices(self) -> tuple[int, ...]:
        """Plan numbers."""

    @property
    def points(self) -> tuple[int, ...]:
        """For each choice, or nothing."""


def build(
    framework: Framework,
    plans: Sequence[PlanToCount],
    ballots: Iterable[Choices],
    withdrawn: frozenset[int] = frozenset(),
) -> Election:
    """Return the election of a round.

    withdrawn: numbers of plans whose owner withdrew them; these keep their votes and cannot be
    chosen.
    """
    rules = framework.ballot
    with_points = rules.kind is BallotKind.CUMULATIVE
    return Election(
        budget=framework.total,
        projects=tuple(
            _project(plan, plan.number in withdrawn)
            for plan in sorted(plans, key=lambda plan: plan.number)
        ),
        ballots=group((_ballot(ballot, rules.kind) for ballot in ballots), rules.kind),
        kind=rules.kind,
        limits=BallotLimits(
            minimum_choices=rules.min_choices,
            maximum_choices=rules.max_choices,
            maximum_points=rules.points if with_points else None,
            points_per_project=rules.max_points if with_points else None,
            maximum_cost=rules.max_cost if rules.kind is BallotKind.KNAPSACK else None,
        ),
        area_budgets={area.id: area.budget for area in framework.areas},
        theme_ceilings={
            theme.id: theme.ceiling for theme in framework.themes if theme.ceiling is not None
        },
        title=" ".join(framework.title.split()),
    )


def other_rule(rule: Rule) -> Rule:
    """Return the rule of 'Wat als we anders telden?': the other of the two default rules.

    It is what anybody gets who asks for that preset on the public file.
    """
    name = "equal_shares" if rule.family is Family.MOST_VOTES else "most_votes"
    return asked_rule(name, {RULE_KEY: rule.to_json()})


def file_facts(framework: Framework, slug: str, municipality: str) -> dict[str, str]:
    """Return what a Pabulib file says about where and when; dates only, no times."""
    dates = framework.dates
    return {
        "country": "Netherlands",
        "unit": municipality,
        "subunit": framework.neighbourhood,
        "instance": slug,
        "date_begin": _day(dates.voting_opens.date()),
        "date_end": _day(dates.voting_closes.date()),
    }


def fixed_part(
    framework: Framework, plans: Sequence[PlanToCount], facts: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the public file of the count says beside the votes (docs/bundle.md, election).

    The file is written with one ballot, so that all columns are there, and its numbers are left
    out.
    """
    numbers = sorted(plan.number for plan in plans)
    rules = framework.ballot
    full = numbers[: 1 if rules.kind is BallotKind.CHOOSE_ONE else rules.max_choices]
    points = (1,) * len(full) if rules.kind is BallotKind.CUMULATIVE else ()
    sample = build(framework, plans, [BallotContent(tuple(full), points)])
    text = pabulib_writer.write(sample, framework.counting.full_rule, facts)
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    projects, votes = rows.index(["PROJECTS"]), rows.index(["VOTES"])
    columns = rows[projects + 1]
    counted = {"votes", "score"}
    return {
        "meta": [[key, "" if key == "num_votes" else value] for key, value in rows[2:projects]],
        "columns": columns,
        "rows": [
            ["" if column in counted else cell for column, cell in zip(columns, row, strict=True)]
            for row in rows[projects + 2 : votes]
        ],
    }


def _project(plan: PlanToCount, withdrawn: bool) -> Project:
    return Project(
        id=label_of(plan.number),
        name=" ".join(plan.title.split()),
        cost=WITHDRAWN_COST if withdrawn else plan.cost,
        area=plan.area_id,
        themes=(plan.theme_id,),
        lot=plan.lot_number,
    )


def _ballot(ballot: Choices, kind: BallotKind) -> Ballot:
    names = tuple(label_of(number) for number in ballot.choices)
    if kind is BallotKind.CUMULATIVE:
        return tuple(zip(names, ballot.points, strict=True))
    return names


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
