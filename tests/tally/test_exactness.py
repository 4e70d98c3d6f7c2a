"""Floats decide only where they are certain; everything else is computed exactly, and agrees."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as some

from pb.tally.arrays import Arrays
from pb.tally.count import count
from pb.tally.election import BallotKind, BallotLimits, Election, Project
from pb.tally.equal_shares import first_share
from pb.tally.errors import CountRefused
from pb.tally.notebook import Notebook
from pb.tally.outcome import Ending, Reason
from pb.tally.raising import raise_shares
from pb.tally.rules import EQUAL_SHARES, Completion, Family, Stop, Utility
from pb.tally.shares import NEVER, ROUNDING, SAFETY, Candidates, Run
from pb.tally.takes_shares import Rounds, SharesTakes, Supporters
from pb.tally.tallied import tally
from tests.tally.elections import (
    COSTS,
    an_election,
    demo_election,
    elections,
    for_every,
    medium_elections,
    rules,
)
from tests.tally.plain_count import outcome as plain_outcome

BARE = replace(EQUAL_SHARES, completion=Completion.NONE)
ONCE = replace(BARE, add1=False)

#: A bound on the error that is above every amount, so that floats never settle anything. It is
#: finite, for zero times infinity is no number.
BEYOND_ALL = 1e30


class UnsureOfMoney(Run):
    """A run that takes no float of what somebody has for certain."""

    @property
    def error(self):
        return BEYOND_ALL

    @error.setter
    def error(self, bound):
        pass


class UnsureOfOffers(Run):
    """A run that takes no payment for certain, so that every choice is made exactly."""

    def _offer(self, place, limit):
        offer = super()._offer(place, np.inf)
        if offer is not None:
            offer.error = max(offer.error, BEYOND_ALL)
        return offer


class UnsureOfAll(UnsureOfOffers, UnsureOfMoney):
    """A run that does everything exactly."""


#: Half of the distance between 1 and the next float: the most that one operation is off.
UNIT = Fraction(1, 2**53)


UNSURE = (UnsureOfMoney, UnsureOfOffers, UnsureOfAll)


class Checked(Run):
    """A run that compares every bound with the exact value that it must enclose."""

    def _look(self, waiting, reference, enough):
        seen = super()._look(waiting, reference, enough)
        for offer in seen:
            key, place = self.exact_key(offer), offer.place
            assert Fraction(self._lowest_key(offer)) < key < Fraction(self._highest_key(offer))
            assert abs(Fraction(offer.payment) - offer.exact) <= Fraction(offer.error)
            assert Fraction(self.candidates.lowest_payments[place]) < offer.exact
            assert Fraction(self._bounds[place]) <= offer.exact
        return seen

    def _pay(self, offer, runner_up):
        before, error = len(self.purchases), Fraction(self.error)
        super()._pay(offer, runner_up)
        weights = self.candidates.weights
        most = max(int(each.max()) for each in weights) if weights else 1
        roundings = 2 * UNIT * Fraction(self.share)  # Of the part, and of what is then left.
        assert Fraction(self.error) > error + most * Fraction(offer.error) + roundings
        solvent = np.flatnonzero(self.spent_out == NEVER)
        purses = self.exact_purses(solvent, before + 1)
        for group, purse in zip(solvent.tolist(), purses, strict=True):
            assert purse >= 0
            assert abs(Fraction(float(self.money[group])) - purse) <= Fraction(self.error)
        assert not self.money[self.spent_out != NEVER].any()


def raised(election, rule, kind):
    """Return the candidates, and the chain of runs of a kind with the last one in full."""
    arrays = Arrays.of(election, rule)
    notebook = Notebook(election, rule, arrays.figures)
    admitted = notebook.admit()
    places = [arrays.place_of[project.id] for project in admitted]
    candidates = Candidates(arrays.electorate, admitted, places, rule.utility, notebook.order)
    if not len(candidates):
        return None

    def new_run(share):
        return kind(candidates, share, notebook.limits.copy())

    def ending_of(run):
        if not rule.add1:
            return Ending.SINGLE
        left = [place for place in range(len(candidates)) if place not in run.bought]
        fits = [place for place in left if run.limits.allows(candidates.projects[place])]
        if not fits:
            return Ending.EXHAUSTED
        rest = election.budget - run.cost
        ends = rule.stop is not Stop.OVERSPENDING and all(candidates.costs[p] > rest for p in fits)
        return Ending.EXHAUSTED if ends else None

    try:
        chain = raise_shares(first_share(notebook), rule.step, new_run, ending_of, election.budget)
    except CountRefused:
        return None
    last = new_run(chain.run.share)
    last.go(runners_up=True)
    return chain, last


def told(found):
    """Return all that a chain says, in exact numbers."""
    if found is None:
        return None
    chain, last = found
    following = chain.following and (chain.following.bought, chain.following.share)
    return (
        chain.increments,
        chain.ending,
        chain.ties,
        following,
        [run.bought for run in (chain.run, last)],
        [run.ties for run in (chain.run, last)],
        [run.payments(len(run.purchases)) for run in (chain.run, last)],
        [
            purchase.runner_up and (purchase.runner_up.place, last.exact_key(purchase.runner_up))
            for purchase in last.purchases
        ],
        [sorted(purchase.full.tolist()) for purchase in last.purchases],
        last.spent_out.tolist(),
    )


# --- where floats cannot know ----------------------------------------------------------------


def test_equal_keys_of_plans_whose_supporters_are_short_are_seen_as_a_tie():
    # All have 100/11. After a is paid, three of five have 12/11 left for b, and three for c.
    ballots = [("a", "b")] * 3 + [("a", "c")] * 3 + [("a",)] + [("b",)] * 2 + [("c",)] * 2
    election = an_election(ballots, {"a": 56, "b": 15, "c": 15}, 100)

    outcome = count(election, ONCE)

    short = Fraction(3600, 11)
    assert [step.payment for step in outcome.steps] == [800, *[(1500 - short) / 2] * 2]
    assert [step.paid_less for step in outcome.steps] == [0, 3, 3]
    assert [(tie.winner, tie.rival) for tie in outcome.ties] == [("b", "c")]
    assert outcome.fallbacks > 0
    assert outcome == plain_outcome(election, ONCE)


def test_keys_that_differ_by_less_than_floats_can_tell_are_no_tie():
    # One cent in ten million million: the keys differ in the sixteenth place.
    cost = 9 * 10**14 + 1
    projects = (Project("a", "", cost), Project("b", "", cost - 1))
    election = Election(
        budget=2 * 10**15, projects=projects, ballots={("a",): 3, ("b",): 3, ("a", "b"): 1}
    )
    rule = replace(ONCE, utility=Utility.CARDINALITY, tie_order=("id",))

    outcome = count(election, rule)

    assert outcome.selected[0] == "b"
    assert outcome.ties == ()
    assert outcome == plain_outcome(election, rule)


@pytest.mark.parametrize("voters", [3, 7, 49, 1009, 65_101])
def test_supporters_who_have_exactly_the_cost_buy_it_and_with_a_cent_less_they_do_not(voters):
    exactly = Election(
        budget=10_000_001, projects=(Project("a", "", 10_000_001),), ballots={("a",): voters}
    )
    with_others = replace(
        exactly,
        projects=(Project("a", "", 5_000_001), Project("b", "", 10_000_001)),
        ballots={("a",): voters, ("b",): voters},
    )

    outcome = count(exactly, ONCE)
    short = count(with_others, ONCE)

    assert outcome.selected == ("a",)
    assert outcome.steps[0].payment == Fraction(10_000_001, voters)
    assert outcome.steps[0].paid_in_full == voters
    assert outcome.fallbacks > 0
    assert short.selected == ()


def test_who_has_exactly_the_payment_pays_in_full_though_a_sixth_is_no_float():
    # All have 100/6. Four pay 10 for a, so that one of the three for b has 20/3: a third of 20.
    ballots = [("a", "b")] + [("a",)] * 3 + [("b",)] * 2
    election = an_election(ballots, {"a": 40, "b": 20}, 100)

    outcome = count(election, ONCE)

    assert [step.payment for step in outcome.steps] == [1000, Fraction(2000, 3)]
    assert [(step.paid_in_full, step.paid_less) for step in outcome.steps] == [(4, 0), (3, 0)]
    assert outcome.fallbacks > 0
    assert outcome == plain_outcome(election, ONCE)


def test_who_has_exactly_the_part_of_three_points_pays_in_full_though_floats_say_less():
    # All have 4.8 cents. For a one point pays 1.6; three times that is more than 4.8 in floats.
    ballots = {(("a", 3),): 1, (("a", 2),): 1, (("b", 1),): 3}
    projects = (Project("a", "", 8), Project("b", "", 24))
    election = Election(budget=24, projects=projects, ballots=ballots, kind=BallotKind.SCORING)
    rule = replace(ONCE, utility=Utility.POINTS)

    outcome = count(election, rule)

    assert 24 / 5 < 8 / 5 * 3
    assert outcome.steps[0].payment == Fraction(16, 10)
    assert (outcome.steps[0].paid_in_full, outcome.steps[0].paid_less) == (2, 0)
    assert outcome == plain_outcome(election, rule)


def test_a_cent_that_nobody_has_left_is_not_there():
    # All have 10000/7 cents. Four pay 5714 for a, and three of them have 3/14 of a cent together.
    election = Election(
        budget=10_000,
        projects=(Project("a", "", 5714), Project("b", "", 1), Project("c", "", 100)),
        ballots={("a", "b"): 3, ("a",): 1, ("c",): 3},
    )

    outcome = count(election, ONCE)

    assert outcome.selected == ("a", "c")
    lost = outcome.projects["b"]
    assert (lost.supporters_left, lost.reason) == (Fraction(3, 14), Reason.SUPPORTERS_SPENT)
    assert lost.max_winning_cost == 0
    assert lost.supporters_spent == {"a": 5714 * 3 // 4}
    assert outcome == plain_outcome(election, ONCE)


def test_points_beyond_what_a_byte_holds_are_paid_for_exactly():
    # One of two voters pays 3/10 of the 60 for a, and all of the 20 for b. So 12 is left for c.
    ballots = {(("a", 300), ("b", 700), ("c", 1)): 1, (("a", 700),): 1}
    projects = (Project("a", "", 6000), Project("b", "", 2000), Project("c", "", 9000))
    election = Election(budget=10_000, projects=projects, ballots=ballots, kind=BallotKind.SCORING)
    rule = replace(ONCE, utility=Utility.POINTS)

    outcome = count(election, rule)

    assert [step.payment for step in outcome.steps[:2]] == [Fraction(2000, 700), 6]
    assert outcome.projects["c"].supporters_left == 1200
    assert outcome.projects["c"].supporters_spent == {"a": 1800, "b": 2000}
    assert outcome == plain_outcome(election, rule)


def test_who_gave_no_points_had_nothing_to_do_with_it_when_points_are_weighed():
    ballots = {(("a", 2), ("b", 1)): 1, (("a", 1), ("b", 0)): 1, (("a", 0), ("b", 3)): 1}
    projects = (Project("a", "", 3000), Project("b", "", 7000))
    election = Election(budget=9000, projects=projects, ballots=ballots, kind=BallotKind.SCORING)
    rule = replace(ONCE, utility=Utility.POINTS)

    outcome = count(election, rule)

    assert outcome.selected == ("a",)
    assert outcome.projects["b"].supporters_spent == {"a": 2000}
    assert outcome.projects["b"].supporters_left == 4000
    assert outcome == plain_outcome(election, rule)


# --- the exact path alone --------------------------------------------------------------------


@pytest.mark.parametrize("kind", UNSURE)
def test_a_run_that_is_sure_of_nothing_computes_exactly_and_counts_how_often(kind):
    election = an_election([("a", "b"), ("a",), ("b",)], {"a": 10, "b": 30}, 100)

    chain, last = raised(election, BARE, kind)

    assert told((chain, last)) == told(raised(election, BARE, Run))
    assert last.fallbacks > 0
    assert chain.fallbacks > 0


@for_every(
    elections(costs=COSTS),
    rules(Family.EQUAL_SHARES),
    some.sampled_from(UNSURE),
)
def test_the_exact_path_alone_gives_the_same_chain(election, rule, kind):
    assume(election.voters)

    assert told(raised(election, rule, kind)) == told(raised(election, rule, Run))


@for_every(medium_elections(), rules(Family.EQUAL_SHARES), some.sampled_from(UNSURE))
def test_so_it_does_in_elections_of_some_size(election, rule, kind):
    assume(election.voters)

    assert told(raised(election, rule, kind)) == told(raised(election, rule, Run))


@for_every(
    medium_elections(),
    rules(Family.EQUAL_SHARES, minimum_percent=Fraction(0), support_quota=0),
)
def test_what_it_takes_and_what_supporters_had_come_out_the_same_by_the_exact_path(election, rule):
    assume(election.voters)
    tallied = tally(Arrays.of(election, rule), rule, explained=True)
    assume(tallied.shares is not None)
    sure, unsure = (SharesTakes(Arrays.of(election, rule), tallied) for _ in range(2))
    unsure._rounds.error = BEYOND_ALL

    for project in election.projects:
        if project.id in tallied.funded:
            continue
        assert sure(project) == unsure(project)
        if sure.missed(project):
            assert sure.money_of(project) == unsure.money_of(project)


# --- the bounds hold -------------------------------------------------------------------------


def any_election(**changes):
    return elections(costs=COSTS, **changes) | medium_elections()


@for_every(any_election(), rules(Family.EQUAL_SHARES))
def test_every_bound_encloses_the_exact_value(election, rule):
    assume(election.voters)

    raised(election, rule, Checked)


def test_the_rounding_of_one_operation_is_half_the_distance_between_floats():
    assert Fraction(ROUNDING) == UNIT
    assert 1.0 + float(2 * UNIT) > 1.0 == 1.0 + float(UNIT)


def test_bounds_are_widened_by_more_than_their_own_rounding_and_by_less_than_a_thousandth():
    assert 1 + 1000 * UNIT < Fraction(SAFETY) < 1 + Fraction(1, 1000)


def test_the_bound_of_a_sum_is_that_of_adding_in_any_order_and_no_multiple_of_it():
    many = 30
    ballots = {tuple(f"p{n}" for n in range(place + 1)): 1 for place in range(many)}
    projects = tuple(Project(f"p{place}", "", 100) for place in range(many))
    election = Election(budget=10_000, projects=projects, ballots=ballots)

    chain, _ = raised(election, ONCE, Run)

    candidates = chain.run.candidates
    assert {len(rows) for rows in candidates.rows} == set(range(1, many + 1))
    for rows, bound in zip(candidates.rows, candidates.adding, strict=True):
        added = len(rows) + 1  # With what is added or taken away at the end.
        least = added * UNIT / (1 - added * UNIT)
        assert least < Fraction(bound) < (added + 10) * UNIT


@pytest.mark.parametrize("utility", Utility)
def test_bounds_stay_so_narrow_that_only_what_is_equal_or_nearly_so_is_computed_exactly(utility):
    # A bound that is too wide is never wrong, so nothing else would show it; it costs time.
    class Narrow(Run):
        def _look(self, waiting, reference, enough):
            seen = super()._look(waiting, reference, enough)
            for offer in seen:
                assert offer.error < 2e-11 * offer.payment
                key = self._lowest_key(offer)
                assert self._highest_key(offer) - key < 6e-11 * key
            assert self.error < 2e-11 * float(self.share)
            return seen

        def _settled(self, place, payment, error):
            offer = super()._settled(place, payment, error)
            assert offer.error < 4 * UNIT * offer.payment
            return offer

        def _pay(self, offer, runner_up):
            weights, before = self.candidates.weights, self.error
            most = max(each.max() for each in weights) if weights else 1
            super()._pay(offer, runner_up)
            wide = before + most * offer.error + float(8 * UNIT * self.share)
            assert self.error < 1.001 * wide

    for election in (demo_election(), demo_with_points()):
        chain, _ = raised(election, replace(ONCE, utility=utility), Narrow)
        candidates, share = chain.run.candidates, chain.run.share
        assert len(chain.run.purchases) > 5
        assert Run(candidates, share, chain.run.limits).error < float(2 * UNIT * share)
        for lowest, cost, load in zip(
            candidates.lowest_payments, candidates.costs, candidates.load, strict=True
        ):
            assert lowest > (1 - 1e-12) * cost / load


@pytest.mark.parametrize("utility", Utility)
def test_so_narrow_are_the_bounds_of_what_it_takes_too(utility):
    for election in (demo_election(), demo_with_points()):
        rule = replace(ONCE, utility=utility)
        arrays = Arrays.of(election, rule)
        rounds = Rounds(arrays, tally(arrays, rule))
        # What somebody has left is a sum of at most so many amounts below the share.
        of_one = float((rounds.number + 1) * UNIT) * rounds.share

        assert of_one < rounds.error < 10 * of_one
        for project in election.projects:
            supporters = Supporters(rounds, project)
            of_adding = float((len(supporters.rows) + 1) * UNIT) * rounds.share
            narrow = supporters.voters * (rounds.error + of_adding)
            assert narrow < supporters.error < 3 * narrow


def demo_with_points():
    """Return the worked example with one to seven hundred points for each plan on a ballot."""
    election = demo_election()
    ballots = {
        tuple((name, (7 * place + 3 * number) % 700 + 1) for place, name in enumerate(ballot)): many
        for number, (ballot, many) in enumerate(election.ballots.items())
    }
    return replace(election, ballots=ballots, kind=BallotKind.SCORING, limits=BallotLimits())


#: Costs that floats hold exactly, and sums and thirds of them that they do not. In cents.
HIGH = (10**15, 10**15 - 1, 3 * 10**14 + 1, 10**14 // 3, 7, 1)


@for_every(
    elections(costs=HIGH, most_equal=1000),
    some.integers(1, 3 * 10**15),
    rules(Family.EQUAL_SHARES, add1=False, completion=Completion.NONE, areas="together"),
)
def test_bounds_hold_for_the_highest_amounts_that_are_read(election, budget, rule):
    assume(election.voters)
    election = replace(election, budget=budget)

    assert told(raised(election, rule, Checked)) == told(raised(election, rule, UnsureOfAll))


def test_points_beyond_what_floats_add_exactly_are_refused():
    ballots = {(("a", 2**50),): 7}
    fine = Election(
        budget=100, projects=(Project("a", "", 50),), ballots=ballots, kind=BallotKind.SCORING
    )

    assert count(fine, ONCE).projects["a"].score == 7 * 2**50
    with pytest.raises(CountRefused, match="too high to be added exactly"):
        count(replace(fine, ballots={(("a", 2**50),): 8}), ONCE)
