"""The round that benchmarks measure: 85 plans, three areas, voting open today."""

from datetime import timedelta

from pb.foundation.clock import system_clock
from pb.foundation.money import Cents, euros
from pb.frameworks.domain import (
    Area,
    BallotRules,
    Contact,
    Counting,
    Dates,
    DecisionPower,
    Framework,
    Promise,
    Theme,
)
from pb.trials import staging
from pb.trials.staging import StagedPlan

PLANS = 85


def measured_plans() -> list[StagedPlan]:
    """Return the plans of the measured round."""
    return [
        StagedPlan(
            number=number,
            title=f"Plan {number} voor een groene en veilige straat",
            summary="Wij willen dat de straat groener wordt en dat kinderen er kunnen spelen. " * 3,
            cost=euros(900 + 137 * number),
            area_id=f"A{number % 3 + 1}",
            theme_id=f"T{number % 5 + 1}",
            lot_number=(number * 7) % PLANS + 1,
        )
        for number in range(1, PLANS + 1)
    ]


def measured_framework() -> Framework:
    """Return a framework whose voting is open today."""
    today = system_clock().replace(hour=0, minute=0, second=0, microsecond=0)
    opens = today - timedelta(days=7)
    return Framework(
        title="Buurtbudget van de meting",
        neighbourhood="De Meting",
        council="Wijkraad De Meting",
        why="Om te meten.",
        decision_power=DecisionPower.BINDING,
        decision_power_reason="",
        promise=Promise(text="Dit is een meting."),
        preconditions=staging.IN_ORDER,
        contact=Contact(name="pb bench", phone="geen", hours="geen"),
        helpers=staging.HELPERS,
        total=euros(500_000),
        areas=tuple(
            Area(id=f"A{n}", name=f"Gebied {n}", budget=Cents(euros(500_000) // 4 * (1 + (n == 1))))
            for n in (1, 2, 3)
        ),
        themes=tuple(Theme(id=f"T{n}", name=f"Thema {n}") for n in range(1, 6)),
        min_cost=euros(1),
        max_cost=euros(20_000),
        upkeep_per_year=euros(0),
        upkeep_years=0,
        criteria=(staging.CRITERION,),
        who_may_propose="Niemand.",
        who_may_not_propose="Niemand.",
        who_may_vote="De meting.",
        voting_age=0,
        plans_per_owner=PLANS,
        offline_ways=("Geen: dit is een meting.",),
        desks=(staging.DESK,),
        dates=Dates(
            proposals_open=opens - timedelta(weeks=16),
            proposals_close=opens - timedelta(weeks=10),
            reconsideration_opens=opens - timedelta(weeks=6),
            reconsideration_closes=opens - timedelta(weeks=3),
            voting_opens=opens,
            voting_closes=opens + timedelta(weeks=3),
            result_by=opens + timedelta(weeks=4),
            completed_by=opens + timedelta(weeks=60),
        ),
        ballot=BallotRules(min_choices=1, max_choices=5),
        counting=Counting(),
    )
