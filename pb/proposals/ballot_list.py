"""The list that is voted on: frozen copies of plans, in the order of a lot drawn in public."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from pb.foundation.canonical import sha256_of
from pb.foundation.errors import N_, NotFound, Unacceptable
from pb.foundation.money import Cents
from pb.proposals.domain import Proposal, label_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotPlan:
    """One plan as it stands on the ballot. Nothing in it changes, whatever happens later.

    cost: cents, as reviewed. withdrawn_at: the owner withdrew it after the list was
    published; its votes stay, and it cannot be chosen.
    """

    number: int
    lot_number: int
    title: str
    titles: dict[str, str]
    summary: str
    place: str
    area_id: str
    theme_id: str
    cost: Cents
    withdrawn_at: datetime | None = None

    @property
    def label(self) -> str:
        """Return the number as everyone knows it, such as ``P12``."""
        return label_of(self.number)

    def title_in(self, language: str) -> str:
        """Return the title in a language, or as the owner wrote it."""
        return self.titles.get(language) or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotList:
    """The plans by lot number, when they were published, and how the lot was drawn.

    seed: the words or figures drawn in public; empty when the order itself was drawn.
    hash: SHA-256 of the canonical JSON of what was frozen.
    """

    plans: tuple[BallotPlan, ...]
    seed: str
    hash: str
    published_at: datetime


def frozen_copy(plan: Proposal, lot_number: int) -> BallotPlan:
    """Return a plan as it goes on the list, with its cost as reviewed."""
    return BallotPlan(
        number=plan.number,
        lot_number=lot_number,
        title=plan.title,
        titles=plan.titles,
        summary=plan.summary,
        place=plan.place,
        area_id=plan.area_id,
        theme_id=plan.theme_id,
        cost=plan.final_cost,
    )


def proof_of(plan: Proposal) -> str:
    """Return the hash of what the ballot would say of a plan now, apart from its lot."""
    document = asdict(frozen_copy(plan, lot_number=0))
    del document["lot_number"], document["withdrawn_at"]
    return sha256_of(document)


def is_signed_off(plan: Proposal) -> bool:
    """Tell whether the owner found right what the ballot would say of a plan now."""
    return plan.signed_proof == proof_of(plan)


def hash_of_list(plans: Iterable[BallotPlan]) -> str:
    """Return the SHA-256 of a list's canonical JSON, as 64 hexadecimal figures."""
    documents = [asdict(plan) for plan in plans]
    for document in documents:
        del document["withdrawn_at"]
    return sha256_of(documents)


def lots_from_seed(seed: str, numbers: Iterable[int]) -> dict[int, int]:
    """Return a lot number from 1 for each plan number, as anybody can work out again.

    The plans stand in the order of SHA-256 of ``seed|number``, such as ``4 2 6|12``,
    written in hexadecimal figures. Raises SeedMissing.
    """
    if not seed.strip():
        raise SeedMissing
    by_hash = sorted(
        numbers, key=lambda number: hashlib.sha256(f"{seed}|{number}".encode()).hexdigest()
    )
    return {number: lot for lot, number in enumerate(by_hash, start=1)}


def refuse_wrong_lots(lots: Mapping[int, int], numbers: Iterable[int]) -> None:
    """Raise LotsDoNotFit unless the lots are 1, 2, 3 … and each plan has exactly one."""
    wanted = set(numbers)
    if set(lots) != wanted or sorted(lots.values()) != list(range(1, len(wanted) + 1)):
        raise LotsDoNotFit


class NoBallotList(NotFound):
    """The list of this round is not published yet."""

    sentence = N_("De stemlijst is er nog niet. Kijk op de pagina van de ronde wanneer hij komt.")


class SeedMissing(Unacceptable):
    """No seed was drawn."""

    sentence = N_("Schrijf op wat er is geloot: de ogen van de dobbelstenen of de woorden.")


class LotsDoNotFit(Unacceptable):
    """The lots do not give every plan on the list exactly one number."""

    sentence = N_("De loting klopt niet. Geef elk plan op de lijst één nummer, vanaf 1.")
