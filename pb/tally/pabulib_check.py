"""What a Pabulib file says otherwise than its own ballots, or than the format asks.

The reader takes what it can count; this looks at the rest as well: keys that must be there,
values that the format lists, and the columns that repeat what the ballots say.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pb.tally.election import BallotKind, count_scores, count_votes, named_on
from pb.tally.money import to_units
from pb.tally.pabulib import PabulibFile, differs, to_election
from pb.tally.pabulib_format import META_KEYS, OWN_KEYS, REQUIRED_KEYS, RULES
from pb.tally.pabulib_notes import listed

_DAY = re.compile(r"(?:([0-9]{2})\.([0-9]{2})\.)?([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Difference:
    """A number in PROJECTS that the ballots do not give.

    column: ``votes`` or ``score``. repeats: how often the project stands on a ballot that names
    it already; a file that counts those too differs by as many votes.
    """

    project: str
    column: str
    in_file: str
    on_ballots: str
    repeats: int

    def sentence(self) -> str:
        """Return the difference in an English sentence."""
        again = f"; {self.repeats} more are repeats on one ballot" if self.repeats else ""
        return (
            f"the {self.column} of project {self.project}: {self.in_file} in the file, "
            f"{self.on_ballots} on the ballots{again}"
        )


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What was found in a file that could be read.

    remarks: what is allowed and good to know. faults: what is not as the format asks.
    """

    name: str
    remarks: tuple[str, ...]
    faults: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether everything is as the format asks."""
        return not self.faults and not self.differences

    def as_dict(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return {
            "file": self.name,
            "sound": self.is_sound,
            "remarks": list(self.remarks),
            "faults": list(self.faults),
            "differences": [
                {
                    "project": each.project,
                    "column": each.column,
                    "in_file": each.in_file,
                    "on_ballots": each.on_ballots,
                    "repeats": each.repeats,
                }
                for each in self.differences
            ],
        }


def check(file: PabulibFile) -> CheckedFile:
    """Compare a file with its ballots and with the format."""
    faults = [*file.faults, *_faults_of_keys(file.meta), *_faults_of_values(file)]
    faults += _faults_of_money(file)
    differences = tuple(_differences(file))
    if any(each.column == "score" for each in differences) and _scores_by_length(file):
        faults.append("the file scores a ranked ballot by its own length, not by 'max_length'")
    return CheckedFile(
        name=file.name,
        remarks=tuple(note for note in file.notes if note not in file.faults),
        faults=tuple(dict.fromkeys(faults)),
        differences=differences,
    )


def _differences(file: PabulibFile) -> Iterator[Difference]:
    """Yield each number in PROJECTS that is not what the ballots give."""
    election = to_election(file)
    votes, scores = count_votes(election), count_scores(election)
    for each in file.projects:
        name = each.project.id
        repeats = file.repeats.get(name, 0)
        if differs(each.votes, votes[name]):
            yield Difference(name, "votes", each.votes, str(votes[name]), repeats)
        score = Fraction(scores[name], file.points_scale)
        if differs(each.score, score):
            yield Difference(name, "score", each.score, _decimal(score), 0)


def _scores_by_length(file: PabulibFile) -> bool:
    """Tell whether each score in the file is by the length of each ranked ballot."""
    if file.kind is not BallotKind.ORDINAL:
        return False
    scores: Counter[str] = Counter()
    for ballot, voters in file.grouped.items():
        for place, name in enumerate(named_on(ballot)):
            scores[name] += (len(ballot) - place) * voters
    return not any(differs(each.score, scores[each.project.id]) for each in file.projects)


def _decimal(score: Fraction) -> str:
    """Return a score with at most six decimals as it would stand in a file."""
    whole, rest = divmod(score, 1)
    return f"{whole}" if not rest else f"{whole}.{int(rest * 10**6):06}".rstrip("0")


def _faults_of_keys(meta: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with which keys there are."""
    if missing := [key for key in REQUIRED_KEYS if not meta.get(key)]:
        yield f"META gives no value for {', '.join(missing)}"
    known = {*META_KEYS, *OWN_KEYS}
    if strange := [key for key in meta if key not in known]:
        yield f"META has keys that the format does not know: {listed(strange)}"
    if empty := [key for key, value in meta.items() if not value and key not in REQUIRED_KEYS]:
        yield f"META has keys without a value: {listed(empty)}"


def _faults_of_values(file: PabulibFile) -> Iterator[str]:
    """Yield what is wrong with single values."""
    meta = file.meta
    if (rule := meta.get("rule", "")) and rule not in RULES:
        yield f"the format does not know the rule '{rule[:60]}'"
    days = [_day(meta[key]) for key in ("date_begin", "date_end") if meta.get(key)]
    if None in days:
        yield "a date is not written as DD.MM.YYYY or YYYY, or is no day"
    elif len(days) == 2 and _is_later(days[0], days[1]):
        yield "the vote ends before it begins"
    for key in ("fully_funded", "experimental"):
        if meta.get(key, "1") not in ("1", ""):
            yield f"'{key}' is either 1 or not there"
    if (comment := meta.get("comment", "")) and not comment.startswith("#1: "):
        yield "the comment does not begin with '#1: '"
    if file.kind is BallotKind.CUMULATIVE and file.limits.maximum_points is None:
        yield "cumulative votes need 'max_sum_points'"
    lengths = (file.limits.minimum_choices, file.limits.maximum_choices)
    if file.kind is BallotKind.CHOOSE_ONE and not {*lengths} <= {None, 1}:
        yield "the length of a choose-1 ballot is 1"
    if (lengths[1] or 0) > len(file.projects):
        yield "'max_length' is higher than the number of projects"
    if (lengths[0] or 0) > (lengths[1] or lengths[0] or 0):
        yield "'min_length' is higher than 'max_length'"
    if odd := [p.project.id for p in file.projects if p.selected not in ("", "0", "1", "2", "3")]:
        yield f"projects whose 'selected' is not 0, 1, 2 or 3: {listed(odd)}"


def _faults_of_money(file: PabulibFile) -> Iterator[str]:
    """Yield what is wrong with costs and the budget."""
    costs = {each.project.id: each.project.cost for each in file.projects}
    if free := [name for name, cost in costs.items() if not cost]:
        yield f"projects that cost nothing: {listed(free)}"
    over = [
        each.project.id
        for each in file.projects
        if each.project.cost > file.budget and not each.project.is_withdrawn
    ]
    if over:
        yield f"projects that cost more than the budget: {listed(over)}"
    spent = sum(costs[name] for name in file.selected)
    if spent > file.budget:
        yield (
            f"the projects that are selected cost {to_units(spent)}, "
            f"more than the budget of {to_units(file.budget)}"
        )
    if sum(costs.values()) <= file.budget and file.meta.get("fully_funded") != "1":
        yield "the budget pays for every project, and 'fully_funded' does not say so"


def _day(written: str) -> tuple[int, int, int] | None:
    """Return year, month and day, the last two 0 when not given; None when it is no day."""
    match = _DAY.fullmatch(written)
    if match is None:
        return None
    year, month, day = int(match[3]), int(match[2] or 0), int(match[1] or 0)
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return (year, month, day) if match[1] is None or (month and day) else None


def _is_later(begin: tuple[int, int, int] | None, end: tuple[int, int, int] | None) -> bool:
    """Tell whether the first day is after the second, as far as both are given."""
    if begin is None or end is None:
        return False
    if 0 in begin or 0 in end:
        return begin[0] > end[0]
    return begin > end
