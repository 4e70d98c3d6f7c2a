"""Rules are data: they have names, go to JSON and come back, and nonsense is refused."""

import json
from dataclasses import fields, replace
from fractions import Fraction

import pytest

from pb.tally.declared_rule import RULE_KEY, asked_rule, declared_rule
from pb.tally.rules import (
    EQUAL_SHARES,
    MOST_VOTES,
    PRESETS,
    Areas,
    Comparison,
    Completion,
    Family,
    Remainder,
    Rule,
    Start,
    Stop,
    with_switches,
    with_ties_by_id,
)
from pb.tally.ties import Criterion
from tests.tally.elections import for_every, rules

# --- names and defaults ----------------------------------------------------------------------


def test_the_defaults_of_every_switch_are_those_of_the_page():
    rule = Rule(family="equal_shares")

    assert {each.name: getattr(rule, each.name) for each in fields(Rule)} == {
        "family": "equal_shares",
        "tie_order": ("lower_cost", "more_votes", "lot", "id"),
        "minimum_votes": 1,
        "minimum_percent": 0,
        "support_quota": 0,
        "areas": "together",
        "theme_ceilings": True,
        "ceilings_in_remainder": True,
        "exclusive_groups": False,
        "skip": True,
        "remainder": "second_pass",
        "utility": "cost",
        "start": "exact",
        "add1": True,
        "step": 100,
        "stop": "exhaustive",
        "completion": "votes",
        "comparison": "none",
    }


def test_the_presets_are_those_of_the_page():
    assert {
        "most_votes": Rule(family="most_votes", areas="ceilings"),
        "most_votes_no_skip": Rule(
            family="most_votes", areas="ceilings", skip=False, remainder="none"
        ),
        "equal_shares": Rule(family="equal_shares"),
        "equal_shares_wieliczka": Rule(
            family="equal_shares", start="floor", stop="overspending", completion="none"
        ),
        "equal_shares_tool": Rule(family="equal_shares", start="floor", stop="exhaustive_all"),
        "phragmen": Rule(family="phragmen", completion="none"),
    } == PRESETS
    assert [rule.name for rule in PRESETS.values()] == list(PRESETS)


def test_a_name_says_what_the_family_does_and_not_what_all_families_may():
    for name, rule in PRESETS.items():
        other = replace(
            rule,
            tie_order=("id",),
            minimum_votes=30,
            minimum_percent=Fraction(5),
            support_quota=3,
            areas=Areas.TOGETHER,
            theme_ceilings=False,
            ceilings_in_remainder=False,
        )
        assert other.name == name


@pytest.mark.parametrize(
    "rule",
    [
        replace(MOST_VOTES, exclusive_groups=True),
        replace(MOST_VOTES, remainder=Remainder.PARTIAL),
        replace(EQUAL_SHARES, step=200),
        replace(EQUAL_SHARES, comparison=Comparison.ANY_CHOICE),
        replace(PRESETS["phragmen"], completion=Completion.VOTES),
    ],
)
def test_any_other_switch_of_the_family_makes_it_a_custom_rule(rule):
    assert rule.name == "custom"


def test_the_project_id_closes_every_tie_order():
    rule = Rule(family="most_votes", tie_order=("lot",))

    assert rule.tie_order == (Criterion.LOT, Criterion.ID)
    assert with_ties_by_id(rule).tie_order == (Criterion.ID,)


@pytest.mark.parametrize(
    "switches",
    [
        {"family": "loudest"},
        {"tie_order": ("lot", "lot")},
        {"tie_order": ("id", "lot")},
        {"tie_order": ("age",)},
        {"minimum_votes": -1},
        {"minimum_percent": Fraction(-1)},
        {"minimum_percent": Fraction(10_001, 100)},
        {"support_quota": -1},
        {"step": 0},
        {"areas": "somewhere"},
        {"family": "equal_shares", "areas": "pots"},
        {"family": "phragmen", "areas": "pots_top_up"},
        {"family": "phragmen", "completion": "epsilon"},
        {"remainder": "all"},
        {"utility": "fun"},
    ],
)
def test_switches_that_mean_nothing_or_exclude_each_other_are_refused(switches):
    with pytest.raises(ValueError, match=r"\S"):
        Rule(**{"family": "most_votes"} | switches)


def test_the_edges_of_what_a_switch_may_be_are_allowed():
    rule = Rule(family="most_votes", minimum_votes=0, minimum_percent=Fraction(100), areas="pots")

    assert rule.has_pots
    assert replace(rule, areas="pots_top_up").has_pots
    assert not replace(rule, areas="ceilings").has_pots
    assert Rule(family="equal_shares", completion="epsilon", step=1).step == 1


# --- as JSON ---------------------------------------------------------------------------------


@for_every(rules())
def test_a_rule_comes_back_from_json_as_it_was(rule):
    assert Rule.from_json(rule.to_json()) == rule
    assert json.loads(rule.to_json()) == rule.as_dict()


def test_a_rule_in_json_holds_its_name_and_the_switches_of_its_family():
    common = {
        "tie_order": ["lower_cost", "more_votes", "lot", "id"],
        "minimum_votes": 1,
        "minimum_percent": "0/1",
        "support_quota": 0,
        "theme_ceilings": True,
        "ceilings_in_remainder": True,
    }

    assert MOST_VOTES.as_dict() == common | {
        "family": "most_votes",
        "name": "most_votes",
        "areas": "ceilings",
        "exclusive_groups": False,
        "skip": True,
        "remainder": "second_pass",
    }
    assert EQUAL_SHARES.as_dict() == common | {
        "family": "equal_shares",
        "name": "equal_shares",
        "areas": "together",
        "utility": "cost",
        "start": "exact",
        "add1": True,
        "step": "1",
        "stop": "exhaustive",
        "completion": "votes",
        "comparison": "none",
    }
    assert PRESETS["phragmen"].as_dict() == common | {
        "family": "phragmen",
        "name": "phragmen",
        "areas": "together",
        "completion": "none",
    }
    assert " " not in MOST_VOTES.to_json()


def test_switches_that_are_not_given_have_their_default_and_a_name_means_nothing():
    assert Rule.from_dict({"family": "equal_shares", "name": "most_votes"}) == EQUAL_SHARES


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"family": "loudest_voice"}',
        '{"family": ["most_votes"]}',
        '{"family": "most_votes", "volume": 11}',
        '{"family": "most_votes", "step": "1"}',
        '{"family": "equal_shares", "skip": true}',
        '{"family": "equal_shares", "step": 1}',
        '{"family": "equal_shares", "step": "-1"}',
        '{"family": "equal_shares", "step": "0"}',
        '{"family": "equal_shares", "step": "1.234"}',
        '{"family": "equal_shares", "add1": 1}',
        '{"family": "equal_shares", "add1": "yes"}',
        '{"family": "equal_shares", "stop": "late"}',
        '{"family": "equal_shares", "stop": ["exhaustive"]}',
        '{"family": "most_votes", "minimum_votes": -1}',
        '{"family": "most_votes", "minimum_votes": true}',
        '{"family": "most_votes", "minimum_votes": 1.5}',
        '{"family": "most_votes", "minimum_percent": 5}',
        '{"family": "most_votes", "minimum_percent": "five"}',
        '{"family": "most_votes", "minimum_percent": "5/0"}',
        '{"family": "most_votes", "tie_order": ["lot", "lot"]}',
        '{"family": "most_votes", "tie_order": ["id", "lot"]}',
        '{"family": "most_votes", "tie_order": [["lot"]]}',
        '{"family": "most_votes", "tie_order": "lot"}',
        '{"family": "phragmen", "completion": "epsilon"}',
        "nonsense",
        "[" * 100_000,
    ],
)
def test_what_is_not_a_rule_is_refused(text):
    with pytest.raises(ValueError, match=r"\S"):
        Rule.from_json(text)


# --- as text ---------------------------------------------------------------------------------


def test_switches_can_be_set_from_text():
    rule = with_switches(
        EQUAL_SHARES,
        {
            "completion": "none",
            "add1": "FALSE",
            "step": "2.50",
            "minimum_votes": "30",
            "minimum_percent": "5/2",
            "tie_order": "lot, lower_cost",
        },
    )

    assert rule == replace(
        EQUAL_SHARES,
        completion=Completion.NONE,
        add1=False,
        step=250,
        minimum_votes=30,
        minimum_percent=Fraction(5, 2),
        tie_order=("lot", "lower_cost", "id"),
    )
    assert with_switches(rule, {}) == rule
    assert with_switches(rule, {"add1": "true"}).add1


@pytest.mark.parametrize(
    ("switch", "sentence"),
    [
        ({"skip": "true"}, "a rule of equal_shares has no switch 'skip'"),
        ({"name": "x"}, "no switch 'name'"),
        ({"family": "phragmen"}, "no switch 'family'"),
        ({"add1": "yes"}, "'add1' is true or false"),
        ({"minimum_votes": "-1"}, "'minimum_votes' is a whole number"),
        ({"minimum_votes": "1" * 13}, "'minimum_votes' is a whole number"),
        ({"minimum_votes": "²"}, "'minimum_votes' is a whole number"),
        ({"stop": "late"}, "'stop' is one of exhaustive, exhaustive_all, overspending"),
        ({"step": "a"}, "not an amount"),
        ({"tie_order": "age"}, "'tie_order' is a list of"),
        ({"minimum_percent": "x"}, "'x' is not a fraction"),
    ],
)
def test_a_switch_that_there_is_not_is_refused_with_a_sentence(switch, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        with_switches(EQUAL_SHARES, switch)


# --- what a file declares --------------------------------------------------------------------

A_FILE = replace(MOST_VOTES, ceilings_in_remainder=False, remainder=Remainder.NONE)
SHARES_OF_A_FILE = replace(EQUAL_SHARES, theme_ceilings=False, completion=Completion.NONE)


@pytest.mark.parametrize(
    ("meta", "rule"),
    [
        ({"rule": "greedy"}, A_FILE),
        ({}, A_FILE),
        ({"rule": "unknown"}, A_FILE),
        ({"rule": " Greedy "}, A_FILE),
        (
            {"rule": "greedy-threshold", "min_project_score_threshold": "50"},
            replace(A_FILE, minimum_votes=50),
        ),
        (
            {"rule": "greedy", "min_project_score_threshold": "50.0"},
            replace(A_FILE, minimum_votes=50),
        ),
        ({"rule": "greedy", "min_project_score_threshold": "0"}, A_FILE),
        ({"rule": "greedy", "min_project_score_threshold": "2.5"}, A_FILE),
        (
            {"rule": "greedy", "leftover_budget": "Fund additional projects that fit"},
            replace(A_FILE, remainder=Remainder.SECOND_PASS),
        ),
        (
            {"rule": "greedy", "leftover_budget": "Partially fund one additional project"},
            replace(A_FILE, remainder=Remainder.PARTIAL),
        ),
        ({"rule": "greedy", "leftover_budget": "carried over"}, A_FILE),
        ({"rule": "greedy-exclusive"}, replace(A_FILE, exclusive_groups=True)),
        (
            {"rule": "greedy-no-skip", "min_project_score_threshold": "7"},
            replace(PRESETS["most_votes_no_skip"], minimum_votes=7),
        ),
        (
            {"rule": "greedy-custom", "unit": "Poznań", "min_project_score_threshold": "7"},
            replace(
                PRESETS["most_votes_no_skip"],
                minimum_votes=7,
                remainder=Remainder.EIGHTY_PERCENT,
            ),
        ),
        (
            {"rule": "greedy-custom", "unit": "poznan"},
            replace(PRESETS["most_votes_no_skip"], remainder=Remainder.EIGHTY_PERCENT),
        ),
        ({"rule": "greedy-custom", "unit": "Łódź"}, A_FILE),
        ({"rule": "equalshares"}, replace(SHARES_OF_A_FILE, add1=False)),
        ({"rule": "equalshares/add1", "min_project_score_threshold": "9"}, SHARES_OF_A_FILE),
        ({"rule": "equalshares/add1u"}, replace(SHARES_OF_A_FILE, completion=Completion.VOTES)),
        (
            {"rule": "equalshares/add1-comparison"},
            replace(
                SHARES_OF_A_FILE,
                start=Start.FLOOR,
                stop=Stop.OVERSPENDING,
                comparison=Comparison.MORE_CHOICES,
            ),
        ),
        ({"rule": "equalshares/other"}, SHARES_OF_A_FILE),
        ({"rule": "greedy", RULE_KEY: PRESETS["phragmen"].to_json()}, PRESETS["phragmen"]),
    ],
)
def test_a_file_declares_its_rule(meta, rule):
    assert declared_rule(meta)[0] == rule


@pytest.mark.parametrize(
    ("declared", "family"),
    [
        ("unknown", "most_votes"),
        ("greedy-custom", "most_votes"),
        ("condorcet", "most_votes"),
        ("equalshares/other", "equal_shares"),
    ],
)
def test_a_rule_that_is_not_known_is_noted(declared, family):
    notes = declared_rule({"rule": declared})[1]

    assert notes == [f"the file's rule '{declared}' is counted as {family}"]
    assert declared_rule({"rule": "greedy"})[1] == []
    assert declared_rule({"rule": "greedy-exclusive"})[1] == []


def test_a_preset_that_is_asked_for_keeps_of_a_file_what_belongs_to_it():
    meta = {
        "rule": "equalshares/add1",
        "min_project_score_threshold": "50",
        "leftover_budget": "Fund additional projects",
    }

    assert asked_rule("most_votes", meta) == replace(
        A_FILE, minimum_votes=50, remainder=Remainder.SECOND_PASS
    )
    assert asked_rule("most_votes_no_skip", meta) == replace(
        PRESETS["most_votes_no_skip"], minimum_votes=50
    )
    for name in ("equal_shares", "equal_shares_wieliczka", "equal_shares_tool", "phragmen"):
        assert asked_rule(name, meta) == replace(PRESETS[name], theme_ceilings=False)


def test_a_preset_that_is_asked_for_keeps_the_minima_and_the_order_of_our_own_rule():
    own = Rule(
        family=Family.MOST_VOTES,
        tie_order=("lot",),
        minimum_votes=3,
        minimum_percent=Fraction(5),
        support_quota=2,
        theme_ceilings=False,
        skip=False,
    )

    for name, preset in PRESETS.items():
        assert asked_rule(name, {RULE_KEY: own.to_json()}) == replace(
            preset,
            tie_order=("lot",),
            minimum_votes=3,
            minimum_percent=Fraction(5),
            support_quota=2,
            theme_ceilings=False,
        )


def test_a_preset_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="there is no rule 'loudest'; there are most_votes, "):
        asked_rule("loudest", {})
