"""The direction of the house: tables that say who may import whom.

Every import of every module under pb/ is looked at, so what holds for each import holds for
every chain of imports. When a test here fails, the import is usually wrong, not the table. A
new piece of furniture with a name of its own is plain Python unless ``KIND_OF`` says otherwise.
"""

import ast
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2] / "pb"

# A room knows the rooms above it in this list, never those below.
STORY = (
    "foundation",
    "tally",
    "database",
    "web",
    "journal",
    "accounts",
    "frameworks",
    "rounds",
    "proposals",
    "contributions",
    "reviews",
    "meetings",
    "tokens",
    "ballots",
    "paper",
    "results",
    "followups",
    "messages",
    "evaluations",
    "overview",
    "app",
    "trials",
    "__main__",
)
# What rooms stand on. Not rooms themselves: they have no furniture of their own kind.
FLOOR = ("foundation", "tally", "database", "web")
AROUND = ("app", "trials", "__main__")

# What kind of furniture a piece is. Pieces that are not named here are plain.
KIND_OF = {
    "domain": "plain",
    "storage": "storage",
    "service": "service",
    "forms": "forms",
    "wording": "wording",
    "public": "door",
    "staff": "door",
    "commands": "commands",
    "access": "access",
    "accounts.failures": "access",
    "ballots.chosen": "access",
    "ballots.ledger_storage": "storage",
    "ballots.locked_code": "service",
    "ballots.observers": "door",
    "ballots.letter_desk": "door",
    "ballots.publication": "service",
    "ballots.replacing": "service",
    "ballots.backup_commands": "commands",
    "ballots.restoring": "service",
    "ballots.sealing": "service",
    "ballots.signals": "access",
    "ballots.watch_commands": "commands",
    "results.check_commands": "commands",
    "results.bundling": "service",
    "results.destroying": "service",
    "ballots.rehearsal": "service",
    "ballots.rehearsal_desk": "door",
    "proposals.moderation": "service",
    "proposals.owner": "door",
    "reviews.ballot_desk": "door",
    "reviews.offers": "service",
    "reviews.owner": "door",
    "reviews.proof_desk": "door",
    "reviews.second_look": "service",
    "reviews.sign_off": "service",
    "reviews.verdicts": "service",
    "tokens.attempts": "access",
    "tokens.ceremony": "service",
    "tokens.ceremony_desk": "door",
    "tokens.key_commands": "commands",
    "tokens.destroying": "service",
    "tokens.keys": "service",
    "tokens.replacing": "service",
    "tokens.unlocking": "service",
}

# Per kind: which floors it stands on, which kinds of furniture it may reach for, in its own room
# and in earlier ones, and which packages it may use.
STANDS_ON = {
    "plain": {"foundation", "tally"},
    "storage": {"foundation", "tally", "database"},
    "service": {"foundation", "tally", "database"},
    "forms": {"foundation", "tally", "web"},
    "wording": {"foundation", "tally", "web"},
    "access": {"foundation", "web"},
    "door": {"foundation", "tally", "web"},
    "commands": {"foundation", "tally", "database", "web"},
}
REACHES_FOR = {
    "plain": {"plain"},
    "storage": {"plain", "storage"},
    "service": {"plain", "service", "storage"},
    "forms": {"plain", "forms", "wording"},
    "wording": {"plain", "wording"},
    "access": {"plain", "access", "service"},
    "door": {"plain", "access", "service", "forms", "wording", "door"},
    "commands": {"plain", "service", "wording"},
}
PACKAGES = {
    "plain": set(),
    "storage": {"sqlalchemy"},
    "service": set(),
    "forms": {"flask", "flask_babel", "wtforms"},
    "wording": set(),
    "access": {"flask", "flask_login"},
    "door": {"flask", "flask_login"},
    "commands": {"click"},
    # the floors and what stands around the rooms
    "foundation": set(),
    "tally": {"numpy"},
    "database": {"alembic", "click", "flask", "flask_sqlalchemy", "nacl", "sqlalchemy"},
    "web": {
        "babel",
        "click",
        "flask",
        "flask_babel",
        "flask_wtf",
        "gunicorn",
        "itsdangerous",
        "markupsafe",
        "werkzeug",
        "wtforms",
    },
    "app": {"flask", "flask_wtf", "werkzeug"},
    "trials": {"click", "flask", "gunicorn", "jinja2", "numpy", "sqlalchemy"},
    "__main__": {"click", "flask"},
    # pieces that need one package more than their kind
    "accounts.passwords": {"argon2"},
    "tokens.domain": {"nacl"},
    "tokens.keys": {"nacl"},
    "tokens.officers": {"argon2", "nacl"},
    "tokens.recovery_letter": {"typst"},
    "tokens.letters": {"nacl", "qrcode", "typst"},
    "ballots.envelope": {"cryptography", "nacl"},
    "ballots.locked_code": {"nacl"},
    "ballots.notes": {"nacl"},
    "ballots.receipts": {"nacl", "qrcode"},
    "tokens.commands": {"nacl"},
    "results.verify": {"cryptography"},  # Only where it is there: it runs without, too.
    # These hand the connection of the ballot store to their storage, and name its type.
    "tokens.ceremony": {"sqlalchemy"},
    "tokens.destroying": {"sqlalchemy"},
    "tokens.replacing": {"sqlalchemy"},
    "tokens.service": {"sqlalchemy"},
    "ballots.backup_commands": {"nacl"},
    "ballots.restoring": {"sqlalchemy"},
    "ballots.sealing": {"nacl", "sqlalchemy"},
    "ballots.service": {"sqlalchemy"},
}

# Only for their own room: tables and queries, forms, doors, and these.
PRIVATE_KINDS = {"storage", "forms", "door", "commands"}
PRIVATE_PIECES = {"accounts.failures", "accounts.passwords"}


def modules():
    """Return every module of the house."""
    return sorted(HOUSE.rglob("*.py"))


def parts_of(path):
    """Return a module's place in the house: ('rounds', 'service')."""
    return path.relative_to(HOUSE).with_suffix("").parts


def kind_of(room, piece):
    """Return what kind of furniture a piece of a room is."""
    if piece.endswith("_storage"):
        return "storage"
    return KIND_OF.get(f"{room}.{piece}", KIND_OF.get(piece, "plain"))


def imported(source, module):
    """Return the full names of everything that a module imports, wherever in the module."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: write imports in full, from pb"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}


def complaints(parts, source):
    """Return what is wrong with the imports of a module."""
    room, piece = parts[0], parts[1] if len(parts) > 1 else ""
    found = []
    for name in sorted(imported(source, "/".join(parts))):
        head, *rest = name.split(".")
        if head != "pb":
            found += about_package(room, piece, head)
        elif rest:
            found += about_room(room, piece, rest[0], rest[1] if len(rest) > 1 else "")
    return found


def about_package(room, piece, package):
    """Complain when a piece may not know a package."""
    of_kind = room if room in FLOOR + AROUND else kind_of(room, piece)
    if package in PACKAGES[of_kind] | PACKAGES.get(f"{room}.{piece}", set()):
        return []
    return [f"{room}.{piece} is {of_kind} and may not know the package {package}"]


def about_room(room, piece, other_room, other_piece):
    """Complain when a piece may not reach for another one."""
    found = []
    here, there = f"{room}.{piece}", f"{other_room}.{other_piece}"
    if STORY.index(other_room) > STORY.index(room):
        found.append(f"{room} comes before {other_room} in the story and may not know it")
    if other_room == room or room in AROUND:
        own = other_room == room and room not in FLOOR + AROUND
        return found + (about_kinds(here, room, piece, other_room, other_piece) if own else [])
    if room in {"foundation", "tally"}:
        found.append(f"{room} stands alone and may not know {there}")
    elif room in FLOOR:
        if other_room != "foundation":
            found.append(f"{room} stands on the foundation only, not on {there}")
    elif other_room in FLOOR:
        if other_room not in STANDS_ON[kind_of(room, piece)]:
            found.append(f"{here} is {kind_of(room, piece)} and may not reach for {there}")
    else:
        found += about_kinds(here, room, piece, other_room, other_piece)
        if kind_of(other_room, other_piece) in PRIVATE_KINDS or there in PRIVATE_PIECES:
            found.append(f"{there} is private to its room")
    return found


def about_kinds(here, room, piece, other_room, other_piece):
    """Complain when a kind of furniture reaches for a kind that is not below it."""
    kind, other_kind = kind_of(room, piece), kind_of(other_room, other_piece)
    if other_kind in REACHES_FOR[kind]:
        return []
    return [f"{here} is {kind} and may not reach for {other_room}.{other_piece} ({other_kind})"]


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_import_runs_back_towards_the_foundation(module):
    if module.stem == "__init__":
        assert imported(module.read_text(), module) == set()
    else:
        assert complaints(parts_of(module), module.read_text()) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("rounds/public", "from pb.rounds import storage"),
        ("rounds/public", "from pb.database.base import session"),
        ("rounds/service", "from flask import g"),
        ("rounds/service", "import sqlalchemy"),
        ("rounds/service", "from pb.proposals import service"),
        ("rounds/service", "from pb.frameworks import storage"),
        ("rounds/service", "from pb.web.clock import now"),
        ("rounds/domain", "from pb.rounds import service"),
        ("rounds/domain", "import numpy"),
        ("rounds/storage", "from pb.rounds import service"),
        ("proposals/staff", "from pb.rounds.forms import NewRoundForm"),
        ("proposals/staff", "from pb.rounds.staff import show"),
        ("proposals/service", "from pb.accounts import passwords"),
        ("proposals/draft_storage", "from flask import session"),
        ("tally/rules", "from pb.foundation.money import Cents"),
        ("tally/rules", "import scipy"),
        ("foundation/money", "import flask"),
        ("web/formats", "from pb.accounts.domain import Role"),
        ("web/formats", "from pb.database.base import session"),
        ("accounts/service", "from pb.app import create_app"),
    ],
)
def test_the_tables_refuse(module, source):
    assert complaints(tuple(module.split("/")), source) != []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("rounds/public", "from pb.rounds import service, wording"),
        ("rounds/service", "from pb.frameworks import service as frameworks"),
        ("rounds/service", "from pb.database.base import transaction"),
        ("rounds/storage", "import sqlalchemy as sa"),
        ("rounds/forms", "from pb.web.forms import Form"),
        ("tally/rules", "import numpy"),
        ("tokens/domain", "from nacl.public import SealedBox"),
        ("app", "from pb.rounds import public"),
    ],
)
def test_the_tables_allow(module, source):
    assert complaints(tuple(module.split("/")), source) == []
