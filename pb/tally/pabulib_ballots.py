"""The votes of a Pabulib file as ballots, without who cast them.

Many voters write the same, so a vote is read once for each different text. Source: the Pabulib
format, https://pabulib.org/format.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from pb.tally.election import (
    POINTS_SCALES,
    Ballot,
    BallotKind,
    BallotLimits,
    CheckedBallots,
    Choice,
    Project,
    named_on,
)
from pb.tally.errors import UnreadableElection
from pb.tally.pabulib_notes import Notes
from pb.tally.pabulib_notes import ballots as number_of_ballots
from pb.tally.pabulib_sections import VotesSection

#: Points are read in millionths, so that no float ever holds them.
MILLIONTHS: int = POINTS_SCALES[-1]

_POINTS = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,30}))?")
_MOST_DECIMALS = 6

#: A vote as it is written: its text, or the texts of its names and its points.
_Written = TypeVar("_Written", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class CastBallots:
    """The ballots in the order of the file, without an object for each.

    different: what was written, each once. order: per vote, its place in ``different``.
    """

    different: tuple[Ballot, ...]
    order: "array[int]"

    def __len__(self) -> int:
        """Return the number of votes."""
        return len(self.order)

    def __iter__(self) -> Iterator[Ballot]:
        """Yield the ballot of each vote."""
        return map(self.different.__getitem__, self.order)

    def grouped(self) -> CheckedBallots:
        """Return each different ballot with the number of times it was cast."""
        grouped = CheckedBallots()
        for place, times in Counter(self.order).items():
            ballot = self.different[place]
            grouped[ballot] = grouped.get(ballot, 0) + times
        return grouped


@dataclass(frozen=True, slots=True)
class ReadVotes:
    """What the section VOTES comes to.

    points_scale: what all points were multiplied by, or 1.
    repeats: id -> how often it stands on a ballot that names it already.
    """

    ballots: CastBallots
    points_scale: int
    repeats: Mapping[str, int]


def points_in_millionths(text: str) -> int:
    """Return points such as ``"3"`` or ``"0.25"`` in millionths of a point.

    Raises ValueError with a sentence when the text is no number of zero or more with at most six
    decimals (more may be written when they are zeros).
    """
    match = _POINTS.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text[:40]}' is not a number of points")
    decimals = (match[2] or "").rstrip("0")
    if len(decimals) > _MOST_DECIMALS:
        raise ValueError(f"'{text[:40]}' has more than six decimals")
    return int(match[1]) * MILLIONTHS + int(decimals.ljust(_MOST_DECIMALS, "0"))


def read_votes(
    section: VotesSection, kind: BallotKind, ids: Collection[str], file_name: str, notes: Notes
) -> ReadVotes:
    """Return the ballots of a kind; ``ids`` are those of the projects.

    Raises UnreadableElection when there are none, or one cannot be read.
    """
    if kind.has_points and "points" not in section.columns:
        problem = f"{kind} votes need a column 'points'"
        raise UnreadableElection(file_name, section.line, problem)
    if not section.votes:
        raise UnreadableElection(file_name, section.line, "there are no votes")
    if section.repeated_voters:
        one = "has the voter id of an earlier one; it counts"
        many = "have the voter id of an earlier one; they count"
        notes.fault(number_of_ballots(section.repeated_voters, one, many))
    reading = _Reading(section, kind, ids, file_name)
    ballots, scale = reading.ballots()
    return ReadVotes(ballots, scale, reading.repeats(notes))


def note_points_that_do_not_count(
    section: VotesSection, kind: BallotKind, places: int, notes: Notes
) -> None:
    """Note points beside ballots that are counted without them.

    places: of a ranked ballot; points that say the same as the ranking are not worth a note.
    """
    if kind.has_points:
        return
    number = 0
    for (vote, points), times in Counter(zip(section.votes, section.points, strict=False)).items():
        if not points.strip():
            continue
        written = [point.strip() for point in points.split(",")]
        same = [str(max(0, places - place)) for place in range(vote.count(",") + 1)]
        if kind is not BallotKind.ORDINAL or written != same:
            number += times
    if number and kind is BallotKind.ORDINAL:
        one = "gives other points than those of its places; the places count"
        many = "give other points than those of their places; the places count"
        notes.fault(number_of_ballots(number, one, many))
    elif number:
        one = f"gives points, and {kind} ballots have none; it counts without"
        many = f"give points, and {kind} ballots have none; they count without"
        notes.fault(number_of_ballots(number, one, many))


def votes_on(grouped: Mapping[Ballot, int]) -> dict[str, int]:
    """Return for every project that is named the number of ballots that name it."""
    by_voters: defaultdict[int, list[Ballot]] = defaultdict(list)
    for ballot, voters in grouped.items():
        by_voters[voters].append(ballot)
    votes: Counter[str] = Counter()
    for voters, ballots in by_voters.items():
        for choice, times in Counter(chain.from_iterable(ballots)).items():
            votes[choice if isinstance(choice, str) else choice[0]] += times * voters
    return votes


def note_what_limits_say(
    grouped: Mapping[Ballot, int],
    limits: BallotLimits,
    projects: Collection[Project],
    notes: Notes,
) -> None:
    """Note how many ballots are not as the limits want them. They count all the same."""
    met: Counter[str] = Counter()
    costs: dict[Choice, int] = {project.id: project.cost for project in projects}
    themes = {project.id: project.themes for project in projects}
    has_theme_limits = bool(
        limits.minimum_choices_by_theme
        or limits.maximum_choices_by_theme
        or limits.maximum_cost_by_theme
    )
    fewest, most = limits.minimum_choices or 0, limits.maximum_choices or len(costs)
    for ballot, voters in grouped.items():
        if not ballot:
            met["blank"] += voters
            continue
        if len(ballot) < fewest:
            met["few"] += voters
        if len(ballot) > most:
            met["many"] += voters
        if limits.maximum_cost is not None:
            cost = sum(map(costs.__getitem__, ballot))
            met["dear"] += voters if cost > limits.maximum_cost else 0
        if not isinstance(ballot[0], str):
            met.update(dict.fromkeys(_points_beyond(ballot, limits), voters))
        if has_theme_limits:
            met.update(dict.fromkeys(_themes_beyond(ballot, limits, costs, themes), voters))
    for what, number in sorted(met.items()):
        if number:
            say = notes.remark if what == "zero" else notes.fault
            say(number_of_ballots(number, *_SAID[what]))


_SAID = {
    "blank": ("is blank; it does not count", "are blank; they do not count"),
    "dear": ("costs more than a ballot may; it counts", "cost more than a ballot may; they count"),
    "few": ("names too few projects; it counts", "name too few projects; they count"),
    "many": ("names too many projects; it counts", "name too many projects; they count"),
    "points few": ("gives too few points; it counts", "give too few points; they count"),
    "points many": ("gives too many points; it counts", "give too many points; they count"),
    "points one": (
        "gives one project too many points; it counts",
        "give one project too many points; they count",
    ),
    "theme dear": (
        "spends too much on a category; it counts",
        "spend too much on a category; they count",
    ),
    "theme few": (
        "names too few projects of a category; it counts",
        "name too few projects of a category; they count",
    ),
    "theme many": (
        "names too many projects of a category; it counts",
        "name too many projects of a category; they count",
    ),
    "zero": (
        "names a project with zero points; that counts as a vote",
        "name a project with zero points; that counts as a vote",
    ),
}


def _points_beyond(ballot: Ballot, limits: BallotLimits) -> Iterator[str]:
    """Yield what about the points of a ballot is not as the limits want it."""
    points = [choice[1] for choice in ballot if not isinstance(choice, str)]
    if limits.minimum_points is not None and sum(points) < limits.minimum_points:
        yield "points few"
    if limits.maximum_points is not None and sum(points) > limits.maximum_points:
        yield "points many"
    if limits.points_per_project is not None and max(points) > limits.points_per_project:
        yield "points one"
    if 0 in points:
        yield "zero"


def _themes_beyond(
    ballot: Ballot,
    limits: BallotLimits,
    costs: Mapping[Choice, int],
    themes: Mapping[str, tuple[str, ...]],
) -> Iterator[str]:
    """Yield what about the themes on a ballot is not as the limits want it."""
    numbers: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    for name in named_on(ballot):
        for theme in themes[name]:
            numbers[theme] += 1
            spent[theme] += costs[name]
    if any(numbers[theme] < least for theme, least in limits.minimum_choices_by_theme.items()):
        yield "theme few"
    if any(numbers[theme] > most for theme, most in limits.maximum_choices_by_theme.items()):
        yield "theme many"
    if any(spent[theme] > most for theme, most in limits.maximum_cost_by_theme.items()):
        yield "theme dear"


class _Reading:
    """Reads each different text once, and keeps count of what it met on the way."""

    def __init__(
        self, section: VotesSection, kind: BallotKind, ids: Collection[str], file_name: str
    ) -> None:
        self._section = section
        self._kind = kind
        self._ids = {name: name for name in ids}
        self._file_name = file_name
        self._millionths: dict[str, int] = {}
        self._repeats: Counter[str] = Counter()
        self._with_repeats = 0

    def ballots(self) -> tuple[CastBallots, int]:
        """Return the ballots and what their points are multiplied by.

        Raises UnreadableElection when one cannot be read.
        """
        if not self._kind.has_points:
            return self._each_once(self._section.votes, self._without_points), 1
        pairs = tuple(zip(self._section.votes, self._section.points, strict=True))
        in_millionths = self._each_once(pairs, self._with_points)
        values = {points for ballot in in_millionths.different for _, points in _pairs(ballot)}
        scale = next(
            scale
            for scale in POINTS_SCALES
            if all(value * scale % MILLIONTHS == 0 for value in values)
        )
        whole = {value: value * scale // MILLIONTHS for value in values}
        different = tuple(
            tuple((name, whole[points]) for name, points in _pairs(ballot))
            for ballot in in_millionths.different
        )
        return CastBallots(different, in_millionths.order), scale

    def repeats(self, notes: Notes) -> dict[str, int]:
        """Return how often each project stands on a ballot that names it already."""
        if self._with_repeats:
            one = "names a project more than once; it counts once, as first written"
            many = "name a project more than once; it counts once, as first written"
            notes.fault(number_of_ballots(self._with_repeats, one, many))
        return dict(self._repeats)

    def _each_once(
        self, written: Sequence[_Written], read: Callable[[_Written], tuple[Ballot, list[str]]]
    ) -> CastBallots:
        """Read each different vote, and keep which one each voter cast."""
        times = Counter(written)
        different = []
        for vote, number in times.items():
            try:
                ballot, names = read(vote)
            except ValueError as error:
                line = self._section.lines[written.index(vote)]
                raise UnreadableElection(self._file_name, line, str(error)) from None
            different.append(ballot)
            if len(names) > len(ballot):
                self._with_repeats += number
                again = Counter(names) - Counter(set(names))
                self._repeats.update({name: more * number for name, more in again.items()})
        places = {vote: place for place, vote in enumerate(times)}
        return CastBallots(tuple(different), array("I", map(places.__getitem__, written)))

    def _names(self, vote: str) -> list[str]:
        """Return the ids on a ballot as they are written there.

        Raises ValueError with a sentence when one is no project.
        """
        known = self._ids
        try:
            return [known[name] for name in vote.split(",")]
        except KeyError:
            names = [name.strip() for name in vote.split(",")] if vote.strip() else []
        for name in names:
            if name not in known:
                raise ValueError(f"the ballot names '{name[:40]}', which is no project")
        return names

    def _without_points(self, vote: str) -> tuple[Ballot, list[str]]:
        """Return a ballot and the names as they were written."""
        names = self._names(vote)
        if self._kind is BallotKind.CHOOSE_ONE and len(set(names)) > 1:
            raise ValueError("the ballot names more than one project")
        once = names if len(set(names)) == len(names) else list(dict.fromkeys(names))
        if self._kind is not BallotKind.ORDINAL:
            once = sorted(once)
        return tuple(once), names

    def _with_points(self, vote: tuple[str, str]) -> tuple[Ballot, list[str]]:
        """Return a ballot with millionths of points, and the names as they were written.

        Of a repeated project the first counts. Raises ValueError with a sentence when there are
        not as many points as names.
        """
        names = self._names(vote[0])
        numbers = vote[1].split(",") if vote[1].strip() else []
        if len(numbers) != len(names):
            raise ValueError(
                f"the ballot names {len(names)} projects and gives {len(numbers)} points"
            )
        given: dict[str, int] = {}
        for name, number in zip(names, numbers, strict=True):
            points = self._millionths.get(number)
            if points is None:
                points = self._millionths[number] = points_in_millionths(number.strip())
            given.setdefault(name, points)
        return tuple(sorted(given.items())), names


def _pairs(ballot: Ballot) -> Iterator[tuple[str, int]]:
    """Yield the ids and points of a ballot with points."""
    return (choice for choice in ballot if not isinstance(choice, str))
