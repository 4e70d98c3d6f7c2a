"""The parts of the verifier, against what others published and against other programs."""

import hashlib
import itertools
import json
import random
import zipfile
from io import BytesIO

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from pb.results import verify
from pb.results.verify import (
    CURVE_D,
    ORDER,
    ORDER_EIGHT,
    PRIME,
    SMALL_ORDER,
    Tree,
    canonical,
    fastest_signed,
    pack,
    point_of,
    read_key,
    read_note,
    signed_in_python,
    symbols,
    usable_key,
)
from tests.results import bundles
from tests.results.bundles import b64, tree_hash, verifier_key
from tests.results.equivalent_verifiers import EQUIVALENT

# --- Ed25519 ---------------------------------------------------------------------------------

#: RFC 8032 7.1: public key, message, signature. The fourth is its test "SHA(abc)".
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
]
BOTH = pytest.mark.parametrize(
    "signed", [signed_in_python, fastest_signed()], ids=["own", "quickest"]
)


@BOTH
@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_hold(signed, public, message, signature):
    key, said, sig = map(bytes.fromhex, (public, message, signature))

    assert signed(key, said, sig)
    assert not signed(key, said + b"\0", sig)
    assert not signed(key, said, sig[:32] + bytes(32))
    assert not signed(key, said, sig + b"\0")
    assert not signed(key, said, sig[:63])
    assert not signed(key, said, b"")


def by_cryptography(public, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def by_nacl(public, message, signature):
    try:
        VerifyKey(public).verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def agree(number, seed):
    """Compare good and spoiled signatures with two libraries."""
    rng = random.Random(seed)  # noqa: S311 - the same signatures every time
    quickest = fastest_signed()
    kinds = {True: 0, False: 0}
    for _ in range(number):
        key = Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
        message = rng.randbytes(rng.randrange(80))
        parts = [key.public_key().public_bytes_raw(), message, key.sign(message)]
        if rng.random() < 0.7:
            place = rng.choice([0, 2, 2]) if not message else rng.randrange(3)
            spoiled = bytearray(parts[place])
            spoiled[rng.randrange(len(spoiled))] ^= 1 << rng.randrange(8)
            parts[place] = bytes(spoiled)
        own = signed_in_python(*parts)
        assert own == quickest(*parts) == by_cryptography(*parts) == by_nacl(*parts), parts
        kinds[own] += 1
    assert min(kinds.values()) > number // 10


def test_signatures_are_judged_as_two_libraries_judge_them():
    agree(300, "ordinary")


@pytest.mark.nightly
def test_many_signatures_are_judged_as_two_libraries_judge_them():
    agree(30_000, "nightly")


@BOTH
def test_a_scalar_is_written_in_one_way_only(signed):
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"x")
    scalar = int.from_bytes(signature[32:], "little")

    assert signed(public, b"x", signature)
    for times in range(1, 15):
        raised = (scalar + times * ORDER).to_bytes(32, "little")
        assert not signed(public, b"x", signature[:32] + raised)
    assert not signed(public, b"x", signature[:32] + ORDER.to_bytes(32, "little"))


def encoded(height, sign=0):
    return (height | sign << 255).to_bytes(32, "little")


@BOTH
def test_keys_of_small_order_say_nothing(signed):
    for height in SMALL_ORDER:
        for sign in (0, 1):
            key = encoded(height, sign)
            assert not usable_key(key)
            # With such a key the neutral point and no scalar would sign one message in eight.
            assert not any(signed(key, bytes([n]), encoded(1) + bytes(32)) for n in range(64))


def test_the_heights_of_small_order_are_all_there_are():
    for height in SMALL_ORDER:
        point = (*point_of(encoded(height)), 1, 0)
        point = (*point[:3], point[0] * point[1] % PRIME)
        for _ in range(3):
            point = verify.double(point)
        assert point[0] == 0
        assert point[1] == point[2]
    # The curve has eight points of small order: two of each height but 1 and -1.
    signs = [2 if height not in (1, PRIME - 1) else 1 for height in SMALL_ORDER]
    assert sum(signs) == 8
    assert (ORDER_EIGHT**4 * CURVE_D + 2 * ORDER_EIGHT**2 - 1) % PRIME == 0


@BOTH
@pytest.mark.parametrize("height", [2, 7, 2**255 - 20, 2**255 - 19, 2**255 - 18, 2**255 - 1])
def test_heights_that_are_no_point_or_not_canonical_are_no_keys(signed, height):
    key = encoded(height)

    assert point_of(key) is None or not usable_key(key)
    assert not signed(key, b"x", encoded(1) + bytes(32))
    assert not signed(encoded(height, 1), b"x", encoded(1) + bytes(32))


def test_a_key_that_is_not_canonical_is_not_usable_and_its_canonical_one_is():
    # 3 and PRIME + 3 are the same height, and a point of full order has it.
    assert point_of(encoded(3)) is not None
    assert usable_key(encoded(3))
    assert not usable_key(encoded(PRIME + 3))
    assert not usable_key(encoded(PRIME))
    assert usable_key(encoded(PRIME - 2))
    assert not usable_key(encoded(3)[:31])
    assert not usable_key(encoded(3) + b"\0")


def test_both_signs_of_a_height_are_two_points():
    x, y = point_of(encoded(3))
    other, same = point_of(encoded(3, 1))

    assert (x + other, y) == (PRIME, same)
    assert (x & 1, other & 1) == (0, 1)


def test_a_number_is_the_sum_of_its_digits():
    rng = random.Random(8)  # noqa: S311 - the same numbers every time
    for width in (5, 8):
        for number in [
            0,
            1,
            2,
            15,
            16,
            17,
            127,
            128,
            ORDER - 1,
            *(rng.randrange(ORDER) for _ in range(99)),
        ]:
            digits = verify.digits_of(number, width)
            assert sum(digit << place for place, digit in digits.items()) == number
            assert all(abs(digit) < 1 << width - 1 and digit % 2 for digit in digits.values())
            places = sorted(digits)
            assert all(b - a >= width for a, b in itertools.pairwise(places))


def test_products_of_the_base_point_with_nothing_are_neutral():
    assert verify.two_products(0, 0, *verify.BASE) == encoded(1)
    assert verify.two_products(1, 0, *verify.BASE) == encoded(verify.BASE[1])
    assert verify.two_products(0, 1, *verify.BASE) == encoded(verify.BASE[1])
    assert verify.two_products(5, ORDER - 5, *verify.BASE) == encoded(1)


def test_without_the_package_the_own_function_is_used(monkeypatch):
    monkeypatch.setitem(verify.sys.modules, "cryptography.exceptions", None)

    assert fastest_signed() is signed_in_python


# --- the tree --------------------------------------------------------------------------------

#: The test data of Certificate Transparency: eight leaves, and the roots over the first n.
LEAVES = [
    *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_roots_are_those_of_certificate_transparency():
    tree = Tree()
    roots = [tree.root().hex()]
    for leaf in LEAVES:
        tree.append(bytes.fromhex(leaf))
        roots.append(tree.root().hex())

    assert roots == ROOTS
    assert [root.hex() for root in verify.roots_of(list(map(bytes.fromhex, LEAVES)))] == ROOTS


def test_roots_are_those_of_the_definition_for_every_size_up_to_300():
    lines = [str(number).encode() for number in range(300)]
    roots = verify.roots_of(lines)

    assert roots == [tree_hash(lines[:size]) for size in range(301)]


# --- notes and keys --------------------------------------------------------------------------

#: The example of c2sp.org/signed-note, and that of the Go package note: keys, text, signatures.
SPECIFIED = (
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    (
        "This is an example message.\n\n"
        "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2"
        "ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    ),
)
OF_GO = (
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
    (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZIn"
        "NIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n"
        "2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
    ),
)


def test_the_example_of_the_specification_holds():
    key = read_key(SPECIFIED[0])

    assert read_note(SPECIFIED[1], [key], signed_in_python) == (
        "This is an example message.\n",
        {key},
    )
    with pytest.raises(ValueError, match=r"a wrong signature of example\.com/foo"):
        read_note(
            SPECIFIED[1].replace("example message", "example massage"), [key], signed_in_python
        )


def test_a_note_with_two_signers_tells_which_of_the_known_signed():
    peter, enoch = map(read_key, OF_GO[:2])

    assert read_note(OF_GO[2], [peter, enoch], signed_in_python)[1] == {peter, enoch}
    assert read_note(OF_GO[2], [enoch], signed_in_python)[1] == {enoch}
    assert read_note(OF_GO[2], [read_key(SPECIFIED[0])], signed_in_python)[1] == set()


def test_a_text_may_have_empty_lines_of_its_own():
    key = bundles.some_keys(1).log
    made = bundles.note("one\n\ntwo\n", ("example.com", key))

    assert read_note(made, [read_key(verifier_key("example.com", key))], signed_in_python) == (
        "one\n\ntwo\n",
        {read_key(verifier_key("example.com", key))},
    )


def test_a_signature_with_another_id_is_that_of_somebody_else():
    key = read_key(SPECIFIED[0])
    others = SPECIFIED[1].replace(" Uw2Q", " Vw2Q")

    assert read_note(others, [key], signed_in_python)[1] == set()


@pytest.mark.parametrize(
    "text",
    [
        SPECIFIED[0][:-1],
        SPECIFIED[0] + "=",
        SPECIFIED[0].replace("530d", "530e"),
        SPECIFIED[0].replace("530d903a", "530D903A"),
        SPECIFIED[0].replace("example", "exampla"),
        SPECIFIED[0].replace("example.com/foo", ""),
        SPECIFIED[0].replace("example.com/foo", "example com"),
        SPECIFIED[0].replace("+A", "+B"),
        " " + SPECIFIED[0],
        SPECIFIED[0] + "\n",
        "",
        None,
        5,
    ],
)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(ValueError, match="is not "):
        read_key(text)


def test_a_verifier_key_may_have_a_plus_in_its_base64():
    key = read_key("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")

    assert (key.name, key.id.hex()) == ("sum.golang.org", "033de0ae")


# --- small things ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        {"b": [1, -1, 0, True, False, None], "a": {"ü": "“\u2028\x7f\U0001f600"}},
        '\x00\x1f\b\t\n\f\r"\\/',
        [],
        (1 << 53) - 1,
    ],
)
def test_canonical_json_is_read_back(value):
    text = bundles.canonical(value).decode()

    assert canonical(text) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}', '{"b":1,"a":1}', '{"a":1,"a":1}', "1.0", "1e2", "-0", "01", "NaN", "Infinity",
        "-Infinity", str(1 << 53), str(-(1 << 53)), "9" * 5000, '"\\u0041"', '"\\u001F"', '"\\/"',
        '"\\ud83d\\ude00"', '"\\ud800"', " 1", "1\n", "", "[1,]", "'a'", '"\n"', "\ufeff1",
        "[" * 100_000, "[" * 100_000 + "]" * 100_000, "nul", '{"a"}',
    ],
)  # fmt: skip
def test_what_is_not_canonical_json_is_refused(text):
    with pytest.raises(ValueError, match=r"^is not canonical JSON$"):
        canonical(text)


@pytest.mark.parametrize(
    "text", ["AA=", "AA", "AB==", "AA==\n", " AA==", "A-==", "é", None, 5, "AAA="]
)
def test_what_is_not_the_only_base64_of_a_byte_is_refused(text):
    assert verify.from_b64("AA==", 1) == b"\0"
    with pytest.raises(ValueError, match="is not written in base64"):
        verify.from_b64(text, 1)


def test_symbols_are_the_first_bits():
    assert symbols(bytes(32), 20) == "0" * 20
    assert symbols(b"\xff" * 32, 12) == "Z" * 12
    assert symbols(bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df" + "00" * 12), 32) == (
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    )


def test_the_zip_file_is_what_another_program_reads():
    files = {"b.txt": b"hello", "a.txt": b"", "B.txt": bytes(1000)}
    raw = pack(files)
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["B.txt", "a.txt", "b.txt"]
        assert {name: archive.read(name) for name in archive.namelist()} == files
        entry = archive.infolist()[0]
    assert (entry.compress_type, entry.create_version, entry.create_system) == (0, 20, 3)
    assert (entry.extract_version, entry.flag_bits, entry.date_time[:3]) == (20, 0, (1980, 1, 1))
    assert (entry.external_attr, entry.internal_attr, entry.extra) == (0o644 << 16, 0, b"")
    assert raw == bundles.pack(files)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_another_program_packs_is_not_a_bundle(compression):
    files = bundles.a_round().files()
    made = BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name in sorted(files):
            archive.writestr(name, files[name])
    report = verify.verify_bytes(made.getvalue())

    assert report.failed == ("V0" if compression == zipfile.ZIP_STORED else "bundle")


def test_words_about_files_in_a_zip_file_are_not_those_of_a_bundle():
    files = bundles.a_round().files()
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)
            entry.comment = b"hello"
            archive.writestr(entry, files[name])

    assert verify.verify_bytes(made.getvalue()).failed == "V0"


def test_files_are_found_behind_the_fields_that_another_program_puts_before_them():
    files = {"a.txt": b"hello", "b.txt": b"world"}

    assert verify.unpack(bundles.pack(files, extra=b"\1\2\3\4")) == files
    assert verify.unpack(bundles.pack(files, before=b"not of the bundle")) == files


def test_a_file_that_begins_where_there_is_no_room_for_it_is_no_bundle():
    raw = bytearray(bundles.pack({"a.txt": b"hello"}, comment=b"PK\3\4"))
    where = raw.rfind(b"PK\1\2") + 42
    raw[where : where + 4] = (len(raw) - 4).to_bytes(4, "little")

    with pytest.raises(verify.Unreadable, match="is not where the list of files says it is"):
        verify.unpack(bytes(raw))


def test_three_columns_say_all_of_an_election_without_plans():
    election = {
        "columns": ["project_id", "cost", "votes"], "meta": [["num_votes", ""]], "rows": [],
    }  # fmt: skip
    projects = {"plans": [], "rules": {"kind": "approval"}}
    verify.refuse_other_election(election, projects)

    with pytest.raises(verify.DoesNotHold, match="has not the columns"):
        verify.refuse_other_election(election | {"columns": ["project_id", "cost"]}, projects)


def test_a_zip_file_that_would_unpack_to_very_much_is_never_unpacked():
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ballots.jsonl", bytes(200_000_000))
    report = verify.verify_bytes(made.getvalue())

    assert len(made.getvalue()) < 300_000
    assert (report.exit_code, report.failed) == (2, "bundle")
    assert "is compressed" in report.checks[0].sentence


def test_a_difference_is_in_the_equation():
    numbers = {"marks": 3, "valid": 1, "not_returned": 1}

    assert verify.equation("marks", numbers, "marks") == (
        "3 marks = 1 valid + 1 not returned: the difference is 1"
    )


def test_a_report_for_a_person_says_what_was_checked_what_happened_and_whether_it_adds_up():
    report = verify.Report(
        [verify.Check("V0", True, "Packed."), verify.Check("V10", False, "Not signed.")],
        {
            "letters": {"issued": 3, "used_online": 2, "unused": 1},
            "ledger": {"ballot_lines": 2, "counted": 2},
            "paper": {"marks": 1, "not_returned": 0},
        },
        ["line 4: plan 1 was withdrawn", "line 5: destroyed: letters"],
        failed="V10",
    )

    assert (
        report.to_text()
        == """\
V0      holds  Packed.
V10     FAILS  Not signed.

What happened in the round, as the ledger says it:
  line 4: plan 1 was withdrawn
  line 5: destroyed: letters

3 letters issued = 2 used online + 1 unused
2 ballot lines in the ledger = 2 counted
1 letters marked as voted on paper = 0 not returned: the difference is 1

V10 does not hold, so do not trust this bundle. What comes after it was not looked at."""
    )


COMPARED = "Everything holds, also against what you kept."


def test_a_report_on_a_quiet_round_says_nothing_of_what_happened():
    report = verify.Report([verify.Check("V0", True, "Packed.")], compared=True)

    assert report.to_text().splitlines() == ["V0      holds  Packed.", "", COMPARED]


def test_the_plans_that_the_count_chose_are_told_with_the_numbers_below_each_other():
    report = verify.Report(
        chosen=[
            verify.Chosen("P02", "Bank\x1b[2J", 90_000_00, 1_204),
            verify.Chosen("P104", "Boom", 1_250, 17),
            verify.Chosen("P03", "Hek", 2_05, 9),
        ],
        compared=True,
    )

    assert (
        report.to_text()
        == """\

Chosen by the count, for 90014.55 euros together:
  P02   90000 euros  1204 votes  Bank?[2J
  P104  12.50 euros    17 votes  Boom
  P03    2.05 euros     9 votes  Hek

Everything holds, also against what you kept."""
    )


def test_that_no_plan_was_chosen_is_told_too():
    report = verify.Report(chosen=[], compared=True)

    assert report.to_text().splitlines() == ["", "The count chose no plan.", "", COMPARED]


def test_a_check_that_fails_is_said_not_to_hold():
    files = bundles.a_round().files()
    report = verify.verify_bytes(bundles.pack(files | {"roll.txt": b""}))

    assert [check.holds for check in report.checks] == [True, False]
    assert report.to_text().splitlines()[1].startswith("V1      FAILS  ")


def test_a_report_as_json_has_these_members():
    document = json.loads(verify.unreadable("No.").to_json())

    assert verify.unreadable("Né.").to_json().startswith('{\n "verified": false,\n')
    assert "Né." in verify.unreadable("Né.").to_json()

    assert document == {
        "verified": False,
        "checks": [{"check": "bundle", "holds": False, "sentence": "No."}],
        "reconciliation": {},
        "changes": [],
        "chosen": None,
        "failed": "bundle",
        "compared_with_kept": False,
        "kept_differs": False,
    }


def test_what_cannot_be_printed_is_replaced():
    assert verify.printable("a\x1b\u202e\n“b”") == "a???“b”"


def test_cells_are_quoted_when_they_must():
    assert [verify.cell(text) for text in ("a,b", "a;b", 'a"b', "a\nb", "a\rb", "")] == [
        "a,b", '"a;b"', '"a""b"', '"a\nb"', '"a\rb"', "",
    ]  # fmt: skip


def test_numbers_of_bytes_are_refused_when_they_are_not_those():
    assert verify.from_url(
        b64(bytes(range(200, 232))).translate(str.maketrans("+/", "-_"))[:-1], 32
    )
    with pytest.raises(ValueError, match="is not"):
        verify.from_url("AA", 32)


def test_every_change_that_is_called_equivalent_is_of_a_line_of_the_verifier():
    lines = {line.strip() for line in bundles.PROGRAMS["verify.py"].decode().splitlines()}

    assert {line for line, _ in EQUIVALENT} <= lines
