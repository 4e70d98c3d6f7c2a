"""The rules that a framework may choose from, as data, and the one way to count by them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from pb.tally.completion import equal_shares
from pb.tally.election import Election
from pb.tally.most_votes import most_votes
from pb.tally.outcome import Outcome
from pb.tally.ties import Criterion


class RuleName(StrEnum):
    """The families of rules."""

    MOST_VOTES = "most_votes"
    EQUAL_SHARES = "equal_shares"


class Remainder(StrEnum):
    """What happens with the money that is left after the rule itself."""

    SECOND_PASS = "second_pass"  # noqa: S105  # A pass over the list, not a password.
    NONE = "none"


DEFAULT_TIE_ORDER = (Criterion.LOWER_COST, Criterion.MORE_VOTES, Criterion.LOT, Criterion.ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A counting rule with all its switches; nothing else decides how a count goes.

    tie_order: criteria between equal projects, the first weighs most. The project id always
        closes the row, so that the order is total.
    remainder: most votes, a second pass over one pool of all that is left; equal shares,
        completion with the most votes first.
    area_budgets: keep to the area budgets in the first pass (most votes only; equal shares has
        one pot, so there it is always False).
    theme_ceilings: keep to the theme ceilings.
    ceilings_in_remainder: keep to the theme ceilings in the second pass as well.
    minimum_votes: a project with fewer votes is not funded; 0 also funds what nobody chose.
    increment: equal shares, by how much the share is raised each time, in cents.
    exhaustive: equal shares, stop raising as soon as no supported project fits what is left.
    """

    name: RuleName
    tie_order: tuple[Criterion, ...] = DEFAULT_TIE_ORDER
    remainder: Remainder = Remainder.SECOND_PASS
    area_budgets: bool = True
    theme_ceilings: bool = True
    ceilings_in_remainder: bool = True
    minimum_votes: int = 1
    increment: int = 100
    exhaustive: bool = True

    def __post_init__(self) -> None:
        """Make values of names and close the tie order.

        Raises ValueError for a name that is not known or a number that is out of range.
        """
        criteria = tuple(Criterion(criterion) for criterion in self.tie_order)
        if Criterion.ID not in criteria:
            criteria = (*criteria, Criterion.ID)
        if len(set(criteria)) != len(criteria) or criteria[-1] is not Criterion.ID:
            raise ValueError("each tie criterion is used once, and the project id comes last")
        if self.minimum_votes < 0 or self.increment < 1:
            raise ValueError("the lowest number of votes or the increment is too low")
        name = RuleName(self.name)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "tie_order", criteria)
        object.__setattr__(self, "remainder", Remainder(self.remainder))
        if name is RuleName.EQUAL_SHARES:
            object.__setattr__(self, "area_budgets", False)

    @property
    def has_second_pass(self) -> bool:
        """Tell whether the money that is left is spent in a second pass."""
        return self.remainder is Remainder.SECOND_PASS

    def as_dict(self) -> dict[str, object]:
        """Return all switches as plain values for JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {
            "name": self.name.value,
            "remainder": self.remainder.value,
            "tie_order": [criterion.value for criterion in self.tie_order],
        }

    def to_json(self) -> str:
        """Return the rule as one line of JSON with sorted keys."""
        return json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "Rule":
        """Return the rule that ``as_dict`` wrote; switches that are missing have their default.

        Raises ValueError when the values are not a rule.
        """
        known = {field.name: field for field in fields(cls)}
        if unknown := sorted(set(values) - set(known)):
            raise ValueError(f"a rule has no switch '{unknown[0]}'")
        if "name" not in values:
            raise ValueError("a rule has a name")
        for key, value in values.items():
            expected = {"tie_order": list, "minimum_votes": int, "increment": int}.get(
                key, str if key in ("name", "remainder") else bool
            )
            if type(value) is not expected:
                raise ValueError(f"the switch '{key}' of the rule is not a {expected.__name__}")
        order = values.get("tie_order", DEFAULT_TIE_ORDER)
        return cls(**{**values, "tie_order": tuple(order)})  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, text: str) -> "Rule":
        """Return the rule that ``to_json`` wrote. Raises ValueError when it is not a rule."""
        try:
            values = json.loads(text)
        except RecursionError:
            raise ValueError("it is nested too deep") from None
        if not isinstance(values, dict):
            raise ValueError("a rule is written as a JSON object")
        return cls.from_dict(values)


MOST_VOTES = Rule(name=RuleName.MOST_VOTES)
EQUAL_SHARES = Rule(name=RuleName.EQUAL_SHARES)


def with_ties_by_id(rule: Rule) -> Rule:
    """Return the rule with ties broken by project id alone, to compare with other tools."""
    return replace(rule, tie_order=(Criterion.ID,))


def count(election: Election, rule: Rule) -> Outcome:
    """Count an election by a rule.

    The same election and rule give the same outcome, whatever the order of the input.
    Raises CountRefused when the rule cannot count this election.
    """
    if rule.name is RuleName.EQUAL_SHARES:
        return equal_shares(election, rule)
    return most_votes(election, rule)
