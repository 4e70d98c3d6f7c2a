"""The owner's door to a review: an offer, a question, and the right to a second look."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pb.foundation.errors import Unacceptable
from pb.proposals import service as proposals
from pb.reviews import offers, second_look
from pb.reviews.domain import OfferKind
from pb.reviews.forms import AnswerForm, ReconsiderationForm
from pb.rounds.access import allowed
from pb.rounds.rights import Act
from pb.web.clock import now
from pb.web.forms import Form
from pb.web.wording import sentence_of

blueprint = Blueprint("my_review", __name__, url_prefix="/ronde/<slug>/mijn/<secret>")


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
    accepted = request.form.get("answer") == "ja"
    offers.answer_offer(slug, secret, sequence, accepted=accepted, now=now())
    return redirect(url_for("my_plan.show", slug=slug, secret=secret), 303)


@blueprint.route("/vraag", methods=["GET", "POST"])
@allowed(Act.ANSWER_ADAPTATION)
def question(slug: str, secret: str) -> ResponseReturnValue:
    """Show a reviewer's question and keep the answer."""
    form = AnswerForm()
    if form.validate_on_submit():
        offers.answer_question(slug, secret, form.to_text(), now=now())
        return redirect(url_for("my_plan.show", slug=slug, secret=secret), 303)
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
