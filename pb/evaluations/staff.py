"""Where the staff writes what was learned, and closes the round."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.evaluations import service, wording
from pb.evaluations.forms import EvaluationForm
from pb.foundation.errors import Unacceptable
from pb.rounds.access import allowed
from pb.rounds.rights import Act
from pb.web.clock import now, today
from pb.web.forms import Form
from pb.web.wording import sentence_of

blueprint = Blueprint("staff_evaluations", __name__, url_prefix="/beheer/ronde/<slug>")


@blueprint.get("/lessen")
@allowed(Act.WRITE_EVALUATION)
def index(slug: str) -> ResponseReturnValue:
    """Show every state with its lesson, and the way to the closing."""
    places = service.mirror(slug, now())
    return render_template(
        "evaluations/staff/index.html",
        places=places,
        missing=wording.missing(places),
        form=Form(),
    )


@blueprint.get("/lessen/<state>")
@allowed(Act.WRITE_EVALUATION)
def ask(slug: str, state: str) -> ResponseReturnValue:
    """Ask for the lesson of a state, or show the one that was written."""
    place = service.place_of(slug, state, now())
    form = EvaluationForm.showing(place)
    return render_template("evaluations/staff/write.html", place=place, form=form, refusals=[])


@blueprint.post("/lessen/<state>")
@allowed(Act.WRITE_EVALUATION)
def write(slug: str, state: str) -> ResponseReturnValue:
    """Publish the lesson of a state."""
    place, form, refusals = service.place_of(slug, state, now()), EvaluationForm(), []
    if form.validate_on_submit():
        evaluation = form.to_evaluation(place.state)
        try:
            service.write(slug, evaluation, by=_actor(), now=now(), today=today())
            return redirect(url_for("staff_evaluations.index", slug=slug), 303)
        except Unacceptable as refusal:
            refusals = [sentence_of(refusal)]
    return render_template(
        "evaluations/staff/write.html", place=place, form=form, refusals=refusals
    ), 422


@blueprint.post("/afsluiten")
@allowed(Act.CLOSE)
def close(slug: str) -> ResponseReturnValue:
    """Close the round and erase the contact data of owners."""
    service.close(slug, by=_actor(), now=now())
    return redirect(url_for("staff_rounds.show", slug=slug), 303)


def _actor() -> Actor:
    return Actor.of(signed_in())
