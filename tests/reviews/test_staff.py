"""The reviewers' desk and the round manager's gate to the ballot list."""

import pytest

from pb.accounts.domain import Role
from pb.foundation.money import euros
from pb.proposals import service as proposals
from pb.proposals.ballot_list import is_signed_off, proof_of
from pb.proposals.domain import ProposalState
from pb.reviews import second_look, sign_off
from pb.reviews import service as reviews
from pb.reviews.domain import Mark, OfferKind, Verdict
from pb.rounds import service as rounds
from pb.rounds.domain import State
from tests.builders import DATES, a_plan, a_round, an_actor, answers, prove, say_no, say_yes
from tests.conftest import PASSWORD

CLOSED = DATES.proposals_close
DESK = "/beheer/ronde/proef/toetsen"
LIST = "/beheer/ronde/proef/stemlijst"


@pytest.fixture
def slug(app, clock):
    clock.move_to(CLOSED)
    return a_round()


@pytest.fixture
def reviewer(sign_in):
    return sign_in(Role.REVIEWER)


def marks(*given):
    """The answers to the two criteria as a browser sends them."""
    return {f"mark_{place}": mark.value for place, mark in enumerate(given)}


def test_a_reviewer_says_yes_with_another_cost_and_a_reason(slug, reviewer):
    a_plan(slug, title="Bankje")

    desk = reviewer.get(DESK)
    plan_page = reviewer.get(f"{DESK}/1")
    to_verdict = reviewer.post(f"{DESK}/1", data=marks(Mark.YES, Mark.YES))
    verdict = reviewer.get(to_verdict.headers["Location"])
    data = {"reason": "Het past.", "cost": "3.000", "cost_reason": "Keuring erbij."}
    done = reviewer.post(f"{DESK}/1/oordeel", data=data)

    assert "1 plan wacht op u." in desk.text
    assert "Wat bewoners zien en weten" in plan_page.text
    assert to_verdict.headers["Location"].endswith("/oordeel")
    assert "Bevestig: haalbaar" in verdict.text
    assert done.status_code == 303
    assert proposals.get(slug, 1).final_cost == euros(3000)
    assert reviews.get(slug, 1).decision.verdict is Verdict.FEASIBLE


def test_answers_may_be_kept_half_way(slug, reviewer):
    a_plan(slug)

    answer = reviewer.post(f"{DESK}/1", data={"mark_0": "no", "remark_0": "Van de corporatie."})

    assert answer.headers["Location"].endswith("/toetsen/1")
    assert "Van de corporatie." in reviewer.get(f"{DESK}/1").text
    assert reviewer.get(f"{DESK}/1/oordeel").status_code == 303


def test_a_no_needs_reason_advice_and_next_step(slug, reviewer):
    a_plan(slug)
    reviewer.post(f"{DESK}/1", data=marks(Mark.NO, Mark.YES))

    page = reviewer.post(f"{DESK}/1/oordeel", data={"reason": "Kan niet."})
    strange = reviewer.post(
        f"{DESK}/1/oordeel", data={"reason": "Nee.", "advice": "Ja.", "next_step": "<b>"}
    )
    done = reviewer.post(
        f"{DESK}/1/oordeel",
        data={"reason": "Kan niet.", "advice": "Vraag hulp.", "next_step": "other_fund"},
    )

    assert (page.status_code, strange.status_code, done.status_code) == (422, 422, 303)
    assert "Kan niet." in page.text
    assert proposals.get(slug, 1).state is ProposalState.NOT_FEASIBLE


RISK = {
    "risico-kind": "play",
    "risico-level": "medium",
    "risico-liable": "partner",
    "risico-partner": "Speeltuinvereniging",
    "risico-insurance": "own",
    "risico-note": "De vereniging keurt de toestellen.",
}


def test_a_reviewer_fills_in_the_risk_card_beside_the_criteria(slug, reviewer):
    a_plan(slug)
    reviewer.post(f"{DESK}/1", data=marks(Mark.YES))

    partly = reviewer.post(f"{DESK}/1/risico", data=RISK | {"risico-note": "", "risico-level": "x"})
    nobody = reviewer.post(f"{DESK}/1/risico", data=RISK | {"risico-partner": " "})
    done = reviewer.post(f"{DESK}/1/risico", data=RISK)

    assert (partly.status_code, nobody.status_code, done.status_code) == (422, 422, 303)
    for refused in (partly, nobody):
        assert 'value="yes" checked' in refused.text  # the answers to the criteria still stand
        assert 'value="play" checked' in refused.text
    assert "Schrijf op welke organisatie aansprakelijk is." in nobody.text
    assert proposals.get(slug, 1).risk.liable_words == "Speeltuinvereniging"
    assert "De vereniging keurt de toestellen." in reviewer.get(f"{DESK}/1").text


def test_a_yes_if_becomes_an_offer_to_the_owner(slug, reviewer):
    a_plan(slug)
    reviewer.post(f"{DESK}/1", data=marks(Mark.YES_IF, Mark.YES))

    form = reviewer.get(f"{DESK}/1/oordeel")
    done = reviewer.post(
        f"{DESK}/1/oordeel",
        data={"note": "Eén bankje.", "title": "Bankje", "summary": "Eén.", "cost": "900"},
    )

    assert "Stel voor aan de planeigenaar" in form.text
    assert 'value="2500,50"' in form.text
    assert done.status_code == 303
    assert proposals.get(slug, 1).state is ProposalState.ADAPTATION_OFFERED


@pytest.mark.parametrize("cost", ["veel", "9" * 5000, "20.000", "0", ""])
def test_an_offer_with_a_cost_that_cannot_be_is_shown_again(slug, reviewer, cost):
    a_plan(slug)
    reviewer.post(f"{DESK}/1", data=marks(Mark.YES_IF, Mark.YES))

    page = reviewer.post(
        f"{DESK}/1/oordeel", data={"note": "Uitleg", "title": "T", "summary": "S", "cost": cost}
    )

    assert page.status_code == 422
    assert "Uitleg" in page.text
    assert proposals.get(slug, 1).state is ProposalState.IN_REVIEW


def test_a_reviewer_asks_the_owner_something(slug, reviewer):
    a_plan(slug)

    empty = reviewer.post(f"{DESK}/1/vraag", data={"question": ""})
    asked = reviewer.post(f"{DESK}/1/vraag", data={"question": "Waar precies?"})

    assert (empty.status_code, asked.status_code) == (422, 303)
    assert "Waar precies?" in reviewer.get(f"{DESK}/1").text
    assert proposals.get(slug, 1).state is ProposalState.QUESTION_OPEN


def test_a_reviewer_asks_two_owners_to_go_on_together(slug, reviewer):
    a_plan(slug, title="Bloemen")
    a_plan(slug, title="Bollen")
    data = {"into": "1", "note": "Samen.", "title": "Beide", "summary": "S", "cost": "3900"}

    form = reviewer.get(f"{DESK}/2/samenvoegen")
    strange = reviewer.post(f"{DESK}/2/samenvoegen", data=data | {"into": "2"})
    done = reviewer.post(f"{DESK}/2/samenvoegen", data=data)

    assert "P01 Bloemen" in form.text
    assert strange.status_code == 422
    assert done.status_code == 303
    assert [reviews.offers(slug, number)[0].kind for number in (1, 2)] == [
        OfferKind.MERGE_IN,
        OfferKind.MERGE_AWAY,
    ]


def test_the_review_is_closed_by_hand_when_nothing_waits_any_more(slug, reviewer):
    a_plan(slug)
    secret = a_plan(slug).secret
    say_yes(slug, 1)
    early = reviewer.post(f"{DESK}/afsluiten")
    proposals.withdraw(slug, secret, now=CLOSED)

    desk = reviewer.get(DESK)
    done = reviewer.post(f"{DESK}/afsluiten")

    assert early.status_code == 409
    assert "Sluit de toets af" in desk.text
    assert done.status_code == 303
    assert State.RECONSIDERATION in rounds.get(slug, CLOSED).passed


def test_another_reviewer_decides_on_a_request_at_the_desk(slug, sign_in, clock):
    secret = a_plan(slug).secret
    say_no(slug, 1)
    moment = DATES.reconsideration_opens
    clock.move_to(moment)
    reviewer = sign_in(Role.REVIEWER)
    second_look.ask(slug, secret, "De grond is openbaar.", now=moment)

    desk = reviewer.get(DESK)
    page = reviewer.get(f"{DESK}/1/herziening")
    empty = reviewer.post(f"{DESK}/1/herziening", data={})
    done = reviewer.post(
        f"{DESK}/1/herziening", data={"granted": "ja", "explanation": "Hij is openbaar."}
    )

    assert "Herziening gevraagd" in desk.text
    assert "De grond is openbaar." in page.text
    assert (empty.status_code, done.status_code) == (422, 303)
    assert proposals.get(slug, 1).state is ProposalState.FEASIBLE
    assert reviewer.get(f"{DESK}/1/herziening").status_code == 409


def test_whoever_said_no_cannot_decide_on_the_second_look(slug, reviewer, clock):
    secret = a_plan(slug).secret
    reviewer.post(f"{DESK}/1", data=marks(Mark.NO, Mark.YES))
    data = {"reason": "Kan niet.", "advice": "Vraag hulp.", "next_step": "other_fund"}
    reviewer.post(f"{DESK}/1/oordeel", data=data)
    clock.move_to(DATES.reconsideration_opens)
    second_look.ask(slug, secret, "Niet eens.", now=clock.now)
    who = {"email": "reviewer@dorrewold.example", "password": PASSWORD}
    reviewer.post("/beheer/aanmelden", data=who)

    answer = reviewer.post(f"{DESK}/1/herziening", data={"granted": "ja", "explanation": "Ja."})

    assert answer.status_code == 403
    assert proposals.get(slug, 1).state is ProposalState.NOT_FEASIBLE


# --- the ballot list ---------------------------------------------------------------------


def test_the_manager_sees_what_is_missing_and_publishes_when_nothing_is(slug, sign_in, clock):
    secret = a_plan(slug, title="Bankje").secret
    say_no(slug, 1)
    moment = DATES.reconsideration_opens
    second_look.ask(slug, secret, "Niet eens.", now=moment)
    clock.move_to(moment)
    manager = sign_in(Role.ROUND_MANAGER)

    waiting = manager.get(LIST)
    refused = manager.post(LIST, data={"seed": "4 2 6"})
    colleague = an_actor(Role.REVIEWER, staff_id=6)
    second_look.decide(slug, 1, granted=True, explanation="Toch wel.", by=colleague, now=moment)
    clock.move_to(DATES.reconsideration_closes)
    manager = sign_in(Role.ROUND_MANAGER, email="later@dorrewold.example")
    unproved = manager.get(LIST)
    prove(slug)
    ready = manager.get(LIST)
    empty = manager.post(LIST, data={"seed": "  "})
    done = manager.post(LIST, data={"seed": "4 2 6"})

    assert "U kunt verder als deze 3 punten klaar zijn." in waiting.text
    assert "Beslis over de herziening van plan P01." in waiting.text
    assert refused.status_code == 409
    assert "Nog geen risicokaart: P01." in unproved.text
    assert "De planeigenaar zei nog niet dat de tekst klopt: P01." in unproved.text
    assert "1 plan. De planeigenaar is akkoord." in ready.text
    assert empty.status_code == 422
    assert done.headers["Location"].endswith("/ronde/proef/stemlijst")
    assert "4 2 6" in manager.get(done.headers["Location"]).text
    assert manager.get(LIST).status_code == 409


# --- the ballot proof --------------------------------------------------------------------


@pytest.fixture
def proved(slug, clock):
    """The private link of a feasible plan in reconsideration, whose owner tells of a mistake."""
    secret = a_plan(slug, title="Bankje").secret
    say_yes(slug, 1)
    clock.move_to(DATES.reconsideration_opens)
    sign_off.report_error(slug, secret, "Het is een bank.", now=clock.now)
    return secret


def test_a_mistake_reaches_the_desk_and_the_manager(slug, proved, sign_in):
    reviewer, manager = sign_in(Role.REVIEWER), sign_in(Role.ROUND_MANAGER)

    assert "Fout gemeld" in reviewer.get(DESK).text
    for page in (reviewer.get(f"{DESK}/1"), manager.get(f"{LIST}/1"), reviewer.get(f"{LIST}/1")):
        assert "Het is een bank." in page.text
    assert "De planeigenaar meldt een fout in de tekst: P01." in manager.get(LIST).text
    assert "Akkoord opschrijven" not in reviewer.get(f"{LIST}/1").text


def test_better_words_are_put_to_the_owner_who_signs_again(slug, proved, sign_in, resident):
    reviewer, mine = sign_in(Role.REVIEWER), f"/ronde/proef/mijn/{proved}"
    plan = proposals.get(slug, 1)
    words = {"title": "Bank", "summary": plan.summary, "place": plan.place, "note": "De naam."}

    same = reviewer.post(f"{LIST}/1/verbeteren", data=words | {"title": "Bankje"})
    sent = reviewer.post(f"{LIST}/1/verbeteren", data=words)
    proof, offer = resident.get(f"{mine}/stemlijst"), resident.get(f"{mine}/voorstel")
    resident.post(f"{mine}/voorstel", data={"sequence": "1", "answer": "ja"})

    assert (same.status_code, sent.status_code) == (422, 303)
    assert "Er ligt een verbetering voor u klaar" in proof.text
    assert "Een verbetering van de tekst" in offer.text
    assert (proposals.get(slug, 1).title, proposals.get(slug, 1).state) == (
        "Bank",
        ProposalState.FEASIBLE,
    )
    assert not is_signed_off(proposals.get(slug, 1))


def test_the_manager_writes_down_that_an_owner_was_reached(slug, proved, sign_in, resident, clock):
    manager = sign_in(Role.ROUND_MANAGER)
    proof = proof_of(proposals.get(slug, 1))
    told = {"proof": proof, "reached": "phone", "reached_on": f"{clock.now:%Y-%m-%d}"}

    later = manager.post(f"{LIST}/1/akkoord", data=told | {"reached_on": "2099-01-01"})
    no_day = manager.post(f"{LIST}/1/akkoord", data=told | {"reached_on": "gisteren"})
    other = manager.post(f"{LIST}/1/akkoord", data=told | {"proof": "0" * 64})
    done = manager.post(f"{LIST}/1/akkoord", data=told)

    assert (later.status_code, no_day.status_code, other.status_code) == (422, 422, 422)
    assert "Het plan is net veranderd." in other.text
    assert done.status_code == 303
    assert is_signed_off(proposals.get(slug, 1))
    assert "Gebeld op" in manager.get(f"{LIST}/1").text
    assert (
        "Gebeld op 4-5-2026: de planeigenaar van plan P01"
        in resident.get("/ronde/proef/logboek").text
    )


def test_a_plan_that_does_not_come_on_the_list_has_no_proof(slug, sign_in, clock):
    a_plan(slug)
    say_no(slug, 1)
    clock.move_to(DATES.reconsideration_opens)
    manager = sign_in(Role.ROUND_MANAGER)

    for page in (f"{LIST}/1", f"{LIST}/1/verbeteren"):
        assert manager.get(page).status_code == 409
    assert manager.get(f"{LIST}/2").status_code == 404


# --- who may open what -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "page", "roles"),
    [
        ("get", DESK, {Role.REVIEWER, Role.ROUND_MANAGER, Role.AUDITOR}),
        ("get", f"{DESK}/1", {Role.REVIEWER, Role.ROUND_MANAGER, Role.AUDITOR}),
        ("post", f"{DESK}/1", {Role.REVIEWER}),
        ("get", f"{DESK}/1/oordeel", {Role.REVIEWER}),
        ("post", f"{DESK}/1/oordeel", {Role.REVIEWER}),
        ("post", f"{DESK}/1/vraag", {Role.REVIEWER}),
        ("post", f"{DESK}/1/samenvoegen", {Role.REVIEWER}),
        ("post", f"{DESK}/1/risico", {Role.REVIEWER}),
        ("post", f"{DESK}/afsluiten", {Role.REVIEWER}),
    ],
)
def test_only_the_right_roles_open_a_page(slug, sign_in, resident, method, page, roles):
    a_plan(slug)
    others = sign_in(*(set(Role) - roles))

    assert getattr(resident, method)(page).status_code == 303
    assert getattr(others, method)(page).status_code == 403
    assert proposals.get(slug, 1).state is ProposalState.SUBMITTED


def test_the_manager_and_the_auditor_read_the_desk_and_change_nothing(slug, sign_in):
    a_plan(slug)
    reviews.assess(slug, 1, answers(Mark.NO), by=an_actor(Role.REVIEWER, staff_id=5), now=CLOSED)

    page = sign_in(Role.AUDITOR).get(f"{DESK}/1")

    assert "Nee" in page.text
    assert "Bewaar de antwoorden" not in page.text


@pytest.mark.parametrize("number", ["0", "2", "99999", "9" * 30])
def test_a_plan_that_is_not_there_is_not_found(slug, reviewer, number):
    a_plan(slug)

    for page in (f"{DESK}/{number}", f"{DESK}/{number}/oordeel", f"{DESK}/{number}/vraag"):
        assert reviewer.get(page).status_code in {303, 404}


def test_what_waits_for_an_owner_does_not_wait_for_the_reviewer(slug, reviewer):
    for title in ("Bankje", "Boom"):
        a_plan(slug, title=title)
    reviewer.post(f"{DESK}/1/vraag", data={"question": "Waar komt het bankje?"})

    desk = reviewer.get(DESK).text

    assert "1 plan wacht op u." in desk
    assert "1 plan wacht op de planeigenaar." in desk
    assert desk.index("Boom") < desk.index("Bankje")


def test_a_reviewer_who_says_no_is_told_who_calls_the_owner(slug, reviewer):
    a_plan(slug)
    reviewer.post(f"{DESK}/1", data=marks(Mark.NO, Mark.YES))

    page = reviewer.get(f"{DESK}/1/oordeel").text

    assert "Vraag de projectleider om de planeigenaar te bellen" in page


def test_a_reviewer_reads_that_the_owner_sees_a_proposal_at_once(slug, reviewer):
    a_plan(slug)
    reviewer.post(f"{DESK}/1", data=marks(Mark.YES_IF, Mark.YES) | {"remark_0": "Kleiner."})

    page = reviewer.get(f"{DESK}/1/oordeel").text

    assert "De planeigenaar leest uw voorstel meteen." in page
