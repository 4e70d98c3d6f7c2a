"""The manager's journey: a new round, a framework signed by two, announced, interrupted."""

import pytest

from pb.accounts.domain import Role
from pb.frameworks import service as frameworks
from pb.rounds import service as rounds
from pb.rounds.domain import State
from tests.builders import DATES, START, a_framework, a_round, an_actor

MANAGER = Role.ROUND_MANAGER

ANSWERS = {
    "slug": "proef-2027",
    "title": "Buurtbudget 2027",
    "neighbourhood": "De Proef",
    "council": "Wijkraad",
    "why": "Omdat het kan.",
    "decision_power": "binding",
    "promise": "Wij doen het.",
    "signed_by": "College\nWijkraad",
    "contact_name": "Team",
    "contact_phone": "0900-1",
    "contact_hours": "ma-do",
    "total": "30.000",
    "areas-0-name": "Noord",
    "areas-0-budget": "20.000",
    "areas-1-name": "Zuid",
    "areas-1-budget": "10.000,00",
    "themes-0-name": "Groen",
    "themes-0-ceiling": "15000",
    "min_cost": "500",
    "max_cost": "10000",
    "upkeep_per_year": "600",
    "upkeep_years": "5",
    "criteria-0-label": "Het plan komt op openbare grond",
    "who_may_propose": "Bewoners.",
    "who_may_vote": "Bewoners vanaf 12 jaar.",
    "voting_age": "12",
    "plans_per_owner": "2",
    "offline_ways": "Aan de balie",
    "proposals_open": "2027-03-01T09:00",
    "proposals_close": "2027-05-01T20:00",
    "reconsideration_opens": "2027-06-15T09:00",
    "reconsideration_closes": "2027-07-01T20:00",
    "voting_opens": "2027-09-01T09:00",
    "voting_closes": "2027-09-20T20:00",
    "result_by": "2027-10-01T12:00",
    "completed_by": "2028-12-31T12:00",
    "kind": "approval",
    "min_choices": "1",
    "max_choices": "5",
    "rule": "most_votes",
    "ties": "lower_cost,more_votes,lot",
    "remainder": "second_pass",
    "leftover": "Volgende ronde",
}


def test_a_round_is_made_signed_by_two_and_announced(app, clock, sign_in):
    manager, colleague = sign_in(MANAGER), sign_in(MANAGER, email="collega@dorrewold.example")

    made = manager.post("/beheer/ronde/nieuw", data=ANSWERS)
    assert made.status_code == 303, made.text
    assert manager.get("/beheer/ronde/proef-2027").status_code == 200
    manager.post("/beheer/ronde/proef-2027/tekenen")
    assert manager.post("/beheer/ronde/proef-2027/tekenen").status_code == 403
    colleague.post("/beheer/ronde/proef-2027/tekenen")
    assert colleague.post("/beheer/ronde/proef-2027/bekendmaken").status_code == 303

    announced = rounds.get("proef-2027", clock.now)
    assert announced.state is State.ANNOUNCED
    assert [area.budget for area in announced.framework.areas] == [2_000_000, 1_000_000]
    assert announced.framework.dates.voting_closes.isoformat() == "2027-09-20T18:00:00+00:00"


@pytest.mark.parametrize(
    ("field", "typed"),
    [("total", "veel"), ("slug", "Met Spatie"), ("voting_opens", "morgen"), ("title", "")],
)
def test_what_was_typed_is_still_there_when_something_is_wrong(app, sign_in, field, typed):
    manager = sign_in(MANAGER)

    answer = manager.post("/beheer/ronde/nieuw", data={**ANSWERS, field: typed})

    assert answer.status_code == 422
    assert "Omdat het kan." in answer.text
    assert "Fout: " in answer.text
    assert rounds.list_all(START) == []


def test_a_new_version_shows_its_reason_to_everybody(app, clock, sign_in, resident):
    slug = a_round()
    manager = sign_in(MANAGER)
    page = manager.get(f"/beheer/ronde/{slug}/kaders")
    assert "Nieuw" not in page.text or page.status_code == 200
    later = a_framework(why="Nog steeds.")
    frameworks.draft(slug, later, by=an_actor(), now=clock.now, reason="De tekst was te lang.")
    for staff_id in (1, 2):
        frameworks.sign(slug, by=an_actor(staff_id=staff_id), now=clock.now)

    shown = resident.get(f"/ronde/{slug}/kaders")

    assert "De tekst was te lang." in shown.text
    assert resident.get(f"/ronde/{slug}/kaders/1").status_code == 200
    assert resident.get(f"/ronde/{slug}/kaders/3").status_code == 404


def test_the_downloaded_framework_has_the_public_hash(app, resident):
    import hashlib

    slug = a_round()

    document = resident.get(f"/ronde/{slug}/kaders/1.json").data

    assert hashlib.sha256(document).hexdigest() == frameworks.get(slug).hash


def test_a_round_is_paused_in_public_with_a_body_and_a_reason(app, clock, sign_in, resident):
    slug = a_round()
    clock.move_to(DATES.proposals_open)
    manager = sign_in(MANAGER)
    stop = f"/beheer/ronde/{slug}/stilzetten"

    assert manager.get(stop).status_code == 200
    refused = manager.post(stop, data={"kind": "paused", "body": "College", "reason": ""})
    manager.post(stop, data={"kind": "paused", "body": "College", "reason": "Storing."})

    assert refused.status_code == 422
    assert "Storing." in resident.get(f"/ronde/{slug}").text
    assert manager.get(f"/beheer/ronde/{slug}/verder").status_code == 200
    manager.post(f"/beheer/ronde/{slug}/verder", data={"reason": "Opgelost."})
    assert rounds.get(slug, clock.now).state is State.OPEN_FOR_PROPOSALS
    assert "Opgelost." in resident.get(f"/ronde/{slug}/logboek").text


def test_a_concept_is_not_public(app, sign_in, resident):
    rounds.create("stil", a_framework(), by=an_actor(), now=START)

    assert resident.get("/ronde/stil").status_code == 404
    assert sign_in(Role.REVIEWER).get("/beheer/ronde/stil").status_code == 200
