"""The frame around the pages of a round: drawn once for many visitors, and never out of date."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from pb.frameworks import service as frameworks
from pb.rounds import service as rounds
from pb.rounds.domain import State
from tests.builders import DATES, a_framework, a_round, an_actor

ROUND = "/ronde/proef"
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def slug(app, clock):
    clock.move_to(DATES.proposals_open)
    return a_round()


def state_of(page):
    return re.findall(r"<d[td][^>]*>([^<]*)</d[td]>", page.text.partition("pb-state__list")[2])


def menu_of(page):
    return re.findall(r'<li><a href="([^"]*)"( aria-current="[a-z]*")?>', page.text)


def test_the_state_of_a_round_changes_on_the_very_second(slug, resident, clock):
    clock.move_to(DATES.proposals_close - A_SECOND)
    before = state_of(resident.get(ROUND))
    clock.move_to(DATES.proposals_close)
    after = state_of(resident.get(ROUND))

    assert before[1] == "Plannen indienen"
    assert after[1] == "Samen haalbaar maken"


def test_a_round_that_was_stopped_says_so_at_once_and_so_it_does_when_it_goes_on(slug, resident):
    now, manager = DATES.proposals_open, an_actor()
    going = state_of(resident.get(ROUND))
    rounds.interrupt(slug, State.PAUSED, body="College", reason="Storing", by=manager, now=now)
    stopped = state_of(resident.get(ROUND))
    rounds.resume(slug, reason="Opgelost", by=manager, now=now)

    assert stopped != going
    assert state_of(resident.get(ROUND)) == going


def test_a_date_that_moved_is_shown_at_once(slug, resident):
    shown = state_of(resident.get(ROUND))
    later = replace(DATES, proposals_close=DATES.proposals_close + timedelta(days=1))
    changed = a_framework(dates=later)
    frameworks.draft(slug, changed, by=an_actor(), now=DATES.proposals_open, reason="Vakantie")
    for staff_id in (1, 2):
        frameworks.sign(slug, by=an_actor(staff_id=staff_id), now=DATES.proposals_open)

    assert state_of(resident.get(ROUND)) != shown


def test_the_menu_grows_with_the_round_and_marks_where_one_is(slug, resident, clock):
    first = menu_of(resident.get(f"{ROUND}/plannen"))
    clock.move_to(DATES.proposals_open - A_SECOND)
    earlier = menu_of(resident.get(ROUND))

    assert (f"{ROUND}/plannen", ' aria-current="page"') in first
    assert f"{ROUND}/plannen" not in dict(earlier)
    assert (ROUND, ' aria-current="page"') in earlier


def test_a_round_in_preparation_answers_as_one_that_does_not_exist(app, resident):
    rounds.create("proef", a_framework(), by=an_actor(), now=DATES.proposals_open)

    hidden, missing = resident.get(ROUND), resident.get("/ronde/geen-ronde")

    assert hidden.status_code == missing.status_code == 404
    assert hidden.text == missing.text.replace("geen-ronde", "proef")


def test_the_frame_speaks_the_language_of_each_visitor(slug, web_app):
    dutch, english = web_app.test_client(), web_app.test_client()
    english.get("/taal/en")

    assert "Fase:" in dutch.get(ROUND).text
    assert "Fase:" not in english.get(ROUND).text
    assert "Fase:" in dutch.get(ROUND).text


@pytest.mark.parametrize("page", [ROUND, f"{ROUND}/plannen", f"{ROUND}/plannen?gebied=A1"])
def test_another_language_leads_back_to_the_page_one_read(slug, resident, page):
    path = page.partition("?")[0]

    links = re.findall(r'href="(/taal/en\?terug=[^"]*)"', resident.get(page).text)

    assert len(links) == 2
    assert resident.get(links[0]).location == path
