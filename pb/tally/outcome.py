"""The output of a count: what was funded, in which order, why, and the sums."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from pb.tally.explanation import Step
from pb.tally.ties import Tie

if TYPE_CHECKING:  # The rules know the outcome, so the outcome knows the rule by name only.
    from pb.tally.rules import Rule


class Ending(StrEnum):
    """Why equal shares stopped raising the shares."""

    NOTHING_MORE_FITS = "nothing_more_fits"
    ALL_FUNDED = "all_funded"
    NEXT_OVERSPENDS = "next_overspends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one count. Amounts in cents.

    selected: project ids in order of purchase, those of the second pass last.
    completed: those of them that were chosen in the second pass, in the same order.
    voters: the ballots that count; blank_ballots: those on which nothing was chosen.
    voters_with_a_selected_choice: of these voters, how many named a funded project.
    spent_by_area, spent_by_theme: a project counts in full for each of its themes.
    endowment, increments, ending: equal shares, the share of each voter in the end, how often
        it was raised, and why it was not raised further; None for other rules.
    """

    rule: "Rule"
    budget: int
    selected: tuple[str, ...]
    completed: tuple[str, ...]
    steps: tuple[Step, ...]
    ties: tuple[Tie, ...]
    votes: Mapping[str, int]
    scores: Mapping[str, int]
    voters: int
    blank_ballots: int
    voters_with_a_selected_choice: int
    spent: int
    spent_by_area: Mapping[str, int]
    spent_by_theme: Mapping[str, int]
    endowment: Fraction | None = None
    increments: int | None = None
    ending: Ending | None = None

    @property
    def leftover(self) -> int:
        """What is left of the budget, in cents."""
        return self.budget - self.spent

    def as_dict(self) -> dict[str, object]:
        """Return the outcome as plain values for JSON; every amount says that it is in cents."""
        share = self.endowment
        return {
            "rule": self.rule.as_dict(),
            "budget_cents": self.budget,
            "spent_cents": self.spent,
            "leftover_cents": self.leftover,
            "selected": list(self.selected),
            "completed": list(self.completed),
            "votes": dict(self.votes),
            "scores": dict(self.scores),
            "voters": self.voters,
            "blank_ballots": self.blank_ballots,
            "voters_with_a_selected_choice": self.voters_with_a_selected_choice,
            "spent_by_area_cents": dict(self.spent_by_area),
            "spent_by_theme_cents": dict(self.spent_by_theme),
            "endowment_cents": None if share is None else f"{share.numerator}/{share.denominator}",
            "increments": self.increments,
            "ending": None if self.ending is None else self.ending.value,
            "ties": [tie.as_dict() for tie in self.ties],
            "steps": [step.as_dict() for step in self.steps],
        }

    def to_json(self) -> str:
        """Return the outcome as JSON, always the same bytes for the same outcome."""
        return json.dumps(self.as_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
