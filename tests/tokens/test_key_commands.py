"""``pb key``: the ceremony in a terminal, its exit codes, and nothing secret in what it prints."""

import json
import re

import click
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from pb.__main__ import program
from pb.tokens import ceremony, unlocking
from pb.tokens.officers import SharedKey
from pb.web.commands import refusals_shown
from tests.ballots.voting import LISTED, SLUG
from tests.builders import a_round
from tests.ceremonies import LABELS, PASSPHRASES, appoint, hold_ceremony

NEW = "een splinternieuwe wachtzin"
CODE = re.compile(r"((?:[0-9A-Z]{4}-){2}[0-9A-Z]{4})\s+((?:[0-9A-Z]{4}-){2}[0-9A-Z]{4})")


@pytest.fixture
def known(app, clock):
    clock.move_to(LISTED)
    return a_round()


@pytest.fixture
def recovery(known):
    return hold_ceremony(SLUG, LISTED)


@pytest.fixture
def key(web_app):
    """Run ``pb key`` as the program does: refusals become one line and code 1."""

    def run(*arguments, typed=""):
        @click.command()
        def whole_program():
            with refusals_shown():
                program(["key", *(str(each) for each in arguments)], obj=lambda: web_app)

        done = CliRunner().invoke(whole_program, input=typed)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


@pytest.fixture
def file_of(tmp_path):
    """Write a file with passphrases of officers."""

    def write(*numbers, **words):
        path = tmp_path / "wachtzinnen.txt"
        chosen = PASSPHRASES | {int(name[1:]): value for name, value in words.items()}
        path.write_text("".join(f"{number} {chosen[number]}\n" for number in numbers))
        return path

    return write


def two(first=1, second=2, **words):
    chosen = PASSPHRASES | {int(name[1:]): value for name, value in words.items()}
    return f"{first}\n{chosen[first]}\n{second}\n{chosen[second]}\n"


def code_in(path):
    (page,) = PdfReader(path).pages
    return "-".join(CODE.search(page.extract_text()).groups())


def test_three_officers_hold_the_ceremony_in_a_terminal(known, key, tmp_path):
    typed = "".join(f"{LABELS[n]}\n{words}\n{words}\n" for n, words in PASSPHRASES.items())
    envelope = tmp_path / "envelop.pdf"

    done = key("new", SLUG, "--envelope", envelope, typed=typed)

    assert done.exit_code == 0, done.output
    assert ceremony.public_key(SLUG, SharedKey.COUNT).hex() in done.stdout
    assert "Rehearsed: no pair yet" in done.stdout
    assert envelope.stat().st_mode & 0o777 == 0o600
    assert unlocking.unlock_by_envelope(SLUG, code_in(envelope))
    for secret in (*PASSPHRASES.values(), code_in(envelope)):
        assert secret not in done.output
    for first, second in ((1, 2), (1, 3)):
        rehearsed = key("rehearse", SLUG, typed=two(first, second))
        assert rehearsed.exit_code == 0, rehearsed.output
    assert "Ready for the voting." in rehearsed.stdout
    assert ceremony.find(SLUG).is_rehearsed


def test_officers_who_chose_on_the_page_are_not_asked_again(known, key, tmp_path, file_of):
    appoint(SLUG, LISTED, 1, 3)

    done = key(
        "new", SLUG, "--envelope", tmp_path / "envelop.pdf", "--passphrase-file", file_of(2),
        "--format", "json",
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert facts["officers"] == {"1": "Griffier", "2": "Teller", "3": "Notaris"}
    assert facts["ready"] is False
    assert key("open", SLUG, typed=two(2, 3)).exit_code == 0


@pytest.mark.parametrize("pair", [(1, 2), (3, 1), (2, 3)])
def test_any_two_open_and_nothing_secret_is_shown(recovery, key, pair):
    done = key("open", SLUG, typed=two(*pair))

    assert done.exit_code == 0, done.output
    assert not any(words in done.output for words in PASSPHRASES.values())
    opened = unlocking.unlock_by_envelope(SLUG, recovery)
    assert not any(bytes(each.revealed()).hex() in done.output for each in opened.values())


@pytest.mark.parametrize("command", [("open",), ("rehearse",), ("wrap", "--officer", 3)])
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (two(c1="niet deze wachtzin"), "klopt niet: 1 (Griffier)"),
        (two(c2="niet deze wachtzin"), "klopt niet: 2 (Teller)"),
        (two(1, 1), "twee verschillende sleutelhouders"),
    ],
)
def test_two_who_do_not_open_get_one_line_and_code_one(recovery, key, command, typed, words):
    before = ceremony.find(SLUG)

    done = key(command[0], SLUG, *command[1:], typed=typed + f"{NEW}\n{NEW}\n")

    assert done.exit_code == 1
    assert words in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.output
    assert ceremony.find(SLUG) == before


def test_the_code_in_the_envelope_opens_and_another_does_not(recovery, key):
    assert key("open", SLUG, "--recovery", typed=f"{recovery}\n").exit_code == 0
    wrong = key("open", SLUG, "--recovery", typed="0000-0000-0000-0000-0000-0000\n")

    assert wrong.exit_code == 1
    assert "herstelcode klopt niet" in wrong.stderr
    assert recovery not in wrong.output


def test_an_officer_gets_another_passphrase(recovery, key, file_of):
    done = key(
        "wrap", SLUG, "--officer", 3, "--label", "Rekenkamer",
        "--passphrase-file", file_of(1, 2), typed=f"{NEW}\n{NEW}\n",
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    assert "Officer 3: Rekenkamer" in done.stdout
    assert key("open", SLUG, typed=two(1, 3, c3=NEW)).exit_code == 0
    assert key("open", SLUG, typed=two(1, 3)).exit_code == 1


def test_the_envelope_gives_an_officer_another_passphrase(recovery, key):
    done = key(
        "wrap", SLUG, "--officer", 1, "--recovery", typed=f"{recovery}\n{NEW}\n{NEW}\n"
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    assert key("open", SLUG, typed=two(c1=NEW)).exit_code == 0


def test_a_file_that_is_there_already_is_not_written_over(known, key, tmp_path):
    (tmp_path / "envelop.pdf").write_text("van mij")

    done = key("new", SLUG, "--envelope", tmp_path / "envelop.pdf")

    assert done.exit_code == 1
    assert (tmp_path / "envelop.pdf").read_text() == "van mij"
    assert not ceremony.find(SLUG).officers


def test_when_the_letter_cannot_be_written_there_are_no_keys(known, key, tmp_path, file_of):
    done = key(
        "new", SLUG, "--envelope", tmp_path / "nergens" / "envelop.pdf",
        "--passphrase-file", file_of(1, 2, 3),
    )  # fmt: skip

    assert done.exit_code == 1
    assert not ceremony.find(SLUG).is_made


def test_a_ceremony_is_held_once(recovery, key, tmp_path):
    done = key("new", SLUG, "--envelope", tmp_path / "envelop.pdf")

    assert done.exit_code == 1
    assert "De sleutels zijn al gemaakt." in done.stderr
    assert not (tmp_path / "envelop.pdf").exists()


@pytest.mark.parametrize("command", ["open", "rehearse"])
def test_without_a_ceremony_there_is_nothing_to_open(known, key, command):
    done = key(command, SLUG, typed=two())

    assert done.exit_code == 1
    assert "Doe eerst de sleutelceremonie" in done.stderr


@pytest.mark.parametrize("content", ["geen nummer", "4 wachtzin", "1", "1 \n", "\xff\xfe"])
def test_a_file_that_holds_something_else_is_wrong_use(recovery, key, tmp_path, content):
    path = tmp_path / "wachtzinnen.txt"
    path.write_bytes(content.encode("latin-1"))

    assert key("open", SLUG, "--passphrase-file", path).exit_code == 2


@pytest.mark.parametrize(
    "arguments", [("new", SLUG), ("wrap", SLUG), ("open",), ("wrap", SLUG, "--officer", 4)]
)
def test_wrong_use_ends_with_code_two(known, key, arguments):
    assert key(*arguments).exit_code == 2
