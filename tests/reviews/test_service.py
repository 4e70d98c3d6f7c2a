"""Reviews from the first answer to the ballot list, and who may do what in between."""

from dataclasses import replace

import pytest

from pb.accounts.domain import Role
from pb.foundation.errors import NotPermitted
from pb.foundation.money import Cents, euros
from pb.journal import service as journal
from pb.proposals import moderation
from pb.proposals import service as proposals
from pb.proposals.domain import Origin, ProposalState
from pb.proposals.writing import WrittenLine
from pb.reviews import offers, second_look, sign_off
from pb.reviews import service as reviews
from pb.reviews.domain import (
    Adaptation,
    AdviceMissing,
    CostOutsideFramework,
    CostReasonMissing,
    CriterionOpen,
    Decision,
    Mark,
    MergeWithItself,
    NoQuestion,
    NothingToReconsider,
    NotToReview,
    OfferGone,
    OfferState,
    ReconsiderationClosed,
    SameReviewer,
    TextMissing,
    Verdict,
    VerdictDoesNotFollow,
)
from pb.rounds import service as rounds
from pb.rounds.domain import GateClosed, NotInThisState, State
from tests.builders import (
    DATES,
    a_ballot_list,
    a_plan,
    a_risk,
    a_round,
    an_actor,
    answers,
    prove,
    say_no,
    say_yes,
)

OPEN, CLOSED = DATES.proposals_open, DATES.proposals_close
RECONSIDERATION, LISTED = DATES.reconsideration_opens, DATES.reconsideration_closes
REVIEWER = an_actor(Role.REVIEWER, staff_id=5)
COLLEAGUE = an_actor(Role.REVIEWER, staff_id=6)
MANAGER = an_actor()
CHANGE = Adaptation(title="Kleiner", summary="Eén bankje.", place="Lindepark", cost=euros(900))

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def slug():
    return a_round()


def state_of(slug, number=1):
    return proposals.get(slug, number).state


def a_yes(**changes):
    return Decision(**{"verdict": Verdict.FEASIBLE, "reason": "Het past."} | changes)


def offer_change(slug, number=1, *, now=CLOSED, change=CHANGE):
    reviews.assess(slug, number, answers(Mark.YES_IF), by=REVIEWER, now=now)
    offers.offer(slug, number, change, note="Eén bankje kan wel.", by=REVIEWER, now=now)


# --- the desk ----------------------------------------------------------------------------


def test_the_desk_shows_first_what_waits_and_the_oldest_on_top(slug):
    for title in ("Eerste", "Tweede", "Derde"):
        a_plan(slug, title=title)
    say_yes(slug, 1)

    assert [item.plan.title for item in reviews.desk(slug)] == ["Tweede", "Derde", "Eerste"]


def test_held_and_withdrawn_plans_are_not_on_the_desk(slug):
    secret = a_plan(slug).secret
    number = a_plan(slug).number
    proposals.withdraw(slug, secret, now=OPEN)
    moderation.hold(slug, number, reason="Een naam.", by=MANAGER, now=OPEN)

    assert reviews.desk(slug) == []


def test_the_desk_takes_four_queries(slug, count_statements):
    for _ in range(4):
        a_plan(slug)
    count_statements()

    reviews.desk(slug)

    assert len(count_statements()) == 4


# --- answers and verdicts ----------------------------------------------------------------


def test_answers_are_kept_also_when_some_are_still_open(slug):
    a_plan(slug)

    review = reviews.assess(slug, 1, answers()[:1], by=REVIEWER, now=OPEN)

    assert review.answer_to("public_ground").mark is Mark.YES
    assert review.answer_to("legal").mark is None
    assert state_of(slug) is ProposalState.IN_REVIEW


def test_no_verdict_before_every_criterion_has_an_answer(slug):
    a_plan(slug)
    reviews.assess(slug, 1, answers()[:1], by=REVIEWER, now=OPEN)

    with pytest.raises(CriterionOpen):
        reviews.decide(slug, 1, a_yes(), by=REVIEWER, now=OPEN)


def test_a_verdict_that_does_not_follow_from_the_answers_is_refused(slug):
    a_plan(slug)
    reviews.assess(slug, 1, answers(Mark.NO), by=REVIEWER, now=OPEN)

    with pytest.raises(VerdictDoesNotFollow):
        reviews.decide(slug, 1, a_yes(), by=REVIEWER, now=OPEN)
    with pytest.raises(VerdictDoesNotFollow):
        offers.offer(slug, 1, CHANGE, note="Zo kan het.", by=REVIEWER, now=OPEN)


def test_a_yes_if_can_only_be_put_to_the_owner(slug):
    a_plan(slug)
    reviews.assess(slug, 1, answers(Mark.YES_IF), by=REVIEWER, now=OPEN)

    with pytest.raises(VerdictDoesNotFollow):
        reviews.decide(slug, 1, a_yes(verdict=Verdict.FEASIBLE_IF), by=REVIEWER, now=OPEN)


def test_a_yes_has_a_reason_and_becomes_the_answer_that_everyone_will_read(slug):
    a_plan(slug)
    reviews.assess(slug, 1, answers(), by=REVIEWER, now=OPEN)

    with pytest.raises(TextMissing):
        reviews.decide(slug, 1, a_yes(reason=" "), by=REVIEWER, now=OPEN)
    reviews.decide(slug, 1, a_yes(), by=REVIEWER, now=OPEN)

    plan = proposals.get(slug, 1)
    assert plan.state is ProposalState.FEASIBLE
    assert (plan.answer.reason, plan.answer.by, plan.answer.at) == ("Het past.", "Adviseur", OPEN)


@pytest.mark.parametrize("lost", ["advice", "next_step"])
def test_a_no_needs_advice_and_a_next_step(slug, lost):
    a_plan(slug)
    say_no(slug, 1, now=OPEN)
    decision = reviews.get(slug, 1).decision
    reviews.assess(slug, 1, answers(Mark.NO), by=REVIEWER, now=OPEN)
    kept = {name: getattr(decision, name) for name in ("verdict", "reason", "advice", "next_step")}

    with pytest.raises(AdviceMissing):
        reviews.decide(
            slug, 1, Decision(**kept | {lost: "" if lost == "advice" else None}),
            by=REVIEWER, now=OPEN,
        )  # fmt: skip


def test_another_cost_needs_a_reason_and_is_the_final_cost(slug):
    a_plan(slug)
    reviews.assess(slug, 1, answers(), by=REVIEWER, now=OPEN)

    with pytest.raises(CostReasonMissing):
        reviews.decide(slug, 1, a_yes(cost=euros(3000)), by=REVIEWER, now=OPEN)
    reviews.decide(
        slug, 1, a_yes(cost=euros(3000), cost_reason="Keuring erbij."), by=REVIEWER, now=OPEN
    )

    assert proposals.get(slug, 1).final_cost == euros(3000)


def test_the_same_cost_is_no_change(slug):
    a_plan(slug)
    reviews.assess(slug, 1, answers(), by=REVIEWER, now=OPEN)
    reviews.decide(slug, 1, a_yes(cost=proposals.get(slug, 1).cost), by=REVIEWER, now=OPEN)

    assert proposals.get(slug, 1).answer.cost is None


@pytest.mark.parametrize("cost", [euros(499), euros(10_001)])
def test_a_plan_outside_the_money_of_the_framework_is_never_feasible(slug, cost):
    a_plan(slug)
    reviews.assess(slug, 1, answers(), by=REVIEWER, now=OPEN)

    with pytest.raises(CostOutsideFramework):
        reviews.decide(slug, 1, a_yes(cost=cost, cost_reason="Prijs."), by=REVIEWER, now=OPEN)


def test_answering_again_takes_the_verdict_and_the_gate_back(slug):
    a_plan(slug)
    say_yes(slug, 1)
    passed = rounds.get(slug, CLOSED).passed

    reviews.assess(slug, 1, answers(Mark.NO), by=REVIEWER, now=CLOSED)

    assert State.RECONSIDERATION in passed
    assert State.RECONSIDERATION not in rounds.get(slug, CLOSED).passed
    assert proposals.get(slug, 1).answer is None


def test_the_public_log_says_that_a_plan_was_reviewed_and_not_how(slug):
    a_plan(slug)
    say_no(slug, 1)

    words = [entry.what % entry.values for entry in journal.list_for_round(slug)]
    assert "Plan P01 is getoetst." in words
    assert not any("haalbaar" in each or "openbaar" in each for each in words)


# --- the gate to reconsideration ---------------------------------------------------------


def test_reconsideration_begins_when_every_plan_has_a_verdict_and_not_before(slug):
    a_plan(slug)
    a_plan(slug)
    say_yes(slug, 1)
    before = rounds.get(slug, RECONSIDERATION).state
    say_no(slug, 2)

    assert before is State.REVIEW
    assert rounds.get(slug, RECONSIDERATION).state is State.RECONSIDERATION


def test_an_early_verdict_does_not_close_the_review_while_plans_are_welcome(slug):
    a_plan(slug)
    say_yes(slug, 1, now=OPEN)

    assert rounds.get(slug, OPEN).passed == frozenset()
    with pytest.raises(GateClosed):
        reviews.complete(slug, by=REVIEWER, now=OPEN)

    reviews.complete(slug, by=REVIEWER, now=CLOSED)
    assert State.RECONSIDERATION in rounds.get(slug, CLOSED).passed


def test_a_plan_that_was_withdrawn_or_held_does_not_stop_the_gate(slug):
    secret, held = a_plan(slug).secret, a_plan(slug).number
    with pytest.raises(GateClosed):
        reviews.complete(slug, by=REVIEWER, now=CLOSED)

    proposals.withdraw(slug, secret, now=CLOSED)
    moderation.hold(slug, held, reason="Een naam.", by=MANAGER, now=CLOSED)
    reviews.complete(slug, by=REVIEWER, now=CLOSED)

    assert State.RECONSIDERATION in rounds.get(slug, CLOSED).passed


# --- adaptations -------------------------------------------------------------------------


def test_the_owners_yes_makes_the_plan_feasible_with_its_new_words(slug):
    secret = a_plan(slug, lines=(WrittenLine("Bankjes", "21.800"),)).secret
    offer_change(slug)
    words_before = proposals.get(slug, 1).title

    offers.answer_offer(slug, secret, 1, accepted=True, now=CLOSED)

    plan, (first,) = proposals.get_with_versions(slug, 1)
    assert words_before == "Bankje bij de vijver"
    assert (plan.state, plan.title, plan.cost) == (ProposalState.FEASIBLE, "Kleiner", euros(900))
    assert plan.answer.reason == "Eén bankje kan wel."
    assert (first.origin, first.cost) == (Origin.ADAPTATION, euros(21_800))
    assert reviews.get(slug, 1).decision.verdict is Verdict.FEASIBLE_IF
    assert State.RECONSIDERATION in rounds.get(slug, CLOSED).passed


def test_the_owners_no_hands_the_plan_back_to_the_reviewer(slug):
    secret = a_plan(slug).secret
    offer_change(slug)

    offers.answer_offer(slug, secret, 1, accepted=False, now=CLOSED)

    plan = proposals.get(slug, 1)
    assert (plan.state, plan.title) == (ProposalState.IN_REVIEW, "Bankje bij de vijver")
    assert reviews.offers(slug, 1)[0].state is OfferState.REFUSED
    assert rounds.get(slug, CLOSED).passed == frozenset()


def test_an_owner_says_yes_only_to_the_offer_that_was_shown(slug):
    secret = a_plan(slug).secret
    offer_change(slug)
    offer_change(slug, change=Adaptation(title="Anders", summary="x", place="", cost=euros(800)))

    for sequence in (0, 1, 3):
        with pytest.raises(OfferGone):
            offers.answer_offer(slug, secret, sequence, accepted=True, now=CLOSED)
    offers.answer_offer(slug, secret, 2, accepted=True, now=CLOSED)

    assert proposals.get(slug, 1).title == "Anders"
    with pytest.raises(OfferGone):
        offers.answer_offer(slug, secret, 2, accepted=True, now=CLOSED)


def test_nobody_else_can_answer_for_the_owner(slug):
    a_plan(slug)
    other = a_plan(slug).secret
    offer_change(slug)

    with pytest.raises(OfferGone):
        offers.answer_offer(slug, other, 1, accepted=True, now=CLOSED)


@pytest.mark.parametrize(
    "changes",
    [{"note": " "}, {"change": CHANGE.__class__(title="", summary="x", place="", cost=euros(900))}],
)
def test_an_offer_explains_itself(slug, changes):
    a_plan(slug)
    reviews.assess(slug, 1, answers(Mark.YES_IF), by=REVIEWER, now=CLOSED)

    with pytest.raises(TextMissing):
        offers.offer(
            slug, 1, changes.get("change", CHANGE), note=changes.get("note", "Zo kan het."),
            by=REVIEWER, now=CLOSED,
        )  # fmt: skip


# --- the draft under the private link, after a yes ---------------------------------------


@pytest.mark.parametrize("cost", [Cents(250_050), euros(900), Cents(90_005), euros(2_600)])
def test_sending_again_leaves_what_was_agreed(slug, cost):
    secret = a_plan(slug).secret
    offer_change(slug, change=replace(CHANGE, cost=cost), now=OPEN)
    offers.answer_offer(slug, secret, 1, accepted=True, now=OPEN)
    agreed = proposals.get_with_versions(slug, 1)

    proposals.send(slug, secret, now=OPEN)

    assert proposals.get_with_versions(slug, 1) == agreed
    assert not proposals.has_unsent_changes(slug, secret, now=OPEN)


def test_a_change_after_a_yes_keeps_the_rest_of_what_was_agreed(slug):
    secret = a_plan(slug).secret
    offer_change(slug, now=OPEN)
    offers.answer_offer(slug, secret, 1, accepted=True, now=OPEN)

    draft = proposals.draft(slug, secret)
    proposals.save_draft(slug, secret, replace(draft, care="De school."), now=OPEN)
    proposals.send(slug, secret, now=OPEN)

    plan = proposals.get(slug, 1)
    assert (plan.title, plan.cost, plan.care) == ("Kleiner", euros(900), "De school.")
    assert plan.state is ProposalState.SUBMITTED


def test_words_that_were_not_sent_yet_outlive_a_yes(slug):
    secret = a_plan(slug).secret
    offer_change(slug, now=OPEN)
    draft = proposals.draft(slug, secret)
    proposals.save_draft(slug, secret, replace(draft, summary="Twee bankjes."), now=OPEN)

    offers.answer_offer(slug, secret, 1, accepted=True, now=OPEN)

    after = proposals.draft(slug, secret)
    assert (after.title, after.summary) == ("Kleiner", "Twee bankjes.")
    assert proposals.get(slug, 1).summary == "Eén bankje."
    assert proposals.has_unsent_changes(slug, secret, now=OPEN)


def test_sending_again_leaves_a_second_adaptation_too(slug):
    secret = a_plan(slug).secret
    for sequence, cost in enumerate([euros(900), euros(1_200)], start=1):
        offer_change(slug, change=replace(CHANGE, cost=cost), now=OPEN)
        offers.answer_offer(slug, secret, sequence, accepted=True, now=OPEN)
    agreed = proposals.get(slug, 1)

    proposals.send(slug, secret, now=OPEN)

    assert proposals.get(slug, 1) == agreed
    assert agreed.cost == euros(1_200)


def test_a_plan_with_every_line_of_costs_filled_keeps_its_adaptation(slug):
    lines = tuple(WrittenLine(f"Deel {number}", "300") for number in range(1, 9))
    secret = a_plan(slug, lines=lines).secret
    offer_change(slug, now=OPEN)
    offers.answer_offer(slug, secret, 1, accepted=True, now=OPEN)
    agreed = proposals.get(slug, 1)

    proposals.send(slug, secret, now=OPEN)

    assert proposals.get(slug, 1) == agreed
    assert len(agreed.cost_lines) == 9


def test_the_draft_of_a_common_plan_says_what_both_owners_agreed(slug):
    secrets = a_plan(slug, title="Bloemen").secret, a_plan(slug, title="Bollen").secret
    change = Adaptation(title="Bloemen en bollen", summary="Samen.", place="", cost=euros(3900))
    offers.offer_merge(slug, 2, 1, change, note="Ze liggen naast elkaar.", by=REVIEWER, now=OPEN)
    for secret in secrets:
        offers.answer_offer(slug, secret, 1, accepted=True, now=OPEN)
    agreed = proposals.get_with_versions(slug, 1)

    proposals.send(slug, secrets[0], now=OPEN)

    assert proposals.get_with_versions(slug, 1) == agreed
    assert agreed[0].title == "Bloemen en bollen"


# --- questions ---------------------------------------------------------------------------


def test_a_question_waits_for_the_owner_and_comes_back_with_an_answer(slug):
    secret = a_plan(slug).secret
    offers.ask(slug, 1, "Waar precies?", by=REVIEWER, now=OPEN)
    waiting = state_of(slug)

    offers.answer_question(slug, secret, "Bij de eik.", now=CLOSED)

    (question,) = reviews.questions(slug, 1)
    assert waiting is ProposalState.QUESTION_OPEN
    assert (question.question, question.answer) == ("Waar precies?", "Bij de eik.")
    assert state_of(slug) is ProposalState.IN_REVIEW
    with pytest.raises(NoQuestion):
        offers.answer_question(slug, secret, "Nog iets.", now=CLOSED)


# --- merging -----------------------------------------------------------------------------


@pytest.fixture
def two_plans(slug):
    """Two owners are asked to go on together: plan 2 inside plan 1."""
    secrets = a_plan(slug, title="Bloemen").secret, a_plan(slug, title="Bollen").secret
    change = Adaptation(title="Bloemen en bollen", summary="Samen.", place="Dijk", cost=euros(3900))
    offers.offer_merge(slug, 2, 1, change, note="Ze liggen naast elkaar.", by=REVIEWER, now=CLOSED)
    return secrets


@pytest.mark.parametrize("first", [0, 1])
def test_two_plans_become_one_when_both_owners_agree(slug, two_plans, first):
    offers.answer_offer(slug, two_plans[first], 1, accepted=True, now=CLOSED)
    halfway = state_of(slug, 1), state_of(slug, 2)
    offers.answer_offer(slug, two_plans[1 - first], 1, accepted=True, now=CLOSED)

    stays, gone = proposals.get(slug, 1), proposals.get(slug, 2)
    assert halfway == (ProposalState.ADAPTATION_OFFERED, ProposalState.ADAPTATION_OFFERED)
    assert (stays.state, stays.title) == (ProposalState.IN_REVIEW, "Bloemen en bollen")
    assert stays.cost == euros(3900)
    assert (gone.state, gone.answer.merged_into) == (ProposalState.MERGED, 1)


def test_one_owners_no_ends_the_merge_for_both(slug, two_plans):
    offers.answer_offer(slug, two_plans[0], 1, accepted=True, now=CLOSED)
    offers.answer_offer(slug, two_plans[1], 1, accepted=False, now=CLOSED)

    assert (state_of(slug, 1), state_of(slug, 2)) == (ProposalState.IN_REVIEW,) * 2
    assert proposals.get(slug, 1).title == "Bloemen"
    assert [reviews.offers(slug, number)[0].state for number in (1, 2)] == [
        OfferState.LAPSED,
        OfferState.REFUSED,
    ]


def test_a_merge_with_a_plan_that_was_withdrawn_does_not_happen(slug, two_plans):
    proposals.withdraw(slug, two_plans[0], now=CLOSED)

    with pytest.raises(OfferGone):
        offers.answer_offer(slug, two_plans[1], 1, accepted=True, now=CLOSED)

    reviews.assess(slug, 2, answers(), by=REVIEWER, now=CLOSED)
    assert state_of(slug, 2) is ProposalState.IN_REVIEW


def test_a_plan_does_not_merge_with_itself(slug):
    a_plan(slug)

    with pytest.raises(MergeWithItself):
        offers.offer_merge(slug, 1, 1, CHANGE, note="Samen.", by=REVIEWER, now=CLOSED)


# --- reconsideration ---------------------------------------------------------------------


@pytest.fixture
def refused(slug):
    """One plan with a no, one with a yes, in the days of reconsideration."""
    secrets = a_plan(slug).secret, a_plan(slug).secret
    say_no(slug, 1)
    say_yes(slug, 2)
    return secrets


def test_an_owner_asks_for_a_second_look_once_and_only_at_a_no(slug, refused):
    second_look.ask(slug, refused[0], "De grond is wel openbaar.", now=RECONSIDERATION)

    for secret in refused:
        with pytest.raises(NothingToReconsider):
            second_look.ask(slug, secret, "Nog een keer.", now=RECONSIDERATION)


def test_a_second_look_can_be_asked_only_in_its_days(slug, refused):
    with pytest.raises(NotInThisState):
        second_look.ask(slug, refused[0], "Te vroeg.", now=CLOSED)
    with pytest.raises(ReconsiderationClosed):
        second_look.ask(slug, refused[0], "Te laat.", now=LISTED)


@pytest.mark.parametrize(
    ("granted", "state"),
    [(True, ProposalState.FEASIBLE), (False, ProposalState.NOT_FEASIBLE)],
)
def test_another_reviewer_decides_and_explains_in_public(slug, refused, granted, state):
    second_look.ask(slug, refused[0], "De grond is wel openbaar.", now=RECONSIDERATION)

    with pytest.raises(SameReviewer):
        second_look.decide(
            slug, 1, granted=granted, explanation="x", by=REVIEWER, now=RECONSIDERATION
        )
    nobody = an_actor(Role.REVIEWER, staff_id=None)
    with pytest.raises(NotPermitted):
        second_look.decide(
            slug, 1, granted=granted, explanation="x", by=nobody, now=RECONSIDERATION
        )
    second_look.decide(
        slug, 1, granted=granted, explanation="Gekeken op de kaart.", by=COLLEAGUE,
        now=RECONSIDERATION,
    )  # fmt: skip

    plan = proposals.get(slug, 1)
    assert (plan.state, plan.answer.verdict) == (state, state)
    assert plan.answer.reconsideration == "Gekeken op de kaart."
    with pytest.raises(NothingToReconsider):
        second_look.decide(
            slug, 1, granted=True, explanation="x", by=COLLEAGUE, now=RECONSIDERATION
        )


# --- the ballot list ---------------------------------------------------------------------


def test_the_list_waits_for_its_day_and_for_open_requests(slug, refused):
    second_look.ask(slug, refused[0], "Niet eens.", now=RECONSIDERATION)

    prove(slug, now=RECONSIDERATION)
    missing = reviews.missing_for_ballot(slug, now=RECONSIDERATION)
    later = reviews.missing_for_ballot(slug, now=LISTED)

    assert [each.field for each in missing] == ["reconsideration", "reconsideration"]
    assert [dict(each.values) for each in later] == [{"plan": "P01"}]
    with pytest.raises(GateClosed):
        reviews.publish_ballot_list(slug, seed="1 2 3", by=MANAGER, now=LISTED)


def test_a_list_without_plans_is_not_published(slug):
    a_plan(slug)
    say_no(slug, 1)

    with pytest.raises(GateClosed):
        reviews.publish_ballot_list(slug, seed="1 2 3", by=MANAGER, now=LISTED)


def test_a_plan_released_after_the_review_is_reviewed_first(slug):
    number, other = a_plan(slug).number, a_plan(slug).number
    moderation.hold(slug, number, reason="Een naam.", by=MANAGER, now=OPEN)
    say_yes(slug, other)
    moderation.release(slug, number, by=MANAGER, now=RECONSIDERATION)

    with pytest.raises(GateClosed):
        reviews.publish_ballot_list(slug, seed="1 2 3", by=MANAGER, now=LISTED)
    with pytest.raises(NotToReview):
        reviews.assess(slug, other, answers(), by=REVIEWER, now=RECONSIDERATION)
    say_yes(slug, number, now=RECONSIDERATION)
    prove(slug)
    reviews.publish_ballot_list(slug, seed="1 2 3", by=MANAGER, now=LISTED)

    assert {plan.number for plan in proposals.ballot_list(slug)} == {number, other}


def test_publishing_freezes_the_list_by_lot_and_enters_the_next_state(slug, refused):
    prove(slug)
    reviews.publish_ballot_list(slug, seed=" 4 2 6 ", by=MANAGER, now=LISTED)

    assert rounds.get(slug, LISTED).state is State.BALLOT_PUBLISHED
    assert proposals.published_list(slug).seed == "4 2 6"
    assert [plan.number for plan in proposals.ballot_list(slug)] == [2]


def test_after_publication_everything_about_reviews_is_locked(slug, refused):
    a_ballot_list(slug)

    for act in (
        lambda: reviews.assess(slug, 2, answers(Mark.NO), by=REVIEWER, now=LISTED),
        lambda: reviews.decide(slug, 2, a_yes(), by=REVIEWER, now=LISTED),
        lambda: offers.ask(slug, 2, "Waar?", by=REVIEWER, now=LISTED),
        lambda: reviews.fill_risk_card(slug, 2, a_risk(), by=REVIEWER, now=LISTED),
        lambda: sign_off.sign(slug, refused[1], "", now=LISTED),
        lambda: sign_off.report_error(slug, refused[1], "Te laat.", now=LISTED),
        lambda: offers.offer_correction(slug, 2, CHANGE, note="x", by=MANAGER, now=LISTED),
        lambda: second_look.ask(slug, refused[0], "Toch.", now=LISTED),
        lambda: offers.answer_offer(slug, refused[0], 1, accepted=True, now=LISTED),
        lambda: reviews.publish_ballot_list(slug, seed="1", by=MANAGER, now=LISTED),
    ):
        with pytest.raises(NotInThisState):
            act()
