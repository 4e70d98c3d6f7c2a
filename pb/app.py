"""Puts the house together. Imports every room; no room imports this."""

from datetime import timedelta
from importlib import import_module
from typing import Any

from flask import Blueprint, Flask, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from pb.accounts.access import refuse_unmarked_views
from pb.accounts.public import offer_sign_in
from pb.database.base import connect
from pb.foundation.clock import Clock
from pb.foundation.settings import Settings
from pb.rounds.access import offer_round
from pb.web.assets import folder, offer_assets
from pb.web.clock import set_clock
from pb.web.error_pages import show_refusals
from pb.web.formats import offer_formats
from pb.web.fragments import offer_fragments
from pb.web.headers import send_headers
from pb.web.limits import set_limits
from pb.web.menu import offer_menus
from pb.web.notices import offer_notices
from pb.web.templates import Templates
from pb.web.visitors import VisitorsCookie
from pb.web.wording import offer_words

DOORS = (
    "overview.public",
    "overview.staff",
    "accounts.public",
    "accounts.staff",
    "rounds.public",
    "rounds.staff",
    "proposals.public",
    "proposals.owner",
    "proposals.staff",
    "reviews.public",
    "reviews.owner",
    "reviews.staff",
    "reviews.ballot_desk",
    "reviews.proof_desk",
    "tokens.ceremony_desk",
    "tokens.staff",
    "ballots.public",
    "ballots.observers",
    "ballots.letter_desk",
    "ballots.rehearsal_desk",
    "ballots.staff",
    "results.public",
    "results.staff",
    "followups.public",
    "followups.staff",
    "evaluations.public",
    "evaluations.staff",
)


class House(Flask):
    """The web application; its error log names the page, never the address that was asked."""

    jinja_environment = Templates

    def log_exception(self, exc_info: Any) -> None:
        """Log a bug without the address: an owner's private link must not be in a log."""
        self.logger.error("Failed: %s %s", request.method, request.endpoint, exc_info=exc_info)


def create_app(settings: Settings, clock: Clock) -> Flask:
    """Return the web application for these settings, living by this clock."""
    app = House("pb", template_folder=str(folder("templates")), static_folder=str(folder("static")))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_NAME="__Host-pb" if settings.secure_cookies else "pb",
        PERMANENT_SESSION_LIFETIME=timedelta(days=31),
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=128 * 1024,
        MAX_FORM_PARTS=600,
        WTF_CSRF_TIME_LIMIT=4 * 60 * 60,
    )
    app.session_interface = VisitorsCookie()
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(municipality_name=settings.municipality_name, theme=settings.theme)
    if trusted := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # as Flask's manual does
            app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted
        )
    connect(app, settings)
    set_clock(app, clock)
    CSRFProtect(app)
    offer_words(app)
    offer_formats(app)
    offer_assets(app)
    offer_fragments(app)
    offer_menus(app)
    send_headers(app)
    set_limits(app)
    show_refusals(app)
    offer_sign_in(app)
    offer_round(app)
    offer_notices(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    refuse_unmarked_views(app)
    return app


def blueprints() -> list[Blueprint]:
    """Return every room's doors, in the order of ``DOORS``."""
    return [import_module(f"pb.{door}").blueprint for door in DOORS]
