"""Builders: a framework, an actor, a round in a state. Name only what the test is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pb.accounts.actor import Actor
from pb.accounts.domain import ROLE_LABELS, Role
from pb.foundation.money import euros
from pb.frameworks import service as frameworks
from pb.frameworks.domain import (
    PRECONDITIONS,
    Answer,
    Area,
    BallotRules,
    Contact,
    Counting,
    Criterion,
    Dates,
    DecisionPower,
    Desk,
    Framework,
    Precondition,
    Promise,
    Theme,
)
from pb.proposals import service as proposals
from pb.proposals.ballot_list import proof_of
from pb.proposals.domain import Receipt
from pb.proposals.risk import Insurance, LiableParty, RiskKind, RiskLevel, RiskProfile
from pb.proposals.writing import Writing, WrittenLine
from pb.reviews import service as reviews
from pb.reviews import sign_off
from pb.reviews.domain import CriterionAnswer, Decision, Mark, NextStep, Verdict
from pb.reviews.proof import Reached, ReachedBy
from pb.rounds import service as rounds
from pb.rounds.domain import State

START = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)

DATES = Dates(
    proposals_open=START + timedelta(weeks=4),
    proposals_close=START + timedelta(weeks=10),
    reconsideration_opens=START + timedelta(weeks=16),
    reconsideration_closes=START + timedelta(weeks=18),
    voting_opens=START + timedelta(weeks=22),
    voting_closes=START + timedelta(weeks=25),
    result_by=START + timedelta(weeks=26),
    completed_by=START + timedelta(weeks=90),
)


def a_framework(**changes: Any) -> Framework:
    """A small framework that may be sealed: two areas, two themes, EUR 30,000."""
    framework = Framework(
        title="Buurtbudget De Proef",
        neighbourhood="De Proef",
        council="Wijkraad De Proef",
        why="Bewoners weten wat hun buurt nodig heeft.",
        decision_power=DecisionPower.BINDING,
        decision_power_reason="",
        promise=Promise(text="Wij voeren de uitslag uit.", signed_by=("College", "Wijkraad")),
        preconditions=tuple(
            Precondition(code=code, label=label, answer=Answer.YES)
            for code, label in PRECONDITIONS.items()
        ),
        contact=Contact(name="Team buurtbudget", phone="0900-000000", hours="ma-do 9.00-17.00 uur"),
        helpers=("Opbouwwerker, vervanger: jongerenwerker",),
        total=euros(30_000),
        areas=(
            Area(id="A1", name="Noord", budget=euros(20_000), eligible=600),
            Area(id="A2", name="Zuid", budget=euros(10_000), eligible=400),
        ),
        themes=(
            Theme(id="T1", name="Groen", ceiling=euros(15_000)),
            Theme(id="T2", name="Spelen", ceiling=euros(20_000)),
        ),
        min_cost=euros(500),
        max_cost=euros(10_000),
        upkeep_per_year=euros(600),
        upkeep_years=5,
        criteria=(
            Criterion(code="public_ground", label="Het plan komt op openbare grond"),
            Criterion(code="legal", label="Het plan mag van de wet"),
        ),
        who_may_propose="Bewoners vanaf 12 jaar.",
        who_may_not_propose="Raadsleden.",
        who_may_vote="Bewoners vanaf 12 jaar.",
        voting_age=12,
        plans_per_owner=2,
        offline_ways=("Aan de balie van De Brug",),
        desks=(Desk(place="De Brug", when="woensdag 13.00 tot 16.00 uur", languages=("nl", "ar")),),
        dates=DATES,
        ballot=BallotRules(min_choices=1, max_choices=3),
        counting=Counting(leftover="Wat overblijft gaat naar de volgende ronde."),
    )
    return replace(framework, **changes)


def an_actor(role: Role = Role.ROUND_MANAGER, staff_id: int = 1) -> Actor:
    """Somebody of the staff with one role."""
    return Actor(staff_id=staff_id, label=ROLE_LABELS[role], roles=frozenset({role}))


def a_round(
    slug: str = "proef", *, framework: Framework | None = None, now: datetime = START
) -> str:
    """An announced round: its framework sealed by two people. The clock does the rest.

    Move the clock to ``DATES.proposals_open`` and so on to reach the states of the clock.
    """
    manager, colleague = an_actor(), an_actor(staff_id=2)
    rounds.create(slug, framework or a_framework(), by=manager, now=now)
    frameworks.sign(slug, by=manager, now=now)
    frameworks.sign(slug, by=colleague, now=now)
    rounds.announce(slug, by=manager, now=now)
    assert rounds.get(slug, now).state is State.ANNOUNCED
    return slug


def a_writing(**changes: Any) -> Writing:
    """A plan as a resident types it, complete and within the framework: EUR 2,500.50."""
    writing = Writing(
        title="Bankje bij de vijver",
        summary="Wij willen een bankje waar ook een rolstoel naast past.",
        situation="Er staat nu niets.",
        place="Lindepark",
        area_id="A1",
        theme_id="T1",
        lines=(WrittenLine("Bankje", "2.000,50"), WrittenLine("Plaatsen", "500")),
        upkeep="100",
        own_part="Wij maken het schoon.",
        care="De buren.",
        pseudonym="Groene Vingers",
        reach="0900-123456",
    )
    return replace(writing, **changes)


def a_plan(slug: str, *, now: datetime = DATES.proposals_open, **changes: Any) -> Receipt:
    """A plan that was sent; the receipt has its number and the secret of its private link."""
    secret = proposals.start_draft(slug, now=now)
    proposals.save_draft(slug, secret, a_writing(**changes), now=now)
    return proposals.send(slug, secret, now=now)


def answers(*marks: Mark) -> tuple[CriterionAnswer, ...]:
    """Answers to the criteria of ``a_framework``; those not named are yes."""
    codes = [criterion.code for criterion in a_framework().criteria]
    given = [*marks, *[Mark.YES] * (len(codes) - len(marks))]
    return tuple(CriterionAnswer(code, mark) for code, mark in zip(codes, given, strict=True))


def say_yes(slug: str, number: int, *, now: datetime = DATES.proposals_close) -> None:
    """A reviewer (staff id 5) finds a plan feasible."""
    reviewer = an_actor(Role.REVIEWER, staff_id=5)
    reviews.assess(slug, number, answers(), by=reviewer, now=now)
    decision = Decision(verdict=Verdict.FEASIBLE, reason="Het plan past in alle kaders.")
    reviews.decide(slug, number, decision, by=reviewer, now=now)


def say_no(slug: str, number: int, *, now: datetime = DATES.proposals_close) -> None:
    """A reviewer (staff id 5) finds a plan not feasible, with advice and a next step."""
    reviewer = an_actor(Role.REVIEWER, staff_id=5)
    reviews.assess(slug, number, answers(Mark.NO), by=reviewer, now=now)
    decision = Decision(
        verdict=Verdict.NOT_FEASIBLE,
        reason="Deze grond is niet openbaar.",
        advice="Vraag de corporatie om een plek.",
        next_step=NextStep.REFERRED_TO_PARTNER,
    )
    reviews.decide(slug, number, decision, by=reviewer, now=now)


def a_risk(**changes: Any) -> RiskProfile:
    """What a reviewer fills in on a risk card: a low risk that the municipality bears."""
    risk = RiskProfile(
        kind=RiskKind.SELF_MANAGED_SPACE,
        level=RiskLevel.LOW,
        liable=LiableParty.MUNICIPALITY,
        insurance=Insurance.MUNICIPALITY,
        note="De gemeente wordt eigenaar.",
    )
    return replace(risk, **changes)


def prove(slug: str, *numbers: int, now: datetime = DATES.reconsideration_closes) -> None:
    """Plans (all feasible ones by default) get a risk card, and their owners say it is right."""
    reached = Reached(ReachedBy.PHONE, now.date())
    for number in numbers or reviews.feasible_numbers(slug):
        reviewer = an_actor(Role.REVIEWER, staff_id=5)
        reviews.fill_risk_card(slug, number, a_risk(), by=reviewer, now=now)
        proof = proof_of(proposals.get(slug, number))
        sign_off.record(slug, number, proof, reached, by=an_actor(), now=now, today=now.date())


def a_ballot_list(slug: str, *, now: datetime = DATES.reconsideration_closes) -> None:
    """The list of every feasible plan is published; the lot is their order by number."""
    prove(slug, now=now)
    lots = {number: lot for lot, number in enumerate(reviews.feasible_numbers(slug), start=1)}
    reviews.publish_ballot_list(slug, lots=lots, by=an_actor(), now=now)
