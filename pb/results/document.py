"""A result as a document: the canonical JSON that is hashed, stored and published, and back.

The document is what ``uitslag.json`` holds, byte for byte, so that anybody can compare its
SHA-256 with the one in the public log. Words in it are English keys and the names that
people gave to areas, themes and plans; nothing in it depends on the language of a page. Under
``count`` stands the result file of the tally as it is (``docs/result-file.md``).
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pb.foundation.canonical import canonical_json
from pb.foundation.money import Cents
from pb.results.domain import AreaTurnout, CountedPlan, Pot, Result, ResultDamaged
from pb.tally.election import BallotKind
from pb.tally.outcome import Outcome

FORMAT = "pb-result/2"


def to_document(result: Result) -> dict[str, Any]:
    """Return a result as JSON values; money in cents, but in the result files as they have it."""
    return {
        "format": FORMAT,
        "round": result.round_slug,
        "title": result.title,
        "framework": {"version": result.framework_version, "sha256": result.framework_hash},
        "leftover_goes": result.leftover_goes,
        "ballot_kind": result.kind.value,
        "plans": [_plan_document(plan) for plan in result.plans],
        "areas": [_pot_document(pot) for pot in result.areas],
        "themes": [_pot_document(pot) for pot in result.themes],
        "turnout": [_turnout_document(area) for area in result.turnout],
        "count": result.outcome.document(),
        "what_if": result.what_if.document() if result.what_if else None,
    }


def from_document(document: Mapping[str, Any]) -> Result:
    """Return the result that ``to_document`` wrote. Raises KeyError or ValueError otherwise."""
    if document["format"] != FORMAT:
        raise ValueError("The document of a result has another format.")
    what_if = document["what_if"]
    return Result(
        round_slug=document["round"],
        title=document["title"],
        framework_version=document["framework"]["version"],
        framework_hash=document["framework"]["sha256"],
        leftover_goes=document["leftover_goes"],
        kind=BallotKind(document["ballot_kind"]),
        plans=tuple(_plan(plan) for plan in document["plans"]),
        areas=tuple(_pot(pot) for pot in document["areas"]),
        themes=tuple(_pot(pot) for pot in document["themes"]),
        turnout=tuple(_turnout(area) for area in document["turnout"]),
        outcome=Outcome.from_document(document["count"]),
        what_if=Outcome.from_document(what_if) if what_if else None,
    )


def write(result: Result) -> tuple[bytes, str]:
    """Return the canonical JSON of a result and its SHA-256."""
    content = canonical_json(to_document(result))
    return content, hashlib.sha256(content).hexdigest()


def read(content: bytes, content_hash: str) -> Result:
    """Return the result that was written, from memory when it was read before.

    Raises ResultDamaged when the bytes are not those that were hashed at the count.
    """
    if hashlib.sha256(content).hexdigest() != content_hash:
        raise ResultDamaged(content_hash)
    return _read(content)


@lru_cache(maxsize=16)
def _read(content: bytes) -> Result:
    return from_document(json.loads(content))


def _plan_document(plan: CountedPlan) -> dict[str, Any]:
    return {
        "number": plan.number,
        "id": plan.id,
        "title": plan.title,
        "titles": dict(plan.titles),
        "cost_cents": plan.cost,
        "area": plan.area_id,
        "theme": plan.theme_id,
        "lot": plan.lot_number,
        "withdrawn": plan.withdrawn,
    }


def _plan(plan: Mapping[str, Any]) -> CountedPlan:
    return CountedPlan(
        number=plan["number"],
        title=plan["title"],
        titles=plan["titles"],
        cost=Cents(plan["cost_cents"]),
        area_id=plan["area"],
        theme_id=plan["theme"],
        lot_number=plan["lot"],
        withdrawn=plan["withdrawn"],
    )


def _pot_document(pot: Pot) -> dict[str, Any]:
    return {"id": pot.id, "name": pot.name, "limit_cents": pot.limit}


def _pot(pot: Mapping[str, Any]) -> Pot:
    limit = pot["limit_cents"]
    return Pot(id=pot["id"], name=pot["name"], limit=None if limit is None else Cents(limit))


def _turnout_document(area: AreaTurnout) -> dict[str, Any]:
    return {"area": area.area_id, "name": area.name, "eligible": area.eligible, "voted": area.voted}


def _turnout(area: Mapping[str, Any]) -> AreaTurnout:
    return AreaTurnout(
        area_id=area["area"], name=area["name"], eligible=area["eligible"], voted=area["voted"]
    )
