"""The reviewer's desk: what residents say, the criteria, the verdict and what follows."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.foundation.errors import N_, Unacceptable
from pb.foundation.money import written_euros
from pb.proposals import service as proposals
from pb.proposals.domain import MAY_BE_CHANGED, UNSETTLED, WITH_VERDICT, Proposal, ProposalState
from pb.proposals.wording import words_of_plans
from pb.reviews import offers, service, sign_off
from pb.reviews.domain import MARK_LABELS, VERDICT_LABELS, NotToReview, Verdict
from pb.reviews.forms import (
    AssessmentForm,
    MergeForm,
    NoForm,
    OfferForm,
    QuestionForm,
    RiskForm,
    YesForm,
)
from pb.rounds.access import allowed, current_round
from pb.rounds.domain import State
from pb.rounds.rights import Act
from pb.web.clock import now
from pb.web.forms import Form
from pb.web.wording import gettext, sentence_of

# Two states whose usual words speak to the owner.
STAFF_LABELS = {
    ProposalState.QUESTION_OPEN: N_("Vraag bij de planeigenaar"),
    ProposalState.ADAPTATION_OFFERED: N_("Voorstel bij de planeigenaar"),
}

blueprint = Blueprint("staff_reviews", __name__, url_prefix="/beheer/ronde/<slug>")
PLAN = "/toetsen/<int(max=99999):number>"


@blueprint.get("/toetsen")
@allowed(Act.READ_REVIEWS)
def index(slug: str) -> ResponseReturnValue:
    """Show the plans: those without a verdict first, the oldest on top."""
    items = service.desk(slug)
    return render_template(
        "reviews/staff/index.html",
        items=items,
        waiting=sum(item.waits_for_us for item in items),
        with_owners=sum(item.waits_for_owner for item in items),
        form=Form(),
        staff_labels={state: gettext(label) for state, label in STAFF_LABELS.items()},
        **words_of_plans(current_round().framework),
    )


@blueprint.post("/toetsen/afsluiten")
@allowed(Act.REVIEW)
def complete(slug: str) -> ResponseReturnValue:
    """Close the review when every plan has a verdict."""
    service.complete(slug, by=Actor.of(signed_in()), now=now())
    return redirect(url_for(".index", slug=slug), 303)


@blueprint.get(PLAN)
@allowed(Act.READ_REVIEWS)
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show what residents wrote about a plan, and the criteria."""
    review = service.get(slug, number)
    form = AssessmentForm.for_criteria(current_round().framework.criteria, review)
    return review_page(slug, number, form)


@blueprint.post(PLAN)
@allowed(Act.REVIEW)
def assess(slug: str, number: int) -> ResponseReturnValue:
    """Keep the answers; when all are there, go on to the verdict."""
    criteria = current_round().framework.criteria
    form = AssessmentForm.for_criteria(criteria, service.get(slug, number))
    if not form.validate_on_submit():
        return review_page(slug, number, form), 422
    review = service.assess(slug, number, form.to_answers(), by=Actor.of(signed_in()), now=now())
    complete_now = review.outcome(each.code for each in criteria)
    page = ".verdict" if complete_now else ".show"
    return redirect(url_for(page, slug=slug, number=number), 303)


@blueprint.post(f"{PLAN}/risico")
@allowed(Act.FILL_RISK_CARD)
def fill_risk_card(slug: str, number: int) -> ResponseReturnValue:
    """Keep the risk card of a plan."""
    risk_form, by = RiskForm(), Actor.of(signed_in())
    if risk_form.validate_on_submit():
        try:
            service.fill_risk_card(slug, number, risk_form.to_profile(), by=by, now=now())
            return redirect(url_for(".show", slug=slug, number=number, _anchor="risico"), 303)
        except Unacceptable as refusal:
            risk_form.form_errors.append(sentence_of(refusal))
    criteria, review = current_round().framework.criteria, service.get(slug, number)
    form = AssessmentForm.for_criteria(criteria, review, was_sent=False)
    return review_page(slug, number, form, risk_form), 422


@blueprint.get(f"{PLAN}/oordeel")
@allowed(Act.REVIEW)
def verdict(slug: str, number: int) -> ResponseReturnValue:
    """Show the verdict that follows from the answers, with the form that belongs to it."""
    outcome = outcome_of(slug, number)
    if outcome is None:
        return redirect(url_for(".show", slug=slug, number=number), 303)
    return verdict_page(slug, number, form_for(outcome, proposals.get(slug, number)))


@blueprint.post(f"{PLAN}/oordeel")
@allowed(Act.REVIEW)
def decide(slug: str, number: int) -> ResponseReturnValue:
    """Confirm the verdict, or put the adaptation to the owner."""
    outcome, by = outcome_of(slug, number), Actor.of(signed_in())
    form = form_for(outcome, proposals.get(slug, number))
    if form.validate_on_submit():
        try:
            if isinstance(form, OfferForm):
                change, note = form.to_adaptation(), form.to_note()
                offers.offer(slug, number, change, note=note, by=by, now=now())
            else:
                service.decide(slug, number, form.to_decision(), by=by, now=now())
            return redirect(url_for(".index", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return verdict_page(slug, number, form), 422


@blueprint.route(f"{PLAN}/vraag", methods=["GET", "POST"])
@allowed(Act.REVIEW)
def ask(slug: str, number: int) -> ResponseReturnValue:
    """Ask the owner something."""
    form = QuestionForm()
    if form.validate_on_submit():
        offers.ask(slug, number, form.to_text(), by=Actor.of(signed_in()), now=now())
        return redirect(url_for(".show", slug=slug, number=number), 303)
    plan = proposals.get(slug, number)
    page = render_template("reviews/staff/ask.html", form=form, plan=plan)
    return page, 422 if form.is_submitted() else 200


@blueprint.route(f"{PLAN}/samenvoegen", methods=["GET", "POST"])
@allowed(Act.REVIEW)
def merge(slug: str, number: int) -> ResponseReturnValue:
    """Ask two owners to go on together."""
    plan = proposals.get(slug, number)
    form = MergeForm.among(plan, mergeable(slug, number))
    if form.validate_on_submit():
        try:
            offers.offer_merge(
                slug,
                number,
                form.into.data,
                form.to_adaptation(),
                note=form.to_note(),
                by=Actor.of(signed_in()),
                now=now(),
            )
            return redirect(url_for(".index", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    page = render_template("reviews/staff/merge.html", form=form, plan=plan)
    return page, 422 if form.is_submitted() else 200


def mergeable(slug: str, number: int) -> list[Proposal]:
    """Return the other plans that wait for a verdict."""
    return [
        plan
        for plan in proposals.list_sent(slug)
        if plan.state in UNSETTLED and plan.number != number
    ]


def outcome_of(slug: str, number: int) -> Verdict | None:
    """Return the verdict that follows from the answers that are kept."""
    criteria = current_round().framework.criteria
    return service.get(slug, number).outcome(each.code for each in criteria)


def form_for(outcome: Verdict | None, plan: Proposal) -> YesForm | NoForm | OfferForm:
    """Return the form that belongs to a verdict. Raises NotToReview when there is none."""
    if outcome is Verdict.FEASIBLE:
        reason = gettext("Het plan past in alle kaders.")
        return YesForm(data={"reason": reason, "cost": written_euros(plan.cost)})
    if outcome is Verdict.FEASIBLE_IF:
        return OfferForm.starting_from(plan)
    if outcome is Verdict.NOT_FEASIBLE:
        return NoForm()
    raise NotToReview


def verdict_page(slug: str, number: int, form: YesForm | NoForm | OfferForm) -> str:
    """Return the page on which a verdict is confirmed."""
    outcome = outcome_of(slug, number)
    return render_template(
        "reviews/staff/verdict.html",
        form=form,
        plan=proposals.get(slug, number),
        outcome=outcome,
        outcome_label=VERDICT_LABELS[outcome] if outcome else "",
    )


def review_page(
    slug: str, number: int, form: AssessmentForm, risk_form: RiskForm | None = None
) -> str:
    """Return the page with a plan's words, its criteria and its risk card."""
    plan = proposals.get(slug, number)
    late = current_round().state is State.RECONSIDERATION
    return render_template(
        "reviews/staff/show.html",
        form=form,
        risk_form=risk_form or RiskForm.showing(plan.risk),
        plan=plan,
        review=service.get(slug, number),
        outcome=outcome_of(slug, number),
        told=sign_off.find(slug, number),
        verdict_labels=VERDICT_LABELS,
        mark_labels=MARK_LABELS,
        offers=service.offers(slug, number),
        questions=service.questions(slug, number),
        asked=service.reconsideration(slug, number),
        may_review=plan.state in (UNSETTLED if late else UNSETTLED | WITH_VERDICT),
        may_fill_risk_card=plan.state in UNSETTLED | WITH_VERDICT,
        may_merge=plan.state in MAY_BE_CHANGED & UNSETTLED,
        staff_labels={state: gettext(label) for state, label in STAFF_LABELS.items()},
        **words_of_plans(current_round().framework),
    )
