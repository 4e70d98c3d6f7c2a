"""Asks pabutools, a tool made by others, what it counts for a Pabulib file.

python ask_pabutools.py FILE.pb VARIANT [--limit SECONDS] [--grouped]
    One count in this process. Writes a line of JSON for each answer:
    {"variant", "selected", "seconds"}, or {"variant", "timeout": true} when the limit is reached.
python ask_pabutools.py --record FOLDER RECORD.json [--limit SECONDS]
    Every variant for every file in a folder, one process after the other. Keeps what RECORD.json
    already holds, so it can be stopped and started again.

Nothing of pb is imported here: the answers must not depend on what they check. README.md beside
this file says what was asked and how the answers are to be read.
"""

import argparse
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

try:
    from pabutools import fractions
    from pabutools.election import ApprovalBallot, ApprovalProfile, Cost_Sat, parse_pabulib
    from pabutools.election.instance import Instance
    from pabutools.election.profile import AbstractApprovalProfile, AbstractProfile
    from pabutools.election.satisfaction import AdditiveSatisfaction, Cardinality_Sat
    from pabutools.rules import (
        greedy_utilitarian_welfare,
        method_of_equal_shares,
        sequential_phragmen,
    )
    from pabutools.tiebreaking import TieBreakingRule, lexico_tie_breaking
except ImportError as missing:
    sys.exit(f"To ask pabutools, install pabutools 1.2.3 for {sys.executable} first: {missing}")

fractions.FRACTION = "gmpy2"  # exact

#: Increments of the share are one unit of the currency, whatever the currency.
STEP = 1
#: In the order in which they are asked, the quick ones first.
VARIANTS = (
    "greedy", "greedy_score", "mes_single", "phragmen", "mes_add1", "mes_points", "mes_cardinality",
)  # fmt: skip
NEED_SCORES = ("greedy_score", "mes_points")
ANSWERED_WITH = {"mes_add1": ("mes_add1", "mes_add1_completed")}


class OutOfTime(Exception):
    """The count used more process time than it was given."""


# --- what is asked ---------------------------------------------------------------------------


class Question:
    """One election as pabutools reads it, without the projects that no rule may buy."""

    def __init__(self, path: Path, *, grouped: bool) -> None:
        """Read a file. grouped: hold equal ballots as one, with how many there are."""
        self.instance, self.written = parse_pabulib(str(path))
        self.places = int(self.instance.meta.get("max_length") or len(self.instance))
        named = {project for ballot in self.written for project in ballot}
        for project in list(self.instance):
            if project.cost > self.instance.budget_limit or project not in named:
                self.instance.remove(project)
        self.approvals = approvals(self.written)
        if grouped:
            self.written = self.written.as_multiprofile()
            self.approvals = self.approvals.as_multiprofile()


def approvals(profile: AbstractProfile) -> AbstractApprovalProfile:
    """Return ballots that approve of every project that was named, once each."""
    if isinstance(profile, AbstractApprovalProfile):
        return profile
    return ApprovalProfile([ApprovalBallot(set(ballot)) for ballot in profile])


def points_with(places: int, *, times_cost: bool) -> type[AdditiveSatisfaction]:
    """Return a measure of the points that a ballot gives, for cumulative and ordinal ballots.

    The Borda score of pabutools gives the last place nothing and so is no L - position.
    times_cost: pabutools' greedy divides by the cost, so that what is left is the score.
    """

    def points(_instance: Instance, _profile: object, ballot: object, project, _kept: dict):
        if project not in ballot:
            return 0
        if hasattr(ballot, "index"):
            given = max(places - list(ballot).index(project), 0)
        else:
            given = ballot[project]
        return given * project.cost if times_cost else given

    class Points(AdditiveSatisfaction):
        def __init__(self, instance: Instance, profile: AbstractProfile, ballot: object) -> None:
            super().__init__(instance, profile, ballot, points)

    return Points


class RememberedOrder(TieBreakingRule):
    """Ties by id, remembering each choice: Phragmén's rule returns its purchases sorted."""

    def __init__(self) -> None:
        super().__init__(lexico_tie_breaking.func)
        self.chosen: list[str] = []

    def order(self, instance, profile, projects, key=None):
        """Sort as the rule it extends, and remember what comes first."""
        ordered = super().order(instance, profile, projects, key)
        self.chosen.append(ordered[0].name)
        return ordered


def names(allocation: list) -> list[str]:
    """Return the ids of what was bought, in order of purchase."""
    return [project.name for project in allocation]


# --- the counts ------------------------------------------------------------------------------


def greedy(question: Question, bought: list = ()) -> list:
    """Return what most votes buys: with Cost_Sat, value divided by cost is the votes."""
    return greedy_utilitarian_welfare(
        question.instance,
        question.approvals,
        Cost_Sat,
        tie_breaking=lexico_tie_breaking,
        initial_budget_allocation=bought,
    )


def greedy_score(question: Question) -> list:
    """Return what the highest scores buy."""
    return greedy_utilitarian_welfare(
        question.instance,
        question.written,
        points_with(question.places, times_cost=True),
        tie_breaking=lexico_tie_breaking,
    )


def phragmen(question: Question) -> list:
    """Return what Phragmén's sequential rule buys, in order of purchase."""
    order = RememberedOrder()
    bought = sequential_phragmen(question.instance, question.approvals, tie_breaking=order)
    chosen = order.chosen[: len(bought)]  # At the stop one more choice may have been asked for.
    if sorted(chosen) != names(sorted(bought)):
        raise AssertionError(f"chosen {chosen}, but bought {bought}")
    return [question.instance.get_project(name) for name in chosen]


def equal_shares(
    question: Question, measure: type[AdditiveSatisfaction], step: int | None
) -> tuple[list, int | None]:
    """Return what equal shares buy, and how often the share was raised (None without step)."""
    fits: list[bool] = []
    ask = Instance.is_feasible

    def counted(instance: Instance, projects: list) -> bool:
        fits.append(ask(instance, projects))
        return fits[-1]

    Instance.is_feasible = counted  # Asked once for each share, at the end of the run.
    try:
        bought = method_of_equal_shares(
            question.instance,
            question.approvals if measure in (Cost_Sat, Cardinality_Sat) else question.written,
            measure,
            tie_breaking=lexico_tie_breaking,
            voter_budget_increment=step,
        )
    finally:
        Instance.is_feasible = ask
    if step is None:
        return bought, None
    return bought, len(fits) - (1 if fits[-1] else 2)


def answers(question: Question, variant: str) -> Iterator[dict[str, object]]:
    """Count and yield each answer as values for JSON; seconds are process time of the rule.

    The completion goes on from the chain that was just counted; its seconds hold both.
    """
    measures = {
        "mes_add1": (Cost_Sat, STEP),
        "mes_cardinality": (Cardinality_Sat, STEP),
        "mes_points": (points_with(question.places, times_cost=False), STEP),
        "mes_single": (Cost_Sat, None),
    }
    others: dict[str, Callable[[Question], list]] = {
        "greedy": greedy,
        "greedy_score": greedy_score,
        "phragmen": phragmen,
    }
    start = time.process_time()
    if variant in others:
        bought, increments = others[variant](question), None
    else:
        bought, increments = equal_shares(question, *measures[variant])
    answer = {"variant": variant, "selected": names(bought), "seconds": seconds_since(start)}
    if increments is not None:
        answer["increments"] = increments
    if variant == "mes_add1":
        answer["peak_mb"] = peak_memory()
    yield answer
    if variant == "mes_add1":
        completed = names(greedy(question, bought))
        seconds = seconds_since(start)
        yield {"variant": "mes_add1_completed", "selected": completed, "seconds": seconds}


def seconds_since(start: float) -> float:
    """Return the process time since a moment, in seconds."""
    return round(time.process_time() - start, 3)


def peak_memory() -> int:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def write_answers(path: Path, variant: str, limit: float, *, grouped: bool) -> None:
    """Write the answers to one question, a line each. The limit holds for the rule alone."""

    def stop(_signal: int, _frame: object) -> None:
        raise OutOfTime

    question = Question(path, grouped=grouped)
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, limit)
    open_still = list(ANSWERED_WITH.get(variant, (variant,)))
    try:
        for answer in answers(question, variant):
            open_still.remove(answer["variant"])
            write_line(answer)
    except OutOfTime:
        for name in open_still:
            memory = {"peak_mb": peak_memory()} if name == "mes_add1" else {}
            write_line({"variant": name, "timeout": True, **memory})
    signal.setitimer(signal.ITIMER_PROF, 0)


def write_line(answer: dict[str, object]) -> None:
    """Write one answer at once, so that it is kept whatever happens next."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


# --- the record ------------------------------------------------------------------------------


def record(folder: Path, target: Path, limit: float) -> None:
    """Ask everything that a record does not hold yet, and write it after every answer.

    Small files come first, and last those that have run out of time before.
    """
    held = json.loads(target.read_text(encoding="utf-8"))["files"] if target.exists() else {}

    def effort(path: Path) -> tuple[bool, int]:
        before = held.get(path.name, {}).values()
        return any("timeout" in answer for answer in before), path.stat().st_size

    for variant in VARIANTS:
        for path in sorted(folder.glob("*.pb"), key=effort):
            kept = held.setdefault(path.name, {})
            if variant in kept or (variant in NEED_SCORES and not has_scores(path)):
                continue
            kept.update(asked_in_a_process(path, variant, limit))
            write_record(target, held)


def has_scores(path: Path) -> bool:
    """Tell whether the ballots of a file say more than which projects they name."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    vote_type = next(line for line in lines if line.startswith("vote_type;")).split(";")[1]
    return vote_type.strip() not in ("approval", "choose-1")


def asked_in_a_process(path: Path, variant: str, limit: float) -> dict[str, dict]:
    """Return the answers to one question, counted in a process of its own."""
    command = [sys.executable, __file__, str(path), variant, "--limit", str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer.pop("variant"): answer for answer in found}


def write_record(target: Path, held: dict[str, dict]) -> None:
    """Write a record with one line for each file, so that a difference shows as its file."""
    lines = [
        f"  {json.dumps(name)}: {json.dumps(held[name], sort_keys=True, ensure_ascii=False)}"
        for name in sorted(held)
    ]
    made = datetime.now(UTC).date().isoformat()
    text = f'{{"version": "{version("pabutools")}", "made": "{made}", "files": {{\n'
    target.write_text(text + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


def main() -> None:
    """Do what the arguments ask for."""
    parser = argparse.ArgumentParser(description="Ask pabutools what it counts.")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--grouped", action="store_true")
    parser.add_argument("--limit", type=float, default=60)
    parser.add_argument("source", type=Path, metavar="FILE.pb or FOLDER")
    parser.add_argument("about", metavar="VARIANT or RECORD.json")
    asked = parser.parse_args()
    if asked.record:
        record(asked.source, Path(asked.about), asked.limit)
    else:
        write_answers(asked.source, asked.about, asked.limit, grouped=asked.grouped)


if __name__ == "__main__":
    main()
