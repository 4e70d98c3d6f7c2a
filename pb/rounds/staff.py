"""Where the staff prepares, announces and, with a reason, interrupts a round."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in, staff_only
from pb.accounts.actor import Actor
from pb.accounts.domain import Role
from pb.foundation.errors import Unacceptable
from pb.frameworks import service as frameworks
from pb.frameworks.check import problems_of
from pb.frameworks.domain import FrameworkVersion
from pb.rounds import service, wording
from pb.rounds.access import allowed, current_round
from pb.rounds.domain import State
from pb.rounds.forms import FrameworkForm, InterruptionForm, NewRoundForm, ReasonForm
from pb.rounds.rights import Act
from pb.rounds.starting_point import starting_point
from pb.web.clock import now, today
from pb.web.forms import Form
from pb.web.notices import TO_KNOW, tell
from pb.web.wording import gettext, sentence_of

blueprint = Blueprint("staff_rounds", __name__, url_prefix="/beheer/ronde")


@blueprint.get("/nieuw")
@staff_only(Role.ROUND_MANAGER)
def new() -> ResponseReturnValue:
    """Show the form for a new round."""
    form = NewRoundForm(data=starting_point(today()))
    return render_template("rounds/staff/new.html", form=form)


@blueprint.post("/nieuw")
@staff_only(Role.ROUND_MANAGER)
def create() -> ResponseReturnValue:
    """Make a round in preparation with a concept framework."""
    form = NewRoundForm()
    if not form.validate_on_submit():
        return render_template("rounds/staff/new.html", form=form), 422
    slug = form.slug.data.strip()
    try:
        service.create(slug, form.to_framework(), by=Actor.of(signed_in()), now=now())
    except Unacceptable as refusal:
        form.slug.errors = [sentence_of(refusal)]
        return render_template("rounds/staff/new.html", form=form), 422
    return redirect(url_for("staff_rounds.show", slug=slug), 303)


@blueprint.get("/<slug>")
@allowed(Act.READ_PREPARATION)
def show(slug: str) -> ResponseReturnValue:
    """Show where the round stands and what waits for whom."""
    concept = frameworks.find_concept(slug)
    return render_template(
        "rounds/staff/show.html",
        concept=concept,
        problems=problems_of(concept.framework) if concept else [],
        has_signed=has_signed(concept),
        desks=wording.desks(current_round().framework),
        form=Form(),
    )


@blueprint.get("/<slug>/kaders-lezen")
@allowed(Act.READ_PREPARATION)
def read_framework(slug: str) -> ResponseReturnValue:
    """Show the whole concept, or the version in force; who signs, does so below it."""
    concept = frameworks.find_concept(slug)
    version = concept or frameworks.get(slug)
    return render_template(
        "rounds/staff/read.html",
        version=version,
        problems=problems_of(version.framework),
        has_signed=has_signed(concept),
        form=Form(),
        **wording.framework(version.framework),
    )


@blueprint.get("/<slug>/kaders")
@allowed(Act.SIGN_FRAMEWORK)
def edit_framework(slug: str) -> ResponseReturnValue:
    """Show the form with the concept, or with the version in force to make a new one."""
    concept = frameworks.find_concept(slug) or frameworks.get(slug)
    form = FrameworkForm.showing(concept.framework)
    return render_template("rounds/staff/framework.html", form=form, concept=concept)


@blueprint.post("/<slug>/kaders")
@allowed(Act.SIGN_FRAMEWORK)
def keep_framework(slug: str) -> ResponseReturnValue:
    """Keep a concept: the first version, or a new public version with its reason."""
    concept = frameworks.find_concept(slug) or frameworks.get(slug)
    form = FrameworkForm()
    if form.validate_on_submit():
        try:
            frameworks.draft(
                slug,
                form.to_framework(concept.framework),
                by=Actor.of(signed_in()),
                now=now(),
                reason=form.reason.data or "",
            )
            return redirect(url_for("staff_rounds.show", slug=slug), 303)
        except Unacceptable as refusal:
            form.reason.errors = [sentence_of(refusal)]
    return render_template("rounds/staff/framework.html", form=form, concept=concept), 422


@blueprint.post("/<slug>/tekenen")
@allowed(Act.SIGN_FRAMEWORK)
def sign_framework(slug: str) -> ResponseReturnValue:
    """Sign the concept; the second person seals it."""
    text_hash = request.form.get("text_hash", "")
    frameworks.sign(slug, by=Actor.of(signed_in()), now=now(), text_hash=text_hash)
    return redirect(url_for("staff_rounds.show", slug=slug), 303)


@blueprint.post("/<slug>/bekendmaken")
@allowed(Act.ANNOUNCE)
def announce(slug: str) -> ResponseReturnValue:
    """Make the sealed framework known."""
    service.announce(slug, by=Actor.of(signed_in()), now=now())
    return redirect(url_for("staff_rounds.show", slug=slug), 303)


@blueprint.get("/<slug>/stilzetten")
@allowed(Act.INTERRUPT)
def ask_interrupt(slug: str) -> ResponseReturnValue:
    """Ask who decided to pause or stop the round, and why."""
    if State.VOTING in current_round().passed:
        return to_ballot_box(slug)
    return render_template("rounds/staff/interrupt.html", form=InterruptionForm())


@blueprint.post("/<slug>/stilzetten")
@allowed(Act.INTERRUPT)
def interrupt(slug: str) -> ResponseReturnValue:
    """Pause or stop the round, in public."""
    if State.VOTING in current_round().passed:
        return to_ballot_box(slug)
    form = InterruptionForm()
    if not form.validate_on_submit():
        return render_template("rounds/staff/interrupt.html", form=form), 422
    service.interrupt(
        slug,
        form.to_kind(),
        body=form.body.data,
        reason=form.reason.data,
        by=Actor.of(signed_in()),
        now=now(),
    )
    return redirect(url_for("staff_rounds.show", slug=slug), 303)


@blueprint.get("/<slug>/verder")
@allowed(Act.RESUME)
def ask_resume(slug: str) -> ResponseReturnValue:
    """Ask why the round goes on."""
    return render_template("rounds/staff/resume.html", form=ReasonForm())


@blueprint.post("/<slug>/verder")
@allowed(Act.RESUME)
def resume(slug: str) -> ResponseReturnValue:
    """Let a paused round go on."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return render_template("rounds/staff/resume.html", form=form), 422
    service.resume(slug, reason=form.to_reason(), by=Actor.of(signed_in()), now=now())
    return redirect(url_for("staff_rounds.show", slug=slug), 303)


def has_signed(concept: FrameworkVersion | None) -> bool:
    """Tell whether who is signed in signed the concept already."""
    return concept is not None and signed_in().id in concept.signed_by


def to_ballot_box(slug: str) -> ResponseReturnValue:
    """Send somebody to the page that stops the round and its ballot box together."""
    tell(gettext("Zet de ronde hier stil, samen met de stembus."), TO_KNOW)
    return redirect(url_for("staff_ballots.box", slug=slug), 303)
