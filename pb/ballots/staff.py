"""The staff's door: set the box up, stop it for a while, and how many voted; never for what."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.ballots import service
from pb.ballots.forms import InterruptionForm, ResumptionForm
from pb.proposals import service as proposals
from pb.rounds.access import allowed, current_round
from pb.rounds.domain import State
from pb.rounds.rights import Act, is_possible
from pb.tokens import ceremony
from pb.tokens import service as tokens
from pb.web.clock import now

blueprint = Blueprint("staff_ballots", __name__, url_prefix="/beheer/ronde/<slug>")


@blueprint.get("/stembus")
@allowed(Act.READ_PREPARATION)
def box(slug: str) -> ResponseReturnValue:
    """Show what is ready for the voting, and what is not."""
    return box_page(slug)


@blueprint.post("/stembus")
@allowed(Act.MAKE_TOKENS)
def prepare(slug: str) -> ResponseReturnValue:
    """Set the box up; the clock opens it on the agreed day."""
    service.prepare(slug, by=Actor.of(signed_in()), now=now())
    return redirect(url_for("staff_ballots.box", slug=slug), 303)


@blueprint.post("/stembus/stilzetten")
@allowed(Act.INTERRUPT)
def pause(slug: str) -> ResponseReturnValue:
    """Stop the round and its voting for a while, with a public reason."""
    form = InterruptionForm(prefix="pause")
    if not form.validate_on_submit():
        return box_page(slug, pause_form=form), 422
    service.interrupt(
        slug,
        State.PAUSED,
        body=form.body.data,
        reason=form.reason.data,
        by=Actor.of(signed_in()),
        now=now(),
    )
    return redirect(url_for("staff_ballots.box", slug=slug), 303)


@blueprint.post("/stembus/verder")
@allowed(Act.INTERRUPT)
def resume(slug: str) -> ResponseReturnValue:
    """Let the round and its voting go on, with a public reason."""
    form = ResumptionForm(prefix="resume")
    if not form.validate_on_submit():
        return box_page(slug, resume_form=form), 422
    service.resume(slug, reason=form.reason.data, by=Actor.of(signed_in()), now=now())
    return redirect(url_for("staff_ballots.box", slug=slug), 303)


@blueprint.get("/opkomst")
@allowed(Act.READ_TURNOUT)
def turnout(slug: str) -> ResponseReturnValue:
    """Show how many letters were voted with, per area; numbers below ten stay hidden."""
    areas = {area.id: area.name for area in current_round().framework.areas}
    return render_template("ballots/staff/turnout.html", turnout=service.turnout(slug), areas=areas)


def box_page(
    slug: str,
    pause_form: InterruptionForm | None = None,
    resume_form: ResumptionForm | None = None,
) -> str:
    """Return the page of the ballot box."""
    voting_round = current_round()
    is_listed = is_possible(Act.READ_BALLOT_LIST, voting_round.state)
    return render_template(
        "ballots/staff/box.html",
        box=service.find_box(slug),
        roll=tokens.find_roll(slug),
        keys_are_rehearsed=ceremony.find(slug).is_rehearsed,
        plans=proposals.ballot_list(slug) if is_listed else [],
        is_paused=voting_round.state is State.PAUSED,
        pause_form=pause_form or InterruptionForm(prefix="pause"),
        resume_form=resume_form or ResumptionForm(prefix="resume"),
        error_form=pause_form or resume_form,
    )
