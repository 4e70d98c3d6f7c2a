"""The staff's door to the ballot proof of a plan: what its owner said, and better words for it."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.foundation.errors import Unacceptable
from pb.proposals import service as proposals
from pb.proposals.ballot_list import is_signed_off, proof_of
from pb.proposals.wording import words_of_plans
from pb.reviews import offers, sign_off
from pb.reviews.forms import CorrectionForm, ReachedForm
from pb.reviews.proof import REACHED_ON_LABELS
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act
from pb.web.clock import now, today
from pb.web.wording import sentence_of

blueprint = Blueprint(
    "staff_proofs",
    __name__,
    url_prefix="/beheer/ronde/<slug>/stemlijst/<int(max=99999):number>",
)


@blueprint.get("")
@allowed(Act.CORRECT_PLAN)
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show the proof of a plan, and what its owner said of it."""
    return proof_page(slug, number, ReachedForm())


@blueprint.post("/akkoord")
@allowed(Act.RECORD_SIGN_OFF)
def record(slug: str, number: int) -> ResponseReturnValue:
    """Write down how and when an owner said that the proof is right."""
    form, by = ReachedForm(), Actor.of(signed_in())
    if form.validate_on_submit():
        try:
            proof, reached = form.proof.data or "", form.to_reached()
            sign_off.record(slug, number, proof, reached, by=by, now=now(), today=today())
            return redirect(url_for("staff_ballot_list.ballot_list", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return proof_page(slug, number, form), 422


@blueprint.route("/verbeteren", methods=["GET", "POST"])
@allowed(Act.CORRECT_PLAN)
def correct(slug: str, number: int) -> ResponseReturnValue:
    """Put better words for the plan to its owner."""
    plan, by = proposals.get(slug, number), Actor.of(signed_in())
    form = CorrectionForm.starting_from(plan)
    if form.validate_on_submit():
        try:
            words, note = form.to_correction(plan.final_cost), form.to_note()
            offers.offer_correction(slug, number, words, note=note, by=by, now=now())
            return redirect(url_for(".show", slug=slug, number=number), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    sign_off.refuse_unless_feasible(plan)
    told = sign_off.find(slug, number)
    page = render_template("reviews/staff/correct.html", form=form, plan=plan, told=told)
    return page, 422 if form.is_submitted() else 200


def proof_page(slug: str, number: int, form: ReachedForm) -> str:
    """Return the page with the proof of a plan for the staff. Raises NothingToSign."""
    plan = proposals.get(slug, number)
    sign_off.refuse_unless_feasible(plan)
    form.proof.data = proof_of(plan)
    return render_template(
        "reviews/staff/proof.html",
        form=form,
        plan=plan,
        signed_off=is_signed_off(plan),
        told=sign_off.find(slug, number),
        correction=offers.find_correction(slug, plan),
        reached_on_labels=REACHED_ON_LABELS,
        **words_of_plans(current_round().framework),
    )
