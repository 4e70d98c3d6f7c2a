"""The section META of a Pabulib file: the budget, the limits and the declared rule.

Source: the Pabulib format, https://pabulib.org/format; the yardstick of the rules, section 1.
"""

import re
from collections.abc import Collection, Mapping

from pb.tally.election import BallotKind, BallotLimits
from pb.tally.errors import UnreadableElection
from pb.tally.money import cents_around
from pb.tally.pabulib_ballots import MILLIONTHS, points_in_millionths
from pb.tally.pabulib_format import EXCLUSIVE_KEY
from pb.tally.pabulib_notes import Notes
from pb.tally.pabulib_sections import SECTIONS, Section

KINDS = {
    "approval": BallotKind.APPROVAL,
    "choose-1": BallotKind.CHOOSE_ONE,
    "cumulative": BallotKind.CUMULATIVE,
    "scoring": BallotKind.SCORING,
    "ordinal": BallotKind.ORDINAL,
}
_REQUIRED = ("num_projects", "num_votes", "budget", "vote_type")
#: Keys whose value is read by nobody but people; a ``;`` in it can be forgiven.
_PROSE = ("comment", "acknowledgments")
#: The most digits of a whole number; a longer one is a mistake.
LONGEST_NUMBER = 12
_NUMBER = re.compile(rf"([0-9]{{1,{LONGEST_NUMBER}}})(\.0{{1,{LONGEST_NUMBER}}})?")


class Meta:
    """The values of META, each with its line."""

    def __init__(self, section: Section, file_name: str, notes: Notes) -> None:
        """Keep every value.

        Raises UnreadableElection when a key is missing, or given twice with other values.
        """
        self.file_name = file_name
        self.notes = notes
        self.values: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        for row in section.rows:
            key, value = row.cells["key"].strip(), row.cells["value"].strip()
            if row.extra:
                if key not in _PROSE or section.columns[-1] != "value":
                    problem = f"the value of '{key[:40]}' goes on in another cell"
                    raise UnreadableElection(file_name, row.line, problem)
                value = ";".join((row.cells["value"], *row.extra)).strip()
                notes.fault(f"the value of '{key}' holds a ';' without quotes; it is kept whole")
            self._keep(key, value, row.line)
        for key in _REQUIRED:
            if not self.values.get(key):
                problem = f"the section META does not give '{key}'"
                raise UnreadableElection(file_name, self._lines.get(key, section.line), problem)

    def _keep(self, key: str, value: str, line: int) -> None:
        """Keep one value. Raises UnreadableElection when its key cannot be one."""
        if not key:
            raise UnreadableElection(self.file_name, line, "a value has no key")
        if key.upper() in SECTIONS:
            problem = f"the key '{key}' has the name of a section"
            raise UnreadableElection(self.file_name, line, problem)
        if key in self.values:
            if self.values[key] != value:
                problem = f"the key '{key[:40]}' is given twice, with different values"
                raise UnreadableElection(self.file_name, line, problem)
            self.notes.fault(f"the key '{key}' is given twice, with the same value")
        self.values[key] = value
        self._lines[key] = line

    def refuse(self, key: str, problem: str) -> UnreadableElection:
        """Return the refusal of a value, at its line."""
        return UnreadableElection(self.file_name, self._lines.get(key), problem)

    def number(self, key: str) -> int | None:
        """Return a whole number, or None when it is not given."""
        value = self.values.get(key, "")
        return self._whole(key, value) if value else None

    def amount(self, key: str, *, raised: bool = False) -> int | None:
        """Return an amount of money in cents, or None when it is not given.

        raised: parts of a cent are raised to a whole one; else they are cut off.
        """
        value = self.values.get(key, "")
        return self._cents(key, value, raised=raised) if value else None

    def points(self, key: str, scale: int, *, raised: bool = False) -> int | None:
        """Return a number of points, multiplied by the scale, or None when it is not given.

        raised: a part of a scaled point is raised to a whole one; else it is cut off. No ballot
        can tell the difference, for all points of ballots are whole in this scale.
        """
        value = self.values.get(key, "")
        if not value:
            return None
        try:
            scaled = points_in_millionths(value) * scale
        except ValueError as error:
            raise self.refuse(key, f"'{key}': {error}") from None
        return -(-scaled // MILLIONTHS) if raised else scaled // MILLIONTHS

    def names(self, key: str) -> list[str]:
        """Return the parts of a list with commas; empty parts at its end are left out."""
        parts = [part.strip() for part in self.values.get(key, "").split(",")]
        while parts and not parts[-1]:
            parts.pop()
        return parts

    def amounts(self, names_key: str, amounts_key: str) -> dict[str, int]:
        """Return the highest amount in cents per area or theme."""
        return {
            name: self._cents(amounts_key, value)
            for name, value in self._by_place(names_key, amounts_key).items()
        }

    def numbers(self, names_key: str, numbers_key: str, used: Collection[str]) -> dict[str, int]:
        """Return a whole number per theme. One number is for each; ``used`` when none are named."""
        written = self.values.get(numbers_key, "")
        if written and "," not in written:
            number = self._whole(numbers_key, written)
            return dict.fromkeys(filter(None, self.names(names_key) or used), number)
        return {
            name: self._whole(numbers_key, value)
            for name, value in self._by_place(names_key, numbers_key).items()
        }

    def _by_place(self, names_key: str, values_key: str) -> Mapping[str, str]:
        """Return the value per name; the two lists belong together by place.

        A value that is empty between commas is no limit.
        """
        written = self.values.get(values_key, "")
        if not written.strip(","):
            return {}
        names, values = self.names(names_key), [part.strip() for part in written.split(",")]
        while len(values) > len(names) and not values[-1]:
            values.pop()
        if len(names) != len(values) or len(set(names)) != len(names) or not all(names):
            problem = f"'{values_key}' gives {len(values)} values for {len(set(names))} names"
            raise self.refuse(values_key, problem)
        pairs = dict(zip(names, values, strict=True))
        if without := [name for name, value in pairs.items() if not value]:
            self.notes.remark(f"'{values_key}' gives no limit for {', '.join(without)}")
        return {name: value for name, value in pairs.items() if value}

    def _whole(self, key: str, value: str) -> int:
        match = _NUMBER.fullmatch(value)
        if match is None:
            raise self.refuse(key, f"'{key}' is not a whole number")
        if match[2]:
            self.notes.fault(f"the whole number '{key}' is written with decimals")
        return int(match[1])

    def _cents(self, key: str, value: str, *, raised: bool = False) -> int:
        try:
            cut, up = cents_around(value)
        except ValueError as error:
            raise self.refuse(key, f"'{key}': {error}") from None
        if cut != up:
            done = "raised" if raised else "cut"
            self.notes.remark(f"'{key}' has parts of a cent and is {done} to whole cents")
        return up if raised else cut


def kind_of(meta: Meta) -> BallotKind:
    """Return what voters were asked to do. Approval within a highest cost is a knapsack ballot."""
    vote_type = meta.values["vote_type"]
    if vote_type not in KINDS:
        raise meta.refuse("vote_type", f"the vote type '{vote_type[:40]}' is not known")
    kind = KINDS[vote_type]
    has_highest_cost = bool(meta.values.get("max_sum_cost"))
    if has_highest_cost and kind is not BallotKind.APPROVAL:
        meta.notes.fault(f"'max_sum_cost' is no limit of {vote_type} ballots and is not used")
    if kind is BallotKind.SCORING and meta.points("default_score", MILLIONTHS):
        problem = "'default_score' is not zero, and points for projects not named cannot be counted"
        raise meta.refuse("default_score", problem)
    return BallotKind.KNAPSACK if has_highest_cost and kind is BallotKind.APPROVAL else kind


def most_choices(meta: Meta) -> int | None:
    """Return the places on a ballot. Raises UnreadableElection when that is none."""
    number = meta.number("max_length")
    if number == 0:
        raise meta.refuse("max_length", "'max_length' is zero, so nothing could be chosen")
    return number


def limits_of(meta: Meta, kind: BallotKind, scale: int, themes: Collection[str]) -> BallotLimits:
    """Return what was allowed on one ballot.

    scale: what the points of the ballots were multiplied by.
    themes: those of the projects, for a limit that is the same for each.
    """
    return BallotLimits(
        minimum_choices=meta.number("min_length"),
        maximum_choices=most_choices(meta),
        minimum_points=meta.points("min_sum_points", scale, raised=True),
        maximum_points=meta.points("max_sum_points", scale),
        points_per_project=meta.points("max_points", scale),
        maximum_cost=meta.amount("max_sum_cost") if kind is BallotKind.KNAPSACK else None,
        minimum_choices_by_theme=meta.numbers("categories", "min_length_per_category", themes),
        maximum_choices_by_theme=meta.numbers("categories", "max_length_per_category", themes),
        maximum_cost_by_theme=meta.amounts("categories", "max_sum_cost_per_category"),
        minimum_project_cost=meta.amount("min_project_cost", raised=True),
        maximum_project_cost=meta.amount("max_project_cost"),
    )


def exclusive_groups(meta: Meta, ids: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of projects of which a rule may fund only one.

    Raises UnreadableElection when a group names what is no project.
    """
    groups = []
    for written in meta.values.get(EXCLUSIVE_KEY, "").split("|"):
        group = tuple(dict.fromkeys(name.strip() for name in written.split(",") if name.strip()))
        for name in group:
            if name not in ids:
                problem = f"'{EXCLUSIVE_KEY}' names '{name[:40]}', which is no project"
                raise meta.refuse(EXCLUSIVE_KEY, problem)
        if group:
            groups.append(group)
    return tuple(groups)
