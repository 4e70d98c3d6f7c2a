"""Acts on plans: draft, send, change, withdraw, hold, reach an owner, freeze the list."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from pb.database.base import session
from pb.foundation.money import Cents, euros
from pb.frameworks.domain import ReasonMissing
from pb.journal import service as journal
from pb.proposals import moderation
from pb.proposals import service as proposals
from pb.proposals.ballot_list import LotsDoNotFit, NoBallotList, hash_of_list
from pb.proposals.domain import (
    NotOnHold,
    NotSentYet,
    Origin,
    PlanIncomplete,
    PlanIsFixed,
    PlanNotFound,
    PrivateLinkUnknown,
    ProposalState,
)
from pb.proposals.writing import WrittenLine
from pb.rounds import service as rounds
from pb.rounds.domain import NotInThisState, RoundNotFound, State
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
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def slug():
    return a_round()


def everything_stored():
    """Return every value of every row of the participation store as one text."""
    connection = session().connection()
    tables = sa.inspect(connection).get_table_names()
    rows = [connection.execute(sa.text(f'SELECT * FROM "{name}"')).all() for name in tables]  # noqa: S608 - names of our own tables
    return str(rows)


def words_of_log(slug):
    return [entry.what % entry.values for entry in journal.list_for_round(slug)]


# --- drafts ------------------------------------------------------------------------------


def test_a_draft_is_kept_exactly_as_it_was_typed(slug):
    secret = proposals.start_draft(slug, now=START)
    writing = a_writing(
        title="", lines=(WrittenLine("", "héél veel"),), upkeep="?", summary="x" * 9000
    )

    proposals.save_draft(slug, secret, writing, now=START)

    assert proposals.draft(slug, secret) == writing


def test_only_the_hash_of_a_private_link_is_stored(slug):
    receipt = a_plan(slug)

    assert receipt.secret not in everything_stored()


def test_an_unknown_private_link_opens_nothing(slug):
    a_plan(slug)

    for act in (proposals.draft, proposals.find_by_secret, proposals.by_secret):
        with pytest.raises(PrivateLinkUnknown):
            act(slug, "0" * 28)


def test_a_private_link_opens_nothing_in_another_round(slug):
    secret = a_plan(slug).secret
    a_round("andere")

    with pytest.raises(PrivateLinkUnknown):
        proposals.draft("andere", secret)


def test_a_draft_that_was_not_sent_is_no_plan(slug):
    secret = proposals.start_draft(slug, now=START)

    assert proposals.find_by_secret(slug, secret) is None
    assert proposals.list_sent(slug) == []
    with pytest.raises(NotSentYet):
        proposals.by_secret(slug, secret)


def test_nobody_starts_or_saves_a_draft_after_closing(slug):
    secret = proposals.start_draft(slug, now=OPEN)

    with pytest.raises(NotInThisState):
        proposals.start_draft(slug, now=CLOSED)
    with pytest.raises(NotInThisState):
        proposals.save_draft(slug, secret, a_writing(), now=CLOSED)
    with pytest.raises(RoundNotFound):
        proposals.start_draft("onbekend", now=OPEN)


# --- sending -----------------------------------------------------------------------------


def test_sent_plans_get_the_next_number_of_their_round(slug):
    a_round("andere")
    numbers = [a_plan(slug).number, a_plan(slug).number, a_plan("andere").number]

    assert numbers == [1, 2, 1]


def test_a_sent_plan_holds_what_was_written_and_the_servers_own_total(slug):
    number = a_plan(slug).number

    plan = proposals.get(slug, number)
    assert plan.state is ProposalState.SUBMITTED
    assert (plan.cost, plan.first_cost, plan.upkeep) == (Cents(250050), Cents(250050), euros(100))
    assert plan.submitted_at == OPEN
    assert plan.version == 1


def test_a_plan_is_sent_only_while_plans_are_welcome(slug):
    secret = proposals.start_draft(slug, now=START)
    proposals.save_draft(slug, secret, a_writing(), now=START)

    for moment in (START, CLOSED):
        with pytest.raises(NotInThisState):
            proposals.send(slug, secret, now=moment)


def test_a_plan_with_something_missing_is_not_sent_and_stays_a_draft(slug):
    secret = proposals.start_draft(slug, now=OPEN)

    with pytest.raises(PlanIncomplete):
        proposals.send(slug, secret, now=OPEN)

    assert proposals.list_sent(slug) == []
    assert proposals.missing(slug, secret, now=OPEN)


def test_sending_twice_makes_one_plan_and_one_version(slug):
    receipt = a_plan(slug)

    again = proposals.send(slug, receipt.secret, now=OPEN)

    assert again == receipt
    plan, versions = proposals.get_with_versions(slug, receipt.number)
    assert (plan.version, versions) == (1, [])


def test_a_changed_plan_keeps_its_earlier_version_readable(slug):
    receipt = a_plan(slug)
    changed = a_writing(title="Twee bankjes", lines=(WrittenLine("Bankjes", "4000"),))

    proposals.save_draft(slug, receipt.secret, changed, now=OPEN)
    before_sending = proposals.get(slug, receipt.number).title
    proposals.send(slug, receipt.secret, now=OPEN)

    plan, (first,) = proposals.get_with_versions(slug, receipt.number)
    assert before_sending == "Bankje bij de vijver"
    assert (plan.title, plan.cost, plan.version) == ("Twee bankjes", euros(4000), 2)
    assert plan.first_cost == Cents(250050)
    assert (first.title, first.cost, first.number) == ("Bankje bij de vijver", Cents(250050), 1)
    assert first.origin is Origin.OWNER


def test_changing_a_plan_takes_an_early_verdict_back(slug):
    receipt = a_plan(slug)
    say_yes(slug, receipt.number, now=OPEN)

    proposals.save_draft(slug, receipt.secret, a_writing(title="Anders"), now=OPEN)
    proposals.send(slug, receipt.secret, now=OPEN)

    plan = proposals.get(slug, receipt.number)
    assert (plan.state, plan.answer) == (ProposalState.SUBMITTED, None)


def test_nobody_changes_a_plan_after_closing(slug):
    receipt = a_plan(slug)

    with pytest.raises(NotInThisState):
        proposals.save_draft(slug, receipt.secret, a_writing(title="Laat"), now=CLOSED)
    with pytest.raises(NotInThisState):
        proposals.send(slug, receipt.secret, now=CLOSED)


def test_hostile_words_are_kept_as_words(slug):
    title = "<script>alert(1)</script> '; DROP TABLE proposals; -- %s %(x)s"

    number = a_plan(slug, title=title, summary="مرحبا 🌳 {{ 7*7 }}").number

    assert proposals.get(slug, number).title == title


# --- withdrawing -------------------------------------------------------------------------


def test_a_withdrawn_plan_is_no_longer_public_and_the_log_says_so(slug):
    receipt = a_plan(slug)

    proposals.withdraw(slug, receipt.secret, now=OPEN)

    assert proposals.list_public(slug) == []
    assert proposals.get(slug, receipt.number).state is ProposalState.WITHDRAWN
    assert words_of_log(slug)[0] == "De planeigenaar trok plan P01 in."


def test_a_withdrawn_plan_stays_withdrawn(slug):
    receipt = a_plan(slug)
    proposals.withdraw(slug, receipt.secret, now=OPEN)

    with pytest.raises(PlanIsFixed):
        proposals.withdraw(slug, receipt.secret, now=OPEN)
    with pytest.raises(PlanIsFixed):
        proposals.save_draft(slug, receipt.secret, a_writing(), now=OPEN)


# --- the public list ---------------------------------------------------------------------


def test_the_public_list_takes_one_query_however_many_plans_there_are(slug, count_statements):
    for _ in range(5):
        a_plan(slug)
    count_statements()

    plans = proposals.list_public(slug)

    assert len(plans) == 5
    assert len(count_statements()) == 1


def test_a_plan_and_its_history_take_one_query(slug, count_statements):
    number = a_plan(slug).number
    count_statements()

    proposals.get_with_versions(slug, number)

    assert len(count_statements()) == 1


def test_the_public_list_can_be_narrowed_to_an_area_and_a_theme(slug):
    a_plan(slug, area_id="A1", theme_id="T1")
    a_plan(slug, area_id="A2", theme_id="T1")
    a_plan(slug, area_id="A2", theme_id="T2")

    assert [plan.number for plan in proposals.list_public(slug, area_id="A2")] == [2, 3]
    assert [plan.number for plan in proposals.list_public(slug, "A2", "T2")] == [3]


def test_a_number_that_nobody_has_is_not_found(slug):
    with pytest.raises(PlanNotFound):
        proposals.get(slug, 12)
    with pytest.raises(PlanNotFound):
        proposals.get_with_versions(slug, 12)


# --- moderation --------------------------------------------------------------------------


def test_a_held_plan_is_not_public_and_says_why_in_public(slug):
    number = a_plan(slug).number

    moderation.hold(slug, number, reason="Er staat een naam in.", by=an_actor(), now=OPEN)

    assert proposals.list_public(slug) == []
    assert proposals.get(slug, number).held_reason == "Er staat een naam in."
    newest = journal.list_for_round(slug)[0]
    assert newest.reason == "Er staat een naam in."


def test_a_released_plan_stands_where_it_stood(slug):
    number = a_plan(slug).number
    say_yes(slug, number, now=OPEN)
    moderation.hold(slug, number, reason="Er staat een naam in.", by=an_actor(), now=OPEN)

    moderation.release(slug, number, by=an_actor(), now=OPEN)

    plan = proposals.get(slug, number)
    assert (plan.state, plan.held_reason) == (ProposalState.FEASIBLE, "")
    with pytest.raises(NotOnHold):
        moderation.release(slug, number, by=an_actor(), now=OPEN)


def test_a_plan_is_held_only_with_a_public_reason(slug):
    number = a_plan(slug).number

    with pytest.raises(ReasonMissing):
        moderation.hold(slug, number, reason=" ", by=an_actor(), now=OPEN)


def test_an_owner_may_mend_a_held_plan_but_only_the_facilitator_shows_it_again(slug):
    receipt = a_plan(slug)
    moderation.hold(slug, receipt.number, reason="Een naam.", by=an_actor(), now=OPEN)

    proposals.save_draft(slug, receipt.secret, a_writing(summary="Zonder naam."), now=OPEN)
    proposals.send(slug, receipt.secret, now=OPEN)

    plan = proposals.get(slug, receipt.number)
    assert (plan.state, plan.summary) == (ProposalState.ON_HOLD, "Zonder naam.")


def test_releasing_a_plan_without_a_verdict_opens_the_review_again(slug):
    number, other = a_plan(slug).number, a_plan(slug).number
    moderation.hold(slug, number, reason="Een naam.", by=an_actor(), now=OPEN)
    say_yes(slug, other)
    passed_before = rounds.get(slug, CLOSED).passed

    moderation.release(slug, number, by=an_actor(), now=CLOSED)

    assert State.RECONSIDERATION in passed_before
    assert State.RECONSIDERATION not in rounds.get(slug, CLOSED).passed


# --- contact data ------------------------------------------------------------------------


def test_every_look_at_contact_data_is_counted_in_public_and_names_no_plan(slug):
    first, second = a_plan(slug).number, a_plan(slug, reach="buur@voorbeeld.example").number

    contact = moderation.look_up_contact(slug, first, by=an_actor(), now=OPEN)
    moderation.look_up_contact(slug, second, by=an_actor(), now=OPEN)

    assert contact.reach == "0900-123456"
    assert words_of_log(slug)[:2] == [
        "Contactgegevens van een planeigenaar bekeken. Dit was keer 2.",
        "Contactgegevens van een planeigenaar bekeken. Dit was keer 1.",
    ]


def test_contact_data_and_unsent_drafts_are_erased_at_closing(slug):
    number = a_plan(slug, reach="06-geheim").number
    secret = proposals.start_draft(slug, now=OPEN)
    proposals.save_draft(slug, secret, a_writing(title="Nooit verstuurd"), now=OPEN)

    proposals.erase_contacts(slug, now=OPEN)

    stored = everything_stored()
    assert "06-geheim" not in stored
    assert "Nooit verstuurd" not in stored
    assert moderation.look_up_contact(slug, number, by=an_actor(), now=OPEN).reach == ""
    assert proposals.get(slug, number).title == "Bankje bij de vijver"


# --- translations ------------------------------------------------------------------------


def test_translations_of_a_title_are_kept_until_the_title_changes(slug):
    receipt = a_plan(slug)
    moderation.set_titles(slug, receipt.number, {"en": "Bench", "tr": " "}, by=an_actor(), now=OPEN)
    translated = proposals.get(slug, receipt.number).titles

    proposals.save_draft(slug, receipt.secret, a_writing(title="Anders"), now=OPEN)
    proposals.send(slug, receipt.secret, now=OPEN)

    assert translated == {"en": "Bench"}
    assert proposals.get(slug, receipt.number).titles == {}


# --- the ballot list ---------------------------------------------------------------------


@pytest.fixture
def three_plans(slug):
    """Two feasible plans and one that is not, in the days after reconsideration."""
    receipts = [a_plan(slug, title=title) for title in ("Een", "Twee", "Drie")]
    say_yes(slug, 1)
    say_no(slug, 2)
    say_yes(slug, 3)
    return receipts


def test_there_is_no_ballot_list_before_it_is_published(slug, three_plans):
    assert proposals.ballot_list(slug) == []
    with pytest.raises(NoBallotList):
        proposals.published_list(slug)


def test_the_ballot_list_holds_frozen_copies_in_the_order_of_the_lot(slug, three_plans):
    now = DATES.reconsideration_closes

    proposals.freeze_ballot_list(slug, {1: 2, 3: 1}, by=an_actor(), now=now, seed="4 2")

    published = proposals.published_list(slug)
    assert [(plan.lot_number, plan.title) for plan in published.plans] == [(1, "Drie"), (2, "Een")]
    assert published.hash == hash_of_list(published.plans)
    assert published.seed == "4 2"
    assert proposals.get(slug, 1).state is ProposalState.ON_BALLOT
    assert proposals.get(slug, 1).lot_number == 2
    assert proposals.get(slug, 2).state is ProposalState.NOT_FEASIBLE


def test_lots_must_fit_the_feasible_plans(slug, three_plans):
    with pytest.raises(LotsDoNotFit):
        proposals.freeze_ballot_list(
            slug, {1: 1, 2: 2, 3: 3}, by=an_actor(), now=DATES.reconsideration_closes
        )


def test_a_plan_withdrawn_after_publication_stays_on_the_list_with_a_mark(slug, three_plans):
    a_ballot_list(slug)
    before = proposals.published_list(slug).hash

    proposals.withdraw(slug, three_plans[0].secret, now=DATES.reconsideration_closes)

    marks = {plan.number: plan.withdrawn_at for plan in proposals.ballot_list(slug)}
    assert marks == {1: DATES.reconsideration_closes, 3: None}
    assert hash_of_list(proposals.ballot_list(slug)) == before


def test_after_publication_nothing_on_the_list_can_be_held_or_translated(slug, three_plans):
    a_ballot_list(slug)
    now = DATES.reconsideration_closes

    with pytest.raises(PlanIsFixed):
        moderation.hold(slug, 1, reason="Te laat.", by=an_actor(), now=now)
    with pytest.raises(NotInThisState):
        moderation.set_titles(slug, 1, {"en": "One"}, by=an_actor(), now=now)


# --- at the same time --------------------------------------------------------------------


def test_plans_sent_at_the_same_moment_get_numbers_of_their_own(slug, app):
    secrets = []
    for _ in range(8):
        secret = proposals.start_draft(slug, now=OPEN)
        proposals.save_draft(slug, secret, a_writing(), now=OPEN)
        secrets.append(secret)

    def send(secret):
        with app.app_context():
            return proposals.send(slug, secret, now=OPEN).number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(send, secrets))

    assert sorted(numbers) == list(range(1, 9))


def test_one_draft_sent_twice_at_the_same_moment_is_one_plan(slug, app):
    secret = proposals.start_draft(slug, now=OPEN)
    proposals.save_draft(slug, secret, a_writing(), now=OPEN)

    def send(_):
        with app.app_context():
            return proposals.send(slug, secret, now=OPEN).number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(send, range(4)))

    assert numbers == [1, 1, 1, 1]
    assert len(proposals.list_sent(slug)) == 1
