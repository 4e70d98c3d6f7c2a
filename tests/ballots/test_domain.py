"""What one ballot may hold: every limit, on every kind of ballot."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.ballots.document import from_document, to_document
from pb.ballots.domain import (
    BallotContent,
    BoxState,
    ChoicesRefused,
    ContentUnreadable,
    VotingPaused,
)
from pb.ballots.limits import (
    ChosenTwice,
    CostsTooMuch,
    NothingChosen,
    OnlyOneChoice,
    RankTwice,
    ThemeCostsTooMuch,
    TooFewChoices,
    TooManyChoices,
    TooManyOfTheme,
    TooManyPoints,
    TooManyPointsForOne,
    UnknownChoice,
    content_of,
    marks_of,
    refuse_unless_allowed,
)
from pb.ballots.turnout import turnout_of
from pb.foundation.money import euros
from pb.rounds.domain import VotingClosed, VotingNotOpen
from pb.tally.election import BallotKind
from tests.ballots.boxes import CLOSES, HOURS, OPENS, a_list, a_plan

A_SECOND = timedelta(seconds=1)


def ticks(*numbers):
    return dict.fromkeys(numbers, 1)


def test_a_ballot_with_the_most_and_the_fewest_plans_is_allowed():
    ballot_list = a_list(min_choices=2, max_choices=3)

    assert content_of(ticks(3, 1), ballot_list).choices == (1, 3)
    assert content_of(ticks(6, 5, 4), ballot_list).choices == (4, 5, 6)


@pytest.mark.parametrize(
    ("rules", "marks", "refusal"),
    [
        ({}, {}, NothingChosen),
        ({}, {1: 0}, NothingChosen),
        ({"min_choices": 2}, ticks(1), TooFewChoices),
        ({"max_choices": 2}, ticks(1, 2, 3), TooManyChoices),
        ({"max_choices": 1}, ticks(1, 2), OnlyOneChoice),
        ({"kind": BallotKind.CHOOSE_ONE, "max_choices": 5}, ticks(1, 2), OnlyOneChoice),
        ({}, ticks(7), UnknownChoice),
        ({}, ticks(0), UnknownChoice),
        ({}, ticks(-1), UnknownChoice),
        ({"max_cost": euros(2_999)}, ticks(1, 2), CostsTooMuch),
        (
            {"kind": BallotKind.KNAPSACK, "max_cost": euros(9_999), "max_choices": 6},
            ticks(4, 6),
            CostsTooMuch,
        ),
        ({"max_choices_of_theme": (("T1", 1),)}, ticks(1, 2), TooManyOfTheme),
        ({"max_cost_of_theme": (("T2", euros(6_999)),)}, ticks(3, 4), ThemeCostsTooMuch),
        (
            {"kind": BallotKind.CUMULATIVE, "points": 10, "max_points": 6},
            {1: 6, 2: 5},
            TooManyPoints,
        ),
        (
            {"kind": BallotKind.CUMULATIVE, "points": 10, "max_points": 6},
            {1: 7},
            TooManyPointsForOne,
        ),
        (
            {"kind": BallotKind.CUMULATIVE, "points": 10, "max_points": 6},
            {1: 7, 2: -1},
            ContentUnreadable,
        ),
        ({"kind": BallotKind.ORDINAL}, {1: 1, 2: 1}, RankTwice),
    ],
)
def test_each_limit_refuses_what_breaks_it(rules, marks, refusal):
    with pytest.raises(refusal):
        content_of(marks, a_list(**rules))


@pytest.mark.parametrize(
    ("rules", "marks"),
    [
        ({"max_cost": euros(3_000)}, ticks(1, 2)),
        ({"kind": BallotKind.KNAPSACK, "max_cost": euros(10_000)}, ticks(4, 6)),
        ({"max_choices_of_theme": (("T1", 2),)}, ticks(1, 2)),
        ({"max_cost_of_theme": (("T2", euros(7_000)),)}, ticks(3, 4)),
        ({"kind": BallotKind.CUMULATIVE, "points": 10, "max_points": 6}, {1: 6, 2: 4}),
        ({"kind": BallotKind.CHOOSE_ONE}, ticks(2)),
    ],
)
def test_each_limit_allows_what_just_fits(rules, marks):
    assert set(content_of(marks, a_list(**rules)).choices) == set(marks)


def test_a_plan_twice_on_a_ballot_is_refused():
    with pytest.raises(ChosenTwice):
        refuse_unless_allowed(BallotContent((2, 2)), a_list())


@pytest.mark.parametrize(
    ("rules", "content"),
    [
        ({}, BallotContent((2, 1))),
        ({}, BallotContent((1, 2), (1, 1))),
        ({"kind": BallotKind.CUMULATIVE, "points": 5, "max_points": 5}, BallotContent((1, 2))),
        ({"kind": BallotKind.CUMULATIVE, "points": 5, "max_points": 5}, BallotContent((1,), (0,))),
        ({"kind": BallotKind.ORDINAL}, BallotContent((1, 2), (1, 2))),
    ],
)
def test_a_ballot_of_another_shape_is_refused(rules, content):
    with pytest.raises(ContentUnreadable):
        refuse_unless_allowed(content, a_list(**rules))


def test_a_ranked_ballot_keeps_the_order_and_closes_up_empty_places():
    ballot_list = a_list(kind=BallotKind.ORDINAL)

    content = content_of({5: 3, 2: 1, 1: 6}, ballot_list)

    assert content.choices == (2, 5, 1)
    assert marks_of(content, ballot_list) == {2: 1, 5: 2, 1: 3}


def test_a_list_shorter_than_the_limit_still_allows_a_ballot():
    ballot_list = a_list(plans=2, min_choices=3, max_choices=5)

    assert content_of(ticks(1, 2), ballot_list).choices == (1, 2)


def test_refusals_are_words_to_a_person():
    with pytest.raises(TooManyChoices) as refused:
        content_of(ticks(1, 2, 3, 4), a_list())

    assert str(refused.value) == "U mag 3 plannen kiezen. Haal er eerst één weg."


KINDS = st.sampled_from(
    [
        a_list(),
        a_list(kind=BallotKind.CHOOSE_ONE),
        a_list(kind=BallotKind.KNAPSACK, max_cost=euros(8_000), max_choices=6),
        a_list(kind=BallotKind.CUMULATIVE, points=10, max_points=4, max_choices=6),
        a_list(kind=BallotKind.ORDINAL, max_choices=4),
        a_list(max_choices_of_theme=(("T1", 1),), max_cost_of_theme=(("T2", euros(5_000)),)),
    ]
)
MARKS = st.dictionaries(st.integers(-1, 8), st.integers(-2, 12), max_size=8)


@given(ballot_list=KINDS, marks=MARKS)
def test_whatever_is_marked_either_keeps_every_rule_or_is_refused(ballot_list, marks):
    try:
        content = content_of(marks, ballot_list)
    except ChoicesRefused:
        return

    rules = ballot_list.rules
    plans = [ballot_list.by_number[number] for number in content.choices]
    assert 1 <= len(plans) <= ballot_list.most_choices
    assert len(set(content.choices)) == len(plans)
    assert rules.max_cost is None or sum(plan.cost for plan in plans) <= rules.max_cost
    assert sum(content.points) <= rules.points
    for theme, most in rules.max_choices_of_theme:
        assert sum(plan.theme_id == theme for plan in plans) <= most
    assert content_of(marks_of(content, ballot_list), ballot_list) == content
    assert BallotContent.read(content.written()) == content


@given(
    written=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
        max_leaves=8,
    )
)
def test_reading_anything_gives_a_ballot_or_a_refusal(written):
    try:
        content = BallotContent.read(written)
    except ContentUnreadable:
        return

    assert content.written() == written


@given(ballot_list=KINDS)
def test_a_ballot_list_survives_its_document(ballot_list):
    document = to_document(ballot_list)

    assert from_document(document) == ballot_list
    assert to_document(from_document(document)) == document


def test_the_title_of_a_plan_falls_back_on_the_owners_words():
    assert a_plan(titles={"en": "Benches"}).title_in("en") == "Benches"
    assert a_plan(titles={"en": "Benches"}).title_in("ar") == "Bankjes"


@pytest.mark.parametrize(
    ("moment", "state", "refusal"),
    [
        (OPENS - A_SECOND, BoxState.OPEN, VotingNotOpen),
        (OPENS, BoxState.OPEN, None),
        (CLOSES - A_SECOND, BoxState.OPEN, None),
        (CLOSES, BoxState.OPEN, VotingClosed),
        (OPENS, BoxState.PAUSED, VotingPaused),
        (CLOSES, BoxState.PAUSED, VotingClosed),
        (OPENS, BoxState.CLOSED, VotingClosed),
    ],
)
def test_a_box_is_open_from_its_opening_until_its_closing_second(moment, state, refusal):
    hours = replace(HOURS, state=state)

    if refusal is None:
        hours.refuse_unless_open(moment)
    else:
        with pytest.raises(refusal):
            hours.refuse_unless_open(moment)


def shown(letters, ballots):
    turnout = turnout_of(letters, ballots)
    return {each.area: each.ballots for each in turnout.areas}, turnout.ballots


def test_turnout_hides_numbers_below_ten():
    assert shown({"A": 500}, {"A": 9}) == ({"A": None}, None)
    assert shown({"A": 500}, {"A": 10}) == ({"A": 10}, 10)


def test_a_hidden_number_cannot_be_subtracted_from_the_total():
    assert shown({"A": 500, "B": 500, "C": 500}, {"A": 9, "B": 20, "C": 30}) == (
        {"A": None, "B": None, "C": 30},
        59,
    )
    assert shown({"A": 500, "B": 500, "C": 500}, {"A": 2, "B": 3, "C": 30}) == (
        {"A": None, "B": None, "C": None},
        35,
    )


@given(
    st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 60), min_size=1),
)
def test_turnout_never_lets_a_small_group_be_worked_out(ballots):
    turnout = turnout_of(dict.fromkeys(ballots, 1_000), ballots)

    hidden = [each.area for each in turnout.areas if each.ballots is None]
    if hidden and turnout.ballots is not None:
        assert sum(ballots[area] for area in hidden) >= 10
        assert len(hidden) > 1
