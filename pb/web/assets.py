"""Where templates and static files lie, and addresses that change when a file does."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, request, url_for

PACKAGE = Path(__file__).resolve().parents[1]


def folder(name: str) -> Path:
    """Return the folder of shipped files: inside the package (wheel) or beside it (checkout).

    Raises FileNotFoundError when neither is there.
    """
    for place in (PACKAGE / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(name)


@cache
def _mark(name: str) -> str:
    return hashlib.sha256((folder("static") / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a static file, with a mark of its content."""
    return _address(name, request.script_root)


@lru_cache(maxsize=256)  # Every page asks for the same few.
def _address(name: str, _where_mounted: str) -> str:
    return url_for("static", filename=name, v=_mark(name))


def offer_assets(app: Flask) -> None:
    """Give templates ``asset``."""
    app.jinja_env.globals["asset"] = asset
