"""What owners do under their private link during a review, and what everyone reads after it."""

import pytest

from pb.accounts.domain import Role
from pb.foundation.money import euros
from pb.proposals import service as proposals
from pb.proposals.ballot_list import is_signed_off, proof_of
from pb.proposals.domain import ProposalState
from pb.proposals.writing import WrittenLine
from pb.reviews import offers, second_look
from pb.reviews import service as reviews
from pb.reviews.domain import Adaptation, Mark
from tests.builders import (
    DATES,
    a_plan,
    a_risk,
    a_round,
    an_actor,
    answers,
    prove,
    say_no,
    say_yes,
)
from tests.people import Person

REVIEWER = an_actor(Role.REVIEWER, staff_id=5)
CLOSED = DATES.proposals_close
CHANGE = Adaptation(title="Kleiner", summary="Eén bankje.", place="Lindepark", cost=euros(900))


@pytest.fixture
def slug(app, clock):
    clock.move_to(CLOSED)
    return a_round()


def mine(secret, page=""):
    return f"/ronde/proef/mijn/{secret}{page}"


@pytest.fixture
def offered(slug):
    """The secret of a plan with an open offer."""
    secret = a_plan(slug).secret
    reviews.assess(slug, 1, answers(Mark.YES_IF), by=REVIEWER, now=CLOSED)
    offers.offer(slug, 1, CHANGE, note="Eén bankje kan wel.", by=REVIEWER, now=CLOSED)
    return secret


def test_the_owner_sees_the_offer_beside_the_plan_and_agrees(slug, offered, resident):
    home = resident.get(mine(offered))
    page = resident.get(mine(offered, "/voorstel"))
    answer = resident.post(mine(offered, "/voorstel"), data={"sequence": "1", "answer": "ja"})

    assert "Er ligt een voorstel voor u klaar" in home.text
    for words in ("Bankje bij de vijver", "Kleiner", "Eén bankje kan wel.", "Ik ga akkoord"):
        assert words in page.text
    assert answer.status_code == 303
    assert proposals.get(slug, 1).title == "Kleiner"


@pytest.mark.parametrize(("answer", "said"), [("ja", "U zei ja"), ("nee", "U zei nee")])
def test_who_answers_an_offer_reads_that_the_answer_came(slug, offered, resident, answer, said):
    data = {"sequence": "1", "answer": answer}
    home = resident.post(mine(offered, "/voorstel"), data=data).location

    assert said in resident.get(home).text
    assert said not in resident.get(mine(offered)).text


def test_an_accepted_adaptation_is_no_sum_nor_change_of_the_owner(slug, offered, resident):
    resident.post(mine(offered, "/voorstel"), data={"sequence": "1", "answer": "ja"})

    page = resident.get(mine(offered)).text

    assert "Uw verandering is nog niet verstuurd." not in page
    assert " eraf" in page
    assert "€\N{NO-BREAK SPACE}-" not in page
    assert "De kosten, met de aanpassing erbij" in page
    assert "Deze kosten schreef u op" not in page


def test_the_form_of_a_plan_shows_what_was_agreed_and_sends_it_unchanged(web_app, clock, slug):
    clock.move_to(DATES.proposals_open)
    lines = tuple(WrittenLine(f"Deel {number}", "300") for number in range(1, 9))
    secret = a_plan(slug, lines=lines).secret
    reviews.assess(slug, 1, answers(Mark.YES_IF), by=REVIEWER, now=clock.now)
    offers.offer(slug, 1, CHANGE, note="Eén bankje kan wel.", by=REVIEWER, now=clock.now)
    offers.answer_offer(slug, secret, 1, accepted=True, now=clock.now)
    agreed = proposals.get_with_versions(slug, 1)
    owner = Person(web_app.test_client()).open(mine(secret, "/schrijven"))
    written = owner.page.text

    owner.press("Ga verder")
    checked = owner.words()
    owner.press("Verstuur mijn plan")

    for words in ('value="Kleiner"', 'value="Aanpassing na de toets"', 'value="-1500"'):
        assert words in written
    assert "1.500 eraf" in checked
    assert "U zei ja tegen een voorstel van de gemeente." not in checked
    assert proposals.get_with_versions(slug, 1) == agreed


def test_who_changes_what_was_agreed_reads_what_that_means(web_app, clock, slug):
    clock.move_to(DATES.proposals_open)
    secret = a_plan(slug).secret
    reviews.assess(slug, 1, answers(Mark.YES_IF), by=REVIEWER, now=clock.now)
    offers.offer(slug, 1, CHANGE, note="Eén bankje kan wel.", by=REVIEWER, now=clock.now)
    offers.answer_offer(slug, secret, 1, accepted=True, now=clock.now)

    owner = Person(web_app.test_client()).open(mine(secret, "/schrijven"))
    owner.press("Ga verder", title="Toch groter")

    owner.sees("U zei ja tegen een voorstel van de gemeente.", "opnieuw of uw plan kan")


def test_who_changes_a_sent_plan_reads_that_it_is_looked_at_again(web_app, clock, slug):
    clock.move_to(DATES.proposals_open)
    secret = a_plan(slug).secret

    owner = Person(web_app.test_client()).open(mine(secret, "/schrijven"))
    owner.press("Ga verder", title="Toch groter")

    owner.sees("opnieuw of uw plan kan")
    owner.does_not_see("U zei ja tegen een voorstel van de gemeente.")


def test_the_owner_keeps_the_plan_as_it_is(slug, offered, resident):
    resident.post(mine(offered, "/voorstel"), data={"sequence": "1", "answer": "nee"})

    assert proposals.get(slug, 1).state is ProposalState.IN_REVIEW
    assert resident.get(mine(offered, "/voorstel")).status_code == 409


@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": "misschien"}])
def test_an_offer_is_not_refused_by_a_page_without_an_answer(resident, offered, answer):
    page = resident.post(mine(offered, "/voorstel"), data={"sequence": "1", **answer})

    assert page.status_code == 422
    assert resident.get(mine(offered, "/voorstel")).status_code == 200


@pytest.mark.parametrize(
    "data",
    [{"answer": "ja"}, {"sequence": "9" * 30, "answer": "ja"}, {"sequence": "x", "answer": "nee"}],
)
def test_an_answer_to_no_offer_in_particular_changes_nothing(slug, offered, resident, data):
    answer = resident.post(mine(offered, "/voorstel"), data=data)

    assert answer.status_code == 409
    assert proposals.get(slug, 1).state is ProposalState.ADAPTATION_OFFERED


def test_nobody_but_the_owner_sees_that_there_is_an_offer(slug, offered, resident):
    page = resident.get("/ronde/proef/plannen/1").text

    assert "Eén bankje" not in page
    assert "voorstel" not in page


def test_the_owner_answers_a_question(slug, resident):
    secret = a_plan(slug).secret
    offers.ask(slug, 1, "Waar <b>precies</b>?", by=REVIEWER, now=CLOSED)

    page = resident.get(mine(secret, "/vraag"))
    empty = resident.post(mine(secret, "/vraag"), data={"answer": " "})
    answer = resident.post(mine(secret, "/vraag"), data={"answer": "Bij de eik.\x00"})

    assert "Waar &lt;b&gt;precies&lt;/b&gt;?" in page.text
    assert empty.status_code == 422
    assert answer.status_code == 303
    assert reviews.questions(slug, 1)[0].answer == "Bij de eik."


def test_the_owner_asks_for_reconsideration(slug, resident, clock):
    secret = a_plan(slug).secret
    say_no(slug, 1)
    too_early = resident.get(mine(secret, "/herziening"))
    clock.move_to(DATES.reconsideration_opens)

    home = resident.get(mine(secret))
    page = resident.get(mine(secret, "/herziening"))
    empty = resident.post(mine(secret, "/herziening"), data={"reason": "\x00"})
    asked = resident.post(mine(secret, "/herziening"), data={"reason": "De grond is openbaar."})

    assert too_early.status_code == 409
    assert "Vraag om herziening" in home.text
    assert "Deze grond is niet openbaar." in page.text
    assert empty.status_code == 422
    assert asked.status_code == 303
    assert reviews.reconsideration(slug, 1).reason == "De grond is openbaar."
    assert "Wij hebben uw verzoek." in resident.get(mine(secret, "/herziening")).text


def test_both_owners_see_what_the_common_plan_would_be(slug, resident):
    secrets = a_plan(slug, title="Bloemen").secret, a_plan(slug, title="Bollen").secret
    change = Adaptation(title="Samen", summary="Samen.", place="Dijk", cost=euros(3900))
    offers.offer_merge(slug, 2, 1, change, note="Naast elkaar.", by=REVIEWER, now=CLOSED)

    for secret, other in zip(secrets, ("P02", "P01"), strict=True):
        page = resident.get(mine(secret, "/voorstel")).text
        assert f"ga samen verder met plan {other}" in page
        resident.post(mine(secret, "/voorstel"), data={"sequence": "1", "answer": "ja"})

    assert "Dit plan gaat verder in plan P01." in resident.get("/ronde/proef/plannen/2").text


# --- the ballot proof --------------------------------------------------------------------


@pytest.fixture
def feasible(slug, clock):
    """The private link of a feasible plan, in reconsideration."""
    secret = a_plan(slug, title="Bankje").secret
    say_yes(slug, 1)
    clock.move_to(DATES.reconsideration_opens)
    return secret


def test_the_owner_finds_right_what_the_ballot_will_say(slug, feasible, resident):
    home = resident.get(mine(feasible))
    page = resident.get(mine(feasible, "/stemlijst"))
    proof = {"proof": proof_of(proposals.get(slug, 1))}
    signed = resident.post(mine(feasible, "/stemlijst"), data=proof)

    assert "Kijk uw plan na" in home.text
    for words in ("Zo staat uw plan op de stemlijst", "Bankje", "Noord", "Groen", "Klopt"):
        assert words in page.text
    assert proof["proof"] in page.text
    assert signed.status_code == 303
    assert is_signed_off(proposals.get(slug, 1))
    assert "U bent akkoord met de tekst." in resident.get(mine(feasible)).text
    assert "U zei op" in resident.get(mine(feasible, "/stemlijst")).text


@pytest.mark.parametrize("data", [{}, {"proof": ""}, {"proof": "0" * 64}, {"proof": "\x00"}])
def test_only_what_was_shown_can_be_found_right(slug, feasible, resident, data):
    page = resident.post(mine(feasible, "/stemlijst"), data=data)

    assert page.status_code == 422
    assert proof_of(proposals.get(slug, 1)) in page.text
    assert not is_signed_off(proposals.get(slug, 1))


def test_the_owner_tells_what_is_wrong(slug, feasible, resident):
    prove(slug, now=DATES.reconsideration_opens)
    page = resident.get(mine(feasible, "/stemlijst/fout"))
    empty = [
        resident.post(mine(feasible, "/stemlijst/fout"), data={"error": error}).status_code
        for error in ("", " ", "\x00")
    ]
    told = resident.post(mine(feasible, "/stemlijst/fout"), data={"error": "Het is <b>rood</b>."})

    assert "Meld de fout" in page.text
    assert empty == [422, 422, 422]
    assert told.status_code == 303
    assert not is_signed_off(proposals.get(slug, 1))
    assert "Het is &lt;b&gt;rood&lt;/b&gt;." in resident.get(mine(feasible, "/stemlijst")).text
    assert "rood" not in resident.get("/ronde/proef/logboek").text


def test_a_plan_that_is_not_feasible_has_no_proof(slug, resident, clock):
    secret = a_plan(slug).secret
    say_no(slug, 1)
    clock.move_to(DATES.reconsideration_opens)

    for page in ("/stemlijst", "/stemlijst/fout"):
        assert resident.get(mine(secret, page)).status_code == 409
        assert resident.get(mine("0" * 28, page)).status_code == 404


def test_the_risk_card_is_public_once_verdicts_are_known(slug, resident, clock):
    a_plan(slug)
    reviews.fill_risk_card(slug, 1, a_risk(note="Met <hek>."), by=REVIEWER, now=CLOSED)
    say_yes(slug, 1)
    early = resident.get("/ronde/proef/plannen/1").text
    clock.move_to(DATES.reconsideration_opens)

    page = resident.get("/ronde/proef/plannen/1").text

    assert "Risico en aansprakelijkheid" not in early
    for words in ("Risico en aansprakelijkheid", "Laag", "De gemeente", "Met &lt;hek&gt;."):
        assert words in page


# --- the whole review --------------------------------------------------------------------


def test_everyone_reads_the_whole_review_once_verdicts_are_known(slug, resident, clock):
    a_plan(slug)
    say_no(slug, 1)
    address = "/ronde/proef/plannen/1/toets"
    too_early = resident.get(address)
    clock.move_to(DATES.reconsideration_opens)

    page = resident.get(address)

    assert too_early.status_code == 409
    for words in ("Het plan komt op openbare grond", "Nee", "Vraag de corporatie om een plek."):
        assert words in page.text


def test_the_outcome_of_a_second_look_is_public_with_its_explanation(slug, resident, clock):
    secret = a_plan(slug).secret
    say_no(slug, 1)
    moment = DATES.reconsideration_opens
    second_look.ask(slug, secret, "De grond is openbaar.", now=moment)
    second_look.decide(
        slug, 1, granted=True, explanation="Op de kaart is hij openbaar.",
        by=an_actor(Role.REVIEWER, staff_id=6), now=moment,
    )  # fmt: skip
    clock.move_to(moment)

    for address in ("/ronde/proef/plannen/1", "/ronde/proef/plannen/1/toets"):
        page = resident.get(address).text
        assert "Op de kaart is hij openbaar." in page
        assert "Na herziening zeggen wij ja." in page


def test_a_plan_without_a_review_has_no_page_of_one(slug, resident, clock):
    a_plan(slug)
    withdrawn = a_plan(slug)
    say_yes(slug, 1)
    say_yes(slug, 2)
    proposals.withdraw(slug, withdrawn.secret, now=CLOSED)
    clock.move_to(DATES.reconsideration_opens)

    for number in (2, 3, 99_999, 10**30):
        assert resident.get(f"/ronde/proef/plannen/{number}/toets").status_code == 404
