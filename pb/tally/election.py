"""The input of a count: a budget, priced projects and grouped ballots, all frozen values.

Source of the scores: the yardstick of the rules, section 2.1 (``docs`` of the project).
"""

import copy
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from pb.tally.errors import InvalidElection

#: Pabulib writes 999,999,999 units for a project that was withdrawn after the vote; in cents.
WITHDRAWN_COST = 99_999_999_900

#: What points may be multiplied by: they have at most six decimals.
POINTS_SCALES = tuple(10**decimals for decimals in range(7))

#: A project id or, on a ballot with points, a pair of a project id and points.
Choice: TypeAlias = str | tuple[str, int]

#: What one voter chose, sorted; in order of preference when the ballots are ranked. The empty
#: tuple is a blank ballot.
Ballot: TypeAlias = tuple[Choice, ...]


class CheckedBallots(dict[Ballot, int]):
    """Different ballots that the reader of a file checked: canonical, with known projects only.

    An election takes these as they are; checking them again would cost more than counting them.
    """


class BallotKind(StrEnum):
    """What a voter was asked to do."""

    APPROVAL = "approval"
    CHOOSE_ONE = "choose_one"
    KNAPSACK = "knapsack"
    CUMULATIVE = "cumulative"
    SCORING = "scoring"
    ORDINAL = "ordinal"

    @property
    def has_points(self) -> bool:
        """Tell whether a ballot gives points to the projects that it names.

        Cumulative points are shared out of a sum; scoring gives each project its own mark. They
        are counted alike.
        """
        return self in (BallotKind.CUMULATIVE, BallotKind.SCORING)


@dataclass(frozen=True, slots=True)
class Project:
    """A plan that can be funded: ``cost`` in cents, ``lot`` its number in the public draw."""

    id: str
    name: str
    cost: int
    area: str = ""
    themes: tuple[str, ...] = ()
    lot: int = 0

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether the cost is the mark of a project that was withdrawn after the vote."""
        return self.cost == WITHDRAWN_COST


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotLimits:
    """What was allowed on one ballot, and to a project on it; None is no limit.

    minimum_points, maximum_points: for the sum of a ballot, in the points of the ballots.
    points_per_project: the most points for one project, in the points of the ballots.
    maximum_cost: in cents, for all the projects of a ballot together.
    ..._by_theme: theme -> limit, a number of projects or cents; other themes have none.
    minimum_project_cost, maximum_project_cost: in cents, for a plan to be on the ballot at all.

    The limits are checked at the ballot box. The count itself uses only ``maximum_choices``,
    for the score of a ranked ballot, and what a full vote is.
    """

    minimum_choices: int | None = None
    maximum_choices: int | None = None
    minimum_points: int | None = None
    maximum_points: int | None = None
    points_per_project: int | None = None
    maximum_cost: int | None = None
    minimum_choices_by_theme: Mapping[str, int] = field(default_factory=dict)
    maximum_choices_by_theme: Mapping[str, int] = field(default_factory=dict)
    maximum_cost_by_theme: Mapping[str, int] = field(default_factory=dict)
    minimum_project_cost: int | None = None
    maximum_project_cost: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """Everything that is counted, and nothing about who voted.

    budget: in cents, for everything together.
    ballots: each different ballot with the number of voters who cast it.
    area_budgets: area -> cents, what the projects of an area may cost together at first.
    theme_ceilings: theme -> cents, the most that the projects of a theme may cost together.
        An area or theme that is not named has no limit of its own.
    points_scale: 1, or the power of ten by which all points were multiplied to make them whole.
    exclusive_groups: ids of projects of which a rule may fund only one per group.
    input_sha256: of the bytes that the election was read from, hexadecimal, or empty. It says
        where the values came from and is no part of them.

    Raises InvalidElection when the values contradict each other.
    """

    budget: int
    projects: tuple[Project, ...]
    ballots: Mapping[Ballot, int]
    kind: BallotKind = BallotKind.APPROVAL
    limits: BallotLimits = field(default_factory=BallotLimits)
    area_budgets: Mapping[str, int] = field(default_factory=dict)
    theme_ceilings: Mapping[str, int] = field(default_factory=dict)
    currency: str = "EUR"
    title: str = ""
    points_scale: int = 1
    exclusive_groups: tuple[tuple[str, ...], ...] = ()
    input_sha256: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Check the values and put every ballot in one order, so that equal elections are equal."""
        object.__setattr__(self, "kind", BallotKind(self.kind))
        _refuse_unsound_amounts(self)
        known = {project.id for project in self.projects}
        if len(known) != len(self.projects):
            raise InvalidElection("two projects have the same id")
        if not known.issuperset(name for rivals in self.exclusive_groups for name in rivals):
            raise InvalidElection("an exclusive group names a project that is not in the election")
        if isinstance(self.ballots, CheckedBallots):
            return
        grouped: Counter[Ballot] = Counter()
        for ballot, voters in self.ballots.items():
            if voters < 1:
                raise InvalidElection("a ballot was cast by fewer than one voter")
            _refuse_unsound_ballot(ballot, self.kind, known)
            grouped[canonical(ballot, self.kind)] += voters
        object.__setattr__(self, "ballots", dict(grouped))

    def with_project(self, changed: Project) -> "Election":
        """Return the same election in which the project with this id is another.

        Nothing is checked again: the ballots and the ids are those that were checked.
        """
        twin = copy.copy(self)
        projects = tuple(changed if each.id == changed.id else each for each in self.projects)
        object.__setattr__(twin, "projects", projects)
        return twin

    @property
    def voters(self) -> int:
        """The number of voters who named at least one project: the n of the rules."""
        return sum(voters for ballot, voters in self.ballots.items() if ballot)

    @property
    def blank_ballots(self) -> int:
        """The number of ballots on which nothing was chosen. They do not count."""
        return self.ballots.get((), 0)


def canonical(ballot: Ballot, kind: BallotKind) -> Ballot:
    """Return a ballot in the order in which it is compared: sorted, unless it is ranked."""
    if kind is BallotKind.ORDINAL:
        return ballot
    return tuple(sorted(ballot))


def group(ballots: Iterable[Ballot], kind: BallotKind) -> dict[Ballot, int]:
    """Return each different ballot with the number of times it occurs."""
    return dict(Counter(canonical(ballot, kind) for ballot in ballots))


def named_on(ballot: Ballot) -> tuple[str, ...]:
    """Return the ids of the projects that a ballot names, without points."""
    return tuple(choice if isinstance(choice, str) else choice[0] for choice in ballot)


def count_votes(election: Election) -> dict[str, int]:
    """Return for every project the number of ballots that name it."""
    votes = {project.id: 0 for project in election.projects}
    for ballot, voters in election.ballots.items():
        for name in named_on(ballot):
            votes[name] += voters
    return votes


def count_scores(election: Election) -> dict[str, int]:
    """Return for every project its score: votes, points, or points for the place on the ballot.

    A ranked project scores L for the first place, L - 1 for the second and so on, where L is the
    most places a ballot may have (the number of projects when no limit was set).
    """
    if not election.kind.has_points and election.kind is not BallotKind.ORDINAL:
        return count_votes(election)
    places = election.limits.maximum_choices or len(election.projects)
    scores = {project.id: 0 for project in election.projects}
    for ballot, voters in election.ballots.items():
        for place, choice in enumerate(ballot):
            if isinstance(choice, str):
                scores[choice] += max(0, places - place) * voters
                continue
            name, points = choice
            scores[name] += points * voters
    return scores


def _refuse_unsound_amounts(election: Election) -> None:
    """Raise InvalidElection when an amount is negative or a limit does not suit the ballots."""
    amounts = [
        election.budget,
        *(project.cost for project in election.projects),
        *election.area_budgets.values(),
        *election.theme_ceilings.values(),
    ]
    if any(not isinstance(amount, int) or amount < 0 for amount in amounts):
        raise InvalidElection("an amount of money is not a whole number of cents, zero or more")
    if (election.kind is BallotKind.KNAPSACK) != (election.limits.maximum_cost is not None):
        raise InvalidElection("knapsack ballots, and only they, have a highest cost")
    if election.points_scale not in POINTS_SCALES:
        raise InvalidElection("the scale of points is not a power of ten up to a million")
    if election.points_scale > 1 and not election.kind.has_points:
        raise InvalidElection("only ballots with points have a scale of points")


def _refuse_unsound_ballot(ballot: Ballot, kind: BallotKind, known: set[str]) -> None:
    """Raise InvalidElection when a ballot cannot be of this kind or names an unknown project."""
    names = named_on(ballot)
    if len(set(names)) != len(names):
        raise InvalidElection("a ballot names a project twice")
    if not known.issuperset(names):
        raise InvalidElection("a ballot names a project that is not in the election")
    if kind is BallotKind.CHOOSE_ONE and len(names) > 1:
        raise InvalidElection("a choose-one ballot names more than one project")
    for choice in ballot:
        if isinstance(choice, str) == kind.has_points:
            raise InvalidElection("points belong to cumulative and scoring ballots, and only there")
        if not isinstance(choice, str) and choice[1] < 0:
            raise InvalidElection("a ballot gives fewer than zero points")
