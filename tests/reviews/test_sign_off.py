"""Nothing stands on the ballot without a risk card and its owner's word that it is right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pb.accounts.domain import Role
from pb.foundation.money import euros
from pb.journal import service as journal
from pb.proposals import moderation
from pb.proposals import service as proposals
from pb.proposals.ballot_list import is_signed_off, proof_of
from pb.proposals.domain import ProposalState
from pb.proposals.risk import (
    LiableParty,
    NoteMissing,
    PartnerMissing,
    card_from_document,
    card_to_document,
)
from pb.reviews import offers, sign_off
from pb.reviews import service as reviews
from pb.reviews.domain import (
    Adaptation,
    Mark,
    NotToReview,
    OfferGone,
    OfferKind,
    OfferState,
    TextMissing,
)
from pb.reviews.proof import (
    ErrorNotTold,
    NothingCorrected,
    NothingToSign,
    ProofChanged,
    Reached,
    ReachedBy,
    ReachedLater,
    SignOff,
)
from pb.rounds.domain import GateClosed, NotInThisState
from tests.builders import (
    DATES,
    a_plan,
    a_risk,
    a_round,
    a_writing,
    an_actor,
    answers,
    prove,
    say_no,
    say_yes,
)

OPEN, CLOSED = DATES.proposals_open, DATES.proposals_close
NOW, LISTED = DATES.reconsideration_opens, DATES.reconsideration_closes
REVIEWER, MANAGER = an_actor(Role.REVIEWER, staff_id=5), an_actor()

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def slug():
    return a_round()


@pytest.fixture
def secret(slug):
    """The private link of plan 1, the only one, which is feasible."""
    secret = a_plan(slug).secret
    say_yes(slug, 1)
    return secret


def plan(slug, number=1):
    return proposals.get(slug, number)


def sign(slug, secret):
    sign_off.sign(slug, secret, proof_of(plan(slug)), now=NOW)


def a_correction(slug, **changes):
    words = plan(slug)
    return replace(
        Adaptation(
            title=words.title, summary=words.summary, place=words.place, cost=words.final_cost
        ),
        **changes,
    )


def correct(slug, **changes):
    offers.offer_correction(
        slug, 1, a_correction(slug, **changes), note="Schrijffout.", by=REVIEWER, now=NOW
    )


def missing(slug):
    return [
        (each.field, dict(each.values)["plans"])
        for each in reviews.missing_for_ballot(slug, now=LISTED)
    ]


def log(slug):
    return [entry.what % entry.values for entry in journal.list_for_round(slug)]


# --- the risk card -----------------------------------------------------------------------


def test_a_card_is_kept_on_the_plan_and_told_in_the_log(slug):
    a_plan(slug)

    reviews.fill_risk_card(slug, 1, a_risk(note=" Samen. "), by=REVIEWER, now=OPEN)

    card = plan(slug).risk
    assert (card.note, card.by, card.at) == ("Samen.", "Adviseur", OPEN)
    assert card_from_document(card_to_document(card)) == card
    assert "De risicokaart van plan P01 is ingevuld." in log(slug)


def test_a_card_says_what_was_agreed_and_which_partner_is_liable(slug):
    a_plan(slug)
    partner = a_risk(liable=LiableParty.PARTNER)

    for risk, refusal in ((a_risk(note=" "), NoteMissing), (partner, PartnerMissing)):
        with pytest.raises(refusal):
            reviews.fill_risk_card(slug, 1, risk, by=REVIEWER, now=OPEN)
    reviews.fill_risk_card(slug, 1, replace(partner, partner=" De  Brug "), by=REVIEWER, now=OPEN)
    assert plan(slug).risk.liable_words == "De Brug"
    reviews.fill_risk_card(slug, 1, a_risk(partner="De Brug"), by=REVIEWER, now=OPEN)
    assert plan(slug).risk.partner == ""


def test_a_plan_that_cannot_come_on_the_ballot_gets_no_card(slug):
    secret = a_plan(slug).secret
    proposals.withdraw(slug, secret, now=OPEN)

    with pytest.raises(NotToReview):
        reviews.fill_risk_card(slug, 1, a_risk(), by=REVIEWER, now=OPEN)


def test_a_plan_that_its_owner_changes_needs_a_new_card(slug):
    secret = a_plan(slug).secret
    reviews.fill_risk_card(slug, 1, a_risk(), by=REVIEWER, now=OPEN)

    proposals.save_draft(slug, secret, a_writing(title="Een vuurplaats"), now=OPEN)
    proposals.send(slug, secret, now=OPEN)

    assert plan(slug).risk is None


def test_a_new_verdict_leaves_the_card_alone(slug, secret):
    reviews.fill_risk_card(slug, 1, a_risk(), by=REVIEWER, now=CLOSED)

    reviews.assess(slug, 1, answers(Mark.NO), by=REVIEWER, now=CLOSED)

    assert plan(slug).risk is not None


# --- the gate ----------------------------------------------------------------------------


def test_the_gate_names_the_plans_that_lack_a_card_or_their_owners_word(slug):
    secrets = [a_plan(slug).secret for _ in range(4)]
    for number in (1, 2, 3):
        say_yes(slug, number)
    say_no(slug, 4)
    prove(slug, 1, now=NOW)
    sign_off.report_error(slug, secrets[2], "De straat is verkeerd.", now=NOW)

    assert missing(slug) == [("risk", "P02, P03"), ("sign_off", "P03"), ("sign_off", "P02")]
    with pytest.raises(GateClosed):
        reviews.publish_ballot_list(slug, seed="4 2 6", by=MANAGER, now=LISTED)
    prove(slug, 2, 3)
    assert missing(slug) == []


def test_the_gate_takes_as_many_queries_for_many_plans_as_for_one(slug, count_statements):
    def queries():
        count_statements()
        reviews.missing_for_ballot(slug, now=LISTED)
        return len(count_statements())

    a_plan(slug)
    say_yes(slug, 1)
    few = queries()
    for number in (2, 3, 4):
        a_plan(slug)
        say_yes(slug, number, now=OPEN)

    assert queries() == few


# --- the owner's word --------------------------------------------------------------------


def test_an_owner_signs_off_once_and_the_log_says_so(slug, secret):
    sign(slug, secret)
    sign(slug, secret)

    assert is_signed_off(plan(slug))
    assert sign_off.find(slug, 1) == SignOff(number=1, signed_at=NOW, signed_by="Planeigenaar")
    assert log(slug).count("De planeigenaar van plan P01 is akkoord met de tekst.") == 1


def test_a_sign_off_is_for_exactly_what_was_shown(slug, secret):
    shown = proof_of(plan(slug))
    moderation.set_titles(slug, 1, {"en": "Bench"}, by=MANAGER, now=NOW)

    with pytest.raises(ProofChanged):
        sign_off.sign(slug, secret, shown, now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Een bank"},
        {"titles": {"en": "Bench"}},
        {"summary": "Anders."},
        {"place": "Dijk"},
        {"area_id": "A2"},
        {"theme_id": "T2"},
        {"cost": euros(900)},
    ],
)
def test_every_field_that_is_frozen_changes_the_proof(slug, secret, changes):
    sign(slug, secret)

    assert is_signed_off(replace(plan(slug), situation="Nu een hek.", care="Wij."))
    assert not is_signed_off(replace(plan(slug), **changes))


def test_a_change_after_the_sign_off_drops_it(slug, secret):
    sign(slug, secret)

    moderation.set_titles(slug, 1, {"en": "Bench"}, by=MANAGER, now=NOW)

    assert ("sign_off", "P01") in missing(slug)
    sign(slug, secret)
    assert ("sign_off", "P01") not in missing(slug)


def test_only_a_feasible_plan_is_signed_off_and_only_in_reconsideration(slug):
    secret = a_plan(slug).secret
    say_no(slug, 1)

    for act in (sign_off.sign, sign_off.report_error):
        with pytest.raises(NotInThisState):
            act(slug, secret, "x", now=CLOSED)
        with pytest.raises(NothingToSign):
            act(slug, secret, "x", now=NOW)


def test_the_manager_records_how_and_when_an_owner_was_reached(slug, secret):
    shown, today = proof_of(plan(slug)), NOW.date()
    tomorrow = Reached(ReachedBy.VISIT, today + timedelta(days=1))

    with pytest.raises(ReachedLater):
        sign_off.record(slug, 1, shown, tomorrow, by=MANAGER, now=NOW, today=today)
    reached = Reached(ReachedBy.VISIT, today)
    sign_off.record(slug, 1, shown, reached, by=MANAGER, now=NOW, today=today)

    assert sign_off.find(slug, 1).reached == reached
    day = f"{today.day}-{today.month}-{today.year}"
    assert log(slug)[0] == (
        f"Gesproken op {day}: de planeigenaar van plan P01 is akkoord met de tekst."
    )


# --- mistakes ----------------------------------------------------------------------------


def test_an_owner_who_finds_a_mistake_tells_what_and_takes_the_sign_off_back(slug, secret):
    sign(slug, secret)

    with pytest.raises(ErrorNotTold):
        sign_off.report_error(slug, secret, " ", now=NOW)
    sign_off.report_error(slug, secret, " De straat. ", now=NOW)

    assert not is_signed_off(plan(slug))
    assert sign_off.find(slug, 1).error == "De straat."
    assert reviews.desk(slug)[0].waits_for_us
    assert all("straat" not in entry for entry in log(slug))
    sign(slug, secret)
    assert sign_off.find(slug, 1).error == ""


def test_a_correction_changes_the_words_by_the_owners_yes_and_is_signed_again(slug, secret):
    sign(slug, secret)
    answer = plan(slug).answer

    correct(slug, title="Bank bij de vijver", cost=euros(9_000))

    assert not is_signed_off(plan(slug))
    offer = offers.find_offer(slug, secret)
    assert (offer.kind, offer.adaptation.cost) == (OfferKind.CORRECTION, plan(slug).final_cost)
    offers.answer_offer(slug, secret, offer.sequence, accepted=True, now=NOW)
    changed = plan(slug)
    assert (changed.title, changed.state) == ("Bank bij de vijver", ProposalState.FEASIBLE)
    assert changed.answer == answer
    assert not is_signed_off(changed)
    sign(slug, secret)
    assert is_signed_off(plan(slug))


def test_a_no_to_a_correction_leaves_the_plan_and_the_mistake_as_they_are(slug, secret):
    sign_off.report_error(slug, secret, "De straat.", now=NOW)
    correct(slug, place="Dijk")

    offers.answer_offer(slug, secret, 1, accepted=False, now=NOW)

    assert (plan(slug).place, plan(slug).state) == ("Lindepark", ProposalState.FEASIBLE)
    assert sign_off.find(slug, 1).error == "De straat."
    with pytest.raises(OfferGone):
        offers.find_offer(slug, secret)


def test_an_owner_who_signs_off_the_words_as_they_are_lets_a_correction_lapse(slug, secret):
    correct(slug, place="Dijk")

    sign(slug, secret)

    assert reviews.offers(slug, 1)[0].state is OfferState.LAPSED
    with pytest.raises(OfferGone):
        offers.answer_offer(slug, secret, 1, accepted=True, now=NOW)


def test_a_correction_says_why_changes_something_and_is_for_a_feasible_plan(slug, secret):
    with pytest.raises(NothingCorrected):
        correct(slug)
    with pytest.raises(TextMissing):
        correct(slug, title=" ")
    proposals.withdraw(slug, secret, now=NOW)
    with pytest.raises(NothingToSign):
        correct(slug, title="Bank")
