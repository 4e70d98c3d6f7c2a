"""How much work a count is: few runs, few looks at a plan, and exact numbers where needed only.

No outcome depends on these figures, and nothing promises them. They are here so that a change that
makes the count slower is seen; when it is meant, or makes it faster, write the new figure down.
"""

from dataclasses import replace
from fractions import Fraction

import pytest

from pb.tally.arrays import Arrays
from pb.tally.count import count
from pb.tally.election import Election, Project
from pb.tally.rules import EQUAL_SHARES, MOST_VOTES, Completion, Stop, Utility
from pb.tally.shares import ROUNDING, Run
from pb.tally.tallied import tally
from tests.tally.elections import an_election, demo_election
from tests.tally.test_exactness import raised

BARE = replace(EQUAL_SHARES, completion=Completion.NONE)
TO_THE_END = replace(BARE, stop=Stop.OVERSPENDING)
THREE = an_election([("a",), ("b",), ("c",)], {"a": 10, "b": 20, "c": 75}, 100)


class Looking(Run):
    """A run that counts how often all runs look at what a plan costs its supporters."""

    looks = 0

    def _offer(self, place, limit):
        type(self).looks += 1
        return super()._offer(place, limit)


def work(election, rule):
    """Return (increments, runs, looks at a plan, exact decisions) of a chain."""

    class LookingHere(Looking):
        pass

    chain, _ = raised(election, rule, LookingHere)
    return chain.increments, chain.runs, LookingHere.looks, chain.fallbacks


@pytest.mark.parametrize(
    ("step", "increments", "runs"), [(100, 41, 14), (10, 416, 21), (1, 4166, 27)]
)
def test_ten_times_as_many_steps_take_a_few_runs_more(step, increments, runs):
    assert work(THREE, replace(TO_THE_END, step=step))[:2] == (increments, runs)


def test_where_leaps_do_not_hold_few_are_tried():
    increments, runs, _, _ = work(demo_election(), BARE)

    assert (increments, runs) == (32, 38)


def test_where_each_third_step_buys_one_more_a_leap_is_tried_after_each_sixteen_at_last():
    # Each of forty voters wants a plan that costs three steps more than that of the one before.
    own = {f"p{number}": 10_000 + 150 * number for number in range(1, 41)}
    projects = [Project(name, "", cost) for name, cost in own.items()]
    projects += [Project(name, "", 2_000_000) for name in "abcd"]
    ballots = {(project.id,): 1 if project.id in own else 40 for project in projects}
    election = Election(budget=2_000_000, projects=tuple(projects), ballots=ballots)

    assert work(election, replace(BARE, step=50))[:2] == (120, 132)


def test_a_plan_is_looked_at_only_when_it_can_be_the_lowest():
    # 16 plans in 10 rounds and the one that ends the run would be 131 looks.
    assert work(demo_election(), replace(BARE, add1=False)) == (0, 1, 57, 0)


def test_numbers_that_are_far_apart_are_never_compared_exactly():
    rule = replace(TO_THE_END, utility=Utility.CARDINALITY)

    assert work(demo_election(), rule)[3] == 0


@pytest.mark.parametrize(
    ("ballots", "costs", "decisions"),
    [
        ([("a",)], {"a": 10}, 0),
        ([("a",)] * 200, {"a": 99}, 0),  # Half a cent for each is much.
        ([("a",)] * 3, {"a": 100}, 2),  # Have they enough? And who of them has his or her part?
        ([("a",), ("b",)], {"a": 30, "b": 30}, 1),  # Which of the two is lower?
    ],
)
def test_each_exact_decision_of_a_run_is_counted_once(ballots, costs, decisions):
    election = an_election(ballots, costs, 100)

    assert work(election, replace(BARE, add1=False))[3] == decisions


def test_a_payment_that_was_computed_exactly_is_known_to_the_last_digit():
    chain, _ = raised(an_election([("a",)] * 3, {"a": 100}, 100), replace(BARE, add1=False), Run)

    (purchase,) = chain.run.purchases
    assert purchase.offer.exact == Fraction(10_000, 3)
    assert purchase.offer.error < 4 * ROUNDING * purchase.offer.payment


def test_a_leap_compares_exactly_only_who_is_equal():
    # All three have one supporter, and so the same key. Where c cannot be bought yet, a step
    # compares a and b once, and a leap that holds once more.
    election = an_election([("a",), ("b",), ("c",)], {"a": 33, "b": 33, "c": 75}, 100)

    assert work(election, TO_THE_END) == (41, 14, 70, 36)


def test_what_a_plan_costs_its_supporters_is_kept_until_one_of_them_pays():
    offers = []

    class Keeping(Run):
        def _offer(self, place, limit):
            offers.append((self.candidates.projects[place].id, super()._offer(place, limit)))
            return offers[-1][1]

    election = an_election([("a", "c"), ("b",)], {"a": 10, "b": 20, "c": 30}, 100)
    raised(election, replace(BARE, add1=False), Keeping)

    # The keys are the same at first; a goes before b, and b before c. The last run is another.
    one_run = offers[: len(offers) // 2]
    assert len({id(offer) for name, offer in one_run if name == "b"}) == 1
    assert len({id(offer) for name, offer in one_run if name == "c"}) == 2


def test_every_exact_decision_is_counted_also_of_runs_that_leap():
    runs = []

    class Kept(Run):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            runs.append(self)

    election = an_election([("a",), ("b",), ("c",)], {"a": 33, "b": 33, "c": 75}, 100)
    chain, last = raised(election, TO_THE_END, Kept)

    assert chain.fallbacks == sum(run.fallbacks for run in runs if run is not last)
    assert chain.fallbacks > chain.run.fallbacks > 0
    assert chain.increments > chain.runs


def test_what_is_counted_only_to_compare_is_not_explained():
    arrays = Arrays.of(demo_election(), BARE)

    shares = tally(arrays, BARE).shares

    assert shares.next_run is None
    assert {purchase.runner_up for purchase in shares.run.purchases} == {None}
    assert tally(arrays, BARE, explained=True).shares.next_run is not None


def test_an_outcome_says_how_often_floats_could_not_decide():
    assert count(demo_election(), MOST_VOTES).fallbacks == 0
    assert count(demo_election(), replace(EQUAL_SHARES, add1=False)).fallbacks == 0
    assert count(demo_election(), EQUAL_SHARES).fallbacks == 8
