"""Who watches a ledger sees that it grows, and notices at once when it does anything else."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from nacl.signing import SigningKey

from pb.ballots import publication, sealing
from pb.ballots.ledger import seal_of
from pb.ballots.merkle import root_of
from pb.ballots.notes import Checkpoint, Verifier, sign
from pb.ballots.watch_commands import watch_ledger
from pb.foundation.canonical import canonical_json
from tests.ballots.boxes import MIDWAY, SLUG, an_open_box, cast

NAME = "stem.example/proef"
KEY = SigningKey(bytes(range(32)))
VERIFIER = Verifier(NAME, bytes(KEY.verify_key))
FIRST = [b'{"k":"config","t":"event"}', b'{"k":"roll","t":"event"}', b'{"k":"open","t":"event"}']


def ballots(start, number):
    return list(seal_of([], [bytes([start + each]) * 32 for each in range(number)]).lines)


def publish(folder, *seals, key=KEY, name=NAME):
    """Write the files of a ledger: a checkpoint after each of these groups of lines."""
    folder.mkdir(exist_ok=True)
    lines, notes = [], []
    for group in seals:
        lines += group
        checkpoint = Checkpoint(name, len(lines), root_of(lines))
        notes.append({"note": sign(checkpoint.text(), (name, key))})
    (folder / "ledger.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "checkpoints.jsonl").write_bytes(
        b"".join(canonical_json(note) + b"\n" for note in notes)
    )
    verifier = Verifier(name, bytes(key.verify_key)).written()
    (folder / "config.json").write_text(json.dumps({"keys": {"log": verifier}}))
    return folder


@pytest.fixture
def look(tmp_path):
    """Look at a folder as an observer does; returns the exit code and what was said."""

    def looked(folder, *more):
        done = CliRunner().invoke(
            watch_ledger, [str(folder), "--keep", str(tmp_path / "kept"), *more]
        )
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, done.output

    return looked


def test_a_ledger_that_grows_is_fine_every_time(look, tmp_path):
    site = publish(tmp_path / "site", FIRST)
    first = look(site)
    publish(site, FIRST, ballots(0, 20))
    second = look(site)
    third = look(site)

    assert [each[0] for each in (first, second, third)] == [0, 0, 0]
    assert "23 lines, 20 of them new; 20 lines of ballots; 2 checkpoints" in second[1]
    assert "0 of them new" in third[1]


def test_a_ledger_that_lost_a_line_is_noticed(look, tmp_path):
    site = publish(tmp_path / "site", FIRST, ballots(0, 21))
    look(site)
    publish(site, FIRST, ballots(0, 20))

    code, said = look(site)

    assert code == 1
    assert "shrank: 24 lines were seen, 23 are left" in said
    assert look(site)[0] == 1, "what was kept stays"


def test_a_line_that_changed_is_noticed(look, tmp_path):
    site = publish(tmp_path / "site", FIRST, ballots(0, 20))
    look(site)
    publish(site, FIRST, ballots(1, 20))

    assert look(site)[0] == 1


def test_another_key_is_noticed(look, tmp_path):
    site = publish(tmp_path / "site", FIRST)
    look(site)
    publish(site, FIRST, key=SigningKey(bytes(32)))

    code, said = look(site)

    assert code == 1
    assert "not signed by the log key" in said


def test_a_key_from_elsewhere_must_be_the_one_that_signs(look, tmp_path):
    site = publish(tmp_path / "site", FIRST)

    assert look(site, "--key", Verifier(NAME, bytes(32)).written())[0] == 1
    assert look(site, "--key", VERIFIER.written())[0] == 0
    assert look(site, "--key", "geen sleutel")[0] == 2


def test_a_seal_with_few_ballots_is_noticed_unless_it_is_the_last(look, tmp_path):
    last = publish(tmp_path / "last", FIRST, ballots(0, 20), ballots(30, 3))
    early = publish(tmp_path / "early", FIRST, ballots(0, 3), ballots(30, 20))

    assert look(last)[0] == 0
    code, said = look(early, "--keep", str(tmp_path / "other"))
    assert code == 1
    assert "too few" in said


def test_ballots_in_the_order_in_which_they_came_are_noticed(look, tmp_path):
    code, said = look(publish(tmp_path / "site", FIRST, ballots(0, 20)[::-1]))

    assert code == 1
    assert "not sorted" in said


def test_a_checkpoint_that_is_no_prefix_is_noticed(look, tmp_path):
    site = publish(tmp_path / "site", FIRST, ballots(0, 20))
    (site / "checkpoints.jsonl").write_bytes(
        (publish(tmp_path / "other", FIRST, ballots(1, 20)) / "checkpoints.jsonl").read_bytes()
    )

    assert look(site)[0] == 1


def test_a_checkpoint_that_is_gone_is_noticed(look, tmp_path):
    site = publish(tmp_path / "site", FIRST, ballots(0, 20))
    look(site)
    publish(site, [*FIRST, *ballots(0, 20)])

    code, said = look(site)

    assert code == 1
    assert "gone" in said


@pytest.mark.parametrize("broken", [b"", b'{"note":', b'{"note":1}\n', b"[]\n", b"\xff\n"])
def test_what_cannot_be_read_is_no_accusation(look, tmp_path, broken):
    site = publish(tmp_path / "site", FIRST)
    look(site)
    (site / "checkpoints.jsonl").write_bytes(broken)

    assert look(site)[0] in ({1} if broken == b"" else {2})


def test_an_address_that_answers_nothing_is_no_accusation(look):
    code, said = look("http://127.0.0.1:9/ronde/proef/controle/logboek")

    assert code == 2
    assert said.startswith("Could not look")


def test_what_the_service_publishes_is_fine(stores, look, tmp_path):
    codes = an_open_box(letters=45).codes()
    site = tmp_path / "site"
    site.mkdir()
    (site / "config.json").write_bytes(b"{}")
    for number, code in enumerate(codes, 1):
        cast(code, 1)
        if number in (20, 45):
            sealing.catch_up(SLUG, MIDWAY + number * timedelta(minutes=5))
            found = publication.published(SLUG)
            (site / "ledger.jsonl").write_bytes(found.ledger)
            (site / "checkpoints.jsonl").write_bytes(found.checkpoints)
            key = sealing.log_verifier(SLUG).written()
            assert look(site, "--key", key)[0] == 0
    assert len(found.checkpoints.splitlines()) == 3
