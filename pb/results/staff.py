"""Where two people start the count, the staff reads it, and the council publishes it."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.foundation.errors import Unacceptable
from pb.results import destroying, service, wording
from pb.results.domain import Count
from pb.results.forms import PublicationForm
from pb.rounds.access import allowed, current_round
from pb.rounds.domain import is_voting_over
from pb.rounds.rights import Act
from pb.tokens import ceremony
from pb.tokens.attempts import passphrases_counted
from pb.web.clock import now
from pb.web.forms import Form
from pb.web.passphrases import TwoOfficersForm
from pb.web.wording import sentence_of

blueprint = Blueprint("staff_results", __name__, url_prefix="/beheer/ronde/<slug>")


@blueprint.get("/telling/starten")
@allowed(Act.COUNT)
def start(slug: str) -> ResponseReturnValue:
    """Show whether the count can start, and who set it ready."""
    return start_page(slug, officers_form(slug))


@blueprint.post("/telling/klaarzetten")
@allowed(Act.COUNT)
def propose(slug: str) -> ResponseReturnValue:
    """Set the count ready for a second person."""
    service.propose(slug, by=Actor.of(signed_in()), now=now())
    return redirect(url_for("staff_results.start", slug=slug), 303)


@blueprint.post("/telling/starten")
@allowed(Act.COUNT)
def confirm(slug: str) -> ResponseReturnValue:
    """Start the count that somebody else set ready, with two officers at the table."""
    form = officers_form(slug)
    if form.validate_on_submit():
        try:
            with passphrases_counted():
                service.confirm(slug, form.to_typed(), by=Actor.of(signed_in()), now=now())
            return redirect(url_for("staff_results.read", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return start_page(slug, form), 422


@blueprint.get("/telling")
@allowed(Act.READ_COUNT)
def read(slug: str) -> ResponseReturnValue:
    """Show the outcome to those of the staff who may read it before it is public."""
    return render_template(
        "results/staff/read.html",
        **destroying.facts(slug, now()),
        **_facts(service.count(slug)),
    )


@blueprint.post("/telling/sleutel-vernietigen")
@allowed(Act.DESTROY_LINK)
def destroy(slug: str) -> ResponseReturnValue:
    """Destroy what leads from a letter to a vote, once nobody can object any more."""
    destroying.destroy(slug, by=Actor.of(signed_in()), now=now())
    return redirect(url_for("staff_results.read", slug=slug), 303)


@blueprint.get("/uitslag-bekendmaken")
@allowed(Act.PUBLISH_RESULT)
def publication(slug: str) -> ResponseReturnValue:
    """Show the council the fixed facts and ask for its own words."""
    facts = _facts(service.count(slug))
    return render_template("results/staff/publish.html", form=PublicationForm(), **facts)


@blueprint.post("/uitslag-bekendmaken")
@allowed(Act.PUBLISH_RESULT)
def publish(slug: str) -> ResponseReturnValue:
    """Make the result public."""
    form = PublicationForm()
    if form.validate_on_submit():
        try:
            service.publish(slug, form.to_statement(), by=Actor.of(signed_in()), now=now())
            return redirect(url_for("results.show", slug=slug), 303)
        except Unacceptable as refusal:
            form.statement.errors = [sentence_of(refusal)]
    facts = _facts(service.count(slug))
    return render_template("results/staff/publish.html", form=form, **facts), 422


def start_page(slug: str, form: TwoOfficersForm) -> str:
    """Return the page on which two people, and two officers, start the count."""
    voting_round = current_round()
    return render_template(
        "results/staff/start.html",
        form=Form(),
        officers_form=form,
        start=service.find_start(slug),
        is_counted=service.is_counted(slug),
        is_over=is_voting_over(voting_round.state, voting_round.framework.dates, now()),
        me=signed_in().id,
        words=wording,
        rule=voting_round.framework.counting,
    )


def officers_form(slug: str) -> TwoOfficersForm:
    """Return the form in which two officers of this round open the ballot box."""
    form = TwoOfficersForm()
    officers = ceremony.find(slug).officers.values()
    form.offer((officer.number, officer.label) for officer in officers)
    return form


def _facts(count: Count) -> dict[str, object]:
    return {
        "count": count,
        "result": count.result,
        "outcome": count.result.outcome,
        "words": wording,
    }
