"""The staff's door: everybody's own account, and for administrators the accounts of all."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from pb.accounts import passwords, service
from pb.accounts.access import signed_in, staff_only
from pb.accounts.actor import Actor
from pb.accounts.domain import ROLE_LABELS, Role
from pb.accounts.forms import MemberForm, NewMemberForm, PasswordForm
from pb.foundation.errors import Unacceptable
from pb.web.clock import now
from pb.web.wording import sentence_of

ACCOUNT = "/beheer/account"
ACCOUNTS = "/beheer/medewerkers"

blueprint = Blueprint("staff_accounts", __name__, url_prefix="/beheer")


@blueprint.get("/account")
@staff_only()
def account() -> ResponseReturnValue:
    """Show somebody's own account: where they are signed in, and another password."""
    return account_page(PasswordForm())


@blueprint.post("/account/wachtwoord")
@staff_only()
def change_password() -> ResponseReturnValue:
    """Keep another password of one's own."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            service.change_password(
                signed_in(),
                form.present.data,
                form.wanted.data,
                secret=current_user.get_id(),
                now=now(),
            )
            return redirect(ACCOUNT, 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return account_page(form), 422


@blueprint.post("/account/aanmelding")
@staff_only()
def revoke_session() -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    try:
        id_hash = bytes.fromhex(request.form.get("sign_in", ""))
    except ValueError:
        id_hash = b""
    service.revoke_session(signed_in().id, id_hash)
    return redirect(ACCOUNT, 303)


@blueprint.get("/medewerkers")
@staff_only(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """Show every account, and what was last done to accounts."""
    return render_template(
        "accounts/staff/index.html",
        members=service.list_all(),
        acts=service.list_acts(),
        role_labels=ROLE_LABELS,
        roles=Role,
    )


@blueprint.route("/medewerkers/nieuw", methods=["GET", "POST"])
@staff_only(Role.ADMINISTRATOR)
def add() -> ResponseReturnValue:
    """Make an account and show its password this once."""
    form = NewMemberForm()
    if form.validate_on_submit():
        password = passwords.invent()
        try:
            member = service.add(
                form.name.data,
                form.email.data,
                form.label.data,
                form.to_roles(),
                password,
                now=now(),
                by=Actor.of(signed_in()),
            )
            return render_template("accounts/staff/password.html", member=member, password=password)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    status = 422 if form.is_submitted() else 200
    return render_template("accounts/staff/add.html", form=form), status


@blueprint.route("/medewerkers/<int(max=999999999):staff_id>", methods=["GET", "POST"])
@staff_only(Role.ADMINISTRATOR)
def member(staff_id: int) -> ResponseReturnValue:
    """Show one account and change what it may do."""
    of = service.get(staff_id)
    form = MemberForm(data={"label": of.label, "roles": sorted(of.roles)})
    if form.validate_on_submit():
        try:
            service.change_roles(
                staff_id,
                form.to_roles(),
                form.label.data,
                by=Actor.of(signed_in()),
                now=now(),
            )
            return redirect(ACCOUNTS, 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    status = 422 if form.is_submitted() else 200
    return render_template("accounts/staff/member.html", form=form, member=of), status


@blueprint.post("/medewerkers/<int(max=999999999):staff_id>/wachtwoord")
@staff_only(Role.ADMINISTRATOR)
def give_new_password(staff_id: int) -> ResponseReturnValue:
    """Replace somebody's password and show the new one this once."""
    password = service.give_new_password(staff_id, by=Actor.of(signed_in()), now=now())
    of = service.get(staff_id)
    return render_template("accounts/staff/password.html", member=of, password=password)


@blueprint.post("/medewerkers/<int(max=999999999):staff_id>/sluiten")
@staff_only(Role.ADMINISTRATOR)
def close(staff_id: int) -> ResponseReturnValue:
    """Close an account."""
    service.close(staff_id, by=Actor.of(signed_in()), now=now())
    return redirect(ACCOUNTS, 303)


@blueprint.post("/medewerkers/<int(max=999999999):staff_id>/openen")
@staff_only(Role.ADMINISTRATOR)
def reopen(staff_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    service.reopen(staff_id, by=Actor.of(signed_in()), now=now())
    return redirect(ACCOUNTS, 303)


def account_page(form: PasswordForm) -> str:
    """Return the page of one's own account."""
    of, secret = signed_in(), current_user.get_id()
    sign_ins = [
        (each, service.is_this(each, secret)) for each in service.list_sessions(of.id, now=now())
    ]
    return render_template("accounts/staff/account.html", form=form, member=of, sign_ins=sign_ins)
