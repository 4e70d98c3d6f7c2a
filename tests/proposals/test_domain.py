"""Plans as values: numbers, private links, what may be seen when, and lots."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pb.foundation.money import Cents, euros
from pb.proposals.answers import answer_from_document, answer_to_document
from pb.proposals.ballot_list import (
    LotsDoNotFit,
    SeedMissing,
    hash_of_list,
    lots_from_seed,
    refuse_wrong_lots,
)
from pb.proposals.domain import (
    Answer,
    CostLine,
    PlanIsFixed,
    Proposal,
    ProposalState,
    hash_of,
    label_of,
    matching,
    new_secret,
    refuse_unless_in,
)

MOMENT = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)


def a_proposal(**changes):
    plan = Proposal(
        title="Bankje",
        summary="Een bankje.",
        situation="",
        place="Lindepark",
        area_id="A1",
        theme_id="T1",
        cost_lines=(CostLine("Bankje", euros(900)),),
        cost=euros(900),
        upkeep=None,
        own_part="",
        care="",
        pseudonym="Buur",
        number=12,
        state=ProposalState.SUBMITTED,
        version=1,
        titles={"en": "Bench"},
        first_cost=euros(900),
        submitted_at=MOMENT,
    )
    return replace(plan, **changes)


def an_answer(**changes):
    answer = Answer(
        verdict=ProposalState.FEASIBLE, reason="Het past.", at=MOMENT, by="Adviseur groen"
    )
    return replace(answer, **changes)


def test_a_number_is_written_as_everyone_knows_it():
    assert label_of(7) == "P07"
    assert a_proposal(number=112).label == "P112"


def test_a_private_link_has_more_than_128_random_bits_and_none_is_like_another():
    links = {new_secret() for _ in range(200)}

    assert len(links) == 200
    assert all(len(link) * 5 >= 128 for link in links)


def test_a_private_link_forgives_look_alikes_and_capitals():
    assert hash_of("O1l-x") == hash_of("011-X")
    assert hash_of("a") != hash_of("b")


def test_a_title_is_shown_in_the_language_of_the_page_or_as_it_was_written():
    assert a_proposal().title_in("en") == "Bench"
    assert a_proposal().title_in("tr") == "Bankje"


@pytest.mark.parametrize("state", [ProposalState.FEASIBLE, ProposalState.NOT_FEASIBLE])
def test_nobody_sees_a_verdict_before_its_time(state):
    plan = a_proposal(state=state, answer=an_answer(verdict=state, cost=Cents(1)))

    for seen in (plan.as_public(verdicts_known=False), plan.as_owner(verdicts_known=False)):
        assert seen.state is ProposalState.IN_REVIEW
        assert seen.answer is None
        assert seen.final_cost == euros(900)


def test_everyone_sees_a_verdict_once_verdicts_are_known():
    plan = a_proposal(state=ProposalState.FEASIBLE, answer=an_answer(cost=euros(800)))

    assert plan.as_public(verdicts_known=True) == plan
    assert plan.final_cost == euros(800)


@pytest.mark.parametrize("state", [ProposalState.QUESTION_OPEN, ProposalState.ADAPTATION_OFFERED])
@pytest.mark.parametrize("known", [True, False])
def test_only_the_owner_sees_a_question_and_an_offer(state, known):
    plan = a_proposal(state=state)

    assert plan.as_public(verdicts_known=known).state is ProposalState.IN_REVIEW
    assert plan.as_owner(verdicts_known=known).state is state


def test_a_merged_plan_says_at_once_where_it_went():
    answer = an_answer(verdict=ProposalState.MERGED, merged_into=7)
    plan = a_proposal(state=ProposalState.MERGED, answer=answer)

    assert plan.as_public(verdicts_known=False).answer == answer


@pytest.mark.parametrize("state", [ProposalState.ON_HOLD, ProposalState.WITHDRAWN])
def test_held_and_withdrawn_plans_are_not_public(state):
    assert not a_proposal(state=state).is_public


def test_a_plan_that_does_not_move_any_more_refuses_by_its_state():
    with pytest.raises(PlanIsFixed, match="Gekozen"):
        refuse_unless_in(a_proposal(state=ProposalState.SELECTED), frozenset())


def test_plans_are_found_by_area_and_theme_in_the_order_given():
    one, two, three = (
        a_proposal(number=number, area_id=area, theme_id=theme)
        for number, area, theme in ((3, "A1", "T1"), (1, "A2", "T1"), (2, "A1", "T2"))
    )

    assert matching([one, two, three]) == [one, two, three]
    assert matching([one, two, three], area_id="A1") == [one, three]
    assert matching([one, two, three], area_id="A1", theme_id="T2") == [three]


def test_an_answer_survives_being_kept():
    answer = an_answer(cost=euros(800), cost_reason="Prijslijst 2026", merged_into=7)

    assert answer_from_document(answer_to_document(answer)) == answer
    assert answer_from_document(answer_to_document(None)) is None


def test_anybody_can_work_out_the_lot_again():
    lots = lots_from_seed("4 2 6", [1, 2, 3])

    by_hand = sorted(
        [1, 2, 3], key=lambda number: hashlib.sha256(f"4 2 6|{number}".encode()).hexdigest()
    )
    assert [lots[number] for number in by_hand] == [1, 2, 3]
    assert lots_from_seed("4 2 6", [3, 1, 2]) == lots


def test_another_seed_gives_another_order():
    orders = {tuple(lots_from_seed(str(seed), range(1, 17))) for seed in range(20)}

    assert len(orders) == 20


def test_a_lot_needs_something_that_was_drawn():
    with pytest.raises(SeedMissing):
        lots_from_seed("  ", [1])


@pytest.mark.parametrize(
    "lots", [{}, {1: 1}, {1: 1, 2: 1}, {1: 1, 2: 3}, {1: 0, 2: 1}, {1: 1, 3: 2}]
)
def test_every_plan_on_the_list_has_exactly_one_lot(lots):
    with pytest.raises(LotsDoNotFit):
        refuse_wrong_lots(lots, [1, 2])


def test_the_hash_of_an_empty_list_is_that_of_an_empty_list():
    assert hash_of_list([]) == hashlib.sha256(b"[]").hexdigest()
