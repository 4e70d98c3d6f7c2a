"""Counting and publishing: who may, when, and that nothing changes afterwards."""

import hashlib
import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pb.accounts.domain import Role
from pb.ballots import sealing
from pb.ballots import service as ballots
from pb.ballots.domain import BoxState, VotingGoesOn
from pb.ballots.ledger import Fact, events_of
from pb.database.base import db
from pb.frameworks import service as frameworks
from pb.journal import service as journal
from pb.proposals import service as proposals
from pb.proposals.domain import ProposalState
from pb.results import second_count, service, storage, verify
from pb.results.codes import normal, written
from pb.results.domain import (
    AlreadyCounted,
    CountAlreadyProposed,
    CountedOtherwise,
    CountNotProposed,
    CountsDisagree,
    NotCounted,
    ResultDamaged,
    ResultNotPublished,
    SecondCounterNeeded,
    StatementMissing,
    VotingStillOpen,
)
from pb.rounds import service as rounds
from pb.rounds.domain import NotInThisState, State, VotingClosed
from pb.tally import pabulib, recount
from pb.tally.count import count as tally
from pb.tokens import unlocking
from pb.tokens.ceremony_rules import PassphraseWrong, TwoOfficersNeeded
from pb.tokens.officers import PAIRS
from tests.builders import DATES, START, a_round, an_actor
from tests.ceremonies import PASSPHRASES, count_key, typed
from tests.results.votes import (
    BALLOTS,
    CLOSED,
    COUNTED,
    PUBLISHED,
    SLUG,
    Plan,
    a_counted_round,
    a_published_round,
    a_voted_round,
    count,
    publish,
)

COUNTER = an_actor(Role.COUNTER, staff_id=11)
MANAGER = an_actor(Role.ROUND_MANAGER, staff_id=12)
COUNCIL = an_actor(Role.COUNCIL, staff_id=13)


def test_nobody_starts_the_count_while_voting_is_open(voted):
    with pytest.raises(VotingStillOpen):
        service.propose(SLUG, by=COUNTER, now=DATES.voting_opens)


def test_nobody_starts_the_count_of_a_round_that_has_not_voted(app):
    a_round("later")

    with pytest.raises(NotInThisState):
        service.propose("later", by=COUNTER, now=START)


def test_the_second_person_needs_a_first(voted):
    with pytest.raises(CountNotProposed):
        service.confirm(SLUG, typed(), by=COUNTER, now=CLOSED)


def test_one_person_cannot_start_the_count_alone(voted):
    service.propose(SLUG, by=COUNTER, now=CLOSED)

    with pytest.raises(SecondCounterNeeded):
        service.confirm(SLUG, typed(), by=COUNTER, now=CLOSED)

    assert rounds.get(SLUG, CLOSED).state is State.VOTING
    assert not service.is_counted(SLUG)


def test_the_count_is_set_ready_once(voted):
    service.propose(SLUG, by=COUNTER, now=CLOSED)

    with pytest.raises(CountAlreadyProposed):
        service.propose(SLUG, by=MANAGER, now=CLOSED)


def test_two_different_people_count_and_the_round_goes_on(voted):
    service.propose(SLUG, by=COUNTER, now=CLOSED)
    found = service.confirm(SLUG, typed(), by=MANAGER, now=COUNTED)

    assert rounds.get(SLUG, COUNTED).state is State.COUNTING
    assert (found.proposed_by, found.confirmed_by) == (COUNTER.label, MANAGER.label)
    assert found.counted_at == COUNTED


def test_the_count_follows_the_rule_of_the_framework(counted):
    result = service.count(SLUG).result

    votes = {name: found.votes for name, found in result.outcome.projects.items()}
    assert votes == {"P01": 5, "P02": 4, "P03": 4, "P04": 3, "P05": 2}
    assert result.outcome.selected == ("P01", "P03", "P04", "P05")
    assert result.outcome.leftover == 350_000
    (tie,) = result.outcome.ties
    assert (tie.winner, tie.rival, tie.criterion.value) == ("P03", "P02", "lower_cost")


def test_a_tie_goes_by_the_frozen_lot_when_nothing_else_decides(app):
    a_counted_round(
        plans=[Plan(title, 9_000) for title in ("Een", "Twee", "Drie")],
        votes=[(1,), (2,), (3,)],
        lots={1: 3, 2: 1, 3: 2},
    )

    outcome = service.count(SLUG).result.outcome
    assert [(tie.winner, tie.rival) for tie in outcome.ties] == [("P02", "P03"), ("P03", "P01")]
    assert {tie.criterion.value for tie in outcome.ties} == {"lot"}
    assert outcome.selected == ("P02",)


def test_a_plan_that_was_withdrawn_during_voting_keeps_its_votes_and_is_not_chosen(app):
    voted = a_voted_round()
    proposals.withdraw(SLUG, voted.secrets[1], now=DATES.voting_opens)
    count()

    result = service.count(SLUG).result
    assert result.votes(result.plan(1)) == 5
    assert not result.is_chosen(result.plan(1))
    assert result.deciding_step(result.plan(1)).reason.value == "withdrawn"


def test_an_owner_withdraws_a_plan_until_voting_closes_and_not_after_it(voted):
    last_second = DATES.voting_closes - timedelta(seconds=1)
    proposals.withdraw(SLUG, voted.secrets[1], now=last_second)

    with pytest.raises(VotingClosed):
        proposals.withdraw(SLUG, voted.secrets[2], now=DATES.voting_closes)
    count()

    assert [plan.number for plan in service.count(SLUG).result.plans if plan.withdrawn] == [1]


@contextmanager
def a_full_disk():
    """Let the participation store keep nothing."""

    def fail(_connection):
        raise OSError("No space left on device")

    sa.event.listen(db.engines[None], "commit", fail)
    try:
        yield
    finally:
        sa.event.remove(db.engines[None], "commit", fail)


def ledger_events(kind):
    return events_of(sealing.public_ledger(SLUG).lines, kind)


def test_a_count_that_is_repeated_counts_what_the_ledger_said_at_closing(voted):
    """A server whose clock is late lets an owner withdraw between two tries to count."""
    proposals.withdraw(SLUG, voted.secrets[5], now=DATES.voting_opens)
    service.propose(SLUG, by=COUNTER, now=CLOSED)
    with a_full_disk(), pytest.raises(OSError, match="No space left"):
        service.confirm(SLUG, typed(), by=MANAGER, now=CLOSED)
    assert not service.is_counted(SLUG)
    proposals.withdraw(SLUG, voted.secrets[1], now=DATES.voting_opens)

    service.confirm(SLUG, typed(), by=MANAGER, now=COUNTED)
    publish()

    assert len(ledger_events(Fact.COUNT)) == 1
    assert [event["plan"] for event in ledger_events(Fact.PLAN_WITHDRAWN)] == [5]
    assert verify.verify_bytes(service.bundle(SLUG)).verified
    assert proposals.get(SLUG, 1).state is ProposalState.WITHDRAWN


def test_a_count_that_the_ledger_does_not_name_is_not_kept(voted):
    """The ledger names one count for good, whatever a later program would find."""
    service.propose(SLUG, by=COUNTER, now=CLOSED)
    ballots.opened(SLUG, CLOSED, count_key(SLUG))
    other = {"round_pb_sha256": "0" * 64, "result_sha256": "0" * 64}
    sealing.tell(SLUG, Fact.COUNT, CLOSED, **other)

    with pytest.raises(CountedOtherwise):
        service.confirm(SLUG, typed(), by=MANAGER, now=COUNTED)

    assert not service.is_counted(SLUG)
    assert ledger_events(Fact.COUNT) == [{"k": "count", "t": "event", **other}]


def test_voting_that_was_extended_is_counted_as_the_ledger_committed_to_it(app):
    """The dates of the public file are those of before the vote; the ledger tells the rest."""
    a_voted_round()
    later = DATES.voting_closes + timedelta(days=2)
    during = DATES.voting_closes - timedelta(hours=3)
    ballots.interrupt(
        SLUG, State.PAUSED, body="De wijkraad", reason="Storing.", by=MANAGER, now=during
    )
    moved = replace(DATES, voting_closes=later, result_by=DATES.result_by + timedelta(days=2))
    framework = replace(rounds.get(SLUG, during).framework, dates=moved)
    frameworks.draft(SLUG, framework, by=MANAGER, now=during, reason="Storing.")
    frameworks.sign(SLUG, by=MANAGER, now=during)
    frameworks.sign(SLUG, by=COUNTER, now=during)
    ballots.resume(SLUG, reason="Verholpen.", by=MANAGER, now=during)

    service.propose(SLUG, by=COUNTER, now=later)
    service.confirm(SLUG, typed(), by=MANAGER, now=later)
    publish()

    report = verify.verify_bytes(service.bundle(SLUG))
    assert report.verified, report.to_text()
    assert any("voting was extended until" in change for change in report.changes)
    assert service.result(SLUG).framework_version == 1


def test_nobody_counts_twice(counted):
    with pytest.raises(AlreadyCounted):
        service.propose(SLUG, by=COUNTER, now=COUNTED)
    with pytest.raises(AlreadyCounted):
        service.confirm(SLUG, typed(), by=MANAGER, now=COUNTED)


def test_a_count_that_fails_leaves_no_trace(voted, monkeypatch):
    service.propose(SLUG, by=COUNTER, now=CLOSED)

    def crash(*_args, **_kwargs):
        raise RuntimeError("the power went out")

    monkeypatch.setattr(storage, "add_ballots", crash)
    with pytest.raises(RuntimeError):
        service.confirm(SLUG, typed(), by=MANAGER, now=CLOSED)
    monkeypatch.undo()

    assert not service.is_counted(SLUG)
    assert rounds.get(SLUG, CLOSED).state is State.VOTING
    assert service.confirm(SLUG, typed(), by=MANAGER, now=COUNTED).result.outcome.voters == 7


def test_the_ballot_box_is_not_opened_before_its_own_hour(voted, monkeypatch):
    monkeypatch.setattr("pb.results.service.is_voting_over", lambda *_: True)
    service.propose(SLUG, by=COUNTER, now=DATES.voting_opens)

    with pytest.raises(VotingGoesOn):
        service.confirm(SLUG, typed(), by=MANAGER, now=DATES.voting_opens)

    assert not service.is_counted(SLUG)


def test_before_publication_nothing_is_public(counted):
    for read in (
        service.publication,
        service.published,
        service.result,
        service.result_file,
        service.election_file,
    ):
        with pytest.raises(ResultNotPublished):
            read(SLUG)
    with pytest.raises(ResultNotPublished):
        service.ballot_page(SLUG, "", 1)
    with pytest.raises(ResultNotPublished):
        service.find_ballot(SLUG, "K7QF")


def test_nothing_is_published_before_it_is_counted(voted):
    with pytest.raises(NotInThisState):
        service.publish(SLUG, "Hoera.", by=COUNCIL, now=CLOSED)
    with pytest.raises(NotCounted):
        service.count(SLUG)


@pytest.mark.parametrize("statement", ["", "   ", "x" * 3001])
def test_the_council_says_something_of_its_own(counted, statement):
    with pytest.raises(StatementMissing):
        service.publish(SLUG, statement, by=COUNCIL, now=PUBLISHED)


def test_publishing_makes_exactly_the_counted_outcome_public(counted):
    before = service.count(SLUG)
    publish()

    assert service.published(SLUG) == before
    assert service.publication(SLUG).statement == "Dank aan iedereen."
    assert rounds.get(SLUG, PUBLISHED).state is State.RESULT_PUBLISHED


def test_a_result_is_published_once(published):
    with pytest.raises(NotInThisState):
        service.publish(SLUG, "Nog een keer.", by=COUNCIL, now=PUBLISHED)


def test_every_plan_says_whether_it_was_chosen(published):
    states = {number: proposals.get(SLUG, number).state for number in range(1, 6)}

    assert states == {
        1: ProposalState.SELECTED,
        2: ProposalState.NOT_SELECTED,
        3: ProposalState.SELECTED,
        4: ProposalState.SELECTED,
        5: ProposalState.SELECTED,
    }


def test_the_public_log_holds_the_hash_of_the_file_that_everybody_gets(published):
    content = service.result_file(SLUG)

    hashes = {entry.values.get("hash") for entry in journal.list_for_round(SLUG)}
    assert hashlib.sha256(content).hexdigest() in hashes
    assert json.loads(content)["count"] == json.loads(service.count_file(SLUG))


def test_the_file_with_all_ballots_gives_the_same_count_again(published):
    content = service.election_file(SLUG)
    result = service.result(SLUG)

    file = pabulib.parse(content, "stemmen.pb")
    again = tally(pabulib.to_election(file), file.rule)
    assert again.to_json().encode() == service.count_file(SLUG)
    assert hashlib.sha256(content).hexdigest() == result.election_hash


def test_who_recounts_with_python_alone_gets_the_published_bytes(published, tmp_path):
    taken_home = tmp_path / "stemmen.pb"
    taken_home.write_bytes(service.election_file(SLUG))

    assert recount.recount(taken_home) == service.count_file(SLUG)


@pytest.mark.parametrize("program", ["print('{}')", "raise SystemExit(1)"])
def test_when_the_two_programs_differ_nothing_is_kept(voted, tmp_path, monkeypatch, program):
    other = tmp_path / "recount.py"
    other.write_text(program, encoding="utf-8")
    monkeypatch.setattr(second_count, "PROGRAM", other)
    service.propose(SLUG, by=COUNTER, now=CLOSED)

    with pytest.raises(CountsDisagree):
        service.confirm(SLUG, typed(), by=MANAGER, now=COUNTED)

    assert not service.is_counted(SLUG)
    assert rounds.get(SLUG, COUNTED).state is State.VOTING
    assert not any("hash" in entry.values for entry in counted_entries())


def counted_entries():
    return [entry for entry in journal.list_for_round(SLUG) if "geteld" in entry.what]


def test_the_same_ballots_give_the_same_bytes(app):
    voted = a_voted_round()
    again = a_voted_round("nog-eens", votes=BALLOTS[::-1])
    count(voted.slug)
    count(again.slug)

    first = json.loads(storage.find_count(voted.slug).document)
    second = json.loads(storage.find_count(again.slug).document)
    for kind in ("count", "what_if"):
        # The name of the round is in the file of votes, so its hash is another.
        assert first[kind].pop("input_sha256") != second[kind].pop("input_sha256")
        assert first[kind] == second[kind]


def test_the_files_do_not_say_who_voted_or_when(published):
    content = service.election_file(SLUG).decode() + service.result_file(SLUG).decode()

    for receipt in published.receipts:
        assert receipt.tracking_code not in content
        assert normal(receipt.tracking_code) not in content
    votes = service.election_file(SLUG).decode().split("VOTES\n")[1].splitlines()[1:]
    assert [line.split(";")[0] for line in votes] == [str(n) for n in range(1, 8)]
    assert [line.split(";")[1] for line in votes] == sorted(line.split(";")[1] for line in votes)


def test_a_voter_finds_the_own_ballot_by_its_code(published):
    for receipt, choices in zip(published.receipts, BALLOTS, strict=True):
        found = service.find_ballot(SLUG, receipt.tracking_code.lower().replace("-", " "))
        assert found.choices == tuple(choices)
        assert written(found.code) == receipt.tracking_code


def test_a_code_that_is_not_on_the_list_finds_nothing(published):
    assert service.find_ballot(SLUG, "0000-0000-0000") is None
    assert service.find_ballot(SLUG, "%") is None


def test_the_public_list_holds_every_code_once_sorted(published):
    first = service.ballot_page(SLUG, "", 1)
    codes = [
        ballot.code
        for begin in first.begins
        for ballot in service.ballot_page(SLUG, begin, 1).ballots
    ]

    assert first.total == 7
    assert codes == sorted(normal(receipt.tracking_code) for receipt in published.receipts)


def test_a_page_of_the_list_that_does_not_exist_is_the_first(published):
    assert service.ballot_page(SLUG, "nergens", -3) == service.ballot_page(SLUG, "", 1)


def test_a_round_in_which_nobody_voted_is_counted_too(app):
    a_published_round(votes=())

    result = service.result(SLUG)
    assert result.chosen == []
    assert result.voted == 0
    assert service.ballot_page(SLUG, "", 1).total == 0
    with pytest.raises(NotCounted):
        service.election_file(SLUG)


def test_what_was_tampered_with_is_not_shown(published):
    row = storage.CountRow.__table__
    storage.session().execute(
        sa.update(row).values(document=service.result_file(SLUG).replace(b"P01", b"P02"))
    )
    storage.session().commit()

    with pytest.raises(ResultDamaged):
        service.result(SLUG)


# --- the officers ------------------------------------------------------------------------


@pytest.mark.parametrize("pair", PAIRS)
def test_any_two_officers_open_the_count(voted, pair):
    service.propose(SLUG, by=COUNTER, now=CLOSED)

    assert service.confirm(SLUG, typed(*pair), by=MANAGER, now=COUNTED).result.outcome.voters == 7


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ([(1, PASSPHRASES[1]), (2, "niet deze wachtzin")], PassphraseWrong),
        ([(1, "niet deze wachtzin"), (3, PASSPHRASES[3])], PassphraseWrong),
        ([(1, PASSPHRASES[1]), (1, PASSPHRASES[1])], TwoOfficersNeeded),
        ([(2, PASSPHRASES[2])], TwoOfficersNeeded),
    ],
)
def test_without_two_right_passphrases_nothing_is_opened_and_nothing_changes(voted, said, refusal):
    service.propose(SLUG, by=COUNTER, now=CLOSED)
    before = rounds.log(SLUG)

    with pytest.raises(refusal):
        service.confirm(SLUG, said, by=MANAGER, now=COUNTED)

    assert not service.is_counted(SLUG)
    assert rounds.log(SLUG) == before
    assert ballots.find_box(SLUG).hours.state is BoxState.OPEN


def test_passphrases_are_not_even_tried_for_who_may_not_start(voted, monkeypatch):
    service.propose(SLUG, by=COUNTER, now=CLOSED)
    monkeypatch.setattr(unlocking, "unlock", lambda *_: pytest.fail("the key was opened"))

    with pytest.raises(SecondCounterNeeded):
        service.confirm(SLUG, typed(), by=COUNTER, now=COUNTED)
