"""Why plans are chosen or not, and the document of a result: tried on the demonstration round."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.ballots import election
from pb.foundation.money import euros
from pb.frameworks.domain import BallotRules, Counting, CountingRule, Remainder
from pb.results import codes, document, export
from pb.results.domain import ListedBallot, ResultDamaged
from pb.results.explanation import IN_SHORT, NOTHING_HELPS, PASSED_OVER, why
from pb.tally import pabulib
from pb.tally.count import count
from pb.tally.declared_rule import asked_rule
from pb.tally.election import BallotKind
from pb.tally.explanation import (
    AFTERWARDS,
    TEMPLATES,
    TEMPLATES_WHEN_IT_COMES_BACK,
    sentence,
)
from pb.tally.outcome import Decision, Outcome, Reason
from tests.builders import a_framework
from tests.results.demo_round import BALLOTS, DEMO, PLANS, a_demo_round, counted


@pytest.fixture(scope="module")
def demo():
    return counted()


@pytest.fixture(scope="module")
def shared():
    """The same ballots by equal shares."""
    return counted(counting=Counting(rule=CountingRule.EQUAL_SHARES)).result


def written(result, explanation):
    """Write a sentence as the Dutch page does."""
    names = {pot.id: pot.name for pot in (*result.areas, *result.themes)}
    return sentence(explanation, names | {plan.id: plan.title for plan in result.plans})


def test_the_demonstration_round_gives_the_outcome_that_was_worked_out_by_hand(demo):
    outcome = demo.result.outcome

    assert list(outcome.selected) == DEMO["result"]["selected_ids"]
    assert outcome.spent == euros(DEMO["result"]["spent_eur"])
    assert outcome.leftover == euros(3_700)
    assert {a: c // 100 for a, c in outcome.spent_by_area.items()} == DEMO["result"][
        "spent_by_area_eur"
    ]
    assert {t: c // 100 for t, c in outcome.spent_by_theme.items()} == DEMO["result"][
        "spent_by_theme_eur"
    ]
    assert outcome.voters_with_a_funded_choice == 789
    assert outcome.voters == 803


def test_the_other_rule_gives_what_was_worked_out_by_hand(demo):
    expected = DEMO["what_if"][0]
    what_if = demo.result.what_if

    assert list(what_if.selected) == expected["selected_ids"]
    assert what_if.spent == euros(expected["spent_eur"])
    assert what_if.increments == expected["settings"]["increase_steps_used"]


def test_each_step_says_the_same_as_the_worked_example(demo):
    reasons = [(step.project, step.reason.value) for step in demo.result.outcome.steps]

    assert reasons == [
        (step["proposal_id"], step["reason_code"]) for step in DEMO["result"]["count_steps"]
    ]


def in_short(result, plan):
    """Return what the pages say first of a plan."""
    found = why(result, plan)
    more = [each for each in found.more if each.template in IN_SHORT and plan not in result.chosen]
    return " ".join(written(result, each) for each in (found.first, *more))


SENTENCES = {
    10: (
        "Aantal stemmen: 172. Het thema Veilig en schoon heeft een maximum. Daarvan was nog "
        "€ 2.400 over. Dit plan kost € 11.900. Dat past niet. Later kijken wij of het past in de "
        "restpot. Daarna was in de restpot nog € 3.700. Ook dat was te weinig."
    ),
    12: (
        "Aantal stemmen: 187. In de restpot was nog € 23.200. Dit plan kost € 19.500. "
        "Dat past, dus het plan is gekozen uit de restpot."
    ),
    4: (
        "Aantal stemmen: 256. Voor Torenhof was er nog € 48.000. Dit plan kost € 14.200. "
        "Dat past, dus het plan is gekozen."
    ),
}


@pytest.mark.parametrize(("number", "sentence"), SENTENCES.items())
def test_a_plan_says_first_what_decided(demo, number, sentence):
    assert in_short(demo.result, demo.result.plan(number)) == sentence


def test_a_chosen_plan_says_that_plans_above_it_did_not_fit(demo):
    result = demo.result
    said = {
        plan.number: PASSED_OVER in {each.template for each in why(result, plan).more}
        for plan in result.chosen
    }

    assert said[5]
    assert not said[4]


def test_a_plan_says_what_would_have_changed_it(demo):
    result = demo.result

    assert [written(result, each) for each in why(result, result.plan(10)).takes] == [
        "Als het hoogstens € 2.400 kostte, was het gekozen.",
        "Met 84 stemmen meer was het gekozen.",
    ]
    assert why(result, result.plan(4)).takes == ()


def test_what_it_takes_is_what_the_count_finds(demo):
    """Counted again with the cost or the votes that were named, the plan is chosen."""
    result = demo.result
    for plan in result.not_chosen:
        cheaper = replace(plan, cost=result.of(plan).max_winning_cost)
        plans = [cheaper if each.number == plan.number else each for each in PLANS]
        again = counted(plans).result
        assert again.is_chosen(again.plan(plan.number))

        alone = ListedBallot(code="", choices=(plan.number,))
        extra = [alone] * result.of(plan).extra_votes
        again = counted(ballots=[*BALLOTS, *extra]).result
        assert again.is_chosen(again.plan(plan.number))


def test_the_money_of_supporters_is_listed_the_largest_first(shared):
    found = why(shared, shared.plan(12))
    amounts = [cents for _, cents in found.spent]
    together = shared.outcome.endowment * shared.votes(shared.plan(12))

    assert amounts == sorted(amounts, reverse=True)
    assert [plan.id for plan, _ in found.spent][:2] == ["P11", "P02"]
    # Every amount is cut to whole cents, so a cent per amount may be lost.
    assert 0 <= together - sum(amounts) - found.left <= len(amounts) + 1


def test_a_winner_of_equal_shares_says_what_its_votes_count_for_and_who_came_next(shared):
    sentences = [written(shared, each) for each in why(shared, shared.plan(2)).more]

    assert sentences == [
        "Dat telt als 201,5 stemmen van mensen die alles betalen.",
        "13 mensen hadden niet genoeg meer. Zij betaalden wat zij nog hadden.",
        f"Daarna kwam {shared.plan(8).title}, met 196,0.",
    ]


@pytest.mark.parametrize("rule", CountingRule)
def test_every_plan_has_an_answer_under_every_rule(rule):
    plans = [*PLANS[:-1], replace(PLANS[-1], withdrawn=True)]
    result = counted(plans, counting=Counting(rule=rule)).result

    for plan in result.plans:
        step = result.deciding_step(plan)
        assert (step.decision is Decision.SELECTED) == result.is_chosen(plan)
        found, reason = why(result, plan), result.of(plan).reason
        twice = {each.template for each in found.more} & set(AFTERWARDS.values())
        if twice and rule is CountingRule.MOST_VOTES:
            assert found.first.template in TEMPLATES_WHEN_IT_COMES_BACK.values()
        else:
            assert found.first.template == TEMPLATES[reason]
        assert "%(" not in in_short(result, plan)


def test_a_plan_that_nothing_helps_says_so():
    dear = [replace(PLANS[0], cost=euros(200_000)), *PLANS[1:]]
    result = counted(dear, counting=Counting(rule=CountingRule.MOST_VOTES_NO_SKIP)).result
    told = {each.template for each in why(result, result.plan(1)).takes}
    withdrawn = counted([replace(PLANS[0], withdrawn=True), *PLANS[1:]]).result

    assert result.of(result.plan(1)).reason is Reason.OVER_BUDGET
    assert NOTHING_HELPS in told
    assert why(withdrawn, withdrawn.plan(1)).takes == ()


def test_plans_that_nobody_chose_have_an_answer_too():
    result = counted(ballots=[]).result

    assert {why(result, plan).first.template for plan in result.plans} == {
        "Niemand stemde op dit plan. Daarom is het niet gekozen."
    }
    assert result.election_hash == ""


def test_a_plan_that_gets_a_part_is_not_chosen_and_says_how_much():
    counting = Counting(rule=CountingRule.MOST_VOTES_NO_SKIP, remainder=Remainder.PARTIAL)
    result = counted(counting=counting).result
    partly = [plan for plan in result.plans if result.part_of(plan) is not None]

    assert [result.of(plan).reason for plan in partly] == [Reason.PARTLY_FUNDED]
    assert not result.is_chosen(partly[0])
    assert result.part_of(partly[0]) == result.outcome.leftover


def test_the_document_gives_the_same_result_back(demo):
    assert document.read(demo.document, demo.document_hash) == demo.result
    assert document.from_document(document.to_document(demo.result)) == demo.result


def test_under_count_stands_the_result_file_as_any_program_makes_it(demo):
    kept = json.loads(demo.document)

    assert kept["format"] == "pb-result/2"
    assert kept["count"] == json.loads(demo.result.outcome.to_json())
    assert Outcome.from_document(kept["what_if"]) == demo.result.what_if


def test_what_is_counted_is_what_the_public_file_says(demo):
    file = pabulib.parse(demo.election, "stemmen.pb")
    found = pabulib.to_election(file)

    assert demo.result.election_hash == hashlib.sha256(demo.election).hexdigest()
    assert count(found, file.rule).to_json() == demo.result.outcome.to_json()


def test_the_other_count_is_what_anybody_gets_who_asks_for_that_preset(demo):
    file = pabulib.parse(demo.election, "stemmen.pb")
    other = count(pabulib.to_election(file), asked_rule("equal_shares", file.meta))

    assert other.to_json() == demo.result.what_if.to_json()


def test_a_document_of_another_format_is_not_read(demo):
    with pytest.raises(ValueError, match="another format"):
        document.from_document(document.to_document(demo.result) | {"format": "pb-result/9"})


def test_a_document_that_was_changed_is_not_read(demo):
    with pytest.raises(ResultDamaged):
        document.read(demo.document + b" ", demo.document_hash)


@settings(deadline=None, max_examples=5)
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_changes_no_byte(demo, order):
    ballots = BALLOTS.copy()
    order.shuffle(ballots)
    again = counted(ballots=ballots)

    assert (again.document, again.election) == (demo.document, demo.election)


def test_the_table_has_a_row_per_plan_with_whole_cents(demo):
    rows = export.to_csv(demo.result).decode("utf-8-sig").splitlines()

    assert rows[0].startswith("number,title,area,theme,cost_cents,votes")
    assert len(rows) == 17
    assert rows[10].startswith(
        "10,Langzaam rijden bij het Molenpad,Oude Dijk,Veilig en schoon,1190000,172"
    )
    assert ",no,remainder,remainder_too_small," in rows[10]
    assert rows[10].endswith(",no,240000,84")


def test_a_title_never_runs_as_a_formula():
    plans = [replace(PLANS[0], title="=HYPERLINK(1)"), *PLANS[1:]]
    first = export.to_csv(counted(plans).result).decode("utf-8-sig").splitlines()[1]

    assert ",'=HYPERLINK(1)," in first


def test_a_title_over_two_lines_still_fits_the_public_file():
    plans = [replace(PLANS[0], title="Een;\nTwee"), *PLANS[1:]]

    assert counted(plans).election is not None


@pytest.mark.parametrize("rule", CountingRule)
def test_the_rule_of_the_framework_is_the_rule_of_the_count(rule):
    result = counted(counting=Counting(rule=rule)).result

    assert result.outcome.rule.name == rule.value
    assert result.what_if.rule.name == (
        "equal_shares" if rule.value.startswith("most_votes") else "most_votes"
    )


@pytest.mark.parametrize(
    ("kind", "rules", "ballot"),
    [
        (BallotKind.CHOOSE_ONE, {"max_choices": 1}, ListedBallot(code="A", choices=(4,))),
        (BallotKind.KNAPSACK, {"max_cost": euros(60_000)}, ListedBallot(code="A", choices=(1, 4))),
        (
            BallotKind.CUMULATIVE,
            {"points": 5, "max_points": 3},
            ListedBallot(code="A", choices=(1, 4), points=(2, 3)),
        ),
        (BallotKind.ORDINAL, {"max_choices": 3}, ListedBallot(code="A", choices=(4, 1))),
    ],
)
def test_every_kind_of_ballot_is_counted(kind, rules, ballot):
    voting_round = a_demo_round()
    framework = a_framework(
        total=voting_round.framework.total,
        areas=voting_round.framework.areas,
        themes=voting_round.framework.themes,
        ballot=BallotRules(kind=kind, **rules),
    )
    to_count = election.build(framework, PLANS, [ballot, ballot])

    assert to_count.voters == 2
    assert to_count.kind is kind


@pytest.mark.parametrize(
    "typed", ["7qk4-m2xd-9trb", " 7QK4 M2XD 9TRB ", "7QK4M2XD9TRB", "7qk4.m2xd.9trb"]
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert codes.normal(typed) == "7QK4M2XD9TRB"


def test_look_alikes_in_a_code_are_read_as_figures():
    assert codes.normal("oil0-1111-1111") == "011011111111"


def test_a_code_is_written_in_groups_of_four():
    assert codes.written("7QK4M2XD9TRB") == "7QK4-M2XD-9TRB"


@given(
    sizes=st.dictionaries(st.sampled_from("0123ABC"), st.integers(1, 350)),
    begin=st.text(max_size=2),
    page=st.integers(-3, 9),
)
def test_a_page_of_codes_always_exists(sizes, begin, page):
    found, number, pages, first = codes.place(sizes, begin, page)

    assert found in sizes or (found == "" and not sizes)
    assert 1 <= number <= pages
    assert 0 <= first <= max(0, sizes.get(found, 0) - 1)
