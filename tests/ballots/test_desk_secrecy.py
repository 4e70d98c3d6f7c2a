"""What the records tell after the desk was at work: nothing leads from an old letter to a new one.

The records are everything that is kept: every table of both stores, the ledger, the journal and
the log of every statement.
"""

import logging

import pytest
import sqlalchemy as sa

from pb.accounts.domain import Role
from pb.ballots import sealing
from pb.database.base import BALLOTS, db
from pb.rounds import service as rounds
from pb.tokens.replacement_storage import SparePackRow
from tests.ballots.boxes import key_of
from tests.ballots.desk import DURING, letters, open_pack, store, vote
from tests.ballots.test_letter_desk import report
from tests.ballots.voting import a_voting_round
from tests.people import Person

LOST = 3


@pytest.fixture
def voting(app, clock):
    """A round in its voting, with twenty spare envelopes per area."""
    found = a_voting_round(spare_permille=30)
    clock.move_to(DURING)
    return found


@pytest.fixture
def replaced(voting, sign_in):
    """Three letters that voted and were reported, and the three spares that voted instead."""
    helper = Person(sign_in(Role.HELPER))
    old, new = letters(voting)[:LOST], letters(voting, spare=True)[5 : 5 + LOST]
    open_pack()
    for (serial, code), (_, drawn) in zip(old, new, strict=True):
        vote(code, 1)
        report(helper, serial)
        vote(drawn, 2)
    return old, new


def rows():
    """Every row of every table of both stores, with the name of its table."""
    found = []
    for key, engine in db.engines.items():
        with engine.connect() as connection:
            for table in db.metadatas[key].sorted_tables:
                found += [
                    (table.name, str(tuple(row))) for row in connection.execute(table.select())
                ]
    return found


def test_no_row_holds_something_of_an_old_letter_and_of_a_new_one(replaced):
    old, new = ([*(s for s, _ in pairs), *(str(key_of(c)) for _, c in pairs)] for pairs in replaced)

    for name, row in rows():
        assert not (any(each in row for each in old) and any(each in row for each in new)), name


def test_the_journal_names_neither_letter_and_counts(replaced):
    written = str([(entry.what, entry.values, entry.reason) for entry in rounds.log("proef")])

    for serial, code in (*replaced[0], *replaced[1]):
        assert serial not in written
        assert code not in written
        assert key_of(code).hex() not in written
    assert written.count("Een gemelde brief is ongeldig gemaakt.") == LOST


def test_the_letters_of_a_pack_do_not_differ_whoever_drew_which(replaced, voting):
    drawn = {serial for serial, _ in replaced[1]}
    table = db.metadatas[BALLOTS].tables["letters"]
    spares = {serial for serial, _ in letters(voting, spare=True)}
    with db.engines[BALLOTS].connect() as connection:
        found = [row for row in connection.execute(table.select()) if row.serial in spares]

    assert {row.serial for row in found} > drawn
    assert len({(row.batch, row.area, row.status) for row in found}) == 1
    assert len({len(row.sealed) for row in found}) == 1


def test_the_ledger_names_old_keys_as_void_and_of_new_ones_only_their_pack(replaced):
    sealing.catch_up("proef", DURING)
    lines = b"\n".join(sealing.public_ledger("proef").lines)

    assert lines.count(b'"k":"revoked"') == LOST
    assert lines.count(b'"k":"spares"') == 1


def test_votes_with_old_and_new_letters_leave_letters_packs_and_roll_as_they_are(voting):
    open_pack()
    before = store()
    for _, code in (*letters(voting), *letters(voting, spare=True)):
        vote(code, 1)
        vote(code, 2, expected_version=1)
    after = store()

    for name in ("letters", "roll", "spare_packs", "letter_orders"):
        assert after[name] == before[name], name


def test_the_log_of_every_statement_holds_no_key_no_number_and_no_passphrase(
    voting, sign_in, caplog
):
    caplog.set_level(logging.DEBUG)
    (serial, code), *_ = letters(voting)
    helper = Person(sign_in(Role.HELPER))
    db.engines[BALLOTS].echo = True
    report(helper, serial)
    db.engines[BALLOTS].echo = False

    assert len(caplog.text) > 5_000
    for secret in (serial, key_of(code).hex(), "griffier fietst", "zeven appels"):
        assert secret not in caplog.text


def test_a_pack_has_no_time_and_no_envelope():
    names = {column.name for column in sa.inspect(SparePackRow).columns}

    assert names == {"municipality", "round_slug", "area", "proposed_by", "confirmed_by"}
