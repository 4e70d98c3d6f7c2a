"""The second verifier, static/js/verify.js under node: it agrees with verify.py on every bundle.

Each was written from docs/bundle.md alone. Where they differ, one of them or the page is wrong.
The one difference that is meant: the browser adds up the votes and leaves the count to Python.
"""

import json
import os
import random
import re
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pb.tally import recount
from pb.trials import real_election
from pb.trials.replay import BUNDLE, replay
from tests.results import bundles
from tests.results.bundles import VOTE_TYPES, a_round, canonical, pack, sha, tree_hash
from tests.results.in_node import NODE, SCRIPT
from tests.results.observers import kept_checkpoints, kept_keys, look_at
from tests.results.tampering import tampered
from tests.results.test_verify import BREAKS, ROUNDS, UNREADABLE, good, good_files, officers
from tests.trials.elections import SMALL

ALL = [f"V{number}" for number in range(16)]
ORDER = 2**252 + 27742317777372353535851937790883648493
PRIME = 2**255 - 19

if NODE is None:
    pytest.skip("node is not installed", allow_module_level=True)


def run(*arguments):
    return subprocess.run(
        [NODE, "--no-warnings", SCRIPT, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
    )


# --- what holds ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", VOTE_TYPES)
@pytest.mark.parametrize("name", ROUNDS)
def test_a_good_round_holds_here_too_and_is_told_the_same(browser, name, kind):
    raw = a_round(kind, **ROUNDS[name]).raw()

    here, there = browser.look_at(raw), json.loads(look_at(raw).to_json())

    assert here["failed"] is None, here["checks"][-1]
    assert here["verified"]
    assert [row["check"] for row in here["checks"]] == ALL
    for part in (
        "verified",
        "failed",
        "reconciliation",
        "changes",
        "chosen",
        "compared_with_kept",
        "kept_differs",
    ):
        assert here[part] == there[part]


def test_the_bundle_of_a_round_that_went_through_the_whole_stack_holds(browser, tmp_path):
    replay(real_election.read(SMALL), tmp_path)

    outcome = browser.look_at((tmp_path / BUNDLE).read_bytes())

    assert outcome["failed"] is None, outcome["checks"][-1]


def test_it_says_that_the_count_itself_is_left_to_python(browser):
    outcome = browser.look_at(good().copy().raw())

    [counted] = [row for row in outcome["checks"] if row["check"] == "V14"]
    assert "Not counted again here" in counted["sentence"]
    assert "verify.py" in counted["sentence"]


# --- what does not hold ----------------------------------------------------------------------


@pytest.mark.parametrize(("check", "sentence", "broken"), BREAKS)
def test_a_broken_bundle_fails_with_the_same_check(browser, check, sentence, broken):
    raw = broken(good().copy())

    outcome = browser.look_at(raw)

    if outcome["failed"] is None:
        # Every number of the votes is right: only the count, which Python makes, can tell.
        assert check == "V14"
        assert sentence in look_at(raw).checks[-1].sentence
        return
    assert outcome["failed"] == check, outcome["checks"][-1]
    assert [row["holds"] for row in outcome["checks"]] == [True] * ALL.index(check) + [False]


def test_every_check_is_broken_by_something_here_too():
    assert {case.values[0] for case in BREAKS} == set(ALL)


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_bundle_is_told_apart_from_a_broken_one(browser, name):
    raw = UNREADABLE[name][0](good().copy().raw())

    outcome = browser.look_at(raw)

    assert outcome["failed"] == "bundle", outcome["checks"][-1]


def changed_result(change):
    drawn = good().copy()
    result = json.loads(bundles.result_of(drawn.round_pb()))
    change(result)
    text = json.dumps(result, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    return drawn.raw(result=text.encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda result: result["projects"]["P01"].update(votes=99),
        lambda result: result["projects"]["P01"].update(score=99),
        lambda result: result["projects"].pop("P01"),
        lambda result: result["ballots"].update(counted=1),
        lambda result: result.update(input_sha256="00" * 32),
        lambda result: result.update(format="pb-tally/2"),
    ],
)
def test_totals_that_are_not_those_of_the_ballots_are_told(browser, change):
    outcome = browser.look_at(changed_result(change))

    assert outcome["failed"] == "V14", outcome["checks"][-1]


@pytest.mark.parametrize(
    "left",
    [
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.rstrip("\n"),
        lambda note: f"\n\n{note}\n\n",
        lambda note: note.replace("\n", "\r"),
        lambda note: f"  {note}",
        lambda note: f"\ufeff{note}",
        lambda note: note.replace(bundles.ORIGIN, "elsewhere/noord"),
        lambda note: "",
    ],
)
def test_a_kept_checkpoint_is_read_as_the_other_verifier_reads_it(browser, left):
    drawn = good().copy()
    kept = left(kept_checkpoints(drawn)[2])

    here = browser.look_at(pack(good_files()), checkpoint=kept or "\n")
    there = look_at(pack(good_files()), checkpoint=kept or "\n")

    assert (here["failed"], here["kept_differs"]) == (there.failed, there.kept_differs)


# --- the two verifiers agree (voting.md T15) ---------------------------------------------------


def drawn_at_random(seed):
    """Return a round with parameters that are drawn, too."""
    rng = random.Random(f"agree {seed}")  # noqa: S311 - drawn to be the same again
    ballots = rng.randint(0, 25)
    packs = tuple(rng.randint(1, 3) for _ in range(rng.randint(0, 3)))
    handed_out = tuple(number + 1 for number in range(len(packs)) if rng.random() < 0.5)
    kind = rng.choice(list(VOTE_TYPES))
    return a_round(
        kind,
        seed=seed,
        letters=ballots + rng.randint(8, 30),
        ballots=ballots,
        revotes=rng.randint(0, 12) if ballots else 0,
        revoked=rng.randint(0, 3),
        paper=rng.randint(0, 3),
        packs=packs,
        handed_out=handed_out if ballots >= len(handed_out) else (),
        lost=rng.randint(0, 2),
        seals=rng.randint(1, 3),
        smallest_seal=rng.randint(0, 3),
        plans=rng.randint(2, 14),
        plan_withdrawn=rng.random() < 0.5,
        # Four plans may cost more together than a knapsack holds.
        full=kind != "knapsack" and rng.random() < 0.3,
    )


def disagreements(browser, seeds):
    """Return where the two differ on a drawn round and on that round after one change."""
    found = []
    for seed in seeds:
        drawn = drawn_at_random(seed)
        files = drawn.files()
        rng = random.Random(f"tamper {seed}")  # noqa: S311 - the same
        name, broken = tampered(files, officers(drawn), rng)
        kept = random_kept(drawn, rng)
        for what, raw, given in (("good", pack(files), kept), (name, broken, {})):
            here = browser.look_at(
                raw, **{("key" if k == "keys" else k): v for k, v in given.items()}
            )
            there = look_at(raw, **given)
            only_counted = (
                there.failed == "V14" and name == "result.json" and here["failed"] is None
            )
            same = (here["failed"], here["kept_differs"]) == (there.failed, there.kept_differs)
            if not same and not only_counted:
                said = (here["failed"], here["checks"][-1]["sentence"])
                found.append((seed, what, said, there.failed, str(there.checks[-1])))
    return found


def random_kept(drawn, rng):
    """Return something that somebody kept: sometimes of this round, sometimes of another."""
    own = rng.random() < 0.7
    of = drawn if own else drawn_at_random("another")
    kind = rng.choice(["keys", "checkpoint", "fingerprint", "receipt"])
    if kind == "receipt":
        if not of.ballots:
            return {}
        return {"receipt": of.receipt(rng.choice(of.ballots), rng.randint(0, 8))}
    return {
        "keys": {"keys": "\n".join(kept_keys(of)) + "\n"},
        "checkpoint": {"checkpoint": rng.choice(kept_checkpoints(of))},
        "fingerprint": {"fingerprint": of.fingerprint()},
    }[kind]


def test_both_verifiers_agree_on_two_hundred_rounds(browser):
    assert disagreements(browser, range(200)) == []


@pytest.mark.nightly
def test_both_verifiers_agree_on_a_thousand_rounds(browser):
    assert disagreements(browser, range(1_000, 2_000)) == []


# --- parts -----------------------------------------------------------------------------------


def a_private_key(number):
    return Ed25519PrivateKey.from_private_bytes(sha(b"%d" % number))


@pytest.mark.parametrize("by", ["browser", "here"])
def test_a_signature_is_checked_in_both_ways(browser, by):
    for number in range(12):
        key = a_private_key(number)
        message = sha(b"message") * number
        signature = key.sign(message)
        said = {"key": bundles.public(key).hex(), "by": by}

        assert browser.ask("signed", message=message.hex(), signature=signature.hex(), **said)
        wrong = bytearray(signature)
        wrong[number * 5] ^= 4
        assert not browser.ask("signed", message=message.hex(), signature=wrong.hex(), **said)
        other = (message + b"x").hex()
        assert not browser.ask("signed", message=other, signature=signature.hex(), **said)


def with_scalar_above_the_order():
    key = a_private_key(1)
    signature = key.sign(b"")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    return bundles.public(key), b"", signature[:32] + scalar.to_bytes(32, "little")


SMALL_ORDER = [
    "01" + "00" * 31,
    "00" * 32,
    "00" * 31 + "80",
    "ec" + "ff" * 30 + "7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


@pytest.mark.parametrize("by", ["browser", "here"])
def test_what_the_strict_rules_refuse_is_refused_in_both_ways(browser, by):
    cases = [with_scalar_above_the_order()]
    # A key of small order fits the signature of nobody: R = neutral, S = 0.
    cases += [(bytes.fromhex(key), b"", bytes.fromhex(SMALL_ORDER[0]) + bytes(32))
              for key in SMALL_ORDER]  # fmt: skip
    # The neutral point, and y = 3, written with a y that is not below the prime.
    cases += [((PRIME + extra).to_bytes(32, "little"), b"", bytes(64)) for extra in (1, 3)]
    # A key that is no point of the curve.
    cases.append(((2).to_bytes(32, "little"), b"", a_private_key(1).sign(b"")))

    for key, message, signature in cases:
        said = {"key": key.hex(), "message": message.hex(), "signature": signature.hex()}
        assert not browser.ask("signed", by=by, **said)


def test_roots_are_those_of_the_definition(browser):
    lines = [b"%d" % number for number in range(70)]
    sizes = list(range(71))

    roots = browser.ask("roots", lines=[line.hex() for line in lines], sizes=sizes)

    assert roots == [tree_hash(lines[:size]).hex() for size in sizes]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (canonical({"b": [1, None, True], "a": "é\u2028\x7f"}).decode(), True),
        (canonical({"\ue000": 1, "\U0001f600": 2}).decode(), True),
        ('{"\U0001f600":2,"\ue000":1}', False),
        ('{"a":1, "b":2}', False),
        ('{"b":1,"a":2}', False),
        ('{"a":1,"a":1}', False),
        ("1.0", False), ("1e2", False), ("-0", False), ("01", False), ("NaN", False),
        ('"\\u0007"', True), ('"\\u000A"', False), ('"\\n"', True), ('"\\/"', False),
        ('"\\u00e9"', False), ('"\\ud800"', False), ("9007199254740991", True),
        ("9007199254740993", False), ("\ufeff1", False), ("", False), ("[" * 100_000, False),
        ('{"__proto__":{"a":1}}', True),
    ],
)  # fmt: skip
def test_canonical_json_is_told_apart_from_all_other(browser, text, holds):
    assert browser.ask("canonical", text=text) is holds


# --- the command line ------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    drawn = good().copy()
    (tmp_path / "bundle.zip").write_bytes(pack(good_files()))
    (tmp_path / "keys").write_text("\n".join(kept_keys(drawn)) + "\n")
    (tmp_path / "checkpoint").write_text(kept_checkpoints(drawn)[2])
    return tmp_path


def test_the_command_line_says_what_holds(folder):
    done = run(folder / "bundle.zip")

    assert done.returncode == 0
    assert done.stdout.count("  ") > 16
    assert "You gave nothing to compare with" in done.stdout
    assert (done.stderr, done.stdout.count("FAILS")) == ("", 0)


def test_the_command_line_compares_with_what_somebody_kept(folder):
    drawn = good().copy()
    kept = ["--key", folder / "keys", "--checkpoint", folder / "checkpoint",
            "--fingerprint", drawn.fingerprint().lower(),
            "--receipt", drawn.receipt(drawn.ballots[0], 3)]  # fmt: skip

    done = run(folder / "bundle.zip", *kept, "--format", "json")

    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["verified"], outcome["compared_with_kept"]) == (0, True, True)
    assert [row["check"] for row in outcome["checks"]] == [*ALL, "receipt"]


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["{folder}/bundle.zip", "--fingerprint", "0" * 20], 1, "What you gave is not of"),
        (["{folder}/bundle.zip", "--key", "{folder}/none"], 2, "So nothing was looked at"),
        (["{folder}/bundle.zip", "--checkpoint", "{folder}/keys"], 1, "V5"),
        (["{folder}/bundle.zip", "--receipt", "nothing"], 1, "receipt"),
        (["{folder}/nowhere.zip"], 2, "cannot be opened"),
        (["{folder}/keys"], 2, "not a zip file"),
        ([], 2, ""),
        (["{folder}/bundle.zip", "--wrong"], 2, ""),
    ],
)
def test_the_command_line_ends_with_what_the_page_says(folder, arguments, code, word):
    done = run(*(each.format(folder=folder) for each in arguments))

    assert done.returncode == code, done.stdout
    assert word in done.stdout
    assert done.stdout or "usage" in done.stderr


def test_the_script_needs_nothing_but_the_language_and_webcrypto():
    text = SCRIPT.read_text()

    needed = re.findall(r'require\("([^"]*)"\)', text)
    assert needed == ["node:crypto", "node:fs"], "both under node alone"
    for forbidden in ("eval(", "new Function", "innerHTML", "import ", "http://", "https://"):
        assert forbidden not in text


@pytest.mark.nightly
def test_thirty_thousand_ballots_take_less_than_a_minute(browser):
    """Some 15 s under node on one core. In a browser the page stays awake: it breathes."""
    drawn = a_round("approval", letters=40_000, ballots=30_000, revotes=100, smallest_seal=20)
    election = drawn.round_pb()
    (browser.folder / "round.pb").write_bytes(election)
    result = recount.recount(browser.folder / "round.pb")

    outcome = browser.look_at(drawn.raw(result=result))

    assert outcome["failed"] is None
    assert os.environ.get("PB_SLOW") or len(outcome["checks"]) == 16
