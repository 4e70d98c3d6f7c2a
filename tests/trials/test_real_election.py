"""A file becomes a framework that can be sealed, and every difference is told."""

import pytest

from pb.frameworks.check import problems_of
from pb.tally.election import BallotKind
from pb.tally.errors import UnreadableElection
from pb.trials import real_election
from tests.trials.elections import SHARED, SMALL, an_election, write

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder 'shared' is not here")


def test_areas_get_the_money_of_the_file_and_the_rest_is_for_the_whole_neighbourhood():
    framework = real_election.read(SMALL).framework

    assert [(area.name, area.budget, area.whole) for area in framework.areas] == [
        ("Noord", 600_000, False),
        ("Zuid", 300_000, False),
        ("Alle gebieden", 100_000, True),
    ]
    assert framework.total == 1_000_000


def test_categories_become_themes_with_their_ceilings():
    framework = real_election.read(SMALL).framework

    assert [(theme.name, theme.ceiling) for theme in framework.themes] == [
        ("Groen", 700_000),
        ("Spelen", 500_000),
    ]


def test_the_framework_of_a_file_may_be_sealed():
    assert problems_of(real_election.read(SMALL).framework) == []


def test_a_project_that_was_withdrawn_after_the_vote_is_known():
    plans = real_election.read(SMALL).plans

    assert [plan.id for plan in plans if plan.withdrawn] == ["15"]


def test_a_project_without_an_area_is_for_the_whole_neighbourhood():
    assert real_election.read(SMALL).plans[-1].staged.area_id == real_election.WHOLE


def test_a_limit_that_the_city_let_pass_is_widened_and_told():
    election = real_election.read(SMALL)

    assert election.framework.ballot.max_choices == 4
    assert "the highest number of a ballot is widened from 3 to 4" in election.notes


def test_repeats_on_one_ballot_are_counted_per_project():
    assert real_election.read(SMALL).repeats == {"12": 1}


def test_equal_plans_are_decided_by_the_order_of_their_ids(tmp_path):
    election = real_election.read(write(tmp_path, an_election()))

    assert [plan.staged.lot_number for plan in election.plans] == [1, 2, 3]


def test_voting_takes_two_weeks_even_where_the_file_says_less(tmp_path):
    text = an_election(date_begin="01.06.2021", date_end="03.06.2021")
    dates = real_election.read(write(tmp_path, text)).framework.dates

    assert (dates.voting_closes - dates.voting_opens).days == 14


@pytest.mark.parametrize("written", ["2019", "31.02.2020", "spring", ""])
def test_days_that_say_little_do_no_harm(tmp_path, written):
    text = an_election(date_begin=written, date_end=written)

    assert problems_of(real_election.read(write(tmp_path, text)).framework) == []


def test_marks_for_projects_become_points_out_of_a_sum(tmp_path):
    text = an_election("scoring", points=("3,0.5", "2", "1,4"), max_points="4")
    election = real_election.read(write(tmp_path, text))
    rules = election.framework.ballot

    assert (rules.kind, rules.points, rules.max_points) == (BallotKind.CUMULATIVE, 50, 40)
    assert "marks for projects are given as points out of a sum" in election.notes
    assert "points are multiplied by 10 to make them whole" in election.notes


def test_points_and_their_limits_are_taken_over(tmp_path):
    text = an_election("cumulative", points=("3,1", "2", "1,4"), max_sum_points="5")
    rules = real_election.read(write(tmp_path, text)).framework.ballot

    assert (rules.kind, rules.points, rules.max_points) == (BallotKind.CUMULATIVE, 5, 5)


def test_a_knapsack_that_costs_too_much_widens_the_limit(tmp_path):
    text = an_election(max_sum_cost="3500")
    election = real_election.read(write(tmp_path, text))

    assert election.framework.ballot.max_cost == 400_000
    assert any("highest cost" in note for note in election.notes)


def test_money_of_another_country_is_told(tmp_path):
    text = an_election(currency="PLN")

    assert "amounts in PLN are shown as euros" in real_election.read(write(tmp_path, text)).notes


def test_a_blank_ballot_cannot_be_cast(tmp_path):
    election = real_election.read(write(tmp_path, an_election(votes=("1", "", "2"))))

    assert len(election.ballots) == 2
    assert "1 ballots are blank and cannot be cast" in election.notes


def test_a_broken_file_names_its_line(tmp_path):
    with pytest.raises(UnreadableElection, match="line 12"):
        real_election.read(write(tmp_path, an_election(costs=("1000", "-5", "3000"))))


@pytest.mark.parametrize(
    ("meta", "rule", "remainder"),
    [
        ({"rule": "greedy"}, "most_votes", "none"),
        (
            {"rule": "greedy", "leftover_budget": "Fund additional projects"},
            "most_votes",
            "second_pass",
        ),
        ({"rule": "greedy", "leftover_budget": "Partially fund"}, "most_votes", "partial"),
        ({"rule": "greedy-no-skip"}, "most_votes_no_skip", "none"),
        ({"rule": "equalshares/add1"}, "equal_shares", "none"),
        ({"rule": "equalshares/add1u"}, "equal_shares", "second_pass"),
        ({"rule": "equalshares/add1-comparison"}, "equal_shares_wieliczka", "none"),
    ],
)
def test_the_rule_of_a_file_becomes_the_nearest_rule_of_a_framework(
    tmp_path, meta, rule, remainder
):
    counting = real_election.read(write(tmp_path, an_election(**meta))).framework.counting

    assert (counting.rule.value, counting.remainder.value) == (rule, remainder)


def test_a_switch_that_no_framework_has_is_told(tmp_path):
    election = real_election.read(write(tmp_path, an_election(rule="equalshares")))

    assert "the switch 'add1' is True in the framework, not False" in election.notes


def test_a_ceiling_that_the_rule_of_the_file_does_not_hold_is_not_taken_over(tmp_path):
    text = SMALL.read_text(encoding="utf-8").replace("rule;greedy", "rule;equalshares/add1")
    themes = real_election.read(write(tmp_path, text)).framework.themes

    assert {theme.ceiling for theme in themes} == {None}


@pytest.mark.shared
@pytest.mark.nightly
@needs_shared
@pytest.mark.parametrize("name", sorted(path.name for path in SHARED.glob("*.pb")))
def test_every_real_election_gives_a_framework_that_may_be_sealed(name):
    assert problems_of(real_election.read(SHARED / name).framework) == []


@pytest.mark.parametrize("most", ["veel", "-5", "²", "1e9", "9" * 5000])
def test_points_that_are_no_number_are_refused(tmp_path, most):
    text = an_election("cumulative", points=("1,2", "3", "1,1"), max_points=most)

    with pytest.raises(UnreadableElection, match=r"'max_points': .+ is not a number of points"):
        real_election.read(write(tmp_path, text))


@pytest.mark.parametrize("day", ["01.01.0001", "31.12.9999", "32.13.2024", "0000", "ooit"])
def test_a_day_that_is_none_is_replaced_by_some_day(tmp_path, day):
    text = an_election(date_begin=day, date_end=day)

    dates = real_election.read(write(tmp_path, text)).framework.dates

    assert dates.voting_opens == real_election.SOME_DAY
