"""One count, from opened ballots to bytes that are kept. Pure: the same input, the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

from pb.ballots import election
from pb.results import document, second_count
from pb.results.domain import (
    AreaTurnout,
    CountedPlan,
    CountImpossible,
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
from pb.tally.rules import Rule

FILE_NAME = "stemmen.pb"


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

    What is counted is what the public file says, so that everybody can count the same.
    Raises CountsDisagree when the second program finds anything else, and CountImpossible when
    the rule cannot count these ballots.
    """
    framework = voting_round.framework
    rule = framework.counting.full_rule
    withdrawn = frozenset(plan.number for plan in plans if plan.withdrawn)
    to_count = election.build(framework, plans, ballots, withdrawn)
    facts = election.file_facts(framework, voting_round.slug, municipality)
    file = _file(to_count, rule, facts)
    if file is not None:
        to_count = _as_in_file(file, to_count, rule)
    try:
        outcome = _counted(to_count, rule)
    except CountRefused:
        raise CountImpossible from None
    if file is not None:
        refuse_unless_recounted(file, outcome)
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
        what_if=_what_if(to_count, election.other_rule(rule)),
    )
    content, content_hash = document.write(result)
    return Counted(
        result=result,
        document=content,
        document_hash=content_hash,
        election=file,
        ballots=tuple(ballots),
    )


def refuse_unless_recounted(file: bytes, outcome: Outcome) -> None:
    """Count the public file once more, with the other program.

    Raises CountsDisagree when its result file differs in a single byte.
    """
    if not second_count.agrees(file, outcome):
        raise CountsDisagree


def _file(to_count: Election, rule: Rule, facts: dict[str, str]) -> bytes | None:
    if not to_count.ballots:
        return None
    return pabulib_writer.write(to_count, rule, facts).encode()


def _as_in_file(file: bytes, written: Election, rule: Rule) -> Election:
    """Return the election that a file holds. Raises CountsDisagree when something got lost."""
    read = pabulib.parse(file, FILE_NAME)
    found = pabulib.to_election(read)
    same = (
        found.budget == written.budget
        and found.projects == written.projects
        and found.ballots == written.ballots
        and found.area_budgets == written.area_budgets
        and found.theme_ceilings == written.theme_ceilings
    )
    if not same or read.rule != rule:
        raise CountsDisagree
    return found


def _counted(election: Election, rule: Rule) -> Outcome:
    """Count an election. Raises CountRefused."""
    from pb.tally.count import count  # numpy, which no page that is served needs in memory

    return count(election, rule)


def _what_if(to_count: Election, rule: Rule) -> Outcome | None:
    try:
        return _counted(to_count, rule)
    except CountRefused:
        return None
