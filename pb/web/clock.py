"""The app's clock: whoever starts the app hands one over, so that tests can move it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g

from pb.foundation.clock import Clock
from pb.foundation.settings import Settings


def set_clock(app: Flask, clock: Clock) -> None:
    """Give the app its clock."""
    app.extensions["clock"] = clock


def now() -> datetime:
    """Return the moment of this request: the same for everything that it does."""
    if "moment" not in g:
        clock: Clock = current_app.extensions["clock"]
        g.moment = clock()
    moment: datetime = g.moment
    return moment


def today() -> date:
    """Return the day of this request in the municipality's zone."""
    settings: Settings = current_app.extensions["settings"]
    return now().astimezone(ZoneInfo(settings.timezone)).date()
