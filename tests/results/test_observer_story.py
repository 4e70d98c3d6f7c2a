"""The story of an observer: who keeps three small things finds whatever an operator does.

A town votes through the service. During voting an observer keeps the fingerprint on her letter,
one checkpoint and one receipt. After the result an operator, who has every key but those on the
letters, rewrites the round in the database in one way after another and signs all of it again.
After each the observer looks with the tools that everybody has: ``verify.py``, alone in an empty
folder with nothing but Python, ``pb watch`` and the pages of the ledger.

The operator works on files of SQLite. To who looks from outside all stores are alike.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pb.ballots import sealing
from pb.ballots import service as ballots
from pb.ballots.domain import WhySuperseded
from pb.ballots.envelope import EnvelopeBroken, SealedBallot, open_for_count
from pb.ballots.ledger import Fact
from pb.ballots.storage import find_ballot
from pb.database.base import BALLOTS, ballot_reading, ballot_transaction, db
from pb.tokens import service as tokens
from pb.tokens.domain import TokenStatus, ballot_key_pair, parse
from tests.ballots.boxes import cast, key_of, set_status
from tests.ballots.desk import letters, open_pack, void
from tests.ballots.voting import LISTED, SLUG, VotingRound, a_listed_round, letters_for
from tests.builders import DATES, an_actor
from tests.ceremonies import count_key
from tests.conftest import settings_in
from tests.results import bundles
from tests.results.attacks import LEDGER_KEPT
from tests.results.bundles import b64
from tests.results.dishonest_operator import STORES, Operator, Stores
from tests.results.rewritings import Copied, rewritings
from tests.results.stranger import PAGES, Stranger, fingerprint_on
from tests.results.votes import CLOSED, PUBLISHED, count, publish

SECOND_DAY = DATES.voting_opens.replace(hour=12)
NINTH_DAY = DATES.voting_opens + timedelta(days=8)
PLANS_OF_MINE, PLANS_OF_MINE_AT_FIRST = (4,), (1, 2)

REWRITTEN = "The ledger was rewritten since the checkpoint that you kept."
OTHER_FINGERPRINT = "The fingerprint on your letter is not that of this bundle."
COUNTED_OTHERWISE = "Counting again with the recount.py * gives another result."
NOT_IN_THE_LEDGER = "The ballot of your receipt does not stand in the ledger after it."

#: What must be given to verify.py, which check it is, and what it says -> what the operator did.
FOUND = {
    ("nothing", "V3", "The rows of the election in config.json are not the plans."): [
        "another cost on the ballot list alone",
    ],
    ("nothing", "V8", "Ballot * is of a letter that does not stand on the roll."): [
        "a ballot with a key that is not on the roll",
    ],
    ("nothing", "V8", "The counted ballots are not sorted, or a letter has two of them."): [
        "a ballot counted twice",
        "a ballot counted twice while the ledger stays",
    ],
    ("nothing", "V8", "Ballot * is of a letter that is a spare that was not handed out."): [
        "a ballot of a spare that was not handed out",
    ],
    ("nothing", "V10", "Ballot * is not signed by the key of its letter."): [
        "a ballot for an unused letter",
        "other choices in a ballot",
        "other choices in a ballot while the ledger stays",
        "the signature of another ballot",
        "an older ballot said to be the last",
        "a ballot replaced once more",
        "a ballot of a spare handed out for it",
    ],
    ("nothing", "V11", "The versions of letter * are not complete."): ["a first vote hidden"],
    ("nothing", "V11", "No event withdrew the ballot of *."): [
        "a ballot withdrawn without a reason",
    ],
    ("nothing", "V12", "Lines of the ledger of which the ballot is missing: *."): [
        "a ballot deleted while the ledger stays",
        "a line without a ballot",
    ],
    ("nothing", "V12", "Ballots of which nothing stands in the ledger: 1."): [
        "an older ballot brought back while the ledger stays",
        "a ballot said to be lost that counts",
    ],
    ("nothing", "V14", COUNTED_OTHERWISE): [
        "another result",
        "another result, and a recount.py that gives it",
    ],
    ("nothing", "V15", "The marks of paper are not those of paper_audit.json."): [
        "a mark of paper that is not accounted for",
    ],
    ("fingerprint", "V3", OTHER_FINGERPRINT): [
        "a ballot with a key that is put on the roll",
        "a letter less on the roll",
        "a letter in another area",
        "more spare letters than were made",
        "another key of the ledger",
    ],
    ("checkpoint", "V5", REWRITTEN): [
        "another cost after opening",
        "another budget after opening",
        "another rule after opening",
        "another title after opening",
        "a wider limit after opening",
        "smaller seals after opening",
        "another officer after opening",
        "another last day of voting",
        "an ordinary letter made a spare",
        "a spare kept back, said to be of the pack that was handed out",
        "a ballot deleted and the ledger rewritten",
        "an older ballot brought back and the ledger rewritten",
        "a false revocation and the ledger rewritten",
        "a mark of paper taken out and the ledger rewritten",
        "a notice taken out",
        "a verify.py that finds nothing",
    ],
    ("receipt", "receipt", NOT_IN_THE_LEDGER): [
        "the second vote dropped as if it was never cast",
        "voting said to be closed earlier",
    ],
    ("receipt of a neighbour", "receipt", NOT_IN_THE_LEDGER): [
        "a late ballot deleted and the ledger rewritten from there",
    ],
}
#: What no tool refuses, because it was done openly: what verify.py tells of it, and what it tells
#: who has the receipt of the letter that it was done to.
OPEN = {
    "a false revocation logged openly": ("1 letters were revoked", "was withdrawn"),
    "a false mark of paper logged openly": (
        "1 letters were marked as voted on paper",
        "was withdrawn",
    ),
    "a ballot said to be lost openly": (
        "2 ballots were lost with the disks",
        "was lost with the disks",
    ),
    "a plan withdrawn openly": ("plan 1 was withdrawn", "counts"),
    "a spare kept back, its pack handed out openly": (
        "the spare letters of pack 2 were handed out",
        "counts",
    ),
}
#: The ledger up to what she kept is as it was, so ``pb watch`` says that it only grew.
NOT_SEEN_BY_WATCH = {
    *LEDGER_KEPT,
    *OPEN,
    "a ballot withdrawn without a reason",
    "a ballot said to be lost that counts",
    "a mark of paper that is not accounted for",
    "another result",
    "the second vote dropped as if it was never cast",
    "voting said to be closed earlier",
    "a late ballot deleted and the ledger rewritten from there",
}


# --- the town --------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path, migrated_folder):
    """The settings of an installation on SQLite, whose files the operator has."""
    (tmp_path / "keys").mkdir(mode=0o700)
    for name in STORES:
        shutil.copy(migrated_folder / name, tmp_path / name)
    return settings_in(tmp_path)


@dataclass
class Town:
    """Who got which letter. early, late: the codes of who votes on the second and ninth day."""

    voting: VotingRound
    mine: str
    early: list[str]
    late: list[str]
    kept_spares: list[str]
    first_vote: SealedBallot | None = field(default=None)

    @property
    def my_letter(self):
        return self.voting.printables[0]


def letters_go_out():
    """60 letters go out, and 40 spare ones to the desks."""
    a_listed_round()
    printables = letters_for(SLUG, (("A1", 30), ("A2", 30)), spare_permille=10)
    ballots.prepare(SLUG, by=an_actor(), now=LISTED)
    voting = VotingRound(SLUG, printables)
    north, south = (letters(voting, area) for area in ("A1", "A2"))
    return Town(
        voting,
        mine=north[0][1],
        early=[code for _, code in north[3:18] + south[:10]],
        late=[code for _, code in south[10:15]],
        kept_spares=[code for _, code in letters(voting, "A2", spare=True)],
    )


def the_second_day(town, clock):
    """27 vote; a letter is made void, two people vote on paper, a pack of spares is handed out."""
    clock.move_to(SECOND_DAY)
    north = letters(town.voting, "A1")
    cast(town.mine, 1, 2, now=SECOND_DAY)
    for number, code in enumerate([*town.early, north[1][1], north[2][1]]):
        cast(code, 1 + number % 5, now=SECOND_DAY)
    void(north[1][0])
    for _, code in (north[2], north[29]):
        ballots.withdraw(SLUG, key_of(code), WhySuperseded.PAPER)
    open_pack("A1")
    cast(letters(town.voting, "A1", spare=True)[0][1], 3, now=SECOND_DAY)
    with ballot_transaction() as connection:
        sealing.record(connection, SLUG, Fact.NOTICE, what="wrong-codes", n=17)
        town.first_vote = find_ballot(connection, SLUG, key_of(town.mine))
    clock.move_to(SECOND_DAY + timedelta(hours=2))


def the_ninth_day(town, clock):
    """The observer votes again, and five neighbours vote; return two addresses of receipts."""
    clock.move_to(NINTH_DAY)
    mine = cast(town.mine, 4, expected_version=1, now=NINTH_DAY)
    others = [cast(code, 2, 3, now=NINTH_DAY) for code in town.late]
    return [
        f"https://stem.dorrewold.example{PAGES}/bon#{each.fragment}" for each in (mine, others[0])
    ]


def counted_and_published(clock):
    clock.move_to(CLOSED)
    count()
    publish()
    clock.move_to(PUBLISHED)


def keys_in(config):
    """Return the four verifier keys that the clerk put in the minutes at opening."""
    keys = json.loads(config.read_bytes())["keys"]
    return "\n".join([keys["log"], *keys["officers"]])


# --- what the operator has, and what he does before the count --------------------------------


def key_pair_of(code):
    """Return the ballot key of a letter, and the private key that grows from its code."""
    pair = ballot_key_pair(parse(code), tokens.round_id(SLUG))
    return pair.public, Ed25519PrivateKey.from_private_bytes(bytes(pair.private))


def what_he_copied(town):
    """Return what he kept: her first ballot, opened by two officers, and a spare envelope."""
    opened = open_for_count(town.first_vote, count_key(SLUG).revealed(), tokens.round_id(SLUG))
    first_vote = {
        "bk": b64(town.first_vote.ballot_key),
        "body": opened.body.decode(),
        "sig": b64(town.first_vote.signature),
        "version": town.first_vote.version,
    }
    late = [key_of(code) for code in town.late]
    return Copied(first_vote, key_pair_of(town.kept_spares[0]), late)


def a_ledger_without(town, site):
    """Write another ledger over that of a folder: the same, but for one ballot, and signed."""
    lines = (site / "ledger.jsonl").read_bytes().splitlines()
    mine = bundles.canonical(bundles.ballot_line(b64(town.first_vote.leaf)))
    others = [line for line in lines if line != mine]
    assert len(others) == len(lines) - 1
    (site / "ledger.jsonl").write_bytes(b"".join(line + b"\n" for line in others))
    sizes = [3, len(others)]
    notes = bundles.checkpoints_over(
        (site / "ledger.jsonl").read_bytes(), sizes, Operator(SLUG).keys.log, sealing.origin(SLUG)
    )
    (site / "checkpoints.jsonl").write_bytes(notes)
    return site


def table(name):
    return db.metadatas[BALLOTS].tables[name]


def take_out(code, *, waiting):
    """Remove a ballot from the box; also its line when that waits for the next seal."""
    ballots_of_town, pending = table("ballots"), table("pending")
    with ballot_transaction() as connection:
        mine = ballots_of_town.c.ballot_key == key_of(code)
        leaf = connection.scalar(sa.select(ballots_of_town.c.leaf).where(mine))
        connection.execute(sa.delete(ballots_of_town).where(mine))
        gone = connection.execute(sa.delete(pending).where(pending.c.leaf == leaf))
    assert gone.rowcount == waiting


def add_to_the_roll(town):
    with ballot_transaction() as connection:
        row = connection.execute(sa.select(table("roll")).limit(1)).one()
        connection.execute(
            sa.insert(table("roll")).values({**row._mapping, "ballot_key": bytes(31) + b"\5"})
        )


def make_a_plan_cheaper(town):
    boxes = table("ballot_boxes")
    with ballot_transaction() as connection:
        document = connection.scalar(sa.select(boxes.c.document))
        plain = json.loads(document)
        plain["plans"][0]["cost"] = 1_00
        document = bundles.canonical(plain)
        connection.execute(
            sa.update(boxes).values(document=document, document_hash=bundles.sha(document))
        )


def vote_with_a_spare(town):
    set_status(town.kept_spares[0], TokenStatus.ISSUED)
    cast(town.kept_spares[0], 5, now=NINTH_DAY)
    set_status(town.kept_spares[0], TokenStatus.ISSUED)


def exchange_two_ballots(town):
    """Put the choices of one letter in the box of another, with all that belongs to them."""
    with ballot_reading() as connection:
        other = find_ballot(connection, SLUG, key_of(town.early[1]))
    rows = table("ballots")
    with ballot_transaction() as connection:
        connection.execute(
            sa.update(rows)
            .where(rows.c.ballot_key == key_of(town.early[0]))
            .values(count_box=other.count_box, inner=other.inner, signature=other.signature)
        )


#: What he does in the evening before the count -> who finds it, as above.
IN_THE_EVENING: dict[str, tuple[Callable[[Town], None], str, str, str]] = {
    "a ballot taken out before it stood in the ledger": (
        lambda town: take_out(town.late[0], waiting=True),
        "receipt of a neighbour", "receipt", NOT_IN_THE_LEDGER,
    ),
    "a ballot taken out after it stood in the ledger": (
        lambda town: take_out(town.early[0], waiting=False),
        "nothing", "V12", "Lines of the ledger of which the ballot is missing: 1.",
    ),
    "a letter put on the roll": (
        add_to_the_roll, "nothing", "V7", "The ledger begins with another roll.txt.",
    ),
    "a plan made cheaper": (
        make_a_plan_cheaper, "nothing", "V3", "config.json names another projects.json.",
    ),
    "a vote with a spare letter that stayed in its pack": (
        vote_with_a_spare,
        "nothing", "V8", "Ballot * is of a letter that is a spare that was not handed out.",
    ),
}  # fmt: skip


# --- the story -------------------------------------------------------------------------------


def test_who_kept_three_small_things_finds_what_an_operator_with_every_key_does(
    app, clock, resident, tmp_path
):
    town = letters_go_out()
    observer = Stranger(resident, tmp_path / "observer")
    journalist = Stranger(resident, tmp_path / "journalist")
    observer.kept["fingerprint"] = fingerprint_on(town.my_letter, tmp_path / "letters")

    # On the second day she looks for the first time, and keeps the newest checkpoint.
    the_second_day(town, clock)
    code, said = observer.watch(observer.public_files())
    assert (code, "29 lines of ballots; 2 checkpoints" in said) == (0, True), said
    observer.kept["checkpoint"] = observer.newest_checkpoint()
    assert observer.kept["fingerprint"] in resident.get(f"{PAGES}/logboek").text
    in_the_minutes = keys_in(observer.public_files() / "config.json")
    # A journalist is shown another ledger, in which her ballot is missing. It looks as good.
    assert journalist.watch(a_ledger_without(town, journalist.public_files()))[0] == 0
    journalist.kept["checkpoint"] = journalist.newest_checkpoint()

    # On the ninth day she votes again and keeps the receipt, as one of her neighbours does.
    observer.kept["receipt"], of_a_neighbour = the_ninth_day(town, clock)
    evening = Stores(tmp_path, tmp_path / "evening")
    counted_and_published(clock)
    honest = Stores(tmp_path, tmp_path / "honest")

    # As long as nobody does anything wrong all holds, for everybody but the journalist.
    found = observer.verify(
        observer.bundle(), "fingerprint", "checkpoint", "receipt", key=in_the_minutes
    )
    assert (found.exit_code, found.failed) == (0, ("", ""))
    assert found.said.endswith("\n\nEverything holds, also against what you kept.\n")
    assert found.of_the_receipt.endswith("stands in the ledger and counts.")
    assert observer.sees_counted(observer.kept["receipt"])
    assert observer.watch_once(observer.public_files())[0] == 0
    assert journalist.verify(journalist.bundle(), "checkpoint").failed == ("V5", REWRITTEN)
    code, said = journalist.watch(journalist.public_files())
    assert (code, "is not what it was" in said) == (1, True)

    # After the result he rewrites the round, in every way that he can think of.
    operator, copied = Operator(SLUG), what_he_copied(town)
    # Her first ballot he has as she signed it, and the codes of a pack that he kept closed.
    operator.keys.letters.update(map(key_pair_of, [town.mine, *town.kept_spares]))
    told = {name: found for found, names in FOUND.items() for name in names}
    acts = rewritings(copied)
    assert set(acts) == {*told, *OPEN}
    for name, write in acts.items():
        honest.put_back()
        operator.publish(write(operator))
        code, said = observer.watch_once(observer.public_files())
        assert code == (0 if name in NOT_SEEN_BY_WATCH else 1), (name, said)
        if name in OPEN:
            what, became = OPEN[name]
            found = observer.verify(observer.bundle(), *observer.kept)
            assert found.exit_code == 0, (name, found.said)
            assert f": {what}\n" in found.said, name
            assert found.of_the_receipt.endswith(f"stands in the ledger and {became}."), name
            assert observer.sees_counted(observer.kept["receipt"]) is (became == "counts"), name
            continue
        given, check, sentence = told[name]
        neighbour = {"receipt": of_a_neighbour} if given == "receipt of a neighbour" else {}
        found = observer.verify(
            observer.bundle(), *([given] if given in observer.kept else []), **neighbour
        )
        assert found.exit_code == 1, (name, found.said)
        assert found.failed[0] == check, (name, found.failed)
        assert fnmatchcase(found.failed[1], sentence), (name, found.failed)
        page = resident.get(f"{PAGES}/logboek").text
        assert (observer.kept["fingerprint"] in page) is (given != "fingerprint"), name
        if given != "nothing":  # So what was kept is what finds it.
            found = observer.verify(observer.bundle())
            assert (found.exit_code, found.failed) == (0, ("", "")), (name, found.said)
            assert "no more than that the bundle agrees with itself" in found.said

    # He rewrites the bundle alone, and leaves the pages of the ledger: these do not agree.
    honest.put_back()
    operator.publish_bundle(acts["a ballot deleted and the ledger rewritten"](operator))
    assert observer.watch_once(observer.public_files())[0] == 0
    (tmp_path / "bundle.zip").write_bytes(observer.bundle())
    assert observer.watch_once(tmp_path / "bundle.zip")[0] == 1

    # On the evening before the count he changes rows, and lets the service do the rest.
    for name, (change, given, check, sentence) in IN_THE_EVENING.items():
        evening.put_back()
        clock.move_to(NINTH_DAY)
        change(town)
        counted_and_published(clock)
        neighbour = {"receipt": of_a_neighbour} if given == "receipt of a neighbour" else {}
        found = observer.verify(observer.bundle(), **neighbour)
        assert found.failed[0] == check, (name, found.failed)
        assert fnmatchcase(found.failed[1], sentence), (name, found.failed)
    # What a letter did not sign he cannot even count.
    evening.put_back()
    exchange_two_ballots(town)
    with pytest.raises(EnvelopeBroken):
        counted_and_published(clock)
