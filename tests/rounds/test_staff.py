"""The manager's journey: a new round, a framework signed by two, announced, interrupted."""

from html import unescape

import pytest

from pb.accounts.domain import Role
from pb.frameworks import service as frameworks
from pb.frameworks.check import problems_of
from pb.frameworks.domain import CountingRule
from pb.frameworks.wording import MEANINGS
from pb.rounds import service as rounds
from pb.rounds.domain import State
from pb.rounds.starting_point import starting_point
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
    "livability_basics-answer": "mostly",
    "livability_basics-explanation": "De stoep wordt volgend jaar vernieuwd.",
    "social_infrastructure-answer": "yes",
    "back_office-answer": "yes",
    "contact_name": "Team",
    "contact_phone": "0900-1",
    "contact_hours": "ma-do",
    "helpers": "Opbouwwerker, vervanger: jongerenwerker",
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
    "desks": "De Brug; woensdag 13.00 tot 16.00 uur; nl, ar\nDe markt; zaterdag",
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


def sign(client, slug):
    """Sign what is there to be read now, as the page for signing does."""
    return client.post(
        f"/beheer/ronde/{slug}/tekenen", data={"text_hash": frameworks.get(slug).hash}
    )


def test_a_signature_never_goes_to_words_that_nobody_read(app, clock, sign_in):
    rounds.create("stil", a_framework(), by=an_actor(), now=clock.now)
    read = frameworks.get("stil").hash
    frameworks.draft("stil", a_framework(why="Anders."), by=an_actor(), now=clock.now)

    late = sign_in(MANAGER).post("/beheer/ronde/stil/tekenen", data={"text_hash": read})

    assert late.status_code == 409
    assert frameworks.get("stil").signed_by == ()


def test_a_round_is_made_signed_by_two_and_announced(app, clock, sign_in):
    manager, colleague = sign_in(MANAGER), sign_in(MANAGER, email="collega@dorrewold.example")

    made = manager.post("/beheer/ronde/nieuw", data=ANSWERS)
    assert made.status_code == 303, made.text
    assert manager.get("/beheer/ronde/proef-2027").status_code == 200
    sign(manager, "proef-2027")
    assert sign(manager, "proef-2027").status_code == 403
    sign(colleague, "proef-2027")
    assert colleague.post("/beheer/ronde/proef-2027/bekendmaken").status_code == 303

    announced = rounds.get("proef-2027", clock.now)
    assert announced.state is State.ANNOUNCED
    assert [area.budget for area in announced.framework.areas] == [2_000_000, 1_000_000]
    assert announced.framework.dates.voting_closes.isoformat() == "2027-09-20T18:00:00+00:00"


def test_what_was_in_order_who_helps_and_where_the_desks_are_is_public(app, sign_in, resident):
    managers = [sign_in(MANAGER), sign_in(MANAGER, email="collega@dorrewold.example")]
    desk = "/beheer/ronde/proef-2027"
    managers[0].post("/beheer/ronde/nieuw", data=ANSWERS)
    written = managers[0].get(f"{desk}/kaders").text
    for manager in managers:
        sign(manager, desk.rsplit("/", 1)[-1])
    managers[0].post(f"{desk}/bekendmaken")

    assert "De Brug; woensdag 13.00 tot 16.00 uur; nl, ar\nDe markt; zaterdag<" in written
    shown = resident.get("/ronde/proef-2027/kaders").text
    assert "De basis in de wijk is op orde: <strong>Grotendeels</strong>" in shown
    assert "De stoep wordt volgend jaar vernieuwd." in shown
    assert "Opbouwwerker, vervanger: jongerenwerker" in shown
    for page in (shown, resident.get("/ronde/proef-2027").text):
        assert "De Brug: woensdag 13.00 tot 16.00 uur" in page
        assert "Wij spreken daar: Nederlands, العربية." in page


@pytest.mark.parametrize("unanswered", ["back_office-answer", "helpers", "desks"])
def test_a_framework_in_which_something_is_not_in_order_is_kept_and_not_signed(
    app, sign_in, unanswered
):
    manager = sign_in(MANAGER)
    incomplete = {name: typed for name, typed in ANSWERS.items() if name != unanswered}

    assert manager.post("/beheer/ronde/nieuw", data=incomplete).status_code == 303
    assert (
        "U kunt verder als deze punten klaar zijn." in manager.get("/beheer/ronde/proef-2027").text
    )
    assert sign(manager, "proef-2027").status_code == 422


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("desks", "De Brug"),
        ("desks", "De Brug; maandag; Klingon"),
        ("total", "veel"),
        ("slug", "Met Spatie"),
        ("voting_opens", "morgen"),
        ("title", ""),
    ],
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


@pytest.mark.parametrize(
    ("field", "typed"), [("proposals_open", "0001-01-01T00:00"), ("areas-²-name", "Noord")]
)
def test_what_a_browser_never_sends_breaks_no_form(app, sign_in, field, typed):
    answer = sign_in(MANAGER).post("/beheer/ronde/nieuw", data={**ANSWERS, field: typed})

    assert answer.status_code == (422 if field == "proposals_open" else 303)


def test_a_framework_with_as_many_areas_as_fit_can_be_changed(app, sign_in):
    manager = sign_in(MANAGER)
    areas = {f"areas-{row}-name": f"Gebied {row}" for row in range(40)}
    manager.post("/beheer/ronde/nieuw", data={**ANSWERS, **areas})

    page = manager.get("/beheer/ronde/proef-2027/kaders")

    assert page.status_code == 200
    assert "Gebied 39" in page.text


def test_whoever_signs_reads_the_whole_framework_first(app, sign_in):
    colleague = sign_in(MANAGER)
    rounds.create("stil", a_framework(), by=an_actor(), now=START)
    page = "/beheer/ronde/stil"

    shown = colleague.get(page).text
    read = colleague.get(f"{page}/kaders-lezen").text

    assert "Teken de kaders" not in shown
    assert f'href="{page}/kaders-lezen"' in shown
    for words in ("Wij voeren de uitslag uit.", "30.000", "Raadsleden.", "Noord"):
        assert words in read
    assert "ik heb deze kaders gelezen" in read
    assert "Teken de kaders" in read


def test_whoever_signed_is_told_so_and_has_no_button(app, sign_in):
    manager = sign_in(MANAGER)
    rounds.create("stil", a_framework(), by=an_actor(), now=START)
    sign(manager, "stil")

    for page in ("", "/kaders-lezen"):
        shown = manager.get(f"/beheer/ronde/stil{page}").text
        assert "U heeft al getekend. Een andere collega moet ook tekenen." in shown
        assert 'action="/beheer/ronde/stil/tekenen"' not in shown


def test_a_colleague_who_may_not_sign_may_read_a_concept(app, sign_in):
    rounds.create("stil", a_framework(), by=an_actor(), now=START)

    read = sign_in(Role.REVIEWER).get("/beheer/ronde/stil/kaders-lezen")

    assert read.status_code == 200
    assert "De projectleiders tekenen de kaders." in read.text
    assert "/tekenen" not in read.text


def test_a_helper_can_write_down_a_plan_for_somebody(app, clock, sign_in):
    slug = a_round()
    clock.move_to(DATES.proposals_open)

    shown = sign_in(Role.HELPER).get(f"/beheer/ronde/{slug}").text

    assert f'<a href="/ronde/{slug}/plannen/nieuw">Schrijf een plan op voor iemand</a>' in shown


@pytest.mark.parametrize("date", ["proposals_open", "proposals_close", "voting_opens"])
def test_a_helper_always_reads_what_can_be_done_now(app, clock, sign_in, date):
    slug = a_round()
    clock.move_to(getattr(DATES, date))

    rest = sign_in(Role.HELPER).get(f"/beheer/ronde/{slug}").text.split("Wat nu?")[1]

    assert "Schrijf een plan op" in rest or "In deze fase hoeft u hier niets te doen." in rest


def test_the_error_summary_names_the_field(app, sign_in):
    manager = sign_in(MANAGER)

    typed = {**ANSWERS, "title": "", "why": "", "total": "veel"}
    summary = manager.post("/beheer/ronde/nieuw", data=typed).text.split('id="fouten"')[1]

    assert "Naam van de ronde: Dit is nog niet ingevuld." in summary
    assert "Waarom is er deze ronde? Dit is nog niet ingevuld." in summary
    assert "Totaal bedrag: " in summary


def test_a_new_round_begins_with_what_is_usual(app, sign_in):
    page = sign_in(MANAGER).get("/beheer/ronde/nieuw").text
    select = page.split('<label class="utrecht-form-label" for="decision_power">')[1]

    assert 'name="areas-4-name"' in page
    assert 'name="themes-5-name"' in page
    assert 'name="criteria-11-label"' in page
    assert "(mag leeg blijven)" not in select.split("</label>")[0]
    assert 'value="2026-02-09T09:00"' in page
    assert 'value="2026-03-09T20:00"' in page


def test_the_proposed_dates_of_a_new_round_may_be_signed(app, sign_in):
    proposed = starting_point(START.date())
    dates = {name: proposed[name] for name in proposed if "T" in str(proposed[name])}

    sign_in(MANAGER).post("/beheer/ronde/nieuw", data={**ANSWERS, **dates})

    assert problems_of(rounds.get("proef-2027", START).framework) == []


def test_what_somebody_of_the_staff_did_is_told_once(app, sign_in):
    manager = sign_in(MANAGER)
    page = manager.post("/beheer/ronde/nieuw", data=ANSWERS).headers["Location"]

    told, again = manager.get(page).text, manager.get(page).text

    assert "Uw werk is bewaard." in told
    assert 'role="status"' in told
    assert "Uw werk is bewaard." not in again


def test_a_refusal_to_the_staff_leads_to_their_own_list(app, sign_in):
    refused = sign_in(Role.HELPER).get("/beheer/ronde/nieuw")

    assert refused.status_code == 403
    assert "Vraag het de beheerder." in refused.text
    assert "Ga naar de beginpagina" in refused.text
    assert 'href="/beheer"><span' in refused.text


def test_the_log_tells_each_act_on_a_concept_once(app):
    rounds.create("stil", a_framework(), by=an_actor(), now=START)
    frameworks.draft("stil", a_framework(why="Anders."), by=an_actor(), now=START)

    assert [entry.what % entry.values for entry in rounds.log("stil")] == [
        "Versie 1 van de kaders is veranderd.",
        "Versie 1 van de kaders is geschreven.",
    ]


def test_each_rule_to_count_by_is_explained_beside_it(app, sign_in):
    page = sign_in(MANAGER).get("/beheer/ronde/nieuw").text

    for rule in CountingRule:
        choice = page.split(f'name="rule" value="{rule.value}"')[1].split("</label>")[0]
        assert MEANINGS[rule] in unescape(choice)
    assert 'value="most_votes" checked' in page


def test_the_rule_and_its_switches_are_kept_and_public_in_words(app, sign_in, resident):
    managers = [sign_in(MANAGER), sign_in(MANAGER, email="collega@dorrewold.example")]
    chosen = {
        "rule": "equal_shares_wieliczka",
        "remainder": "second_pass",
        "ceilings_in_remainder": "go",
        "comparison": "more_choices",
    }
    managers[0].post("/beheer/ronde/nieuw", data=ANSWERS | chosen)
    for manager in managers:
        sign(manager, "proef-2027")
    managers[0].post("/beheer/ronde/proef-2027/bekendmaken")

    counting = frameworks.get("proef-2027").framework.counting
    assert counting.rule is CountingRule.EQUAL_SHARES_WIELICZKA
    assert not counting.ceilings_in_remainder
    shown = resident.get("/ronde/proef-2027/kaders").text
    assert "Gelijke delen, zoals in de stad Wieliczka" in shown
    assert "Het maximum van een thema geldt dan niet meer." in shown
    assert "Daarna kijken wij bij welke regel meer stemmers" in shown
    edited = managers[0].get("/beheer/ronde/proef-2027/kaders").text
    assert 'value="equal_shares_wieliczka" checked' in edited


@pytest.mark.parametrize(
    "unsuitable",
    [
        {"rule": "equal_shares", "remainder": "partial"},
        {"rule": "phragmen", "remainder": "eighty_percent"},
        {"rule": "most_votes", "comparison": "any_choice"},
        {"rule": "phragmen", "comparison": "more_choices"},
    ],
)
def test_a_switch_that_does_not_suit_the_rule_is_refused_beside_it(app, sign_in, unsuitable):
    answer = sign_in(MANAGER).post("/beheer/ronde/nieuw", data=ANSWERS | unsuitable)

    assert answer.status_code == 422
    assert "Dit past niet bij de telregel." in answer.text


@pytest.mark.parametrize("field", ["rule", "remainder", "ceilings_in_remainder", "comparison"])
def test_a_choice_that_was_not_offered_is_refused(app, sign_in, field):
    answer = sign_in(MANAGER).post("/beheer/ronde/nieuw", data=ANSWERS | {field: "loten"})

    assert answer.status_code == 422
