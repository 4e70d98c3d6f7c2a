"""The output of a count: what was funded, in which order, why, and what it would have taken.

``document`` writes it as the result file, whose meaning stands in ``docs/result-file.md`` and
whose shape in ``result.schema.json``; ``from_document`` reads it back. Amounts are whole cents
here, and exact money is a fraction of cents; in the file both are in units of the currency.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from pb.tally.money import CENTS_PER_UNIT, to_cents, to_units
from pb.tally.rules import Rule
from pb.tally.ties import Criterion, Tie

FORMAT = "pb-tally/1"


class Pass(StrEnum):
    """The part of a count to which a step belongs, in the order in which they come."""

    ADMISSION = "admission"
    FREE = "free"
    VOTES = "votes"
    REMAINDER = "remainder"
    SHARES = "shares"
    PHRAGMEN = "phragmen"
    COMPLETION = "completion"
    EPSILON = "epsilon"


class Decision(StrEnum):
    """What a step decided."""

    SELECTED = "selected"
    SKIPPED = "skipped"
    PARTLY_FUNDED = "partly_funded"


class Reason(StrEnum):
    """Why a step decided so."""

    WITHDRAWN = "withdrawn"
    OVER_BUDGET = "over_budget"
    NO_VOTES = "no_votes"
    TOO_FEW_VOTES = "too_few_votes"
    TOO_SMALL_SHARE = "too_small_share"
    QUOTA_MISSED = "quota_missed"
    FREE = "free"
    FITS_BUDGET = "fits_budget"
    FITS_AREA_BUDGET = "fits_area_budget"
    FITS_REMAINDER = "fits_remainder"
    FITS_EIGHTY_PERCENT = "fits_eighty_percent"
    FITS_SHARES = "fits_shares"
    FITS_EVERYONE = "fits_everyone"
    LOWEST_LOAD = "lowest_load"
    PARTLY_FUNDED = "partly_funded"
    RIVAL_FUNDED = "rival_funded"
    BUDGET_TOO_SMALL = "budget_too_small"
    AREA_BUDGET_TOO_SMALL = "area_budget_too_small"
    THEME_CEILING_REACHED = "theme_ceiling_reached"
    REMAINDER_TOO_SMALL = "remainder_too_small"
    AFTER_THE_STOP = "after_the_stop"
    STOPPED = "stopped"
    TIE_LOST = "tie_lost"
    NEVER_AFFORDABLE = "never_affordable"
    SUPPORTERS_SPENT = "supporters_spent"


class Ending(StrEnum):
    """Why equal shares raised the shares no further."""

    EXHAUSTED = "exhausted"
    ALL_FUNDED = "all_funded"
    OVERSPENDING = "overspending"
    SINGLE = "single"
    NO_CANDIDATES = "no_candidates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One decision of a count. Amounts are in cents and are those from before the decision.

    left: of the whole budget, or of the pot that is counted.
    area, area_left: None when no budget of its area binds in this pass.
    theme, theme_left: the theme with the least left, None when no ceiling binds in this pass.
    comes_back: the project is looked at again in a later pass, under wider limits.
    payment: equal shares, the most that one supporter pays, in cents (per point, with points).
    effective_votes: equal shares, the cost divided by the payment.
    paid_in_full, paid_less: equal shares, how many supporters had enough, and how many had not.
    runner_up, runner_up_payment: equal shares, who would have been bought instead.
    load: Phragmen, the load of the supporters after it, in cents.
    level: epsilon, the most that somebody who did not choose it pays, in cents.
    """

    number: int
    pass_: Pass
    project: str
    decision: Decision
    reason: Reason
    cost: int
    left: int
    area: str | None = None
    area_left: int | None = None
    theme: str | None = None
    theme_left: int | None = None
    comes_back: bool = False
    payment: Fraction | None = None
    effective_votes: Fraction | None = None
    paid_in_full: int | None = None
    paid_less: int | None = None
    runner_up: str | None = None
    runner_up_payment: Fraction | None = None
    load: Fraction | None = None
    level: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectResult:
    """What became of one project, and what it would have taken. Amounts in cents.

    lost_ties_to: the projects that were preferred to it when both were exactly equal.
    left_at_completion: what was left when completion came to it.
    max_winning_cost: the highest lower cost at which it would have been funded; None: none.
    extra_votes: the fewest extra ballots for it alone that would have funded it; None: none do.
    effective_support: the highest share of its cost that supporters could have paid.
    supporters_left: what they still had at the end. supporters_spent: what they paid for others.
    """

    votes: int
    score: int
    cost: int
    selected: bool
    reason: Reason
    lost_ties_to: tuple[str, ...] = ()
    left_at_completion: int | None = None
    max_winning_cost: int | None = None
    extra_votes: int | None = None
    effective_support: Fraction | None = None
    supporters_left: Fraction | None = None
    supporters_spent: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRun:
    """The run that one more increase would have given: what it buys and what that costs."""

    endowment: Fraction
    cost: int
    selected: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How many voters prefer the outcome of the rule, how many most votes, and what was kept."""

    prefer_rule: int
    prefer_most_votes: int

    @property
    def keeps_rule(self) -> bool:
        """Tell whether the outcome of the rule stands."""
        return self.prefer_most_votes <= self.prefer_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one count. Amounts in cents.

    selected: project ids in order of purchase, those of ``completed`` last.
    completed: those of them that were funded from what the rule itself left.
    partly_funded: a project and what it got, or None.
    voters: the ballots that count; blank_ballots: those on which nothing was chosen.
    voters_with_a_funded_choice: of these voters, how many named a funded project.
    spent_by_area, spent_by_theme: a project counts in full for each of its themes.
    endowment, increments, ending: equal shares, the share of each voter in the end, how often
        it was raised, and why it was not raised further; None for other rules.
    next_run: equal shares, what one increase more would have given.
    projects: every project by id.
    fallbacks: how many decisions floats could not take. It depends on the program and not on the
        election, so it is no part of the result file.
    """

    rule: Rule
    title: str
    currency: str
    input_sha256: str
    seed: str | None
    budget: int
    selected: tuple[str, ...]
    completed: tuple[str, ...]
    partly_funded: tuple[str, int] | None
    steps: tuple[Step, ...]
    ties: tuple[Tie, ...]
    projects: Mapping[str, ProjectResult]
    voters: int
    blank_ballots: int
    voters_with_a_funded_choice: int
    points_scale: int
    spent_by_area: Mapping[str, int]
    spent_by_theme: Mapping[str, int]
    start_endowment: Fraction | None = None
    endowment: Fraction | None = None
    increments: int | None = None
    ending: Ending | None = None
    next_run: NextRun | None = None
    comparison: Compared | None = None
    fallbacks: int = field(default=0, compare=False)

    @property
    def spent(self) -> int:
        """What the funded projects cost together, in cents."""
        return sum(self.projects[name].cost for name in self.selected)

    @property
    def leftover(self) -> int:
        """What is left of the budget, in cents."""
        return self.budget - self.spent

    def document(self) -> dict[str, Any]:
        """Return the result file as plain values."""
        comparison, partly, following = self.comparison, self.partly_funded, self.next_run
        return {
            "format": FORMAT,
            "title": self.title,
            "currency": self.currency,
            "input_sha256": self.input_sha256,
            "seed": self.seed,
            "rule": self.rule.as_dict(),
            "budget": to_units(self.budget),
            "cost": to_units(self.spent),
            "leftover": to_units(self.leftover),
            "ballots": {
                "cast": self.voters + self.blank_ballots,
                "counted": self.voters,
                "blank": self.blank_ballots,
            },
            "points_scale": self.points_scale,
            "voters_with_a_funded_choice": self.voters_with_a_funded_choice,
            "selected": list(self.selected),
            "completed": list(self.completed),
            "partly_funded": partly and {"project": partly[0], "amount": to_units(partly[1])},
            "spent_by_area": {name: to_units(sum_) for name, sum_ in self.spent_by_area.items()},
            "spent_by_theme": {name: to_units(sum_) for name, sum_ in self.spent_by_theme.items()},
            "start_endowment": _exact_money(self.start_endowment),
            "endowment": _exact_money(self.endowment),
            "increments": self.increments,
            "stop": self.ending and self.ending.value,
            "next": following
            and {
                "endowment": _exact_money(following.endowment),
                "cost": to_units(following.cost),
                "selected": list(following.selected),
            },
            "comparison": comparison
            and {
                "prefer_rule": comparison.prefer_rule,
                "prefer_most_votes": comparison.prefer_most_votes,
                "kept": "rule" if comparison.keeps_rule else "most_votes",
            },
            "steps": [_written(step) for step in self.steps],
            "ties": [
                {each.name: getattr(tie, each.name) for each in fields(Tie)} for tie in self.ties
            ],
            "projects": {name: _written(result) for name, result in self.projects.items()},
        }

    def to_json(self) -> str:
        """Return the result file: always the same text for the same election and rule."""
        return json.dumps(self.document(), sort_keys=True, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Outcome":
        """Return the outcome that ``document`` wrote. Raises KeyError or ValueError otherwise."""
        if document["format"] != FORMAT:
            raise ValueError("the result file has another format")
        ballots, partly, stop = document["ballots"], document["partly_funded"], document["stop"]
        following, comparison = document["next"], document["comparison"]
        return cls(
            rule=Rule.from_dict(document["rule"]),
            budget=_cents(document["budget"]),
            partly_funded=partly and (partly["project"], _cents(partly["amount"])),
            selected=tuple(document["selected"]),
            completed=tuple(document["completed"]),
            steps=tuple(_read(Step, step) for step in document["steps"]),
            ties=tuple(
                Tie(**{**tie, "criterion": Criterion(tie["criterion"])}) for tie in document["ties"]
            ),
            projects={
                name: _read(ProjectResult, result) for name, result in document["projects"].items()
            },
            voters=ballots["counted"],
            blank_ballots=ballots["blank"],
            spent_by_area={k: _cents(v) for k, v in document["spent_by_area"].items()},
            spent_by_theme={k: _cents(v) for k, v in document["spent_by_theme"].items()},
            start_endowment=_money_fraction(document["start_endowment"]),
            endowment=_money_fraction(document["endowment"]),
            ending=stop and Ending(stop),
            next_run=following
            and NextRun(
                endowment=Fraction(following["endowment"]) * CENTS_PER_UNIT,
                cost=_cents(following["cost"]),
                selected=tuple(following["selected"]),
            ),
            comparison=comparison
            and Compared(
                prefer_rule=comparison["prefer_rule"],
                prefer_most_votes=comparison["prefer_most_votes"],
            ),
            **{name: document[name] for name in _AS_THEY_ARE},
        )


_AS_THEY_ARE = (
    "title",
    "currency",
    "input_sha256",
    "seed",
    "points_scale",
    "voters_with_a_funded_choice",
    "increments",
)
_AMOUNTS = {"cost", "left", "area_left", "theme_left", "left_at_completion", "max_winning_cost"}
_EXACT_MONEY = {"payment", "runner_up_payment", "load", "level", "supporters_left"}
_EXACT = {"effective_votes", "effective_support"}
_WORDS: Mapping[str, type[StrEnum]] = {"pass": Pass, "decision": Decision, "reason": Reason}

Part = TypeVar("Part", Step, ProjectResult)


def _written(part: Step | ProjectResult) -> dict[str, Any]:
    """Return a step or a project as plain values for the result file."""
    values = {each.name.rstrip("_"): getattr(part, each.name) for each in fields(part)}
    for name, value in values.items():
        if value is None:
            continue
        if name in _AMOUNTS:
            values[name] = to_units(value)
        elif name in _EXACT_MONEY:
            values[name] = _exact_money(value)
        elif name in _EXACT:
            values[name] = _exact(value)
        elif name == "supporters_spent":
            values[name] = {project: to_units(cents) for project, cents in value.items()}
        elif isinstance(value, tuple):
            values[name] = list(value)
    return values


def _read(kind: type[Part], written: Mapping[str, Any]) -> Part:
    """Return the step or project that ``_written`` wrote."""
    values: dict[str, Any] = {}
    for each in fields(kind):
        name = each.name.rstrip("_")
        value = written[name]
        if value is not None:
            if name in _AMOUNTS:
                value = _cents(value)
            elif name in _EXACT_MONEY:
                value = _money_fraction(value)
            elif name in _EXACT:
                value = Fraction(value)
            elif name in _WORDS:
                value = _WORDS[name](value)
            elif name == "supporters_spent":
                value = {project: _cents(amount) for project, amount in value.items()}
            elif name == "lost_ties_to":
                value = tuple(value)
        values[each.name] = value
    return kind(**values)


def _exact(value: Fraction | None) -> str | None:
    """Return a fraction as "p/q", or None."""
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _exact_money(cents: Fraction | None) -> str | None:
    """Return an exact amount of cents as "p/q" in units of the currency, or None."""
    return None if cents is None else _exact(cents / CENTS_PER_UNIT)


def _money_fraction(text: str | None) -> Fraction | None:
    """Return what ``_exact_money`` wrote, in cents."""
    return None if text is None else Fraction(text) * CENTS_PER_UNIT


def _cents(text: str) -> int:
    """Return what ``to_units`` wrote, also below zero."""
    return -to_cents(text[1:]) if text.startswith("-") else to_cents(text)
