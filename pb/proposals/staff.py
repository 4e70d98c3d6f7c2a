"""The staff's door: hide a plan under the house rules, translate titles, reach an owner."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.proposals import moderation, service
from pb.proposals.domain import MAY_BE_CHANGED, MAY_BE_HELD
from pb.proposals.forms import HoldForm, TitlesForm
from pb.proposals.wording import words_of_plans
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act
from pb.web.clock import now
from pb.web.forms import Form

blueprint = Blueprint("staff_proposals", __name__, url_prefix="/beheer/ronde/<slug>")


@blueprint.get("/plannen")
@allowed(Act.MODERATE)
def index(slug: str) -> ResponseReturnValue:
    """Show every plan that was sent, the newest first, to read its words."""
    return render_template(
        "proposals/staff/index.html",
        plans=[plan.as_public(verdicts_known=False) for plan in reversed(service.list_sent(slug))],
        **words_of_plans(current_round().framework),
    )


@blueprint.get("/plannen/<int(max=99999):number>")
@allowed(Act.MODERATE)
def moderate(slug: str, number: int) -> ResponseReturnValue:
    """Show the words of one plan and the form to hide it."""
    return moderation_page(slug, number, HoldForm())


@blueprint.post("/plannen/<int(max=99999):number>")
@allowed(Act.MODERATE)
def hold(slug: str, number: int) -> ResponseReturnValue:
    """Hide a plan with a public reason."""
    form = HoldForm()
    if not form.validate_on_submit():
        return moderation_page(slug, number, form), 422
    moderation.hold(slug, number, reason=form.to_reason(), by=Actor.of(signed_in()), now=now())
    return redirect(url_for(".moderate", slug=slug, number=number), 303)


@blueprint.post("/plannen/<int(max=99999):number>/tonen")
@allowed(Act.MODERATE)
def release(slug: str, number: int) -> ResponseReturnValue:
    """Show a held plan again."""
    moderation.release(slug, number, by=Actor.of(signed_in()), now=now())
    return redirect(url_for(".moderate", slug=slug, number=number), 303)


@blueprint.get("/planeigenaren")
@allowed(Act.READ_CONTACT)
def owners(slug: str) -> ResponseReturnValue:
    """Show the plans whose owner may have to be reached; no contact data yet."""
    return render_template(
        "proposals/staff/owners.html",
        plans=service.list_sent(slug),
        may_change=MAY_BE_CHANGED,
        form=Form(),
    )


@blueprint.post("/planeigenaren/<int(max=99999):number>")
@allowed(Act.READ_CONTACT)
def look_up(slug: str, number: int) -> ResponseReturnValue:
    """Show how to reach one owner, this once; the public log counts it."""
    contact = moderation.look_up_contact(slug, number, by=Actor.of(signed_in()), now=now())
    plan = service.get(slug, number)
    return render_template("proposals/staff/contact.html", contact=contact, plan=plan)


@blueprint.route("/plannen/<int(max=99999):number>/vertalen", methods=["GET", "POST"])
@allowed(Act.TRANSLATE_PLAN)
def translate(slug: str, number: int) -> ResponseReturnValue:
    """Write the title of a plan in the other languages."""
    plan = service.get(slug, number)
    form = TitlesForm.for_languages(plan)
    if form.validate_on_submit():
        moderation.set_titles(slug, number, form.to_titles(), by=Actor.of(signed_in()), now=now())
        return redirect(url_for(".owners", slug=slug), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("proposals/staff/titles.html", form=form, plan=plan), status


def moderation_page(slug: str, number: int, form: HoldForm) -> str:
    """Return the page on which the words of a plan are judged by the house rules."""
    plan = service.get(slug, number)
    return render_template(
        "proposals/staff/moderate.html",
        form=form,
        plan=plan.as_public(verdicts_known=False),
        may_hold=plan.state in MAY_BE_HELD,
        **words_of_plans(current_round().framework),
    )
