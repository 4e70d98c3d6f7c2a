"""The last two doors before the vote: deciding on a second look, publishing the list."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.foundation.errors import Unacceptable
from pb.proposals import service as proposals
from pb.proposals.ballot_list import is_signed_off
from pb.proposals.domain import ProposalState
from pb.proposals.wording import words_of_plans
from pb.reviews import second_look, service, sign_off
from pb.reviews.domain import NothingToReconsider
from pb.reviews.forms import LotForm, SecondLookForm
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act
from pb.web.clock import now
from pb.web.wording import sentence_of

blueprint = Blueprint("staff_ballot_list", __name__, url_prefix="/beheer/ronde/<slug>")


@blueprint.route("/toetsen/<int(max=99999):number>/herziening", methods=["GET", "POST"])
@allowed(Act.DECIDE_RECONSIDERATION)
def reconsider(slug: str, number: int) -> ResponseReturnValue:
    """Decide on an owner's request, as another reviewer than the first."""
    form = SecondLookForm()
    if form.validate_on_submit():
        try:
            second_look.decide(
                slug,
                number,
                granted=form.granted.data == "ja",
                explanation=form.to_text(),
                by=Actor.of(signed_in()),
                now=now(),
            )
            return redirect(url_for("staff_reviews.index", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return reconsideration_page(slug, number, form), 422 if form.is_submitted() else 200


def reconsideration_page(slug: str, number: int, form: SecondLookForm) -> str:
    """Return the page of one request. Raises NothingToReconsider when there is none."""
    asked = second_look.find(slug, number)
    if asked is None or asked.granted is not None:
        raise NothingToReconsider
    return render_template(
        "reviews/staff/reconsider.html",
        form=form,
        asked=asked,
        plan=proposals.get(slug, number),
        review=service.get(slug, number),
    )


@blueprint.get("/stemlijst")
@allowed(Act.PUBLISH_BALLOT_LIST)
def ballot_list(slug: str) -> ResponseReturnValue:
    """Show what is missing, and the form for the lot when nothing is."""
    return ballot_list_page(slug, LotForm())


@blueprint.post("/stemlijst")
@allowed(Act.PUBLISH_BALLOT_LIST)
def publish(slug: str) -> ResponseReturnValue:
    """Freeze the list in the order of the lot, and make it known."""
    form = LotForm()
    if form.validate_on_submit():
        try:
            service.publish_ballot_list(
                slug, seed=form.to_seed(), by=Actor.of(signed_in()), now=now()
            )
            return redirect(url_for("proposals.ballot_list", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return ballot_list_page(slug, form), 422


def ballot_list_page(slug: str, form: LotForm) -> str:
    """Return the page with the gate to the ballot list."""
    plans = [plan for plan in proposals.list_sent(slug) if plan.state is ProposalState.FEASIBLE]
    return render_template(
        "reviews/staff/ballot_list.html",
        form=form,
        plans=plans,
        signed={plan.number for plan in plans if is_signed_off(plan)},
        told=sign_off.list_for_round(slug),
        missing=service.missing_for_ballot(slug, now=now()),
        **words_of_plans(current_round().framework),
    )
