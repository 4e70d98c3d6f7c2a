"""After the objection period nothing leads from a letter to a vote, and everybody sees when."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from pb.__main__ import program
from pb.accounts.domain import Role
from pb.ballots import publication, restoring, sealing
from pb.ballots.ledger import Fact, events_of
from pb.ballots.watching import watch
from pb.database.base import ballot_reading, ballot_transaction, db
from pb.journal import service as journal
from pb.results import destroying, service, verify
from pb.results.objections import (
    DESTROYED_WITHIN,
    OBJECTION_PERIOD,
    AlreadyDestroyed,
    Destruction,
    ObjectionsPossible,
    Standing,
)
from pb.rounds.domain import NotInThisState
from pb.tokens import ceremony, unlocking
from pb.tokens import destroying as handles
from pb.tokens.ceremony_rules import KeyDestroyed
from pb.tokens.officers import SharedKey
from pb.web.formats import day
from tests.builders import DATES, an_actor
from tests.ceremonies import typed
from tests.people import Person
from tests.results.votes import COUNTED, PUBLISHED, SLUG

MANAGER = an_actor(Role.ROUND_MANAGER, staff_id=12)
OVER = PUBLISHED + OBJECTION_PERIOD
LATE = OVER + DESTROYED_WITHIN
PROMISES = f"/ronde/{SLUG}/controle/zelf"
STAFF = f"/beheer/ronde/{SLUG}"


def destroy(now=OVER):
    destroying.destroy(SLUG, by=MANAGER, now=now)


def rows(*names):
    with ballot_reading() as connection:
        return {
            name: connection.execute(sa.select(db.metadatas["ballots"].tables[name])).all()
            for name in names
        }


def events():
    return events_of(sealing.public_ledger(SLUG).lines, Fact.DESTROYED)


# --- the rule --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (PUBLISHED, Standing.WAITING),
        (OVER - timedelta(seconds=1), Standing.WAITING),
        (OVER, Standing.DUE),
        (LATE - timedelta(seconds=1), Standing.DUE),
        (LATE, Standing.LATE),
    ],
)
def test_six_weeks_people_can_object_and_two_weeks_later_it_is_late(now, standing):
    assert (OBJECTION_PERIOD.days, DESTROYED_WITHIN.days) == (42, 14)
    assert Destruction(published_at=PUBLISHED).standing(now) is standing
    assert Destruction(published_at=PUBLISHED, done_at=OVER).standing(now) is Standing.DONE


# --- the act ---------------------------------------------------------------------------------


def test_nothing_is_destroyed_before_there_is_a_result_to_object_to(counted):
    with pytest.raises(NotInThisState):
        destroy(COUNTED)

    assert destroying.find(SLUG) is None
    assert not handles.are_destroyed(SLUG)


def test_nothing_is_destroyed_while_people_can_object(published):
    before = rows(*handles.TABLES)

    with pytest.raises(ObjectionsPossible):
        destroy(OVER - timedelta(seconds=1))

    assert rows(*handles.TABLES) == before
    assert events() == []


def test_afterwards_nobody_opens_the_revocation_key_and_no_letter_holds_a_handle(published):
    destroy()

    assert handles.are_destroyed(SLUG)
    with pytest.raises(KeyDestroyed):
        unlocking.unlock(SLUG, SharedKey.REVOCATION, typed())
    found = rows(*handles.TABLES)
    assert {row.sealed for row in found["letters"]} == {b""}
    assert {row.purpose for row in found["pair_locks"]} == {"count"}
    # Nor is there anything for the code in the envelope.
    in_envelope = {row.purpose: row.for_envelope for row in found["shared_keys"]}
    assert in_envelope["revocation"] == b"" != in_envelope["count"]


def test_what_is_public_and_the_count_key_stay(published):
    before, keys = rows("roll", "ballots", "superseded"), ceremony.find(SLUG).public_keys
    numbers = {row.serial for row in rows("letters")["letters"]}

    destroy()

    assert rows("roll", "ballots", "superseded") == before
    assert ceremony.find(SLUG).public_keys == keys
    assert {row.serial for row in rows("letters")["letters"]} == numbers
    assert unlocking.unlock(SLUG, SharedKey.COUNT, typed()).public_key == keys[SharedKey.COUNT]


def test_the_keys_of_another_round_stay(published, app):
    with ballot_transaction() as connection:
        for name in handles.TABLES:
            table = db.metadatas["ballots"].tables[name]
            copies = [{**row._mapping, "round_slug": "ander"} for row in rows(name)[name]]
            connection.execute(sa.insert(table), copies)

    destroy()

    assert not handles.are_destroyed("ander")


def test_the_ledger_says_what_was_destroyed_and_only_grew(published, tmp_path):
    kept = tmp_path / "kept"

    def files(name):
        found = publication.published(SLUG)
        return {
            "ledger.jsonl": found.ledger,
            "checkpoints.jsonl": found.checkpoints,
            "config.json": found.config,
        }[name]

    watch(files, kept)
    destroy()

    assert [event["what"] for event in events()] == ["letters", "revocation-key"]
    assert watch(files, kept).added == 2
    assert verify.verify_bytes(service.bundle(SLUG)).verified


def test_the_public_log_says_who_did_it_and_when(published):
    destroy(OVER + timedelta(days=1))

    entry = journal.list_for_round(SLUG)[0]
    assert (entry.what, entry.at, entry.by) == (
        destroying.SAID, OVER + timedelta(days=1), MANAGER.label,
    )  # fmt: skip
    assert destroying.find(SLUG).done_at == OVER + timedelta(days=1)


def test_it_is_done_once(published):
    destroy()

    with pytest.raises(AlreadyDestroyed):
        destroy(LATE)

    assert len(events()) == 2


def test_after_a_crash_half_way_it_is_finished_and_the_ledger_says_it_once(published, monkeypatch):
    def crash(*_arguments, **_values):
        raise RuntimeError("the power went out")

    monkeypatch.setattr(journal, "record", crash)
    with pytest.raises(RuntimeError):
        destroy()
    monkeypatch.undo()
    assert destroying.find(SLUG).done_at is None

    destroy(OVER + timedelta(hours=1))

    assert destroying.find(SLUG).done_at == OVER + timedelta(hours=1)
    assert len(events()) == 2


def test_a_backup_that_brings_it_back_is_late_until_it_is_destroyed_again(published):
    before = rows(*handles.TABLES)
    destroy()
    with ballot_transaction() as connection:
        for name, found in before.items():
            table = db.metadatas["ballots"].tables[name]
            connection.execute(sa.delete(table))
            connection.execute(sa.insert(table), [dict(row._mapping) for row in found])
    assert destroying.find(SLUG).standing(LATE) is Standing.LATE

    destroy(LATE)

    assert destroying.find(SLUG).standing(LATE) is Standing.DONE


def test_a_restore_follows_what_the_published_ledger_says(published):
    lines = sealing.public_ledger(SLUG).lines
    with ballot_transaction() as connection:
        restoring._follow(connection, SLUG, lines)
    assert not handles.are_destroyed(SLUG)

    said = b'{"k":"destroyed","t":"event","what":"letters"}'
    with ballot_transaction() as connection:
        restoring._follow(connection, SLUG, [*lines, said])
    assert handles.are_destroyed(SLUG)


def test_nothing_of_it_is_left_in_the_files(published, settings):
    if not settings.ballot_database_url.startswith("sqlite"):
        return  # PostgreSQL writes the tables anew; its files are not ours to read.
    store = settings.key_directory.parent / "ballots.db"
    gone = {row.sealed for row in rows("letters")["letters"]}
    gone |= {r.locked for r in rows("pair_locks")["pair_locks"] if r.purpose == "revocation"}

    def found():
        content = b"".join(path.read_bytes() for path in store.parent.glob("ballots.db*"))
        return {each for each in gone if each in content}

    assert found() == gone
    destroy()
    db.engines["ballots"].dispose()
    assert found() == set()


# --- the pages and the command -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (PUBLISHED, "Bezwaar kan tot"),
        (OVER, "Bezwaar kan tot"),
        (LATE, "De sleutel is nog niet vernietigd. Dat moest op"),
    ],
)
def test_the_page_of_the_promises_says_how_it_stands(published, resident, clock, now, says):
    clock.move_to(now)
    page = resident.get(PROMISES).text

    assert says in page
    assert ("pb-notice--late" in page) is (now == LATE)


def test_the_page_of_the_promises_says_the_day(published, resident, clock):
    destroy()
    clock.move_to(LATE)

    page = resident.get(PROMISES).text
    assert f"De sleutel is vernietigd op {day(OVER)}" in page
    assert "pb-notice--late" not in page


def test_before_the_result_the_page_of_the_promises_says_nothing_of_it(voted, resident, clock):
    clock.move_to(DATES.voting_opens)

    assert "Bezwaar" not in resident.get(PROMISES).text


def test_a_counter_destroys_it_with_a_button_when_it_is_time(published, sign_in, clock):
    clock.move_to(PUBLISHED)
    counter = Person(sign_in(Role.COUNTER))
    counter.open(f"{STAFF}/telling").sees("Bezwaar kan tot")
    counter.does_not_see("Vernietig de sleutel")

    clock.move_to(OVER)
    again = Person(sign_in(Role.ROUND_MANAGER))
    again.open(f"{STAFF}/telling").press("Vernietig de sleutel")

    again.sees("De sleutel is vernietigd op").does_not_see("Vernietig de sleutel")
    assert handles.are_destroyed(SLUG)


def test_who_presses_too_early_is_told_until_when(published, sign_in, clock):
    clock.move_to(PUBLISHED)
    answer = sign_in(Role.COUNTER).post(f"{STAFF}/telling/sleutel-vernietigen")

    assert answer.status_code == 409
    assert "De bezwaartermijn loopt tot" in answer.text


def pb_key_destroy(web_app):
    return CliRunner().invoke(program, ["key", "destroy", SLUG], obj=lambda: web_app)


def test_an_operator_destroys_it_from_the_command_line(published, web_app, clock):
    clock.move_to(OVER)
    done = pb_key_destroy(web_app)

    assert done.exit_code == 0, done.output
    assert "the revocation key and the handles in all letters are destroyed" in done.output
    assert handles.are_destroyed(SLUG)


def test_the_command_line_is_refused_too_while_people_can_object(published, web_app, clock):
    clock.move_to(PUBLISHED)

    assert isinstance(pb_key_destroy(web_app).exception, ObjectionsPossible)
    assert not handles.are_destroyed(SLUG)
