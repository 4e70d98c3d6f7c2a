"""A verdict follows from the answers; an adaptation changes a plan and keeps its sums right."""

from dataclasses import replace

import pytest

from pb.foundation.money import euros
from pb.proposals.domain import Content, CostLine
from pb.reviews.domain import Adaptation, CriterionAnswer, Mark, Review, Verdict

CODES = ("ground", "law")


def a_review(*marks):
    return Review(
        number=1,
        answers=tuple(
            CriterionAnswer(code, mark) for code, mark in zip(CODES, marks, strict=False)
        ),
    )


@pytest.mark.parametrize(
    ("marks", "verdict"),
    [
        ((), None),
        ((Mark.NO,), None),
        ((Mark.YES, None), None),
        ((Mark.YES, Mark.YES), Verdict.FEASIBLE),
        ((Mark.YES, Mark.YES_IF), Verdict.FEASIBLE_IF),
        ((Mark.YES_IF, Mark.NO), Verdict.NOT_FEASIBLE),
        ((Mark.NO, Mark.YES), Verdict.NOT_FEASIBLE),
    ],
)
def test_the_verdict_follows_from_the_answers(marks, verdict):
    assert a_review(*marks).outcome(CODES) is verdict


def test_a_criterion_that_the_review_does_not_know_is_open():
    assert a_review(Mark.YES, Mark.YES).outcome((*CODES, "new")) is None


def a_content(*lines):
    return Content(
        title="Drempels", summary="Zes drempels.", situation="", place="Dijk", area_id="A1",
        theme_id="T1", cost_lines=lines, cost=sum(line.amount for line in lines), upkeep=None,
        own_part="", care="", pseudonym="Buur",
    )  # fmt: skip


def test_an_adaptation_replaces_words_and_one_line_makes_the_sum_right():
    before = a_content(CostLine("Drempels", euros(9000)))
    change = Adaptation(
        title="Plantenbakken", summary="Zes bakken.", place="Molenpad", cost=euros(8000)
    )

    after = change.applied_to(before)

    assert (after.title, after.place, after.cost) == ("Plantenbakken", "Molenpad", euros(8000))
    assert [line.amount for line in after.cost_lines] == [euros(9000), euros(-1000)]
    assert sum(line.amount for line in after.cost_lines) == after.cost
    assert after.pseudonym == "Buur"


def test_an_adaptation_that_costs_the_same_adds_no_line():
    before = a_content(CostLine("Drempels", euros(9000)))
    change = Adaptation(title="Anders", summary="Anders.", place="Dijk", cost=euros(9000))

    assert change.applied_to(before).cost_lines == before.cost_lines


def test_a_second_adaptation_moves_the_line_of_the_first():
    before = a_content(CostLine("Drempels", euros(9000)))
    first = Adaptation(title="Plantenbakken", summary="Zes.", place="Dijk", cost=euros(8000))

    after = replace(first, cost=euros(8500)).applied_to(first.applied_to(before))
    back = replace(first, cost=euros(9000)).applied_to(after)

    assert [line.amount for line in after.cost_lines] == [euros(9000), euros(-500)]
    assert back.cost_lines == before.cost_lines
