"""What residents see of plans, and the owner's door under a private link."""

import re

import pytest

from pb.database.base import transaction
from pb.foundation.money import Cents, euros
from pb.proposals import moderation
from pb.proposals import service as proposals
from pb.proposals.domain import Answer, ProposalState
from tests.builders import (
    DATES,
    START,
    a_ballot_list,
    a_plan,
    a_round,
    a_writing,
    an_actor,
    say_no,
    say_yes,
)

OPEN, CLOSED = DATES.proposals_open, DATES.proposals_close
PLANS = "/ronde/proef/plannen"


@pytest.fixture
def slug(app, clock):
    clock.move_to(OPEN)
    return a_round()


def mine(secret, page=""):
    return f"/ronde/proef/mijn/{secret}{page}"


def typed(**changes):
    """A complete form as a browser sends it."""
    data = {
        "title": "Bankje bij de vijver",
        "summary": "Wij willen een bankje.",
        "place": "Lindepark",
        "area_id": "A1",
        "theme_id": "T1",
        "line_1-label_text": "Bankje",
        "line_1-amount": "1.250,50",
        "line_2-label_text": "Plaatsen",
        "line_2-amount": "500",
        "pseudonym": "Groene Vingers",
        "reach": "0900-123456",
    }
    return data | changes


def begin(resident):
    """Start a draft as a resident does; return its secret."""
    answer = resident.post(f"{PLANS}/nieuw")
    assert answer.status_code == 303
    return re.search(r"/mijn/([0-9a-z]{28})/schrijven$", answer.headers["Location"])[1]


# --- the list ----------------------------------------------------------------------------


def test_the_list_shows_the_plans_that_were_sent(slug, resident):
    a_plan(slug, title="Bankje")
    proposals.start_draft(slug, now=OPEN)

    page = resident.get(PLANS)

    assert page.status_code == 200
    assert "Bankje" in page.text
    assert "Er is 1 plan." in page.text
    assert "€\N{NO-BREAK SPACE}2.500,50" in page.text


def test_a_plan_that_changed_or_went_is_shown_so_at_once(slug, resident):
    receipt = a_plan(slug, title="Bankje")
    assert "Bankje" in resident.get(PLANS).text

    proposals.save_draft(slug, receipt.secret, a_writing(title="Schommel"), now=OPEN)
    proposals.send(slug, receipt.secret, now=OPEN)
    page = resident.get(PLANS).text
    assert "Schommel" in page
    assert "Bankje" not in page

    proposals.withdraw(slug, receipt.secret, now=OPEN)
    assert "Schommel" not in resident.get(PLANS).text


def test_what_a_card_costs_follows_the_review_from_the_moment_that_verdicts_are_public(slug):
    a_plan(slug)
    answer = Answer(
        verdict=ProposalState.FEASIBLE, reason="Het past.", at=OPEN, by="Toetser", cost=euros(900)
    )
    proposals.set_answer(slug, 1, answer)

    (early,) = proposals.list_cards(slug, verdicts_known=False)
    (late,) = proposals.list_cards(slug, verdicts_known=True)

    assert early.cost == Cents(250_050)
    assert late.cost == euros(900)


def test_an_empty_list_invites(slug, resident):
    assert "Er zijn nog geen plannen." in resident.get(PLANS).text


def order_of(page):
    return re.findall(r"Plan \d+x", page.text)


def test_the_order_differs_per_visitor_and_stays_the_same_for_one(slug, web_app):
    with transaction():
        for number in range(12):
            a_plan(slug, title=f"Plan {number}x")
    first, second = web_app.test_client(), web_app.test_client()

    seen = order_of(first.get(PLANS))

    assert order_of(first.get(PLANS)) == seen
    assert order_of(second.get(PLANS)) != seen
    assert sorted(order_of(second.get(PLANS))) == sorted(seen)


def test_the_list_can_be_narrowed_by_area_and_theme_in_the_address(slug, resident):
    a_plan(slug, title="Noordgroen", area_id="A1", theme_id="T1")
    a_plan(slug, title="Zuidgroen", area_id="A2", theme_id="T1")
    a_plan(slug, title="Zuidspel", area_id="A2", theme_id="T2")

    page = resident.get(f"{PLANS}?gebied=A2&thema=T2")

    assert "Zuidspel" in page.text
    assert "Zuidgroen" not in page.text
    assert "U ziet 1 van de 3 plannen." in page.text


def test_an_area_that_nobody_knows_shows_every_plan(slug, resident):
    a_plan(slug, title="Bankje")

    page = resident.get(f"{PLANS}?gebied=%00<script>&thema=T1")

    assert "Bankje" in page.text


def test_85_plans_take_at_most_three_queries(slug, resident, count_statements):
    with transaction():
        for number in range(85):
            a_plan(slug, title=f"Plan {number}x")
    count_statements()

    page = resident.get(PLANS)

    assert len(order_of(page)) == 85
    assert len(count_statements()) <= 3


def test_one_plan_takes_at_most_three_queries(slug, resident, count_statements):
    receipt = a_plan(slug)
    proposals.save_draft(slug, receipt.secret, a_writing(title="Anders"), now=OPEN)
    proposals.send(slug, receipt.secret, now=OPEN)
    count_statements()

    page = resident.get(f"{PLANS}/{receipt.number}")

    assert "Anders" in page.text
    assert len(count_statements()) <= 3


def test_there_are_no_plans_before_they_are_welcome(slug, resident, clock):
    clock.move_to(START)

    assert resident.get(PLANS).status_code == 409


# --- one plan ----------------------------------------------------------------------------


def test_a_plan_shows_its_words_its_costs_and_who_made_it_but_never_the_contact(slug, resident):
    number = a_plan(slug).number

    page = resident.get(f"{PLANS}/{number}").text

    for words in ("Lindepark", "Er staat nu niets.", "Groene Vingers", "Noord", "P01"):
        assert words in page
    assert "0900-123456" not in page


def test_a_title_is_shown_in_the_language_of_the_page(slug, resident):
    number = a_plan(slug).number
    moderation.set_titles(slug, number, {"en": "Bench by the pond"}, by=an_actor(), now=OPEN)

    page = resident.get(f"{PLANS}/{number}", headers={"Accept-Language": "en"})

    assert "Bench by the pond" in page.text


def test_the_earlier_version_of_a_changed_plan_stays_readable(slug, resident):
    receipt = a_plan(slug)
    proposals.save_draft(slug, receipt.secret, a_writing(title="Twee bankjes"), now=OPEN)
    proposals.send(slug, receipt.secret, now=OPEN)

    page = resident.get(f"{PLANS}/{receipt.number}").text

    assert '<h1 dir="auto">Twee bankjes</h1>' in page
    assert "Bankje bij de vijver" in page
    assert "De planeigenaar veranderde het plan." in page


@pytest.mark.parametrize("number", ["2", "0", "99999", "100000", "9" * 40, "-1", "x"])
def test_a_number_that_nobody_has_is_not_found(slug, resident, number):
    a_plan(slug)

    assert resident.get(f"{PLANS}/{number}").status_code == 404


def test_a_held_plan_shows_its_number_and_the_reason_and_none_of_its_words(slug, resident):
    number = a_plan(slug).number
    moderation.hold(slug, number, reason="Er staat een naam in.", by=an_actor(), now=OPEN)

    page = resident.get(f"{PLANS}/{number}").text

    assert "Er staat een naam in." in page
    assert "Bankje" not in page
    assert "Lindepark" not in page


def test_a_withdrawn_plan_shows_none_of_its_words(slug, resident):
    receipt = a_plan(slug)
    proposals.withdraw(slug, receipt.secret, now=OPEN)

    page = resident.get(f"{PLANS}/{receipt.number}").text

    assert "ingetrokken" in page
    assert "Bankje" not in page


@pytest.mark.parametrize("say", [say_yes, say_no])
def test_no_page_shows_a_verdict_before_its_time(slug, resident, clock, say):
    receipt = a_plan(slug)
    say(slug, receipt.number, now=CLOSED)
    clock.move_to(CLOSED)

    pages = [
        resident.get(address).text
        for address in (PLANS, f"{PLANS}/{receipt.number}", mine(receipt.secret))
    ]

    for page in pages:
        assert "Wij kijken of het kan" in page
        assert "aalbaar</span>" not in page
        assert "openbaar" not in page
        assert "Het plan past in alle kaders" not in page


def test_everyone_reads_the_verdict_once_verdicts_are_known(slug, resident, clock):
    receipt = a_plan(slug)
    say_no(slug, receipt.number)
    clock.move_to(DATES.reconsideration_opens)

    for address in (f"{PLANS}/{receipt.number}", mine(receipt.secret)):
        page = resident.get(address).text
        assert "Deze grond is niet openbaar." in page
        assert "Vraag de corporatie om een plek." in page
        assert "Een andere organisatie helpt u verder." in page


# --- hostile words -----------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "\x00\x00",
    "abc\u202edef",
    "%s %(x)s %",
    "{{ 7*7 }} {% raw %}",
    "' OR 1=1 --",
    "\ud83c\udf33".encode("utf-16", "surrogatepass").decode("utf-16"),
    "a" * 20_000,
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_kept_or_refused_clearly_and_never_run(slug, resident, words):
    secret = begin(resident)
    data = dict.fromkeys(typed(), words)

    saved = resident.post(mine(secret, "/schrijven"), data=data)
    sent = resident.post(mine(secret, "/verstuur"))
    form = resident.get(mine(secret, "/schrijven"))
    check = resident.get(mine(secret, "/nakijken"))

    assert saved.status_code == 303
    assert sent.status_code == 422
    for page in (sent, form, check):
        assert page.status_code in {200, 422}
        assert "<script>alert" not in page.text


@pytest.mark.parametrize("words", HOSTILE[:7], ids=range(7))
def test_a_plan_of_hostile_words_is_shown_as_words(slug, resident, words):
    a_plan(slug, title=f"Hallo {words}", summary=f"Wij {words}", place=f"Bij {words}")

    for address in (PLANS, f"{PLANS}/1"):
        page = resident.get(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "49" not in re.findall(r"<h1[^>]*>([^<]*)", page.text)


def test_a_form_with_fields_that_we_never_asked_is_kept_all_the_same(slug, resident):
    secret = begin(resident)
    data = typed(
        **{"line_10-amount": "1", "line_²-amount": "1", "number": "7", "state": "selected"}
    )

    assert resident.post(mine(secret, "/schrijven"), data=data).status_code == 303
    assert proposals.draft(slug, secret).total() == 175050


# --- writing and sending -----------------------------------------------------------------


def test_somebody_without_an_account_writes_checks_and_sends_a_plan(slug, resident):
    assert "Ik begin" in resident.get(f"{PLANS}/nieuw").text
    secret = begin(resident)

    to_check = resident.post(mine(secret, "/schrijven"), data=typed(check="1"))
    check = resident.get(to_check.headers["Location"])
    to_receipt = resident.post(mine(secret, "/verstuur"))
    receipt = resident.get(to_receipt.headers["Location"])

    assert "Kijk alles na. Klopt het?" in check.text
    assert "Verstuur mijn plan" in check.text
    assert "1.750,50" in check.text
    assert "Het nummer is P01." in receipt.text
    assert "Binnen 3 werkdagen belt of schrijft iemand van ons u." in receipt.text
    assert mine(secret) in receipt.text
    assert proposals.get(slug, 1).title == "Bankje bij de vijver"


def test_a_draft_keeps_what_cannot_be_read_and_says_so_beside_the_field(slug, resident):
    secret = begin(resident)

    answer = resident.post(mine(secret, "/schrijven"), data=typed(**{"line_1-amount": "heel veel"}))
    page = resident.get(answer.headers["Location"])

    assert "Uw plan is bewaard." in page.text
    assert 'value="heel veel"' in page.text
    assert "Dit is geen bedrag: heel veel." in page.text


def test_the_frameworks_advice_stands_beside_the_fields_and_blocks_nothing(slug, resident):
    secret = begin(resident)
    resident.post(mine(secret, "/schrijven"), data=typed(**{"line_1-amount": "21.300"}))

    form = resident.get(mine(secret, "/schrijven"))
    check = resident.get(mine(secret, "/nakijken"))
    sent = resident.post(mine(secret, "/verstuur"))

    for page in (form, check):
        assert "Uw plan kost €\N{NO-BREAK SPACE}21.800." in page.text
        assert "Of vraag hulp." in page.text
    assert sent.status_code == 303


def test_what_is_missing_stands_beside_its_field_when_somebody_sends(slug, resident):
    secret = begin(resident)
    resident.post(mine(secret, "/schrijven"), data=typed(place="", title="", pseudonym=""))

    check = resident.get(mine(secret, "/nakijken"))
    page = resident.post(mine(secret, "/verstuur"))

    assert "Verstuur mijn plan" not in check.text
    assert check.text.count("Niet ingevuld") == 5, "place, name, and the three parts of the text"
    assert page.status_code == 422
    assert "De plek is nog niet ingevuld." in page.text
    assert 'href="#place"' in page.text
    assert "Wij willen een bankje." in page.text


def test_somebody_may_write_before_plans_are_welcome_and_send_later(slug, resident, clock):
    clock.move_to(START)
    secret = begin(resident)
    resident.post(mine(secret, "/schrijven"), data=typed())

    check = resident.get(mine(secret, "/nakijken"))
    too_early = resident.post(mine(secret, "/verstuur"))
    clock.move_to(OPEN)
    in_time = resident.post(mine(secret, "/verstuur"))

    assert "Versturen kan vanaf" in check.text
    assert too_early.status_code == 409
    assert in_time.status_code == 303


def test_after_closing_nobody_writes_or_sends(slug, resident, clock):
    secret = begin(resident)
    resident.post(mine(secret, "/schrijven"), data=typed())
    clock.move_to(CLOSED)

    assert resident.post(f"{PLANS}/nieuw").status_code == 409
    assert resident.post(mine(secret, "/schrijven"), data=typed()).status_code == 409
    assert resident.post(mine(secret, "/verstuur")).status_code == 409
    assert "Sturen kan nu niet meer." in resident.get(mine(secret)).text


@pytest.mark.parametrize("page", ["", "/schrijven", "/nakijken", "/gelukt", "/intrekken"])
def test_an_unknown_private_link_is_not_found(slug, resident, page):
    assert resident.get(mine("0" * 28, page)).status_code == 404


def test_the_owner_sees_the_plan_changes_it_and_takes_it_back(slug, resident):
    secret = a_plan(slug).secret

    page = resident.get(mine(secret))
    changed = resident.post(mine(secret, "/schrijven"), data=typed(title="Twee bankjes"))
    resident.post(mine(secret, "/verstuur"))
    question = resident.get(mine(secret, "/intrekken"))
    state_before = proposals.get(slug, 1).state
    resident.post(mine(secret, "/intrekken"))

    assert "Verander mijn plan" in page.text
    assert changed.status_code == 303
    assert "Wilt u uw plan intrekken?" in question.text
    assert state_before is ProposalState.SUBMITTED
    assert proposals.get(slug, 1).state is ProposalState.WITHDRAWN
    assert "U heeft dit plan ingetrokken." in resident.get(mine(secret)).text


def test_the_owner_is_told_that_a_change_still_waits_to_be_sent(slug, resident):
    secret = begin(resident)
    resident.post(mine(secret, "/schrijven"), data=typed())
    resident.post(mine(secret, "/verstuur"))
    waits = "Uw verandering is nog niet verstuurd."

    assert waits not in resident.get(mine(secret)).text
    resident.post(mine(secret, "/schrijven"), data=typed(title="Twee bankjes"))
    assert waits in resident.get(mine(secret)).text
    resident.post(mine(secret, "/verstuur"))
    assert waits not in resident.get(mine(secret)).text


def test_the_private_link_can_be_kept_in_a_mail_or_a_bookmark(slug, resident):
    secret = begin(resident)
    page = resident.get(mine(secret, "/schrijven")).text

    assert 'href="mailto:?subject=Mijn%20plan%3A%20' in page
    assert f'{mine(secret)}"' in page
    assert "bij uw bladwijzers" in page


def test_the_check_shows_amounts_as_everyone_will_see_them_and_the_contact_apart(slug, resident):
    secret = begin(resident)
    resident.post(mine(secret, "/schrijven"), data=typed(place="", **{"line_2-amount": "99999"}))

    page = resident.get(mine(secret, "/nakijken")).text

    assert "€\N{NO-BREAK SPACE}99.999" in page
    assert "Niet ingevuld" in page
    assert "Weet ik nog niet</dd>" not in page.split("Kosten voor de gemeente")[0]
    assert page.index("Dit ziet alleen de gemeente") < page.index("0900-123456")


def test_a_sum_is_not_said_to_fit_while_a_part_cannot_be_read(slug, resident):
    secret = begin(resident)
    resident.post(mine(secret, "/schrijven"), data=typed(**{"line_2-amount": "duizend"}))

    page = resident.get(mine(secret, "/schrijven?bewaard=1")).text

    assert "Dit is geen bedrag: duizend." in page
    assert "Het bedrag past" not in page
    assert 'href="#kosten"' in page


def test_the_receipt_of_a_plan_that_was_not_sent_does_not_exist(slug, resident):
    secret = begin(resident)

    assert resident.get(mine(secret, "/gelukt")).status_code == 409


# --- the ballot list ---------------------------------------------------------------------


def test_the_ballot_list_stands_in_the_order_of_the_lot(slug, resident, clock):
    for title in ("Eerste", "Tweede", "Derde"):
        a_plan(slug, title=title)
    say_yes(slug, 1)
    say_no(slug, 2)
    say_yes(slug, 3)
    clock.move_to(DATES.reconsideration_closes)
    before = resident.get("/ronde/proef/stemlijst")
    a_ballot_list(slug)

    page = resident.get("/ronde/proef/stemlijst")

    assert before.status_code == 409
    assert page.text.index("Eerste") < page.text.index("Derde")
    assert "Tweede" not in page.text
    assert proposals.published_list(slug).hash in page.text
