"""Real elections: the official selection is what the declared rule gives."""

from dataclasses import replace
from fractions import Fraction

import pytest

from pb.tally import pabulib
from pb.tally.rules import EQUAL_SHARES, Remainder, RuleName, count, with_ties_by_id
from tests.tally.elections import PABULIB, shared_file

pytestmark = pytest.mark.shared


def read(name):
    return pabulib.read(shared_file(PABULIB / f"{name}.pb"))


@pytest.mark.parametrize(
    "name",
    [
        "Netherlands_Assen_2024",
        "Poland_Swiecie_2023",
        "Poland_Katowice_2020_Murcki",
        "Poland_Krakow_2020_Wzgorza_Krzeslawickie",
        "Poland_Krakow_2023_Nowa_Huta",
        "Poland_Lodz_2023_Stary_Widzew",
        "Poland_Warszawa_2017_Chomiczowka",
        "Poland_Warszawa_2018_rejon_5",
        "Poland_Warszawa_2022_Wola",
        "Poland_Warszawa_2023_Ursus",
    ],
)
def test_the_declared_rule_gives_the_official_selection(name):
    file = read(name)

    outcome = count(*pabulib.to_election(file))

    assert set(outcome.selected) == set(file.selected)


def test_krakow_2024_with_its_65_101_ballots_gives_the_official_selection():
    file = read("Poland_Krakow_2024")

    outcome = count(*pabulib.to_election(file))

    assert outcome.voters == 65_101
    assert set(outcome.selected) == set(file.selected)


def test_assen_spends_76_700_with_a_share_of_about_2033():
    outcome = count(*pabulib.to_election(read("Netherlands_Assen_2024")))

    assert outcome.spent == 7_670_000
    assert outcome.increments == 843
    assert outcome.endowment == Fraction(10_000_000, 84) + 84_300


def test_wieliczka_is_31_plans_and_the_official_30_without_the_exhaustive_stop():
    file = read("Poland_Wieliczka_2023_Green_Budget")
    election, rule = pabulib.to_election(file)

    default = count(election, rule)
    official = count(election, replace(rule, exhaustive=False))

    assert (len(default.selected), default.spent) == (31, 98_457_900)
    assert set(official.selected) == set(file.selected)
    assert official.spent == 99_507_900


def test_ceilings_per_category_hold_in_the_first_pass_and_the_budget_always():
    file = read("Netherlands_Amsterdam_604")
    election, rule = pabulib.to_election(file)

    first = count(election, replace(rule, remainder=Remainder.NONE))
    both = count(election, rule)

    assert sum(election.theme_ceilings.values()) > election.budget
    for theme, ceiling in election.theme_ceilings.items():
        assert first.spent_by_theme[theme] <= ceiling
    assert set(first.selected) < set(both.selected)
    assert both.spent <= election.budget


def test_amsterdam_252_keeps_to_the_ceiling_of_each_neighbourhood():
    election, rule = pabulib.to_election(read("Netherlands_Amsterdam_252"))

    outcome = count(election, rule)

    for area, ceiling in election.area_budgets.items():
        assert outcome.spent_by_area[area] <= ceiling


@pytest.mark.parametrize(
    ("name", "increments", "bought", "completed"),
    [  # Found with pabutools 1.2.3, ties by id.
        ("Netherlands_Amsterdam_252", 10, 35, 2),
        ("Netherlands_Amsterdam_285", 30, 34, 1),
        ("Netherlands_Amsterdam_287", 11, 9, 0),
        ("Poland_Warszawa_2017_Chomiczowka", 377, 10, 0),
    ],
)
def test_equal_shares_with_ties_by_id_gives_what_another_tool_gives(
    name, increments, bought, completed
):
    election, rule = pabulib.to_election(read(name), RuleName.EQUAL_SHARES)

    outcome = count(election, with_ties_by_id(rule))

    assert rule == replace(EQUAL_SHARES, theme_ceilings=False)
    assert outcome.increments == increments
    assert len(outcome.completed) == completed
    assert len(outcome.selected) == bought + completed


def test_every_file_of_some_size_is_read_and_differs_from_its_votes_only_by_repeats():
    shared_file(PABULIB)
    for path in sorted(PABULIB.glob("*.pb")):
        if path.stat().st_size > 320_000:  # The larger ones are read by the tests above.
            continue
        file = pabulib.read(path)
        repeats = any("more than once" in note for note in file.notes)
        other_votes = any("another number of votes" in note for note in file.notes)
        assert repeats or not other_votes, path.name
