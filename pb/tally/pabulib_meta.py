"""The section META of a Pabulib file: the budget, the limits and the declared rule.

Source: the Pabulib format, https://pabulib.org/format; the yardstick of the rules, section 1.
"""

from dataclasses import replace

from pb.tally.election import BallotKind, BallotLimits
from pb.tally.errors import UnreadableElection
from pb.tally.money import to_cents
from pb.tally.pabulib_sections import Section
from pb.tally.rules import EQUAL_SHARES, MOST_VOTES, Remainder, Rule

#: The key under which our own writer keeps the exact rule; other files have only the name.
RULE_KEY = "counting_rule"

_KINDS = {
    "approval": BallotKind.APPROVAL,
    "choose-1": BallotKind.CHOOSE_ONE,
    "cumulative": BallotKind.CUMULATIVE,
    "scoring": BallotKind.SCORING,
    "ordinal": BallotKind.ORDINAL,
}
_REQUIRED = ("num_projects", "num_votes", "budget", "vote_type")
#: The most digits of a whole number; a longer one is a mistake.
LONGEST_NUMBER = 12


class Meta:
    """The values of META, each with its line."""

    def __init__(self, section: Section, file_name: str) -> None:
        """Keep every value. Raises UnreadableElection when a key is given twice or missing."""
        self.file_name = file_name
        self.values: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        for row in section.rows:
            key, value = row.cells["key"].strip(), row.cells["value"].strip()
            if self.values.get(key, value) != value:
                raise UnreadableElection(file_name, row.line, f"the key '{key}' is given twice")
            self.values[key] = value
            self._lines[key] = row.line
        for key in _REQUIRED:
            if not self.values.get(key):
                problem = f"the section META does not give '{key}'"
                raise UnreadableElection(file_name, self._lines.get(key, section.line), problem)

    def refuse(self, key: str, problem: str) -> UnreadableElection:
        """Return the refusal of a value, at its line."""
        return UnreadableElection(self.file_name, self._lines.get(key), problem)

    def number(self, key: str) -> int | None:
        """Return a whole number, or None when it is not given."""
        value = self.values.get(key, "")
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER):
            raise self.refuse(key, f"'{key}' is not a whole number")
        return int(value)

    def amount(self, key: str) -> int:
        """Return an amount of money in cents."""
        try:
            return to_cents(self.values[key])
        except ValueError as error:
            raise self.refuse(key, f"'{key}': {error}") from None

    def names(self, key: str) -> list[str]:
        """Return the parts of a list with commas; empty parts are left out."""
        return [part.strip() for part in self.values.get(key, "").split(",") if part.strip()]


def kind_of(meta: Meta) -> BallotKind:
    """Return what voters were asked to do. Approval within a highest cost is a knapsack ballot."""
    vote_type = meta.values["vote_type"]
    if vote_type not in _KINDS:
        raise meta.refuse("vote_type", f"the vote type '{vote_type[:40]}' is not known")
    kind = _KINDS[vote_type]
    is_knapsack = kind is BallotKind.APPROVAL and bool(meta.values.get("max_sum_cost"))
    return BallotKind.KNAPSACK if is_knapsack else kind


def limits_of(meta: Meta) -> BallotLimits:
    """Return what was allowed on one ballot."""
    has_limit = kind_of(meta) is BallotKind.KNAPSACK
    return BallotLimits(
        minimum_choices=meta.number("min_length"),
        maximum_choices=meta.number("max_length"),
        minimum_points=meta.number("min_sum_points"),
        maximum_points=meta.number("max_sum_points"),
        maximum_cost=meta.amount("max_sum_cost") if has_limit else None,
    )


def group_budgets(meta: Meta, names_key: str, amounts_key: str) -> dict[str, int]:
    """Return the highest amount per area or theme; the two lists belong together by place."""
    amounts = meta.names(amounts_key)
    if not amounts:
        return {}
    names = meta.names(names_key)
    if len(names) != len(amounts) or len(set(names)) != len(names):
        problem = f"'{amounts_key}' gives {len(amounts)} amounts for {len(set(names))} names"
        raise meta.refuse(amounts_key, problem)
    try:
        return {name: to_cents(amount) for name, amount in zip(names, amounts, strict=True)}
    except ValueError as error:
        raise meta.refuse(amounts_key, f"'{amounts_key}': {error}") from None


def declared_rule(meta: Meta) -> tuple[Rule, list[str]]:
    """Return the rule that a file declares, and what of it is not counted here."""
    if written := meta.values.get(RULE_KEY):
        try:
            return Rule.from_json(written), []
        except ValueError as error:
            raise meta.refuse(RULE_KEY, f"'{RULE_KEY}' is not a rule: {error}") from None
    declared = meta.values.get("rule", "").lower() or "unknown"
    if declared.startswith("equalshares"):
        plain = declared in ("equalshares", "equalshares/add1")
        rule = replace(EQUAL_SHARES, theme_ceilings=False, remainder=Remainder.NONE)
    else:
        plain = declared in ("greedy", "greedy-threshold")
        fund_more = meta.values.get("leftover_budget", "").startswith("Fund additional projects")
        rule = replace(
            MOST_VOTES,
            remainder=Remainder.SECOND_PASS if fund_more else Remainder.NONE,
            ceilings_in_remainder=False,
            minimum_votes=meta.number("min_project_score_threshold") or 1,
        )
    notes = [] if plain else [f"the file's rule '{declared[:60]}' is counted as {rule.name.value}"]
    if meta.values.get("leftover_budget", "").startswith("Partially"):
        notes.append("the partly funded project of the file's rule is left out")
    return rule, notes
