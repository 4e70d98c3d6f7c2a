"""What we keep in a visitor's own browser: a seed for the order of lists, and choices.

The cookie is signed, lives in the browser only, and holds no name and no code.
"""

import random
import secrets
from collections.abc import Iterable
from typing import TypeVar

from flask import session

Item = TypeVar("Item")


def order_seed() -> str:
    """Return this visitor's seed: random, and the same as long as the browser stays open."""
    if "order" not in session:
        session["order"] = secrets.token_hex(8)
    seed: str = session["order"]
    return seed


def in_visitors_order(items: Iterable[Item]) -> list[Item]:
    """Return the items in an order random per visitor and stable for that visitor.

    The items must come in a fixed order of their own; no plan is favoured by its number.
    """
    shuffled = list(items)
    random.Random(order_seed()).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    return shuffled
