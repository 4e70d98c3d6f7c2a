"""The owner's door to a review: an offer, a question, a second look, and the ballot proof."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pb.foundation.errors import Unacceptable
from pb.proposals import service as proposals
from pb.proposals.ballot_list import is_signed_off, proof_of
from pb.proposals.wording import words_of_plans
from pb.reviews import offers, second_look, sign_off
from pb.reviews.domain import OfferKind
from pb.reviews.forms import AnswerForm, ErrorForm, ProofForm, ReconsiderationForm
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act
from pb.web.clock import now
from pb.web.error_pages import NotAllowedHere
from pb.web.forms import Form
from pb.web.wording import sentence_of

blueprint = Blueprint("my_review", __name__, url_prefix="/ronde/<slug>/mijn/<secret>")

ANSWERS = {"ja": True, "nee": False}


@blueprint.get("/voorstel")
@allowed(Act.ANSWER_ADAPTATION)
def offer(slug: str, secret: str) -> ResponseReturnValue:
    """Show an offer beside the plan as it is."""
    found = offers.find_offer(slug, secret)
    plan = proposals.by_secret(slug, secret)
    partner = proposals.get(slug, found.partner) if found.partner else None
    stays = partner if partner and found.kind is OfferKind.MERGE_AWAY else plan
    return render_template(
        "reviews/offer.html",
        offer=found,
        plan=plan,
        stays=stays,
        partner=partner,
        secret=secret,
        form=Form(),
    )


@blueprint.post("/voorstel")
@allowed(Act.ANSWER_ADAPTATION)
def answer_offer(slug: str, secret: str) -> ResponseReturnValue:
    """Keep the owner's yes or no to the offer that was shown."""
    sequence = request.form.get("sequence", type=int) or 0
    accepted = ANSWERS.get(request.form.get("answer", ""))
    if accepted is None:  # silence is no answer
        raise NotAllowedHere
    offers.answer_offer(slug, secret, sequence, accepted=accepted, now=now())
    said = request.form["answer"]
    return redirect(url_for("my_plan.show", slug=slug, secret=secret, antwoord=said), 303)


@blueprint.route("/vraag", methods=["GET", "POST"])
@allowed(Act.ANSWER_ADAPTATION)
def question(slug: str, secret: str) -> ResponseReturnValue:
    """Show a reviewer's question and keep the answer."""
    form = AnswerForm()
    if form.validate_on_submit():
        offers.answer_question(slug, secret, form.to_text(), now=now())
        return redirect(url_for("my_plan.show", slug=slug, secret=secret, antwoord="vraag"), 303)
    found = offers.find_question(slug, secret)
    page = render_template("reviews/question.html", form=form, question=found, secret=secret)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/herziening", methods=["GET", "POST"])
@allowed(Act.ASK_RECONSIDERATION)
def reconsideration(slug: str, secret: str) -> ResponseReturnValue:
    """Ask for a second look at a no, with a reason."""
    form = ReconsiderationForm()
    if form.validate_on_submit():
        try:
            second_look.ask(slug, secret, form.to_text(), now=now())
            return redirect(url_for("my_plan.show", slug=slug, secret=secret), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    plan = proposals.by_secret(slug, secret)
    asked = second_look.find(slug, plan.number)
    page = render_template(
        "reviews/reconsideration.html",
        form=form,
        plan=plan,
        asked=asked,
        secret=secret,
        may_ask=second_look.may_ask(plan, asked),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/stemlijst")
@allowed(Act.SIGN_OFF)
def proof(slug: str, secret: str) -> ResponseReturnValue:
    """Show the plan as it will stand on the ballot, and ask whether it is right."""
    return proof_page(slug, secret, ProofForm())


@blueprint.post("/stemlijst")
@allowed(Act.SIGN_OFF)
def sign(slug: str, secret: str) -> ResponseReturnValue:
    """Keep that the owner found right what was shown."""
    form = ProofForm()
    if form.validate_on_submit():
        try:
            sign_off.sign(slug, secret, form.proof.data or "", now=now())
            return redirect(url_for("my_plan.show", slug=slug, secret=secret), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return proof_page(slug, secret, form), 422


@blueprint.route("/stemlijst/fout", methods=["GET", "POST"])
@allowed(Act.SIGN_OFF)
def error(slug: str, secret: str) -> ResponseReturnValue:
    """Ask what is wrong, and tell it to the staff."""
    form = ErrorForm()
    if form.validate_on_submit():
        try:
            sign_off.report_error(slug, secret, form.to_text(), now=now())
            return redirect(url_for(".proof", slug=slug, secret=secret), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    sign_off.refuse_unless_feasible(proposals.by_secret(slug, secret))
    page = render_template("reviews/error.html", form=form, secret=secret)
    return page, 422 if form.is_submitted() else 200


def proof_page(slug: str, secret: str, form: ProofForm) -> str:
    """Return the page with the ballot proof of a plan. Raises NothingToSign."""
    plan = proposals.by_secret(slug, secret)
    sign_off.refuse_unless_feasible(plan)
    form.proof.data = proof_of(plan)
    return render_template(
        "reviews/proof.html",
        form=form,
        plan=plan,
        secret=secret,
        signed_off=is_signed_off(plan),
        told=sign_off.find(slug, plan.number),
        correction=offers.find_correction(slug, plan),
        **words_of_plans(current_round().framework),
    )
