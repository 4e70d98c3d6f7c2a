"""What was learned and changed, for everybody, state by state."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from pb.evaluations import service, wording
from pb.rounds.access import allowed
from pb.rounds.rights import Act
from pb.web.clock import now

blueprint = Blueprint("evaluations", __name__, url_prefix="/ronde/<slug>/terugkijken")


@blueprint.get("")
@allowed(Act.READ_EVALUATIONS)
def show(slug: str) -> ResponseReturnValue:
    """Show the lesson and the change of every state that is over, and where they miss."""
    places = service.mirror(slug, now())
    return render_template(
        "evaluations/show.html",
        places=[place for place in places if place.is_over or place.evaluation],
        missing=wording.missing(places),
    )
