"""Replays a real election through the whole stack: plans, letters, ballots, count, publication.

Every step is the act that staff and residents do, in a store of its own, with the clock
handed over. Codes stay in memory and are gone when the replay ends.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

from pb.ballots.domain import BallotContent
from pb.foundation.money import Cents
from pb.proposals import service as proposals
from pb.results import export
from pb.results import service as results
from pb.results.domain import Result
from pb.tally.election import Ballot, BallotKind, named_on
from pb.tokens.domain import Printable
from pb.trials import staging
from pb.trials.casting import cast_all
from pb.trials.installation import installed, settings_in
from pb.trials.officers import Officers
from pb.trials.real_election import RealElection
from pb.trials.staging import Progress, no_progress

SLUG = "naspel"
BUNDLE = "bundel.zip"  # Beside the stores, with everything that a check needs.


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay found.

    votes: per project id, as counted. seconds: per step. accepted: receipts that came back.
    selected: ids in the order of the count. officers: who can sign what somebody changes
    afterwards, to try the verifiers with.
    """

    election: RealElection
    accepted: int
    selected: tuple[str, ...]
    votes: Mapping[str, int]
    spent: Cents
    letters: int
    seconds: Mapping[str, float]
    officers: Officers = field(repr=False)

    @property
    def cast_per_second(self) -> float:
        """Return how many ballots were on disk per second."""
        return self.accepted / max(self.seconds["cast"], 1e-9)

    @property
    def votes_equal(self) -> bool:
        """Tell whether every total is that of the ballots in the file, and of its column.

        The column may count a plan twice on one ballot; then the difference is exactly the
        repeats.
        """
        on_ballots = Counter(name for ballot in self.election.ballots for name in named_on(ballot))
        return all(
            self.votes[each.project.id] == on_ballots[each.project.id]
            and each.votes
            in {
                "",
                str(on_ballots[each.project.id] + self.election.repeats.get(each.project.id, 0)),
            }
            for each in self.election.file.projects
        )

    @property
    def selected_in_file(self) -> tuple[str, ...] | None:
        """Return the ids that the file marks as funded; None when it marks nothing."""
        if not any(each.selected for each in self.election.file.projects):
            return None
        return self.election.file.selected

    def as_dict(self) -> dict[str, object]:
        """Return what checks from outside read; the first seven keys are a contract."""
        in_file = self.selected_in_file
        return {
            "ballots": len(self.election.file.ballots),
            "accepted": self.accepted,
            "votes_equal": self.votes_equal,
            "selected": list(self.selected),
            "selected_in_file": None if in_file is None else list(in_file),
            "cast_per_second": round(self.cast_per_second, 1),
            "seconds": {name: round(spent, 3) for name, spent in self.seconds.items()},
            "selected_equal": None if in_file is None else set(in_file) == set(self.selected),
            "letters": self.letters,
            "cost_cents": self.spent,
            "budget_cents": self.election.framework.total,
            "repeats": dict(self.election.repeats),
            "notes": list(self.election.notes),
            "file": self.election.file.name,
        }


@dataclass(slots=True)
class Stopwatch:
    """How many seconds each step took."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a step."""
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began


def replay(
    election: RealElection,
    folder: Path,
    progress: Progress = no_progress,
    show_letters: Callable[[Sequence[Printable]], None] = lambda _letters: None,
) -> Replayed:
    """Replay an election in stores in ``folder``, which stay there with the result's files.

    show_letters: is shown the letters in the order in which they will vote, for who searches
    for traces of their codes; nothing else ever sees them.
    Raises the refusals of the services when the round cannot be held as the file says.
    """
    watch = Stopwatch()
    framework, dates = election.framework, election.framework.dates
    plans = [plan.staged for plan in election.plans]
    with installed(settings_in(folder)) as app:
        with watch.step("plans"):
            links = staging.send_plans(SLUG, framework, plans, progress)
            staging.publish_list(SLUG, framework, plans, links, progress)
        holders = staging.make_keys(SLUG, framework)
        with watch.step("mint"):
            printables = staging.mint(SLUG, framework, len(election.ballots), progress)
        show_letters(printables)
        with watch.step("prepare"):
            staging.prepare(SLUG, framework)
        voting = dates.voting_opens + timedelta(hours=1)
        for plan in election.plans:
            if plan.withdrawn:
                proposals.withdraw(SLUG, links[plan.number], now=voting)
        with watch.step("cast"):
            accepted = _cast(app, election, printables, voting, progress)
        with watch.step("count"):
            results.propose(SLUG, by=staging.COUNTER, now=dates.voting_closes)
            typed = holders.pair()
            results.confirm(SLUG, typed, by=staging.MANAGER, now=dates.voting_closes)
        with watch.step("publish"):
            results.publish(SLUG, "Nagespeeld.", by=staging.COUNCIL, now=dates.result_by)
            result = results.result(SLUG)
            _write_files(folder, result)
    names = {plan.number: plan.id for plan in election.plans}
    ids = {plan.id: names[plan.number] for plan in result.plans}
    return Replayed(
        election=election,
        accepted=accepted,
        selected=tuple(ids[name] for name in result.outcome.selected),
        votes={ids[name]: found.votes for name, found in result.outcome.projects.items()},
        spent=Cents(result.outcome.spent),
        letters=len(printables),
        seconds=watch.seconds,
        officers=holders,
    )


def _cast(
    app: Flask,
    election: RealElection,
    printables: Sequence[Printable],
    now: datetime,
    progress: Progress,
) -> int:
    """Cast every ballot with a code of its own; return how many receipts came back."""
    numbers = {plan.id: plan.number for plan in election.plans}
    kind = election.framework.ballot.kind
    contents = (_content(ballot, numbers, kind) for ballot in election.ballots)

    def show(done: int) -> None:
        progress("ballots", done, len(printables))

    waiting = zip(printables, contents, strict=True)
    return cast_all(app, SLUG, waiting, now=now, progress=show)


def _content(ballot: Ballot, numbers: Mapping[str, int], kind: BallotKind) -> BallotContent:
    """Return a ballot of the file as it is cast: plan numbers, in order where order counts."""
    if kind is BallotKind.CUMULATIVE:
        pairs = sorted((numbers[choice[0]], int(choice[1])) for choice in ballot)
        return BallotContent(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))
    chosen = [numbers[name] for name in named_on(ballot)]
    return BallotContent(tuple(chosen if kind is BallotKind.ORDINAL else sorted(chosen)))


def _write_files(folder: Path, result: Result) -> None:
    """Write what the public may download, beside the stores."""
    (folder / "uitslag.csv").write_bytes(export.to_csv(result))
    (folder / "uitslag.json").write_bytes(results.result_file(SLUG))
    (folder / "telling.json").write_bytes(results.count_file(SLUG))
    (folder / "uitslag.pb").write_bytes(results.election_file(SLUG))
    (folder / BUNDLE).write_bytes(results.bundle(SLUG))
