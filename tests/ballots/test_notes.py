"""Signed notes as C2SP has them: what others sign is read, what is not signed is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some
from nacl.signing import SigningKey

from pb.ballots.notes import Checkpoint, NoteRefused, Verifier, open_note, sign

# The example of the C2SP specification of signed notes.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEYS = [SigningKey(bytes([number]) * 32) for number in range(3)]
NAMES = [f"stem.example/proef/officer-{number}" for number in (1, 2, 3)]
VERIFIERS = [Verifier(name, bytes(key.verify_key)) for name, key in zip(NAMES, KEYS, strict=True)]
TEXT = "één regel\nen nog een\n"


def test_the_example_of_the_specification_is_read():
    verifier = Verifier.read(PETER)

    assert verifier.written() == PETER
    assert open_note(NOTE, [verifier]).endswith("what your problem is.\n")


def test_two_of_three_officers_are_enough_and_one_twice_is_not():
    two = sign(TEXT, (NAMES[0], KEYS[0]), (NAMES[2], KEYS[2]))
    twice = sign(TEXT, (NAMES[1], KEYS[1]), (NAMES[1], KEYS[1]))

    assert open_note(two, VERIFIERS, needed=2) == TEXT
    with pytest.raises(NoteRefused, match="1 of the 2"):
        open_note(twice, VERIFIERS, needed=2)


def test_a_signature_of_somebody_unknown_is_passed_over():
    note = sign(TEXT, (NAMES[0], KEYS[0]), ("elders.example/getuige", KEYS[2]))

    assert open_note(note, VERIFIERS[:1]) == TEXT
    with pytest.raises(NoteRefused):
        open_note(note, VERIFIERS[1:])


def test_a_wrong_signature_under_a_known_name_makes_the_whole_note_invalid():
    note = sign(TEXT, (NAMES[0], KEYS[0]), (NAMES[1], KEYS[1]))
    other = sign("iets anders\n", (NAMES[1], KEYS[1])).splitlines(keepends=True)[-1]
    mixed = note[: note.index(f"\N{EM DASH} {NAMES[1]}")] + other

    with pytest.raises(NoteRefused, match="not its own"):
        open_note(mixed, VERIFIERS, needed=1)


@given(some.integers(0), some.sampled_from(range(8)))
def test_no_bit_of_a_note_can_be_changed(place, bit):
    note = sign(TEXT, (NAMES[0], KEYS[0])).encode()
    changed = bytearray(note)
    changed[place % len(note)] ^= 1 << bit

    try:
        text = bytes(changed).decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(NoteRefused):
        open_note(text, VERIFIERS)


@pytest.mark.parametrize(
    "broken",
    ["", "\n", "geen handtekening\n", "tekst\n\n", "tekst\n\n- naam AAAA\n", "tekst\n\n— naam\n"],
)
def test_what_is_no_note_is_refused(broken):
    with pytest.raises(NoteRefused):
        open_note(broken, VERIFIERS)


def test_a_checkpoint_says_origin_size_and_root():
    checkpoint = Checkpoint("stem.example/proef", 12, bytes(range(32)))

    assert checkpoint.text().split("\n")[1] == "12"
    assert Checkpoint.read(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n1\n",
        "o\n01\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "o\n-1\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "o\n1\n" + base64.b64encode(bytes(31)).decode() + "\n",
        "o\n1\n" + base64.b64encode(bytes(32)).decode() + "\nmeer\n",
        "\n1\n" + base64.b64encode(bytes(32)).decode() + "\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteRefused):
        Checkpoint.read(text)


@pytest.mark.parametrize(
    "text", ["", "naam", "naam+00000000+AAAA", PETER.replace("c74f", "c74e"), PETER[:-1]]
)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(NoteRefused):
        Verifier.read(text)


def test_a_text_without_line_end_and_a_name_with_a_space_are_not_signed():
    with pytest.raises(ValueError, match="line end"):
        sign("zonder einde", (NAMES[0], KEYS[0]))
    with pytest.raises(ValueError, match="name"):
        Verifier("met spatie", bytes(32))
