"""The owner's door: everything under a private link, without an account."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pb.proposals import service
from pb.proposals.ballot_list import is_signed_off
from pb.proposals.domain import MAY_BE_CHANGED, MAY_BE_WITHDRAWN, PlanIncomplete
from pb.proposals.forms import PlanForm
from pb.proposals.public import verdicts_known
from pb.proposals.wording import words_of_plans
from pb.proposals.writing import advice_on, missing_from, read_amount
from pb.rounds.access import allowed, current_round
from pb.rounds.domain import is_voting_over
from pb.rounds.rights import Act
from pb.web.clock import now
from pb.web.forms import Form
from pb.web.wording import sentence_of

blueprint = Blueprint("my_plan", __name__, url_prefix="/ronde/<slug>/mijn/<secret>")


@blueprint.get("")
@allowed(Act.READ)
def show(slug: str, secret: str) -> ResponseReturnValue:
    """Show the owner where the plan stands and what can be done now."""
    plan = service.find_by_secret(slug, secret)
    known, voting_round = verdicts_known(), current_round()
    return render_template(
        "proposals/mine.html",
        plan=plan.as_owner(verdicts_known=known) if plan else None,
        writing=service.draft(slug, secret),
        secret=secret,
        signed_off=plan is not None and is_signed_off(plan),
        unsent=service.has_unsent_changes(slug, secret, now=now()),
        may_change=plan is None or plan.state in MAY_BE_CHANGED,
        may_withdraw=plan is not None
        and plan.state in MAY_BE_WITHDRAWN
        and not is_voting_over(voting_round.state, voting_round.framework.dates, now()),
        **words_of_plans(voting_round.framework),
    )


@blueprint.get("/schrijven")
@allowed(Act.CHANGE_PLAN)
def write(slug: str, secret: str) -> ResponseReturnValue:
    """Show the form with everything as it was typed, and the framework's advice beside it."""
    form = PlanForm.for_round(current_round().framework, service.draft(slug, secret))
    return form_page(slug, secret, form)


@blueprint.post("/schrijven")
@allowed(Act.CHANGE_PLAN)
def save(slug: str, secret: str) -> ResponseReturnValue:
    """Keep everything as typed, and stay here or go on to the check."""
    form = PlanForm.for_round(current_round().framework)
    service.save_draft(slug, secret, form.to_writing(), now=now())
    if "check" in request.form:
        return redirect(url_for(".check", slug=slug, secret=secret), 303)
    return redirect(url_for(".write", slug=slug, secret=secret, bewaard=1), 303)


@blueprint.get("/nakijken")
@allowed(Act.CHANGE_PLAN)
def check(slug: str, secret: str) -> ResponseReturnValue:
    """Show the whole plan once more before it is sent."""
    writing, framework = service.draft(slug, secret), current_round().framework
    missing = missing_from(framework, writing)
    sent_before = service.find_by_secret(slug, secret)
    return render_template(
        "proposals/check.html",
        form=Form(),
        writing=writing,
        secret=secret,
        missing=missing,
        advice=[
            each for each in advice_on(framework, writing) if not each.fits and each not in missing
        ],
        sent_before=sent_before,
        changes_plan=service.has_unsent_changes(slug, secret, now=now()),
        was_agreed=sent_before is not None and service.was_agreed(slug, sent_before.number),
        read_amount=read_amount,
        **words_of_plans(current_round().framework),
    )


@blueprint.post("/verstuur")
@allowed(Act.CHANGE_PLAN)
def send(slug: str, secret: str) -> ResponseReturnValue:
    """Send the plan, or show the form with what is missing beside the fields."""
    try:
        service.send(slug, secret, now=now())
    except PlanIncomplete as refusal:
        form = PlanForm.for_round(current_round().framework, service.draft(slug, secret))
        form.show_findings(service.missing(slug, secret, now=now()))
        return form_page(slug, secret, form, sentence_of(refusal)), 422
    return redirect(url_for(".receipt", slug=slug, secret=secret), 303)


@blueprint.get("/gelukt")
@allowed(Act.READ)
def receipt(slug: str, secret: str) -> ResponseReturnValue:
    """Show the number of the plan and the private link, to keep or to print."""
    plan = service.by_secret(slug, secret)
    return render_template("proposals/receipt.html", plan=plan, secret=secret)


@blueprint.get("/intrekken")
@allowed(Act.WITHDRAW_PLAN)
def ask_withdraw(slug: str, secret: str) -> ResponseReturnValue:
    """Ask whether the owner is sure."""
    plan = service.by_secret(slug, secret)
    return render_template("proposals/withdraw.html", plan=plan, secret=secret, form=Form())


@blueprint.post("/intrekken")
@allowed(Act.WITHDRAW_PLAN)
def withdraw(slug: str, secret: str) -> ResponseReturnValue:
    """Take the plan back."""
    service.withdraw(slug, secret, now=now())
    return redirect(url_for(".show", slug=slug, secret=secret), 303)


def form_page(slug: str, secret: str, form: PlanForm, sentence: str = "") -> str:
    """Return the page on which a plan is written."""
    writing = service.draft(slug, secret)
    return render_template(
        "proposals/write.html",
        form=form,
        secret=secret,
        sentence=sentence,
        total=writing.total(),
        advice=advice_on(current_round().framework, writing),
        saved="bewaard" in request.args,
        sent_before=service.find_by_secret(slug, secret),
    )
