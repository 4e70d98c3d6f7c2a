"""The municipality's answer to a plan as JSON, and back."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pb.proposals.domain import Answer, ProposalState


def answer_to_document(answer: Answer | None) -> dict[str, Any]:
    """Return an answer as JSON values; an empty object when there is none."""
    if answer is None:
        return {}
    return {**asdict(answer), "verdict": answer.verdict.value, "at": answer.at.isoformat()}


def answer_from_document(document: dict[str, Any]) -> Answer | None:
    """Return the answer that ``answer_to_document`` wrote, or None when there is none."""
    if not document:
        return None
    return Answer(
        **{
            **document,
            "verdict": ProposalState(document["verdict"]),
            "at": datetime.fromisoformat(document["at"]),
        }
    )
