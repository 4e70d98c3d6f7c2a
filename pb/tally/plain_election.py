"""An election as plain values for JSON, for programs that do not read Pabulib files."""

from collections.abc import Mapping
from dataclasses import fields

from pb.tally.election import Ballot, BallotLimits, Election, named_on
from pb.tally.money import to_units
from pb.tally.rules import Rule


def plain(election: Election, rule: Rule, meta: Mapping[str, str]) -> dict[str, object]:
    """Return everything of an election and its rule.

    Amounts are texts in units of the currency ("76700" or "76700.50"). Points are whole numbers,
    ``points_scale`` times those in the file. Limits that are not set are left out.
    meta: what a file says beside the election; taken over as it is.
    """
    return {
        "format": "pb-election/1",
        "title": election.title,
        "currency": election.currency,
        "input_sha256": election.input_sha256,
        "budget": to_units(election.budget),
        "kind": election.kind.value,
        "limits": _limits(election.limits),
        "projects": [
            {
                "id": project.id,
                "name": project.name,
                "cost": to_units(project.cost),
                "withdrawn": project.is_withdrawn,
                "area": project.area,
                "themes": list(project.themes),
                "lot": project.lot,
            }
            for project in election.projects
        ],
        "ballots": [_ballot(ballot, voters) for ballot, voters in sorted(election.ballots.items())],
        "points_scale": election.points_scale,
        "area_budgets": _amounts(election.area_budgets),
        "theme_ceilings": _amounts(election.theme_ceilings),
        "exclusive_groups": [list(group) for group in election.exclusive_groups],
        "rule": rule.as_dict(),
        "meta": dict(meta),
    }


def _limits(limits: BallotLimits) -> dict[str, object]:
    """Return the limits that are set; those of money as amounts."""
    values: dict[str, object] = {}
    for each in fields(limits):
        value = getattr(limits, each.name)
        if value is None or value == {}:
            continue
        if "cost" in each.name:
            value = to_units(value) if isinstance(value, int) else _amounts(value)
        values[each.name] = value
    return values


def _amounts(cents: Mapping[str, int]) -> dict[str, str]:
    return {name: to_units(amount) for name, amount in cents.items()}


def _ballot(ballot: Ballot, voters: int) -> dict[str, object]:
    """Return a ballot and how many voters cast it; points only where there are any."""
    values: dict[str, object] = {"choices": list(named_on(ballot)), "voters": voters}
    points = [choice[1] for choice in ballot if not isinstance(choice, str)]
    return values | {"points": points} if points else values
