"""``pb mint`` and ``pb letters``: the files, who can read them, and the exit codes."""

import base64
import json

import click
import pytest
from click.testing import CliRunner
from nacl.public import PrivateKey, SealedBox
from pypdf import PdfReader

from pb.tokens import service
from pb.tokens.commands import letters, mint
from pb.tokens.domain import roll_text
from pb.tokens.order import LetterOrder
from pb.web.commands import refusals_shown
from tests.ballots.voting import LISTED, SLUG, a_listed_round
from tests.builders import an_actor
from tests.ceremonies import hold_ceremony

ORDER = LetterOrder(letters=(("A1", 4), ("A2", 3)))


@pytest.fixture
def ordered(app, clock):
    """A round whose letters two people agreed on; the clock stands in it."""
    clock.move_to(LISTED)
    a_listed_round()
    hold_ceremony(SLUG, LISTED)
    service.propose(SLUG, ORDER, by=an_actor(), now=LISTED)
    service.confirm(SLUG, by=an_actor(staff_id=2), now=LISTED)


@pytest.fixture
def run(web_app):
    """Run a command as the program does: refusals become one line and code 1."""

    def run_command(command, *arguments):
        @click.group()
        def program():
            pass

        program.add_command(command)
        given = [command.name, *(str(each) for each in arguments)]

        @click.command()
        def whole_program():
            with refusals_shown():
                program(given, obj=lambda: web_app)

        return CliRunner().invoke(whole_program)

    return run_command


def test_minting_writes_everything_and_fixes_the_roll(ordered, run, tmp_path):
    folder = tmp_path / "druk"

    done = run(mint, "--round", SLUG, "--area", "A1=4", "--area", "A2=3", "--folder", folder)

    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in folder.iterdir()) == [
        "letters.jsonl", "mint.json", "print.jsonl", "roll.txt", "spares.txt",
    ]  # fmt: skip
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert (folder / "roll.txt").read_text() == roll_text(service.list_roll(SLUG))
    assert len((folder / "print.jsonl").read_text().splitlines()) == 7
    facts = json.loads((folder / "mint.json").read_text())
    assert facts["fingerprint"] == service.find_roll(SLUG).shown_fingerprint
    assert facts["fingerprint"] in done.output


def test_with_a_printers_key_only_the_printer_can_read_the_codes(ordered, run, tmp_path):
    printer = PrivateKey.generate()
    (tmp_path / "printer.pub").write_bytes(base64.b64encode(bytes(printer.public_key)) + b"\n")
    folder = tmp_path / "druk"

    done = run(
        mint, "--round", SLUG, "--folder", folder, "--printer-key", tmp_path / "printer.pub"
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    lines = SealedBox(printer).decrypt((folder / "print.sealed").read_bytes()).splitlines()
    codes = [json.loads(line)["code"] for line in lines]
    assert len(set(codes)) == 7
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for code in codes:
        assert code.encode() not in everything
        assert code.replace("-", "").encode() not in everything


def test_json_for_programs(ordered, run, tmp_path):
    done = run(mint, "--round", SLUG, "--folder", tmp_path / "druk", "--format", "json")

    assert json.loads(done.stdout)["letters"] == {"A1": 4, "A2": 3}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--area", "A1=5", "--area", "A2=3"),
        ("--area", "A1=4"),
        ("--spare", "3%"),
        ("--spare", "veel"),
    ],
)
def test_numbers_that_nobody_confirmed_are_refused(ordered, run, tmp_path, arguments):
    done = run(mint, "--round", SLUG, "--folder", tmp_path / "druk", *arguments)

    assert done.exit_code == 1
    assert not (tmp_path / "druk").exists()
    assert not service.find_roll(SLUG).is_made


def test_a_folder_with_something_in_it_is_refused(ordered, run, tmp_path):
    (tmp_path / "foto.jpg").touch()

    done = run(mint, "--round", SLUG, "--folder", tmp_path)

    assert done.exit_code == 1
    assert not service.find_roll(SLUG).is_made


def test_minting_twice_is_refused(ordered, run, tmp_path):
    assert run(mint, "--round", SLUG, "--folder", tmp_path / "een").exit_code == 0
    assert run(mint, "--round", SLUG, "--folder", tmp_path / "twee").exit_code == 1
    assert not (tmp_path / "twee").exists()


@pytest.mark.parametrize(
    "arguments",
    [(), ("--round", SLUG), ("--round", SLUG, "--folder", "x", "--area", "A1")],
)
def test_wrong_use_ends_with_code_two(ordered, run, arguments):
    assert run(mint, *arguments).exit_code == 2


def test_a_key_that_is_none_is_refused(ordered, run, tmp_path):
    (tmp_path / "printer.pub").write_text("geen sleutel")

    done = run(
        mint, "--round", SLUG, "--folder", tmp_path / "druk",
        "--printer-key", tmp_path / "printer.pub",
    )  # fmt: skip

    assert done.exit_code == 1


def test_letters_are_set_from_the_print_file(ordered, run, tmp_path):
    run(mint, "--round", SLUG, "--folder", tmp_path / "druk")

    done = run(
        letters, "--round", SLUG, "--print-file", tmp_path / "druk" / "print.jsonl",
        "--folder", tmp_path / "brieven", "--per-file", 4, "--format", "json",
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    files = json.loads(done.stdout)["files"]
    assert [len(PdfReader(path).pages) for path in files] == [4, 3]
    first = json.loads((tmp_path / "druk" / "print.jsonl").read_text().splitlines()[0])
    text = PdfReader(files[0]).pages[0].extract_text()
    assert first["serial"] in text
    assert service.find_roll(SLUG).shown_fingerprint in text


@pytest.mark.parametrize("content", ["", "geen json", '{"serial": "1"}', "[]"])
def test_a_print_file_that_is_none_is_refused(ordered, run, tmp_path, content):
    run(mint, "--round", SLUG, "--folder", tmp_path / "druk")
    (tmp_path / "print.jsonl").write_text(content)

    done = run(
        letters, "--round", SLUG, "--print-file", tmp_path / "print.jsonl",
        "--folder", tmp_path / "brieven",
    )  # fmt: skip

    assert done.exit_code == 1
    assert not (tmp_path / "brieven").exists() or not list((tmp_path / "brieven").iterdir())


@pytest.mark.parametrize("command", [mint, letters])
def test_help_says_what_every_option_is_for(run, command):
    done = run(command, "--help")

    assert done.exit_code == 0
    assert "--round" in done.output
    assert "--folder" in done.output
