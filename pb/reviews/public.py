"""What everyone reads of a review, once verdicts are known."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from pb.proposals import service as proposals
from pb.proposals.domain import PlanNotFound
from pb.reviews import service
from pb.reviews.domain import MARK_LABELS, NoReviewYet, OfferState
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act

blueprint = Blueprint("reviews", __name__, url_prefix="/ronde/<slug>")


@blueprint.get("/plannen/<int(max=99999):number>/toets")
@allowed(Act.READ_VERDICTS)
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show every answer of a review with its remark, and what followed."""
    plan, review = proposals.get(slug, number), service.get(slug, number)
    if not plan.is_public:
        raise PlanNotFound
    if plan.answer is None or review.decision is None:
        raise NoReviewYet
    return render_template(
        "reviews/show.html",
        plan=plan,
        answers=[
            (each.label, review.answer_to(each.code)) for each in current_round().framework.criteria
        ],
        mark_labels=MARK_LABELS,
        accepted=[
            each for each in service.offers(slug, number) if each.state is OfferState.ACCEPTED
        ],
        asked=service.reconsideration(slug, number),
    )
