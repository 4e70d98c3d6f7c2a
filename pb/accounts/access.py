"""Who may open which door. A view without a mark stops the app at start.

Three marks: ``open_to_anyone`` (pages outside a round), ``staff_only`` (pages of the staff
outside a round) and, in ``pb/rounds/access.py``, ``allowed`` (everything inside a round).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from pb.accounts.domain import Role, StaffMember
from pb.foundation.errors import NotPermitted

SIGNED_IN = "_user_id"  # where Flask-Login keeps in the cookie who signed in

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def open_to_anyone(view: View) -> View:
    """Mark a view as open to anyone, signed in or not."""
    view.access = "anyone"  # type: ignore[attr-defined] # the mark
    return view


def staff_only(*roles: Role) -> Callable[[View], View]:
    """Mark a view as open to staff with one of these roles; without roles, to all staff."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not current_roles():
                return to_sign_in()
            if roles and not current_roles() & frozenset(roles):
                raise NotPermitted
            return view(*args, **kwargs)

        guarded.access = frozenset(roles) or frozenset(Role)  # type: ignore[attr-defined] # the mark
        return guarded  # type: ignore[return-value] # the same arguments and result

    return mark


def current_staff() -> StaffMember | None:
    """Return who is signed in, or None for a resident. Looked up once per request."""
    if "staff_member" not in g:
        # A resident's cookie names nobody, and then nothing is looked up.
        g.staff_member = getattr(current_user, "member", None) if SIGNED_IN in session else None
    member: StaffMember | None = g.staff_member
    return member


def signed_in() -> StaffMember:
    """Return who is signed in. Raises NotPermitted for a resident."""
    member = current_staff()
    if member is None:
        raise NotPermitted
    return member


def current_roles() -> frozenset[Role]:
    """Return the roles of who is signed in; none for a resident."""
    member = current_staff()
    return member.roles if member else frozenset()


def to_sign_in() -> ResponseReturnValue:
    """Send somebody to the sign-in page, and back afterwards."""
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("accounts.sign_in", terug=back or None), 303)


def refuse_unmarked_views(app: Flask) -> None:
    """Raise RuntimeError when a view says nothing about who may open it."""
    unmarked = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "access")
    }
    if unmarked:
        raise RuntimeError(f"These views do not say who may open them: {sorted(unmarked)}")
