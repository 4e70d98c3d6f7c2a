"""Tells the staff, on the page that follows, that what they did was kept.

Only for the staff: a resident gets a page of its own after an act, and no cookie for it.
"""

from flask import Flask, Response, flash, request, session

from pb.web.wording import gettext

DESK = "/beheer"
DONE, TO_KNOW = "ok", "info"  # kinds of components/notice.html


def tell(sentence: str, kind: str = DONE) -> None:
    """Show a sentence on the staff's next page, instead of the usual one."""
    flash(sentence, kind)


def offer_notices(app: Flask) -> None:
    """Say of every act of the staff that leads to another page that it was kept."""

    @app.after_request
    def tell_that_it_is_kept(response: Response) -> Response:
        if _is_staff_act(response) and "_flashes" not in session:
            tell(gettext("Uw werk is bewaard."))
        return response


def _is_staff_act(response: Response) -> bool:
    """Tell whether a form of the staff was accepted, and leads to a page of the staff."""
    return (
        request.method == "POST"
        and response.status_code == 303
        and (request.blueprint or "").startswith("staff_")
        and (response.location or "").startswith(DESK)
    )
