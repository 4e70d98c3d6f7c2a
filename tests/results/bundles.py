"""Makes small rounds and packs them as docs/bundle.md says, written from that page alone.

Everything is drawn from a seed, so the same parameters give the same bytes. A ``Drawn`` round is
plain values that an attacker may change; ``files`` writes them with every hash and signature that
the keys of somebody can make. Its parts (``note``, ``checkpoints_over``, ``signed``, ``pack``)
also stand alone, for who wants to change one file and sign the rest again.
"""

import base64
import copy
import hashlib
import json
import random
import struct
import zlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pb.tally import recount

ROOT = Path(__file__).parents[2]
PROGRAMS = {
    "recount.py": (ROOT / "pb" / "tally" / "recount.py").read_bytes(),
    "verify.py": (ROOT / "pb" / "results" / "verify.py").read_bytes(),
}
VOTING_ROUND, ORIGIN = "dorrewold/noord-2026", "stem.dorrewold.example/noord-2026"
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VOTE_TYPES = {
    "approval": "approval",
    "knapsack": "approval",
    "choose_one": "choose-1",
    "cumulative": "cumulative",
    "ordinal": "ordinal",
}

# --- the bytes of the page -----------------------------------------------------------------------


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def lines_of(values):
    return b"".join(canonical(value) + b"\n" for value in values)


def b64(data):
    return base64.b64encode(data).decode()


def url64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def sha(data):
    return hashlib.sha256(data).digest()


def symbols(data, count):
    bits = "".join(f"{byte:08b}" for byte in data)
    return "".join(SYMBOLS[int(bits[5 * at : 5 * at + 5], 2)] for at in range(count))


def inner_of(body):
    return sha(b"pbstem/v1/inner\0" + body.encode())


def leaf_of(letter, version, inner):
    return sha(b"pbstem/v1/leaf\0" + letter + struct.pack(">I", version) + inner)


def public(key):
    return key.public_key().public_bytes_raw()


def key_id(name, key):
    return sha(name.encode() + b"\n\x01" + public(key))[:4]


def verifier_key(name, key):
    marked = b64(b"\x01" + public(key))
    return f"{name}+{key_id(name, key).hex()}+{marked}"


def note(text, *signers):
    """Return a signed note; signers: (name, private key)."""
    made = [
        f"— {name} {b64(key_id(name, key) + key.sign(text.encode()))}\n" for name, key in signers
    ]
    return f"{text}\n{''.join(made)}"


def tree_hash(lines):
    """Return the Merkle tree hash, as RFC 6962 2.1 defines it."""
    if len(lines) < 2:
        return sha(b"\0" + lines[0]) if lines else sha(b"")
    half = 1 << (len(lines) - 1).bit_length() - 1
    return sha(b"\1" + tree_hash(lines[:half]) + tree_hash(lines[half:]))


def checkpoint(lines, key, origin=ORIGIN):
    return note(f"{origin}\n{len(lines)}\n{b64(tree_hash(lines))}\n", (origin, key))


def checkpoints_over(ledger, sizes, key, origin=ORIGIN):
    """Return checkpoints.jsonl: of a ledger, per size, by a key."""
    lines = ledger.split(b"\n")[:-1]
    return lines_of({"note": checkpoint(lines[:size], key, origin)} for size in sizes)


def pack(files, *, method=0, date=0x0021, extra=b"", order=sorted, comment=b"", before=b""):
    """Return a zip file; without further words the one that the page wants."""
    body, directory = [before], []
    offset = len(before)
    for name in order(files):
        data = files[name]
        stored = data
        if method:
            deflate = zlib.compressobj(wbits=-15)
            stored = deflate.compress(data) + deflate.flush()
        encoded = name.encode()
        common = struct.pack("<4HLLLHH", 0, method, 0, date, zlib.crc32(data), len(stored),
                             len(data), len(encoded), len(extra))  # fmt: skip
        local = b"PK\x03\x04" + struct.pack("<H", 20) + common + encoded + extra
        directory.append(
            b"PK\x01\x02"
            + struct.pack("<HH", 0x0314, 20)
            + common
            + struct.pack("<HHHLL", 0, 0, 0, 0o644 << 16, offset)
            + encoded
            + extra
        )
        body += [local, stored]
        offset += len(local) + len(stored)
    size = sum(map(len, directory))
    end = struct.pack(
        "<4s4HLLH", b"PK\x05\x06", 0, 0, len(files), len(files), size, offset, len(comment)
    )
    return b"".join([*body, *directory, end, comment])


# --- keys ----------------------------------------------------------------------------------------


@dataclass
class Keys:
    """Who can sign what. letters: private keys by ballot key."""

    log: Ed25519PrivateKey
    officers: list[Ed25519PrivateKey]
    letters: dict[bytes, Ed25519PrivateKey] = field(default_factory=dict)


def a_key(rng):
    return Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))


def some_keys(seed):
    rng = random.Random(f"keys {seed}")  # noqa: S311 - drawn to be the same again
    return Keys(a_key(rng), [a_key(rng) for _ in range(3)])


def signed(files, officers, origin=ORIGIN):
    """Return files with a new manifest, signed by officers: {number from 1: private key}."""
    rest = {name: data for name, data in files.items() if not name.startswith("manifest.")}
    voting_round = str(json.loads(files["config.json"])["round"])
    manifest = canonical(
        {
            "files": {n: {"sha256": sha(d).hex(), "size": len(d)} for n, d in rest.items()},
            "format": "pb-bundle/1",
            "round": voting_round,
        }
    )
    text = f"pb-bundle/1\n{voting_round}\n{sha(manifest).hex()}\n"
    signers = [(f"{origin}/officer-{number}", key) for number, key in officers.items()]
    return rest | {"manifest.json": manifest, "manifest.sig": note(text, *signers).encode()}


# --- a round -------------------------------------------------------------------------------------


@dataclass
class Drawn:
    """A round as plain values. seals: the facts of each seal.

    Hashes in config and in the ledger are filled in by ``files``; so are the numbers of closing.
    """

    keys: Keys
    config: dict
    projects: dict
    roll: list[str]
    spares: list[str]
    seals: list[list[dict]]
    ballots: list[dict]
    superseded: list[dict]
    withdrawn: list[dict]
    audit: dict
    origin: str = ORIGIN

    def copy(self):
        """Return a round that may be changed; keys are not copied."""
        others = {k: copy.deepcopy(v) for k, v in vars(self).items() if k != "keys"}
        keys = Keys(self.keys.log, list(self.keys.officers), dict(self.keys.letters))
        return Drawn(keys=keys, **others)

    def events(self, kind):
        return [fact for seal in self.seals for fact in seal if fact.get("k") == kind]

    def facts(self):
        return [fact for seal in self.seals for fact in seal]

    def fingerprint(self):
        roll = "".join(f"{line}\n" for line in self.roll).encode()
        return symbols(sha(public(self.keys.log) + sha(roll)), 20)

    def sign_ballot(self, letter, version, choices, nonce=bytes(32), key=None):
        """Return a ballot of a letter, signed by its key or another."""
        body = canonical({"c": choices, "nonce": b64(nonce), "r": self.config["round"]}).decode()
        return self.sign_body(letter, version, body, key)

    def sign_body(self, letter, version, body, key=None):
        said = b"pbstem/v1/ballot\0" + self.config["round"].encode() + b"\0"
        said += struct.pack(">I", version) + inner_of(body)
        signature = (key or self.keys.letters[letter]).sign(said)
        return {"bk": b64(letter), "body": body, "sig": b64(signature), "version": version}

    def sort(self):
        """Put everything in its order again."""
        self.roll.sort()
        self.spares.sort()
        for rows in (self.ballots, self.superseded, self.withdrawn):
            rows.sort(key=lambda row: (base64.b64decode(row["bk"]), row["version"]))
        for seal in self.seals:
            seal.sort(key=lambda fact: (fact["t"] == "ballot", fact.get("c", "")))

    def leaves(self):
        """Return the leaves of the three files, as base64."""
        return [leaf_of_row(row) for row in self.ballots + self.superseded + self.withdrawn]

    def round_pb(self):
        """Return what config and ballots give."""
        return round_pb(self.config["election"], self.projects["rules"], self.ballots,
                        {event["plan"] for event in self.events("plan_withdrawn")})  # fmt: skip

    def files(self, officers=(1, 2), result=None, election=None, spoil=None):
        """Return the files with every hash and signature fitting, signed by some officers.

        result, election: instead of what is counted. spoil: changes the facts at the last moment.
        """
        projects = canonical(self.projects)
        roll = "".join(f"{line}\n" for line in self.roll).encode()
        spares = "".join(f"{line}\n" for line in self.spares).encode()
        self.config["projects_sha256"] = sha(projects).hex()
        config = canonical(self.config)
        election = self.round_pb() if election is None else election
        result = result_of(election) if result is None else result
        hashes = {
            "round_pb_sha256": sha(election).hex(),
            "result_sha256": sha(result).hex(),
            "fingerprint": self.fingerprint(),
            "size": len(self.roll),
            "spares_sha256": sha(spares).hex(),
            "cast": len(self.ballots),
            "superseded": len(self.superseded),
            "withdrawn": len(self.withdrawn),
        }
        for fact in self.facts():
            for name in fact:
                if name == "sha256":
                    fact[name] = sha(config if fact["k"] == "config" else roll).hex()
                elif name in hashes:
                    fact[name] = hashes[name]
        if spoil:
            spoil(self)
        ledger = lines_of(self.facts())
        sizes = [sum(map(len, self.seals[: at + 1])) for at in range(len(self.seals))]
        files = {
            "README.txt": b"Zo controleert u deze bundel. How to check this bundle.\n",
            **PROGRAMS,
            "config.json": config,
            "projects.json": projects,
            "roll.txt": roll,
            "spares.txt": spares,
            "ledger.jsonl": ledger,
            "checkpoints.jsonl": checkpoints_over(ledger, sizes, self.keys.log, self.origin),
            "ballots.jsonl": lines_of(self.ballots),
            "superseded.jsonl": lines_of(self.superseded),
            "withdrawn.jsonl": lines_of(self.withdrawn),
            "paper.jsonl": b"",
            "paper_audit.json": canonical(self.audit),
            "round.pb": election,
            "result.json": result,
        }
        signers = {number: self.keys.officers[number - 1] for number in officers}
        return signed(files, signers, self.origin)

    def raw(self, **options):
        return pack(self.files(**options))

    def receipt(self, row, size, key=None):
        """Return the address of a receipt for a counted ballot, at a size of the ledger."""
        body = json.loads(row["body"])
        letter = base64.b64decode(row["bk"])
        leaf = leaf_of(letter, row["version"], inner_of(row["body"]))
        said = b"pbstem/v1/receipt\0" + self.config["round"].encode() + b"\0" + leaf
        signature = (key or self.keys.log).sign(said + struct.pack(">I", size))
        choices = canonical(body["c"]).decode()[1:-1]
        nonce = base64.b64decode(body["nonce"])
        parts = ("v1", url64(letter), row["version"], url64(nonce), choices, size, url64(signature))
        return "https://stem.dorrewold.example/ronde/noord-2026/controle/bon#" + ".".join(
            map(str, parts)
        )


def leaf_of_row(row):
    inner = inner_of(row["body"]) if "body" in row else base64.b64decode(row["inner"])
    return b64(leaf_of(base64.b64decode(row["bk"]), row["version"], inner))


def taken_out(row, why):
    """Return the line of a ballot that does not count any more."""
    return {
        "bk": row["bk"],
        "inner": b64(inner_of(row["body"])),
        "version": row["version"],
        "why": why,
    }


def event(kind, **members):
    return {"k": kind, "t": "event", **members}


def ballot_line(leaf):
    return {"c": leaf, "t": "ballot"}


@cache
def result_of(election):
    """Return what recount.py makes of a round.pb."""
    if not election:
        return b""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "round.pb"
        path.write_bytes(election)
        return recount.recount(path)


def cells(row):
    return ";".join(
        '"' + cell.replace('"', '""') + '"' if set(cell) & set(';"\r\n') else cell for cell in row
    )


def round_pb(election, rules, ballots, withdrawn):
    """Return round.pb, section by section, as the page says."""
    if not ballots:
        return b""
    kind, most = rules["kind"], rules["max_choices"]
    votes, score, rows = {}, {}, []
    for ballot in ballots:
        pairs = []
        for at, choice in enumerate(json.loads(ballot["body"])["c"]):
            number, points = choice if kind == "cumulative" else (choice, most - at)
            name = f"P{number:02d}"
            votes[name] = votes.get(name, 0) + 1
            score[name] = score.get(name, 0) + points
            pairs.append((name, points))
        if kind == "ordinal":
            rows.append([(name, 0) for name, _ in pairs])
        elif kind == "cumulative":
            rows.append(sorted(pairs))
        else:
            rows.append(sorted((name, 0) for name, _ in pairs))
    shown = list(election["columns"])
    if kind == "ordinal" and any(len(row) != most for row in rows):
        shown.remove("score")
    text = ["META", "key;value"]
    for key, value in election["meta"]:
        text.append(cells([key, str(len(ballots)) if key == "num_votes" else value]))
    text += ["PROJECTS", cells(shown)]
    for row in election["rows"]:
        said = dict(zip(election["columns"], row, strict=True))
        name = said["project_id"]
        said["votes"], said["score"] = str(votes.get(name, 0)), str(score.get(name, 0))
        if int(name[1:]) in withdrawn:
            said["cost"] = "999999999"
        text.append(cells(said[column] for column in shown))
    text += ["VOTES", "voter_id;vote;points" if kind == "cumulative" else "voter_id;vote"]
    for at, row in enumerate(sorted(rows), start=1):
        parts = [str(at), ",".join(name for name, _ in row)]
        if kind == "cumulative":
            parts.append(",".join(str(points) for _, points in row))
        text.append(cells(parts))
    return ("\n".join(text) + "\n").encode()


# --- drawing one ---------------------------------------------------------------------------------

THEMES, AREAS = ("groen", "spelen", "verkeer"), ("A1", "A2")


def some_plans(rng, number):
    plans = [
        {
            "number": at if at < 8 else at + 95,  # some with three digits
            "lot_number": number - at + 1,
            "title": f"Plan {at}; het “{at}e”",
            "titles": {"en": f"Plan {at}"},
            "summary": 'Een "bank"\nin het park',
            "place": "Molenpad",
            "cost": rng.randrange(1_000, 60_000) * 100 + rng.choice([0, 0, 50]),
            "area_id": AREAS[at % 2],
            "theme_id": THEMES[at % 3],
        }
        for at in range(1, number + 1)
    ]
    return sorted(plans, key=lambda plan: plan["lot_number"])


def rules_of(kind, plans):
    """Return rules in which every limit binds somebody."""
    costs = sorted(plan["cost"] for plan in plans)
    return {
        "kind": kind,
        "min_choices": 1 if kind == "choose_one" else 2,
        "max_choices": 4,
        "max_cost": sum(costs[-3:]) if kind == "knapsack" else None,
        "points": 10 if kind == "cumulative" else 0,
        "max_points": 4 if kind == "cumulative" else 0,
        "max_choices_of_theme": [] if kind == "choose_one" else [["groen", 1]],
        "max_cost_of_theme": [] if kind == "choose_one" else [["spelen", sum(costs[-2:])]],
    }


def some_choices(rng, plans, rules, full=False):
    """Return choices that obey the rules."""
    by_number = {plan["number"]: plan for plan in plans}
    kind = rules["kind"]
    while True:
        most = 1 if kind == "choose_one" else min(rules["max_choices"], len(plans))
        least = most if full else min(rules["min_choices"], most)
        chosen = rng.sample(sorted(by_number), rng.randint(least, most))
        spent = sum(by_number[number]["cost"] for number in chosen)
        of_theme = [by_number[number]["theme_id"] for number in chosen]
        if rules["max_cost"] is not None and spent > rules["max_cost"]:
            continue
        if any(of_theme.count(theme) > limit for theme, limit in rules["max_choices_of_theme"]):
            continue
        if any(
            sum(by_number[n]["cost"] for n in chosen if by_number[n]["theme_id"] == theme) > limit
            for theme, limit in rules["max_cost_of_theme"]
        ):
            continue
        if kind == "ordinal":
            return chosen
        if kind == "cumulative":
            return [[number, rng.randint(1, 2)] for number in sorted(chosen)]
        return sorted(chosen)


def an_election(plans, rules):
    """Return the member ``election`` of config.json."""
    kind = rules["kind"]
    columns = ["project_id", "cost", "votes", "score", "name", "category", "neighborhood", "lot"]
    if kind not in ("cumulative", "ordinal"):
        columns.remove("score")
    rows = []
    for plan in sorted(plans, key=lambda plan: plan["number"]):
        cost = f"{plan['cost'] // 100}" + (
            f".{plan['cost'] % 100:02d}" if plan["cost"] % 100 else ""
        )
        row = {
            "project_id": f"P{plan['number']:02d}",
            "cost": cost,
            "votes": "",
            "score": "",
            "name": plan["title"],
            "category": plan["theme_id"],
            "neighborhood": plan["area_id"],
            "lot": str(plan["lot_number"]),
        }
        rows.append([row[column] for column in columns])
    meta = [
        ["description", 'Noord 2026; "samen"'],
        ["country", "Netherlands"],
        ["unit", "Dorrewold"],
        ["instance", "noord-2026"],
        ["num_projects", str(len(plans))],
        ["num_votes", ""],
        ["budget", "100000"],
        ["vote_type", VOTE_TYPES[kind]],
        ["rule", "greedy"],
        ["date_begin", "01.09.2026"],
        ["date_end", "21.09.2026"],
        ["min_length", str(rules["min_choices"])],
        ["max_length", str(rules["max_choices"])],
    ]
    if kind == "cumulative":
        meta += [["max_points", str(rules["max_points"])], ["max_sum_points", str(rules["points"])]]
    return {"columns": columns, "meta": meta, "rows": rows}


def a_round(
    kind="approval",
    *,
    seed=1,
    letters=60,
    ballots=30,
    revotes=6,
    revoked=2,
    paper=2,
    packs=(4, 3),
    handed_out=(1,),
    lost=1,
    seals=3,
    smallest_seal=5,
    plans=9,
    plan_withdrawn=True,
    full=False,
):
    """Return a round that is drawn.

    letters: without spares. revotes: ballots that were cast again. revoked, paper: letters, of
    which the first of each had voted before (the others had not). packs: the numbers of spare
    letters in pack 1, 2 …; handed_out: numbers of packs, of which one letter votes. lost: ballots
    that were lost with the disks. full: every ballot names as many plans as it may.
    """
    rng = random.Random(f"round {seed}")  # noqa: S311 - the same
    keys = some_keys(seed)
    ours = some_plans(rng, plans)
    rules = rules_of(kind, ours)
    roll, spares, normal, by_pack = [], [], [], {}
    for at in range(letters + sum(packs)):
        key = a_key(rng)
        keys.letters[public(key)] = key
        roll.append(b64(public(key)) + ("" if at % 5 == 4 else f" {AREAS[at % 2]}"))
        if at < letters:
            normal.append(public(key))
    extra = list(keys.letters)[letters:]
    for number, size in enumerate(packs, start=1):
        by_pack[number] = [extra.pop() for _ in range(size)]
        spares += [f"{b64(letter)} {number}" for letter in by_pack[number]]
    config = {
        "format": "pb-config/1",
        "round": VOTING_ROUND,
        "origin": ORIGIN,
        "title": "Noord 2026",
        "framework": {"sha256": "ab" * 32, "version": 2},
        "keys": {
            "count": "cd" * 32,
            "log": verifier_key(ORIGIN, keys.log),
            "officers": [
                verifier_key(f"{ORIGIN}/officer-{number}", key)
                for number, key in enumerate(keys.officers, start=1)
            ],
        },
        "officers_needed": 2,
        "smallest_seal": smallest_seal,
        "projects_sha256": "",
        "programs": {name: sha(data).hex() for name, data in PROGRAMS.items()},
        "software": "0.1.0",
        "election": an_election(ours, rules),
    }
    projects = {"plans": ours, "rules": rules, "themes": {name: name for name in THEMES}}
    drawn = Drawn(
        keys, config, projects, roll, spares, [], [], [], [],
        {"invalid": 0, "not_returned": paper, "valid": 0},
    )  # fmt: skip

    def cast(letter, version):
        choices = some_choices(rng, ours, rules, full)
        return drawn.sign_ballot(letter, version, choices, rng.randbytes(32))

    gone = {
        "revoked": [normal.pop() for _ in range(revoked)],
        "paper": [normal.pop() for _ in range(paper)],
    }
    for why, who in gone.items():
        drawn.withdrawn += [taken_out(cast(letter, 1), why) for letter in who[:1]]
    from_packs = [by_pack[number][0] for number in handed_out][:ballots]
    voters = from_packs + rng.sample(normal, ballots - len(from_packs))
    versions = dict.fromkeys(voters, 1)
    for _ in range(revotes):
        versions[rng.choice(voters)] += 1
    for letter, last in versions.items():
        rows = [cast(letter, version) for version in range(1, last + 1)]
        drawn.ballots.append(rows[-1])
        drawn.superseded += [taken_out(row, "revote") for row in rows[:-1]]
    missing = [b64(rng.randbytes(32)) for _ in range(lost)]
    leaves = drawn.leaves() + missing
    rng.shuffle(leaves)
    events = [event("spares", pack=number) for number in handed_out]
    events += [event(why, keys=sorted(map(b64, who))) for why, who in gone.items() if who]
    events += [event("plan_withdrawn", plan=ours[0]["number"])] if plan_withdrawn else []
    events += [
        event("notice", n=17, what="wrong-codes"),
        event("pause", reason="storing bij de provider"),
        event("resume", reason="verholpen"),
        event("extended", closes="2026-09-22T20:00Z"),
        event("software", version="0.1.1"),
        event("destroyed", what="letters"),
    ]
    start = [event("config", sha256=""), event("roll", fingerprint="", sha256="", size=0,
                                               spares_sha256=""), event("open")]  # fmt: skip
    drawn.seals = [start]
    for at in range(seals):
        drawn.seals.append(events[at::seals] + [ballot_line(leaf) for leaf in leaves[at::seals]])
    drawn.seals += [
        [event("restored", missing=missing)] if missing else [],
        [event("closed", cast=0, superseded=0, withdrawn=0)],
        [event("count", result_sha256="", round_pb_sha256="")],
        [event("published", result_sha256="")],
    ]
    drawn.seals = [seal for seal in drawn.seals if seal]
    drawn.sort()
    return drawn
