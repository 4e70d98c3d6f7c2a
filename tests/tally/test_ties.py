"""Ties: one total order for the whole count, and a record of when it decided what."""

from dataclasses import replace
from fractions import Fraction
from hashlib import sha256

import pytest

from pb.tally.arrays import Arrays
from pb.tally.count import count
from pb.tally.rules import (
    EQUAL_SHARES,
    MOST_VOTES,
    PRESETS,
    Comparison,
    Completion,
    with_ties_by_id,
)
from pb.tally.tallied import tally
from pb.tally.ties import Criterion
from tests.tally.elections import an_election

BARE = replace(EQUAL_SHARES, completion=Completion.NONE)
PHRAGMEN = PRESETS["phragmen"]


def seen(outcome):
    return [(tie.stage, tie.winner, tie.rival, tie.criterion.value) for tie in outcome.ties]


def test_the_first_criterion_that_differs_decides():
    election = an_election(
        [("a", "b", "c", "d")],
        {"a": 30, "b": 20, "c": 20, "d": 20},
        60,
        lots={"a": 1, "b": 2, "c": 1, "d": 2},
    )

    outcome = count(election, MOST_VOTES)

    assert outcome.selected == ("c", "b", "d")
    assert seen(outcome) == [
        ("votes", "b", "d", "id"),
        ("votes", "c", "b", "lot"),
        ("votes", "d", "a", "lower_cost"),
    ]


@pytest.mark.parametrize(
    ("order", "selected"),
    [
        (("lower_cost",), ("b",)),
        (("lot",), ("c",)),
        (("id",), ("a",)),
        (("more_votes", "lot"), ("c",)),
    ],
)
def test_the_rule_says_which_criteria_weigh_most(order, selected):
    election = an_election(
        [("a", "b", "c")], {"a": 50, "b": 40, "c": 45}, 50, lots={"a": 3, "b": 2, "c": 1}
    )

    assert count(election, replace(MOST_VOTES, tie_order=order)).selected == selected


def test_more_votes_decides_between_equal_keys_of_plans_that_others_pay_less_for():
    # All supporters of b pay 10; of the three of a one has 6 left, so that both keys are 1/2.
    election = an_election([("a",), ("a",), ("b",)], {"a": 20, "b": 10}, 90)
    rule = replace(BARE, add1=False, utility="cardinality")

    by_votes = count(election, replace(rule, tie_order=("more_votes", "id")))
    by_cost = count(election, rule)

    assert by_votes.selected == ("a", "b")
    assert seen(by_votes) == [("shares", "a", "b", "more_votes")]
    assert by_cost.selected == ("b", "a")
    assert seen(by_cost) == [("shares", "b", "a", "lower_cost")]


def test_ids_compare_as_text():
    election = an_election([("2", "10")], {"2": 50, "10": 50}, 50)

    assert count(election, MOST_VOTES).selected == ("10",)


def test_without_equal_scores_there_is_no_tie():
    election = an_election([("a", "b"), ("a",)], {"a": 50, "b": 50}, 50)

    assert count(election, MOST_VOTES).ties == ()


def test_a_tie_in_any_run_of_the_chain_is_seen_the_overspending_one_included():
    election = an_election([("a",), ("b",), ("c",)], {"a": 34, "b": 34, "c": 33}, 100)

    outcome = count(election, BARE)

    # At 33.33 only c is bought; at 34.33 all are, a before b, which is more than the budget.
    assert (outcome.selected, outcome.increments) == (("c",), 0)
    assert seen(outcome) == [
        ("shares", "a", "b", "id"),
        ("shares", "c", "a", "lower_cost"),
        ("shares", "c", "b", "lower_cost"),
    ]
    assert not any(tie.changes_outcome for tie in outcome.ties)


def test_the_run_after_the_one_that_counts_is_not_looked_at_for_ties():
    election = an_election([("a",), ("b",), ("c",)], {"a": 68, "b": 68, "c": 33}, 100)

    outcome = count(election, BARE)

    assert outcome.ending == "exhausted"
    assert outcome.ties == ()


def test_a_tie_in_a_run_that_was_reached_by_a_leap_is_seen():
    # Each of three pays 4 for y, so that one of the two for x has 4 less than the other. With 20,
    # 21 and 22 for each voter x costs more per supporter than w. With 22 and 23 both pay 18, and
    # x is equal to w. With 24 z comes before y and takes all, and is more than the budget allows.
    # Between 21 and 23 the shares leap.
    election = an_election(
        [("x", "y", "z"), ("x", "z"), ("y", "z"), ("y", "z"), ("w",), ("w",)],
        {"w": 30, "x": 36, "y": 12, "z": 96},
        120,
    )

    outcome = count(election, replace(BARE, stop="overspending"))

    assert outcome.selected == ("y", "w", "x")
    assert (outcome.increments, outcome.ending) == (3, "overspending")
    assert seen(outcome) == [("shares", "w", "x", "lower_cost")]


def test_a_tie_in_a_run_that_a_leap_would_pass_over_is_seen():
    # The voter i pays 6 for t, and then has just the 16 of y when each voter has 22. With less i
    # is short, with more something is left for w. So the two others pay half of w each with up to
    # 22, and less with more. The voter r has 6 less than the other for x: with 21 that is too
    # little, and from 22 on each pays half. So w and x are equal with 22 alone. From 21 to 23 the
    # shares may not leap, though x is then as dear as w was.
    ballots = [("t", "y", "w"), ("t", "x"), ("t", "g"), ("t",), ("t",), ("x",)]
    election = an_election(
        [*ballots, *[("y",)] * 3, *[("w",)] * 2],
        {"t": 30, "y": 64, "w": 30, "x": 32, "g": 22},
        220,
    )

    outcome = count(election, BARE)

    assert outcome.selected == ("t", "y", "w", "x", "g")
    assert (outcome.increments, outcome.ending) == (8, "all_funded")
    assert seen(outcome) == [("shares", "w", "x", "lower_cost")]


def test_each_rival_of_a_winner_is_named_once():
    election = an_election([("a",), ("b",), ("c",)], {"a": 30, "b": 30, "c": 30}, 100)

    for rule in (BARE, PHRAGMEN):
        assert [(tie.winner, tie.rival) for tie in count(election, rule).ties] == [
            ("a", "b"),
            ("a", "c"),
            ("b", "c"),
        ]


def test_completion_sees_neighbours_with_as_many_votes():
    election = an_election([("a",), ("b",), ("c",)], {"a": 80, "b": 90, "c": 70}, 100)

    outcome = count(election, replace(EQUAL_SHARES, add1=False))

    assert outcome.completed == ("c",)
    assert seen(outcome) == [
        ("completion", "a", "b", "lower_cost"),
        ("completion", "c", "a", "lower_cost"),
    ]


def test_a_tie_changes_the_outcome_when_the_rival_first_gives_another_set():
    matters = count(an_election([("a", "b")], {"a": 60, "b": 60}, 100), MOST_VOTES)
    matters_not = count(an_election([("a", "b")], {"a": 50, "b": 50}, 100), MOST_VOTES)

    assert [tie.changes_outcome for tie in matters.ties] == [True]
    assert [tie.changes_outcome for tie in matters_not.ties] == [False]
    assert matters.projects["b"].lost_ties_to == ("a",)
    assert matters.projects["a"].lost_ties_to == ()


def test_a_tie_can_change_how_far_the_shares_are_raised():
    # With a first, one voter of b is short for a while; with b first nothing more fits at once.
    election = an_election(
        [("a", "b"), ("a",), ("b", "c"), ("d",)], {"a": 40, "b": 40, "c": 30, "d": 25}, 100
    )

    outcome = count(election, BARE)

    assert seen(outcome)[0] == ("shares", "a", "b", "id")
    assert outcome.ties[0].changes_outcome
    swapped = count(election, replace(BARE, tie_order=("more_votes", "lot", "id")))
    assert swapped.selected == outcome.selected


def test_what_a_tie_changes_is_counted_with_the_shares_raised_anew():
    # With 25 each a goes before b, and its voters have too little left for c. At 30 b is bought
    # too, and that is the end. If b goes first at 25 then c is bought, and then nothing fits. At 30
    # both ways would end alike.
    election = an_election(
        [("a", "b"), ("a", "c"), ("b",), ("d",)], {"a": 40, "b": 40, "c": 25, "d": 100}, 100
    )

    outcome = count(election, BARE)

    assert (outcome.selected, outcome.increments) == (("a", "b"), 5)
    assert seen(outcome) == [("shares", "a", "b", "id")]
    assert outcome.ties[0].changes_outcome
    at_thirty = tally(Arrays.of(election, BARE), BARE, first="b", share=Fraction(3000))
    assert at_thirty.funded == {"a", "b"}


def test_a_tie_that_changes_only_what_is_compared_with_changes_the_outcome():
    # Whichever of c and d goes first, equal shares buy all that two voters want for themselves.
    # By most votes c leaves room for nothing else, but d leaves room for f.
    election = an_election(
        [("c", "d", "f", "r1")] * 1 + [("c", "d", "f", "r2"), ("r3",)],
        {"c": 90, "d": 50, "f": 50, "r1": 33, "r2": 33, "r3": 33},
        100,
        themes={"d": "green", "f": "green"},
        theme_ceilings={"green": 1000},
    )
    rule = replace(EQUAL_SHARES, add1=False, tie_order=("id",), comparison=Comparison.MORE_CHOICES)

    outcome = count(election, rule)

    assert outcome.selected == ("r1", "r2", "r3")
    assert {(tie.winner, tie.rival): tie.changes_outcome for tie in outcome.ties} == {
        ("c", "d"): True,
        ("d", "f"): True,
        ("r1", "r2"): False,
        ("r1", "r3"): False,
        ("r2", "r3"): False,
    }


def test_ties_by_id_alone_are_for_comparing_with_other_tools():
    assert with_ties_by_id(EQUAL_SHARES).tie_order == (Criterion.ID,)


def test_a_seed_draws_the_lots_by_a_hash_that_anybody_can_make():
    election = an_election([("a", "b", "c")], {"a": 50, "b": 50, "c": 50}, 50)
    drawn = sorted("abc", key=lambda name: sha256(f"dice 4 2 6|{name}".encode()).hexdigest())

    outcome = count(election, MOST_VOTES, seed="dice 4 2 6")

    assert outcome.seed == "dice 4 2 6"
    assert outcome.selected == (drawn[0],)
    assert [
        (tie.winner, tie.rival)
        for tie in sorted(outcome.ties, key=lambda tie: drawn.index(tie.winner))
    ] == [
        (drawn[0], drawn[1]),
        (drawn[1], drawn[2]),
    ]
    assert {tie.criterion for tie in outcome.ties} == {Criterion.LOT}


def test_another_seed_can_draw_another_lot_and_a_seed_replaces_given_lots():
    election = an_election([("a", "b")], {"a": 50, "b": 50}, 50, lots={"a": 1, "b": 2})

    winners = {count(election, MOST_VOTES, seed=str(number)).selected for number in range(9)}

    assert winners == {("a",), ("b",)}
    assert count(election, MOST_VOTES).selected == ("a",)
