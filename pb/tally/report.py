"""An outcome as the command line shows it: as values for JSON, or as plain Dutch text."""

import json
from pathlib import Path

from pb.tally import pabulib
from pb.tally.election import Election
from pb.tally.explanation import sentence
from pb.tally.money import fraction_of_units, in_dutch, to_units
from pb.tally.outcome import Outcome
from pb.tally.rules import RuleName, count, with_ties_by_id


def count_file(
    path: Path, rule_name: RuleName | None = None, *, ties_by_id: bool = False, shape: str = "text"
) -> str:
    """Count a file and return the report as text or, when ``shape`` is "json", as JSON.

    rule_name: None for the rule that the file declares.
    Raises UnreadableElection and CountRefused.
    """
    file = pabulib.read(path)
    election, rule = pabulib.to_election(file, rule_name)
    if ties_by_id:
        rule = with_ties_by_id(rule)
    outcome = count(election, rule)
    if shape == "json":
        values = report(outcome, election) | {"file": file.name, "notes": list(file.notes)}
        return json.dumps(values, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    notes = "".join(f"Let op: {note}.\n" for note in file.notes)
    return written_report(outcome, election) + notes


def report(outcome: Outcome, election: Election) -> dict[str, object]:
    """Return an outcome as plain values for JSON.

    Amounts are texts in currency units ("76700" or "76700.50"), the endowment is an exact
    fraction of a currency unit ("p/q"). Inside ``steps`` amounts are in cents, and their keys
    say so.
    """
    names = names_of_groups(election)
    share = outcome.endowment
    steps = [
        {**step.as_dict(), "sentence": sentence(step, names, election.currency)}
        for step in outcome.steps
    ]
    return {
        "title": election.title,
        "currency": election.currency,
        "rule": outcome.rule.as_dict(),
        "budget": to_units(outcome.budget),
        "cost": to_units(outcome.spent),
        "leftover": to_units(outcome.leftover),
        "selected": list(outcome.selected),
        "completed": list(outcome.completed),
        "votes": dict(outcome.votes),
        "scores": dict(outcome.scores),
        "voters": outcome.voters,
        "blank_ballots": outcome.blank_ballots,
        "voters_with_a_selected_choice": outcome.voters_with_a_selected_choice,
        "spent_by_area": {area: to_units(spent) for area, spent in outcome.spent_by_area.items()},
        "spent_by_theme": {
            theme: to_units(spent) for theme, spent in outcome.spent_by_theme.items()
        },
        "endowment": None if share is None else fraction_of_units(share),
        "increments": outcome.increments,
        "ending": None if outcome.ending is None else outcome.ending.value,
        "ties": [tie.as_dict() for tie in outcome.ties],
        "steps": steps,
    }


def written_report(outcome: Outcome, election: Election) -> str:
    """Return an outcome as Dutch text: the sums, the list, and a sentence per step."""
    currency = election.currency
    projects = {project.id: project for project in election.projects}
    names = names_of_groups(election)
    lines = [
        election.title or "Telling",
        f"Regel: {outcome.rule.name.value}",
        f"Stembiljetten: {outcome.voters} geldig, {outcome.blank_ballots} leeg",
        f"Budget: {in_dutch(outcome.budget, currency)}",
        f"Gekozen: {len(outcome.selected)} van {len(projects)} plannen",
        f"Besteed: {in_dutch(outcome.spent, currency)}",
        f"Over: {in_dutch(outcome.leftover, currency)}",
        "",
    ]
    for place, name in enumerate(outcome.selected, start=1):
        cost = in_dutch(projects[name].cost, currency)
        pool = " (uit de restpot)" if name in outcome.completed else ""
        lines.append(f"{place:3}. {name} {projects[name].name}: {cost}{pool}")
    lines += ["", "Stap voor stap:"]
    for step in outcome.steps:
        explained = sentence(step, names, currency)
        lines.append(f"{step.number:3}. {step.project} {projects[step.project].name}. {explained}")
    for tie in outcome.ties:
        lines.append(f"Gelijk: {', '.join(tie.tied)}. Beslist door: {tie.criterion.value}.")
    return "\n".join(lines) + "\n"


def names_of_groups(election: Election) -> dict[str, str]:
    """Return the names of areas and themes for sentences; in a file the id is the name."""
    themes = {theme for project in election.projects for theme in project.themes}
    return {name: name for name in {project.area for project in election.projects} | themes}
