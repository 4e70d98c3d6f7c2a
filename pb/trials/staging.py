"""Brings a round from nothing to a ballot box that waits for its opening, in one go.

For rounds whose plans are known beforehand: replays and benchmarks. Every act is the one
that staff and residents do, at a moment that fits the framework.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pb.accounts.actor import Actor
from pb.accounts.domain import Role
from pb.ballots import service as ballots
from pb.database.base import transaction
from pb.foundation.money import Cents
from pb.frameworks import service as frameworks
from pb.frameworks.domain import (
    PRECONDITIONS,
    Answer,
    Criterion,
    Desk,
    Framework,
    Precondition,
)
from pb.proposals import service as proposals
from pb.proposals.ballot_list import proof_of
from pb.proposals.risk import Insurance, LiableParty, RiskKind, RiskLevel, RiskProfile
from pb.proposals.writing import Writing, WrittenLine
from pb.reviews import service as reviews
from pb.reviews import sign_off
from pb.reviews.domain import CriterionAnswer, Decision, Mark, Verdict
from pb.rounds import service as rounds
from pb.tokens import service as tokens
from pb.tokens.domain import Printable
from pb.tokens.order import LetterOrder
from pb.trials import officers
from pb.trials.officers import Officers

MANAGER = Actor(staff_id=1, label="Projectleider", roles=frozenset({Role.ROUND_MANAGER}))
COLLEAGUE = Actor(staff_id=2, label="Projectleider", roles=frozenset({Role.ROUND_MANAGER}))
REVIEWER = Actor(staff_id=3, label="Adviseur", roles=frozenset({Role.REVIEWER}))
COUNTER = Actor(staff_id=4, label="Teller", roles=frozenset({Role.COUNTER}))
COUNCIL = Actor(staff_id=5, label="Wijkraad", roles=frozenset({Role.COUNCIL}))

CRITERION = Criterion(code="on_the_list", label="Het plan stond op de echte stemlijst")
IN_ORDER = tuple(
    Precondition(code=code, label=label, answer=Answer.YES) for code, label in PRECONDITIONS.items()
)
HELPERS = ("Niemand: dit is een proef.",)
DESK = Desk(place="Nergens", when="dit is een proef")

NO_RISK = RiskProfile(
    kind=RiskKind.TEMPORARY_USE,
    level=RiskLevel.LOW,
    liable=LiableParty.MUNICIPALITY,
    insurance=Insurance.NOT_NEEDED,
    note="Dit plan wordt niet uitgevoerd.",
)

# Called with a label, how much is done, and out of how much.
Progress = Callable[[str, int, int], None]


def no_progress(_label: str, _done: int, _total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedPlan:
    """A plan that goes on the ballot list as it is. ``number``: from 1, in order."""

    number: int
    title: str
    summary: str
    cost: Cents
    area_id: str
    theme_id: str
    lot_number: int


def send_plans(
    slug: str, framework: Framework, plans: Sequence[StagedPlan], progress: Progress = no_progress
) -> dict[int, str]:
    """Seal the framework and send the plans; return the private link of each number."""
    begin = framework.dates.proposals_open - timedelta(days=7)
    rounds.create(slug, framework, by=MANAGER, now=begin)
    frameworks.sign(slug, by=MANAGER, now=begin)
    frameworks.sign(slug, by=COLLEAGUE, now=begin)
    rounds.announce(slug, by=MANAGER, now=begin)
    moment = framework.dates.proposals_open + timedelta(hours=1)
    links = {}
    for plan in plans:
        secret = proposals.start_draft(slug, now=moment)
        proposals.save_draft(slug, secret, _writing(plan), now=moment)
        links[proposals.send(slug, secret, now=moment).number] = secret
        progress("plans", plan.number, len(plans))
    return links


def publish_list(
    slug: str,
    framework: Framework,
    plans: Sequence[StagedPlan],
    links: Mapping[int, str],
    progress: Progress = no_progress,
) -> None:
    """Find every plan feasible and its words right, and publish the list with the lots.

    links: the private link of each number.
    """
    moment = framework.dates.proposals_close + timedelta(days=7)
    answers = (CriterionAnswer(CRITERION.code, Mark.YES),)
    decision = Decision(verdict=Verdict.FEASIBLE, reason="Het stond op de echte stemlijst.")
    for plan in plans:
        reviews.assess(slug, plan.number, answers, by=REVIEWER, now=moment)
        reviews.decide(slug, plan.number, decision, by=REVIEWER, now=moment)
        progress("reviews", plan.number, len(plans))
    moment = framework.dates.reconsideration_opens + timedelta(hours=1)
    with transaction():  # One act for all, as nobody looks in between.
        for plan in plans:
            proof = proof_of(proposals.get(slug, plan.number))
            reviews.fill_risk_card(slug, plan.number, NO_RISK, by=REVIEWER, now=moment)
            sign_off.sign(slug, links[plan.number], proof, now=moment)
    lots = {plan.number: plan.lot_number for plan in plans}
    moment = framework.dates.reconsideration_closes + timedelta(hours=1)
    reviews.publish_ballot_list(slug, lots=lots, by=MANAGER, now=moment)


def mint(
    slug: str, framework: Framework, letters: int, progress: Progress = no_progress
) -> list[Printable]:
    """Make so many codes, spread evenly over the areas, and return them."""
    areas = [area.id for area in framework.areas if not area.whole] or [framework.areas[0].id]
    shares = [letters // len(areas) + (at < letters % len(areas)) for at in range(len(areas))]
    order = LetterOrder(letters=tuple(sorted(zip(areas, shares, strict=True))))
    moment = framework.dates.voting_opens - timedelta(days=2)
    tokens.propose(slug, order, by=MANAGER, now=moment)
    tokens.confirm(slug, by=COLLEAGUE, now=moment)

    def show(done: int, total: int) -> None:
        progress("codes", done, total)

    return tokens.mint(slug, by=MANAGER, now=moment, progress=show).printables


def make_keys(slug: str, framework: Framework) -> Officers:
    """Let three officers make the keys and rehearse; return who can open."""
    moment = framework.dates.voting_opens - timedelta(days=3)
    return officers.make_keys(slug, by=COUNTER, now=moment)


def prepare(slug: str, framework: Framework) -> None:
    """Set the ballot box up, so that the clock can open it."""
    ballots.prepare(slug, by=MANAGER, now=framework.dates.voting_opens - timedelta(days=1))


def _writing(plan: StagedPlan) -> Writing:
    whole, cents = divmod(plan.cost, 100)
    return Writing(
        title=plan.title,
        summary=plan.summary,
        place_unknown=True,
        area_id=plan.area_id,
        theme_id=plan.theme_id,
        lines=(WrittenLine("Alles samen", f"{whole},{cents:02}"),),
        pseudonym="Een inwoner",
        reach="Niemand: dit is een proef.",
    )
