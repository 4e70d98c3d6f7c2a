"""One count, from opened ballots to bytes that are kept. Pure: the same input, the same bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pb.results import document, election
from pb.results.domain import (
    AreaTurnout,
    CountedPlan,
    CountsDisagree,
    ListedBallot,
    Pot,
    Result,
)
from pb.rounds.domain import Round
from pb.tally import pabulib, pabulib_writer
from pb.tally.election import Election
from pb.tally.errors import CountRefused
from pb.tally.outcome import Outcome
from pb.tally.rules import Rule, count


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a count leaves behind.

    document, document_hash: the result. election: the Pabulib file, None when nobody voted.
    ballots: the lines of the public list.
    """

    result: Result
    document: bytes
    document_hash: str
    election: bytes | None
    ballots: tuple[ListedBallot, ...]


def count_ballots(
    voting_round: Round,
    plans: Sequence[CountedPlan],
    ballots: Sequence[ListedBallot],
    turnout: Sequence[AreaTurnout],
    *,
    municipality: str,
) -> Counted:
    """Count the ballots of a round by the rule of its framework.

    Raises CountsDisagree when the file that will be public does not give the same outcome.
    """
    framework = voting_round.framework
    to_count = election.build(framework, plans, ballots)
    rule = election.rule_of(framework.counting)
    outcome = count(to_count, rule)
    facts = election.file_facts(framework, voting_round.slug, municipality)
    file = _file(to_count, rule, facts)
    if file is not None:
        _refuse_other_outcome(file, outcome)
    result = Result(
        round_slug=voting_round.slug,
        title=framework.title,
        framework_version=voting_round.framework_version,
        framework_hash=voting_round.framework_hash or "",
        leftover_goes=framework.counting.leftover,
        kind=framework.ballot.kind,
        plans=tuple(sorted(plans, key=lambda plan: plan.number)),
        areas=tuple(Pot(id=each.id, name=each.name, limit=each.budget) for each in framework.areas),
        themes=tuple(
            Pot(id=each.id, name=each.name, limit=each.ceiling) for each in framework.themes
        ),
        turnout=tuple(turnout),
        outcome=outcome,
        what_if=_what_if(to_count, election.other_rule(framework.counting)),
        election_hash=hashlib.sha256(file).hexdigest() if file else "",
    )
    content, content_hash = document.write(result)
    return Counted(
        result=result,
        document=content,
        document_hash=content_hash,
        election=file,
        ballots=tuple(ballots),
    )


def _file(to_count: Election, rule: Rule, facts: dict[str, str]) -> bytes | None:
    if not to_count.ballots:
        return None
    return pabulib_writer.write(to_count, rule, facts).encode()


def _what_if(to_count: Election, rule: Rule) -> Outcome | None:
    try:
        return count(to_count, rule)
    except CountRefused:
        return None


def _refuse_other_outcome(file: bytes, outcome: Outcome) -> None:
    """Count once more, from the file that everybody gets."""
    again, rule = pabulib.to_election(pabulib.parse(file, "uitslag.pb"))
    if count(again, rule).as_dict() != outcome.as_dict():
        raise CountsDisagree
