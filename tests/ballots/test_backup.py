"""A backup holds everything and shows nothing; a restore never shortens a ledger."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from nacl.public import PrivateKey

from pb.ballots import publication, restoring, sealing, service
from pb.ballots.backup_commands import restore as restore_command
from pb.ballots.domain import WhySuperseded
from pb.ballots.ledger import Fact, events_of
from pb.ballots.restoring import LedgerNotGiven, LedgerNotPublished
from pb.ballots.watching import published_ledger
from pb.database.backup import BackupUnreadable, StoresNotEmpty, read_backup, write_backup
from pb.database.base import (
    BALLOTS,
    ballot_reading,
    ballot_transaction,
    current_settings,
    db,
    session,
)
from pb.database.migrations import upgrade
from pb.rounds.domain import VotingClosed
from pb.tokens import replacing
from pb.tokens.domain import CodeReplaced, VotedOnPaper
from pb.web.clock import set_clock
from tests.ballots.boxes import CLOSES, MIDWAY, OPENS, SLUG, an_open_box, cast, key_of
from tests.ballots.voting import a_voting_round
from tests.ceremonies import count_key

KEY = PrivateKey(bytes(range(32)))
HOUR = timedelta(hours=1)


@pytest.fixture
def codes(stores):
    return an_open_box(letters=60).codes()


def everything():
    """Every row of both stores, per table."""
    found = {}
    for store in (None, BALLOTS):
        with db.engines[store].connect() as connection:
            for table in db.metadatas[store].sorted_tables:
                query = sa.select(table).order_by(*table.primary_key.columns)
                found[table.name] = [tuple(row) for row in connection.execute(query)]
    return found


def empty():
    """Make both stores anew, as a new machine has them."""
    session().rollback()
    settings = current_settings()
    urls = {None: settings.database_url, BALLOTS: settings.ballot_database_url}
    for store, url in urls.items():
        engine = db.engines[store]
        if engine.dialect.name == "sqlite":
            engine.dispose()
            for path in Path(engine.url.database).parent.glob(f"{Path(engine.url.database).name}*"):
                path.unlink()
        else:
            with engine.begin() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
            engine.dispose()
        upgrade(store or "participation", url)


def back_up(tmp_path, name="kopie"):
    path = tmp_path / name
    write_backup(path, bytes(KEY.public_key))
    return path


def publish(tmp_path):
    """Keep what is published, as an observer does."""
    folder, found = tmp_path / "kept", publication.published(SLUG)
    folder.mkdir(exist_ok=True)
    (folder / "ledger.jsonl").write_bytes(found.ledger)
    (folder / "checkpoints.jsonl").write_bytes(found.checkpoints)
    (folder / "log.key").write_text(sealing.log_verifier(SLUG).written())
    return published_ledger(lambda name: (folder / name).read_bytes())


def restore(path, published):
    read_backup(
        path, bytes(KEY), lambda stored: restoring.refuse_unless_given(stored, {SLUG: published})
    )


def test_a_backup_of_a_whole_round_comes_back_row_for_row(stores, tmp_path):
    a_voting_round()
    before = everything()
    path = back_up(tmp_path)
    empty()
    assert all(not rows for rows in everything().values())

    read_backup(path, bytes(KEY))

    assert everything() == before
    assert sum(map(len, before.values())) > 100


def test_nobody_reads_a_backup_without_the_key(codes, tmp_path):
    cast(codes[0], 1)
    content = back_up(tmp_path).read_bytes()
    with ballot_reading() as connection:
        leaf = connection.scalar(sa.text("SELECT leaf FROM ballots"))

    assert SLUG.encode() not in content
    assert leaf not in content
    empty()
    with pytest.raises(BackupUnreadable, match="another key"):
        read_backup(tmp_path / "kopie", bytes(PrivateKey.generate()))


def test_a_backup_is_a_new_file_of_its_owner_only(codes, tmp_path):
    path = back_up(tmp_path)

    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        back_up(tmp_path)


@pytest.mark.parametrize("change", ["cut", "flip", "more", "other", "nothing"])
def test_a_damaged_backup_restores_nothing(codes, tmp_path, change):
    path = back_up(tmp_path)
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    broken = {
        "cut": content[:-40], "flip": flipped, "more": content + b"x",
        "other": b"PK\3\4" + content, "nothing": b"",
    }  # fmt: skip
    path.write_bytes(broken[change])
    empty()

    with pytest.raises(BackupUnreadable):
        read_backup(path, bytes(KEY))
    assert all(not rows for rows in everything().values())


def test_a_restore_writes_into_empty_stores_only(codes, tmp_path):
    path = back_up(tmp_path)
    before = everything()

    with pytest.raises(StoresNotEmpty):
        read_backup(path, bytes(KEY))
    assert everything() == before


def test_ballots_of_after_the_backup_are_named_as_lost_and_can_be_cast_again(codes, tmp_path):
    for code in codes[:25]:
        cast(code, 1)
    sealing.catch_up(SLUG, MIDWAY + HOUR)
    path = back_up(tmp_path)
    lost = [cast(code, 2).tracking_code for code in codes[25:48]]
    sealing.catch_up(SLUG, MIDWAY + 3 * HOUR)
    published = publish(tmp_path)
    empty()

    restore(path, published)
    found = restoring.take_over(SLUG, *published, MIDWAY + 4 * HOUR)
    sealing.catch_up(SLUG, MIDWAY + 4 * HOUR)

    assert found.taken_over == 23
    assert found.missing == tuple(sorted(lost))
    ledger = sealing.public_ledger(SLUG)
    assert ledger.lines[: len(published[0])] == tuple(published[0])
    assert list(ledger.checkpoints[: len(published[1])]) == published[1]
    (event,) = events_of(ledger.lines, Fact.RESTORED)
    assert len(event["missing"]) == 23
    assert cast(codes[30], 3).version == 1
    assert len(service.opened(SLUG, CLOSES, count_key(SLUG))) == 26


def test_a_restore_that_is_repeated_tells_nothing_twice(codes, tmp_path):
    for code in codes[:20]:
        cast(code, 1)
    path = back_up(tmp_path)
    sealing.catch_up(SLUG, MIDWAY + HOUR)
    published = publish(tmp_path)
    empty()
    restore(path, published)

    first = restoring.take_over(SLUG, *published, MIDWAY + 2 * HOUR)
    second = restoring.take_over(SLUG, *published, MIDWAY + 2 * HOUR)

    assert (first.taken_over, second.taken_over) == (20, 0)
    assert first.missing == second.missing == ()
    with ballot_reading() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM pending")) == 0


@pytest.mark.parametrize("was_sealed", [True, False])
def test_what_was_published_of_letters_holds_after_a_restore(stores, tmp_path, was_sealed):
    """A void letter stays void, one that voted on paper too, and an opened pack stays open."""
    box = an_open_box(letters=30, spares=20)
    lost, on_paper, *others = box.codes()
    for code in (lost, on_paper, *others):
        cast(code, 1)
    sealing.catch_up(SLUG, MIDWAY + HOUR)
    path = back_up(tmp_path) if was_sealed else None
    service.withdraw(SLUG, key_of(lost), WhySuperseded.REVOKED)
    service.withdraw(SLUG, key_of(on_paper), WhySuperseded.PAPER)
    with ballot_transaction() as connection:
        replacing.issue_published(connection, SLUG, 1)
        sealing.record(connection, SLUG, Fact.SPARES, pack=1)
    path = path or back_up(tmp_path)
    sealing.catch_up(SLUG, MIDWAY + HOUR)
    published = publish(tmp_path)
    empty()

    restore(path, published)
    restoring.take_over(SLUG, *published, MIDWAY + 2 * HOUR)
    sealing.catch_up(SLUG, MIDWAY + 2 * HOUR)

    with pytest.raises(CodeReplaced):
        cast(lost, 2, expected_version=1)
    with pytest.raises(VotedOnPaper):
        cast(on_paper, 2, expected_version=1)
    assert [cast(code, 1).version for code in box.spare_codes()] == [1] * 20
    assert {each.why.value for each in service.superseded(SLUG)} == {"revoked", "paper"}
    lines = sealing.public_ledger(SLUG).lines
    assert [len(events_of(lines, f)) for f in (Fact.REVOKED, Fact.PAPER, Fact.SPARES)] == [1] * 3
    assert len(service.opened(SLUG, CLOSES, count_key(SLUG))) == 28 + 20


def test_a_ledger_that_began_after_the_backup_goes_on_and_does_not_begin_anew(
    codes, stores, tmp_path
):
    set_clock(stores, lambda: MIDWAY + 4 * HOUR)
    path = back_up(tmp_path)
    (tmp_path / "sleutel").write_text(bytes(KEY).hex())
    for code in codes[:20]:
        cast(code, 1)
    sealing.catch_up(SLUG, MIDWAY + HOUR)
    lines, notes = publish(tmp_path)
    empty()

    done = CliRunner().invoke(
        restore_command,
        [
            str(path), "--key", str(tmp_path / "sleutel"),
            "--ledger", f"{SLUG}={tmp_path / 'kept'}", "--format", "json",
        ],
        obj=lambda: stores,
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    found = json.loads(done.output)[SLUG]
    assert (found["taken_over"], len(found["missing"])) == (23, 20)
    ledger = sealing.public_ledger(SLUG)
    assert list(ledger.lines[:23]) == lines
    assert list(ledger.checkpoints[: len(notes)]) == notes
    assert [cast(code, 1, now=MIDWAY + 4 * HOUR).version for code in codes[:20]] == [1] * 20


def test_voting_that_was_extended_in_public_does_not_close_earlier_after_a_restore(codes, tmp_path):
    sealing.catch_up(SLUG, OPENS)
    path = back_up(tmp_path)
    later = CLOSES + timedelta(days=1)
    with ballot_transaction() as connection:
        service.keep_open_until(connection, SLUG, later)
        sealing.record(connection, SLUG, Fact.EXTENDED, closes=f"{later:%Y-%m-%dT%H:%MZ}")
    sealing.catch_up(SLUG, MIDWAY)
    published = publish(tmp_path)
    empty()

    restore(path, published)
    restoring.take_over(SLUG, *published, MIDWAY)

    assert cast(codes[0], 1, now=later - HOUR).version == 1
    with pytest.raises(VotingClosed):
        cast(codes[1], 1, now=later)


def test_a_box_that_was_closed_for_the_count_stays_closed_after_a_restore(codes, tmp_path):
    cast(codes[0], 1)
    path = back_up(tmp_path)
    service.opened(SLUG, CLOSES, count_key(SLUG))
    published = publish(tmp_path)
    empty()

    restore(path, published)
    restoring.take_over(SLUG, *published, CLOSES + HOUR)

    with pytest.raises(VotingClosed):
        service.withdraw(SLUG, key_of(codes[0]), WhySuperseded.PAPER)
    assert len(service.opened(SLUG, CLOSES + HOUR, count_key(SLUG))) == 1
    assert sealing.public_ledger(SLUG).lines == tuple(published[0])


def test_a_ledger_that_was_published_otherwise_is_not_taken_over(codes, tmp_path):
    sealing.catch_up(SLUG, OPENS)
    path = back_up(tmp_path)
    lines, notes = publish(tmp_path)
    empty()

    with pytest.raises(LedgerNotPublished):
        restore(path, ([b"{}", *lines[1:]], notes))
    with pytest.raises(LedgerNotGiven):
        read_backup(path, bytes(KEY), lambda stored: restoring.refuse_unless_given(stored, {}))
    assert all(not rows for rows in everything().values())


def test_the_order_of_voting_is_not_in_a_backup(codes, tmp_path):
    for code in codes[:20]:
        cast(code, 1)
    before = everything()["ballots"]
    with ballot_transaction() as connection:  # The same rows, written in another order.
        table = db.metadatas[BALLOTS].tables["ballots"]
        connection.execute(sa.delete(table))
        for row in reversed(before):
            connection.execute(sa.insert(table).values(tuple(row)))

    from pb.database.backup import _lines

    first = list(_lines())
    assert sum(b"bytes" in line for line in first) > 20
    assert everything()["ballots"] == before


def test_the_command_makes_a_key_and_writes_a_backup(stores, tmp_path):
    from pb.ballots.backup_commands import backup

    an_open_box(letters=3)
    runner, obj = CliRunner(), lambda: stores
    made = runner.invoke(backup, ["--new-key", str(tmp_path / "sleutel")], obj=obj)
    public = made.output.strip()
    done = runner.invoke(backup, [str(tmp_path / "kopie"), "--to", public], obj=obj)
    again = runner.invoke(backup, [str(tmp_path / "kopie"), "--to", public], obj=obj)
    wrong = runner.invoke(backup, [str(tmp_path / "kopie2"), "--to", "abc"], obj=obj)

    assert (made.exit_code, done.exit_code, again.exit_code, wrong.exit_code) == (0, 0, 1, 2)
    assert (tmp_path / "sleutel").stat().st_mode & 0o777 == 0o600
    assert "rows" in done.output
