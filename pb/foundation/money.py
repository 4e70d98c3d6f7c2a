"""Money is a whole number of euro cents. No float ever holds money."""

import re
from typing import NewType

from pb.foundation.errors import N_, Unacceptable

Cents = NewType("Cents", int)

LONGEST_AMOUNT = 20
LARGEST_AMOUNT = Cents(10**15)  # ten million million euros; every store can hold it
WRITTEN_EUROS = re.compile(r"(?P<euros>\d{1,3}(?:[. ]\d{3})+|\d+)(?:,(?P<cents>\d{2}))?")


class AmountUnreadable(Unacceptable):
    """An amount of money is not written as euros."""

    sentence = N_("Dit is geen bedrag. Schrijf het in euro's, zoals 1250 of 1.250,50.")


def euros(whole_euros: int) -> Cents:
    """Return an amount of whole euros in cents."""
    return Cents(whole_euros * 100)


def parse_euros(written: str) -> Cents:
    """Return what a person wrote, such as ``1.250,50`` or ``€ 1250``, in cents.

    Raises AmountUnreadable.
    """
    if len(written) > LONGEST_AMOUNT:
        raise AmountUnreadable
    match = WRITTEN_EUROS.fullmatch(
        written.replace("€", "").replace("\N{NO-BREAK SPACE}", " ").strip()
    )
    if match is None:
        raise AmountUnreadable
    whole = int(re.sub(r"[. ]", "", match["euros"]))
    amount = Cents(whole * 100 + int(match["cents"] or 0))
    if amount > LARGEST_AMOUNT:
        raise AmountUnreadable
    return amount


def written_euros(cents: Cents) -> str:
    """Return an amount as a person would type it, such as ``1250,50``; below zero with a minus."""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{whole},{rest:02d}" if rest else f"{sign}{whole}"
