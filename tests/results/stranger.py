"""A stranger who checks a round: without an account, with a browser, a folder and Python."""

import base64
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner
from pypdf import PdfReader

from pb.ballots.watch_commands import watch_ledger
from pb.tokens import service as tokens
from pb.tokens.commands import letter_facts
from pb.tokens.letters import write_letters
from tests.ballots.voting import SLUG
from tests.results import bundles
from tests.results.bundles import b64

PAGES = f"/ronde/{SLUG}/controle"
FILES = ("ledger.jsonl", "checkpoints.jsonl", "config.json", "projects.json")


@dataclass(frozen=True)
class Found:
    """What verify.py answered. said: all of it."""

    exit_code: int
    said: str

    @property
    def failed(self) -> tuple[str, str]:
        """Return the check that failed and its sentence; nothing when all holds."""
        match = re.search(r"^(\S+) +FAILS  (.*)$", self.said, re.MULTILINE)
        return (match[1], match[2]) if match else ("", "")

    @property
    def of_the_receipt(self) -> str:
        match = re.search(r"^receipt +\S+  (.*)$", self.said, re.MULTILINE)
        return match[1] if match else ""


class Stranger:
    """Who looks from outside. kept: what she kept of the round, by the name of the option."""

    def __init__(self, resident, folder: Path) -> None:
        self.resident, self.folder = resident, folder
        self.kept: dict[str, str] = {}
        folder.mkdir()

    def public_files(self, name="site") -> Path:
        """Return a folder with the files of the pages of the ledger as they are now."""
        site = self.folder / name
        site.mkdir(exist_ok=True)
        for file in FILES:
            (site / file).write_bytes(self.resident.get(f"{PAGES}/logboek/{file}").data)
        return site

    def bundle(self) -> bytes:
        return self.resident.get(f"{PAGES}/bundel.zip").data

    def watch(self, source: Path, keep="kept-ledger") -> tuple[int, str]:
        """Look with ``pb watch``; return its exit code and what it says."""
        done = CliRunner().invoke(watch_ledger, [str(source), "--keep", str(self.folder / keep)])
        return done.exit_code, done.output

    def watch_once(self, source: Path) -> tuple[int, str]:
        """The same, while what was kept stays as it is."""
        again = self.folder / "watched-once"
        shutil.rmtree(again, ignore_errors=True)
        shutil.copytree(self.folder / "kept-ledger", again)
        return self.watch(source, again.name)

    def newest_checkpoint(self, keep="kept-ledger") -> str:
        lines = (self.folder / keep / "checkpoints.jsonl").read_text().splitlines()
        return json.loads(lines[-1])["note"]

    def verify(self, raw: bytes, *kept: str, **more: str) -> Found:
        """Run verify.py as a stranger would: alone, in an empty folder, with plain Python.

        Both programs are those of this project, not those of the bundle. kept: names of what she
        kept that are given; more: other things.
        """
        empty = self.folder / "empty"
        shutil.rmtree(empty, ignore_errors=True)
        empty.mkdir()
        for name, program in bundles.PROGRAMS.items():
            (empty / name).write_bytes(program)
        (empty / "bundle.zip").write_bytes(raw)
        options = []
        for name, value in {**{name: self.kept[name] for name in kept}, **more}.items():
            if name in ("key", "checkpoint"):
                (empty / f"{name}.txt").write_text(value, encoding="utf-8")
                options += [f"--{name}", f"{name}.txt"]
            else:
                options += [f"--{name}", value]
        done = subprocess.run(
            [sys.executable, "-I", "-S", "verify.py", "bundle.zip", *options],
            cwd=empty, capture_output=True, text=True, check=False, encoding="utf-8",
        )  # fmt: skip
        return Found(done.returncode, done.stdout)

    def sees_counted(self, receipt: str) -> bool:
        """Look the own tracking code up on the public list, as anybody can."""
        key, version, inner = leaf_parts(receipt)
        code = bundles.symbols(bundles.leaf_of(key, version, inner), 12)
        page = self.resident.post(PAGES, data={"code": code})
        return "Deze stem is meegeteld" in page.text


def fingerprint_on(letter, folder):
    """Print a letter and read what stands on it: five groups of four symbols."""
    (file,) = write_letters([letter], letter_facts(SLUG), folder)
    text = PdfReader(file).pages[0].extract_text()
    return re.search(r"\b(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}\b", text)[0]


def leaf_parts(receipt):
    """Read the address of a receipt, from the page that describes it."""
    _, key, version, nonce, choices, *_ = receipt.partition("#")[2].split(".")
    opened = {
        "c": json.loads(f"[{choices}]"),
        "nonce": b64(base64.urlsafe_b64decode(nonce + "=")),
        "r": tokens.round_id(SLUG),
    }
    body = bundles.canonical(opened).decode()
    return base64.urlsafe_b64decode(key + "="), int(version), bundles.inner_of(body)
