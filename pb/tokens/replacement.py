"""A letter that was reported, and the packs of spare envelopes that come in its place.

A spare is never given to one person by its number: a pack goes into use as a whole, the resident
draws an envelope, and nobody writes down which. So no record leads from the old letter, whose
holder the municipality knows, to the new one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from pb.foundation.errors import N_, NotFound, Unacceptable, WrongState
from pb.tokens.domain import Letter, TokenStatus, is_serial

# How people type a letter number: six digits, or fewer without the noughts, and the check digit.
TYPED_SERIAL = re.compile(r"(\d{1,6})[-‐‑–—\s./]*(\d)", re.ASCII)
LONGEST_SERIAL = 20


class WhyReported(StrEnum):
    """Why a letter is made void. Kinds and no free text: the public log holds no story."""

    NOT_ARRIVED = "not_arrived"
    LOST = "lost"
    STOLEN = "stolen"
    UNREADABLE = "unreadable"


REPORT_LABELS = {
    WhyReported.NOT_ARRIVED: N_("De brief is niet aangekomen"),
    WhyReported.LOST: N_("De brief is kwijt"),
    WhyReported.STOLEN: N_("De brief is gestolen of door een ander gebruikt"),
    WhyReported.UNREADABLE: N_("De brief is beschadigd"),
}


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter as the desk finds it. status: as far as the desk itself changed it."""

    letter: Letter
    status: TokenStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SparePack:
    """All spare envelopes of one area.

    number: under which it is published, from 1. envelopes: how many were printed.
    is_open: whether its letters may vote.
    proposed_by: id of a member of the staff; None when nobody proposed to open it.
    """

    area: str
    number: int
    envelopes: int
    is_open: bool = False
    proposed_by: int | None = None

    @property
    def is_proposed(self) -> bool:
        """Tell whether one person did, and a second one is waited for."""
        return self.proposed_by is not None and not self.is_open


def read_serial(typed: str) -> str:
    """Return the letter number that somebody typed, "NNNNNN-c". Raises SerialMistyped."""
    match = TYPED_SERIAL.fullmatch(typed.strip()) if len(typed) <= LONGEST_SERIAL else None
    serial = f"{match[1]:0>6}-{match[2]}" if match else ""
    if not is_serial(serial):
        raise SerialMistyped
    return serial


class SerialMistyped(Unacceptable):
    """This cannot be the number of a letter: a wrong shape, or the check digit differs."""

    sentence = N_(
        "Dit briefnummer klopt niet. Vul alle cijfers in, ook het laatste, zoals 004711-8."
    )


class LetterUnknown(Unacceptable):
    """No letter of this round has this number."""

    sentence = N_("Deze ronde heeft geen brief met dit nummer. Kijk of het de brief van nu is.")


class LetterIsSpare(Unacceptable):
    """The number is that of an envelope whose pack nobody put into use."""

    sentence = N_("Dit is een reserve-envelop die nog niet in gebruik is. Er is niets veranderd.")


class LetterIsVoid(Unacceptable):
    """The letter was reported before."""

    sentence = N_("Deze brief is al ongeldig. Er is niets veranderd.")


class LetterIsPaper(Unacceptable):
    """The holder of this letter voted on paper, which is final."""

    sentence = N_("Met deze brief is al op papier gestemd. Die stem blijft tellen.")


class LetterUnopenable(WrongState):
    """What is sealed in a letter is not a key of this round. A bug or an attack."""

    sentence = N_("Deze brief is niet te openen. Er is niets veranderd. Bel de beheerder.")


class PackMissing(NotFound):
    """No spare letters were ordered for this area."""

    sentence = N_("Voor dit gebied zijn geen reserve-enveloppen gemaakt.")


class PackTooSmall(WrongState):
    """In a small pack an envelope could be guessed."""

    sentence = N_(
        "In dit pak zitten minder dan %(least)s enveloppen. Dan is te raden wie welke kreeg. "
        "Het pak kan niet in gebruik."
    )


class PackIsOpen(WrongState):
    """Two people put this pack into use before."""

    sentence = N_("Dit pak is al in gebruik.")


class PackNotProposed(WrongState):
    """Somebody confirms what nobody proposed."""

    sentence = N_("Niemand heeft voorgesteld om dit pak te openen. Stel dat eerst voor.")
