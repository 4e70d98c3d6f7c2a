"""Money as whole cents: read from text, written as text. No float ever holds an amount."""

import re
from fractions import Fraction

CENTS_PER_UNIT = 100

#: The highest amount that is read from a file, in cents (ten million million units).
MOST_CENTS = 10**15

_AMOUNT = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_LONGEST_AMOUNT = 40


def to_cents(text: str) -> int:
    """Return an amount in currency units, such as ``"1548961"`` or ``"12.50"``, in cents.

    Raises ValueError with a sentence when the text is no number, is negative, has more than
    two decimals or is higher than ``MOST_CENTS``.
    """
    cents, raised = cents_around(text)
    if cents != raised:
        raise ValueError(f"'{_shown(text)}' has more than two decimals")
    return cents


def cents_around(text: str) -> tuple[int, int]:
    """Return an amount in currency units as whole cents, cut and raised.

    The two are the same number unless the text has parts of a cent. Raises ValueError with a
    sentence when the text is no number, is negative or is higher than ``MOST_CENTS``.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(f"'{_shown(text)}' is not an amount of money")
    sign, units, decimals = match[1], match[2], match[3] or ""
    if sign:
        raise ValueError(f"'{_shown(text)}' is below zero")
    if len(units.lstrip("0")) > len(str(MOST_CENTS)):
        raise ValueError(f"'{_shown(text)}' is too high an amount")
    cents = int(units) * CENTS_PER_UNIT + int(decimals[:2].ljust(2, "0"))
    raised = cents + bool(decimals[2:].strip("0"))
    if raised > MOST_CENTS:
        raise ValueError(f"'{_shown(text)}' is too high an amount")
    return cents, raised


def _shown(text: str) -> str:
    """Return a text that is short enough for a sentence."""
    return text if len(text) <= _LONGEST_AMOUNT else text[:_LONGEST_AMOUNT] + "..."


def to_units(cents: int) -> str:
    """Return an amount in cents as currency units: ``"76700"``, or ``"76700.50"`` with cents."""
    sign = "-" if cents < 0 else ""
    units, rest = divmod(abs(cents), CENTS_PER_UNIT)
    return f"{sign}{units}.{rest:02}" if rest else f"{sign}{units}"


def fraction_of_units(cents: Fraction) -> str:
    """Return an exact amount in cents as currency units, written ``"p/q"`` in lowest terms."""
    units = cents / CENTS_PER_UNIT
    return f"{units.numerator}/{units.denominator}"


def in_dutch(cents: int, currency: str) -> str:
    """Return an amount in cents the way a Dutch page writes it, such as ``"€ 14.200"``."""
    units, rest = divmod(cents, CENTS_PER_UNIT)
    symbol = "€" if currency == "EUR" else currency
    thousands = f"{units:,}".replace(",", ".")
    return f"{symbol} {thousands},{rest:02}" if rest else f"{symbol} {thousands}"
