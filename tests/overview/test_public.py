import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from pb.database.base import db
from pb.overview.public import half_a_year_later
from pb.rounds import service as rounds
from tests.builders import DATES, START, a_framework, a_round, an_actor


def test_the_first_page_has_three_doors(resident, app):
    a_round()

    page = resident.get("/").text

    for door in ("Ik heb een idee", "Ik wil meehelpen", "Ik wil stemmen"):
        assert door in page
    assert "Stemmen kan vanaf maandag 15 juni 2026" in page


def test_the_first_page_says_of_each_round_where_it_stands(resident, app):
    a_round()

    page = resident.get("/").text

    assert "Buurtbudget De Proef" in page
    assert "Kaders bekend" in page
    assert "maandag 9 februari 2026, 10.00 uur" in page
    assert "De kaders staan vast." in page
    assert "30.000" in page


def test_a_moment_that_is_past_is_not_promised(resident, app, clock):
    a_round()
    clock.move_to(DATES.reconsideration_opens)  # nobody gave every plan a verdict in time

    page = resident.get("/").text

    assert "Samen haalbaar maken" in page
    assert "<dt>Tot</dt>" not in page


def test_a_round_in_preparation_is_not_on_the_first_page(resident, app):
    rounds.create("geheim", a_framework(), by=an_actor(), now=START)

    page = resident.get("/").text

    assert "Buurtbudget De Proef" not in page
    assert "Er is nu geen ronde" in page


def test_the_first_page_costs_the_same_for_one_round_and_for_five(resident, app, count_statements):
    a_round("een")
    count_statements()
    resident.get("/")
    for_one = len(count_statements())
    for slug in ("twee", "drie", "vier", "vijf"):
        a_round(slug)
    count_statements()
    resident.get("/")

    assert len(count_statements()) == for_one


def test_every_link_of_the_first_page_opens(resident, app, clock):
    a_round()
    for moment in (START, DATES.proposals_open, DATES.proposals_close):
        clock.move_to(moment)
        links = set(re.findall(r'<a [^>]*href="(/[^"]*)"', resident.get("/").text))
        for link in links:
            assert resident.get(link).status_code in {200, 303}, (moment, link)


# --- language ----------------------------------------------------------------------------


def test_the_chosen_language_stays(resident, app):
    answer = resident.get("/taal/en?terug=/privacy")

    assert (answer.status_code, answer.location) == (303, "/privacy")
    assert '<html lang="en" dir="ltr"' in resident.get("/privacy").text


def test_arabic_reads_from_right_to_left(resident, app):
    resident.get("/taal/ar")

    assert '<html lang="ar" dir="rtl"' in resident.get("/").text


def test_without_a_choice_the_browser_decides_and_else_dutch(resident, app):
    wish = {"Accept-Language": "tr;q=0.9, en;q=0.8"}

    assert '<html lang="en"' in resident.get("/privacy", headers=wish).text
    assert '<html lang="nl"' in resident.get("/privacy").text


def test_an_unknown_language_is_no_page(resident, app):
    assert resident.get("/taal/xx").status_code == 404


@pytest.mark.parametrize("elsewhere", ["https://kwaad.example/", "//kwaad.example", "/\\kwaad"])
def test_a_language_never_leads_to_another_site(resident, app, elsewhere):
    assert resident.get("/taal/en", query_string={"terug": elsewhere}).location == "/"


# --- promises ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/privacy", "/toegankelijkheid"])
def test_the_promises_name_whom_to_call_once_there_is_a_round(resident, app, path):
    assert "Bel of mail de gemeente." in resident.get(path).text
    a_round()

    assert "0900-000000" in resident.get(path).text


def test_privacy_says_what_cannot_be_promised(resident, app):
    page = resident.get("/privacy").text

    assert "Dit beloven wij" in page
    assert "Dit kunnen wij niet beloven" in page


def test_every_page_leads_to_privacy_and_accessibility(resident, app):
    for path in ("/", "/nergens", "/privacy"):
        page = resident.get(path).text
        assert 'href="/privacy"' in page
        assert 'href="/toegankelijkheid"' in page


# --- for machines ------------------------------------------------------------------------


def test_security_txt_names_a_contact_and_ends_within_a_year(resident, clock, app):
    answer = resident.get("/.well-known/security.txt")

    assert answer.mimetype == "text/plain"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "https://stem.dorrewold.example/privacy#lek"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < expires - clock.now < timedelta(days=365)
    assert 'id="lek"' in resident.get("/privacy").text


@pytest.mark.parametrize("month", range(1, 13))
def test_half_a_year_later_is_the_first_of_a_month(month):
    later = half_a_year_later(datetime(2026, month, 28, 13, 30, tzinfo=UTC))

    assert (later.day, later.hour) == (1, 0)
    assert 150 < (later - datetime(2026, month, 28, tzinfo=UTC)).days < 190


def test_health_is_good_when_both_stores_answer(resident, app):
    answer = resident.get("/gezond")

    assert answer.status_code == 200
    assert answer.json == {"stores": {"participation": True, "ballots": True}}


@pytest.mark.parametrize(("bind", "name"), [(None, "participation"), ("ballots", "ballots")])
def test_health_is_bad_when_a_store_is_gone(resident, app, bind, name):
    engine = db.engines[bind]

    @sa.event.listens_for(engine, "before_cursor_execute")
    def broken(*_arguments):
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("disk is gone"))

    answer = resident.get("/gezond")
    sa.event.remove(engine, "before_cursor_execute", broken)

    assert answer.status_code == 503
    assert answer.json["stores"][name] is False
