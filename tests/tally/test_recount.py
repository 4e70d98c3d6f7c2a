"""The recount in one file: every sentence of docs/result-file.md, on elections worked out by hand.

The elections have a budget of 100 unless a test says otherwise. A project is written as
"id;cost;themes;area;lot", a ballot as the ids it names, and behind a bar its points.
"""

import csv
import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from pb.tally import recount

SCRIPT = Path(recount.__file__)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "pabulib"
BY_ID = ("tie_order=id",)


def an_election(projects, ballots, **meta):
    """Return the text of an election."""
    facts = {"description": "Proef", "budget": "100", "vote_type": "approval", "rule": "greedy"}
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in (facts | meta).items())]
    lines += ["PROJECTS", "project_id;cost;category;neighborhood;lot", *projects]
    lines += ["VOTES", "voter_id;vote;points"]
    lines += [f"{at};{ballot.replace('|', ';')}" for at, ballot in enumerate(ballots)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def count(tmp_path):
    """Return a function that counts an election and returns the result as an object."""

    def counted(projects, ballots, asked=None, *switches, seed=None, **meta):
        path = tmp_path / "proef.pb"
        path.write_text(an_election(projects, ballots, **meta), encoding="utf-8")
        return json.loads(recount.recount(path, asked, switches, seed))

    return counted


def reasons(result, stage):
    """Return what was decided in a pass: id and reason, in order."""
    return [(s["project"], s["reason"]) for s in result["steps"] if s["pass"] == stage]


def step_of(result, project, stage):
    """Return the one step of a project in a pass."""
    (step,) = [s for s in result["steps"] if (s["project"], s["pass"]) == (project, stage)]
    return step


def ties(result):
    """Return the ties in short."""
    return [(t["winner"], t["rival"], t["criterion"], t["changes_outcome"]) for t in result["ties"]]


# --- the file --------------------------------------------------------------------------------


def test_a_ballot_that_names_nothing_is_blank_and_does_not_count(count):
    result = count(["a;10"], ["a", "", "a"])

    assert result["ballots"] == {"blank": 1, "cast": 3, "counted": 2}
    assert result["voters_with_a_funded_choice"] == 2


def test_a_ballot_counts_a_project_once_and_of_a_repeat_the_first_points(count):
    result = count(["a;10", "b;10"], ["a, b,a|2,1,9"], vote_type="cumulative")

    assert (result["projects"]["a"]["votes"], result["projects"]["a"]["score"]) == (1, 2)


def test_points_with_decimals_are_multiplied_until_all_are_whole(count):
    result = count(["a;10", "b;10"], ["a,b|0.25,1.0", "a|2"], vote_type="scoring")

    assert result["points_scale"] == 100
    assert [result["projects"][name]["score"] for name in "ab"] == [225, 100]


def test_the_score_of_a_ranking_is_its_places_minus_the_position_and_never_below_zero(count):
    # L = 2: the first place gives 2, the second 1, the third 0.
    result = count(["a;10", "b;10", "c;10"], ["a,b,c", "b"], vote_type="ordinal", max_length="2")

    assert [result["projects"][name]["score"] for name in "abc"] == [2, 3, 0]
    assert result["projects"]["c"]["votes"] == 1


def test_a_ranking_without_a_length_has_a_place_for_every_project(count):
    result = count(["a;10", "b;10", "c;10"], ["a"], vote_type="ordinal")

    assert result["projects"]["a"]["score"] == 3


def test_a_budget_is_cut_to_cents_and_a_cost_is_raised(count):
    result = count(["a;10.001"], ["a"], budget="99.999")

    assert (result["budget"], result["cost"], result["leftover"]) == ("99.99", "10.01", "89.98")


def test_the_file_may_begin_with_a_mark_end_lines_in_crlf_and_have_empty_lines(tmp_path):
    text = an_election(["a;10"], ["a"]).replace("PROJECTS", "\n\nPROJECTS").replace("\n", "\r\n")
    path = tmp_path / "proef.pb"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert json.loads(recount.recount(path))["selected"] == ["a"]


def test_a_cell_may_be_as_long_as_the_file(count, tmp_path):
    long = "x" * 300_000
    csv.field_size_limit(131_072)  # That of Python, which another test may have raised.

    assert count(["a;10"], ["a"], description=long)["title"] == long
    path = tmp_path / "open.pb"
    path.write_text(f'META\nkey;value\n"{long * 2}', encoding="utf-8")
    with pytest.raises(recount.Unreadable, match="never closed"):
        recount.recount(path)


def test_points_have_six_decimals_at_most(count):
    asked = (["a;10"], ["a|0.123456"])

    assert count(*asked, vote_type="scoring")["projects"]["a"]["score"] == 123_456
    with pytest.raises(recount.Unreadable, match="six decimals"):
        count(["a;10"], ["a|0.0000005"], vote_type="scoring")


def test_a_ballot_with_points_for_nothing_counts_nothing(count):
    result = count(["a;10"], ["|", "a|1"], vote_type="scoring")

    assert result["ballots"] == {"blank": 1, "cast": 2, "counted": 1}


def test_a_word_with_cells_after_it_is_no_title(count):
    assert count(["a;10"], ["a"], VOTES="5")["selected"] == ["a"]


def test_a_file_that_says_nothing_of_itself_is_refused_in_its_first_line(tmp_path):
    path = tmp_path / "proef.pb"
    path.write_text("META\nkey;value\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n1;a\n")

    with pytest.raises(recount.Unreadable, match="line 1: META does not say"):
        recount.recount(path)


def test_without_a_lot_a_project_has_lot_0(count):
    result = count(["b;60", "a;60;;;1"], ["a", "b"], "most_votes", "tie_order=lot")

    assert result["selected"] == ["b"]


def test_cells_may_be_quoted(count):
    result = count(["a;10"], ["a"], description='"Een; ""proef"""')

    assert result["title"] == 'Een; "proef"'
    assert result["currency"] == "EUR"


# --- the rule --------------------------------------------------------------------------------

MOST_VOTES = {"family": "most_votes", "remainder": "none", "ceilings_in_remainder": False}
SHARES = {"family": "equal_shares", "theme_ceilings": False, "completion": "none"}


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"rule": "greedy"}, MOST_VOTES | {"areas": "ceilings", "minimum_votes": 1}),
        ({"rule": "unknown", "min_project_score_threshold": "50"}, {"minimum_votes": 50}),
        ({"rule": "unknown", "min_project_score_threshold": "2.5"}, {"minimum_votes": 3}),
        ({"rule": "greedy", "leftover_budget": "Fund additional"}, {"remainder": "second_pass"}),
        ({"rule": "greedy", "leftover_budget": "Partially fund"}, {"remainder": "partial"}),
        ({"rule": "greedy-exclusive"}, MOST_VOTES | {"exclusive_groups": True}),
        ({"rule": "greedy-no-skip"}, {"name": "most_votes_no_skip"}),
        ({"rule": "greedy-custom", "unit": "Łódź"}, MOST_VOTES | {"skip": True}),
        (
            {"rule": "greedy-custom", "unit": "Poznań"},
            {"skip": False, "remainder": "eighty_percent", "ceilings_in_remainder": True},
        ),
        ({"rule": "equalshares", "min_project_score_threshold": "9"}, SHARES | {"add1": False}),
        (
            {"rule": "equalshares-comparison"},
            SHARES | {"add1": False, "comparison": "more_choices", "stop": "exhaustive"},
        ),
        ({"rule": "equalshares/add1"}, SHARES | {"add1": True, "minimum_votes": 1}),
        ({"rule": "equalshares/add1u"}, SHARES | {"completion": "votes"}),
        (
            {"rule": "equalshares/add1-comparison"},
            SHARES | {"start": "floor", "stop": "overspending", "comparison": "more_choices"},
        ),
    ],
)
def test_a_file_says_its_rule_in_the_words_of_pabulib(count, meta, expected):
    rule = count(["a;10"], ["a"], **meta)["rule"]

    assert {switch: rule[switch] for switch in expected} == expected


def test_a_preset_keeps_of_meta_the_least_number_of_votes_and_the_leftover_rule(count):
    meta = {"min_project_score_threshold": "2", "leftover_budget": "Partially"}
    votes = count(["a;10"], ["a"], "most_votes", **meta)["rule"]
    no_skip = count(["a;10"], ["a"], "most_votes_no_skip", **meta)["rule"]
    shares = count(["a;10"], ["a"], "equal_shares", **meta)["rule"]

    assert (votes["minimum_votes"], votes["remainder"]) == (2, "partial")
    assert (no_skip["minimum_votes"], no_skip["remainder"]) == (2, "none")
    assert (shares["minimum_votes"], shares["theme_ceilings"], shares["name"]) == (
        *(1, False),
        "equal_shares",
    )


def test_the_name_is_that_of_the_preset_with_the_same_switches_of_its_family(count):
    result = count(["a;10"], ["a"], "equal_shares_tool", "tie_order=id")
    other = count(["a;10"], ["a"], "equal_shares_tool", "utility=points")

    assert result["rule"]["name"] == "equal_shares_tool"
    assert result["rule"]["step"] == "1"
    assert other["rule"]["name"] == "custom"


def test_counting_rule_holds_the_whole_rule_and_a_preset_keeps_a_part_of_it(count):
    own = recount.preset("most_votes", minimum_votes=3, minimum_percent="5/2", theme_ceilings=True)
    quoted = '"' + json.dumps(own).replace('"', '""') + '"'
    by_file = count(["a;10"], ["a"] * 3, counting_rule=quoted, min_project_score_threshold="9")
    by_name = count(["a;10"], ["a"] * 3, "phragmen", counting_rule=quoted)

    assert by_file["rule"] == own | {"name": "most_votes"}
    kept = ("minimum_votes", "minimum_percent", "theme_ceilings")
    assert {switch: by_name["rule"][switch] for switch in kept} == {
        "minimum_votes": 3,
        "minimum_percent": "5/2",
        "theme_ceilings": True,
    }


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"family": "lottery"}, "words that no rule has"),
        ({"family": "phragmen"}, "words that no rule has"),  # Which has no skip.
        ({"luck": 1}, "words that no rule has"),
        ({"skip": None}, "cannot be 'None'"),
        ({"family": ["most_votes"]}, "words that no rule has"),
    ],
)
def test_counting_rule_has_the_words_of_its_family_and_no_others(count, changes, problem):
    own = json.dumps(recount.preset("most_votes") | changes)

    with pytest.raises(recount.Unreadable, match=f"line 7: .*{problem}"):
        count(["a;10"], ["a"], counting_rule='"' + own.replace('"', '""') + '"')


@pytest.mark.parametrize(
    ("rule", "switch"),
    [
        ("borda", "skip=true"),
        ("most_votes", "skips=true"),
        ("most_votes", "skip"),
        ("most_votes", "skip=perhaps"),
        ("most_votes", "utility=cost"),
        ("most_votes", "minimum_votes=-1"),
        ("most_votes", "minimum_percent=101"),
        ("most_votes", "tie_order=id,lot"),
        ("equal_shares", "areas=pots"),
        ("equal_shares", "step=0"),
        ("equal_shares", "step=0.001"),
        ("phragmen", "completion=epsilon"),
    ],
)
def test_a_rule_that_does_not_exist_is_refused(count, rule, switch):
    with pytest.raises(recount.Refused):
        count(["a;10"], ["a"], rule, switch)


def test_all_ballots_may_be_asked_for(count):
    result = count(["a;60", "b;40"], ["a,b", "a"], "most_votes", "minimum_percent=100")

    assert (result["rule"]["minimum_percent"], result["selected"]) == ("100/1", ["a"])


def test_a_chain_of_more_than_a_million_steps_is_refused(count):
    # Two voters want a, which costs all; the third wants nothing that can be had. The share must
    # rise from 33.33 to 50 million in cents.
    with pytest.raises(recount.Refused, match="1000000 times"):
        count(
            *(
                ["a;100000000", "b;1"],
                ["a", "a", "b"],
                "equal_shares",
                "step=0.01",
                "stop=overspending",
            ),
            budget="100000000",
        )


@pytest.mark.parametrize(
    ("a", "b", "steps"),
    [("29999.99", "10000.01", 999_999), ("30000", "10000", 1_000_000), ("30000.01", "9999.99", 0)],
)
def test_a_chain_of_exactly_a_million_steps_is_not_refused(count, a, b, steps):
    # Both begin with 20,000, and one of them must get the cost of a.
    asked = ([f"a;{a}", f"b;{b}"], ["a", "b"], "equal_shares", "step=0.01", "completion=none")

    if steps:
        assert count(*asked, budget="40000")["increments"] == steps
    else:
        with pytest.raises(recount.Refused, match="1000000 times"):
            count(*asked, budget="40000")


# --- admission -------------------------------------------------------------------------------


def test_a_project_is_refused_for_the_first_reason_that_applies(count):
    # n = 4, B = 100. 40 % of 4 ballots is 1.6: one vote is too small a share, two are enough.
    # Quota 1: B × votes < cost × n refuses e, as 100 × 2 < 60 × 4, and not f: 100 × 2 = 50 × 4.
    projects = ["a;999999999", "b;101", "c;10", "d;10", "e;60", "f;50"]
    ballots = ["d,e,f", "e,f", "a,b", "a"]
    switches = ("minimum_percent=40", "support_quota=1")
    result = count(projects, ballots, "most_votes", *switches)

    # By score: a, e, f have 2; b and d 1; c 0. Equal scores: lower cost first.
    assert reasons(result, "admission") == [
        ("e", "quota_missed"),
        ("a", "withdrawn"),
        ("d", "too_small_share"),
        ("b", "over_budget"),
        ("c", "no_votes"),
    ]
    assert result["selected"] == ["f"]
    assert not any(step["comes_back"] for step in result["steps"])


def test_too_few_votes_is_another_reason_than_none(count):
    result = count(["a;10", "b;10", "c;10"], ["a,b", "a"], "most_votes", "minimum_votes=2")

    assert reasons(result, "admission") == [("b", "too_few_votes"), ("c", "no_votes")]


def test_a_project_without_votes_takes_part_when_no_votes_are_needed(count):
    result = count(["a;10", "b;10"], ["a"], "most_votes", "minimum_votes=0")

    assert result["selected"] == ["a", "b"]


def test_a_project_that_costs_nothing_is_funded_first_and_takes_nothing(count):
    projects = ["a;100", "b;0;groen;Noord"]
    result = count(projects, ["a", "a", "b"], "equal_shares")

    assert reasons(result, "free") == [("b", "free")]
    assert result["selected"] == ["b", "a"]
    assert (result["cost"], result["spent_by_area"]) == ("100", {"Noord": "0"})


# --- most votes ------------------------------------------------------------------------------

THREE = ["a;60", "b;50", "c;40"]
THREE_BALLOTS = ["a,b,c", "a,b", "a"]  # 3, 2 and 1 votes


def test_what_does_not_fit_is_passed_over(count):
    result = count(THREE, THREE_BALLOTS)

    assert reasons(result, "votes") == [
        ("a", "fits_budget"),
        ("b", "budget_too_small"),
        ("c", "fits_budget"),
    ]
    assert [step["left"] for step in result["steps"]] == ["100", "40", "40"]


def test_without_skip_the_first_that_does_not_fit_stops_the_count(count):
    result = count(THREE, THREE_BALLOTS, "most_votes_no_skip")

    assert reasons(result, "votes") == [
        ("a", "fits_budget"),
        ("b", "budget_too_small"),
        ("c", "after_the_stop"),
    ]


def test_after_the_stop_a_second_pass_takes_what_fits(count):
    result = count(THREE, THREE_BALLOTS, "most_votes_no_skip", "remainder=second_pass")

    assert reasons(result, "remainder") == [("b", "remainder_too_small"), ("c", "fits_remainder")]
    assert result["selected"] == ["a", "c"]
    assert result["completed"] == ["c"]
    assert step_of(result, "c", "votes")["comes_back"] is True
    assert step_of(result, "b", "votes")["comes_back"] is False  # the same money, the same limit
    assert result["projects"]["b"]["reason"] == "remainder_too_small"


NORTH = {"neighborhoods": "Noord,Zuid", "budget_per_neighborhood": "50,30"}


def test_an_area_budget_binds_until_the_second_pass(count):
    projects = ["a;40;;Noord", "b;30;;Noord", "c;20;;Elders"]
    meta = NORTH | {"leftover_budget": "Fund additional"}
    result = count(projects, THREE_BALLOTS, **meta)

    assert reasons(result, "votes") == [
        ("a", "fits_area_budget"),
        ("b", "area_budget_too_small"),
        ("c", "fits_budget"),
    ]
    assert reasons(result, "remainder") == [("b", "fits_remainder")]
    skipped = step_of(result, "b", "votes")
    assert (skipped["area"], skipped["area_left"], skipped["comes_back"]) == ("Noord", "10", True)
    assert step_of(result, "b", "remainder")["area"] is None
    assert result["spent_by_area"] == {"Elders": "20", "Noord": "70", "Zuid": "0"}


def test_with_areas_together_no_area_budget_binds(count):
    projects = ["a;40;;Noord", "b;30;;Noord"]
    result = count(projects, ["a,b"], "most_votes", "areas=together", **NORTH)

    assert reasons(result, "votes") == [("b", "fits_budget"), ("a", "fits_budget")]


THEMES = {"categories": "groen,spel", "budget_per_category": "50,30"}
GREEN = ["a;40;groen", "b;20;groen,spel", "c;20;spel"]


def test_a_theme_ceiling_holds_in_the_second_pass_too(count):
    result = count(
        *(GREEN, THREE_BALLOTS, "most_votes"),
        *("ceilings_in_remainder=true", "remainder=second_pass"),
        **THEMES,
    )

    assert reasons(result, "votes")[1] == ("b", "theme_ceiling_reached")
    assert reasons(result, "remainder") == [("b", "theme_ceiling_reached")]
    skipped = step_of(result, "b", "votes")
    assert (skipped["theme"], skipped["theme_left"]) == ("groen", "10")  # the least, not spel's 30
    assert skipped["comes_back"] is False


def test_a_theme_ceiling_may_end_with_the_second_pass(count):
    result = count(GREEN, THREE_BALLOTS, leftover_budget="Fund additional", **THEMES)

    assert step_of(result, "b", "votes")["comes_back"] is True
    assert reasons(result, "remainder") == [("b", "fits_remainder")]
    assert result["spent_by_theme"] == {"groen": "60", "spel": "40"}  # b in full for each
    assert step_of(result, "b", "remainder")["theme"] is None


def test_without_theme_ceilings_all_fits(count):
    result = count(GREEN, THREE_BALLOTS, None, "theme_ceilings=false", **THEMES)

    assert result["selected"] == ["a", "b", "c"]


def test_there_is_no_second_pass_without_a_limit(count):
    result = count(THREE, THREE_BALLOTS, "most_votes", "remainder=second_pass")

    assert reasons(result, "remainder") == []


def test_the_first_that_is_not_funded_may_get_a_part(count):
    result = count(THREE[:2], ["a,b", "a"], leftover_budget="Partially fund one")

    assert result["partly_funded"] == {"amount": "40", "project": "b"}
    assert step_of(result, "b", "remainder")["decision"] == "partly_funded"
    assert (result["selected"], result["cost"], result["leftover"]) == (["a"], "60", "40")


def test_a_part_may_be_a_cent(count):
    result = count(["a;99.99", "b;10"], ["a", "a", "b"], "most_votes", "remainder=partial")

    assert result["partly_funded"] == {"project": "b", "amount": "0.01"}


def test_of_nothing_nobody_gets_a_part(count):
    result = count(["a;100", "b;10"], ["a", "a", "b"], "most_votes", "remainder=partial")

    assert (result["leftover"], result["partly_funded"]) == ("0", None)
    assert reasons(result, "remainder") == []


@pytest.mark.parametrize(("cost", "funded"), [("50", True), ("50.01", False)])
def test_the_first_that_is_not_funded_may_be_funded_when_the_rest_is_eighty_percent(
    count, cost, funded
):
    # After a, 40 is left: 80 % of 50.
    meta = {"rule": "greedy-custom", "unit": "Poznan"}
    result = count(["a;60", f"b;{cost}"], ["a,b", "a"], **meta)

    assert ("b" in result["selected"]) is funded
    assert result["leftover"] == ("-10" if funded else "40")
    assert reasons(result, "remainder") == ([("b", "fits_eighty_percent")] if funded else [])


def test_funding_a_project_removes_its_rivals(count):
    meta = {"exclusive_groups": "a,b|c", "rule": "greedy-exclusive"}
    result = count(["a;10", "b;10", "c;10"], THREE_BALLOTS, **meta)

    assert reasons(result, "votes")[1] == ("b", "rival_funded")
    assert result["selected"] == ["a", "c"]
    assert count(["a;10", "b;10"], ["a,b"], exclusive_groups="a,b")["selected"] == ["a", "b"]


def test_a_rival_does_not_stop_a_count_without_skip_and_stays_out_of_the_second_pass(count):
    # a is funded, b its rival, c too dear, d after the stop. Second pass: c is too dear, d is the
    # rival of a as well.
    projects = ["a;60", "b;10", "c;50", "d;10", "e;10"]
    result = count(
        *(projects, ["a,b,c,d,e", "a,b,c,d", "a,b,c", "a,b", "a"], "most_votes_no_skip"),
        *("exclusive_groups=true", "remainder=second_pass"),
        exclusive_groups="a,b,d",
    )

    assert [reason for _, reason in reasons(result, "votes")] == [
        *("fits_budget", "rival_funded", "budget_too_small", "after_the_stop", "after_the_stop")
    ]
    assert reasons(result, "remainder") == [
        ("c", "remainder_too_small"),
        ("d", "rival_funded"),
        ("e", "fits_remainder"),
    ]


POTS = ["a;50;;Noord", "b;20;;Noord", "c;10;;Zuid", "d;40"]
POTS_BALLOTS = ["a,b,c,d", "a,b,c", "a,b", "a"]


def test_every_area_can_be_a_pot_by_itself(count):
    # Pots: Noord 50, Zuid 30, and 100 - 80 = 20 for d, which costs 40.
    result = count(POTS, POTS_BALLOTS, "most_votes", "areas=pots", "remainder=none", **NORTH)

    assert [(s["project"], s["reason"], s["left"]) for s in result["steps"]] == [
        ("a", "fits_budget", "50"),
        ("b", "budget_too_small", "0"),
        ("c", "fits_budget", "30"),
        ("d", "budget_too_small", "20"),
    ]


def test_what_a_pot_leaves_can_go_to_the_next(count):
    # Zuid leaves 20, so the last pot has 40.
    result = count(POTS, POTS_BALLOTS, "most_votes", "areas=pots_top_up", **NORTH)

    assert result["selected"] == ["a", "c", "d"]


def test_what_did_not_fit_its_pot_comes_back_in_the_second_pass(count):
    # After a and c, 40 of the budget is left: b (20, more votes) fits, then d (40) does not.
    result = count(POTS, POTS_BALLOTS, "most_votes", "areas=pots", "remainder=second_pass", **NORTH)

    assert step_of(result, "b", "votes")["comes_back"] is True
    assert reasons(result, "remainder") == [("b", "fits_remainder"), ("d", "remainder_too_small")]


# --- ties ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("projects", "winner", "criterion"),
    [
        (["a;70", "b;60"], "b", "lower_cost"),
        (["a;60;;;7", "b;60;;;3"], "b", "lot"),
        (["b;60", "a;60"], "a", "id"),
    ],
)
def test_equal_scores_are_decided_by_the_first_criterion_that_differs(
    count, projects, winner, criterion
):
    result = count(projects, ["a,b"])
    loser = {"a": "b", "b": "a"}[winner]

    assert ties(result) == [(winner, loser, criterion, True)]
    assert result["selected"] == [winner]
    assert result["projects"][loser]["lost_ties_to"] == [winner]


def test_with_equal_points_more_votes_decide_before_the_lot(count):
    # a: 2 points of one ballot, b: 1 + 1 of two.
    ballots = ["a,b|2,1", "b|1"]
    result = count(["a;60;;;1", "b;60;;;2"], ballots, vote_type="cumulative")

    assert ties(result) == [("b", "a", "more_votes", True)]


def test_a_tie_that_does_not_matter_is_told_too(count):
    assert ties(count(["a;10", "b;20"], ["a,b"])) == [("a", "b", "lower_cost", False)]


def test_a_seed_draws_the_lot_numbers(count):
    # SHA-256 of "7|a" begins with 8e32, of "7|b" with cda5 (sha256sum): a is drawn first. By the
    # numbers in the file it would be b.
    result = count(["a;60;;;2", "b;60;;;1"], ["a,b"], seed="7")

    assert ties(result) == [("a", "b", "lot", True)]
    assert result["seed"] == "7"


# --- equal shares ----------------------------------------------------------------------------

# n = 4, so each has 25. a (40) has three supporters who pay 40/3 each: 1/3 of its cost per head.
# b (30) has two, 15 each: 1/2. a first. Then its supporter that b shares has 25 - 40/3 = 35/3 and
# the other 25: 15 is more than 35/3, so one pays 35/3 and the other 30 - 35/3 = 55/3.
SHARED_VOTER = (["a;40", "b;30"], ["a", "a", "a,b", "b"])


def test_supporters_pay_the_same_and_those_who_have_less_pay_all_they_have(count):
    result = count(*SHARED_VOTER, "equal_shares")
    first, second = result["steps"]

    assert result["selected"] == ["a", "b"]
    assert (first["payment"], first["effective_votes"]) == ("40/3", "3/1")
    assert (first["paid_in_full"], first["paid_less"]) == (3, 0)
    assert (first["runner_up"], first["runner_up_payment"]) == ("b", "15/1")
    assert (second["payment"], second["effective_votes"]) == ("55/3", "18/11")
    assert (second["paid_in_full"], second["paid_less"], second["runner_up"]) == (1, 1, None)
    assert (result["stop"], result["endowment"], result["increments"]) == ("all_funded", "25/1", 0)
    assert result["next"] is None


# n = 4, share 25. a (60): three supporters pay 20; b (30): two pay 15. With utility cost a has
# more effective votes (3 against 2); with cardinality b asks less of each.
LARGE_OR_SMALL = (["a;60", "b;30"], ["a", "a", "a,b", "b"])


@pytest.mark.parametrize(("utility", "first"), [("cost", "a"), ("cardinality", "b")])
def test_utility_says_whether_a_large_project_counts_for_more(count, utility, first):
    result = count(*LARGE_OR_SMALL, "equal_shares", f"utility={utility}", "add1=false")

    assert result["selected"][0] == first


def test_with_points_payments_go_by_the_point(count):
    # n = 2, share 50. a (40) has 3 points of one and 1 of the other: 10 per point, 30 and 10.
    # b (30) has 1 point of the first, who has 50: 30 per point. a first, then the first voter has
    # 20 left: too little for b. Zero points are no support: c has a vote and no supporter.
    projects = ["a;40", "b;30", "c;10"]
    ballots = ["a,b|3,1", "a,c|1,0"]
    switches = ("utility=points", "add1=false", "completion=none")
    result = count(projects, ballots, "equal_shares", *switches, vote_type="cumulative")

    assert result["selected"] == ["a"]
    assert result["steps"][0]["payment"] == "10/1"
    assert result["projects"]["b"]["reason"] == "supporters_spent"
    assert result["projects"]["b"]["supporters_left"] == "20/1"
    assert result["projects"]["b"]["supporters_spent"] == {"a": "30"}
    assert result["projects"]["c"]["votes"] == 1
    assert (result["projects"]["c"]["reason"], result["projects"]["c"]["effective_support"]) == (
        *("no_votes", None),
    )


# n = 4, share 25: two pairs of voters, each wants one project of 60. They can pay from 30 on, but
# then both are bought: 120.
TWO_PAIRS = (["a;60", "b;60"], ["a", "a", "b", "b"])


def test_the_run_before_overspending_counts(count):
    result = count(*TWO_PAIRS, "equal_shares", "completion=none")

    assert (result["stop"], result["increments"]) == ("overspending", 4)
    assert (result["start_endowment"], result["endowment"]) == ("25/1", "29/1")
    assert result["next"] == {"cost": "120", "endowment": "30/1", "selected": ["a", "b"]}
    assert reasons(result, "shares") == [("a", "never_affordable"), ("b", "never_affordable")]
    # In the overspending run both ask 30: a tie, which changes nothing.
    assert [tie["stage"] for tie in result["ties"]] == ["shares"]
    assert ties(result) == [("a", "b", "id", False)]


def test_a_cent_that_is_left_can_be_spent(count):
    # Each has 10.01 and pays 10 for a; the cent that is left pays half of b.
    asked = (["a;20", "b;0.02"], ["a,b", "a,b"], "equal_shares", "completion=none", "add1=false")
    result = count(*asked, "utility=cardinality", "tie_order=more_votes", budget="20.02")

    assert set(result["selected"]) == {"a", "b"}


def test_who_has_just_enough_pays_in_full(count):
    result = count(["a;100"], ["a", "a"], "equal_shares")

    assert step_of(result, "a", "shares")["paid_in_full"] == 2


def test_completion_by_votes_takes_what_fits_the_rest(count):
    result = count(*TWO_PAIRS, "equal_shares")

    assert reasons(result, "completion") == [("a", "fits_remainder"), ("b", "remainder_too_small")]
    assert result["completed"] == ["a"]
    assert [tie["stage"] for tie in result["ties"]] == ["completion", "shares"]
    assert ties(result)[0] == ("a", "b", "id", True)
    assert step_of(result, "b", "shares")["comes_back"] is True
    assert result["projects"]["b"]["reason"] == "never_affordable"  # completion did not help
    assert result["projects"]["b"]["left_at_completion"] == "40"
    assert result["projects"]["a"]["reason"] == "fits_remainder"


def test_the_share_can_be_raised_by_another_step_or_not_at_all(count):
    # 25 + k × 2.50 is 30 for k = 2.
    steps = count(*TWO_PAIRS, "equal_shares", "step=2.50", "completion=none")
    single = count(*TWO_PAIRS, "equal_shares", "add1=false", "completion=none")

    assert (steps["increments"], steps["endowment"]) == (1, "55/2")
    assert steps["rule"]["step"] == "2.50"
    assert (single["stop"], single["increments"], single["next"]) == ("single", 0, None)


def test_the_first_share_can_be_cut_to_whole_units(count):
    result = count(["a;10"], ["a", "a", "a"], "equal_shares", "start=floor")

    assert result["start_endowment"] == "33/1"  # of 100/3


# n = 2, share 50. a (60): 30 each, so both have 20. b (50) has one supporter.
SPENT = (["a;60", "b;50"], ["a", "a,b"])


def test_raising_ends_when_nothing_fits_the_rest(count):
    result = count(*SPENT, "equal_shares")  # 40 is left, b costs 50

    assert (result["stop"], result["increments"]) == ("exhausted", 0)
    assert step_of(result, "b", "shares")["reason"] == "supporters_spent"  # 1 × 50 was enough
    assert result["next"]["endowment"] == "51/1"


def test_raising_may_go_on_until_it_overspends(count):
    # b is bought when its supporter has 50 after 30: with a share of 80, 30 steps on.
    result = count(*SPENT, "equal_shares", "stop=overspending", "completion=none")

    assert (result["stop"], result["increments"], result["endowment"]) == (
        *("overspending", 29),
        "79/1",
    )
    assert result["next"]["cost"] == "110"


def test_raising_may_wait_for_projects_that_nobody_supports(count):
    # c fits the 40 that is left, but has no vote: only exhaustive_all goes on for it.
    projects, ballots = [*SPENT[0], "c;30"], SPENT[1]
    switches = ("minimum_votes=0", "completion=none")
    normal = count(projects, ballots, "equal_shares", *switches)
    for_all = count(projects, ballots, "equal_shares", *switches, "stop=exhaustive_all")

    assert (normal["stop"], normal["increments"]) == ("exhausted", 0)
    assert (for_all["stop"], for_all["increments"]) == ("overspending", 29)


def test_without_a_supported_project_there_is_no_share(count):
    result = count(["a;200"], ["a"], "equal_shares")

    assert (result["stop"], result["endowment"], result["increments"]) == (
        *("no_candidates", None),
        None,
    )


def test_a_tie_in_the_run_is_lost_by_the_order(count):
    # Both cost 50 and have the same two supporters with 30: only one can be bought.
    result = count(["a;50", "b;50"], ["a,b", "a,b"], "equal_shares", budget="60")

    assert reasons(result, "shares") == [("a", "fits_shares"), ("b", "tie_lost")]
    assert ties(result) == [("a", "b", "id", True)]
    assert result["projects"]["b"]["supporters_left"] == "10/1"


def test_limits_hold_in_the_rounds_and_can_be_why_raising_ends(count):
    # Noord has 50: after a (40), b and c (20) do not fit, however high the share.
    projects = ["a;40;;Noord", "b;20;groen;Noord", "c;20;groen"]
    ballots = ["a,b,c", "a,b,c", "a"]
    meta = NORTH | {"categories": "groen", "budget_per_category": "10"}
    switches = ("areas=ceilings", "theme_ceilings=true")
    result = count(projects, ballots, "equal_shares", *switches, **meta)

    assert result["stop"] == "exhausted"
    assert reasons(result, "shares")[1:] == [
        ("b", "area_budget_too_small"),
        ("c", "theme_ceiling_reached"),
    ]
    assert step_of(result, "b", "shares")["area_left"] == "10"
    assert reasons(result, "completion") == [
        ("b", "theme_ceiling_reached"),
        ("c", "theme_ceiling_reached"),
    ]
    free = count(
        projects, ballots, "equal_shares", *switches, "ceilings_in_remainder=false", **meta
    )
    assert reasons(free, "completion") == [("b", "fits_remainder"), ("c", "fits_remainder")]


def test_completion_by_everyone_lets_others_pay_the_shortfall(count):
    # n = 2, share 50. a (60): 30 each, 20 left each. b (40) has the second as supporter, who pays
    # 20; the first pays the shortfall: level 20.
    switches = ("add1=false", "completion=epsilon")
    result = count(["a;60", "b;40", "c;10"], ["a,c", "a,b"], "equal_shares", *switches)

    # c (10) can be paid by its supporter in the run: 20 is enough. So b has to do with 10 + 20.
    assert result["selected"] == ["a", "c"]
    assert reasons(result, "epsilon") == [("b", "remainder_too_small")]

    result = count(["a;60", "b;40"], ["a", "a,b"], "equal_shares", *switches)
    assert reasons(result, "epsilon") == [("b", "fits_everyone")]
    assert step_of(result, "b", "epsilon")["level"] == "20/1"
    assert result["completed"] == ["b"]


def test_where_the_first_share_is_cut_to_nothing_nobody_can_help(count):
    # Half a euro for two voters is no whole euro for each, so that nobody has anything.
    switches = ("start=floor", "completion=epsilon", "minimum_votes=0")

    result = count(["a;0.01", "b;10"], ["b", "b"], "equal_shares", *switches, budget="0.50")

    assert (result["start_endowment"], result["selected"]) == ("0/1", [])
    assert reasons(result, "epsilon") == [("a", "remainder_too_small")]


def test_completion_by_everyone_takes_the_lowest_level(count):
    # n = 4, share 25, nobody can pay alone. a (40): its supporter pays 25, the others 15: 5 each.
    # b (55): two pay 50, the others 5: 5/2 each. b first; then 0, 0, 45/2, 45/2 is left; a costs
    # 40, its supporter has nothing, the others pay 20 each. c was withdrawn.
    switches = ("add1=false", "completion=epsilon")
    result = count(
        ["a;40", "b;55", "c;999999999"],
        ["a,b", "b", "c", "c"],
        "equal_shares",
        *switches,
        budget="100",
    )

    assert [(s["project"], s["level"]) for s in result["steps"] if s["pass"] == "epsilon"] == [
        ("b", "5/2"),
        ("a", "20/1"),
    ]


def test_who_can_pay_alone_by_everyone_pays_as_in_a_round(count):
    # n = 3, share 100/3. In Noord 50 may be spent, so a (20) leaves b (40) out; its two supporters
    # have 70/3 each left. By everyone b needs nobody else, and 10/3 each is left. c (36) has the
    # third, who has 100/3; the 8/3 that is missing is paid by two: level 4/3.
    result = count(
        ["a;20;;Noord", "b;40;;Noord", "c;36"],
        ["a,b", "a,b", "c"],
        "equal_shares",
        *("add1=false", "completion=epsilon", "areas=ceilings"),
        **NORTH,
    )

    assert result["selected"] == ["a", "b", "c"]
    assert [(s["project"], s["level"]) for s in result["steps"] if s["pass"] == "epsilon"] == [
        ("b", "0/1"),
        ("c", "4/3"),
    ]


def test_a_level_may_be_less_than_a_cent(count):
    # One pays 25 and the other three the cent that is missing.
    switches = ("add1=false", "completion=epsilon")
    result = count(["a;25.01", "b;90"], ["a", "b", "b", "b"], "equal_shares", *switches)

    assert step_of(result, "a", "epsilon")["level"] == "1/300"


def test_a_tie_of_levels_is_told(count):
    # Nobody can pay alone: both need 10 of the other voter.
    switches = ("add1=false", "completion=epsilon")
    result = count(["a;60;;;2", "b;60;;;1"], ["a", "b"], "equal_shares", *switches)

    assert [(t["stage"], t["winner"], t["rival"]) for t in result["ties"]] == [
        ("epsilon", "b", "a")
    ]
    assert result["projects"]["a"]["lost_ties_to"] == ["b"]
    assert result["selected"] == ["b"]


# --- comparison ------------------------------------------------------------------------------

# n = 3, share 100/3. a (50): two supporters pay 25. b (33) by the third. c (50) has the supporters
# of a, who have 25/3 each. 17 is left. Most votes: a and c.
AGAINST_VOTES = (["a;50", "b;33", "c;50"], ["a,c", "a,c", "b"])


def test_most_votes_is_kept_when_more_voters_have_more_choices(count):
    result = count(*AGAINST_VOTES, "equal_shares", "comparison=more_choices")

    assert result["comparison"] == {"kept": "most_votes", "prefer_most_votes": 2, "prefer_rule": 1}
    assert (result["selected"], result["cost"]) == (["a", "c"], "100")
    assert (result["endowment"], result["stop"], result["next"]) == (None, None, None)
    assert {step["pass"] for step in result["steps"]} == {"votes"}
    assert result["rule"]["family"] == "equal_shares"


def test_the_comparison_can_ask_for_any_choice(count):
    result = count(*AGAINST_VOTES, "equal_shares", "comparison=any_choice")

    assert result["comparison"] == {"kept": "rule", "prefer_most_votes": 0, "prefer_rule": 1}
    assert result["selected"] == ["a", "b"]


# --- phragmen --------------------------------------------------------------------------------

# a (40) by two: load 20. b (30) by one of them: (20 + 30) / 1 = 50. c (50) by the third: 50.
LOADS = (["a;40", "b;30", "c;50"], ["a,b", "a", "c"])


def test_phragmen_buys_the_lowest_load_until_it_does_not_fit(count):
    result = count(*LOADS, "phragmen")

    assert [(s["project"], s["reason"], s["load"]) for s in result["steps"]] == [
        ("a", "lowest_load", "20/1"),
        ("b", "lowest_load", "50/1"),
        ("c", "stopped", None),
    ]
    assert ties(result) == [("b", "c", "lower_cost", True)]
    assert result["endowment"] is None


def test_phragmen_stops_when_any_of_the_lowest_does_not_fit(count):
    # 85 - 40 = 45 is left: b would fit, but c has the same load and does not.
    result = count(*LOADS, "phragmen", budget="85")

    assert result["selected"] == ["a"]
    assert reasons(result, "phragmen")[1:] == [("b", "stopped"), ("c", "stopped")]


def test_phragmen_can_be_completed_by_votes(count):
    result = count(*LOADS, "phragmen", "completion=votes", budget="85")

    assert result["completed"] == ["b"]
    assert result["projects"]["c"]["reason"] == "remainder_too_small"
    assert step_of(result, "c", "phragmen")["comes_back"] is True


# --- what if -------------------------------------------------------------------------------


def test_it_is_told_at_which_cost_and_with_how_many_more_votes_a_loser_would_win(count):
    # a (60) has 3 votes and b (50) 2. After a, 40 is left: b wins at 40. With one more vote both
    # have 3, and b is cheaper.
    result = count(THREE[:2], ["a,b", "a,b", "a"])

    assert result["projects"]["b"]["max_winning_cost"] == "40"
    assert result["projects"]["b"]["extra_votes"] == 1
    assert result["projects"]["a"]["max_winning_cost"] is None
    assert result["projects"]["a"]["extra_votes"] is None


def test_no_cost_helps_a_project_without_votes_and_no_votes_help_one_over_budget(count):
    result = count(["a;10", "b;10", "c;200", "d;999999999"], ["a,c,d"])

    told = {
        name: (
            result["projects"][name]["max_winning_cost"],
            result["projects"][name]["extra_votes"],
        )
        for name in "bcd"
    }
    assert told == {"b": (None, 1), "c": ("90", None), "d": (None, None)}


def test_a_supported_loser_is_told_what_its_supporters_could_do(count):
    # SPENT: share 50, a takes 30 of b's supporter. At the payment of a, 1/2 of the cost per head,
    # b's supporter could pay min(50, 25) of 50; after the run 20 of 50: the highest is 1/2.
    # It would be bought at a cost of x: before a when x / x = 1 < 1/2, never; after a up to 20. By
    # completion (40 is left) up to 40.
    result = count(*SPENT, "equal_shares")["projects"]["b"]

    assert result["effective_support"] == "1/2"
    assert result["supporters_left"] == "20/1"
    assert result["supporters_spent"] == {"a": "30"}
    assert result["max_winning_cost"] == "40"
    # Each extra ballot has 50. One more: payment 25 of 50, the key of a; b is cheaper: bought.
    assert result["extra_votes"] == 1


def test_without_completion_only_the_run_counts_for_a_loser(count):
    result = count(*SPENT, "equal_shares", "completion=none")["projects"]["b"]

    assert result["max_winning_cost"] == "20"


def test_an_extra_ballot_gives_a_full_vote(count):
    # max_points 3: one extra ballot gives b 3 points, 4 in all, against 3 of a. Of one with 2
    # points, two would be needed.
    ballots = ["a,b|3,1"]
    meta = {"vote_type": "cumulative", "max_points": "3", "max_sum_points": "4"}
    by_points = count(["a;60", "b;60"], ballots, "most_votes", **meta)
    less = count(["a;60", "b;60"], ballots, "most_votes", **(meta | {"max_sum_points": "1"}))

    assert by_points["projects"]["b"]["extra_votes"] == 1
    assert less["projects"]["b"]["extra_votes"] == 2  # 1 + 2 = 3 points and more votes than a


@pytest.mark.parametrize(("percent", "extra"), [("71", 10), ("72", None), ("10", 2)])
def test_nobody_looks_beyond_twice_the_ballots_and_the_least_votes_and_one(count, percent, extra):
    # Of 4 ballots none is for b: with x more, x of 4 + x are. 10 of 14 are 71.4 %; at most
    # 2 * 4 + 1 + 1 = 10 more are looked at. With 2 of 6, b is the one of the two with fewer votes.
    result = count(["a;60", "b;40"], ["a"] * 4, "most_votes", f"minimum_percent={percent}")

    assert result["projects"]["b"]["extra_votes"] == (1 if percent == "10" else extra)


def test_the_least_number_of_votes_is_looked_at_too(count):
    # b needs 9 votes and has none: 2 * 1 + 9 + 1 = 12 are looked at.
    result = count(["a;60", "b;40"], ["a"], "most_votes", "minimum_votes=9")

    assert result["projects"]["b"]["extra_votes"] == 9


def test_what_comes_before_in_the_completion_is_bought_before(count):
    # a takes all that its six voters have. Of the 40 that is left, b takes all, so that c would
    # have to be free. e is too dear.
    projects = ["a;60", "b;40", "c;45", "e;100"]
    ballots = ["a,b,c", "a,b", "a", "a", "a", "a", "e", "e", "e", "e"]
    result = count(projects, ballots, "equal_shares", "add1=false")

    assert result["completed"] == ["b"]
    assert result["projects"]["c"]["max_winning_cost"] == "0"


def test_what_comes_before_in_the_completion_takes_of_its_ceiling(count):
    # Each of 20 has 5. a takes all that its six voters have, and 30 of the 50 for groen; b takes 15
    # more. x is too dear.
    projects = ["a;30;groen", "b;15;groen", "c;18;groen", "x;100"]
    ballots = ["a,b,c", "a,b", *["a"] * 4, *["x"] * 14]
    switches = ("add1=false", "theme_ceilings=true")
    result = count(projects, ballots, "equal_shares", *switches, **THEMES)

    assert result["completed"] == ["b"]
    assert result["projects"]["c"]["max_winning_cost"] == "5"


def test_without_a_run_and_a_completion_it_is_told_who_was_not_bought(count):
    switches = ("minimum_votes=0", "completion=none")
    result = count(["a;10", "c;200"], ["c"], "equal_shares", *switches)

    assert reasons(result, "shares") == [("a", "no_votes")]


def test_beside_a_project_that_is_too_dear_phragmen_stops(count):
    # a (40) puts 20 on its two; 60 is left. c (100) would put 50 on its two and stops the count.
    # d (70), of one voter, comes first with less than 50; with 50 c is as low, and too dear.
    result = count(["a;40", "c;100", "d;70"], ["a", "a", "c", "c", "d"], "phragmen")

    assert result["selected"] == ["a"]
    assert result["projects"]["d"]["max_winning_cost"] == "49.99"


def test_phragmen_buys_what_costs_just_what_is_left(count):
    # w takes the 60 that a leaves. d would be as low with 60, and comes first by lot.
    projects = ["a;40", "w;60;;;2", "d;70;;;1"]
    result = count(projects, ["a", "a", "w", "d"], "phragmen")

    assert result["selected"] == ["a", "w"]
    assert result["projects"]["d"]["max_winning_cost"] == "60"


def test_a_full_vote_is_a_point_where_nobody_gave_more(count):
    # b needs three more of one point: with two it has as many points and votes as a.
    ballots = ["a|1", "a|1", "a|1", "b|1"]
    result = count(["a;60", "b;60"], ballots, "most_votes", vote_type="cumulative")

    assert result["projects"]["b"]["extra_votes"] == 3


@pytest.mark.parametrize("minimum", ["minimum_percent=40", "support_quota=2", "support_quota=1"])
def test_extra_ballots_can_take_a_rival_out_by_its_minimum(count, minimum):
    again = []
    real = recount.would_be_selected

    def counted_again(*asked):
        again.append(asked[-1])
        return real(*asked)

    recount.would_be_selected = counted_again
    try:
        count(["a;60", "b;50"], ["a", "a", "b"], "equal_shares", minimum)
    finally:
        recount.would_be_selected = real

    assert any(again)


# --- the quick answers are those of the definition ---------------------------------------------


def a_random_election(rng):
    """Return the text of a small election with everything in it."""
    kind = rng.choice(["approval", "approval", "cumulative", "ordinal"])
    ids = [f"{rng.choice('pq')}{number}" for number in range(rng.randint(2, 8))]
    projects = [
        f"{name};{rng.choice([0, 5, 10, 10, 20, 20, 30, 45, '7.51'])};"
        f"{rng.choice(['', 'groen', 'groen,spel'])};{rng.choice(['', 'Noord', 'Zuid'])};"
        f"{rng.randint(0, 2)}"
        for name in ids
    ]
    ballots = []
    for _ in range(rng.randint(1, 15)):
        named = rng.sample(ids, rng.randint(1, len(ids)))
        points = [str(rng.choice([0, 1, 2, 3])) for _ in named]
        ballots.append(f"{','.join(named)}|{','.join(points)}")
    meta = {"vote_type": kind, "budget": str(rng.choice([30, 60, "80.5"]))}
    meta |= NORTH | THEMES | {"exclusive_groups": ",".join(ids[:2])}
    return an_election(projects, ballots, **meta)


def random_switches(rng):
    """Return a preset and switches that go with it."""
    asked = rng.choice(["most_votes", "equal_shares", "equal_shares", "phragmen"])
    family = "most_votes" if asked == "most_votes" else asked
    switches = ["theme_ceilings=true"] if rng.random() < 0.3 else []
    for switch, (families, values) in recount.SWITCHES.items():
        if family in families and len(values) > 1 and rng.random() < 0.4:
            value = rng.choice(values)
            refused = (family != "most_votes" and str(value).startswith("pots")) or (
                family == "phragmen" and value == "epsilon"
            )
            switches += [] if refused else [f"{switch}={value}"]
    more = ("minimum_percent=20", "support_quota=2", "minimum_votes=2", "tie_order=lot", "step=0.7")
    switches += [
        each for each in more[: 5 if family == "equal_shares" else 4] if rng.random() < 0.15
    ]
    return asked, switches


@pytest.mark.parametrize("seed", range(120))
def test_the_answers_for_losers_are_those_of_counting_again(tmp_path, seed):
    rng = random.Random(seed)  # noqa: S311 - the same elections every time
    path = tmp_path / "proef.pb"
    path.write_text(a_random_election(rng), encoding="utf-8")
    election = recount.read_election(path, None)
    rule = recount.choose_rule(election.meta, *random_switches(rng))
    count = recount.count_election(election, rule)
    answers = recount.explain(count, rule)

    for name in set(election.projects) - set(count.selected):

        def wins(cost, extra, name=name):
            return recount.would_be_selected(count, rule, name, cost, extra)

        cost = recount.cost_by_halving(count, name, wins)
        told = answers[name]["max_winning_cost"]
        assert told == (None if cost is None else recount.amount(cost))
        extra = recount.extra_by_halving(count, name, wins)
        assert answers[name]["extra_votes"] == extra
        own = election.projects[name].cost
        if extra is not None:  # with so many it wins, with one less it does not
            assert wins(own, extra)
            assert not wins(own, extra - 1)


def plain_run(election, rule, share):
    """Run equal shares without limits, ballot by ballot and by the definition alone."""
    ballots = [dict(choices) for choices, times in election.ballots for _ in range(times)]
    money = [share] * len(ballots)
    order = sorted(election.projects.values(), key=lambda each: recount.tie_key(each, rule))
    rest, bought = [each for each in order if 0 < each.cost <= election.budget and each.votes], []
    while True:
        keys = []
        for place, project in enumerate(rest):
            weights = [ballot.get(project.id, 0) for ballot in ballots]
            if rule["utility"] != "points":
                weights = [1 if project.id in ballot else 0 for ballot in ballots]
            pairs = [(m, w) for m, w in zip(money, weights, strict=True) if w]
            if not pairs or sum(m for m, _ in pairs) < project.cost:
                continue
            # F is straight between the ratios at which a ballot runs out of money.
            spent, weight, payment = Fraction(0), sum(w for _, w in pairs), None
            for m, w in sorted(pairs, key=lambda pair: Fraction(pair[0]) / pair[1]):
                if spent + weight * Fraction(m) / w >= project.cost:
                    payment = (project.cost - spent) / Fraction(weight)
                    break
                spent, weight = spent + m, weight - w
            key = payment / (project.cost if rule["utility"] == "cost" else 1)
            keys.append((key, place, payment, weights))
        if not keys:
            return bought
        _, place, payment, weights = min(keys)
        money = [m - min(m, payment * w) for m, w in zip(money, weights, strict=True)]
        bought.append((rest.pop(place).id, payment))


@pytest.mark.parametrize("seed", range(60))
def test_a_run_is_that_of_the_definition_ballot_by_ballot(tmp_path, seed):
    rng = random.Random(seed)  # noqa: S311 - the same elections every time
    path = tmp_path / "proef.pb"
    path.write_text(a_random_election(rng), encoding="utf-8")
    election = recount.read_election(path, None)
    utility = rng.choice(["cost", "cardinality", "points"])
    rule = recount.choose_rule(election.meta, "equal_shares", [f"utility={utility}"])
    count = recount.begin(election, rule, None)

    for share in (Fraction(election.budget, election.counted), Fraction(2000), Fraction(3333, 2)):
        run = recount.run_shares(count, share)
        got = [(now.bought, now.payment) for now in run.rounds]
        assert got == plain_run(election, rule, share)


@pytest.mark.parametrize("seed", range(60))
def test_jumping_along_the_chain_changes_nothing(tmp_path, monkeypatch, seed):
    rng = random.Random(seed)  # noqa: S311 - the same elections every time
    path = tmp_path / "proef.pb"
    path.write_text(a_random_election(rng), encoding="utf-8")
    switches = [f"stop={rng.choice(['exhaustive', 'overspending'])}", "step=0.05"]
    jumped = recount.recount(path, "equal_shares", switches)
    monkeypatch.setattr(recount, "LONGEST_JUMP", 1)

    assert recount.recount(path, "equal_shares", switches) == jumped


# The bought one, at place 3 with key 5, among rivals: (key, place). Is the round surely the same
# when the bought one had key `then` before?
@pytest.mark.parametrize(
    ("then", "rivals", "same"),
    [
        (5, [], True),
        (6, [(7, 1)], True),  # Its key fell, and the rival is worse still than it was before.
        (6, [(6, 4)], False),  # As bad as the bought one was before, which has changed.
        (6, [(6, 1)], False),
        (6, [(5, 4)], False),
        (5, [(5, 4)], True),  # Equal, and later in the tie order.
        (5, [(5, 2)], False),
        (5, [(6, 2), (5, 4)], True),
        (5, [(6, 2), (4, 4)], False),
        (5, [(4, 4), (6, 2)], False),
    ],
)
def test_when_a_round_is_surely_the_same(then, rivals, same):
    money = recount.Money(1, {0: 0}, [])
    before = recount.Round(money, {}, {}, bought="a", key=Fraction(then))
    others = [(Fraction(key), place, "rival") for key, place in rivals]

    assert recount.surely_the_same((Fraction(5), 3, "a"), others, before) is same
    assert not recount.surely_the_same((Fraction(5), 3, "other"), others, before)


def test_only_two_ends_are_the_same_as_each_other():
    ended = None
    before = recount.Round(recount.Money(1, {0: 0}, []), {}, {}, bought="a", key=Fraction(5))

    assert recount.surely_the_same(ended, [], ended)
    assert not recount.surely_the_same(ended, [], before)
    assert not recount.surely_the_same((Fraction(5), 3, "a"), [], ended)


@pytest.mark.parametrize(
    ("cap", "paid"),
    [("0", "0"), ("1", "8"), ("3/2", "12"), ("5/2", "20"), ("3", "24"), ("7/2", "26"), ("4", "26")],
)
def test_what_some_can_pay_up_to_a_cap_is_exact(cap, paid):
    # Two with weight 1 and money 3; one with weight 3 and money 10; three with weight 1 and none
    # left; one with weight 3 and money 10.
    purses = [(1, 3, 2), (3, 10, 1), (1, 0, 3), (3, 10, 1)]
    q = Fraction(cap)
    by_definition = sum(min(Fraction(money), q * weight) * n for weight, money, n in purses)

    assert recount.paid_up_to(purses, q) == by_definition == Fraction(paid)


@pytest.mark.parametrize(("terminal", "seconds"), [(True, 1), (False, 5)])
def test_a_long_count_says_how_far_it_is(monkeypatch, capsys, terminal, seconds):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(recount, "LAST_SAID", [100.0])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)

    def said_after(pause):
        now[0] += pause
        recount.say_progress("Halfway.")
        return capsys.readouterr().err

    assert said_after(seconds) == ""
    assert said_after(0.5) == "Halfway.\n"
    assert said_after(seconds) == ""
    assert said_after(0.5) == "Halfway.\n"


# --- the program -----------------------------------------------------------------------------


def run_alone(folder, *arguments, **environment):
    """Run the file as a citizen does: copied to a folder, with Python and nothing else."""
    shutil.copy(SCRIPT, folder / "recount.py")
    command = [sys.executable, "-I", "-S", "recount.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, env=environment, check=False)


def test_the_chain_and_the_explanation_say_how_far_they_are(count, monkeypatch, capsys):
    now = iter(range(0, 10**9, 10))
    monkeypatch.setattr(recount.time, "monotonic", lambda: next(now))
    monkeypatch.setattr(recount, "LAST_SAID", [-10])

    count(["a;60", "b;40"], ["a", "b"], "equal_shares")

    said = capsys.readouterr().err
    assert "The share was raised 0 times, the cost is 40.\n" in said
    assert "Project a is being explained.\n" in said


def test_a_result_that_cannot_be_written_ends_with_1_and_a_sentence(tmp_path):
    (tmp_path / "ELECTION.pb").write_text(an_election(["a;1"], ["a"]), encoding="utf-8")
    done = run_alone(tmp_path, "ELECTION.pb", "--output", "nowhere/uitslag.json")

    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"The result cannot be written: ")


def test_it_runs_with_python_alone_in_an_empty_folder(tmp_path):
    text = an_election(*AGAINST_VOTES, description="Buurt Oost – één")
    (tmp_path / "ELECTION.pb").write_text(text, encoding="utf-8")
    done = run_alone(tmp_path, "ELECTION.pb", "--rule", "equal_shares", "--order", "id")

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == recount.recount(tmp_path / "ELECTION.pb", "equal_shares", BY_ID)
    result = json.loads(done.stdout)
    assert result["rule"]["tie_order"] == ["id"]
    written = json.dumps(result, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    assert done.stdout == written.encode()


def test_it_can_write_to_a_file(tmp_path):
    (tmp_path / "ELECTION.pb").write_text(an_election(["a;1"], ["a"]), encoding="utf-8")
    done = run_alone(tmp_path, "ELECTION.pb", "--seed", "7", "--output", "uitslag.json")

    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads((tmp_path / "uitslag.json").read_text(encoding="utf-8"))["seed"] == "7"


def test_a_refusal_is_one_sentence_and_ends_with_1(tmp_path):
    (tmp_path / "ELECTION.pb").write_text(an_election(["a;1"], ["a"]), encoding="utf-8")
    done = run_alone(tmp_path, "ELECTION.pb", "--rule", "borda")

    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().count("\n") == 1


GOOD = an_election(["a;10", "b;20"], ["a,b|1,2", "a|1"], vote_type="cumulative")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("META", "META\nMETA", 2),
        ("META\n", "", 1),
        ("VOTES", "VOTERS", 14),
        ("budget;100", "budget;veel", 4),
        ("budget;100", "budget;-1", 4),
        ("budget;100\n", "", 3),
        ("budget;100", "budget;100\nbudget;101", 5),
        ("cumulative", "loud", 5),
        ("b;20", "a;20", 10),
        ("b;20", "b;twenty", 10),
        ("b;20", "b;1.000,00", 10),
        ("b;20", ";20", 10),
        ("b;20", "b;20;;;x", 10),
        ("b;20", "b;20;;;1;more", 10),
        ("0;a,b;1,2", "0;a,z;1,2", 13),
        ("0;a,b;1,2", "0;a,b;1", 13),
        ("0;a,b;1,2", "0;a,b;1,-2", 13),
        ("0;a,b;1,2", "0;a,b;1,0.1234567", 13),
        ("0;a,b;1,2", '0;"a,b;1,2', 13),
        ("rule;greedy", "rule;greedy\ncounting_rule;{}", 7),
        ("rule;greedy", "rule;greedy\nexclusive_groups;a,z", 7),
        ("rule;greedy", "rule;greedy\nmax_points;drie", 7),
        ("rule;greedy", "rule;greedy\nbudget_per_category;1,2", 7),
    ],
)
def test_a_broken_file_ends_with_2_and_one_sentence_that_names_the_line(
    tmp_path, capsys, monkeypatch, old, new, line
):
    assert old in GOOD
    path = tmp_path / "proef.pb"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["recount.py", str(path)])

    assert recount.main() == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"proef.pb, line {line}: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(("data", "line"), [(b"\xff", 1), (b"\n\xff\n\xff", 2), (b"a\n\n\xff", 3)])
def test_the_line_that_is_no_text_is_named(data, line):
    with pytest.raises(recount.Unreadable, match=f"line {line}: this is not UTF-8"):
        recount.read_sections(data)


def test_a_file_that_is_no_text_or_not_there_ends_with_2(tmp_path):
    (tmp_path / "ELECTION.pb").write_bytes(b"META\nkey;value\ndescription;\xff\n")
    no_text = run_alone(tmp_path, "ELECTION.pb")
    not_there = run_alone(tmp_path, "OTHER.pb")

    assert (no_text.returncode, no_text.stdout) == (2, b"")
    assert no_text.stderr.startswith(b"ELECTION.pb, line 3: ")
    assert (not_there.returncode, not_there.stdout) == (2, b"")
    assert b"Traceback" not in not_there.stderr


def test_the_bytes_depend_on_no_order_and_no_hash(tmp_path):
    rng = random.Random(11)  # noqa: S311 - the same elections every time
    lines = a_random_election(rng).splitlines()
    projects, votes = lines.index("PROJECTS"), lines.index("VOTES")
    found = Counter()
    for number in range(6):
        middle, end = lines[projects + 2 : votes], lines[votes + 2 :]
        rng.shuffle(middle)
        rng.shuffle(end)
        text = [*lines[: projects + 2], *middle, *lines[votes : votes + 2], *end]
        (tmp_path / "ELECTION.pb").write_text("\n".join(text), encoding="utf-8")
        for asked in ("most_votes", "equal_shares", "phragmen"):
            arguments = ("ELECTION.pb", "--rule", asked)
            done = run_alone(tmp_path, *arguments, PYTHONHASHSEED=str(number))
            result = json.loads(done.stdout)
            result.pop("input_sha256")  # the one thing that tells the files apart
            found[json.dumps(result)] += 1

    assert sorted(found.values()) == [6, 6, 6]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder 'shared' is not here")
@pytest.mark.parametrize(
    ("name", "asked", "switches", "expected"),
    [
        ("Netherlands_Assen_2024", None, [], ("76700", 9, 843)),
        ("Poland_Wieliczka_2023_Green_Budget", None, [], ("995079", 30, 164)),
        (
            *("Poland_Warszawa_2017_Chomiczowka", "equal_shares"),
            *(["completion=none", "tie_order=id"], ("991081", 10, 377)),
        ),
    ],
)
def test_real_elections_end_as_they_are_known_to_end(name, asked, switches, expected):
    result = json.loads(recount.recount(SHARED / f"{name}.pb", asked, switches))

    assert (result["cost"], len(result["selected"]), result["increments"]) == expected
