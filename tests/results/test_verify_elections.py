"""Both verifiers agree on elections that were really held, and on one change in each (T15).

Every ballot of a Dutch Pabulib file is cast in a round of its own; what the round publishes is
checked by both. Then an official changes something in it, and two officers sign that. Three
small elections run with every change, all of them with ``-m nightly``.
"""

import json
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pb.results.verify import unpack, verify
from pb.tokens.unlocking import unlocked_officers
from pb.trials import real_election
from pb.trials.installation import installed, settings_in
from pb.trials.replay import BUNDLE, SLUG, replay
from tests.results.in_node import NODE
from tests.results.observers import look_at
from tests.results.tampering import tampered
from tests.trials.elections import SHARED

SMALL = ("Netherlands_Amsterdam_588", "Netherlands_Amsterdam_643", "Netherlands_Assen_2024")
CHANGES = 8

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the folder 'shared' is not here"),
    pytest.mark.skipif(NODE is None, reason="node is not installed"),
]


def signing_keys(folder, replayed):
    """Return the keys of two officers, with which they sign what they publish: by number."""
    with installed(settings_in(folder)):
        officers = unlocked_officers(SLUG, replayed.officers.pair())
    return {
        officer.number: Ed25519PrivateKey.from_private_bytes(officer.private_halves()[32:])
        for officer in officers
    }


def one_left_out(files, changed):
    """Tell whether one checkpoint is left out, and nobody voted since the one before it."""
    notes, left = (each["checkpoints.jsonl"].splitlines() for each in (files, changed))
    places = [
        place for place in range(len(notes) - 1) if notes[:place] + notes[place + 1 :] == left
    ]
    sizes = [0, *(int(json.loads(line)["note"].split("\n")[1]) for line in notes)]
    ledger = files["ledger.jsonl"].splitlines()
    return any(
        all(json.loads(line)["t"] != "ballot" for line in ledger[sizes[place] : sizes[place + 1]])
        for place in places
    )


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in SMALL else pytest.mark.nightly)
        for name in sorted(path.stem for path in SHARED.glob("Netherlands_*.pb"))
    ],
)
def test_both_verifiers_agree_on_a_dutch_election_and_on_what_is_changed_in_it(
    tmp_path, browser, name
):
    replayed = replay(real_election.read(SHARED / f"{name}.pb"), tmp_path)
    honest = tmp_path / BUNDLE
    files = unpack(honest.read_bytes())
    origin = json.loads(files["config.json"])["keys"]["log"].split("+")[0]
    officers = signing_keys(tmp_path, replayed)
    rng = random.Random(name)  # noqa: S311 - the same changes every time

    there, here = verify(honest), browser.look_at(honest.read_bytes())
    caught = []
    for _ in range(CHANGES):
        where, raw = tampered(files, officers, rng, origin)
        by_python, by_script = look_at(raw).failed, browser.look_at(raw)["failed"]
        assert by_script == by_python or (by_python, by_script) == ("V14", None), where
        # Two letters that were drawn alike change nothing; README.txt says nothing of the round.
        harmless = where == "README.txt" or raw == honest.read_bytes()
        assert (by_python is None) == (harmless or one_left_out(files, unpack(raw))), where
        caught += [by_python] if by_python else []

    assert (there.failed, here["failed"]) == (None, None)
    assert there.reconciliation == here["reconciliation"]
    assert [vars(each) for each in there.chosen] == here["chosen"]
    assert len(here["chosen"]) == len(replayed.selected)
    assert len(caught) > CHANGES / 2
    # pytest -rP shows it; docs/measurements.md holds it.
    print(f"{name}: {replayed.accepted} ballots, changes caught by {sorted(caught)}")  # noqa: T201 - pytest -rP
