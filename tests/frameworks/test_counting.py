"""What a municipality may choose about the count, and the rule that follows from it."""

import pytest

from pb.frameworks.document import from_document, hash_of, to_document
from pb.frameworks.domain import (
    Counting,
    CountingRule,
    Remainder,
    SwitchDoesNotSuit,
    TieCriterion,
    compares,
)
from pb.frameworks.wording import MEANINGS, NAMES, name_of, rule_in_words
from pb.tally.rules import PRESETS, Comparison, Completion, Family
from pb.tally.rules import Remainder as Left
from tests.builders import a_framework

MOST_VOTES = [rule for rule in CountingRule if rule.preset.family is Family.MOST_VOTES]
OTHERS = [rule for rule in CountingRule if rule not in MOST_VOTES]


def test_a_framework_offers_every_preset_in_its_order():
    assert [rule.value for rule in CountingRule] == list(PRESETS)
    assert set(NAMES) == set(MEANINGS) == set(CountingRule)


@pytest.mark.parametrize("rule", CountingRule)
def test_without_another_choice_the_rule_is_the_preset(rule):
    assert Counting(rule=rule).full_rule == PRESETS[rule.value]


def test_equal_plans_go_in_the_order_that_was_chosen():
    rule = Counting(ties=(TieCriterion.LOT,)).full_rule

    assert [criterion.value for criterion in rule.tie_order] == ["lot", "id"]


@pytest.mark.parametrize("rule", MOST_VOTES)
@pytest.mark.parametrize("remainder", [way for way in Remainder if way is not way.OF_THE_RULE])
def test_most_votes_knows_every_way_with_what_is_left(rule, remainder):
    counted = Counting(rule=rule, remainder=remainder, ceilings_in_remainder=False).full_rule

    assert counted.remainder is Left(remainder.value)
    assert not counted.ceilings_in_remainder


@pytest.mark.parametrize("rule", OTHERS)
def test_the_other_rules_complete_by_votes_or_not_at_all(rule):
    completed = Counting(rule=rule, remainder=Remainder.SECOND_PASS).full_rule
    kept = Counting(rule=rule, remainder=Remainder.NONE).full_rule

    assert (completed.completion, kept.completion) == (Completion.VOTES, Completion.NONE)
    for unsuitable in (Remainder.PARTIAL, Remainder.EIGHTY_PERCENT):
        with pytest.raises(SwitchDoesNotSuit):
            Counting(rule=rule, remainder=unsuitable)


@pytest.mark.parametrize("rule", CountingRule)
@pytest.mark.parametrize("comparison", Comparison)
def test_only_equal_shares_is_compared_with_most_votes(rule, comparison):
    if compares(rule, comparison):
        assert Counting(rule=rule, comparison=comparison).full_rule.comparison is comparison
    else:
        assert rule.preset.family is not Family.EQUAL_SHARES
        with pytest.raises(SwitchDoesNotSuit):
            Counting(rule=rule, comparison=comparison)


@pytest.mark.parametrize("rule", CountingRule)
def test_what_is_sealed_holds_every_switch_and_is_read_back(rule):
    counting = Counting(rule=rule, ceilings_in_remainder=False, leftover="De kas.")
    framework = a_framework(counting=counting)
    document = to_document(framework)

    assert document["counting"]["switches"] == counting.full_rule.as_dict()
    assert from_document(document) == framework


def test_another_switch_gives_another_hash():
    hashes = {
        hash_of(a_framework(counting=Counting(**changes)))
        for changes in (
            {},
            {"rule": CountingRule.EQUAL_SHARES},
            {"remainder": Remainder.NONE},
            {"ceilings_in_remainder": False},
        )
    }

    assert len(hashes) == 4


def test_a_framework_whose_rule_means_something_else_now_is_not_read():
    document = to_document(a_framework())
    document["counting"]["switches"]["skip"] = False

    with pytest.raises(ValueError, match="other switches than were sealed"):
        from_document(document)


@pytest.mark.parametrize("rule", ["most_votes", "equal_shares"])
def test_a_framework_of_before_there_were_switches_is_read(rule):
    document = to_document(a_framework())
    document["counting"] = {
        "rule": rule,
        "ties": ["lower_cost", "more_votes", "lot"],
        "remainder": "second_pass",
        "leftover": "",
    }

    assert from_document(document).counting.full_rule == PRESETS[rule]


@pytest.mark.parametrize("rule", CountingRule)
def test_a_rule_is_said_in_words_with_every_switch(app, rule):
    with app.test_request_context():
        said = rule_in_words(Counting(rule=rule).full_rule, "De rest gaat naar de kas.")
        name = name_of(Counting(rule=rule).full_rule)

    assert name == NAMES[rule]
    assert said[-1] == "De rest gaat naar de kas."
    assert any(step.startswith("Staan plannen gelijk?") for step in said)
    assert "Een plan heeft minstens 1 stem nodig." in said
    assert any(word in " ".join(said) for word in ("over", "rest"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"remainder": Remainder.NONE}, "Wat dan over is, blijft over."),
        ({"remainder": Remainder.PARTIAL}, "krijgt wat dan over is."),
        ({"remainder": Remainder.EIGHTY_PERCENT}, "legt de gemeente de rest erbij."),
        ({"ceilings_in_remainder": False}, "Het maximum van een thema geldt dan niet meer."),
        ({}, "Ook dan geldt het maximum van elk thema."),
        ({"rule": CountingRule.MOST_VOTES_NO_SKIP}, "Past een plan niet? Dan stoppen wij."),
        ({"rule": CountingRule.EQUAL_SHARES}, "ook stukjes van een cent tellen mee."),
        ({"rule": CountingRule.EQUAL_SHARES_TOOL}, "Dat deel is eerst een heel bedrag"),
        ({"rule": CountingRule.EQUAL_SHARES}, "het geld per gebied telt bij deze regel niet"),
        ({"rule": CountingRule.PHRAGMEN}, "Past het volgende plan niet meer? Dan stopt"),
        (
            {"rule": CountingRule.EQUAL_SHARES, "comparison": Comparison.ANY_CHOICE},
            "bij welke regel meer stemmers een gekozen plan hebben",
        ),
    ],
)
def test_a_switch_has_its_own_sentence(app, changes, sentence):
    with app.test_request_context():
        said = " ".join(rule_in_words(Counting(**changes).full_rule))

    assert sentence.lower() in said.lower()


def test_a_rule_with_a_switch_of_its_own_is_called_after_its_family(app):
    rule = Counting(rule=CountingRule.EQUAL_SHARES, remainder=Remainder.NONE).full_rule
    with app.test_request_context():
        assert name_of(rule) == "Gelijke delen, met een eigen keuze voor het restgeld"
