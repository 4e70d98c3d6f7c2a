"""The residents' door: the first page, the language, what we promise, and health."""

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from pb.accounts.access import open_to_anyone
from pb.accounts.way_back import own_path
from pb.foundation.errors import NotFound
from pb.foundation.language import OFFERED
from pb.foundation.settings import Settings
from pb.overview import service
from pb.rounds.domain import DECIDES, STATE_LABELS
from pb.web.clock import now

blueprint = Blueprint("overview", __name__)


@blueprint.get("/")
@open_to_anyone
def home() -> ResponseReturnValue:
    """Show three doors, and every round: where it stands, until when, who decides."""
    page = service.home(now())
    return render_template(
        "overview/home.html",
        doors=page.doors,
        rounds=page.rounds,
        now=now(),
        labels=STATE_LABELS,
        decides=DECIDES,
        contact=page.rounds[0].framework.contact if page.rounds else None,
    )


@blueprint.get("/taal/<code>")
@open_to_anyone
def language(code: str) -> ResponseReturnValue:
    """Remember the language in the visitor's own browser and go back."""
    if code not in {language.code for language in OFFERED}:
        raise NotFound
    session["language"] = code
    return redirect(own_path(request.args.get("terug"), "/"), 303)


@blueprint.get("/toegankelijkheid")
@open_to_anyone
def accessibility() -> ResponseReturnValue:
    """Say how well everybody can use this service, and where to report what does not work."""
    return render_template("overview/accessibility.html", contact=service.contact(now()))


@blueprint.get("/privacy")
@open_to_anyone
def privacy() -> ResponseReturnValue:
    """Say what is kept, what is promised, and what cannot be promised."""
    return render_template("overview/privacy.html", contact=service.contact(now()))


@blueprint.get("/.well-known/security.txt")
@open_to_anyone
def security() -> ResponseReturnValue:
    """Say where to report a hole (RFC 9116)."""
    settings: Settings = current_app.extensions["settings"]
    address = settings.public_address
    lines = (
        f"Contact: {address}/privacy#lek",
        f"Expires: {half_a_year_later(now()):%Y-%m-%dT%H:%M:%SZ}",
        f"Canonical: {address}/.well-known/security.txt",
        "Preferred-Languages: nl, en",
    )
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")


@blueprint.get("/gezond")
@open_to_anyone
def health() -> ResponseReturnValue:
    """Tell machines whether both stores answer."""
    stores = service.health()
    return {"stores": stores}, 200 if all(stores.values()) else 503


def half_a_year_later(moment: datetime) -> datetime:
    """Return the first day of the month, six months after this one."""
    months = moment.year * 12 + moment.month - 1 + 6
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
