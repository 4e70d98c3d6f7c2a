"""The result file: its bytes, its shape, and that it can be read back."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import pb.tally
from pb.tally import pabulib
from pb.tally.count import count
from pb.tally.outcome import Decision, Ending, Outcome, Pass, Reason
from pb.tally.rules import EQUAL_SHARES, MOST_VOTES, PRESETS, Comparison, Rule
from pb.tally.ties import Criterion
from tests.tally.elections import PABULIB, an_election, elections, for_every, rules, shared_file
from tests.tally.gallery import COUNTS, outcome_of
from tests.tally.json_schema import complaints
from tests.tally.plain_count import outcome as plain_outcome

SCHEMA = json.loads(
    (Path(pb.tally.__file__).parent / "result.schema.json").read_text(encoding="utf-8")
)
every_count = pytest.mark.parametrize("name", COUNTS)


def document_of(name):
    return json.loads(outcome_of(name).to_json())


# --- the counts of the gallery show everything -----------------------------------------------


def test_the_gallery_shows_every_reason_pass_decision_ending_and_criterion():
    outcomes = [outcome_of(name) for name in COUNTS]
    steps = [step for outcome in outcomes for step in outcome.steps]

    assert {step.reason for step in steps} == set(Reason)
    assert {step.pass_ for step in steps} == set(Pass)
    assert {step.decision for step in steps} == set(Decision)
    assert {outcome.ending for outcome in outcomes} == {None, *Ending}
    assert {tie.criterion for outcome in outcomes for tie in outcome.ties} == set(Criterion)
    assert {tie.stage for outcome in outcomes for tie in outcome.ties} >= {
        "votes",
        "shares",
        "completion",
    }


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.nightly if "demo" in name else ()) for name in COUNTS],
)
def test_a_count_of_the_gallery_is_what_the_plainest_program_says(name):
    election, rule = COUNTS[name]

    assert outcome_of(name) == plain_outcome(election, rule, seed=outcome_of(name).seed)


# --- shape -----------------------------------------------------------------------------------


@every_count
def test_a_result_file_has_the_published_shape(name):
    assert complaints(document_of(name), SCHEMA) == []


@for_every(elections(), rules())
def test_every_result_file_has_the_published_shape(election, rule):
    assert complaints(json.loads(count(election, rule).to_json()), SCHEMA) == []


def every_place(value, place=()):
    """Yield the path to every object in a document."""
    if isinstance(value, dict):
        yield place
        for name, each in value.items():
            yield from every_place(each, (*place, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from every_place(each, (*place, number))


#: Objects from names or ids to amounts, in which any key can stand.
FREE = {"projects", "spent_by_area", "spent_by_theme", "supporters_spent"}


@pytest.mark.parametrize(
    "name", ["left over", "overspending", "in part", "most votes preferred", "loads"]
)
def test_no_key_may_be_left_out_and_none_may_be_added(name):
    text = outcome_of(name).to_json()
    for place in every_place(json.loads(text)):
        if place and place[-1] in FREE:
            continue
        changed = part = json.loads(text)
        for key in place:
            part = part[key]
        for key in list(part):
            value = part.pop(key)
            assert complaints(changed, SCHEMA), f"{place} without {key}"
            part[key] = value
        part["surprise"] = 1
        assert complaints(changed, SCHEMA), f"{place} with a surprise"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "pb-tally/2"),
        ("budget", 100),
        ("budget", "-5"),
        ("budget", "100.00"),
        ("budget", "100.5"),
        ("budget", "01"),
        ("budget", "1e3"),
        ("leftover", "-0"),
        ("endowment", "5"),
        ("endowment", "5/0"),
        ("endowment", "1.5/2"),
        ("input_sha256", "abc"),
        ("points_scale", 7),
        ("increments", -1),
        ("increments", True),
        ("increments", 1.0),
        ("stop", "tired"),
        ("selected", ["a", "a"]),
        ("selected", [""]),
        ("selected", "a"),
        ("steps", {}),
        ("seed", 4),
        ("rule", {"family": "loudest"}),
        ("next", {}),
    ],
)
def test_a_wrong_value_is_not_the_published_shape(key, value):
    document = document_of("overspending") | {key: value}

    assert complaints(document, SCHEMA)


def test_a_rule_holds_the_switches_of_its_own_family_only():
    document = document_of("demo")

    assert complaints(document | {"rule": EQUAL_SHARES.as_dict()}, SCHEMA) == []
    assert complaints(document | {"rule": MOST_VOTES.as_dict() | {"add1": True}}, SCHEMA)
    assert complaints(
        document | {"rule": PRESETS["phragmen"].as_dict() | {"completion": "epsilon"}}, SCHEMA
    )


# --- bytes -----------------------------------------------------------------------------------


@every_count
def test_a_result_file_is_sorted_json_with_one_space_and_one_line_end(name):
    text = outcome_of(name).to_json()

    assert text == (
        json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    )


def test_a_result_file_says_all_in_units_of_the_currency():
    election = an_election(
        [("a", "b"), ("a",), ()],
        {"a": 33, "b": 60},
        100,
        areas={"a": "north", "b": "south"},
        themes={"a": "groen"},
        area_budgets={"north": 5000, "east": 100},
        title="Buurt é",
        currency="PLN",
        input_sha256="ab" * 32,
    )
    election = replace(election, budget=10_050)

    document = json.loads(count(election, EQUAL_SHARES, seed="dice").to_json())

    step = document["steps"][0]
    assert "Buurt é" in count(election, EQUAL_SHARES).to_json()
    assert {key: document[key] for key in ("title", "currency", "input_sha256", "seed")} == {
        "title": "Buurt é",
        "currency": "PLN",
        "input_sha256": "ab" * 32,
        "seed": "dice",
    }
    assert (document["budget"], document["cost"], document["leftover"]) == ("100.50", "93", "7.50")
    assert document["ballots"] == {"cast": 3, "counted": 2, "blank": 1}
    assert document["voters_with_a_funded_choice"] == 2
    assert (document["start_endowment"], document["endowment"]) == ("201/4", "309/4")
    assert (document["increments"], document["stop"], document["next"]) == (27, "all_funded", None)
    assert document["spent_by_area"] == {"east": "0", "north": "33", "south": "60"}
    assert document["spent_by_theme"] == {"groen": "33"}
    assert (step["payment"], step["effective_votes"], step["left"]) == ("33/2", "2/1", "100.50")
    assert (step["runner_up"], step["runner_up_payment"]) == ("b", "60/1")
    assert document["projects"]["b"]["cost"] == "60"


def test_the_run_that_would_come_next_is_part_of_the_file():
    document = document_of("overspending")

    assert document["next"] == {
        "endowment": "226/3",
        "cost": "105",
        "selected": ["a", "b", "c"],
    }


def test_a_part_and_a_comparison_are_part_of_the_file():
    assert document_of("in part")["partly_funded"] == {"project": "b", "amount": "40"}
    assert document_of("most votes preferred")["comparison"] == {
        "prefer_rule": 4,
        "prefer_most_votes": 6,
        "kept": "most_votes",
    }
    assert document_of("shares preferred")["comparison"]["kept"] == "rule"
    assert document_of("demo")["comparison"] is None


def test_what_is_below_zero_can_be_read_back():
    outcome = outcome_of("80 percent")

    assert outcome.leftover == -1000
    assert document_of("80 percent")["leftover"] == "-10"


# --- back ------------------------------------------------------------------------------------


@every_count
def test_an_outcome_comes_back_from_its_result_file(name):
    outcome = outcome_of(name)

    assert Outcome.from_document(json.loads(outcome.to_json())) == outcome


@for_every(elections(), rules())
def test_every_outcome_comes_back_from_its_result_file(election, rule):
    outcome = count(election, rule)

    back = Outcome.from_document(json.loads(outcome.to_json()))

    assert back == outcome
    assert back.to_json() == outcome.to_json()


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="another format"):
        Outcome.from_document(document_of("demo") | {"format": "pb-tally/0"})


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Netherlands_Assen_2024", None),
        ("Netherlands_Amsterdam_604", None),
        ("Poland_Krakow_2023_Nowa_Huta", None),
        ("Poland_Swiecie_2023", replace(EQUAL_SHARES, comparison=Comparison.ANY_CHOICE)),
        ("Switzerland_Zurich_D10", replace(EQUAL_SHARES, utility="points")),
        ("Poland_Warszawa_2017_Chomiczowka", PRESETS["phragmen"]),
    ],
)
def test_the_result_file_of_a_real_election_has_the_published_shape_and_comes_back(name, rule):
    file = pabulib.read(shared_file(PABULIB / f"{name}.pb"))

    outcome = count(pabulib.to_election(file), file.rule if rule is None else rule)
    document = json.loads(outcome.to_json())

    assert complaints(document, SCHEMA) == []
    assert Outcome.from_document(document) == outcome
    assert isinstance(outcome.rule, Rule)
    assert outcome.endowment is None or isinstance(outcome.endowment, Fraction)
