"""A round up to its last vote, through the services, and a count of it by two people."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pb.accounts.domain import Role
from pb.ballots import service as ballots
from pb.ballots.domain import BallotContent, Receipt
from pb.frameworks.domain import Framework
from pb.proposals import service as proposals
from pb.proposals.writing import Writing, WrittenLine
from pb.results import service
from pb.reviews import service as reviews
from pb.reviews.domain import CriterionAnswer, Decision, Mark, Verdict
from pb.tokens import service as tokens
from pb.tokens.order import LetterOrder
from tests.builders import DATES, a_framework, a_round, an_actor, prove
from tests.ceremonies import hold_ceremony, typed

SLUG = "proef"
CLOSED = DATES.voting_closes + timedelta(hours=1)
COUNTED = DATES.voting_closes + timedelta(days=1)
PUBLISHED = DATES.voting_closes + timedelta(days=3)
LETTERS = (("A1", 20), ("A2", 20))


@dataclass(frozen=True)
class Plan:
    """A plan on the list: what it is called, its euros, its area and its theme."""

    title: str
    euros: int
    area_id: str = "A1"
    theme_id: str = "T1"


# Noord has EUR 20,000 and Zuid 10,000; Groen at most 15,000 and Spelen 20,000.
PLANS = (
    Plan("Bankjes", 4_000),
    Plan("Bomen", 10_000),
    Plan("Speelplek", 9_000, theme_id="T2"),
    Plan("Bloemen", 6_000),
    Plan("Glijbaan", 7_500, "A2", "T2"),
)
# Per ballot the numbers of the chosen plans: 5, 4, 4, 3 and 2 votes for plans 1 to 5.
BALLOTS = ((1, 2, 3), (1, 2, 4), (1, 2, 3), (1, 3, 4), (1, 2, 4), (3, 5), (5,))


@dataclass(frozen=True)
class Voted:
    """A round whose voting is over: the private links by plan number, and the receipts."""

    slug: str
    secrets: dict[int, str]
    receipts: list[Receipt]


def a_voted_round(
    slug: str = SLUG,
    *,
    framework: Framework | None = None,
    plans: Sequence[Plan] = PLANS,
    votes: Iterable[Sequence[int]] = BALLOTS,
    lots: dict[int, int] | None = None,
    letters: tuple[tuple[str, int], ...] = LETTERS,
) -> Voted:
    """A round in which these ballots were cast. Move the clock to ``CLOSED`` to count them."""
    a_round(slug, framework=framework)
    links = {number: _send(slug, plan) for number, plan in enumerate(plans, 1)}
    _review(slug, framework or a_framework(), links)
    manager = an_actor()
    listed = DATES.reconsideration_closes + timedelta(days=1)
    prove(slug, now=listed)
    reviews.publish_ballot_list(
        slug, by=manager, now=listed, lots=lots or {number: number for number in links}
    )
    codes = _mint(slug, letters, listed)
    receipts = [
        ballots.cast(
            slug,
            code,
            BallotContent(tuple(choices)),
            submission=secrets.token_bytes(16),
            now=DATES.voting_opens + timedelta(days=2),
        )
        for code, choices in zip(codes, votes, strict=False)
    ]
    return Voted(slug, links, receipts)


def a_counted_round(**changes: object) -> Voted:
    """A round whose votes two people counted; its outcome is not public yet."""
    voted = a_voted_round(**changes)
    count(voted.slug)
    return voted


def a_published_round(**changes: object) -> Voted:
    """A round whose result the council published."""
    voted = a_counted_round(**changes)
    publish(voted.slug)
    return voted


def count(slug: str = SLUG) -> None:
    """Let two people count the votes."""
    service.propose(slug, by=an_actor(Role.COUNTER, staff_id=11), now=CLOSED)
    service.confirm(slug, typed(), by=an_actor(Role.ROUND_MANAGER, staff_id=12), now=COUNTED)


def publish(slug: str = SLUG) -> None:
    """Let the council publish the outcome."""
    service.publish(
        slug, "Dank aan iedereen.", by=an_actor(Role.COUNCIL, staff_id=13), now=PUBLISHED
    )


def _send(slug: str, plan: Plan) -> str:
    now = DATES.proposals_open + timedelta(days=1)
    secret = proposals.start_draft(slug, now=now)
    writing = Writing(
        title=plan.title,
        summary=f"{plan.title} voor de buurt.",
        situation="Nu is er niets.",
        place="Bij het plein",
        area_id=plan.area_id,
        theme_id=plan.theme_id,
        lines=(WrittenLine("Alles", str(plan.euros)),),
        upkeep="100",
        own_part="Wij helpen mee.",
        care="De buurt zorgt ervoor.",
        pseudonym="Een buur",
        reach="buur@voorbeeld.example",
    )
    proposals.save_draft(slug, secret, writing, now=now)
    proposals.send(slug, secret, now=now)
    return secret


def _review(slug: str, framework: Framework, numbers: Iterable[int]) -> None:
    now = DATES.proposals_close + timedelta(days=1)
    answers = tuple(
        CriterionAnswer(criterion=each.code, mark=Mark.YES) for each in framework.criteria
    )
    reviewer = an_actor(Role.REVIEWER, staff_id=3)
    decision = Decision(verdict=Verdict.FEASIBLE, reason="Het past.")
    for number in numbers:
        reviews.assess(slug, number, answers, by=reviewer, now=now)
        reviews.decide(slug, number, decision, by=reviewer, now=now)


def _mint(slug: str, letters: tuple[tuple[str, int], ...], now: object) -> list[str]:
    manager, colleague = an_actor(), an_actor(staff_id=2)
    tokens.propose(slug, LetterOrder(letters=letters), by=manager, now=now)
    tokens.confirm(slug, by=colleague, now=now)
    hold_ceremony(slug, now)
    minting = tokens.mint(slug, by=manager, now=now)
    ballots.prepare(slug, by=manager, now=now)
    return [each.code.grouped() for each in minting.printables]
