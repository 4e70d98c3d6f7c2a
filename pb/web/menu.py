"""The items of a menu, and where among them a page stands."""

from collections.abc import Iterable
from typing import NamedTuple

from flask import Flask


class MenuItem(NamedTuple):
    """One link of a menu. url: a path of ours. label: in the language of the page."""

    url: str
    label: str


def place_in(items: Iterable[MenuItem], path: str) -> str:
    """Return the address for which a menu looks the same as for ``path``.

    That of an item, one directly below it, or none: so a menu is drawn once for all pages
    that stand in the same place.
    """
    above = [item.url for item in items if path == item.url or path.startswith(f"{item.url}/")]
    nearest = max(above, key=len, default="")
    return nearest if path == nearest else nearest + "/"


def offer_menus(app: Flask) -> None:
    """Give templates ``place_in``."""
    app.jinja_env.globals["place_in"] = place_in
