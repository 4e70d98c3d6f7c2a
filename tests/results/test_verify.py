"""The verifier in one file: good bundles hold, and each check catches what it is there for.

A test that breaks a bundle signs everything else again, with all keys, so that nothing but the
check that is meant can catch it. The checks before it must hold.
"""

import base64
import json
import shutil
import struct
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from pb.results import verify
from pb.results.verify import Recounter, verify_bytes
from tests.results import bundles
from tests.results.bundles import (
    ORIGIN,
    PROGRAMS,
    VOTE_TYPES,
    a_key,
    a_round,
    b64,
    ballot_line,
    canonical,
    checkpoint,
    event,
    lines_of,
    note,
    pack,
    public,
    result_of,
    sha,
    signed,
    taken_out,
    verifier_key,
)
from tests.results.observers import HERE, kept_checkpoints, kept_keys, look_at
from tests.results.sentences import SAID

SCRIPT = Path(verify.__file__)
ALL = [f"V{number}" for number in range(16)]
ROUNDS = {
    "with nothing special": {"revoked": 0, "paper": 0, "packs": (), "handed_out": (), "lost": 0},
    "in which nobody voted": {"ballots": 0, "revotes": 0, "handed_out": (), "seals": 1},
    "in which one person voted": {"ballots": 1, "revotes": 0, "handed_out": (), "smallest_seal": 1},
    "with many votes again": {"ballots": 5, "revotes": 60},
    "with one seal": {"seals": 1},
    "with many seals": {"seals": 7, "smallest_seal": 5},
    "with all packs handed out": {"packs": (3, 3, 3), "handed_out": (1, 2, 3)},
    "without withdrawn plans": {"plan_withdrawn": False},
    "with two plans": {"plans": 2},
    "with more plans than fit two digits": {"plans": 30, "ballots": 40},
    "in which many were revoked": {"revoked": 12, "paper": 9},
    "in which many ballots were lost": {"lost": 9},
}


@cache
def good(kind="approval"):
    return a_round(kind)


@pytest.fixture
def drawn():
    """A round that a test may change."""
    return good().copy()


@cache
def good_files():
    return good().copy().files()


def officers(drawn):
    return {1: drawn.keys.officers[0], 2: drawn.keys.officers[1]}


def packed(drawn, files):
    """Sign changed files again and pack them."""
    return pack(signed(files, officers(drawn)))


# --- what holds ------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [True, False], ids=["own Ed25519", "quickest Ed25519"])
@pytest.mark.parametrize("kind", VOTE_TYPES)
def test_a_good_bundle_of_every_kind_holds(kind, own):
    way = verify.signed_in_python if own else verify.fastest_signed()
    report = verify_bytes(good(kind).copy().raw(), counter=HERE, signed=way)

    assert [(each.check, each.holds) for each in report.checks] == [(name, True) for name in ALL]
    assert (report.verified, report.exit_code, report.failed) == (True, 0, None)


def test_the_quickest_way_is_that_of_the_package_where_it_is_installed():
    assert verify.fastest_signed() is not verify.signed_in_python


@pytest.mark.parametrize("kind", VOTE_TYPES)
@pytest.mark.parametrize("name", ROUNDS)
def test_a_round_holds(name, kind):
    report = look_at(a_round(kind, seed=name, **ROUNDS[name]).raw())

    assert report.failed is None, report.checks[-1]


@pytest.mark.parametrize("full", [True, False])
def test_a_ranking_shows_scores_only_when_every_ballot_is_full(full):
    # The limit per theme may leave no full ballot, so it goes.
    drawn = a_round("ordinal", full=full, seed="full")

    assert look_at(drawn.raw()).verified
    assert (b";score;" in drawn.round_pb()) is full


def test_two_signers_suffice_whoever_they_are_and_three_are_as_good(drawn):
    assert look_at(drawn.raw(officers=(1, 3))).verified
    assert look_at(drawn.raw(officers=(3, 2))).verified
    assert look_at(drawn.raw(officers=(1, 2, 3))).verified


def test_lines_of_unknown_signers_are_passed_over(drawn):
    files = drawn.files()
    other = note("anything\n", ("somebody.example", drawn.keys.log)).split("\n\n")[1]
    files["manifest.sig"] += other.encode()
    text = json.loads(files["checkpoints.jsonl"].split(b"\n")[0])["note"]
    lines = files["checkpoints.jsonl"].split(b"\n")
    files["checkpoints.jsonl"] = b"\n".join([canonical({"note": text + other}), *lines[1:]])
    sig = files["manifest.sig"]
    files = signed(files, officers(drawn))
    files["manifest.sig"] += sig[sig.index(b"\xe2\x80\x94 somebody") :]

    assert look_at(pack(files)).verified


def test_the_last_seal_with_ballots_may_be_small(drawn):
    drawn.config["smallest_seal"] = 13
    leaves = [fact for fact in drawn.facts() if fact["t"] == "ballot"]
    start, end = drawn.seals[0], [[f] for seal in drawn.seals[-3:] for f in seal]
    others = [f for seal in drawn.seals[1:-3] for f in seal if f["t"] == "event"]
    seals = [leaves[:13], leaves[13:26], others, leaves[26:38], leaves[38:]]
    drawn.seals = [start, *seals, *end]
    drawn.sort()
    assert look_at(drawn.raw()).failed == "V5"  # 12 in the last but one

    drawn.seals = [start, leaves[:13], leaves[13:26], others, leaves[26:38] + leaves[38:], *end]
    drawn.sort()
    assert look_at(drawn.raw()).verified

    drawn.seals = [start, leaves[:13], leaves[13:37], others, leaves[37:], *end]
    drawn.sort()
    assert look_at(drawn.raw()).verified


def test_a_seal_may_hold_nothing_but_the_first_line(drawn):
    drawn.seals[:1] = [drawn.seals[0][:1], drawn.seals[0][1:]]

    assert look_at(drawn.raw()).verified


def test_a_bundle_may_end_before_it_was_published(drawn):
    drawn.seals.pop()

    assert look_at(drawn.raw()).verified


def test_the_numbers_of_the_round_are_told(drawn):
    report = look_at(drawn.raw())

    assert report.reconciliation == {
        "letters": {
            "issued": 64,
            "used_online": 30,
            "used_on_paper": 2,
            "revoked": 2,
            "unused": 30,
        },
        "ledger": {
            "ballot_lines": 39,
            "counted": 30,
            "superseded": 6,
            "withdrawn": 2,
            "lost": 1,
        },
        "paper": {"marks": 2, "valid": 0, "invalid": 0, "not_returned": 2},
    }
    assert verify.equations(report.reconciliation) == [
        "64 letters issued = 30 used online + 2 used on paper + 2 revoked + 30 unused",
        "39 ballot lines in the ledger = 30 counted + 6 superseded + 2 withdrawn + 1 lost",
        "2 letters marked as voted on paper = 0 valid + 0 invalid + 2 not returned",
    ]


def test_what_happened_is_told_with_the_line_where_it_stands(drawn):
    report = look_at(drawn.raw())
    ledger = drawn.facts()

    assert len(report.changes) == 11
    for change in report.changes:
        number = int(change.removeprefix("line ").partition(":")[0])
        assert ledger[number - 1]["t"] == "event"
    told = {change.partition(": ")[2] for change in report.changes}
    assert told >= {
        "notice: wrong-codes, 17 times",
        "2 letters were revoked",
        "the spare letters of pack 1 were handed out",
        "2 letters were marked as voted on paper",
        "voting was paused: storing bij de provider",
        "voting went on: verholpen",
        "voting was extended until 2026-09-22T20:00Z",
        "the program became version 0.1.1",
        "1 ballots were lost with the disks",
        "destroyed: letters",
    }
    assert any(change.endswith(" was withdrawn") for change in told)


def test_a_difference_is_told_as_it_is(drawn):
    leaf = next(fact for fact in drawn.seals[1] if fact["t"] == "ballot")
    drawn.seals[1].remove(leaf)
    report = look_at(drawn.raw())

    assert report.failed == "V12"
    assert (
        "38 ballot lines in the ledger = 30 counted + 6 superseded + 2 withdrawn + 1 lost"
        ": the difference is -1"
    ) in report.to_text()


# --- what does not hold ----------------------------------------------------------------------

BREAKS = []


def breaks(check, sentence=""):
    """Say which check must catch what the function does, and a part of the sentence."""

    def register(function):
        BREAKS.append(pytest.param(check, sentence, function, id=f"{check} {function.__name__}"))
        return function

    return register


def breaks_each(check, cases):
    """Register a case per name."""
    for name, function in cases.items():
        BREAKS.append(pytest.param(check, "", function, id=f"{check} {name}"))


SENTENCES = {f"{check} {name}": said for (check, said), names in SAID.items() for name in names}


@pytest.mark.parametrize(("check", "sentence", "broken"), BREAKS)
def test_exactly_this_check_does_not_hold(check, sentence, broken, request):
    report = look_at(broken(good().copy()))

    assert report.failed == check, report.checks[-1]
    assert [each.check for each in report.checks] == ALL[: ALL.index(check) + 1]
    assert [each.holds for each in report.checks] == [True] * ALL.index(check) + [False]
    assert (report.verified, report.exit_code) == (False, 1)
    assert sentence in report.checks[-1].sentence
    assert report.checks[-1].sentence == SENTENCES[request.node.callspec.id]
    assert f"{check} does not hold" in report.to_text()


# V0


def otherwise_packed(**options):
    return lambda drawn: pack(drawn.files(), **options)


breaks_each(
    "V0",
    {
        "a time in the headers": otherwise_packed(date=0x5B21),
        "extra fields": otherwise_packed(extra=b"UT\0\0"),
        "a comment": otherwise_packed(comment=b"hello"),
        "another order": otherwise_packed(order=lambda names: sorted(names, reverse=True)),
        "bytes before": otherwise_packed(before=b"#!/bin/sh\n"),
        "bytes after": lambda drawn: pack(drawn.files()) + b"\n",
        "a wrong checksum": lambda drawn: drawn.raw().replace(b"How to check", b"How to cheat"),
        "a file more": lambda drawn: pack(drawn.files() | {"notes.txt": b""}),
        "a file more, signed": lambda drawn: packed(drawn, drawn.files() | {"notes.txt": b"x"}),
        "a folder above as the name": lambda drawn: pack(drawn.files() | {"..": b""}),
    },
)


# V1


def with_manifest(change):
    """Change the value of the manifest, and let the officers sign that."""

    def broken(drawn):
        files = drawn.files()
        value = json.loads(files["manifest.json"])
        change(value)
        return pack(with_signed_manifest(drawn, files, canonical(value)))

    return broken


def with_signed_manifest(drawn, files, manifest, signers=(1, 2)):
    text = f"pb-bundle/1\n{drawn.config['round']}\n{sha(manifest).hex()}\n"
    signatures = [(f"{ORIGIN}/officer-{n}", drawn.keys.officers[n - 1]) for n in signers]
    return files | {"manifest.json": manifest, "manifest.sig": note(text, *signatures).encode()}


def with_signature(make):
    """Put another manifest.sig in: make(drawn, text) -> bytes."""

    def broken(drawn):
        files = drawn.files()
        text = files["manifest.sig"].decode().partition("\n\n")[0] + "\n"
        return pack(files | {"manifest.sig": make(drawn, text)})

    return broken


def by_officers(drawn, text, *numbers):
    signers = [(f"{ORIGIN}/officer-{n}", drawn.keys.officers[n - 1]) for n in numbers]
    return note(text, *signers).encode()


def not_canonical_manifest(drawn):
    files = drawn.files()
    manifest = json.dumps(json.loads(files["manifest.json"]), sort_keys=True).encode()
    return pack(with_signed_manifest(drawn, files, manifest))


def with_config_bytes(change):
    """Change the bytes of config.json; the manifest fits and is signed."""

    def broken(drawn):
        files = drawn.files()
        files["config.json"] = change(files["config.json"])
        rest = {name: data for name, data in files.items() if not name.startswith("manifest.")}
        hashes = {n: {"sha256": sha(d).hex(), "size": len(d)} for n, d in rest.items()}
        manifest = canonical(
            {"files": hashes, "format": "pb-bundle/1", "round": drawn.config["round"]}
        )
        return pack(with_signed_manifest(drawn, files, manifest))

    return broken


def one_officer_with_two_names(drawn):
    first = drawn.keys.officers[0]
    drawn.keys.officers[1] = first
    drawn.config["keys"]["officers"][1] = verifier_key(f"{ORIGIN}/officer-2", first)
    return drawn.raw(officers=(1, 2))


def changed_third_line(drawn, text):
    return by_officers(drawn, text, 1, 2, 3).replace(b"officer-3 ", b"officer-3  ")


def third_signature_wrong(drawn, text):
    wrong = note("other\n", (f"{ORIGIN}/officer-3", drawn.keys.officers[2])).split("\n\n")[1]
    return by_officers(drawn, text, 1, 2) + wrong.encode()


def short_third_signature(drawn, text):
    good_line = by_officers(drawn, text, 3).decode().rpartition("\n\n")[2]
    signature = base64.b64decode(good_line.split(" ")[2])
    line = f"— {ORIGIN}/officer-3 {b64(signature[:-1])}\n"
    return by_officers(drawn, text, 1, 2) + line.encode()


breaks_each(
    "V1",
    {
        "a file not named": with_manifest(lambda value: value["files"].pop("README.txt")),
        "two files not named": with_manifest(
            lambda value: [value["files"].pop(name) for name in ("config.json", "README.txt")]
        ),
        "a file too many": with_manifest(
            lambda value: value["files"].update({"x": {"sha256": "00", "size": 0}})
        ),
        "a wrong hash": with_manifest(
            lambda value: value["files"]["README.txt"].update(sha256="00" * 32)
        ),
        "a wrong size": with_manifest(lambda value: value["files"]["README.txt"].update(size=1)),
        "files that are a list": with_manifest(lambda value: value.update(files=[["x", 1]])),
        "a member more": with_manifest(lambda value: value.update(more=1)),
        "another round": with_manifest(lambda value: value.update(round="dorrewold/zuid")),
        "no format": with_manifest(lambda value: value.pop("format")),
        "a manifest that is not canonical": not_canonical_manifest,
        "a manifest that is no JSON": lambda drawn: pack(drawn.files() | {"manifest.json": b"{"}),
        "a manifest that is a list": lambda drawn: pack(drawn.files() | {"manifest.json": b"[]"}),
        "a manifest that is deep": lambda drawn: pack(
            drawn.files() | {"manifest.json": b"[" * 100_000}
        ),
        "one signature": with_signature(lambda drawn, text: by_officers(drawn, text, 1)),
        "one officer twice": with_signature(lambda drawn, text: by_officers(drawn, text, 1, 1)),
        "one officer with two names": one_officer_with_two_names,
        "another text": with_signature(
            lambda drawn, text: by_officers(drawn, text.replace("noord", "zuid"), 1, 2)
        ),
        "another format in the text": with_signature(
            lambda drawn, text: by_officers(drawn, text.replace("bundle/1", "bundle/0"), 1, 2)
        ),
        "a line more in the text": with_signature(
            lambda drawn, text: by_officers(drawn, f"{text}more\n", 1, 2)
        ),
        "the log key instead": with_signature(
            lambda drawn, text: note(
                text,
                (f"{ORIGIN}/officer-1", drawn.keys.officers[0]),
                (ORIGIN, drawn.keys.log),
            ).encode()
        ),
        "a third signature that is wrong": with_signature(third_signature_wrong),
        "a third signature that is short": with_signature(short_third_signature),
        "a third line that is none": with_signature(changed_third_line),
        "a signature with a hyphen": with_signature(
            lambda drawn, text: by_officers(drawn, text, 1, 2).replace("— ".encode(), b"- ")
        ),
        "base64 that is spelled otherwise": with_signature(
            lambda drawn, text: (
                by_officers(drawn, text, 1, 2) + f"— somebody {'A' * 7}B==\n".encode()
            )
        ),
        "base64 that is none": with_signature(
            lambda drawn, text: by_officers(drawn, text, 1, 2) + "— somebody é\n".encode()
        ),
        "no end of the last line": with_signature(
            lambda drawn, text: by_officers(drawn, text, 1, 2)[:-1]
        ),
        "no empty line": with_signature(
            lambda drawn, text: by_officers(drawn, text, 1, 2).replace(b"\n\n", b"\n")
        ),
        "no signatures": with_signature(lambda drawn, text: f"{text}\n".encode()),
        "an empty note": with_signature(lambda drawn, text: b""),
        "a note that is not UTF-8": with_signature(
            lambda drawn, text: by_officers(drawn, text, 1, 2) + b"\xff\n"
        ),
        "a config that is no JSON": with_config_bytes(lambda config: config[:-1]),
        "a config that is deep": with_config_bytes(lambda config: b"[" * 100_000),
        "a config that is a list": with_config_bytes(lambda config: b"[]"),
        "a config without keys": with_config_bytes(lambda config: b"{}"),
        "a config with a key that is none": with_config_bytes(
            lambda config: config.replace(b"officer-3+", b"officer-3-")
        ),
        "a config with surrogates": with_config_bytes(
            lambda config: config.replace(b'"dorrewold/', b'"\\ud800/')
        ),
    },
)


# V2


def in_file(name, change):
    """Change the bytes of one file; the manifest is signed again."""

    def broken(drawn):
        files = drawn.files()
        changed = change(files[name])
        assert changed != files[name]
        files[name] = changed
        return packed(drawn, files)

    return broken


def in_value(name, change):
    """Change the value of a JSON file, or of the first line of a jsonl file."""

    def changed(data):
        first, end, rest = data.partition(b"\n")
        value = json.loads(first)
        value = change(value) or value
        return canonical(value) + end + rest

    return in_file(name, changed)


def put(*path_and_value):
    """Return a function that puts a value at a path."""
    *path, last, value = path_and_value

    def change(whole):
        for step in path:
            whole = whole[step]
        whole[last] = value

    return change


def drop(*path):
    def change(whole):
        for step in path[:-1]:
            whole = whole[step]
        whole.pop(path[-1])

    return change


def replaced(old, new):
    return lambda data: data.replace(old, new, 1)


CONFIG_WRONG = {
    "format": put("format", "pb-config/2"),
    "round that is no text": put("round", 5),
    "origin that is no text": put("origin", 5),
    "title that is no text": put("title", None),
    "framework without version": drop("framework", "version"),
    "framework hash in capitals": put("framework", "sha256", "AB" * 32),
    "version below zero": put("framework", "version", -1),
    "version that is true": put("framework", "version", True),
    "count key that is short": put("keys", "count", "ab" * 31),
    "log key that is no text": put("keys", "log", 5),
    "a key more": put("keys", "more", ""),
    "one officer needed": put("officers_needed", 1),
    "three officers needed": put("officers_needed", 3),
    "officers needed true": put("officers_needed", True),
    "smallest seal below zero": put("smallest_seal", -1),
    "smallest seal that is text": put("smallest_seal", "5"),
    "hash of projects with a line end": put("projects_sha256", "ab" * 32 + "\n"),
    "programs without verify": drop("programs", "verify.py"),
    "software that is no text": put("software", 1),
    "a column that is no text": put("election", "columns", 0, 7),
    "columns that are text": put("election", "columns", "abc"),
    "a row of META with three": put("election", "meta", 0, ["a", "b", "c"]),
    "a row that is text": put("election", "rows", 0, "P01"),
    "a cell that is a number": put("election", "rows", 0, 0, 1),
    "a member more": put("more", 1),
    "a member less": drop("software"),
}
PROJECTS_WRONG = {
    "a kind that is none": put("rules", "kind", "lottery"),
    "least choices that are text": put("rules", "min_choices", "1"),
    "most choices below zero": put("rules", "max_choices", -1),
    "most cost below zero": put("rules", "max_cost", -1),
    "points null": put("rules", "points", None),
    "most points null": put("rules", "max_points", None),
    "a limit of a theme that is no pair": put("rules", "max_choices_of_theme", [["groen"]]),
    "a limit of a theme that is text": put("rules", "max_cost_of_theme", [["groen", "1"]]),
    "a rule more": put("rules", "more", 1),
    "a plan that is text": put("plans", 0, "P01"),
    "a plan with number 0": put("plans", 0, "number", 0),
    "a plan without a theme": drop("plans", 0, "theme_id"),
    "a plan with a price below zero": put("plans", 0, "cost", -1),
    "a plan with text as lot": put("plans", 0, "lot_number", "1"),
    "a plan with a number as title": put("plans", 0, "title", 1),
    "a plan with a number as area": put("plans", 0, "area_id", 1),
    "themes that are a list": put("themes", []),
    "plans that are no list": put("plans", {}),
    "a member more": put("more", 1),
}
BALLOT_WRONG = {
    "a key of 31 bytes": put("bk", b64(bytes(31))),
    "a key that is a number": put("bk", 1),
    "a signature of 63 bytes": put("sig", b64(bytes(63))),
    "a body that is no text": put("body", {}),
    "version 0": put("version", 0),
    "version 2 to the 32": put("version", 1 << 32),
    "version true": put("version", True),
    "a member more": put("why", "revote"),
    "a member less": drop("sig"),
    "a list": lambda value: ["bk"],
}
OUT_WRONG = {
    "a key of 33 bytes": put("bk", b64(bytes(33))),
    "an inner of 31 bytes": put("inner", b64(bytes(31))),
    "version 0": put("version", 0),
    "a member more": put("body", ""),
    "a member less": drop("why"),
}

for names, cases in (
    (("config.json",), CONFIG_WRONG),
    (("projects.json",), PROJECTS_WRONG),
    (("ballots.jsonl",), BALLOT_WRONG),
    (("superseded.jsonl", "withdrawn.jsonl"), OUT_WRONG),
    (("superseded.jsonl",), {"why revoked": put("why", "revoked")}),
    (("withdrawn.jsonl",), {"why revote": put("why", "revote")}),
    (
        ("paper_audit.json",),
        {
            "valid below zero": put("valid", -1),
            "invalid null": put("invalid", None),
            "not returned as text": put("not_returned", "2"),
            "a member more": put("more", 0),
        },
    ),
    (
        ("checkpoints.jsonl",),
        {"a note that is no text": put("note", 1), "a member more": put("size", 3)},
    ),
):
    for name in names:
        breaks_each("V2", {f"{name}, {what}": in_value(name, cases[what]) for what in cases})

for name in ("config.json", "projects.json", "paper_audit.json"):
    if name != "config.json":
        breaks_each("V2", {f"{name} that is no JSON": in_file(name, lambda data: data[:-1])})
        breaks_each("V2", {f"{name} that is not UTF-8": in_file(name, lambda data: b"\xff" + data)})
        breaks_each("V2", {f"{name} that is deep": in_file(name, lambda data: b"[" * 100_000)})
        breaks_each("V2", {f"{name} that is empty": in_file(name, lambda data: b"")})
        breaks_each("V2", {f"{name} with a mark": in_file(name, lambda d: b"\xef\xbb\xbf" + d)})
    breaks_each(
        "V2",
        {
            f"{name} with a line end": in_file(name, lambda data: data + b"\n"),
            f"{name} with a space": in_file(name, replaced(b":", b": ")),
            f"{name} with a key twice": in_file(
                name, lambda data: data.replace(b"{", b'{"a":1,"a":1,', 1)
            ),
        },
    )
for name in ("ballots.jsonl", "superseded.jsonl", "withdrawn.jsonl", "checkpoints.jsonl",
             "ledger.jsonl"):  # fmt: skip
    breaks_each(
        "V2",
        {
            f"{name} without the last end": in_file(name, lambda data: data[:-1]),
            f"{name} with an empty line": in_file(name, lambda data: data + b"\n"),
            f"{name} with a NUL": in_file(name, lambda data: data + b"\0\n"),
            f"{name} with ends of two signs": in_file(name, lambda d: d.replace(b"\n", b"\r\n")),
            f"{name} with a decimal": in_file(name, lambda data: data + b'{"version":1.0}\n'),
            f"{name} that is not UTF-8": in_file(name, lambda data: data + b'"\xff"\n'),
            f"{name} with a number": in_file(name, lambda data: data + b"5\n"),
        },
    )
breaks_each(
    "V2",
    {
        "a number that is not a number": in_file("paper_audit.json", replaced(b"0", b"NaN")),
        "a number with an exponent": in_file("paper_audit.json", replaced(b"0", b"0e1")),
        "minus zero": in_file("paper_audit.json", replaced(b"0", b"-0")),
        "a number that is too high": in_file("paper_audit.json", replaced(b"0", b"9" * 5000)),
        "a number of 54 bits": in_value("projects.json", put("themes", {"a": 1 << 53})),
        "a number of 54 bits below": in_value("projects.json", put("themes", {"a": -(1 << 53)})),
        "a sign that need not be escaped": in_file(
            "projects.json", replaced("“".encode(), b"\\u201c")
        ),
        "a surrogate": in_file("projects.json", replaced("“".encode(), b"\\ud800")),
        "a name in another place": in_file(
            "paper_audit.json", lambda data: b'{"not_returned":2,"invalid":0,"valid":0}'
        ),
        "paper ballots": lambda drawn: packed(drawn, drawn.files() | {"paper.jsonl": b"{}\n"}),
        "an empty line of paper": lambda drawn: packed(
            drawn, drawn.files() | {"paper.jsonl": b"\n"}
        ),
    },
)


def test_the_highest_number_that_every_program_reads_may_stand_in_a_list(drawn):
    drawn.projects["themes"] = {"a": (1 << 53) - 1, "b": 1 - (1 << 53)}

    assert look_at(drawn.raw()).verified


# V3


def in_config(change):
    """Change config.json; the ledger and all signatures fit again."""

    def broken(drawn):
        text = drawn.round_pb()
        change(drawn.config)
        return drawn.raw(election=text)

    return broken


def in_election(change):
    return in_config(lambda config: change(config["election"]))


def in_row(column, value):
    """Put a value in a cell of the first plan."""

    def change(election):
        election["rows"][0][election["columns"].index(column)] = value

    return in_election(change)


def without_column(name):
    def change(election):
        place = election["columns"].index(name)
        for row in [election["columns"], *election["rows"]]:
            del row[place]

    return in_election(change)


def with_column(name, value=""):
    def change(election):
        election["columns"].append(name)
        for row in election["rows"]:
            row.append(value)

    return in_election(change)


def swapped_rows(election):
    rows = election["rows"]
    rows[0], rows[1] = rows[1], rows[0]


def another_id_of_key(config):
    name, number, rest = config["keys"]["log"].split("+", 2)
    config["keys"]["log"] = f"{name}+{int(number, 16) ^ 1:08x}+{rest}"


def another_kind_of_key(config):
    name, _, rest = config["keys"]["log"].split("+", 2)
    marked = b"\x02" + base64.b64decode(rest)[1:]
    number = sha(name.encode() + b"\n" + marked)[:4].hex()
    config["keys"]["log"] = f"{name}+{number}+{b64(marked)}"


@breaks("V3", "names another projects.json")
def another_list(drawn):
    files = drawn.files()
    files["projects.json"] = files["projects.json"].replace(b"Molenpad", b"Beukpad!")
    return packed(drawn, files)


@breaks("V3", "names another recount.py")
def another_recount(drawn):
    files = drawn.files()
    files["recount.py"] += b"\n"
    return packed(drawn, files)


@breaks("V3", "names another verify.py")
def another_verifier(drawn):
    files = drawn.files()
    files["verify.py"] += b"\n"
    return packed(drawn, files)


@breaks("V3", "does not have the origin as its name")
def a_log_key_of_another_log(drawn):
    drawn.config["keys"]["log"] = verifier_key("other.example/noord", drawn.keys.log)
    return drawn.raw()


def officer_with_name(name, number=3):
    def broken(drawn):
        key = drawn.keys.officers[number - 1]
        drawn.config["keys"]["officers"][number - 1] = verifier_key(name, key)
        return drawn.raw()

    return broken


@breaks("V3", "are not three")
def a_third_officer_with_the_key_of_the_first(drawn):
    key = drawn.keys.officers[0]
    drawn.config["keys"]["officers"][2] = verifier_key(f"{ORIGIN}/officer-3", key)
    return drawn.raw()


@breaks("V3", "same number")
def two_plans_with_one_number(drawn):
    text = drawn.round_pb()
    drawn.projects["plans"].append(dict(drawn.projects["plans"][0]))
    rows = drawn.config["election"]["rows"]
    rows.append(list(rows[-1]))  # the first by lot is the last by number
    return drawn.raw(election=text)


def in_first_plan(change):
    def broken(drawn):
        change(min(drawn.projects["plans"], key=lambda plan: plan["number"]))
        return drawn.raw()

    return broken


def without_a_plan(drawn):
    named = {n for row in drawn.ballots for n in json.loads(row["body"])["c"]}
    del drawn.config["election"]["rows"][-1]
    assert named
    return drawn.raw(election=good_files()["round.pb"])


def without_votes(drawn):
    election = drawn.config["election"]
    place = election["columns"].index("votes")
    drawn.files()
    text = drawn.round_pb()
    for row in [election["columns"], *election["rows"]]:
        del row[place]
    return drawn.raw(election=text)


breaks_each(
    "V3",
    {
        "an id of a key that is wrong": in_config(another_id_of_key),
        "a key of another kind": in_config(another_kind_of_key),
        "a log key with capitals in its id": in_config(
            put("keys", "log", f"{ORIGIN}+ABCDEF01+{b64(bytes(33))}")
        ),
        "an officer of another origin": officer_with_name("other.example/officer-3"),
        "an officer with another number": officer_with_name(f"{ORIGIN}/officer-4"),
        "a cost": in_row("cost", "1"),
        "a cost with a nought": in_first_plan(lambda plan: plan.update(cost=plan["cost"] + 1)),
        "an id": in_row("project_id", "P1"),
        "an area": in_row("neighborhood", "A9"),
        "a theme": in_row("category", "geluid"),
        "a lot number": in_row("lot", "99"),
        "votes": in_row("votes", "0"),
        "rows in another order": in_election(swapped_rows),
        "a row less": without_a_plan,
        "a row too short": in_election(lambda election: election["rows"][0].pop()),
        "a row too long": in_election(lambda election: election["rows"][0].append("")),
        "no column for the area": without_column("neighborhood"),
        "no column for the lot": without_column("lot"),
        "no column for the votes": without_votes,
        "a column for the score": with_column("score"),
        "a column twice": with_column("lot"),
        "a number of votes before anybody voted": in_election(
            lambda election: election["meta"][5].__setitem__(1, "30")
        ),
        "no number of votes": in_election(lambda election: election["meta"].pop(5)),
        "META that says something twice": in_election(
            lambda election: election["meta"].append(["unit", "Dorrewold"])
        ),
    },
)


def test_a_column_may_be_left_out_when_no_plan_says_anything_there(drawn):
    for plan in drawn.projects["plans"]:
        plan["area_id"] = ""
    election = drawn.config["election"]
    place = election["columns"].index("neighborhood")
    for row in [election["columns"], *election["rows"]]:
        del row[place]

    assert look_at(drawn.raw()).verified


@pytest.mark.parametrize("kind", ["cumulative", "ordinal"])
def test_points_and_rankings_need_the_column_of_scores(kind):
    drawn = good(kind).copy()
    text = drawn.round_pb()
    without_score = drawn.config["election"]
    place = without_score["columns"].index("score")
    for row in [without_score["columns"], *without_score["rows"]]:
        del row[place]

    assert look_at(drawn.raw(election=text)).failed == "V3"


# V4


def in_ledger(change):
    """Change the seals; everything else fits again."""

    def broken(drawn):
        change(drawn.seals)
        return drawn.raw()

    return broken


def in_event(kind, change):
    """Change one event at the last moment."""

    def broken(drawn):
        def spoil(whole):
            (fact,) = whole.events(kind)
            change(fact)

        return drawn.raw(spoil=spoil)

    return broken


FIRST, CLOSED, COUNTED, PUBLISHED = 0, -3, -2, -1


def event_of(kind, **members):
    samples = {
        "revoked": {"keys": []},
        "spares": {"pack": 1},
        "paper": {"keys": []},
        "pause": {"reason": ""},
        "resume": {"reason": ""},
        "extended": {"closes": "2026-09-30T20:00Z"},
        "notice": {"n": 1, "what": "wrong-codes"},
        "closed": {"cast": 0, "superseded": 0, "withdrawn": 0},
        "count": {"result_sha256": "", "round_pb_sha256": ""},
        "published": {"result_sha256": ""},
        "roll": {"fingerprint": "", "sha256": "", "size": 0, "spares_sha256": ""},
        "config": {"sha256": ""},
    }
    return event(kind, **(samples.get(kind, {}) | members))


def swap(seal, one, other):
    seal[one], seal[other] = seal[other], seal[one]


AFTER_CLOSING = ("revoked", "spares", "paper", "pause", "resume", "extended", "notice")
TWICE = ("config", "roll", "open", "closed", "count", "published")

for kind in AFTER_CLOSING:
    breaks_each(
        "V4",
        {
            f"{kind} after closing": in_ledger(
                lambda seals, kind=kind: seals[CLOSED].append(event_of(kind))
            )
        },
    )
for kind in TWICE:
    breaks_each(
        "V4",
        {f"{kind} twice": in_ledger(lambda seals, kind=kind: seals.append([event_of(kind)]))},
    )
SHAPES_WRONG = {
    "config": put("more", 1),
    "roll": put("size", "67"),
    "open": put("reason", ""),
    "notice": put("what", "other"),
    "spares": put("pack", "1"),
    "plan_withdrawn": put("plan", True),
    "pause": put("reason", 1),
    "resume": put("reason", None),
    "extended": put("closes", "2026-09-22T20:00+02:00"),
    "software": put("version", 1),
    "restored": put("missing", ["AA=="]),
    "closed": put("cast", -1),
    "count": put("result_sha256", "00"),
    "published": put("result_sha256", "AB" * 32),
    "destroyed": put("what", "everything"),
    "revoked": put("keys", "text"),
    "paper": put("keys", [1]),
}
for kind, change in SHAPES_WRONG.items():
    breaks_each("V4", {f"{kind} with a wrong member": in_event(kind, change)})


def keys_backwards(fact):
    fact["keys"].reverse()


def keys_doubled(fact):
    fact["keys"] = [fact["keys"][0], *fact["keys"]]


breaks_each(
    "V4",
    {
        "revoked keys that are not sorted": in_event("revoked", keys_backwards),
        "paper keys that are not sorted": in_event("paper", keys_backwards),
        "a revoked key twice": in_event("revoked", keys_doubled),
        "a notice without a number": in_event("notice", drop("n")),
        "a moment with a second": in_event("extended", put("closes", "2026-09-22T20:00:00Z")),
        "a moment with a line end": in_event("extended", put("closes", "2026-09-22T20:00Z\n")),
        "a moment that is a number": in_event("extended", put("closes", 5)),
        "a kind that is none": in_ledger(lambda seals: seals[1].insert(0, event("rumour"))),
        "a kind that is a list": in_ledger(lambda seals: seals[1].insert(0, event(["open"]))),
        "an event without a kind": in_ledger(lambda seals: seals[1].insert(0, {"t": "event"})),
        "a ballot line called an event": in_ledger(
            lambda seals: seals[1].append({"c": b64(bytes(32)), "k": "ballot", "t": "event"})
        ),
        "an event called a ballot": in_ledger(
            lambda seals: seals[1].append({"k": "pause", "reason": "", "t": "ballot"})
        ),
        "a fact of neither kind": in_ledger(
            lambda seals: seals[1].append({"c": b64(bytes(32)), "t": "blank"})
        ),
        "a leaf of 31 bytes": in_ledger(
            lambda seals: seals[1].append({"c": b64(bytes(31)), "t": "ballot"})
        ),
        "a leaf with a member more": in_ledger(
            lambda seals: seals[1].append({"c": b64(bytes(32)), "t": "ballot", "v": 1})
        ),
        "no opening": in_ledger(lambda seals: seals[FIRST].pop()),
        "no closing": in_ledger(lambda seals: [seals.pop() for _ in range(3)]),
        "no count and published": in_ledger(lambda seals: seals.pop(COUNTED)),
        "no config": in_ledger(lambda seals: seals[FIRST].pop(0)),
        "no roll": in_ledger(lambda seals: seals[FIRST].pop(1)),
        "roll before config": in_ledger(lambda seals: swap(seals[FIRST], 0, 1)),
        "opening before roll": in_ledger(lambda seals: swap(seals[FIRST], 1, 2)),
        "an event before roll": in_ledger(lambda seals: seals[FIRST].insert(1, event_of("pause"))),
        "an event before config": in_ledger(
            lambda seals: seals[FIRST].insert(0, event_of("pause"))
        ),
        "count before closing": in_ledger(lambda seals: swap(seals, CLOSED, COUNTED)),
        "published before count": in_ledger(lambda seals: swap(seals, COUNTED, PUBLISHED)),
        "closing before opening": in_ledger(
            lambda seals: (
                seals[FIRST].insert(2, seals.pop(CLOSED)[0]),
                [seals.pop(1) for _ in range(3)],
            )
        ),
        "a ballot before opening": in_ledger(lambda seals: seals[FIRST].insert(2, seals[1].pop())),
        "a ballot after closing": in_ledger(lambda seals: seals[CLOSED].append(seals[1].pop())),
        "an empty ledger": in_ledger(lambda seals: seals.clear()),
    },
)


@pytest.mark.parametrize("kind", ["plan_withdrawn", "software", "restored", "destroyed"])
def test_what_may_come_after_closing_holds(drawn, kind):
    for seal in drawn.seals[1:]:
        for fact in [fact for fact in seal if fact.get("k") == kind]:
            seal.remove(fact)
            drawn.seals.append([fact])
    drawn.seals = [seal for seal in drawn.seals if seal]

    assert look_at(drawn.raw()).verified


# V5


def with_checkpoints(change):
    """Change the notes of the checkpoints; the manifest fits again."""

    def broken(drawn):
        files = drawn.files()
        notes = [json.loads(line)["note"] for line in files["checkpoints.jsonl"].splitlines()]
        lines = files["ledger.jsonl"].split(b"\n")[:-1]
        changed = change(drawn, notes, lines)
        notes = notes if changed is None else changed
        files["checkpoints.jsonl"] = lines_of({"note": each} for each in notes)
        return packed(drawn, files)

    return broken


def replaced_note(place, make):
    def change(drawn, notes, lines):
        notes[place] = make(drawn, notes[place], lines)

    return with_checkpoints(change)


def own_note(drawn, text):
    return note(text, (ORIGIN, drawn.keys.log))


def text_of(signed_note):
    return signed_note.rpartition("\n\n")[0] + "\n"


def small_seal(drawn):
    # 13 ballot lines in each seal; only the last may have fewer.
    drawn.config["smallest_seal"] = 14
    return drawn.raw()


def leaves_before_events(drawn):
    seal = drawn.seals[1]
    leaves = [fact for fact in seal if fact["t"] == "ballot"]
    drawn.seals[1] = leaves[:1] + [fact for fact in seal if fact["t"] == "event"] + leaves[1:]
    return drawn.raw()


def unsorted_leaves(drawn):
    swap(drawn.seals[2], -1, -2)
    return drawn.raw()


breaks_each(
    "V5",
    {
        "another log key": replaced_note(
            1, lambda drawn, old, lines: note(text_of(old), (ORIGIN, drawn.keys.officers[0]))
        ),
        "a signature of another text": replaced_note(
            1, lambda drawn, old, lines: text_of(old) + "\n" + own_note(drawn, "x\n")[3:]
        ),
        "another origin": replaced_note(
            1, lambda drawn, old, lines: own_note(drawn, text_of(old).replace("noord", "zuid"))
        ),
        "a line more": replaced_note(
            1, lambda drawn, old, lines: own_note(drawn, text_of(old) + "extension\n")
        ),
        "a line less": replaced_note(
            1, lambda drawn, old, lines: own_note(drawn, text_of(old).rsplit("\n", 2)[0] + "\n")
        ),
        "a size with a nought": replaced_note(
            0, lambda drawn, old, lines: own_note(drawn, text_of(old).replace("\n3\n", "\n03\n"))
        ),
        "a size with a plus": replaced_note(
            0, lambda drawn, old, lines: own_note(drawn, text_of(old).replace("\n3\n", "\n+3\n"))
        ),
        "another size": replaced_note(
            0, lambda drawn, old, lines: own_note(drawn, text_of(old).replace("\n3\n", "\n4\n"))
        ),
        "a size above the ledger": replaced_note(
            -1, lambda drawn, old, lines: own_note(drawn, text_of(old).replace("\n56\n", "\n57\n"))
        ),
        "a root of 31 bytes": replaced_note(
            1, lambda drawn, old, lines: own_note(drawn, f"{ORIGIN}\n20\n{b64(bytes(31))}\n")
        ),
        "another root": replaced_note(
            1,
            lambda drawn, old, lines: checkpoint(
                [b"other", *lines[1 : int(old.split("\n")[1])]], drawn.keys.log
            ),
        ),
        "a root of the lines backwards": replaced_note(
            -1, lambda drawn, old, lines: checkpoint(lines[::-1], drawn.keys.log)
        ),
        "nothing that is a note": replaced_note(1, lambda drawn, old, lines: "hello"),
        "a checkpoint twice": with_checkpoints(lambda drawn, notes, lines: [notes[0], *notes]),
        "another order": with_checkpoints(lambda drawn, notes, lines: notes[::-1]),
        "a first checkpoint of nothing": with_checkpoints(
            lambda drawn, notes, lines: [checkpoint([], drawn.keys.log), *notes]
        ),
        "no checkpoint of the whole": with_checkpoints(lambda drawn, notes, lines: notes[:-1]),
        "no checkpoints": with_checkpoints(lambda drawn, notes, lines: []),
        "a line of the ledger changed": in_file(
            "ledger.jsonl", replaced(b'"wrong-codes"', b'"many-from-one-network"')
        ),
        "leaves that are not sorted": unsorted_leaves,
        "leaves before events": leaves_before_events,
        "a seal that is too small": small_seal,
        "one checkpoint over two seals": with_checkpoints(
            lambda drawn, notes, lines: [notes[0], notes[2], *notes[3:]]
        ),
    },
)


def test_every_checkpoint_that_was_published_may_be_kept(drawn):
    raw = drawn.raw()

    for kept in kept_checkpoints(drawn):
        report = look_at(raw, checkpoint=kept)
        assert report.verified
        assert report.to_text().endswith("Everything holds, also against what you kept.")
        assert look_at(raw, checkpoint="\r\n" + kept[:-1].replace("\n", "\r\n")).verified


def test_a_checkpoint_may_be_left_out_when_nobody_voted_since_the_one_before(drawn):
    files = drawn.files()
    notes = files["checkpoints.jsonl"].splitlines(keepends=True)
    ledger = [json.loads(line)["t"] for line in files["ledger.jsonl"].splitlines()]
    sizes = [0, *(int(json.loads(line)["note"].split("\n")[1]) for line in notes)]
    silent = []
    for place in range(len(notes)):
        fewer = files | {"checkpoints.jsonl": b"".join(notes[:place] + notes[place + 1 :])}
        failed = look_at(pack(signed(fewer, officers(drawn)))).failed
        nobody = "ballot" not in ledger[sizes[place] : sizes[place + 1]]
        is_last = place == len(notes) - 1
        assert failed == (None if nobody and not is_last else "V5")
        silent.append(failed is None)

    assert any(silent)
    assert not all(silent[:-1])


def test_a_checkpoint_of_a_part_that_was_no_seal_fits_too(drawn):
    lines = drawn.files()["ledger.jsonl"].split(b"\n")[:-1]

    assert look_at(drawn.raw(), checkpoint=checkpoint(lines[:17], drawn.keys.log)).verified
    assert look_at(drawn.raw(), checkpoint=checkpoint([], drawn.keys.log)).verified
    assert look_at(drawn.raw(), checkpoint=checkpoint(lines, drawn.keys.log)).verified


@pytest.mark.parametrize(
    ("sentence", "make"),
    [
        ("was rewritten", lambda drawn, lines: checkpoint([*lines[:6], b"x"], drawn.keys.log)),
        ("was rewritten", lambda drawn, lines: checkpoint([*lines, b"x"], drawn.keys.log)),
        ("was rewritten", lambda drawn, lines: checkpoint([*lines] * 2, drawn.keys.log)),
        ("not signed", lambda drawn, lines: checkpoint(lines, drawn.keys.log, "other.example/x")),
        ("wrong signature", lambda drawn, lines: checkpoint(lines, drawn.keys.log) + "— x\n"),
        ("is not a signed note", lambda drawn, lines: ""),
    ],
)
def test_a_kept_checkpoint_that_does_not_fit_is_told(drawn, sentence, make):
    raw = drawn.raw()
    lines = drawn.files()["ledger.jsonl"].split(b"\n")[:-1]
    report = look_at(raw, checkpoint=make(drawn, lines))

    assert report.failed == "V5"
    if sentence != "wrong signature":
        assert sentence in report.checks[-1].sentence


# V6 and V7


@breaks("V6", "begins with another config.json")
def a_ledger_of_another_config(drawn):
    return drawn.raw(spoil=lambda whole: whole.events("config")[0].update(sha256="00" * 32))


def in_roll(change):
    """Change the lines of the roll; the ledger fits."""

    def broken(drawn):
        change(drawn.roll)
        return drawn.raw()

    return broken


def in_spares(change):
    def broken(drawn):
        change(drawn.spares)
        return drawn.raw()

    return broken


def spare_not_on_roll(drawn):
    letter = b64(bytes(32))
    drawn.spares[:] = sorted([*drawn.spares, f"{letter} 1"])
    return drawn.raw()


def event_with_stranger(kind):
    def broken(drawn):
        (fact,) = drawn.events(kind)
        fact["keys"] = sorted([*fact["keys"], b64(bytes(32))])
        return drawn.raw()

    return broken


def first_with(lines, text):
    return next(place for place, line in enumerate(lines) if text in line)


def letter_twice(roll):
    place = first_with(roll, " A1")
    roll.insert(place, roll[place].removesuffix(" A1"))


def other_area(text):
    def change(roll):
        place = first_with(roll, " A1")
        roll[place] = roll[place].removesuffix("A1") + text

    return change


def other_pack(text):
    def change(spares):
        spares[0] = spares[0].split(" ")[0] + text

    return change


def bytes_of_roll(name, change):
    """Change the bytes of roll or spares after all; the ledger commits to them."""

    def broken(drawn):
        drawn.files()
        changed = change(drawn.files()[name])

        def spoil(whole):
            (fact,) = whole.events("roll")
            fact["sha256" if name == "roll.txt" else "spares_sha256"] = sha(changed).hex()
            if name == "roll.txt":
                seed = public(whole.keys.log) + sha(changed)
                fact["fingerprint"] = bundles.symbols(sha(seed), 20)

        return packed(drawn, drawn.files(spoil=spoil) | {name: changed})

    return broken


breaks_each(
    "V7",
    {
        "another roll": lambda drawn: packed(
            drawn, drawn.files() | {"roll.txt": b64(bytes(32)).encode() + b"\n"}
        ),
        "another list of spares": lambda drawn: packed(drawn, drawn.files() | {"spares.txt": b""}),
        "another size": in_event("roll", put("size", 66)),
        "another fingerprint": in_event("roll", put("fingerprint", "0" * 20)),
        "a fingerprint with hyphens": lambda drawn: in_event(
            "roll", put("fingerprint", "-".join(drawn.fingerprint()))
        )(drawn),
        "a roll that is not sorted": in_roll(lambda roll: roll.reverse()),
        "a letter twice": in_roll(letter_twice),
        "the same line twice": in_roll(lambda roll: roll.insert(0, roll[0])),
        "a key of 31 bytes": in_roll(lambda roll: roll.insert(0, b64(bytes(31)))),
        "an empty line": in_roll(lambda roll: roll.insert(0, "")),
        "an area that is empty": in_roll(other_area("")),
        "an area with a tab": in_roll(other_area("A\t1")),
        "an area with a DEL": in_roll(other_area("A\x7f")),
        "an area with a NUL": in_roll(other_area("A\0")),
        "spares that are not sorted": in_spares(lambda spares: spares.reverse()),
        "a spare twice": in_spares(lambda spares: spares.insert(1, spares[0] + "0")),
        "a spare without a pack": in_spares(other_pack("")),
        "a spare of pack 0": in_spares(other_pack(" 0")),
        "a spare of pack 01": in_spares(other_pack(" 01")),
        "a spare of pack A": in_spares(other_pack(" A")),
        "a spare of a long pack": in_spares(other_pack(" 1234567890")),
        "a spare that is not on the roll": spare_not_on_roll,
        "a revoked letter that is not on the roll": event_with_stranger("revoked"),
        "a paper letter that is not on the roll": event_with_stranger("paper"),
        "a pack that does not exist": in_event("spares", put("pack", 3)),
        "a plan that does not exist": in_event("plan_withdrawn", put("plan", 99)),
        "a roll without the last end": bytes_of_roll("roll.txt", lambda data: data[:-1]),
        "a roll that is not UTF-8": bytes_of_roll(
            "roll.txt", lambda data: data.replace(b" A1", b" \xff1", 1)
        ),
        "a roll with ends of two signs": bytes_of_roll(
            "roll.txt", lambda data: data.replace(b"\n", b"\r\n")
        ),
        "spares without the last end": bytes_of_roll("spares.txt", lambda data: data[:-1]),
    },
)


# V8


def with_ballot(make):
    """Put one more ballot in, with its line in the ledger."""

    def broken(drawn):
        row = make(drawn)
        drawn.ballots.append(row)
        drawn.seals[1].append(ballot_line(bundles.leaf_of_row(row)))
        drawn.sort()
        return drawn.raw()

    return broken


def choices_of_somebody(drawn):
    return json.loads(drawn.ballots[0]["body"])["c"]


def a_stranger(drawn):
    letter = bytes(range(32))
    return drawn.sign_ballot(letter, 1, choices_of_somebody(drawn), key=drawn.keys.log)


def letter_of(kind):
    def make(drawn):
        (fact,) = drawn.events(kind)
        letter = base64.b64decode(fact["keys"][0])
        out = {row["bk"] for row in drawn.withdrawn}
        version = 2 if fact["keys"][0] in out else 1
        return drawn.sign_ballot(letter, version, choices_of_somebody(drawn))

    return make


def a_closed_spare(drawn):
    line = next(line for line in drawn.spares if line.endswith(" 2"))
    letter = base64.b64decode(line.split(" ")[0])
    return drawn.sign_ballot(letter, 1, choices_of_somebody(drawn))


def unsorted_ballots(drawn):
    swap(drawn.ballots, 0, 1)
    return drawn.raw()


def a_ballot_twice(drawn):
    drawn.ballots.append(drawn.ballots[0])
    drawn.seals[1].append(ballot_line(bundles.leaf_of_row(drawn.ballots[0])))
    drawn.sort()
    return drawn.raw()


def two_ballots_of_a_letter(drawn):
    row = drawn.ballots[0]
    letter = base64.b64decode(row["bk"])
    return drawn.sign_ballot(letter, row["version"] + 1, choices_of_somebody(drawn))


breaks_each(
    "V8",
    {
        "a letter that is not on the roll": with_ballot(a_stranger),
        "a letter that was revoked": with_ballot(letter_of("revoked")),
        "a letter that voted on paper": with_ballot(letter_of("paper")),
        "a spare that was not handed out": with_ballot(a_closed_spare),
        "ballots that are not sorted": unsorted_ballots,
        "a ballot twice": a_ballot_twice,
        "two ballots of a letter": with_ballot(two_ballots_of_a_letter),
    },
)

# V9


def with_body(change):
    """Let the first ballot say something else; it is signed and in the ledger as such."""

    def broken(drawn):
        old = drawn.ballots[0]
        letter = base64.b64decode(old["bk"])
        body = change(json.loads(old["body"]), drawn)
        body = body if isinstance(body, str) else canonical(body).decode()
        new = drawn.sign_body(letter, old["version"], body)
        replace_ballot(drawn, old, new)
        return drawn.raw(election=good_files()["round.pb"])

    return broken


def replace_ballot(drawn, old, new):
    drawn.ballots[drawn.ballots.index(old)] = new
    was, becomes = bundles.leaf_of_row(old), bundles.leaf_of_row(new)
    for seal in drawn.seals:
        for fact in seal:
            if fact.get("c") == was:
                fact["c"] = becomes
    drawn.sort()


def with_choices(choices):
    return with_body(lambda body, drawn: body | {"c": choices})


breaks_each(
    "V9",
    {
        "a body that is no JSON": with_body(lambda body, drawn: "hello"),
        "a body that is not canonical": with_body(lambda body, drawn: json.dumps(body)),
        "a body that is deep": with_body(lambda body, drawn: "[" * 100_000),
        "a body that is a list": with_body(lambda body, drawn: [body]),
        "another round": with_body(lambda body, drawn: body | {"r": "dorrewold/zuid-2026"}),
        "a nonce of 31 bytes": with_body(lambda body, drawn: body | {"nonce": b64(bytes(31))}),
        "no nonce": with_body(lambda body, drawn: {"c": body["c"], "r": body["r"]}),
        "a member more": with_body(lambda body, drawn: body | {"v": 1}),
        "choices that are a number": with_choices(5),
        "a choice that is text": with_choices(["1", 2]),
        "a choice that is true": with_choices([True, 2]),
        "pairs where there are no points": with_choices([[1, 1], [2, 1]]),
    },
)
RULES = {
    "kind": "approval",
    "min_choices": 2,
    "max_choices": 3,
    "max_cost": None,
    "points": 0,
    "max_points": 0,
    "max_choices_of_theme": [],
    "max_cost_of_theme": [],
}
PLANS = {
    number: {
        "number": number,
        "cost": 100 * number,
        "theme_id": "even" if number % 2 == 0 else "odd",
    }
    for number in range(1, 7)
}
POINTS = RULES | {"kind": "cumulative", "points": 6, "max_points": 4}


@pytest.mark.parametrize(
    ("choices", "rules", "obeyed"),
    [
        ([1, 2], {}, True),
        ([1, 2, 3], {}, True),
        ([1], {}, False),
        ([], {}, False),
        ([1, 2, 3, 4], {}, False),
        ([1, 7], {}, False),
        ([0, 1], {}, False),
        ([1, 1], {}, False),
        ([2, 1], {}, False),
        ([2, 1], {"kind": "ordinal"}, True),
        ([2, 2], {"kind": "ordinal"}, False),
        ([1, 2, 3, 4], {"kind": "ordinal"}, False),
        ([[1, 1], [2, 1]], {"kind": "ordinal"}, False),
        ([1], {"kind": "choose_one"}, True),
        ([1, 2], {"kind": "choose_one"}, False),
        ([], {"kind": "choose_one"}, False),
        ([], {"kind": "choose_one", "min_choices": 0}, True),
        ([], {"min_choices": 0}, True),
        # never more than there are plans, so also not needed
        ([1, 2, 3, 4, 5, 6], {"min_choices": 9, "max_choices": 9}, True),
        ([1, 2, 3, 4, 5], {"min_choices": 9, "max_choices": 9}, False),
        ([1, 2, 3], {"min_choices": 4}, True),
        # money
        ([1, 2], {"max_cost": 300}, True),
        ([1, 2], {"max_cost": 299}, False),
        ([1, 2], {"max_cost": 0}, False),
        ([1, 2], {"kind": "knapsack", "max_cost": 299}, False),
        # themes
        ([2, 4], {"max_choices_of_theme": [["even", 2]]}, True),
        ([2, 4], {"max_choices_of_theme": [["even", 1]]}, False),
        ([1, 2], {"max_choices_of_theme": [["odd", 1], ["even", 0]]}, False),
        ([1, 2], {"max_choices_of_theme": [["other", 0]]}, True),
        ([2, 4], {"max_cost_of_theme": [["even", 600]]}, True),
        ([2, 4], {"max_cost_of_theme": [["even", 599]]}, False),
        ([1, 2], {"max_cost_of_theme": [["odd", 100], ["even", 199]]}, False),
        # points
        ([[1, 3], [2, 3]], POINTS, True),
        ([[1, 4], [2, 2]], POINTS, True),
        ([[1, 4], [2, 3]], POINTS, False),
        ([[1, 5], [2, 1]], POINTS, False),
        ([[1, 0], [2, 1]], POINTS, False),
        ([[1, -1], [2, 1]], POINTS, False),
        ([[2, 1], [1, 1]], POINTS, False),
        ([[1, 1], [1, 2]], POINTS, False),
        ([[1, 1]], POINTS, False),
        ([1, 2], POINTS, False),
        ([[1, 1, 1], [2, 1]], POINTS, False),
        ([[1, 1], 2], POINTS, False),
        ([[1, 1], [2, 1]], POINTS | {"max_cost": 299}, False),
        ([[1, 1], [2, 1]], POINTS | {"max_choices_of_theme": [["odd", 0]]}, False),
    ],
)
def test_choices_obey_the_rules_or_not(choices, rules, obeyed):
    assert verify.obeys(choices, PLANS, RULES | rules) is obeyed


def test_a_ballot_that_breaks_a_rule_is_caught(drawn):
    raw = with_choices([plan["number"] for plan in drawn.projects["plans"]][::-1])(drawn)
    report = look_at(raw)

    assert report.failed == "V9"
    assert report.checks[-1].sentence == "Ballot 1 does not obey the rules."


# V10 and V11


def with_other_signature(make):
    """Give the first ballot another signature."""

    def broken(drawn):
        drawn.ballots[0]["sig"] = b64(make(drawn, drawn.ballots[0]))
        return drawn.raw()

    return broken


def sign_for(drawn, row, *, key=None, prefix=b"pbstem/v1/ballot\0", place=None, version=None):
    letter = base64.b64decode(row["bk"])
    place = drawn.config["round"].encode() if place is None else place
    number = struct.pack(">I", row["version"] if version is None else version)
    said = prefix + place + b"\0" + number + bundles.inner_of(row["body"])
    return (key or drawn.keys.letters[letter]).sign(said)


def raised_scalar(drawn, row):
    signature = base64.b64decode(row["sig"])
    scalar = int.from_bytes(signature[32:], "little") + verify.ORDER
    return signature[:32] + scalar.to_bytes(32, "little")


breaks_each(
    "V10",
    {
        "the key of the log": with_other_signature(
            lambda drawn, row: sign_for(drawn, row, key=drawn.keys.log)
        ),
        "another version": with_other_signature(
            lambda drawn, row: sign_for(drawn, row, version=row["version"] + 1)
        ),
        "another round": with_other_signature(
            lambda drawn, row: sign_for(drawn, row, place=b"dorrewold/zuid-2026")
        ),
        "another purpose": with_other_signature(
            lambda drawn, row: sign_for(drawn, row, prefix=b"pbstem/v1/receipt\0")
        ),
        "zeros": with_other_signature(lambda drawn, row: bytes(64)),
        "a scalar that is raised": with_other_signature(raised_scalar),
    },
)


def first_again(drawn):
    """Return the line of a first version that was replaced, and its letter's counted ballot."""
    old = next(row for row in drawn.superseded if row["version"] == 1)
    return old, next(row for row in drawn.ballots if row["bk"] == old["bk"])


@breaks("V11", "not complete")
def a_version_that_is_missing(drawn):
    old, _ = first_again(drawn)
    drawn.superseded.remove(old)
    for seal in drawn.seals:
        seal[:] = [fact for fact in seal if fact.get("c") != bundles.leaf_of_row(old)]
    return drawn.raw()


@breaks("V11", "not complete")
def a_replaced_version_above_the_counted_one(drawn):
    row = drawn.ballots[0]
    drawn.superseded.append(taken_out(row, "revote") | {"version": row["version"] + 1})
    drawn.sort()
    return drawn.raw()


@breaks("V11", "not complete")
def a_letter_with_nothing_but_replaced_ballots(drawn):
    row = drawn.ballots.pop()
    drawn.superseded.append(taken_out(row, "revote"))
    drawn.sort()
    return drawn.raw()


@breaks("V11", "not complete")
def a_version_in_two_files(drawn):
    drawn.superseded.append(taken_out(drawn.ballots[0], "revote"))
    drawn.sort()
    return drawn.raw()


@breaks("V11", "No event withdrew")
def a_letter_that_counts_and_was_withdrawn(drawn):
    row = drawn.ballots[0]
    drawn.withdrawn.append(taken_out(row, "revoked") | {"version": row["version"] + 1})
    drawn.sort()
    return drawn.raw()


@breaks("V11", "No event withdrew")
def a_ballot_withdrawn_without_an_event(drawn):
    row = drawn.ballots.pop()
    drawn.withdrawn.append(taken_out(row, "revoked"))
    drawn.sort()
    return drawn.raw()


@breaks("V11", "No event withdrew")
def a_ballot_withdrawn_for_another_reason(drawn):
    row = next(row for row in drawn.withdrawn if row["why"] == "revoked")
    row["why"] = "paper"
    return drawn.raw()


@breaks("V11", "superseded.jsonl is not sorted")
def replaced_ballots_that_are_not_sorted(drawn):
    drawn.superseded.reverse()
    return drawn.raw()


@breaks("V11", "withdrawn.jsonl is not sorted")
def withdrawn_ballots_that_are_not_sorted(drawn):
    drawn.withdrawn.reverse()
    return drawn.raw()


@breaks("V11", "has a ballot twice")
def a_replaced_ballot_twice(drawn):
    drawn.superseded.insert(0, drawn.superseded[0])
    return drawn.raw()


# V12 and V13


@breaks("V12", "of which the ballot is missing: 1")
def a_ballot_left_out(drawn):
    drawn.ballots.remove(next(row for row in drawn.ballots if row["version"] == 1))
    return drawn.raw()


@breaks("V12", "of which nothing stands in the ledger: 1")
def a_line_left_out(drawn):
    leaf = bundles.leaf_of_row(drawn.ballots[0])
    for seal in drawn.seals:
        seal[:] = [fact for fact in seal if fact.get("c") != leaf]
    return drawn.raw()


@breaks("V12", "of which the ballot is missing: 1")
def a_line_twice(drawn):
    leaf = next(fact for fact in drawn.seals[1] if fact["t"] == "ballot")
    drawn.seals[1].append(leaf)
    drawn.sort()
    return drawn.raw()


@breaks("V12", "of which the ballot is missing: 1")
def a_lost_leaf_that_is_not_named(drawn):
    drawn.events("restored")[0]["missing"].clear()
    return drawn.raw()


@breaks("V12", "of which nothing stands in the ledger: 1")
def a_lost_leaf_that_never_was(drawn):
    drawn.events("restored")[0]["missing"].append(b64(bytes(32)))
    return drawn.raw()


@breaks("V12", "of which nothing stands in the ledger: 1")
def other_choices_in_a_replaced_ballot(drawn):
    drawn.superseded[0]["inner"] = b64(bytes(32))
    return drawn.raw()


@breaks("V12", "of which nothing stands in the ledger: 1")
def other_choices_in_a_withdrawn_ballot(drawn):
    drawn.withdrawn[0]["inner"] = b64(bytes(32))
    return drawn.raw()


for member, of in (("cast", "ballots"), ("superseded", "superseded"), ("withdrawn", "withdrawn")):
    breaks_each(
        "V13",
        {
            f"{member} one more": in_event("closed", put(member, len(getattr(good(), of)) + 1)),
            f"{member} one less": in_event("closed", put(member, len(getattr(good(), of)) - 1)),
        },
    )


@breaks("V13", "are not all letters")
def a_letter_that_was_revoked_and_voted_on_paper(drawn):
    (revoked,), (paper,) = drawn.events("revoked"), drawn.events("paper")
    unused = next(key for key in revoked["keys"] if key not in {r["bk"] for r in drawn.withdrawn})
    paper["keys"] = sorted([*paper["keys"], unused])
    drawn.audit["not_returned"] = 3
    return drawn.raw()


@breaks("V13", "are not all letters")
def a_spare_on_paper_that_was_never_handed_out(drawn):
    spare = next(line for line in drawn.spares if line.endswith(" 2")).split(" ")[0]
    (paper,) = drawn.events("paper")
    paper["keys"] = sorted([*paper["keys"], spare])
    drawn.audit["not_returned"] = 3
    return drawn.raw()


def test_a_spare_that_was_never_handed_out_may_be_revoked(drawn):
    spare = next(line for line in drawn.spares if line.endswith(" 2")).split(" ")[0]
    (revoked,) = drawn.events("revoked")
    revoked["keys"] = sorted([*revoked["keys"], spare])
    report = look_at(drawn.raw())

    assert report.verified
    assert report.reconciliation["letters"]["revoked"] == 2


# V14 and V15


@breaks("V14", "round.pb is not what")
def another_election(drawn):
    text = drawn.round_pb().replace(b"budget;100000", b"budget;100001")
    return drawn.raw(election=text)


@breaks("V14", "gives another result")
def another_result(drawn):
    result = result_of(drawn.round_pb())
    return drawn.raw(result=result.replace(b'"selected": true', b'"selected": false', 1))


@breaks("V14", "names another count or result (count)")
def a_count_of_another_election(drawn):
    return in_event("count", put("round_pb_sha256", "00" * 32))(drawn)


@breaks("V14", "names another count or result (count)")
def a_count_with_another_result(drawn):
    return in_event("count", put("result_sha256", "00" * 32))(drawn)


@breaks("V14", "names another count or result (published)")
def another_result_published(drawn):
    return in_event("published", put("result_sha256", "00" * 32))(drawn)


@breaks("V14", "does not say what was counted")
def no_count(drawn):
    del drawn.seals[-2:]
    return drawn.raw()


@breaks("V14", "META does not say budget")
def an_election_that_cannot_be_counted(drawn):
    result = result_of(drawn.round_pb())
    drawn.config["election"]["meta"].pop(6)
    return drawn.raw(result=result)


@breaks("V14", "gives another result")
def a_result_of_nothing(drawn):
    return drawn.raw(result=b"")


def test_a_result_of_a_round_in_which_nobody_voted_is_caught():
    drawn = a_round(**ROUNDS["in which nobody voted"])

    assert look_at(drawn.raw()).verified
    assert look_at(drawn.raw(election=b"META\n", result=b"")).failed == "V14"
    assert look_at(drawn.raw(result=b"{}\n")).failed == "V14"


def test_what_the_count_chose_is_told_in_its_order_with_what_it_costs(drawn):
    report = look_at(drawn.raw())
    selected = json.loads(result_of(drawn.round_pb()))["selected"]
    plans = {f"P{plan['number']:02}": plan for plan in drawn.projects["plans"]}
    on_ballots = Counter(
        f"P{number:02}" for ballot in drawn.ballots for number in json.loads(ballot["body"])["c"]
    )

    assert selected
    assert report.chosen == [
        verify.Chosen(name, plans[name]["title"], plans[name]["cost"], on_ballots[name])
        for name in selected
    ]
    assert json.loads(report.to_json())["chosen"] == [vars(each) for each in report.chosen]
    assert set(vars(report.chosen[0])) == {"plan", "title", "cost_cents", "votes"}
    assert "Chosen by the count" in report.to_text()


def test_nothing_is_said_to_be_chosen_unless_all_holds(drawn):
    drawn.audit.update(valid=1)
    report = look_at(drawn.raw())

    assert report.failed == "V15"
    assert report.chosen is None
    assert "hosen" not in report.to_text()


def test_where_nobody_voted_nothing_was_chosen():
    drawn = a_round(**ROUNDS["in which nobody voted"])

    assert look_at(drawn.raw()).chosen == []


@pytest.mark.parametrize(
    "said",
    [
        b"", b"no JSON", b"\xff", b"[" * 100_000, b"[]", b"7", b"{}", b'{"selected": null}',
        b'{"selected": [1]}', b'{"selected": [[]]}', b'{"selected": ["P77"]}',
    ],
)  # fmt: skip
def test_a_program_that_counts_something_without_chosen_plans_is_caught(drawn, said):
    report = counted_as(drawn, said)

    assert report.failed == "V14"
    assert report.checks[-1].sentence == "result.json does not say which plans were chosen."
    assert report.chosen is None


def test_a_program_that_chooses_a_plan_twice_is_caught(drawn):
    report = counted_as(drawn, b'{"selected": ["P01", "P02", "P01"]}')

    assert report.failed == "V14"
    assert report.checks[-1].sentence == (
        "result.json names a plan twice among those that were chosen."
    )


def counted_as(drawn, said):
    """Check a bundle whose result is anything, with a program that counts the same."""
    result = said + b"\n"
    liar = Recounter(run=lambda _program, _election: result)
    return verify_bytes(drawn.raw(result=result), counter=liar)


def test_a_plan_that_is_withdrawn_keeps_its_votes_and_cannot_be_chosen(drawn):
    for _ in range(2):
        number = drawn.projects["plans"][1]["number"]
        drawn.seals[1].insert(0, event("plan_withdrawn", plan=number))
    raw = drawn.raw()

    assert look_at(raw).verified
    assert drawn.round_pb().count(b"999999999") == 2


breaks_each(
    "V15",
    {
        "one more not returned": lambda drawn: put("not_returned", 3)(drawn.audit) or drawn.raw(),
        "one less not returned": lambda drawn: put("not_returned", 1)(drawn.audit) or drawn.raw(),
        "a valid one": lambda drawn: drawn.audit.update(valid=1, not_returned=1) or drawn.raw(),
        "an invalid one": lambda drawn: (
            drawn.audit.update(invalid=1, not_returned=1) or drawn.raw()
        ),
        "a valid one too many": lambda drawn: drawn.audit.update(valid=1) or drawn.raw(),
        "an invalid one too many": lambda drawn: drawn.audit.update(invalid=1) or drawn.raw(),
    },
)


def test_every_check_is_broken_by_something():
    assert {case.values[0] for case in BREAKS} == set(ALL)


# --- what somebody kept ----------------------------------------------------------------------


def test_the_fingerprint_of_a_letter_may_be_typed_as_people_do(drawn):
    typed = drawn.fingerprint()
    raw = drawn.raw()
    spaced = " ".join(typed[at : at + 4] for at in range(0, 20, 4))

    assert look_at(raw, fingerprint=typed).verified
    assert look_at(raw, fingerprint=spaced.lower()).verified
    assert look_at(raw, fingerprint=spaced.replace(" ", "-").replace("0", "o")).verified
    assert look_at(raw, fingerprint=typed.replace("1", "l")).verified
    assert look_at(raw, fingerprint=typed.replace("1", "I")).verified


def test_another_fingerprint_is_told(drawn):
    report = look_at(drawn.raw(), fingerprint="0" * 20)

    assert (report.failed, report.compared, report.kept_differs) == ("V3", True, True)
    assert report.checks[-1].sentence == (
        "The fingerprint on your letter is not that of this bundle."
    )


@pytest.mark.parametrize(("typed", "number"), [("", 0), ("not a fingerprint", 15), ("0" * 21, 21)])
def test_what_is_too_short_or_too_long_for_a_fingerprint_is_told(drawn, typed, number):
    report = look_at(drawn.raw(), fingerprint=typed)

    assert (report.failed, report.compared, report.kept_differs) == ("V3", True, True)
    assert report.checks[-1].sentence == (
        f"A fingerprint has 20 symbols; you gave {number} of them."
    )


def test_the_keys_of_somebody_fit_in_any_order(drawn):
    lines = kept_keys(drawn)
    raw = drawn.raw()

    assert look_at(raw, keys="\n".join(lines)).verified
    report = look_at(raw, keys="\r\n\n".join(reversed(lines)) + "\n")
    assert "the keys are those that you kept" in report.checks[3].sentence


def test_who_kept_the_keys_of_the_officers_only_has_all_that_sign(drawn):
    report = look_at(drawn.raw(), keys="\n".join(kept_keys(drawn)[1:]))

    assert report.verified
    assert "the keys are those that you kept" in report.checks[3].sentence


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:1],
        lambda lines: lines[2:],
        lambda lines: lines[:3],
        lambda lines: [*lines, verifier_key("more.example", a_key(bundles.random.Random(5)))],
        lambda lines: [lines[0], verifier_key(f"{ORIGIN}/officer-1", good().keys.log), *lines[2:]],
        lambda lines: ["no key"],
        lambda lines: [],
    ],
)
def test_other_keys_than_those_of_somebody_are_told(drawn, change):
    report = look_at(drawn.raw(), keys="\n".join(change(kept_keys(drawn))))

    assert (report.failed, report.kept_differs) == ("V3", True)


def test_a_receipt_of_a_counted_ballot_holds(drawn):
    raw = drawn.raw()
    for row in drawn.ballots[:5]:
        report = look_at(raw, receipt=drawn.receipt(row, 3))
        leaf = base64.b64decode(bundles.leaf_of_row(row))
        assert report.verified
        assert report.checks[-1].check == "receipt"
        assert bundles.symbols(leaf, 12) in report.checks[-1].sentence


def test_a_receipt_of_points_is_read_as_a_browser_may_write_it():
    drawn = good("cumulative").copy()
    address = drawn.receipt(drawn.ballots[0], 3)

    assert look_at(drawn.raw(), receipt=address).verified
    written = address.replace("[", "%5B").replace("]", "%5d").replace(",", "%2C")
    assert look_at(drawn.raw(), receipt=f" {written}\n").verified
    assert look_at(drawn.raw(), receipt=address.partition("#")[2]).verified


def edited_receipt(place, change):
    def edit(drawn):
        head, _, rest = drawn.receipt(drawn.ballots[0], 3).partition("#")
        parts = rest.split(".")
        parts[place] = change(parts[place])
        return f"{head}#{'.'.join(parts)}"

    return edit


@pytest.mark.parametrize(
    ("sentence", "make"),
    [
        (
            "was not signed",
            lambda drawn: drawn.receipt(drawn.ballots[0], 3, drawn.keys.officers[0]),
        ),
        ("was not signed", edited_receipt(2, lambda version: str(int(version) + 1))),
        ("was not signed", edited_receipt(4, lambda choices: choices[2:])),
        ("was not signed", edited_receipt(5, lambda size: "4")),
        ("was not signed", edited_receipt(5, lambda size: str(2**32 - 1))),
        ("does not stand", lambda drawn: drawn.receipt(drawn.ballots[0], 55)),
        ("does not stand", lambda drawn: drawn.receipt(drawn.ballots[0], 1000)),
        ("not that of a receipt", lambda drawn: "https://stem.dorrewold.example/"),
        ("not that of a receipt", lambda drawn: ""),
        ("not that of a receipt", edited_receipt(0, lambda word: "v2")),
        ("not that of a receipt", edited_receipt(1, lambda letter: letter + "=")),
        ("not that of a receipt", edited_receipt(1, lambda letter: letter[:-1])),
        ("not that of a receipt", edited_receipt(1, lambda letter: b64(bytes([251] * 32))[:-1])),
        ("not that of a receipt", edited_receipt(2, lambda version: "0" + version)),
        ("not that of a receipt", edited_receipt(2, lambda version: str(2**32))),
        ("not that of a receipt", edited_receipt(2, lambda version: "٣")),
        ("not that of a receipt", edited_receipt(3, lambda nonce: nonce[:-1] + "_")),
        ("not that of a receipt", edited_receipt(4, lambda choices: choices + ", 5")),
        ("not that of a receipt", edited_receipt(5, lambda size: "-1")),
        ("not that of a receipt", edited_receipt(5, lambda size: str(2**32))),
        ("not that of a receipt", edited_receipt(6, lambda signature: signature[:-2])),
        ("not that of a receipt", edited_receipt(6, lambda signature: signature + ".x")),
    ],
)
def test_a_receipt_that_does_not_fit_is_told(drawn, sentence, make):
    report = look_at(drawn.raw(), receipt=make(drawn))

    assert report.failed == "receipt", sentence
    assert sentence in report.checks[-1].sentence
    assert report.exit_code == 1
    assert report.kept_differs is (sentence != "does not stand")  # Which we signed all the same.


def test_a_signed_receipt_of_a_ballot_that_is_gone_is_proof(drawn):
    receipt = drawn.receipt(drawn.ballots[0], 3)
    gone = drawn.ballots[0]
    drawn.ballots = [row for row in drawn.ballots if row["bk"] != gone["bk"]]
    drawn.superseded = [row for row in drawn.superseded if row["bk"] != gone["bk"]]
    kept = {fact["c"] for fact in drawn.facts() if fact["t"] == "ballot"} & {
        *drawn.leaves(),
        *drawn.events("restored")[0]["missing"],
    }
    drawn.seals = [
        [fact for fact in seal if fact["t"] == "event" or fact["c"] in kept] for seal in drawn.seals
    ]
    raw = drawn.raw()

    assert look_at(raw).verified
    assert look_at(raw, receipt=receipt).failed == "receipt"
    assert not look_at(raw, receipt=receipt).kept_differs


# --- what cannot be read as a bundle ---------------------------------------------------------


def with_end(raw, number=None, place=None):
    """Change number of files, or place of the list, in the end of a zip file."""
    fields = list(struct.unpack("<4s4HLLH", raw[-22:]))
    if number is not None:
        fields[3] = fields[4] = number
    if place is not None:
        fields[6] = place
    return raw[:-22] + struct.pack("<4s4HLLH", *fields)


def in_directory(raw, field, value, which=0):
    """Change a number in the list of a zip file: (offset in the header, bytes)."""
    place = struct.unpack("<L", raw[-6:-2])[0]
    for _ in range(which):
        lengths = struct.unpack("<3H", raw[place + 28 : place + 34])
        place += 46 + sum(lengths)
    return raw[: place + field] + value + raw[place + field + len(value) :]


def renamed(raw, old, new):
    assert len(old) == len(new)
    return raw.replace(old, new)


EMPTY = pack({"a.txt": b""})
UNREADABLE = {
    "nothing": (lambda raw: b"", "not a zip file"),
    "a NUL": (lambda raw: b"\0", "not a zip file"),
    "words": (lambda raw: b"hello\n" * 100, "not a zip file"),
    "the first half": (lambda raw: raw[: len(raw) // 2], "not a zip file"),
    "all but a byte": (lambda raw: raw[:-1], "a part of it is missing"),
    "all but the end": (lambda raw: raw[:-22], "not a zip file"),
    "only the end": (lambda raw: raw[-22:], "list of files"),
    "the last half": (lambda raw: raw[len(raw) // 2 :], ""),
    "no files": (lambda raw: pack({}), "There is no README.txt"),
    "compressed files": (lambda raw: pack(good_files(), method=8), "is compressed"),
    "a file less": (
        lambda raw: pack({n: d for n, d in good_files().items() if n != "roll.txt"}),
        "There is no roll.txt",
    ),
    "a path above": (lambda raw: pack(good_files() | {"../roll.txt": b""}), "lies in another one"),
    "a path from the root": (lambda raw: pack(good_files() | {"/roll.txt": b""}), "folder"),
    "a path with a drive": (lambda raw: pack(good_files() | {"C:roll.txt": b""}), "folder"),
    "a path of Windows": (lambda raw: pack(good_files() | {"..\\roll.txt": b""}), "folder"),
    "a folder": (lambda raw: pack(good_files() | {"folder/": b""}), "is a folder"),
    "a name with a NUL": (lambda raw: pack(good_files() | {"a\0b": b""}), "a name that no"),
    "a name with a mark": (lambda raw: pack(good_files() | {"é.txt": b""}), "a name that no"),
    "too many files": (
        lambda raw: pack(good_files() | {f"{n}.txt": b"" for n in range(3)}),
        "There are 21 files",
    ),
    "a number of files that is none": (lambda raw: with_end(raw, number=65_535), "65535 files"),
    "a file more than there is": (lambda raw: with_end(raw, number=19), "list of files"),
    "a list elsewhere": (lambda raw: with_end(raw, place=0), "list of files"),
    "a list behind the end": (lambda raw: with_end(raw, place=2**32 - 1), "list of files"),
    "a file twice": (
        lambda raw: renamed(raw, b"superseded.jsonl", b"paper_audit.json"),
        "stands in it twice",
    ),
    "a file of another size packed": (
        lambda raw: in_directory(raw, 20, struct.pack("<L", 5)),
        "is compressed",
    ),
    "files that say they are large": (
        lambda raw: in_directory(raw, 20, struct.pack("<LL", 1 << 31, 1 << 31)),
        "larger than they can be",
    ),
    "a file of which no byte is there": (
        lambda raw: in_directory(EMPTY, 20, struct.pack("<LL", len(EMPTY), len(EMPTY))),
        "A part of a.txt is missing",
    ),
    "a file that is larger than the zip file": (
        lambda raw: in_directory(EMPTY, 20, struct.pack("<LL", len(EMPTY) + 1, len(EMPTY) + 1)),
        "larger than they can be",
    ),
    "a file that is a header at the end": (
        lambda raw: in_directory(EMPTY, 42, struct.pack("<L", len(EMPTY))) + b"PK\3\4" + bytes(26),
        "There is no README.txt",
    ),
    "a list at the end": (
        lambda raw: with_end(pack({}), number=1, place=22) + b"PK\1\2" + bytes(42),
        " is not where",
    ),
    "a list at the end that is cut off": (
        lambda raw: with_end(pack({}), number=1, place=22) + b"PK\1\2" + bytes(41),
        "list of files",
    ),
    "a format with a long name": (
        lambda raw: pack({"manifest.json": b'{"format":"%s"}' % (b"x" * 50)}),
        f"of format '{'x' * 40}';",
    ),
    "a file that goes on to the end": (
        lambda raw: in_directory(EMPTY, 20, struct.pack("<LL", *[len(EMPTY) - 35] * 2)),
        "There is no README.txt",
    ),
    "a file that goes on behind the end": (
        lambda raw: in_directory(raw, 42, struct.pack("<L", len(raw) - 40), which=17),
        "",
    ),
    "a file elsewhere": (lambda raw: in_directory(raw, 42, struct.pack("<L", 7)), "is not where"),
    "a file behind the end": (
        lambda raw: in_directory(raw, 42, struct.pack("<L", 2**32 - 1)),
        "is not where",
    ),
    "an older format": (
        lambda raw: pack(
            good_files()
            | {"manifest.json": good_files()["manifest.json"].replace(b"bundle/1", b"bundle/0")}
        ),
        "a bundle of format 'pb-bundle/0'; this program reads pb-bundle/1",
    ),
    "an older format with other files": (
        lambda raw: pack({"manifest.json": b'{"format":"pb-bundle/0"}'}),
        "pb-bundle/0",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_as_a_bundle_is_told_in_one_sentence(name):
    change, sentence = UNREADABLE[name]
    report = look_at(change(good().copy().raw()))

    assert [(each.check, each.holds) for each in report.checks] == [("bundle", False)]
    assert sentence in report.checks[0].sentence
    assert (report.failed, report.exit_code, report.verified) == ("bundle", 2, False)
    assert report.to_text().endswith("This cannot be read as a bundle.")


def test_a_bundle_with_the_most_that_headers_allow_is_not_a_bundle_for_its_number(drawn):
    raw = pack(good_files() | {f"{number}.txt": b"" for number in range(2)})

    assert look_at(raw).failed == "V0"  # 20 files can be read, but 2 do not belong


def test_a_file_that_is_larger_than_a_bundle_is_not_even_read(tmp_path):
    path = tmp_path / "bundle.zip"
    with path.open("wb") as file:
        file.truncate(verify.MOST_BYTES + verify.MOST_AROUND + 1)  # a hole: it takes no room

    report = verify.verify(path)
    assert (report.exit_code, report.checks[0].sentence) == (
        2,
        "bundle.zip is larger than a bundle may be.",
    )


def test_a_file_may_be_as_large_as_its_limit(tmp_path, monkeypatch, drawn):
    path = tmp_path / "bundle.zip"
    path.write_bytes(drawn.raw())
    monkeypatch.setattr(verify, "MOST_BYTES", path.stat().st_size - 5)
    monkeypatch.setattr(verify, "MOST_AROUND", 5)
    assert verify.verify(path, counter=HERE).verified

    monkeypatch.setattr(verify, "MOST_AROUND", 4)
    assert "is larger than" in verify.verify(path, counter=HERE).checks[0].sentence


def test_the_limits_are_those_of_the_page():
    assert (verify.FORMAT, verify.MOST_ENTRIES, verify.MOST_BYTES) == ("pb-bundle/1", 20, 2**30)
    assert (verify.OFFICERS_NEEDED, verify.MOST_AROUND) == (2, 2**14)
    assert verify.MOST_SECONDS_OF_A_RECOUNT == 900


def test_a_folder_and_a_file_that_is_not_there_are_told(tmp_path):
    assert verify.verify(tmp_path).exit_code == 2
    none, folder = verify.verify(tmp_path / "none.zip"), verify.verify(Path())
    assert none.checks[0].sentence.startswith("none.zip cannot be opened: ")
    assert folder.checks[0].sentence.startswith(". cannot be opened: ")


# --- the program -----------------------------------------------------------------------------


def run(folder, *arguments, isolated=("-I", "-S")):
    return subprocess.run(
        [sys.executable, *isolated, "verify.py", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def folder(tmp_path, drawn):
    """A folder with the program, a bundle, and nothing else."""
    shutil.copy(SCRIPT, tmp_path / "verify.py")
    (tmp_path / "bundle.zip").write_bytes(drawn.raw())
    return tmp_path


def test_the_program_runs_alone_in_an_empty_folder(folder):
    done = run(folder, "bundle.zip")
    lines = done.stdout.splitlines()

    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in lines[:16]] == [[name, "holds"] for name in ALL]
    assert "The recount.py of the bundle (SHA-256 " in lines[14]
    assert "64 letters issued = 30 used online" in done.stdout
    assert "no more than that the bundle agrees with itself" in lines[-1]
    assert sorted(path.name for path in folder.iterdir()) == ["bundle.zip", "verify.py"]


def test_the_program_uses_the_package_when_it_is_there(folder):
    assert run(folder, "bundle.zip", isolated=("-I",)).returncode == 0


def test_the_program_reports_as_json(folder):
    done = run(folder, "bundle.zip", "--format", "json")
    said = json.loads(done.stdout)

    assert (said["verified"], said["failed"], said["compared_with_kept"]) == (True, None, False)
    assert [each["check"] for each in said["checks"]] == ALL
    assert all(each["holds"] is True and each["sentence"] for each in said["checks"])
    assert said["reconciliation"]["letters"]["issued"] == 64
    assert len(said["changes"]) == 11


def test_the_program_runs_the_recount_that_lies_beside_it(folder):
    own = PROGRAMS["recount.py"] + b"# mine\n"
    (folder / "recount.py").write_bytes(own)
    done = run(folder, "bundle.zip")
    assert done.returncode == 0
    assert f"The recount.py beside verify.py (SHA-256 {sha(own).hex()})" in done.stdout

    (folder / "recount.py").write_bytes(b"print('{}')\n")
    done = run(folder, "bundle.zip")
    assert done.returncode == 1
    assert "with the recount.py beside verify.py gives another result" in done.stdout

    (folder / "recount.py").write_bytes(b"raise SystemExit(3)\n")
    done = run(folder, "bundle.zip")
    assert "says that round.pb cannot be counted" in done.stdout


def test_a_recount_that_does_not_end_is_stopped(monkeypatch):
    monkeypatch.setattr(verify, "MOST_SECONDS_OF_A_RECOUNT", 0.5)

    with pytest.raises(verify.DoesNotHold, match="to its end"):
        verify.run_program(b"while True: pass\n", b"")


def test_a_recount_that_cannot_be_started_is_told(monkeypatch):
    monkeypatch.setattr(verify.sys, "executable", "/nowhere/python")

    with pytest.raises(verify.DoesNotHold, match="to its end"):
        verify.run_program(b"", b"")


def test_the_program_compares_with_what_somebody_kept(folder, drawn):
    drawn.files()
    (folder / "keys.txt").write_text("\n".join(kept_keys(drawn)))
    (folder / "kept.txt").write_text(kept_checkpoints(drawn)[2], encoding="utf-8")
    kept = ("--key", "keys.txt", "--checkpoint", "kept.txt")
    kept += ("--fingerprint", drawn.fingerprint(), "--receipt", drawn.receipt(drawn.ballots[0], 3))
    done = run(folder, "bundle.zip", *kept)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\nEverything holds, also against what you kept.\n")
    assert "receipt" in done.stdout
    assert "the keys are those that you kept, and the fingerprint" in done.stdout


def test_the_program_ends_with_1_when_something_does_not_hold(folder, drawn):
    done = run(folder, "bundle.zip", "--fingerprint", "0000")

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1] == (
        "V3 does not hold: what you gave is not of this bundle. See whether you gave all of it, "
        "and of this round. If you did, do not trust this bundle."
    )


NO_BUNDLE = "This cannot be read as a bundle."
NOT_GIVEN = "So nothing was looked at. Give that file once more."


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["none.zip"], NO_BUNDLE),
        (["."], NO_BUNDLE),
        (["verify.py"], NO_BUNDLE),
        (["bundle.zip", "--key", "none.txt"], NOT_GIVEN),
        (["bundle.zip", "--checkpoint", "."], NOT_GIVEN),
        (["bundle.zip", "--key", "bundle.zip"], NOT_GIVEN),
    ],
)
def test_the_program_ends_with_2_and_a_sentence_when_it_cannot_read(folder, arguments, last):
    done = run(folder, *arguments)
    as_json = json.loads(run(folder, *arguments, "--format", "json").stdout)

    assert (done.returncode, done.stderr) == (2, "")
    assert "Traceback" not in done.stdout
    assert done.stdout.splitlines()[-1] == last
    assert as_json["failed"] == ("bundle" if last == NO_BUNDLE else "given")
    assert as_json["verified"] is False


def test_words_of_the_bundle_cannot_move_the_cursor(drawn):
    drawn.events("pause")[0]["reason"] = "\x1b[2J\nV16     holds"
    report = look_at(drawn.raw())

    assert report.verified
    assert "\x1b" not in report.to_text()
    assert "voting was paused: ?[2J?V16     holds" in report.to_text()


def test_the_verifier_needs_nothing_but_the_standard_library():
    code = "import sys; import verify; print([n for n in sys.modules if 'crypto' in n])"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=SCRIPT.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


# --- every sentence --------------------------------------------------------------------------


def test_what_holds_is_said_with_its_numbers(drawn):
    drawn.files()
    kept = {
        "keys": "\n".join(kept_keys(drawn)),
        "fingerprint": drawn.fingerprint(),
        "checkpoint": kept_checkpoints(drawn)[1],
        "receipt": drawn.receipt(drawn.ballots[0], 3),
    }
    report = look_at(drawn.raw(officers=(1, 2, 3)), **kept)
    program = sha(PROGRAMS["recount.py"]).hex()
    code = bundles.symbols(base64.b64decode(bundles.leaf_of_row(drawn.ballots[0])), 12)

    assert [each.sentence for each in report.checks] == [
        "The zip file holds the 18 files of a bundle and not a byte beside them.",
        "3 officers signed the manifest, which names every file with its hash.",
        "Every JSON file is written in the only way there is, with the members it must have.",
        (
            "config.json names the ballot list, the programs and the keys, and the keys are "
            "those that you kept, and the fingerprint is that of your letter."
        ),
        "The 56 lines of the ledger are facts, in an order that they can have.",
        (
            "Each of the 8 checkpoints is signed and fits the ledger, as does the one of 20 "
            "lines that you kept."
        ),
        "The first line of the ledger fixes config.json.",
        "The second line fixes the roll of 67 letters, 7 of them spares.",
        "Each of the 30 counted ballots is of another letter that may vote.",
        "What every ballot says is of this round and obeys the rules of the ballot list.",
        "Each of the 30 counted ballots is signed by the key of its letter.",
        "Of each letter all versions are there, and only the last counts or was withdrawn.",
        "The 39 ballot lines of the ledger are the ballots, each as often.",
        "The numbers said at closing are those of the files, and the letters add up.",
        f"The recount.py of the bundle (SHA-256 {program}) counts the same result.",
        "Letters marked as voted on paper: 2, as paper_audit.json says.",
        f"The ballot of your receipt, {code}, stands in the ledger and counts.",
    ]


def test_a_round_may_use_all_that_it_has():
    """Every letter is a spare and was revoked, every plan was withdrawn."""
    drawn = a_round(letters=0, packs=(4, 3), handed_out=(1, 2), ballots=0, revotes=0,
                    revoked=0, paper=0, lost=0, seals=1)  # fmt: skip
    keys = sorted(line.split(" ")[0] for line in drawn.roll)
    drawn.seals[1] += [event("revoked", keys=keys[:4]), event("paper", keys=keys[4:])]
    drawn.audit["not_returned"] = 3
    withdrawn = {fact["plan"] for fact in drawn.events("plan_withdrawn")}
    for plan in drawn.projects["plans"]:
        if plan["number"] not in withdrawn:
            drawn.seals[1].append(event("plan_withdrawn", plan=plan["number"]))
    report = look_at(drawn.raw())

    assert report.verified, report.checks[-1]
    assert report.reconciliation["letters"] == {
        "issued": 7,
        "used_online": 0,
        "used_on_paper": 3,
        "revoked": 4,
        "unused": 0,
    }
