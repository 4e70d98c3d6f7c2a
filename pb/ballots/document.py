"""The frozen ballot list as a document: canonical JSON that is hashed, kept and published."""

import json
from dataclasses import asdict
from typing import Any

from pb.ballots.domain import BallotList, ListedPlan
from pb.foundation.canonical import canonical_json
from pb.foundation.money import Cents
from pb.frameworks.domain import BallotRules
from pb.tally.election import BallotKind


def to_document(ballot_list: BallotList) -> bytes:
    """Return a ballot list as canonical JSON: money in cents, plans in the order of their lots."""
    plans: list[dict[str, Any]] = [asdict(plan) for plan in ballot_list.plans]
    rules: dict[str, Any] = asdict(ballot_list.rules)
    themes = dict(ballot_list.theme_names)
    return canonical_json({"plans": plans, "rules": rules, "themes": themes})


def from_document(document: bytes) -> BallotList:
    """Return the ballot list that a document describes. Raises what JSON and dataclasses raise."""
    plain = json.loads(document)
    return BallotList(
        plans=tuple(ListedPlan(**plan) for plan in plain["plans"]),
        rules=_rules(plain["rules"]),
        theme_names=plain["themes"],
    )


def _rules(plain: dict[str, Any]) -> BallotRules:
    per_theme: dict[str, Any] = {
        "max_choices_of_theme": tuple(
            (theme, most) for theme, most in plain["max_choices_of_theme"]
        ),
        "max_cost_of_theme": tuple(
            (theme, Cents(most)) for theme, most in plain["max_cost_of_theme"]
        ),
    }
    return BallotRules(**{**plain, **per_theme, "kind": BallotKind(plain["kind"])})
