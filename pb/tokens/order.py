"""An order of letters: how many per area, proposed by one person and confirmed by another."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pb.foundation.errors import N_, NotFound, Unacceptable, WrongState
from pb.tokens.domain import in_groups

# A pack of spare envelopes goes into use as a whole, so that nobody can tie one to a person.
SMALLEST_PACK = 20
# Below this, an area with its own money is too small to hide in (voting.md 3.4).
FEW_LETTERS = 250
MOST_PERMILLE = 200

WRITTEN_SHARE = re.compile(r"(\d{1,2})(?:[.,](\d))?\s*%?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOrder:
    """What two people agreed to print.

    letters: pairs of an area id and how many letters, in the order of the ids.
    spare_permille: how many spare letters go with each area's, in thousandths.
    """

    letters: tuple[tuple[str, int], ...]
    spare_permille: int = 0

    @property
    def total(self) -> int:
        """Return how many letters go to residents; spares are not among them."""
        return sum(count for _, count in self.letters)

    @property
    def spares(self) -> tuple[tuple[str, int], ...]:
        """Return pairs of an area id and how many spare letters."""
        return tuple((area, self._spares_for(count)) for area, count in self.letters)

    @property
    def small_areas(self) -> tuple[str, ...]:
        """Return the ids of areas with too few letters to hide in."""
        return tuple(area for area, count in self.letters if count < FEW_LETTERS)

    def _spares_for(self, count: int) -> int:
        if not self.spare_permille:
            return 0
        return max(SMALLEST_PACK, math.ceil(count * self.spare_permille / 1000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """What is known of the roll of a round as a whole.

    proposed_by, confirmed_by: ids of two members of the staff; never of a voter.
    hash: 32 bytes, SHA-256 of the published roll; None until the codes are made.
    fingerprint: the 20 symbols on every letter; "" until the codes are made.
    """

    order: LetterOrder
    proposed_by: int
    confirmed_by: int | None = None
    hash: bytes | None = None
    fingerprint: str = ""

    @property
    def is_confirmed(self) -> bool:
        """Tell whether a second person agreed."""
        return self.confirmed_by is not None

    @property
    def is_made(self) -> bool:
        """Tell whether the codes are made; from then on nothing changes."""
        return self.hash is not None

    @property
    def shown_fingerprint(self) -> str:
        """Return the fingerprint in groups of four, as it is printed."""
        return in_groups(self.fingerprint)


def pack_numbers(areas: Iterable[str]) -> dict[str, int]:
    """Return under which number the spare letters of each area are published, from 1.

    areas: the ids of all areas on the roll, in any order and as often as they come.
    """
    return {area: number for number, area in enumerate(sorted(set(areas)), start=1)}


def parse_share(written: str) -> int:
    """Return what somebody wrote, such as ``3%`` or ``2,5``, in thousandths.

    Raises ShareUnreadable.
    """
    match = WRITTEN_SHARE.fullmatch(written.strip())
    permille = int(match[1]) * 10 + int(match[2] or 0) if match else MOST_PERMILLE + 1
    if permille > MOST_PERMILLE:
        raise ShareUnreadable
    return permille


class ShareUnreadable(Unacceptable):
    """A share of spare letters is no percentage, or a very high one."""

    sentence = N_("Schrijf een percentage tussen 0 en 20, zoals 3 of 2,5.")


class OrderMissing(NotFound):
    """Nobody proposed how many letters there must be."""

    sentence = N_(
        "Er zijn nog geen aantallen voorgesteld. Vul eerst in hoeveel brieven u nodig heeft."
    )


class OrderUnsound(Unacceptable):
    """An order names an area that gets no letters of its own, or no letters, or too many."""

    sentence = N_("Vul voor elk gebied in hoeveel brieven u nodig heeft: 1 of meer.")


class OrderNotConfirmed(WrongState):
    """Only one person agreed."""

    sentence = N_("Een tweede collega moet de aantallen eerst bevestigen.")


class OrderDiffers(Unacceptable):
    """What is being made is not what two people confirmed."""

    sentence = N_("Deze aantallen zijn niet de aantallen die twee collega's bevestigden.")


class RollIsFixed(WrongState):
    """The codes of this round are made; the roll does not change any more."""

    sentence = N_("De stemcodes zijn al gemaakt. De lijst staat vast.")


class RollDamaged(WrongState):
    """The roll in the store is not the roll whose fingerprint is on the letters."""

    sentence = N_("De lijst met stemcodes is veranderd. Open het stemmen niet. Bel de beheerder.")


class RollMissing(WrongState):
    """The codes are not made yet."""

    sentence = N_("De stemcodes zijn nog niet gemaakt.")
