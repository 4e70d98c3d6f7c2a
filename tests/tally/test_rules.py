"""Rules are data: they go to JSON and come back, and nonsense is refused."""

from dataclasses import replace

import pytest

from pb.tally.rules import EQUAL_SHARES, MOST_VOTES, Remainder, Rule, with_ties_by_id
from pb.tally.ties import Criterion


@pytest.mark.parametrize(
    "rule",
    [
        MOST_VOTES,
        EQUAL_SHARES,
        with_ties_by_id(EQUAL_SHARES),
        replace(MOST_VOTES, remainder=Remainder.NONE, minimum_votes=30, theme_ceilings=False),
    ],
)
def test_a_rule_comes_back_from_json_as_it_was(rule):
    assert Rule.from_json(rule.to_json()) == rule


def test_switches_that_are_not_given_have_their_default():
    assert Rule.from_dict({"name": "equal_shares"}) == EQUAL_SHARES


def test_the_project_id_closes_every_tie_order():
    rule = Rule(name="most_votes", tie_order=("lot",))

    assert rule.tie_order == (Criterion.LOT, Criterion.ID)


def test_equal_shares_has_one_pot():
    assert not Rule(name="equal_shares", area_budgets=True).area_budgets


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"name": "loudest_voice"}',
        '{"name": "most_votes", "volume": 11}',
        '{"name": "most_votes", "increment": 1.5}',
        '{"name": "most_votes", "increment": true}',
        '{"name": "equal_shares", "increment": 0}',
        '{"name": "most_votes", "minimum_votes": -1}',
        '{"name": "most_votes", "exhaustive": "yes"}',
        '{"name": "most_votes", "tie_order": ["lot", "lot"]}',
        '{"name": "most_votes", "tie_order": ["id", "lot"]}',
        '{"name": "most_votes", "tie_order": [["lot"]]}',
        '{"name": "most_votes", "tie_order": "lot"}',
        "nonsense",
    ],
)
def test_what_is_not_a_rule_is_refused(text):
    with pytest.raises(ValueError, match=r"\S"):
        Rule.from_json(text)
