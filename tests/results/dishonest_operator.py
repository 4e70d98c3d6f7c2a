"""An operator who holds every key and the database, and uses them.

He reads a round out of the stores as plain values, which ``attacks`` change, and writes it back:
over the rows of the ledger, the roll and the box, the bundle and the public list, all of it signed
again with the key of the log and those of the officers. What protects the ledger inside the
database he takes away first. Only the keys that grow from the codes on the letters he lacks.
"""

import base64
import hashlib
import json
import shutil
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pb.ballots import sealing
from pb.database.base import BALLOTS, ballot_transaction, db, names_of_round, of_round, session
from pb.results import service
from pb.results.verify import unpack
from pb.tokens import keys as key_files
from pb.tokens import unlocking
from pb.tokens.domain import TokenStatus
from pb.tokens.keys import RoundKey
from tests.ceremonies import typed
from tests.results import bundles
from tests.results.bundles import Drawn, Keys, event, pack, signed

STORES = ("participation.db", "ballots.db")
LEDGER = ("ledger.jsonl", "checkpoints.jsonl")
NO_PROGRAMS: dict[str, bytes] = {}


class Stores:
    """The two stores of an installation, kept as they were at a moment."""

    def __init__(self, folder: Path, kept: Path) -> None:
        """Keep the stores in a folder; they are files of SQLite."""
        self.folder, self.kept = folder, kept
        session().rollback()
        for bind in (None, BALLOTS):
            with db.engines[bind].connect() as connection:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        kept.mkdir()
        for name in STORES:
            shutil.copy(folder / name, kept / name)

    def put_back(self) -> None:
        """Let the stores be as they were."""
        session().close()
        for engine in db.engines.values():
            engine.dispose()
        for name in STORES:
            for ending in ("-wal", "-shm"):
                Path(f"{self.folder / name}{ending}").unlink(missing_ok=True)
            shutil.copy(self.kept / name, self.folder / name)


class Operator:
    """Who runs the service of a round, and has the passphrases of its officers."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        log = Ed25519PrivateKey.from_private_bytes(bytes(key_files.signing_key(slug, RoundKey.LOG)))
        seeds = {
            officer.number: officer.private_halves()[32:]
            for pair in (typed(1, 2), typed(2, 3))
            for officer in unlocking.unlocked_officers(slug, pair)
        }
        officers = [Ed25519PrivateKey.from_private_bytes(seeds[number]) for number in (1, 2, 3)]
        self.keys = Keys(log, officers)

    def the_round(self) -> Drawn:
        """Return the round as the bundle of the service has it."""
        files = unpack(service.bundle(self.slug))
        rows = {name: _values(data) for name, data in files.items() if name.endswith(".jsonl")}
        facts = rows["ledger.jsonl"]
        sizes = [int(row["note"].split("\n")[1]) for row in rows["checkpoints.jsonl"]]
        return Drawn(
            Keys(self.keys.log, list(self.keys.officers), dict(self.keys.letters)),
            json.loads(files["config.json"]),
            json.loads(files["projects.json"]),
            files["roll.txt"].decode().splitlines(),
            files["spares.txt"].decode().splitlines(),
            [facts[begin:end] for begin, end in zip([0, *sizes], sizes, strict=False)],
            rows["ballots.jsonl"],
            rows["superseded.jsonl"],
            rows["withdrawn.jsonl"],
            json.loads(files["paper_audit.json"]),
            sealing.origin(self.slug),
        )

    def files_of(
        self,
        drawn: Drawn,
        *,
        ledger_kept: bool = False,
        result: bytes | None = None,
        programs: dict[str, bytes] = NO_PROGRAMS,
    ) -> dict[str, bytes]:
        """Return the files of a round, signed by two officers.

        ledger_kept: with the ledger as it was. result, programs: instead of those of this project.
        """
        before = unpack(service.bundle(self.slug))
        for name, program in programs.items():
            drawn.config["programs"][name] = bundles.sha(program).hex()
        kept = ("README.txt", *(LEDGER if ledger_kept else ()))
        files = {**drawn.files(result=result), **{name: before[name] for name in kept}, **programs}
        officers = {1: drawn.keys.officers[0], 2: drawn.keys.officers[1]}
        return signed(files, officers, drawn.origin)

    def publish(self, files: dict[str, bytes]) -> None:
        """Let the service show these files, and nothing of what was there before."""
        self.publish_bundle(files)
        published = event("published", result_sha256=bundles.sha(files["result.json"]).hex())
        lines = (files["ledger.jsonl"] + bundles.lines_of([published])).splitlines()
        notes = [row["note"] for row in _values(files["checkpoints.jsonl"])]
        last = bundles.checkpoint(lines, self.keys.log, sealing.origin(self.slug))
        with ballot_transaction() as connection:
            self.write_ledger(connection, lines, [*notes, last])
            boxes = _table("ballot_boxes", BALLOTS)
            connection.execute(
                sa.update(boxes)
                .where(*of_round(boxes, self.slug))
                .values(
                    document=files["projects.json"],
                    document_hash=hashlib.sha256(files["projects.json"]).digest(),
                    config=files["config.json"],
                    spares=files["spares.txt"],
                    ledger_size=len(lines),
                )
            )
            self.write_roll(connection, files["roll.txt"].decode().splitlines())

    def write_ledger(self, connection: sa.Connection, lines: list[bytes], notes: list[str]) -> None:
        """Write other lines and checkpoints over those of the ledger."""
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for name in list(connection.scalars(sa.text(triggers))):
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        ledger, checkpoints = _table("ledger", BALLOTS), _table("checkpoints", BALLOTS)
        names = names_of_round(self.slug)
        for table in (ledger, checkpoints):
            connection.execute(sa.delete(table).where(*of_round(table, self.slug)))
        connection.execute(
            sa.insert(ledger),
            [{**names, "place": place, "line": line} for place, line in enumerate(lines)],
        )
        connection.execute(
            sa.insert(checkpoints),
            [{**names, "size": int(note.split("\n")[1]), "note": note} for note in notes],
        )

    def write_roll(self, connection: sa.Connection, lines: list[str]) -> None:
        """Let the roll be these letters."""
        roll = _table("roll", BALLOTS)
        wanted = {base64.b64decode(line.split(" ")[0]): line.partition(" ")[2] for line in lines}
        query = sa.select(roll.c.ballot_key, roll.c.area).where(*of_round(roll, self.slug))
        known = {row.ballot_key: row.area for row in connection.execute(query)}
        for key in known.keys() - wanted.keys():
            connection.execute(sa.delete(roll).where(roll.c.ballot_key == key))
        for key, area in wanted.items():
            if key not in known:
                connection.execute(
                    sa.insert(roll).values(
                        **names_of_round(self.slug), ballot_key=key, area=area,
                        status=TokenStatus.ISSUED,
                    )
                )  # fmt: skip
            elif known[key] != area:
                connection.execute(
                    sa.update(roll).where(roll.c.ballot_key == key).values(area=area)
                )

    def publish_bundle(self, files: dict[str, bytes]) -> None:
        """Write another bundle, election and public list over those of the count."""
        counts, kept = _table("counts"), _table("bundles")
        listed = _table("counted_ballots")
        names = names_of_round(self.slug)
        rows = {}
        for ballot in _values(files["ballots.jsonl"]):
            leaf = base64.b64decode(bundles.leaf_of_row(ballot))
            choices = json.loads(ballot["body"])["c"]
            rows[bundles.symbols(leaf, 12)] = [choices, []]
        current = session()
        current.execute(sa.update(counts).values(election=files["round.pb"]))
        current.execute(sa.update(kept).values(content=pack(files)))
        current.execute(sa.delete(listed))
        current.execute(
            sa.insert(listed),
            [{**names, "code": code, "choices": choices} for code, choices in rows.items()],
        )
        current.commit()


def _values(lines: bytes) -> list[dict]:
    return [json.loads(line) for line in lines.splitlines()]


def _table(name: str, bind: str | None = None) -> sa.Table:
    return db.metadatas[bind].tables[name]
