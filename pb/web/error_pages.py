"""The one place where a refusal becomes a page. Everything else that fails is a bug."""

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from pb.foundation.errors import N_, NotFound, NotPermitted, Refusal, Unacceptable, WrongState
from pb.web.wording import sentence_of

STATUS_OF_REFUSAL = {NotFound: 404, NotPermitted: 403, WrongState: 409, Unacceptable: 422}


class FormExpired(Unacceptable):
    """A form was sent too late, or not from our own page."""

    sentence = N_(
        "Deze pagina stond te lang open. Ga terug, laad hem opnieuw en probeer het nog eens."
    )


class PageMissing(NotFound):
    """No page has this address."""


class NotAllowedHere(Unacceptable):
    """The request itself cannot be read: wrong method, too large, malformed."""

    sentence = N_("Dit kunnen wij niet lezen. Ga terug en probeer het nog eens.")


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal's family."""
    for family, status in STATUS_OF_REFUSAL.items():
        if isinstance(refusal, family):
            return status
    return 400


def page_of(refusal: Refusal, status: int) -> ResponseReturnValue:
    """Return the page that tells a person what is wrong, what to do and who helps."""
    page = render_template(
        "errors/refusal.html", refusal_sentence=sentence_of(refusal), status=status
    )
    return page, status


def show_refusals(app: Flask) -> None:
    """Turn refusals into pages, and HTTP's own errors into the same pages."""

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> ResponseReturnValue:
        return page_of(refusal, status_of(refusal))

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError) -> ResponseReturnValue:
        return page_of(FormExpired(), 400)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        if code == 404:
            return page_of(PageMissing(), 404)
        if code < 400:
            return error.get_response()
        if code < 500:
            return page_of(NotAllowedHere(), code)
        return render_template("errors/broken.html", status=code), code
