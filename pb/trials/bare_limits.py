"""What Flask itself can do here: the limits beside which the benchmark stands.

One view writes one durable row, as a ballot must be; one shows 85 cards from a template, with
nothing else around it. No sessions, no forms, no headers, no translations.
"""

import fcntl
import os
import sqlite3
import threading
from pathlib import Path

from flask import Flask, request
from jinja2 import Environment

from pb.database.engine import PRAGMAS

ROW_BYTES = 700  # a ballot with its two boxes, its signature and its keys
CARDS = 85
# The markup of our own card, written out, around the same seven values.
CARD_TEMPLATE = """<!doctype html><html lang="nl"><head><title>Plannen</title></head><body>
<h1>Plannen</h1><ul class="pb-cards">
{% for card in cards %}<li class="pb-card">
<div class="pb-card__body">
<p class="pb-card__top"><span class="pb-card__number">Plan <bdi>{{ card.number }}</bdi></span></p>
<h2 class="pb-card__title" dir="auto"><a href="{{ card.url }}">{{ card.title }}</a></h2>
<p class="pb-card__summary" dir="auto">{{ card.summary }}</p>
<div class="pb-card__facts">
<ul class="pb-tags"><li><svg class="pb-icon pb-icon--small" aria-hidden="true" focusable="false"
viewBox="0 0 24 24"><use href="/static/icons.svg#place"></use></svg>
<span class="pb-hidden">Plek: </span><bdi>{{ card.area }}</bdi></li>
<li class="pb-tags__theme"><bdi>{{ card.theme }}</bdi></li></ul>
<p class="pb-card__cost"><span class="pb-hidden">Kosten: </span><bdi>{{ card.cost }}</bdi></p>
</div>
</div>
</li>
{% endfor %}</ul></body></html>"""


def make_bare_app(folder: Path) -> Flask:
    """Return a bare app that keeps its rows in ``folder``."""
    path = folder / "bare.db"
    # One worker after the other: SQLite does not wait for who else sets the journal.
    with (folder / "bare.lock").open("w") as turn, sqlite3.connect(path) as first:
        fcntl.flock(turn, fcntl.LOCK_EX)
        for pragma in PRAGMAS:
            first.execute(pragma)
        first.execute(
            "CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY, row BLOB) WITHOUT ROWID"
        )
    first.close()
    app = Flask("bare")
    own = threading.local()
    template = Environment(autoescape=True).from_string(CARD_TEMPLATE)
    cards = [
        {
            "number": number,
            "url": f"/plannen/{number}",
            "title": f"Plan {number} voor een groene en veilige straat",
            "summary": "Wij willen dat de straat groener wordt en dat kinderen er kunnen spelen. "
            * 3,
            "area": f"Gebied {number % 3}",
            "theme": f"Thema {number % 5}",
            "cost": f"€ {number * 137}",
        }
        for number in range(1, CARDS + 1)
    ]

    def connection() -> sqlite3.Connection:
        if not hasattr(own, "connection"):
            own.connection = sqlite3.connect(path, isolation_level=None)
            for pragma in PRAGMAS:
                own.connection.execute(pragma)
        found: sqlite3.Connection = own.connection
        return found

    @app.post("/row")
    def write_row() -> str:
        row = (os.urandom(32), request.get_data() + os.urandom(ROW_BYTES))
        database = connection()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO rows VALUES (?, ?)", row)
        database.execute("COMMIT")
        return "ok"

    @app.get("/cards")
    def show_cards() -> str:
        return template.render(cards=cards)

    return app
