"""Ballot boxes for tests: letters with known codes and an open box, in the ballot store only."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask

from pb.ballots import sealing, service, storage
from pb.ballots.config import roll_members, spares_text
from pb.ballots.document import to_document
from pb.ballots.domain import BallotContent, BallotList, BoxHours, BoxState, ListedPlan
from pb.database.base import ballot_transaction, connect
from pb.foundation.money import euros
from pb.foundation.settings import Settings
from pb.frameworks.domain import BallotRules
from pb.tokens import keys
from pb.tokens import service as tokens
from pb.tokens import storage as token_storage
from pb.tokens.domain import Minted, TokenStatus, mint_batch, roll_text
from pb.tokens.keys import RoundKey
from pb.tokens.officers import SharedKey
from pb.tokens.order import LetterOrder
from tests.ceremonies import keys_without_a_round

SLUG = "proef"
OPENS = datetime(2026, 9, 7, 7, 0, tzinfo=UTC)
CLOSES = datetime(2026, 9, 27, 18, 0, tzinfo=UTC)
MIDWAY = OPENS + timedelta(days=3)
HOURS = BoxHours(
    state=BoxState.OPEN, opens_at=OPENS, closes_at=CLOSES, result_by=CLOSES + timedelta(days=5)
)

PLANS = (
    ("Bankjes", 1_000, "T1"),
    ("Bomen", 2_000, "T1"),
    ("Speelplek", 3_000, "T2"),
    ("Licht", 4_000, "T2"),
    ("Tuin", 5_000, "T1"),
    ("Brug", 6_000, "T2"),
)


def store_app(settings: Settings) -> Flask:
    """Return an app that knows its stores and nothing else."""
    app = Flask("stores")
    connect(app, settings)
    return app


def a_plan(number: int = 1, **changes: object) -> ListedPlan:
    title, cost, theme = PLANS[(number - 1) % len(PLANS)]
    values = {
        "number": number,
        "lot_number": number,
        "title": title,
        "titles": {"en": f"{title} in English"},
        "cost": euros(cost),
        "area_id": "A1",
        "theme_id": theme,
        "summary": f"{title} voor iedereen.",
    }
    return ListedPlan(**(values | changes))


def a_list(plans: int = 6, **rules: object) -> BallotList:
    """A ballot list with rules: choose up to three of six, unless the test says otherwise."""
    return BallotList(
        plans=tuple(a_plan(number) for number in range(1, plans + 1)),
        rules=BallotRules(**({"min_choices": 1, "max_choices": 3} | rules)),
        theme_names={"T1": "Groen", "T2": "Spelen"},
    )


@dataclass(frozen=True)
class Letters:
    """The letters of a box, with their codes."""

    minted: Minted

    def codes(self, area: str = "A1") -> list[str]:
        batch = {letter.serial for letter in self.minted.letters if letter.batch == area}
        return [each.code.grouped() for each in self.minted.printables if each.serial in batch]

    def spare_codes(self) -> list[str]:
        return self.codes("A1" + tokens.SPARE)


CONFIG = b"{}"  # What a round commits to; a box without a round commits to nothing.


def an_open_box(
    slug: str = SLUG,
    *,
    ballot_list: BallotList | None = None,
    hours: BoxHours = HOURS,
    letters: int = 3,
    spares: int = 0,
) -> Letters:
    """Letters on the roll and an open box, put into the ballot store without a round."""
    minted = Minted([], [], [])
    public_keys = keys_without_a_round(slug)
    for count, batch, spare in ((letters, "A1", False), (spares, "A1" + tokens.SPARE, True)):
        made = mint_batch(
            count,
            round_id=tokens.round_id(slug),
            area="A1",
            batch=batch,
            revocation_public_key=public_keys[SharedKey.REVOCATION],
            voting_address=tokens.voting_address(slug),
            first_number=len(minted.roll) + 1,
            spare=spare,
        )
        minted.roll.extend(made.roll)
        minted.letters.extend(made.letters)
        minted.printables.extend(made.printables)
    with ballot_transaction() as connection:
        token_storage.keep_order(connection, slug, LetterOrder(letters=(("A1", letters),)), 1)
        token_storage.add_roll(
            connection,
            slug,
            minted.roll,
            minted.letters,
            spare_batches=frozenset({"A1" + tokens.SPARE}),
            roll_hash=bytes(32),
            fingerprint="0" * 20,
        )
        storage.keep_box(
            connection,
            slug,
            hours=hours,
            document=to_document(ballot_list or a_list()),
            config=CONFIG,
            spares=spares_text(minted.roll).encode(),
            count_public_key=public_keys[SharedKey.COUNT],
        )
        log_public_key = keys.make(slug, RoundKey.LOG)
        minted.roll.sort(key=lambda entry: entry.ballot_key)
        members = roll_members(
            roll_text(minted.roll), spares_text(minted.roll), log_public_key, len(minted.roll)
        )
        sealing.plan_beginning(connection, slug, config=CONFIG, roll=members)
    return Letters(minted)


def cast(code: str, *choices: int, slug: str = SLUG, now: datetime = MIDWAY, **changes: object):
    """Cast a ballot with a fresh submission, unless the test says otherwise."""
    values = {"submission": secrets.token_bytes(16), "expected_version": 0} | changes
    return service.cast(slug, code, BallotContent(tuple(choices or (1,))), now=now, **values)


def key_of(code: str, slug: str = SLUG) -> bytes:
    """The ballot key that grows from a code."""
    return service._holder(code, slug).key_pair.public


def set_status(code: str, status: TokenStatus, slug: str = SLUG) -> None:
    with ballot_transaction() as connection:
        tokens.set_status(connection, slug, key_of(code, slug), status)
