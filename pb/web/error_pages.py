"""The one place where a refusal becomes a page. Everything else that fails is a bug."""

from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed, SecurityError

from pb.foundation.errors import N_, NotFound, NotPermitted, Refusal, Unacceptable, WrongState
from pb.web.wording import sentence_of

DESK = "/beheer"
STATUS_OF_REFUSAL = {NotFound: 404, NotPermitted: 403, WrongState: 409, Unacceptable: 422}


class FormExpired(Unacceptable):
    """A form was sent too late, or not from our own page."""

    sentence = N_(
        "Deze pagina stond te lang open. Ga terug, laad hem opnieuw en probeer het nog eens."
    )


class NotForThisRole(NotPermitted):
    """A page of the staff that is not for the roles of who is signed in."""

    sentence = N_("U mag dit niet doen. Denkt u dat dit niet klopt? Vraag het de beheerder.")


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
    for_staff = request.path == DESK or request.path.startswith(f"{DESK}/")
    if for_staff and type(refusal) is NotPermitted:
        refusal = NotForThisRole()
    page = render_template(
        "errors/refusal.html",
        refusal_sentence=sentence_of(refusal),
        status=status,
        for_staff=for_staff,
    )
    return page, status


def _has_no_addresses() -> bool:
    """Tell whether the name of this host cannot be read, so that no page can name another."""
    return isinstance(request.routing_exception, BadHost | SecurityError)


def show_refusals(app: Flask) -> None:
    """Turn refusals into pages, and HTTP's own errors into the same pages."""

    @app.before_request
    def refuse_unreadable_address() -> None:
        if "\0" in request.path:  # no store knows a thing with such a name, and some cannot ask
            raise PageMissing

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
        if _has_no_addresses():
            return Response(sentence_of(NotAllowedHere()), code, mimetype="text/plain")
        if code < 500:
            answer = make_response(page_of(NotAllowedHere(), code))
            if isinstance(error, MethodNotAllowed):
                answer.allow.update(error.valid_methods or ())
            return answer
        return render_template("errors/broken.html", status=code), code
