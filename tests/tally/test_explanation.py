"""Every reason has a sentence, and every sentence can be written and translated."""

import re
from fractions import Fraction

import pytest

from pb.tally.explanation import (
    TEMPLATES,
    TEMPLATES_WHEN_IT_COMES_BACK,
    Decision,
    Money,
    Name,
    Reason,
    Step,
    explain,
    sentence,
)


def a_step(reason: Reason, **rest: object) -> Step:
    values = {
        "number": 1,
        "pass_number": 1,
        "project": "p",
        "votes": 12,
        "score": 12,
        "cost": 1_420_000,
        "decision": Decision.SKIPPED,
        "pool_left": 990_050,
        "area": "A1",
        "area_left": 500_000,
        "theme": "T1",
        "theme_left": 240_000,
        "votes_needed": 20,
        "highest_payment": Fraction(100_001, 10),
        "supporters_left": Fraction(19_999, 10),
    }
    return Step(reason=reason, **(values | rest))


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("comes_back", [False, True])
def test_every_reason_has_a_sentence_in_which_every_place_is_filled(reason, comes_back):
    written = sentence(a_step(reason, comes_back=comes_back), {"A1": "Torenhof"})

    assert "%" not in written
    assert written.endswith(".")


def test_every_template_asks_only_for_values_that_come_with_it():
    for reason in Reason:
        explanation = explain(a_step(reason))
        asked = set(re.findall(r"%\((\w+)\)s", explanation.template))
        assert asked <= set(explanation.values)


def test_templates_differ_so_that_each_can_be_translated():
    templates = [*TEMPLATES.values(), *TEMPLATES_WHEN_IT_COMES_BACK.values()]

    assert set(TEMPLATES) == set(Reason)
    assert len(set(templates)) == len(templates)


def test_values_come_as_data_for_the_page_to_write():
    explanation = explain(a_step(Reason.AREA_BUDGET_TOO_SMALL))

    assert explanation.values["area"] == Name("area", "A1")
    assert explanation.values["cost"] == Money(1_420_000)
    assert explanation.values["votes"] == 12


def test_amounts_are_written_the_dutch_way_with_cents_only_when_there_are_any():
    written = sentence(a_step(Reason.REMAINDER_TOO_SMALL), {})

    assert "€ 9.900,50." in written
    assert "€ 14.200." in written
    assert "PLN 14.200." in sentence(a_step(Reason.REMAINDER_TOO_SMALL), {}, "PLN")


def test_a_payment_is_rounded_up_and_what_is_left_is_rounded_down():
    explanation = explain(a_step(Reason.FITS_SHARES))

    assert explanation.values["payment"] == Money(10_001)
    assert explanation.values["supporters_left"] == Money(1999)
