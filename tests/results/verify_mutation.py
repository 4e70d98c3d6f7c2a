"""Changes the verifier in one small way at a time, and sees whether a test notices.

    python -m tests.results.verify_mutation [STEP [FIRST LAST]] [--notebook FILE]

The changes are those of ``tests.tally.mutation``. Each is tried in a process of its own: first on
bundles of which is known what becomes of them, then on the tests written by hand. With STEP every
so many changes are tried; FIRST and LAST are lines of the verifier, for who wants to try a part.

With a notebook what became of each change is written down at once. Who starts again goes on where
the last one stopped: a change that was noticed is not tried again, as long as the verifier is the
same, for tests are only added; one that was not noticed is.
"""

import argparse
import ast
import hashlib
import json
import resource
import sys
import types
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: F401  # Here once.
    Ed25519PublicKey,
)

from tests.results import bundles, test_verify
from tests.results.equivalent_verifiers import EQUIVALENT
from tests.tally.mutation import (
    Mutant,
    Score,
    holds_alone,
    keep_silent_and_short,
    mutants_in,
)

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "pb" / "results" / "verify.py"
#: The bundles of these tests are known; what is left of the tests comes after them.
KNOWN_TESTS = "not exactly_this_check and not a_round_holds and not never_unpacked"
TESTS = ("verify_parts", "verify")
MOST_SECONDS = 20
#: A loop that does not end any more fills the memory of a machine before its time is up.
MOST_BYTES = 1 << 30

Known = list[tuple[str | None, str, bytes]]
"""Bundles: which check catches them (None: none), a part of its sentence, and their bytes."""


def known_bundles() -> Known:
    """Return good bundles, and those that each check must catch."""
    known: Known = [(None, "", bundles.a_round(kind).raw()) for kind in bundles.VOTE_TYPES]
    for case in test_verify.BREAKS:
        check, _, broken = case.values
        known.append((check, test_verify.SENTENCES[case.id], broken(test_verify.good().copy())))
    for name, kinds in test_verify.ROUNDS.items():
        for kind in ("ordinal", "cumulative"):
            known.append((None, "", bundles.a_round(kind, seed=name, **kinds).raw()))
    return known


def survives(mutant: Mutant, known: Known) -> bool:
    """Tell whether all tests hold for a mutant."""
    return holds_alone(lambda folder: _try(mutant, known, folder))


def _try(mutant: Mutant, known: Known, folder: Path) -> int:
    """Run the tests in this process, in silence, and return 0 when they all hold."""
    keep_silent_and_short(MOST_SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    verify = _put_in_place(mutant, folder)
    counter = verify.Recounter(run=lambda program, election: _count(verify, election))
    for place, (check, sentence, raw) in enumerate(known):
        own = None if place else verify.signed_in_python
        report = verify.verify_bytes(raw, counter=counter, signed=own)
        if report.failed != check or sentence not in report.checks[-1].sentence:
            return 1
    Path(str(verify.__file__)).write_text(ast.unparse(mutant.tree), encoding="utf-8")
    return _run_tests()


def _count(verify: types.ModuleType, election: bytes) -> bytes:
    try:
        return bundles.result_of(election)
    except (bundles.recount.Refused, bundles.recount.Unreadable) as refused:
        raise verify.DoesNotHold(str(refused)) from None


def _put_in_place(mutant: Mutant, folder: Path) -> types.ModuleType:
    """Let the changed module be the one that tests import, and the file that they start."""
    for name in [name for name in sys.modules if name.startswith("tests.results.")]:
        if name != "tests.results.bundles":
            del sys.modules[name]
    path = folder / "verify.py"
    module = types.ModuleType("pb.results.verify")
    module.__file__ = str(path)
    module.__package__ = "pb.results"
    sys.modules["pb.results.verify"] = module
    exec(compile(mutant.tree, str(path), "exec"), module.__dict__)  # noqa: S102 - our own, changed
    sys.modules["pb.results"].verify = module  # type: ignore[attr-defined]
    return module


def _run_tests() -> int:
    files = [str(HERE / f"test_{name}.py") for name in TESTS]
    quiet = ["-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-o", "addopts="]
    mode = ["--import-mode=importlib", "-m", "not nightly", "-k", KNOWN_TESTS]
    return int(pytest.main([*quiet, *mode, "-o", "filterwarnings=", *files]))


class Notebook:
    """Which changes of this verifier were noticed already, in a file or nowhere."""

    def __init__(self, path: Path | None, source: str) -> None:
        self.path = path
        self.verifier = hashlib.sha256(source.encode()).hexdigest()
        lines = path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []
        notes = [note for note in map(json.loads, lines) if note["verifier"] == self.verifier]
        self.noticed = {note["number"] for note in notes if note["noticed"]}

    def write(self, number: int, *, noticed: bool) -> None:
        """Write down what became of a change."""
        if self.path is not None:
            note = {"verifier": self.verifier, "number": number, "noticed": noticed}
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(note)}\n")


def score(
    step: int = 1, first: int = 0, last: int = 1_000_000, notebook: Path | None = None
) -> Score:
    """Try every so many mutants of some lines; the known equivalent ones are not tried."""
    source = SOURCE.read_text(encoding="utf-8")
    known, notes = known_bundles(), Notebook(notebook, source)
    if not survives(Mutant("verify", 0, "", "nothing", ast.parse(source)), known):
        raise RuntimeError("the tests do not hold for the verifier as it is")
    found = Score("verify", 0, 0, [])
    for number, mutant in enumerate(mutants_in("verify", source)):
        if number % step or not first <= mutant.line <= last:
            continue
        found.total += 1
        if mutant.key[1:] in EQUIVALENT:
            found.equivalent += 1
        elif number not in notes.noticed:
            survived = survives(mutant, known)
            notes.write(number, noticed=not survived)
            if survived:
                found.survivors.append(mutant)
                sys.stdout.write(f"verify.py:{mutant.line}: {mutant.what}    | {mutant.text}\n")
                sys.stdout.flush()
    return found


def main(arguments: Sequence[str]) -> int:
    """Try the lines that are named, or all; 1 when more than 5 % of the mutants survive."""
    parser = argparse.ArgumentParser(description="Put the tests of the verifier to the test.")
    parser.add_argument("which", nargs="*", type=int, metavar="STEP FIRST LAST")
    parser.add_argument("--notebook", type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    found = score(*given.which, notebook=given.notebook)
    sys.stdout.write(f"{found}\n")
    tried = found.total - found.equivalent
    return 1 if len(found.survivors) * 20 > tried else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
