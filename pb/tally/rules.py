"""The rules that a framework may choose from, as data: a family and named switches.

Nothing but these switches decides how a count goes. Source: the yardstick of the rules, section
2; what each switch means stands in ``docs/result-file.md``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pb.tally.money import to_cents, to_units
from pb.tally.ties import Criterion


class Family(StrEnum):
    """The families of rules."""

    MOST_VOTES = "most_votes"
    EQUAL_SHARES = "equal_shares"
    PHRAGMEN = "phragmen"


class Areas(StrEnum):
    """Whether the budgets of areas bind: not, as ceilings, or as pots counted one by one."""

    TOGETHER = "together"
    CEILINGS = "ceilings"
    POTS = "pots"
    POTS_TOP_UP = "pots_top_up"


class Remainder(StrEnum):
    """What most votes does with the money that is left."""

    SECOND_PASS = "second_pass"  # noqa: S105  # A pass over the list, not a password.
    NONE = "none"
    PARTIAL = "partial"
    EIGHTY_PERCENT = "eighty_percent"


class Utility(StrEnum):
    """What a funded project is worth to a voter who chose it."""

    COST = "cost"
    CARDINALITY = "cardinality"
    POINTS = "points"


class Start(StrEnum):
    """The first share of a voter: the budget divided exactly, or cut to whole units."""

    EXACT = "exact"
    FLOOR = "floor"


class Stop(StrEnum):
    """When the shares are raised no further, beside a step that would overspend."""

    EXHAUSTIVE = "exhaustive"
    EXHAUSTIVE_ALL = "exhaustive_all"
    OVERSPENDING = "overspending"


class Completion(StrEnum):
    """What equal shares and Phragmen do with the money that is left."""

    VOTES = "votes"
    EPSILON = "epsilon"
    NONE = "none"


class Comparison(StrEnum):
    """How voters compare the outcome with most votes: by number of funded choices, or any."""

    NONE = "none"
    MORE_CHOICES = "more_choices"
    ANY_CHOICE = "any_choice"


DEFAULT_TIE_ORDER = (Criterion.LOWER_COST, Criterion.MORE_VOTES, Criterion.LOT, Criterion.ID)

_OF_ALL = (
    "family",
    "tie_order",
    "minimum_votes",
    "minimum_percent",
    "support_quota",
    "areas",
    "theme_ceilings",
    "ceilings_in_remainder",
)
_OF_FAMILY = {
    Family.MOST_VOTES: ("exclusive_groups", "skip", "remainder"),
    Family.EQUAL_SHARES: (
        "utility", "start", "add1", "step", "stop", "completion", "comparison",
    ),
    Family.PHRAGMEN: ("completion",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A counting rule with all its switches. Those of another family have no meaning.

    tie_order: criteria between equal projects, the first weighs most. The project id always
        closes the row, so that the order is total.
    minimum_votes: a project with fewer votes is not funded; 0 also funds what nobody chose.
    minimum_percent: of the ballots that count, exact; less support is not enough.
    support_quota: Q above 0: a project needs votes for at least its share of Q budgets.
    areas, theme_ceilings: whether these limits bind; in the remainder areas never do.
    ceilings_in_remainder: keep to the theme ceilings in the second pass or completion too.
    exclusive_groups, skip, remainder: most votes.
    utility, start, add1, step, stop, comparison: equal shares; the step in cents.
    completion: equal shares and Phragmen.

    Raises ValueError for a value that is not known or switches that exclude each other.
    """

    family: Family
    tie_order: tuple[Criterion, ...] = DEFAULT_TIE_ORDER
    minimum_votes: int = 1
    minimum_percent: Fraction = Fraction(0)
    support_quota: int = 0
    areas: Areas = Areas.TOGETHER
    theme_ceilings: bool = True
    ceilings_in_remainder: bool = True
    exclusive_groups: bool = False
    skip: bool = True
    remainder: Remainder = Remainder.SECOND_PASS
    utility: Utility = Utility.COST
    start: Start = Start.EXACT
    add1: bool = True
    step: int = 100
    stop: Stop = Stop.EXHAUSTIVE
    completion: Completion = Completion.VOTES
    comparison: Comparison = Comparison.NONE

    def __post_init__(self) -> None:
        """Make values of names, close the tie order, and refuse what cannot be."""
        for name, kind in _KINDS.items():
            object.__setattr__(self, name, kind(getattr(self, name)))
        criteria = tuple(Criterion(criterion) for criterion in self.tie_order)
        if Criterion.ID not in criteria:
            criteria = (*criteria, Criterion.ID)
        if len(set(criteria)) != len(criteria) or criteria[-1] is not Criterion.ID:
            raise ValueError("each tie criterion is used once, and the project id comes last")
        object.__setattr__(self, "tie_order", criteria)
        if self.minimum_votes < 0 or self.support_quota < 0 or self.step < 1:
            raise ValueError("a lowest number of votes, a quota or a step is too low")
        if not 0 <= self.minimum_percent <= 100:
            raise ValueError("a lowest percentage lies between 0 and 100")
        if self.has_pots and self.family is not Family.MOST_VOTES:
            raise ValueError("only most votes counts area by area")
        if self.completion is Completion.EPSILON and self.family is Family.PHRAGMEN:
            raise ValueError("only equal shares completes by epsilon")

    @property
    def has_pots(self) -> bool:
        """Tell whether each area is counted by itself."""
        return self.areas in (Areas.POTS, Areas.POTS_TOP_UP)

    @property
    def name(self) -> str:
        """The first preset with the same switches of this family only, or ``custom``."""
        for name, preset in PRESETS.items():
            if preset.family is self.family and all(
                getattr(preset, switch) == getattr(self, switch)
                for switch in _OF_FAMILY[self.family]
            ):
                return name
        return "custom"

    def as_dict(self) -> dict[str, Any]:
        """Return the name and every switch of the family as plain values for JSON."""
        return {"name": self.name} | {name: _plain(name, value) for name, value in self._switches()}

    def to_json(self) -> str:
        """Return the rule as one line of JSON with sorted keys."""
        return json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Rule":
        """Return the rule that ``as_dict`` wrote; switches that are missing have their default.

        Raises ValueError when the values are not a rule.
        """
        if values.get("family") not in list(Family):
            raise ValueError("a rule has a family: " + ", ".join(Family))
        family = Family(values["family"])
        known = {"name", *_OF_ALL, *_OF_FAMILY[family]}
        if unknown := sorted(set(values) - known):
            raise ValueError(f"a rule of {family.value} has no switch '{unknown[0][:40]}'")
        read = {key: _read(key, value) for key, value in values.items() if key != "name"}
        return cls(**read)

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

    def _switches(self) -> list[tuple[str, Any]]:
        """Return the switches that mean something for the family, with their values."""
        return [(name, getattr(self, name)) for name in (*_OF_ALL, *_OF_FAMILY[self.family])]


#: The switches whose value is one of a few words.
_KINDS: Mapping[str, type[StrEnum]] = {
    "family": Family,
    "areas": Areas,
    "remainder": Remainder,
    "utility": Utility,
    "start": Start,
    "stop": Stop,
    "completion": Completion,
    "comparison": Comparison,
}

MOST_VOTES = Rule(family=Family.MOST_VOTES, areas=Areas.CEILINGS)
EQUAL_SHARES = Rule(family=Family.EQUAL_SHARES)

#: The rules with a name, in the order in which a framework offers them.
PRESETS: Mapping[str, Rule] = {
    "most_votes": MOST_VOTES,
    "most_votes_no_skip": replace(MOST_VOTES, skip=False, remainder=Remainder.NONE),
    "equal_shares": EQUAL_SHARES,
    "equal_shares_wieliczka": replace(
        EQUAL_SHARES, start=Start.FLOOR, stop=Stop.OVERSPENDING, completion=Completion.NONE
    ),
    "equal_shares_tool": replace(EQUAL_SHARES, start=Start.FLOOR, stop=Stop.EXHAUSTIVE_ALL),
    "phragmen": Rule(family=Family.PHRAGMEN, completion=Completion.NONE),
}


def with_ties_by_id(rule: Rule) -> Rule:
    """Return the rule with ties broken by project id alone, to compare with other tools."""
    return replace(rule, tie_order=(Criterion.ID,))


def with_switches(rule: Rule, written: Mapping[str, str]) -> Rule:
    """Return the rule with switches set from text, as on a command line.

    Raises ValueError with a sentence for a switch or value that the family does not know.
    """
    values = rule.as_dict()
    for name, text in written.items():
        if name not in values or name in ("name", "family"):
            raise ValueError(f"a rule of {rule.family.value} has no switch '{name[:40]}'")
        values[name] = _from_text(name, text, values[name])
    return Rule.from_dict(values)


def _from_text(name: str, text: str, present: object) -> object:
    """Return a typed value as JSON would hold it, going by the value that stands there."""
    if isinstance(present, bool):
        if text.lower() not in ("true", "false"):
            raise ValueError(f"the switch '{name}' is true or false")
        return text.lower() == "true"
    if isinstance(present, int):
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            raise ValueError(f"the switch '{name}' is a whole number")
        return int(text)
    if isinstance(present, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


_MOST_DIGITS = 12


def _plain(name: str, value: Any) -> Any:
    """Return the value of a switch for JSON."""
    if name == "step":
        return to_units(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [each.value for each in value]
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return value


def _read(name: str, value: Any) -> Any:
    """Return the value of a switch from JSON. Raises ValueError when it has another type."""
    if name == "minimum_percent":
        if not isinstance(value, str):
            raise ValueError("the switch 'minimum_percent' is an exact fraction such as \"5/2\"")
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise ValueError(f"'{value[:40]}' is not a fraction") from None
    if name == "step":
        return to_cents(value) if isinstance(value, str) else _refuse(name, "an amount as text")
    if name == "tie_order":
        right = isinstance(value, list) and all(each in list(Criterion) for each in value)
        return tuple(value) if right else _refuse(name, "a list of " + ", ".join(Criterion))
    if name in _KINDS:
        kinds = list(_KINDS[name])
        return value if value in kinds else _refuse(name, "one of " + ", ".join(kinds))
    expected = int if name in ("minimum_votes", "support_quota") else bool
    right = type(value) is expected
    return (
        value if right else _refuse(name, "a whole number" if expected is int else "true or false")
    )


def _refuse(name: str, what: str) -> Any:
    """Raise ValueError with what a switch must be."""
    raise ValueError(f"the switch '{name}' is {what}")
