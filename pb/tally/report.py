"""An outcome as the command line shows it: the result file, or plain Dutch text."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from pb.tally import pabulib
from pb.tally.count import count
from pb.tally.declared_rule import asked_rule
from pb.tally.election import Election
from pb.tally.errors import CountRefused, UnreadableElection
from pb.tally.explanation import CRITERIA, explain, reasons, sentence
from pb.tally.money import in_dutch
from pb.tally.outcome import Outcome
from pb.tally.pabulib import PabulibFile
from pb.tally.rules import Rule, with_switches, with_ties_by_id

BOTH_DEFAULTS = ("most_votes", "equal_shares")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How somebody asks for a count.

    preset: None for the rule that the file declares. switches: name -> value, as text.
    ties_by_id: break every tie by the project id alone. seed: of the lots, None for those given.
    """

    preset: str | None = None
    switches: Mapping[str, str] = field(default_factory=dict)
    ties_by_id: bool = False
    seed: str | None = None

    def rule_for(self, file: PabulibFile) -> Rule:
        """Return the rule to count a file by. Raises CountRefused for what there is not."""
        try:
            rule = file.rule if self.preset is None else asked_rule(self.preset, file.meta)
            rule = with_ties_by_id(rule) if self.ties_by_id else rule
            return with_switches(rule, self.switches)
        except ValueError as error:
            raise CountRefused(str(error)) from None


@dataclass(frozen=True, slots=True)
class CountedFile:
    """A file with its election and its outcome."""

    file: PabulibFile
    election: Election
    outcome: Outcome


def count_file(path: Path, wish: Wish) -> CountedFile:
    """Count a file. Raises UnreadableElection and CountRefused."""
    file = pabulib.read(path)
    election = pabulib.to_election(file)
    return CountedFile(file, election, count(election, wish.rule_for(file), seed=wish.seed))


def count_folder(folder: Path, wish: Wish) -> Iterator[tuple[Path, CountedFile | Exception]]:
    """Count every Pabulib file of a folder, by name; what goes wrong comes in its place."""
    for path in sorted(folder.glob("*.pb")):
        try:
            yield path, count_file(path, wish)
        except (UnreadableElection, CountRefused) as problem:
            yield path, problem


def as_line(path: Path, found: CountedFile | Exception) -> str:
    """Return one line of JSON for a file of a folder: the result file, or what went wrong."""
    if isinstance(found, Exception):
        values: dict[str, object] = {"error": str(found)}
    else:
        values = {**found.outcome.document(), "notes": list(found.file.notes)}
    return json.dumps({"file": path.name, **values}, sort_keys=True, ensure_ascii=False)


def written(counted: CountedFile, *, explained: bool = False) -> str:
    """Return an outcome as Dutch text: the sums, the list, the steps; or a reason per project."""
    outcome, names = counted.outcome, names_of(counted.election)
    lines = [*_sums(outcome), "", *_funded(outcome, names)]
    if explained:
        lines += ["", "Waarom wel, waarom niet:", *_reasons(outcome, names)]
    else:
        lines += ["", "Stap voor stap:", *_steps(outcome, names)]
    for tie in outcome.ties:
        matters = "Een andere volgorde gaf een andere uitslag." if tie.changes_outcome else ""
        winner, rival = _shown(tie.winner, names), _shown(tie.rival, names)
        what = f"Gelijk: {winner} en {rival}. Voor ging: {CRITERIA[tie.criterion]}."
        lines.append(f"{what} {matters}".rstrip())
    lines += [f"Let op: {note}." for note in counted.file.notes]
    return "\n".join(lines) + "\n"


def side_by_side(outcomes: Mapping[str, Outcome], election: Election) -> str:
    """Return several outcomes of one election as a Dutch table, the most votes first."""
    names = names_of(election)
    any_outcome = next(iter(outcomes.values()))
    width = max(len(name) for name in outcomes) + 2
    heading = "".join(f"{name:>{width}}" for name in outcomes)
    lines = [election.title or "Telling", "", f"{'':7}{'':>9}{heading}"]
    projects = sorted(
        election.projects, key=lambda each: (-any_outcome.projects[each.id].votes, each.id)
    )
    lines.append(f"{'stemmen':>7}{'':>9}")
    for project in projects:
        marks = "".join(
            f"{'gekozen' if project.id in outcome.selected else '-':>{width}}"
            for outcome in outcomes.values()
        )
        votes = any_outcome.projects[project.id].votes
        lines.append(f"{votes:7}{'':>9}{marks}  {_shown(project.id, names)[:60]}")
    figures: dict[str, Callable[[Outcome], str]] = {
        "gekozen": lambda outcome: str(len(outcome.selected)),
        "besteed": lambda outcome: in_dutch(outcome.spent, outcome.currency),
        "met een gekozen plan": lambda outcome: _share(
            outcome.voters_with_a_funded_choice, outcome.voters
        ),
    }
    for what, figure in figures.items():
        cells = "".join(f"{figure(outcome):>{width}}" for outcome in outcomes.values())
        lines.append(f"{what:<16}{cells}" if len(what) <= 16 else f"{what}\n{'':16}{cells}")
    return "\n".join(lines) + "\n"


def names_of(election: Election) -> dict[str, str]:
    """Return what projects, areas and themes are called; in a file an area's id is its name."""
    themes = {theme for project in election.projects for theme in project.themes}
    groups = {name: name for name in {project.area for project in election.projects} | themes}
    return groups | {project.id: f"{project.id} {project.name}" for project in election.projects}


def _sums(outcome: Outcome) -> list[str]:
    """Return what was counted and what it came to."""
    currency = outcome.currency
    served = outcome.voters_with_a_funded_choice
    lines = [
        outcome.title or "Telling",
        f"Regel: {outcome.rule.name} ({outcome.rule.family.value})",
        f"Stembiljetten: {outcome.voters} geldig, {outcome.blank_ballots} leeg",
        f"Budget: {in_dutch(outcome.budget, currency)}",
        f"Gekozen: {len(outcome.selected)} van {len(outcome.projects)} plannen",
        f"Besteed: {in_dutch(outcome.spent, currency)}",
        f"Over: {_signed(outcome.leftover, currency)}",
        f"Kiezers met een gekozen plan: {served} ({_share(served, outcome.voters)})",
    ]
    if outcome.endowment is not None and outcome.start_endowment is not None:
        lines.append(
            f"Deel per kiezer: eerst {in_dutch(outcome.start_endowment // 1, currency)}, na "
            f"{outcome.increments} keer verhogen {in_dutch(outcome.endowment // 1, currency)}"
        )
        lines.append(f"Exact geteld omdat afronden niet kon: {outcome.fallbacks} keer")
    if outcome.comparison is not None:
        kept = "deze regel" if outcome.comparison.keeps_rule else "de meeste stemmen"
        lines.append(
            f"Vergeleken: {outcome.comparison.prefer_rule} kiezers hebben meer aan deze regel, "
            f"{outcome.comparison.prefer_most_votes} aan de meeste stemmen. Gehouden: {kept}"
        )
    return lines


def _funded(outcome: Outcome, names: Mapping[str, str]) -> Iterator[str]:
    """Yield the funded projects in order of purchase."""
    for place, name in enumerate(outcome.selected, start=1):
        cost = in_dutch(outcome.projects[name].cost, outcome.currency)
        pool = " (uit de restpot)" if name in outcome.completed else ""
        yield f"{place:3}. {_shown(name, names)}: {cost}{pool}"
    if outcome.partly_funded is not None:
        name, amount = outcome.partly_funded
        yield f"   . {_shown(name, names)}: een deel, {in_dutch(amount, outcome.currency)}"


def _steps(outcome: Outcome, names: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence per decision."""
    for step in outcome.steps:
        text = sentence(explain(step, outcome), names, outcome.currency)
        yield f"{step.number:3}. {_shown(step.project, names)}. {text}"


def _reasons(outcome: Outcome, names: Mapping[str, str]) -> Iterator[str]:
    """Yield all there is to say about each project, the most votes first."""
    ordered = sorted(outcome.projects, key=lambda name: (-outcome.projects[name].votes, name))
    for name in ordered:
        yield _shown(name, names)
        for explanation in reasons(name, outcome):
            yield f"    {sentence(explanation, names, outcome.currency)}"


def _shown(name: str, names: Mapping[str, str]) -> str:
    return names.get(name, name)


def _share(part: int, whole: int) -> str:
    """Return a part of a whole as a percentage with one decimal, rounded as the pages do."""
    if not whole:
        return "-"
    tenths = round(Fraction(1000 * part, whole))
    return f"{tenths // 10},{tenths % 10} %"


def _signed(cents: int, currency: str) -> str:
    """Return an amount that may be below zero."""
    return f"-{in_dutch(-cents, currency)}" if cents < 0 else in_dutch(cents, currency)
