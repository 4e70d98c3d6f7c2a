"""Where the staff arranges, reports and promises, and begins and ends the execution."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.followups import service, wording
from pb.followups.domain import NEXT_STEP_LABELS, FollowUp
from pb.followups.forms import ArrangementForm, NextStepForm, StaffUpdateForm
from pb.foundation.errors import Unacceptable
from pb.rounds.access import allowed
from pb.rounds.rights import Act
from pb.web.clock import now, today
from pb.web.forms import Form
from pb.web.wording import sentence_of

blueprint = Blueprint("staff_followups", __name__, url_prefix="/beheer/ronde/<slug>")


@blueprint.get("/voortgang")
@allowed(Act.POST_STAFF_UPDATE)
def index(slug: str) -> ResponseReturnValue:
    """Show all plans, what each still needs, and the way to the next state."""
    return render_template(
        "followups/staff/index.html",
        board=service.board(slug, today=today()),
        form=Form(),
        today=today(),
        words=wording,
        next_step_labels=NEXT_STEP_LABELS,
    )


@blueprint.get("/voortgang/<int(max=99999):number>")
@allowed(Act.POST_STAFF_UPDATE)
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show one plan with the forms that belong to it."""
    follow_up = service.get(slug, number)
    if follow_up.plan.chosen:
        return _chosen_page(slug, follow_up, StaffUpdateForm.for_plan(follow_up))
    return _other_page(slug, follow_up, NextStepForm.showing(follow_up))


@blueprint.post("/voortgang/<int(max=99999):number>/afspraken")
@allowed(Act.POST_STAFF_UPDATE)
def arrange(slug: str, number: int) -> ResponseReturnValue:
    """Write down contact, days and the owner's choice."""
    follow_up = service.get(slug, number)
    form, refusals = ArrangementForm(prefix=ArrangementForm.PREFIX), []
    if form.validate_on_submit():
        try:
            service.arrange(
                slug, number, form.to_arrangement(), by=_actor(), now=now(), today=today()
            )
            return redirect(url_for("staff_followups.show", slug=slug, number=number), 303)
        except Unacceptable as refusal:
            refusals = [sentence_of(refusal)]
    empty = StaffUpdateForm.for_plan(follow_up, empty=True)
    return _chosen_page(slug, follow_up, empty, form, refusals), 422


@blueprint.post("/voortgang/<int(max=99999):number>/bericht")
@allowed(Act.POST_STAFF_UPDATE)
def post_update(slug: str, number: int) -> ResponseReturnValue:
    """Publish a message of the municipality."""
    follow_up = service.get(slug, number)
    form, refusals = StaffUpdateForm.for_plan(follow_up), []
    if form.validate_on_submit():
        try:
            service.post_staff_update(
                slug, number, form.to_update(), by=_actor(), now=now(), today=today()
            )
            return redirect(url_for("staff_followups.show", slug=slug, number=number), 303)
        except Unacceptable as refusal:
            refusals = [sentence_of(refusal)]
    return _chosen_page(slug, follow_up, form, None, refusals), 422


@blueprint.post("/voortgang/<int(max=99999):number>/volgende-stap")
@allowed(Act.POST_STAFF_UPDATE)
def set_next_step(slug: str, number: int) -> ResponseReturnValue:
    """Write what happens with a plan that was not chosen."""
    follow_up, form, refusals = service.get(slug, number), NextStepForm(), []
    if form.validate_on_submit():
        try:
            service.set_next_step(
                slug, number, form.to_next_step(), by=_actor(), now=now(), today=today()
            )
            return redirect(url_for("staff_followups.index", slug=slug), 303)
        except Unacceptable as refusal:
            refusals = [sentence_of(refusal)]
    return _other_page(slug, follow_up, form, refusals), 422


@blueprint.post("/uitvoeren")
@allowed(Act.START_EXECUTION)
def start_execution(slug: str) -> ResponseReturnValue:
    """Begin carrying the chosen plans out."""
    service.start_execution(slug, by=_actor(), now=now())
    return redirect(url_for("staff_followups.index", slug=slug), 303)


@blueprint.post("/terugkijken")
@allowed(Act.END_EXECUTION)
def end_execution(slug: str) -> ResponseReturnValue:
    """End the carrying out and look back."""
    service.end_execution(slug, by=_actor(), now=now())
    return redirect(url_for("staff_followups.index", slug=slug), 303)


def _actor() -> Actor:
    return Actor.of(signed_in())


def _chosen_page(
    slug: str,
    follow_up: FollowUp,
    form: StaffUpdateForm,
    arrangement_form: ArrangementForm | None = None,
    refusals: list[str] | None = None,
) -> str:
    return render_template(
        "followups/staff/chosen.html",
        form=form,
        arrangement_form=arrangement_form or ArrangementForm.showing(follow_up),
        refusals=refusals or [],
        **_facts(slug, follow_up),
    )


def _other_page(
    slug: str, follow_up: FollowUp, form: NextStepForm, refusals: list[str] | None = None
) -> str:
    return render_template(
        "followups/staff/not_chosen.html",
        form=form,
        refusals=refusals or [],
        **_facts(slug, follow_up),
    )


def _facts(slug: str, follow_up: FollowUp) -> dict[str, object]:
    return {
        "follow_up": follow_up,
        "lines": wording.lines(service.timeline(slug, follow_up.number)),
        "today": today(),
        "words": wording,
    }
