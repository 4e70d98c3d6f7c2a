"""What we keep in a visitor's own browser: a seed for the order of lists, and choices.

The cookie is signed, lives in the browser only, and holds no name and no code.
"""

import random
import secrets
from collections.abc import Iterable
from typing import TypeVar

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

Item = TypeVar("Item")


class VisitorsCookie(SecureCookieSessionInterface):
    """Flask's own cookie; what signs it is made once for the app, not anew for every request."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads the cookie. The secret of an app does not change."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


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
