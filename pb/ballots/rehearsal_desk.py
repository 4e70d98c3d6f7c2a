"""The door to the rehearsal: two officers show that they can open a ballot, before it matters."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.ballots import rehearsal
from pb.foundation.errors import Unacceptable
from pb.rounds.access import allowed
from pb.rounds.rights import Act
from pb.tokens import ceremony
from pb.tokens.attempts import passphrases_counted
from pb.tokens.ceremony_rules import CeremonyMissing
from pb.tokens.officers import PAIRS
from pb.web.clock import now
from pb.web.notices import tell
from pb.web.passphrases import TwoOfficersForm
from pb.web.wording import gettext, sentence_of

blueprint = Blueprint(
    "staff_rehearsal", __name__, url_prefix="/beheer/ronde/<slug>/sleutels/oefenen"
)


@blueprint.get("")
@allowed(Act.USE_KEYS)
def show(slug: str) -> ResponseReturnValue:
    """Show which pairs rehearsed, and ask the next one."""
    return rehearsal_page(slug, TwoOfficersForm())


@blueprint.post("")
@allowed(Act.USE_KEYS)
def rehearse(slug: str) -> ResponseReturnValue:
    """Let two officers open a ballot that nobody cast."""
    form = TwoOfficersForm()
    offer_officers(form, slug)
    if form.validate_on_submit():
        try:
            with passphrases_counted():
                rehearsal.rehearse(slug, form.to_typed(), by=Actor.of(signed_in()), now=now())
            tell(gettext("De proefstem ging open. Dit tweetal kan de stembus openen."))
            return redirect(url_for("staff_rehearsal.show", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return rehearsal_page(slug, form), 422


def offer_officers(form: TwoOfficersForm, slug: str) -> None:
    """Let people choose among the officers of this round. Raises CeremonyMissing."""
    found = ceremony.find(slug)
    if not found.is_made:
        raise CeremonyMissing
    form.offer((officer.number, officer.label) for officer in found.officers.values())


def rehearsal_page(slug: str, form: TwoOfficersForm) -> str:
    """Return the page of the rehearsal; it proposes a pair that did not rehearse yet."""
    offer_officers(form, slug)
    found = ceremony.find(slug)
    waiting = [pair for pair in PAIRS if pair not in found.rehearsed]
    if waiting and not form.is_submitted():
        form.first.data, form.second.data = waiting[0]
    return render_template(
        "ballots/staff/rehearsal.html", ceremony=found, form=form, pairs=PAIRS, waiting=waiting
    )
