"""Why plans are chosen or not, and the document of a result: tried on the demonstration round."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.foundation.money import euros
from pb.frameworks.domain import Area, BallotRules, Counting, CountingRule, Theme
from pb.results import codes, document, election, export
from pb.results.counting import count_ballots
from pb.results.domain import AreaTurnout, CountedPlan, ListedBallot, ResultDamaged
from pb.results.explanation import why
from pb.rounds.domain import Round, State
from pb.tally.election import BallotKind
from pb.tally.rules import RuleName
from pb.trials.ganzerik import DATA
from tests.builders import a_framework

DEMO = json.loads((DATA / "demo_round.json").read_text())
CAST = json.loads((DATA / "demo_ballots.json").read_text())["ballots"]

PLANS = [
    CountedPlan(
        number=int(plan["id"][1:]),
        title=plan["title"],
        titles=plan["title_translations"],
        cost=euros(plan["cost_reviewed_eur"]),
        area_id=plan["area_id"],
        theme_id=plan["theme_id"],
        lot_number=plan["ballot_number"],
    )
    for plan in DEMO["proposals"]
    if plan["ballot_number"]
]
BALLOTS = [
    ListedBallot(
        code=ballot["ballot_id"], choices=tuple(int(choice[1:]) for choice in ballot["choices"])
    )
    for ballot in CAST
]
TURNOUT = [
    AreaTurnout(area_id=area["area_id"], name="", eligible=area["eligible"], voted=area["used"])
    for area in DEMO["turnout"]["by_area"]
]


def a_demo_round(**changes):
    framework = a_framework(
        total=euros(120_000),
        areas=tuple(
            Area(id=area["id"], name=area["name"], budget=euros(area["budget_eur"]))
            for area in DEMO["areas"]
        ),
        themes=tuple(
            Theme(id=theme["id"], name=theme["name"], ceiling=euros(theme["ceiling_eur"]))
            for theme in DEMO["themes"]
        ),
        max_cost=euros(20_000),
        ballot=BallotRules(max_choices=5),
        **changes,
    )
    return Round(
        slug="ganzerik",
        state=State.VOTING,
        entered=State.BALLOT_PUBLISHED,
        passed=frozenset(),
        framework=framework,
        framework_version=1,
        framework_hash="abc",
    )


def counted(plans=PLANS, ballots=BALLOTS, **changes):
    return count_ballots(a_demo_round(**changes), plans, ballots, TURNOUT, municipality="dorrewold")


@pytest.fixture(scope="module")
def demo():
    return counted()


def written(answer):
    """Write an answer as the page does, with euros for cents."""
    values = {
        name: f"€ {value // 100:,}".replace(",", ".") if name.endswith("_money") else value
        for name, value in answer.values.items()
    }
    return answer.sentence % values


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
    assert round(demo.result.served_share * 100, 1) == 98.3


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


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (
            10,
            (
                "Dit plan is niet gekozen. Het kreeg 172 stemmen. Het thema Veilig en schoon "
                "krijgt hoogstens € 25.000. Daarvan was nog € 2.400 over. Het plan kost € 11.900."
            ),
        ),
        (
            6,
            (
                "Dit plan is niet gekozen. Het kreeg 142 stemmen. Voor het gebied Torenhof was nog "
                "€ 4.100 over. Daarna was in de restpot nog € 3.700. Het plan kost € 9.750."
            ),
        ),
        (
            12,
            (
                "Dit plan is gekozen uit de restpot. Het kreeg 187 stemmen. In de restpot was nog "
                "€ 23.200. Het plan kost € 19.500. Dat past."
            ),
        ),
        (
            4,
            (
                "Dit plan is gekozen. Het kreeg 256 stemmen. Voor het gebied Torenhof was nog "
                "€ 48.000 over. Het plan kost € 14.200. Dat past."
            ),
        ),
        (
            5,
            (
                "Dit plan is gekozen. Het kreeg 112 stemmen. Sommige plannen met meer stemmen "
                "pasten niet. Voor het gebied Torenhof was nog € 4.100 over. "
                "Dit plan kost € 2.350. Dat past wel."
            ),
        ),
    ],
)
def test_a_plan_says_in_plain_words_why(demo, number, sentence):
    result = demo.result

    assert written(why(result, result.plan(number))) == sentence


@pytest.mark.parametrize("rule", CountingRule)
def test_every_plan_has_an_answer_under_every_rule(rule):
    plans = [*PLANS[:-1], _withdrawn(PLANS[-1])]
    result = counted(plans, counting=Counting(rule=rule)).result

    for plan in result.plans:
        chosen = written(why(result, plan)).startswith("Dit plan is gekozen")
        assert chosen == result.is_chosen(plan)


def _withdrawn(plan):
    return replace(plan, withdrawn=True)


def test_plans_that_nobody_chose_and_that_are_too_dear_have_an_answer_too():
    result = counted(ballots=[]).result

    assert {why(result, plan).sentence for plan in result.plans} == {
        "Dit plan is niet gekozen. Niemand stemde op dit plan."
    }


def test_the_document_gives_the_same_result_back(demo):
    assert document.read(demo.document, demo.document_hash) == demo.result
    assert document.from_document(document.to_document(demo.result)) == demo.result


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
    assert ",no,1,theme_ceiling_reached," in rows[10]


def test_a_title_never_runs_as_a_formula():
    plans = [replace(PLANS[0], title="=HYPERLINK(1)"), *PLANS[1:]]
    first = export.to_csv(counted(plans).result).decode("utf-8-sig").splitlines()[1]

    assert ",'=HYPERLINK(1)," in first


def test_a_title_over_two_lines_still_fits_the_public_file():
    plans = [replace(PLANS[0], title="Een;\nTwee"), *PLANS[1:]]

    assert counted(plans).election is not None


def test_the_rule_of_the_framework_is_the_rule_of_the_count():
    rule = election.rule_of(Counting(rule=CountingRule.EQUAL_SHARES))

    assert rule.name is RuleName.EQUAL_SHARES
    assert [criterion.value for criterion in rule.tie_order] == [
        "lower_cost",
        "more_votes",
        "lot",
        "id",
    ]
    assert election.other_rule(Counting()).name is RuleName.EQUAL_SHARES
    other = election.other_rule(Counting(rule=CountingRule.EQUAL_SHARES))
    assert other.name is RuleName.MOST_VOTES


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
