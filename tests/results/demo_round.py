"""The demonstration round as values, and a count of it without a store."""

import json

from pb.foundation.money import euros
from pb.frameworks.domain import Area, BallotRules, Theme
from pb.results.counting import count_ballots
from pb.results.domain import AreaTurnout, CountedPlan, ListedBallot
from pb.rounds.domain import Round, State
from pb.trials.ganzerik import DATA
from tests.builders import a_framework

DEMO = json.loads((DATA / "demo_round.json").read_text())
CAST = json.loads((DATA / "demo_ballots.json").read_text())["ballots"]

PLANS = [
    CountedPlan(
        number=int(plan["id"][1:]),
        title=plan["title"],
        titles=plan["title_translations"],
        cost=euros(plan["cost_reviewed_eur"]),
        area_id=plan["area_id"],
        theme_id=plan["theme_id"],
        lot_number=plan["ballot_number"],
    )
    for plan in DEMO["proposals"]
    if plan["ballot_number"]
]
BALLOTS = [
    ListedBallot(
        code=ballot["ballot_id"], choices=tuple(int(choice[1:]) for choice in ballot["choices"])
    )
    for ballot in CAST
]
TURNOUT = [
    AreaTurnout(area_id=area["area_id"], name="", eligible=area["eligible"], voted=area["used"])
    for area in DEMO["turnout"]["by_area"]
]


def a_demo_round(**changes):
    framework = a_framework(
        total=euros(120_000),
        areas=tuple(
            Area(id=area["id"], name=area["name"], budget=euros(area["budget_eur"]))
            for area in DEMO["areas"]
        ),
        themes=tuple(
            Theme(id=theme["id"], name=theme["name"], ceiling=euros(theme["ceiling_eur"]))
            for theme in DEMO["themes"]
        ),
        max_cost=euros(20_000),
        ballot=BallotRules(max_choices=5),
        **changes,
    )
    return Round(
        slug="ganzerik",
        state=State.VOTING,
        entered=State.BALLOT_PUBLISHED,
        passed=frozenset(),
        framework=framework,
        framework_version=1,
        framework_hash="abc",
    )


def counted(plans=PLANS, ballots=BALLOTS, **changes):
    return count_ballots(a_demo_round(**changes), plans, ballots, TURNOUT, municipality="dorrewold")
