"""What the records tell: no code, no time, no order, no way from a letter to a ballot (T9)."""

import logging
import re
import secrets
import shutil
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from pb.ballots import sealing, service
from pb.ballots.forms import SentBallot
from pb.database.base import ballot_reading, db
from pb.tokens.domain import CodeRefused, mint_code
from tests.ballots.boxes import MIDWAY, SLUG, an_open_box, cast
from tests.ballots.voting import a_voting_round
from tests.builders import DATES

BALLOT_TABLES = ("roll", "ballots", "superseded", "pending")
# Words that would betray when, in which order, from where or by whom.
BETRAYS = {
    "at", "time", "moment", "date", "day", "hour", "created", "updated", "seen", "order",
    "sequence", "place", "position", "id", "serial", "batch", "number", "ip", "address",
    "agent", "browser", "account", "staff", "name", "code", "token", "letter", "channel",
}  # fmt: skip


def test_no_table_that_casting_writes_has_a_time_an_order_or_a_person(stores):
    for name in BALLOT_TABLES:
        for column in db.metadatas["ballots"].tables[name].columns:
            assert not BETRAYS & set(column.name.split("_")), f"{name}.{column.name}"
            assert column.type.python_type is not datetime
            assert column.server_default is None


def test_no_table_of_the_ballot_store_numbers_its_rows(only_sqlite, stores):
    with ballot_reading() as connection:
        made = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
        ).all()

    assert len(made) >= 10
    for name, sql in made:
        assert "WITHOUT ROWID" in sql, name
        assert "AUTOINCREMENT" not in sql


def everything_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def spellings(code: str) -> list[bytes]:
    plain = code.replace("-", "")
    return [
        each.encode() for each in (code, plain, plain.lower(), plain[:23], code[:14], code[15:])
    ]


def test_no_code_is_in_any_file_log_or_temporary_file(
    only_sqlite, app, web_app, clock, tmp_path, caplog, monkeypatch
):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    caplog.set_level(logging.DEBUG)
    db.engines["ballots"].echo = True
    voting = a_voting_round()
    clock.move_to(DATES.voting_opens)
    resident = web_app.test_client()
    address = f"/ronde/{voting.slug}/stemmen"
    for code in voting.codes[:5]:
        for version in range(2):
            resident.post(address, data={"choices": ["1", "2"]})
            data = {"submission": f"{version}" * 32, "content": "[1,2]", "code": code}
            resident.post(f"{address}/code", data=data)
        resident.post(f"{address}/mijn-stem", data={"code": code})
        resident.post(f"{address}/code", data={**data, "code": code[:-1] + "Z"})
    db.engines["ballots"].echo = False

    files, log = everything_under(tmp_path), caplog.text.encode()

    assert len(log) > 10_000, "the log of every statement was read"
    for code in voting.codes:
        for spelling in spellings(code):
            assert spelling not in files
            assert spelling not in log


SYMBOL = rb"[0-9A-HJKMNP-TV-Z]"
GROUP = SYMBOL + rb"{4}"
# Half of a code as it is printed, and a code without its check symbol; also in small letters.
LIKE_A_CODE = [
    re.compile(rb"(?=(" + rb"-".join([GROUP] * 3) + rb"))", re.IGNORECASE),
    re.compile(rb"(?=(" + SYMBOL + rb"{23}))", re.IGNORECASE),
]


def like_codes(content: bytes) -> set[str]:
    """Everything in there that could be a code, or half of one, in capitals."""
    return {found.upper().decode() for like in LIKE_A_CODE for found in like.findall(content)}


def parts(code: str) -> set[str]:
    return {code[:14], code[15:], code.replace("-", "")[:23]}


def test_none_of_a_thousand_codes_is_in_a_store_a_backup_or_the_log(
    only_sqlite, stores, tmp_path, caplog, monkeypatch
):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    caplog.set_level(logging.DEBUG)
    codes = an_open_box(letters=1_000).codes()
    db.engines["ballots"].echo = True
    for code in codes:
        cast(code, 1)
    for code in codes[:100]:
        cast(code, 2, expected_version=1)
        service.current_choice(SLUG, code, now=MIDWAY)
        with pytest.raises(CodeRefused):
            cast(code[:-1] + ("0" if code[-1] != "0" else "1"), 1)
    db.engines["ballots"].echo = False
    backup(tmp_path / "copy.db")

    files, log = everything_under(tmp_path), caplog.text.encode()

    planted = set().union(*map(parts, codes))
    assert len(planted) == 3_000
    assert len(files) > 3_000_000, "the store, what it still has to write into itself, and a copy"
    assert len(log) > 300_000, "the log of every statement"
    assert not planted & like_codes(files)
    assert not planted & like_codes(log)


@pytest.mark.parametrize("spelled", [str, str.lower, lambda code: code.replace("-", "")])
def test_a_code_that_lies_in_a_file_would_be_found(spelled):
    code = mint_code().grouped()

    assert parts(code) & like_codes(b"7" + spelled(code).encode() + b"7")


def table_bytes(name: str) -> list[tuple[object, ...]]:
    table = db.metadatas["ballots"].tables[name]
    with ballot_reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(table))]


# On PostgreSQL, which waits for an answer at every statement, a few of them tell as much.
VOTERS = {"sqlite": 1_000, "postgresql": 40}


def test_casting_touches_neither_the_letters_nor_the_roll(stores, store_kind):
    codes = an_open_box(letters=VOTERS[store_kind]).codes()
    sealing.catch_up(SLUG, MIDWAY)  # Whoever looks first in a round begins its ledger.
    letters, roll = table_bytes("letters"), table_bytes("roll")
    written = []

    def remember(_connection, _cursor, statement, *_rest):
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement.split()[2 if statement.startswith(("INSERT", "DEL")) else 1])

    sa.event.listen(db.engines["ballots"], "before_cursor_execute", remember)
    for code in codes:
        cast(code, 1)
    for code in codes[:40]:
        cast(code, 2, expected_version=1)

    assert set(written) == {"ballots", "superseded", "pending"}
    assert table_bytes("letters") == letters
    assert table_bytes("roll") == roll


def backup(path: Path) -> bytes:
    """Copy the ballot store as backups are made, and return the bytes."""
    with ballot_reading() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
    return path.read_bytes()


def correlation(ranks: list[int]) -> float:
    """Spearman's rank correlation with the order of the list itself."""
    count = len(ranks)
    order = {value: place for place, value in enumerate(sorted(ranks))}
    middle = (count - 1) / 2
    above = sum((place - middle) * (order[value] - middle) for place, value in enumerate(ranks))
    return above / sum((place - middle) ** 2 for place in range(count))


def raw_file(path: Path) -> bytes:
    """Return the bytes of the store itself, once everything stands in it."""
    with ballot_reading() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


def cast_in_order(codes: list[str]) -> list[bytes]:
    """Cast a ballot with each code, and return what is found back of each in a file."""
    submissions = [secrets.token_bytes(16) for _ in codes]
    for code, submission in zip(codes, submissions, strict=True):
        cast(code, 1, submission=submission)
    return submissions


def leave_the_stores() -> None:
    """Close every connection, so that the files may be copied."""
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


def order_left_by_rounds(folder: Path, *, rounds: int, letters: int) -> tuple[float, float]:
    """Vote whole rounds, each in a copy of one box that stands ready, with letters of its own.

    Where a ballot lies follows from its random key, so even a store that hides every order has
    some correlation by chance. Therefore the letters of each round vote twice, in two copies of
    the box: the second time in the opposite order. Chance cancels; what is left, was told.

    rounds: how many are voted, an even number.
    Returns: the mean correlation between when a ballot was cast and where it lies, first in
    the file of the store itself and then in a backup.
    """
    store, ready = folder / "ballots.db", folder / "ready.db"
    codes = an_open_box(letters=letters * rounds // 2).codes()
    sealing.catch_up(SLUG, MIDWAY)  # Whoever looks first in a round begins its ledger.
    raw_file(store)
    leave_the_stores()
    shutil.copy(store, ready)
    in_files, in_copies = [], []
    for start in range(0, len(codes), letters):
        for order in (1, -1):
            leave_the_stores()
            shutil.copy(ready, store)
            submissions = cast_in_order(codes[start : start + letters][::order])
            copy, raw = backup(folder / "copy.db"), raw_file(store)
            (folder / "copy.db").unlink()
            in_files.append(correlation([raw.index(each) for each in submissions]))
            in_copies.append(correlation([copy.index(each) for each in submissions]))
    assert len(in_copies) == rounds
    in_file, in_copy = sum(in_files) / rounds, sum(in_copies) / rounds
    # pytest -rP shows it; docs/measurements.md holds it.
    print(f"{rounds} rounds of {letters}: rho {in_file:+.3f} file, {in_copy:+.3f} copy")  # noqa: T201 - pytest -rP
    return in_file, in_copy


BOUND = 0.1


@pytest.mark.parametrize("rounds", [2, pytest.param(8, marks=pytest.mark.nightly)])
def test_where_2000_ballots_lie_says_nothing_of_when_they_were_cast(
    only_sqlite, stores, tmp_path, rounds
):
    in_file, in_copy = order_left_by_rounds(tmp_path, rounds=rounds, letters=2_000)

    assert abs(in_file) < BOUND
    assert abs(in_copy) < BOUND


@pytest.mark.parametrize("rounds", [100, pytest.param(1_000, marks=pytest.mark.nightly)])
def test_a_backup_of_a_small_round_says_nothing_of_when_ballots_were_cast(
    only_sqlite, stores, tmp_path, rounds
):
    # In the file itself a few pages keep rows as they came: that is why it is never a backup.
    _, in_copy = order_left_by_rounds(tmp_path, rounds=rounds, letters=15)

    assert abs(in_copy) < BOUND


def test_this_would_notice_a_store_that_keeps_ballots_as_they_come():
    assert correlation([10, 20, 30, 40]) == 1
    assert correlation([40, 30, 20, 10]) == -1


def test_replaced_choices_are_nowhere_in_a_backup(only_sqlite, stores, tmp_path):
    (code,) = an_open_box(letters=1).codes()
    cast(code, 1)
    before = table_bytes("ballots")[0]
    cast(code, 2, expected_version=1)

    copy = backup(tmp_path / "copy.db")

    assert before[4] not in copy
    assert before[5] not in copy


def test_the_stores_cannot_be_read_without_the_count_key(only_sqlite, stores, tmp_path):
    (code,) = an_open_box(letters=1).codes()
    cast(code, 1, 2, 3)

    stored = (tmp_path / "ballots.db").read_bytes() + (tmp_path / "ballots.db-wal").read_bytes()

    assert b'"c":[1,2,3]' not in stored
    assert b"nonce" not in stored


def test_what_a_voter_sent_does_not_show_itself():
    sent = SentBallot(code="K7M2QX9T", content="[3,7]", submission="00" * 16, again="")

    assert "K7M2QX9T" not in repr(sent)
    assert "[3,7]" not in repr(sent)


def test_keys_of_a_voter_do_not_show_themselves(stores):
    (code,) = an_open_box(letters=1).codes()

    holder = service._holder(code, SLUG)

    assert holder.view_key.hex() not in repr(holder)
    assert code not in repr(holder)
    assert str(holder.key_pair.private) not in repr(holder)
