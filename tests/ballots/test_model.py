"""Any history of a ballot box is one that the plain model allows, and its bundle verifies (T3).

Hypothesis draws histories: votes and votes again, pages that are sent twice, letters that are
reported or vote on paper, packs of spares, seals, pauses, later dates, processes that are killed in
the middle of a ballot or of the count, machines that are lost and come back from a backup. After
each act the store is read from outside and compared with ``model.py``; at the end of each history
the box is counted and its bundle checked. PB_MODEL_RUNS sets how many the nightly run draws.
"""

import base64
import copy
import json
import os
import secrets
import shutil
import signal
import sqlite3
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle, pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from nacl.public import PrivateKey

from pb.accounts.domain import Role
from pb.ballots import restoring, sealing, service
from pb.ballots.domain import ChoicesRefused
from pb.ballots.notes import Checkpoint, open_note
from pb.database.backup import read_backup, write_backup
from pb.database.base import db
from pb.frameworks import service as frameworks
from pb.proposals import service as proposals
from pb.results import service as results
from pb.results import verify
from pb.rounds import service as rounds
from pb.rounds.domain import State
from pb.tokens import service as tokens
from pb.tokens.domain import CodeUnknown, mint_code
from tests.ballots.boxes import cast, key_of, store_app
from tests.ballots.desk import letters, open_pack, void
from tests.ballots.model import SMALLEST_SEAL, Letter, Model, leaf_in
from tests.ballots.voting import SLUG, TITLES, a_voting_round
from tests.builders import DATES, an_actor
from tests.ceremonies import typed
from tests.conftest import settings_in
from tests.results.bundles import tree_hash

STORES = ("participation.db", "ballots.db")
BACKUP_KEY = PrivateKey(bytes(range(32)))
MANAGER, COUNTER = an_actor(), an_actor(Role.COUNTER, staff_id=11)
OTHER_MANAGER = an_actor(staff_id=2)
MINUTE = timedelta(minutes=1)

numbers = some.integers(0, 10_000)
choices = some.sets(some.integers(1, len(TITLES)), min_size=1, max_size=3).map(sorted).map(tuple)
too_many = some.sets(some.integers(1, len(TITLES)), min_size=4).map(sorted).map(tuple)
moments = some.sampled_from([1, 20, 45, 61, 61, 61, 300, 1_500])  # minutes


@dataclass(frozen=True)
class Prepared:
    """A round whose box stands ready, kept as files; and stores that were never used.

    folder: where each history takes place. apps: two on that folder, of which one is alive; made
    once, because what SQLAlchemy compiled goes with them.
    """

    kept: Path
    empty: Path
    folder: Path
    apps: tuple[Flask, Flask]
    round_id: str
    letters: list[Letter]
    beginning: list[bytes]
    links: dict[int, str]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, migrated_folder):
    """Twelve letters and a pack of twenty spares in each of two areas."""
    folder, kept = tmp_path_factory.mktemp("life"), tmp_path_factory.mktemp("prepared")
    copy_stores(migrated_folder, folder)
    (folder / "keys").mkdir(mode=0o700)
    apps = store_app(settings_in(folder)), store_app(settings_in(folder))
    with apps[0].app_context():
        voting = a_voting_round(spare_permille=30)
        found = [
            Letter(serial, code, key_of(code), area, "spare" if spare else "issued")
            for area in ("A1", "A2")
            for spare in (False, True)
            for serial, code in letters(voting, area, spare=spare)
        ]
        name = tokens.round_id(SLUG)
        for engine in db.engines.values():
            with engine.connect() as connection:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        leave_stores()
    with reading(folder) as store:
        beginning = [line for (line,) in store.execute("SELECT line FROM pending_events")]
    copy_stores(folder, kept)
    return Prepared(
        kept, migrated_folder, folder, apps, name, found, beginning, dict(voting.links)
    )  # fmt: skip


def copy_stores(source, target):
    for old in target.glob("*.db*"):
        old.unlink()
    for name in STORES:
        shutil.copy(source / name, target / name)


def leave_stores():
    """Let go of both stores, as a process does that ends."""
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


class LifeOfABox(RuleBasedStateMachine):
    """The real services on real files, and the model beside them."""

    def __init__(self, prepared):
        super().__init__()
        self.prepared, self.steps, self.is_whole = prepared, 0, True
        self.folder = prepared.folder
        copy_stores(prepared.kept, self.folder)
        self.now = DATES.voting_opens
        self.model = Model(
            copy.deepcopy(prepared.letters), prepared.beginning,
            DATES.voting_opens, DATES.voting_closes,
        )  # fmt: skip
        self.backup, self.backed_up, self.receipts, self.notes = None, 0, [], {}
        self.count_failed = False
        self.apps = cycle(prepared.apps)
        self.start()

    def start(self):
        self.context = next(self.apps).app_context()
        self.context.push()

    def stop(self):
        leave_stores()
        self.context.pop()

    def does(self, refusal, act):
        """Let an act be refused as the model says, or return what it gave."""
        self.steps, self.is_whole = self.steps + 1, False
        if refusal is None:
            return act()
        with pytest.raises(refusal) as refused:
            act()
        assert refused.type is refusal
        return None

    def letter(self, number):
        return self.model.letters[number % len(self.model.letters)]

    def round(self):
        return rounds.get(SLUG, self.now)

    # --- voters ----------------------------------------------------------------------------------

    def vote(self, letter, chosen, submission, expected):
        kept = letter.sent(submission)
        self.model.before_vote(letter, self.now)
        receipt = self.does(
            self.model.refuses_vote(letter, submission, expected, self.now),
            lambda: cast(
                letter.code, *chosen, now=self.now, submission=submission,
                expected_version=expected, following=self.round(),
            ),
        )  # fmt: skip
        if receipt is None:
            return
        if kept is None:
            leaf = leaf_in(receipt.fragment, self.prepared.round_id)
            self.model.voted(letter, leaf, submission, chosen)
            kept = letter.votes[-1]
        assert (receipt.version, receipt.counts) == (kept.version, kept.why is None)
        assert receipt.tracking_code.replace("-", "") == verify.symbols(kept.leaf, 12)
        if receipt.counts:
            assert leaf_in(receipt.fragment, self.prepared.round_id) == kept.leaf
            self.receipts.append((receipt.fragment, kept.leaf))

    @rule(number=numbers, chosen=choices)
    def votes(self, number, chosen):
        letter = self.letter(number)
        self.vote(letter, chosen, secrets.token_bytes(16), letter.version)

    @rule(number=numbers, chosen=choices, wanted=some.integers(4, 16))
    def many_vote(self, number, chosen, wanted):
        issued = self.model.of("issued")
        for place in range(number, number + wanted if issued else number):
            letter = issued[place % len(issued)]
            self.vote(letter, chosen, secrets.token_bytes(16), letter.version)

    @rule(number=numbers, chosen=choices, known=some.integers(0, 3))
    def votes_on_an_old_page(self, number, chosen, known):
        self.vote(self.letter(number), chosen, secrets.token_bytes(16), known)

    @precondition(lambda self: self.model.votes())
    @rule(number=numbers, chosen=choices, known=some.integers(0, 3))
    def sends_a_page_again(self, number, chosen, known):
        sent = self.model.votes()
        letter, vote = sent[number % len(sent)]
        self.vote(letter, chosen, vote.submission, known)

    @rule(chosen=choices, mistyped=some.booleans())
    def types_a_wrong_code(self, chosen, mistyped):
        code = "0000" if mistyped else mint_code().grouped()
        self.does(CodeUnknown, lambda: cast(code, *chosen, now=self.now))

    @rule(number=numbers, chosen=too_many)
    def chooses_too_many(self, number, chosen):
        self.steps, self.is_whole = self.steps + 1, False
        with pytest.raises(ChoicesRefused):
            cast(self.letter(number).code, *chosen, now=self.now)

    @rule(number=numbers, chosen=choices, statement=some.integers(1, 12))
    def a_process_is_killed_while_it_casts(self, number, chosen, statement):
        """The ballot is in or it is not; the voter sends the page again, and knows."""
        letter, submission = self.letter(number), secrets.token_bytes(16)
        self.ticks()
        self.model.before_vote(letter, self.now)
        service.follow(self.round())
        expected, known = letter.version, len(letter.votes)
        refusal = self.model.refuses_vote(letter, submission, expected, self.now)
        in_child(
            "before_cursor_execute", statement,
            lambda: cast(
                letter.code, *chosen, now=self.now, submission=submission, expected_version=expected
            ),
        )  # fmt: skip
        leaf = self.leaf_of(submission)
        if leaf is not None:
            assert refusal is None
            self.model.voted(letter, leaf, submission, chosen)
        self.vote(letter, chosen, submission, expected)
        assert len(letter.votes) == known + (refusal is None)

    def leaf_of(self, submission):
        with reading(self.folder) as store:
            found = store.execute("SELECT leaf FROM ballots WHERE submission = ?", [submission])
            return next((leaf for (leaf,) in found), None)

    # --- the desk --------------------------------------------------------------------------------

    @rule(number=numbers, pair=some.sampled_from([(1, 2), (1, 3), (3, 2)]), fit=some.booleans())
    def a_letter_is_reported(self, number, pair, fit):
        letter, said = self.letter(number), typed(*pair)
        said = said if fit else [(who, words + "!") for who, words in said]
        refusal = self.model.refuses_report(letter, fit, self.now)
        self.does(refusal, lambda: void(letter.serial, said, now=self.now))
        if refusal is None:
            self.model.void(letter, "revoked")
            letter.is_void_at_desk = True

    @rule(number=numbers)
    def a_letter_votes_on_paper(self, number):
        letter = self.letter(number)
        refusal = self.model.refuses_paper(letter)
        why = service.WhySuperseded.PAPER
        self.does(refusal, lambda: service.withdraw(SLUG, letter.key, why))
        if refusal is None:
            self.model.void(letter, "paper")

    @rule(area=some.sampled_from(["A1", "A2"]))
    def a_pack_goes_into_use(self, area):
        refusal = self.model.refuses_pack(area, self.now)
        self.does(refusal, lambda: open_pack(area, self.now))
        if refusal is None:
            self.model.open_pack(area)

    # --- the round and the clock -----------------------------------------------------------------

    @rule(minutes=moments)
    def time_passes(self, minutes):
        self.is_whole = False
        if self.now + minutes * MINUTE < self.model.ends:
            self.now += minutes * MINUTE

    @precondition(lambda self: self.steps > 25)
    @rule(minutes=some.sampled_from([90, 30]))
    def the_last_hours_begin(self, minutes):
        self.is_whole = False
        self.now = max(self.now, self.model.ends - minutes * MINUTE)

    @precondition(lambda self: self.steps > 35)
    @rule()
    def voting_closes(self):
        self.is_whole = False
        self.now = max(self.now, self.model.ends)

    @rule()
    def ticks(self):
        self.model.tick(self.now)
        self.does(None, lambda: rounds.record_clock(SLUG, self.now))
        sealing.catch_up(SLUG, self.now)

    @rule(what=some.sampled_from(["many-from-one-network", "wrong-codes"]), number=numbers)
    def observers_are_told(self, what, number):
        self.model.tell_while_voting("notice", what=what, n=number)
        self.does(None, lambda: sealing.record_notice(SLUG, what, [number]))

    @rule()
    def the_round_is_paused(self):
        self.model.pause("Storing.")
        body = {"body": "De wijkraad", "reason": "Storing."}
        self.does(
            None,
            lambda: service.interrupt(SLUG, State.PAUSED, **body, by=MANAGER, now=self.now),
        )

    @precondition(lambda self: self.model.is_paused)
    @rule()
    def the_round_goes_on(self):
        self.model.resume("Verholpen.")
        self.does(None, lambda: service.resume(SLUG, reason="Verholpen.", by=MANAGER, now=self.now))

    @precondition(lambda self: self.model.is_paused and self.now < self.model.round_closes)
    @rule(days=some.integers(1, 3))
    def the_dates_move_later(self, days):
        self.model.round_closes += timedelta(days=days)
        framework = self.round().framework
        dates = replace(
            framework.dates,
            voting_closes=self.model.round_closes,
            result_by=framework.dates.result_by + timedelta(days=days),
        )
        moved = replace(framework, dates=dates)
        self.does(
            None,
            lambda: frameworks.draft(SLUG, moved, by=MANAGER, now=self.now, reason="Storing."),
        )
        frameworks.sign(SLUG, by=MANAGER, now=self.now)
        frameworks.sign(SLUG, by=OTHER_MANAGER, now=self.now)

    @rule(number=some.integers(1, len(TITLES)))
    def an_owner_withdraws_a_plan(self, number):
        refusal = self.model.refuses_withdrawal(number, self.now)
        link = self.prepared.links[number]
        self.does(refusal, lambda: proposals.withdraw(SLUG, link, now=self.now))
        if refusal is None:
            self.model.withdrawn.add(number)

    # --- what befalls machines -------------------------------------------------------------------

    @rule()
    def the_process_starts_anew(self):
        self.is_whole = False
        self.stop()
        self.start()

    @precondition(lambda self: self.backup is None or self.steps > self.backed_up + 5)
    @rule()
    def a_backup_is_made(self):
        path = self.folder / "backup"
        path.unlink(missing_ok=True)
        self.does(None, lambda: write_backup(path, bytes(BACKUP_KEY.public_key)))
        self.backup, self.backed_up = (path, copy.deepcopy(self.model)), self.steps

    @precondition(lambda self: self.backup is not None)
    @rule()
    def the_machine_is_lost(self):
        """Empty stores are filled from the last backup, and follow what was published since.

        Not with ballots that the closing counted already: what it said would not be true any more.
        """
        path, kept = self.backup
        if self.model.state == "closed" and known_leaves(self.model) != known_leaves(kept):
            return
        self.is_whole = False
        published = sealing.public_ledger(SLUG)
        self.stop()
        copy_stores(self.prepared.empty, self.folder)
        self.start()
        read_backup(
            path, bytes(BACKUP_KEY),
            lambda stored: restoring.refuse_unless_given(
                stored, {SLUG: (published.lines, published.checkpoints)}
            ),
        )  # fmt: skip
        found = restoring.take_over(SLUG, published.lines, published.checkpoints, self.now)
        seals, self.model = self.model.seals, copy.deepcopy(kept)
        lost = self.model.restored(published.lines, seals, self.now)
        assert len(found.missing) == len(lost)
        sealing.catch_up(SLUG, self.now)
        self.model.tick(self.now)
        known = known_leaves(self.model)
        self.receipts = [each for each in self.receipts if each[1] in known]

    @precondition(lambda self: not self.model.is_paused and self.now >= self.model.ends)
    @rule(commit=some.integers(1, 3))
    def a_process_is_killed_while_it_counts(self, commit):
        """Before the closing, before it is told what was counted, or before that is kept."""
        if self.count_failed:
            return
        self.is_whole, self.count_failed = False, True
        propose_count(self.now)
        in_child("commit", commit, lambda: confirm_count(self.now))
        with reading(self.folder) as store:
            lines = [line for (line,) in store.execute("SELECT line FROM ledger ORDER BY place")]
        if len(lines) > len(self.model.lines):
            self.model.close(self.now)
            self.model.expect_count(lines)

    # --- what must be true after every step ------------------------------------------------------

    @invariant()
    def what_must_be_true_after_every_step(self):
        self.is_whole, seen = False, Seen.of(self.folder)
        self.the_store_is_what_the_model_says(seen)
        self.of_each_letter_one_ballot_counts_and_no_version_is_missing(seen)
        self.every_ballot_stands_on_the_ledger_or_waits(seen)
        self.the_ledger_only_grew_in_seals_of_twenty_or_more(seen)
        self.the_letters_add_up(seen)
        self.is_whole = True

    def the_store_is_what_the_model_says(self, seen):
        votes = self.model.votes()
        assert seen.statuses == {each.key: each.status for each in self.model.letters}
        assert sorted(seen.ballots) == sorted(
            (letter.key, vote.version, vote.leaf, vote.submission)
            for letter, vote in votes
            if vote.why is None
        )
        assert sorted(seen.superseded) == sorted(
            (letter.key, vote.version, vote.leaf, vote.submission, vote.why)
            for letter, vote in votes
            if vote.why is not None
        )
        assert seen.pending == self.model.leaves
        assert seen.pending_events == self.model.events
        assert seen.lines == self.model.lines
        assert (seen.state, seen.size) == (self.model.state, len(seen.lines))

    def of_each_letter_one_ballot_counts_and_no_version_is_missing(self, seen):
        assert max(Counter(key for key, *_ in seen.ballots).values(), default=1) == 1
        versions = {}
        for key, version, *_ in (*seen.ballots, *seen.superseded):
            versions.setdefault(key, []).append(version)
        for found in versions.values():
            assert sorted(found) == list(range(1, len(found) + 1))
        for key, version, *_ in seen.ballots:
            assert version == len(versions[key]), "the last version is the one that counts"
        assert "count_box" not in seen.columns
        assert "view_box" not in seen.columns

    def every_ballot_stands_on_the_ledger_or_waits(self, seen):
        leaves = Counter(leaf for _, _, leaf, *_ in (*seen.ballots, *seen.superseded))
        assert leaves + Counter(self.model.lost) == Counter(seen.sealed()) + Counter(seen.pending)

    def the_ledger_only_grew_in_seals_of_twenty_or_more(self, seen):
        """A seal with fewer is the last one that holds ballots."""
        sizes = []
        for size, note in seen.checkpoints:
            if size not in self.notes:
                text = open_note(note, [sealing.log_verifier(SLUG)])
                assert Checkpoint.read(text).root == tree_hash(seen.lines[:size])
                self.notes[size] = note, tuple(seen.lines[:size])
            sizes.append(size)
        for size, (note, lines) in self.notes.items():
            assert (size, note) in seen.checkpoints
            assert tuple(seen.lines[:size]) == lines
        assert sizes == self.model.seals
        groups = [leaf_lines(seen.lines[start:end]) for start, end in pairwise([0, *sizes])]
        assert all(group == sorted(group) for group in groups)
        filled = [len(group) for group in groups if group]
        is_closed = any(b'"k":"closed"' in line for line in seen.lines)
        assert all(size >= SMALLEST_SEAL for size in (filled[:-1] if is_closed else filled))

    def the_letters_add_up(self, seen):
        used = {key for key, *_ in seen.ballots}
        of = Counter(seen.statuses.values())
        unused = sum(
            status == "issued" and key not in used for key, status in seen.statuses.items()
        )
        assert all(seen.statuses[key] == "issued" for key in used)
        issued = len(seen.statuses) - of["spare"]
        assert issued == len(used) + of["paper"] + of["revoked"] + unused

    # --- the end of each history -----------------------------------------------------------------

    def teardown(self):
        try:
            if self.is_whole:
                self.the_bundle_verifies()
        finally:
            self.stop()

    def the_bundle_verifies(self):
        if self.model.is_paused:
            self.the_round_goes_on()
        self.now = max(self.now, self.model.ends)
        if not results.is_counted(SLUG):
            self.model.close(self.now)
            propose_count(self.now)
            confirm_count(self.now)
        results.publish(SLUG, "Dank.", by=an_actor(Role.COUNCIL, staff_id=13), now=self.now)
        raw = results.bundle(SLUG)
        kept = verify.Kept(
            checkpoint=self.notes[max(self.notes)][0] if self.notes else None,
            receipt=secrets.choice(self.receipts)[0] if self.receipts else None,
        )
        report = verify.verify_bytes(raw, kept)
        assert report.verified, report.to_text()
        files = verify.unpack(raw)
        counted = [json.loads(line) for line in files["ballots.jsonl"].splitlines()]
        assert {
            base64.b64decode(each["bk"]): tuple(json.loads(each["body"])["c"]) for each in counted
        } == self.model.counted()
        lines = files["ledger.jsonl"].split(b"\n")[:-1]
        assert lines[: len(self.model.lines)] == self.model.lines
        (count,) = (each for each in map(json.loads, lines) if each.get("k") == "count")
        assert count["result_sha256"] == verify.sha256(files["result.json"]).hex()
        withdrawn = {plan.number for plan in results.result(SLUG).plans if plan.withdrawn}
        assert withdrawn == self.model.counted_without


def known_leaves(model):
    return model.lost | {vote.leaf for _, vote in model.votes()}


def propose_count(now):
    if results.find_start(SLUG) is None:
        results.propose(SLUG, by=COUNTER, now=now)


def confirm_count(now):
    results.confirm(SLUG, typed(), by=MANAGER, now=now)


def leaf_lines(lines):
    return [line for line in lines if line.startswith(b'{"c":')]


@dataclass(frozen=True)
class Seen:
    """The ballot store, read from outside."""

    statuses: dict
    ballots: list
    superseded: list
    columns: set
    pending: set
    pending_events: list
    lines: list
    checkpoints: list
    state: str
    size: int

    @classmethod
    def of(cls, folder):
        with reading(folder) as store:
            ask = store.execute
            found = ask("SELECT * FROM superseded")
            state, size = ask("SELECT state, ledger_size FROM ballot_boxes").fetchone()
            return cls(
                statuses=dict(ask("SELECT ballot_key, status FROM roll")),
                ballots=ask("SELECT ballot_key, version, leaf, submission FROM ballots").fetchall(),
                superseded=ask(
                    "SELECT ballot_key, version, leaf, submission, why FROM superseded"
                ).fetchall(),
                columns={name for name, *_ in found.description},
                pending={leaf for (leaf,) in ask("SELECT leaf FROM pending")},
                pending_events=[
                    line for (line,) in ask("SELECT line FROM pending_events ORDER BY sequence")
                ],
                lines=[line for (line,) in ask("SELECT line FROM ledger ORDER BY place")],
                checkpoints=ask("SELECT size, note FROM checkpoints ORDER BY size").fetchall(),
                state=state,
                size=size,
            )

    def sealed(self):
        return [base64.b64decode(json.loads(line)["c"]) for line in leaf_lines(self.lines)]


class reading:  # noqa: N801 - reads as a verb
    """A connection that only reads, from outside the service."""

    def __init__(self, folder):
        self.store = sqlite3.connect(f"file:{folder}/ballots.db?mode=ro", uri=True)

    def __enter__(self):
        return self.store

    def __exit__(self, *_):
        self.store.close()


def in_child(moment, number, act):
    """Let a process of its own act, and kill it at such a moment of its stores, or after.

    number: which one of these moments, from 1.
    """
    db.session.remove()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        left = [number]

        def one_less(*_):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        for engine in db.engines.values():
            engine.dispose(close=False)  # The connections are those of the parent.
            sa.event.listen(engine, moment, one_less)
        act()
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


def live(prepared, runs):
    run_state_machine_as_test(
        lambda: LifeOfABox(prepared),
        settings=settings(
            max_examples=runs,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Fifty acts can be read; to find fewer that fail as well takes many minutes.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            report_multiple_bugs=False,
        ),
    )


@pytest.mark.parametrize("part", range(4))
def test_every_history_of_a_box_is_one_that_the_model_allows(prepared, part):
    live(prepared, 50)


@pytest.mark.nightly
def test_many_histories_of_a_box_are_ones_that_the_model_allows(prepared):
    live(prepared, int(os.environ.get("PB_MODEL_RUNS", "5000")))
