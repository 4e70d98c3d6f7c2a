"""The door through which staff come in and go out, and how the house knows who is inside."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from pb.accounts import passwords, service
from pb.accounts.access import current_staff, open_to_anyone
from pb.accounts.domain import ROLE_LABELS, Role, SignInPaused, SignInRefused, StaffMember
from pb.accounts.failures import refuse_guessing, remember_failure
from pb.accounts.forms import SignInForm
from pb.accounts.way_back import own_path
from pb.web.clock import now
from pb.web.error_pages import status_of
from pb.web.wording import gettext, sentence_of

DESK = "/beheer"
KEPT_AT_SIGN_IN = ("language", "order")

blueprint = Blueprint("accounts", __name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who Flask-Login knows: a member of the staff and the secret of this sign-in."""

    secret: str
    member: StaffMember
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.secret


@blueprint.route("/beheer/aanmelden", methods=["GET", "POST"])
@open_to_anyone
def sign_in() -> ResponseReturnValue:
    """Ask for an address and a password; then go where the person wanted to be."""
    form, status = SignInForm(), 200
    back = own_path(request.args.get("terug"), DESK)
    if request.method == "GET" and current_staff():
        return redirect(back, 303)
    if form.validate_on_submit():
        try:
            come_in(form.email.data, form.password.data)
            return redirect(back, 303)
        except (SignInRefused, SignInPaused) as refusal:
            form.form_errors.append(sentence_of(refusal))
            status = status_of(refusal)
    elif form.errors:
        status = 422
    return render_template("accounts/sign_in.html", form=form, back=back), status


@blueprint.post("/beheer/afmelden")
@open_to_anyone
def sign_out() -> ResponseReturnValue:
    """End this sign-in."""
    if current_staff():
        service.sign_out(current_user.get_id())
    logout_user()
    return redirect("/", 303)


def come_in(email: str, password: str) -> None:
    """Sign somebody in, in this browser. Raises SignInRefused, SignInPaused."""
    refuse_guessing(email)
    try:
        secret = service.sign_in(email, password, now=now())
    except SignInRefused:
        remember_failure(email)
        raise
    keep(secret)


def keep(secret: str) -> None:
    """Put a fresh sign-in into the cookie; of the visitor before it only choices remain."""
    kept = {name: session[name] for name in KEPT_AT_SIGN_IN if name in session}
    session.clear()
    session.update(kept)
    member = service.resume(secret, now=now())
    if member is not None:
        login_user(SignedIn(secret, member))


def offer_sign_in(app: Flask) -> None:
    """Let the app know who is signed in, from a cookie that holds a revocable secret.

    Without the cookie nothing is looked up; with it, once per request.
    """
    passwords.choose_cost(lambda: bool(current_app.config.get("PB_CHEAP_PASSWORDS")))
    login = LoginManager(app, add_context_processor=False)  # Pages ask ``staff_of_page``.
    login.session_protection = None  # It would keep the visitor's address in the cookie.

    @login.user_loader  # type: ignore[untyped-decorator] # Flask-Login ships no types
    def resume(secret: str) -> SignedIn | None:
        member = service.resume(secret, now=now())
        return SignedIn(secret, member) if member else None

    app.context_processor(staff_of_page)


def staff_of_page() -> dict[str, Any]:
    """Give pages of the staff who is signed in, once a guard has looked it up."""
    member: StaffMember | None = g.get("staff_member")
    if member is None:
        return {}
    pages = [("/beheer/account", gettext("Mijn account"))]
    if Role.ADMINISTRATOR in member.roles:
        pages.append(("/beheer/medewerkers", gettext("Medewerkers")))
    return {
        "staff_member": {
            "name": member.name,
            "role_labels": [gettext(ROLE_LABELS[role]) for role in Role if role in member.roles],
        },
        "staff_navigation": [{"url": url, "label": label} for url, label in pages],
    }
