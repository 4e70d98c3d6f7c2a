"""The observers' door: the public ledger as a page, as files and as a feed, and the receipts."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from pb.ballots import publication, sealing
from pb.ballots.ledger import Published
from pb.rounds.access import allowed
from pb.rounds.rights import Act
from pb.web.clock import now

blueprint = Blueprint("observers", __name__, url_prefix="/ronde/<slug>/controle")

FILES: dict[str, tuple[str, Callable[[Published], bytes]]] = {
    "ledger.jsonl": ("application/jsonl", lambda found: found.ledger),
    "checkpoints.jsonl": ("application/jsonl", lambda found: found.checkpoints),
    "roll.txt": ("text/plain", lambda found: found.roll),
    "spares.txt": ("text/plain", lambda found: found.spares),
    "config.json": ("application/json", lambda found: found.config),
    "projects.json": ("application/json", lambda found: found.projects),
}


@blueprint.get("/logboek")
@allowed(Act.READ)
def show(slug: str) -> ResponseReturnValue:
    """Show how far the ledger is, what stands in it, and how to keep an eye on it."""
    sealing.catch_up(slug, now())
    return render_template("ballots/ledger.html", summary=publication.summary(slug), files=FILES)


@blueprint.get("/logboek/<name>")
@allowed(Act.READ)
def download(slug: str, name: str) -> ResponseReturnValue:
    """Send one of the files, byte for byte as it is hashed and signed."""
    if name not in FILES:
        abort(404)
    sealing.catch_up(slug, now())
    kind, content_of = FILES[name]
    found = publication.published(slug)
    charset = "" if kind == "application/json" else "; charset=utf-8"
    response = Response(content_of(found), content_type=f"{kind}{charset}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # A library or a newspaper may host the page that checks receipts (docs/checking.md).
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/logboek/controlepunten.atom")
@allowed(Act.READ)
def feed(slug: str) -> ResponseReturnValue:
    """Send the checkpoints as a feed, which observers keep by reading it."""
    sealing.catch_up(slug, now())
    text = render_template(
        "ballots/checkpoints.atom", summary=publication.summary(slug), address=request.url_root
    )
    return Response(text, content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/bon")
@allowed(Act.READ)
def check_receipt(slug: str) -> ResponseReturnValue:
    """Check a receipt in the browser. What it says is behind the #, which no browser sends."""
    return render_template("ballots/check_receipt.html")
