"""What one voter paid: over all ballots it is exactly what the plans cost."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.frameworks.domain import Counting, CountingRule
from pb.results.domain import ListedBallot
from pb.results.payments import paid, weights_of
from pb.tally.count import count
from pb.tally.election import BallotKind, Election, Project, group
from pb.tally.outcome import Pass
from pb.tally.rules import EQUAL_SHARES, PRESETS, Family, with_switches
from tests.results.demo_round import BALLOTS, counted

SHARES = {name: rule for name, rule in PRESETS.items() if rule.family is Family.EQUAL_SHARES}


def bought_by_shares(outcome):
    return {
        step.project: step.cost
        for step in outcome.steps
        if step.pass_ is Pass.SHARES and step.payment is not None
    }


def paid_together(outcome, ballots):
    together = Counter()
    for ballot in ballots:
        together.update(paid(outcome, weights_of(ballot, outcome)).payments)
    return dict(together)


@pytest.mark.parametrize("rule", SHARES)
def test_all_voters_of_the_demonstration_pay_together_what_the_plans_cost(rule):
    outcome = counted(counting=Counting(rule=CountingRule(rule))).result.outcome

    assert bought_by_shares(outcome)
    assert paid_together(outcome, BALLOTS) == bought_by_shares(outcome)


def test_a_voter_never_pays_more_than_the_share_and_only_for_own_choices():
    outcome = counted(counting=Counting(rule=CountingRule.EQUAL_SHARES)).result.outcome

    for ballot in BALLOTS:
        found = paid(outcome, weights_of(ballot, outcome))
        assert found.left >= 0
        assert found.share == outcome.endowment == found.left + sum(found.payments.values())
        assert set(found.payments) <= {f"P{number:02}" for number in ballot.choices}


def test_what_supporters_have_left_is_what_their_receipts_say():
    result = counted(counting=Counting(rule=CountingRule.EQUAL_SHARES)).result
    for plan in result.not_chosen:
        supporters = [ballot for ballot in BALLOTS if plan.number in ballot.choices]
        left = sum(
            paid(result.outcome, weights_of(each, result.outcome)).left for each in supporters
        )
        assert left == result.of(plan).supporters_left


def test_a_plan_out_of_the_remainder_is_paid_by_nobodys_share():
    """Raising the shares to buy P02 would overspend, so P03 is chosen from what is left."""
    ballots = [ListedBallot(code="", choices=(n,)) for n in (1,) * 6 + (2,) * 4 + (3,)]
    election = an_election((6_000, 6_000, 3_000), ballots, budget=11_000)
    outcome = count(election, EQUAL_SHARES)

    assert outcome.completed == ("P03",)
    assert paid_together(outcome, ballots) == {"P01": 6_000}


@pytest.mark.parametrize("rule", ["most_votes", "phragmen"])
def test_under_another_rule_nobody_pays_from_a_share(rule):
    outcome = counted(counting=Counting(rule=CountingRule(rule))).result.outcome

    assert paid(outcome, weights_of(BALLOTS[0], outcome)) is None


@settings(deadline=None, max_examples=60)
@given(
    costs=st.lists(st.integers(1, 5_000), min_size=1, max_size=6),
    choices=st.lists(st.sets(st.integers(1, 6), min_size=1), min_size=1, max_size=25),
    budget=st.integers(1, 20_000),
    points=st.booleans(),
)
def test_payments_add_up_in_any_election(costs, choices, budget, points):
    numbers = range(1, len(costs) + 1)
    kept = [sorted(chosen & set(numbers)) or [1] for chosen in choices]
    ballots = [
        ListedBallot(code="", choices=tuple(chosen), points=tuple(chosen) if points else ())
        for chosen in kept
    ]
    kind = BallotKind.CUMULATIVE if points else BallotKind.APPROVAL
    election = an_election(costs, ballots, budget, kind)
    rule = with_switches(EQUAL_SHARES, {"utility": "points"}) if points else EQUAL_SHARES
    outcome = count(election, rule)

    if outcome.endowment is not None:
        assert paid_together(outcome, ballots) == bought_by_shares(outcome)


def as_counted(ballot):
    names = [f"P{number:02}" for number in ballot.choices]
    return tuple(zip(names, ballot.points, strict=True)) if ballot.points else tuple(names)


def an_election(costs, ballots, budget, kind=BallotKind.APPROVAL):
    return Election(
        budget=budget,
        projects=tuple(Project(f"P{n:02}", "", cost) for n, cost in enumerate(costs, 1)),
        ballots=group((as_counted(ballot) for ballot in ballots), kind),
        kind=kind,
    )
