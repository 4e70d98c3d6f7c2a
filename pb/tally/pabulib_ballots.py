"""The votes of a Pabulib file as ballots, without who cast them.

Source: the Pabulib format, https://pabulib.org/format.
"""

from collections import Counter
from collections.abc import Mapping

from pb.tally.election import Ballot, BallotKind, BallotLimits, canonical, named_on
from pb.tally.errors import UnreadableElection
from pb.tally.pabulib_sections import Section

_MOST_POINT_DIGITS = 9


class BallotReader:
    """Reads votes and keeps count of what it met on the way."""

    def __init__(
        self, kind: BallotKind, limits: BallotLimits, costs: Mapping[str, int], file_name: str
    ) -> None:
        """Read ballots of a kind; ``costs`` gives each known project its cost in cents."""
        self._kind = kind
        self._limits = limits
        self._costs = costs
        self._file_name = file_name
        self._met: Counter[str] = Counter()
        self._cache: dict[tuple[str, str], tuple[Ballot, tuple[str, ...]]] = {}

    def read(self, section: Section) -> tuple[Ballot, ...]:
        """Return one ballot per row, in the order of the file.

        Raises UnreadableElection when there is none, or one cannot be read.
        """
        if self._kind.has_points and "points" not in section.columns:
            problem = f"{self._kind} votes need a column 'points'"
            raise UnreadableElection(self._file_name, section.line, problem)
        ballots = []
        for row in section.rows:
            written = row.cells["vote"], row.cells.get("points", "")
            if written not in self._cache:
                try:
                    self._cache[written] = self._ballot(*written)
                except ValueError as error:
                    raise UnreadableElection(self._file_name, row.line, str(error)) from None
            ballot, remarks = self._cache[written]
            self._met.update(remarks)
            ballots.append(ballot)
        if not ballots:
            raise UnreadableElection(self._file_name, section.line, "there are no votes")
        voters = {row.cells["voter_id"] for row in section.rows}
        self._met["have the voter id of an earlier ballot; they count"] = len(ballots) - len(voters)
        return tuple(ballots)

    def notes(self) -> list[str]:
        """Return a sentence for each thing that was met, with the number of ballots."""
        return [f"{number} ballots {what}" for what, number in sorted(self._met.items()) if number]

    def _ballot(self, vote: str, points: str) -> tuple[Ballot, tuple[str, ...]]:
        """Return a ballot and what was remarkable about it.

        Raises ValueError with a sentence when it cannot be read.
        """
        names = [name.strip() for name in vote.split(",")] if vote.strip() else []
        for name in names:
            if name not in self._costs:
                raise ValueError(f"the ballot names '{name[:40]}', which is no project")
        if self._kind is BallotKind.CHOOSE_ONE and len(set(names)) > 1:
            raise ValueError("the ballot names more than one project")
        ballot: Ballot = tuple(dict.fromkeys(names))
        if self._kind.has_points:
            ballot = _with_points(names, points)
        remarks = self._remarks(ballot)
        if len(ballot) < len(names):
            remarks.append("name a project more than once; it counts once, as first written")
        return canonical(ballot, self._kind), tuple(remarks)

    def _remarks(self, ballot: Ballot) -> list[str]:
        """Return what about a ballot is not as the limits want it. It counts all the same."""
        limits, number = self._limits, len(ballot)
        if not number:
            return ["are blank; they do not count"]
        cost = sum(self._costs[name] for name in named_on(ballot))
        points = sum(choice[1] for choice in ballot if not isinstance(choice, str))
        remarks = []
        if limits.minimum_choices is not None and number < limits.minimum_choices:
            remarks.append("name too few projects; they count")
        if limits.maximum_choices is not None and number > limits.maximum_choices:
            remarks.append("name too many projects; they count")
        if limits.maximum_cost is not None and cost > limits.maximum_cost:
            remarks.append("cost more than a ballot may; they count")
        if limits.maximum_points is not None and points > limits.maximum_points:
            remarks.append("give too many points; they count")
        if any(not isinstance(choice, str) and not choice[1] for choice in ballot):
            remarks.append("name a project with zero points; it counts as a vote")
        return remarks


def _with_points(names: list[str], points: str) -> tuple[tuple[str, int], ...]:
    """Return each project with its points; of a repeated project the first.

    Raises ValueError with a sentence when there is not a whole number for each project.
    """
    numbers = [number.strip() for number in points.split(",")] if points.strip() else []
    if len(numbers) != len(names):
        raise ValueError(f"the ballot names {len(names)} projects and gives {len(numbers)} points")
    given: dict[str, int] = {}
    for name, number in zip(names, numbers, strict=True):
        if not (number.isascii() and number.isdigit() and len(number) <= _MOST_POINT_DIGITS):
            raise ValueError(f"'{number[:40]}' is not a whole number of points")
        given.setdefault(name, int(number))
    return tuple(given.items())
