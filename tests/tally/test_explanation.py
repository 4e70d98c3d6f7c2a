"""Every decision has a sentence, every sentence is true, and all can be translated."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from pb.tally import explanation
from pb.tally.count import count
from pb.tally.explanation import (
    CRITERIA,
    TEMPLATES,
    TEMPLATES_WHEN_IT_COMES_BACK,
    Decimal,
    Money,
    Name,
    Word,
    explain,
    reasons,
    sentence,
    votes_needed,
)
from pb.tally.outcome import Reason
from pb.tally.rules import EQUAL_SHARES, MOST_VOTES, Completion, Family, Remainder, Utility
from tests.tally.elections import an_election, elections, for_every, rules
from tests.tally.gallery import BARE, COUNTS, ONCE, outcome_of

#: The sentences that stand apart from the reasons.
OTHERS = {
    value for name, value in vars(explanation).items() if name.isupper() and isinstance(value, str)
}


def said(name_of_count, project, names=None):
    """Return all that is said about a project of a count of the gallery."""
    outcome = outcome_of(name_of_count)
    return [sentence(each, names or {}) for each in reasons(project, outcome)]


def all_explanations(outcome):
    yield from (explain(step, outcome) for step in outcome.steps)
    for name in outcome.projects:
        yield from reasons(name, outcome)


# --- every sentence --------------------------------------------------------------------------


def test_the_gallery_shows_every_sentence():
    shown = {each.template for name in COUNTS for each in all_explanations(outcome_of(name))}

    assert set(TEMPLATES) == set(Reason)
    assert shown == {*TEMPLATES.values(), *TEMPLATES_WHEN_IT_COMES_BACK.values(), *OTHERS}


def test_templates_differ_so_that_each_can_be_translated_but_two_that_ask_for_votes():
    templates = [*TEMPLATES.values(), *TEMPLATES_WHEN_IT_COMES_BACK.values(), *OTHERS]
    same = {Reason.TOO_FEW_VOTES, Reason.TOO_SMALL_SHARE}

    assert len(templates) == len(set(templates)) + 1
    assert len({TEMPLATES[reason] for reason in same}) == 1


def test_every_criterion_has_a_word():
    shown = {
        value.text
        for name in COUNTS
        for each in all_explanations(outcome_of(name))
        for value in each.values.values()
        if isinstance(value, Word)
    }

    assert shown <= set(CRITERIA.values())
    assert shown >= {CRITERIA["lower_cost"], CRITERIA["lot"], CRITERIA["id"]}


@for_every(elections(), rules())
def test_every_place_in_every_sentence_is_filled(election, rule):
    outcome = count(election, rule)

    for each in all_explanations(outcome):
        asked = set(re.findall(r"%\((\w+)\)s", each.template))
        written = sentence(each, {})
        assert asked <= set(each.values)
        assert "%" not in written
        assert "None" not in written
        assert written.endswith(".")


@for_every(elections(), rules(Family.EQUAL_SHARES))
def test_what_is_too_little_is_less_than_the_cost(election, rule):
    outcome = count(election, rule)

    for name in outcome.projects:
        first, *_ = reasons(name, outcome)
        for short in re.findall(r"%\((together|supporters_left)\)s", first.template):
            assert first.values[short].cents < first.values["cost"].cents


@for_every(elections(), rules())
def test_a_project_that_does_not_come_back_is_never_told_to_wait(election, rule):
    outcome = count(election, rule)

    for name in outcome.projects:
        assert not any("Later kijken" in each.template for each in reasons(name, outcome))


# --- what is admitted ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("project", "written"),
    [
        ("gone", "Dit plan is teruggetrokken. Daarom telt het niet mee."),
        ("dear", "Dit plan kost € 90.000. Het hele budget is € 500. Het plan is te duur."),
        ("nobody", "Niemand stemde op dit plan. Daarom is het niet gekozen."),
        (
            "one",
            "Aantal stemmen: 1. Een plan heeft minstens 3 stemmen nodig. Niet gekozen.",
        ),
        (
            "few",
            "Aantal stemmen: 2. Een plan heeft minstens 3 stemmen nodig. Niet gekozen.",
        ),
    ],
)
def test_what_was_not_admitted_hears_why(project, written):
    assert said("refused", project)[0] == written


def test_what_missed_the_quota_hears_how_many_votes_its_cost_asks_for():
    assert said("refused for the quota", "big")[0] == (
        "Aantal stemmen: 3. Een plan van € 400 heeft minstens 4 stemmen nodig. Niet gekozen."
    )


def test_the_votes_that_are_needed_are_the_highest_of_all_lowest_numbers():
    election = an_election([("a",)] * 9 + [("b",)], {"a": 50, "b": 33}, 100)
    rules = {
        1: MOST_VOTES,
        2: replace(MOST_VOTES, minimum_votes=2),
        3: replace(MOST_VOTES, minimum_votes=2, minimum_percent=Fraction(21)),
        4: replace(MOST_VOTES, minimum_percent=Fraction(21), support_quota=1),
        5: replace(MOST_VOTES, minimum_votes=5, support_quota=1),
    }

    for needed, rule in rules.items():
        outcome = count(election, rule)
        assert votes_needed(outcome.projects["b"], outcome) == needed


def test_without_a_budget_a_quota_asks_for_nothing():
    election = an_election([("a",)], {"a": 0}, 0)
    outcome = count(election, replace(MOST_VOTES, support_quota=2))

    assert votes_needed(outcome.projects["a"], outcome) == 1


# --- most votes ------------------------------------------------------------------------------


def test_a_sentence_names_the_area_and_the_theme_and_the_amounts_before_the_decision():
    names = {"A1": "Torenhof", "A3": "Havenkom", "T4": "Veilig en schoon"}
    outcome = outcome_of("demo")
    first = {step.project: sentence(explain(step, outcome), names) for step in outcome.steps[:-5]}

    assert first["P04"] == (
        "Aantal stemmen: 256. Voor Torenhof was er nog € 48.000. Dit plan kost € 14.200. "
        "Dat past, dus het plan is gekozen."
    )
    assert first["P12"] == (
        "Aantal stemmen: 187. Voor Havenkom was er nog € 16.200. Dit plan kost € 19.500. "
        "Dat past niet. Later kijken wij of het past in de restpot."
    )
    # With ceilings that also hold in the remainder nobody is told to wait for more.
    assert first["P10"] == (
        "Aantal stemmen: 172. Het thema Veilig en schoon heeft een maximum. Daarvan was nog "
        "€ 2.400 over. Dit plan kost € 11.900. Dat past niet. Niet gekozen."
    )


def test_a_plan_that_lost_hears_the_last_reason_and_what_it_would_have_taken():
    assert said("demo", "P12") == [
        (
            "Aantal stemmen: 187. In de restpot was nog € 23.200. Dit plan kost € 19.500. "
            "Dat past, dus het plan is gekozen uit de restpot."
        )
    ]
    assert said("skipped", "b") == [
        "Aantal stemmen: 2. Er was nog € 40. Dit plan kost € 50. Dat past niet. Niet gekozen.",
        "Als het hoogstens € 40 kostte, was het gekozen.",
        "Met 1 stem meer was het gekozen.",
    ]
    election = an_election([("a",)] * 3 + [("b",)], {"a": 60, "b": 50}, 100)
    two_short = reasons("b", count(election, MOST_VOTES))[-1]
    assert sentence(two_short, {}) == "Met 2 stemmen meer was het gekozen."


def test_a_part_and_a_gift_are_explained():
    assert said("in part", "b")[0] == (
        "Aantal stemmen: 2. Dit plan kost € 50. Er was nog € 40. Het plan krijgt wat er nog was. "
        "Dat is niet genoeg om het hele plan te doen."
    )
    assert said("80 percent", "b") == [
        (
            "Aantal stemmen: 2. Er was nog € 40. Dit plan kost € 50. Er was genoeg voor minstens "
            "80 procent. De gemeente legt de rest erbij. Gekozen."
        )
    ]


# --- equal shares ----------------------------------------------------------------------------


def test_a_plan_that_was_bought_hears_who_paid_and_who_came_next():
    assert said("some paid less", "a") == [
        (
            "Aantal stemmen: 3. Dit plan kost € 12. De mensen die erop stemden, betalen dit samen "
            "uit hun deel. Niemand betaalt meer dan € 4. Gekozen."
        ),
        "Dat telt als 3,0 stemmen van mensen die alles betalen.",
        "Daarna kwam b, met 2,0.",
    ]
    assert said("some paid less", "b")[1:] == [
        "Dat telt als 1,6 stemmen van mensen die alles betalen.",
        "1 mens had niet genoeg meer. Die betaalde wat er nog was.",
    ]


def test_a_payment_is_rounded_up_and_what_is_left_is_rounded_down():
    election = an_election([("a", "b")] * 3 + [("a",)] * 4, {"a": 50, "b": 60}, 100)
    outcome = count(election, BARE)

    a, b = (reasons(name, outcome)[0].values for name in "ab")

    # A seventh of 50 is 7.142857.
    assert a["payment"] == Money(715)
    assert b["supporters_left"] == Money(3 * (10_000 - 5000) // 7)
    assert outcome.projects["b"].supporters_left == Fraction(3 * 5000, 7)


def test_a_plan_that_was_never_affordable_hears_the_share_and_what_that_is_together():
    election = an_election([("a",)] * 2 + [("b",)], {"a": 67, "b": 10}, 100)

    written = [sentence(each, {}) for each in reasons("a", count(election, BARE))]

    assert written == [
        (
            "Aantal stemmen: 2. Ieder had € 33,33 te verdelen. Samen is dat € 66,66. "
            "Dit plan kost € 67. Dat is te weinig."
        ),
        "Als het hoogstens € 66,66 kostte, was het gekozen bij hetzelfde deel per kiezer.",
        "Met 1 stem meer was het gekozen bij hetzelfde deel per kiezer.",
    ]


def test_zero_points_are_no_part_of_what_supporters_have_together():
    election = an_election(
        [(("a", 0),), (("a", 0),), (("a", 1),)],
        {"a": 60},
        100,
        kind="scoring",
    )
    lost = count(election, replace(BARE, utility=Utility.POINTS))

    assert lost.projects["a"].reason is Reason.NEVER_AFFORDABLE
    assert reasons("a", lost)[0].values["together"] == Money(3333)


def test_a_plan_whose_supporters_paid_for_others_hears_where_the_money_went():
    assert said("left over", "c", {"a": "Bank"}) == [
        (
            "Aantal stemmen: 3. Dit plan kost € 41. De mensen die erop stemden, betaalden ook "
            "andere plannen. Zij hebben samen nog € 15 over. Dat is te weinig."
        ),
        "Van het geld van deze mensen ging € 45 naar Bank.",
        "Daarna was in de restpot nog € 40. Ook dat was te weinig.",
        "Als het hoogstens € 40 kostte, was het gekozen bij hetzelfde deel per kiezer.",
        "Met 1 stem meer was het gekozen bij hetzelfde deel per kiezer.",
    ]


def test_the_money_that_went_to_most_comes_first():
    ballots = [("a", "b", "x")] * 3 + [("a",), ("b",), ("b",)]
    election = an_election(ballots, {"a": 12, "b": 30, "x": 70}, 100)

    outcome = count(election, BARE)

    went = [each.values["project"] for each in reasons("x", outcome) if "ging" in each.template]
    assert went == [Name("project", "b"), Name("project", "a")]


def test_a_plan_that_would_have_fitted_but_for_a_ceiling_hears_that():
    assert said("left over under a ceiling", "b")[:2] == [
        (
            "Aantal stemmen: 1. Ieder had € 10 te verdelen. Samen is dat € 10. Dit plan kost € 25. "
            "Dat is te weinig."
        ),
        "Daarna paste het plan ook in de restpot niet onder het maximum.",
    ]


def test_a_lost_tie_names_the_winner_and_what_decided():
    assert said("no completion but a tie", "b") == [
        (
            "Aantal stemmen: 1. Dit plan stond precies gelijk met een ander plan. De volgorde die "
            "vooraf vastlag, koos het andere plan. Daarna was er te weinig geld over."
        ),
        "Van het geld van deze mensen ging € 60 naar a.",
        "Het stond precies gelijk met a. Daar ging voor: de volgorde van de nummers.",
        "Als het hoogstens € 59,99 kostte, was het gekozen bij hetzelfde deel per kiezer.",
        "Met 1 stem meer was het gekozen bij hetzelfde deel per kiezer.",
    ]


def test_ties_that_changed_nothing_are_not_mentioned():
    election = an_election([("a", "b", "c")], {"a": 50, "b": 50, "c": 90}, 100)

    outcome = count(election, MOST_VOTES)

    assert outcome.projects["c"].lost_ties_to == ("b",)
    assert [tie.changes_outcome for tie in outcome.ties] == [False, True]
    assert any("gelijk met b" in sentence(each, {}) for each in reasons("c", outcome))


def test_where_everybody_helps_supporters_and_others_hear_what_they_pay():
    assert said("everybody helps", "a") == [
        (
            "Aantal stemmen: 2. Dit plan kost € 70. De mensen die erop stemden, betalen al wat zij "
            "nog hebben. De anderen betalen samen de rest, hoogstens € 15 per persoon. Gekozen."
        )
    ]


# --- Phragmen --------------------------------------------------------------------------------


def test_a_load_is_told_as_what_each_supporter_carries():
    assert said("loads", "a") == [
        (
            "Aantal stemmen: 2. Dit plan kost € 60. De mensen die erop stemden, dragen de kosten "
            "samen. Daarna draagt ieder van hen € 30. Dat is het laagste van alle plannen. Gekozen."
        )
    ]
    assert said("loads", "b")[0] == (
        "Aantal stemmen: 1. Dit plan kost € 41. Het volgende plan paste niet meer in het budget. "
        "Daar stopt de telling. Niet gekozen."
    )


# --- values ----------------------------------------------------------------------------------


def test_values_come_as_data_for_the_page_to_write():
    outcome = outcome_of("demo")

    values = explain(outcome.steps[0], outcome).values

    assert values["area"] == Name("area", "A1")
    assert values["theme"] == Name("theme", "T4")
    assert values["cost"] == Money(1_420_000)
    assert values["votes"] == 256
    effective = reasons("a", outcome_of("some paid less"))[1]
    assert effective.values == {"effective": Decimal(30)}


def test_amounts_are_written_the_dutch_way_with_cents_only_when_there_are_any():
    outcome = count(
        replace(
            an_election([("a", "b"), ("a",)], {"a": 4000, "b": 14_200}, 15_000), budget=1_390_050
        ),
        MOST_VOTES,
    )
    step = explain(outcome.steps[1], outcome)
    dear = explain(outcome.steps[0], outcome)

    assert "€ 13.900,50." in sentence(dear, {})
    assert "PLN 13.900,50" in sentence(dear, {}, "PLN")
    assert "€ 13.900,50." in sentence(step, {})


def test_comparison_and_other_rules_do_not_speak_of_a_share():
    for name in ("most votes preferred", "skipped", "loads"):
        outcome = outcome_of(name)
        for project in outcome.projects:
            assert not any("hetzelfde deel" in each.template for each in reasons(project, outcome))


@pytest.mark.parametrize("completion", [Completion.VOTES, Completion.NONE])
def test_a_completed_count_gives_the_reason_of_the_shares_to_who_was_passed_over(completion):
    rule = replace(ONCE, completion=completion)
    outcome = count(COUNTS["left over"][0], rule)

    assert outcome.projects["d"].reason is Reason.NEVER_AFFORDABLE
    assert reasons("d", outcome)[0].template == TEMPLATES[Reason.NEVER_AFFORDABLE]


def test_presets_do_not_need_a_budget_for_their_sentences():
    election = an_election([("a",), ()], {"a": 10}, 0)

    for rule in (MOST_VOTES, EQUAL_SHARES, replace(MOST_VOTES, remainder=Remainder.PARTIAL)):
        outcome = count(election, rule)
        assert sentence(reasons("a", outcome)[0], {}) == (
            "Dit plan kost € 10. Het hele budget is € 0. Het plan is te duur."
        )
