"""The desk's door: make a reported letter void, and put a pack of spare envelopes into use."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import current_staff, signed_in
from pb.accounts.actor import Actor
from pb.ballots import replacing
from pb.ballots.forms import ReportedLetterForm
from pb.foundation.errors import Unacceptable
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act
from pb.tokens import ceremony
from pb.tokens import replacing as letters
from pb.tokens.attempts import passphrases_counted
from pb.tokens.ceremony_rules import CeremonyMissing
from pb.tokens.order import SMALLEST_PACK
from pb.tokens.replacement import LONGEST_SERIAL
from pb.web.clock import now
from pb.web.forms import Form
from pb.web.notices import tell
from pb.web.wording import gettext, sentence_of

blueprint = Blueprint("letter_desk", __name__, url_prefix="/beheer/ronde/<slug>/brieven")


@blueprint.get("")
@allowed(Act.REPLACE_LETTER)
def show(slug: str) -> ResponseReturnValue:
    """Show how to replace a letter, and which packs of spares there are."""
    return desk_page(slug, ReportedLetterForm(prefix="letter"))


@blueprint.post("/ongeldig")
@allowed(Act.REPLACE_LETTER)
def void(slug: str) -> ResponseReturnValue:
    """Make a reported letter void, with two officers at the table."""
    form = ReportedLetterForm(prefix="letter")
    offer_choices(form, slug)
    if form.validate_on_submit():
        try:
            with passphrases_counted():
                replacing.void_letter(
                    slug, form.serial.data, form.to_reason(), form.to_typed(),
                    by=Actor.of(signed_in()), now=now(),
                )  # fmt: skip
            tell(gettext("De brief is ongeldig. Laat de bewoner nu een envelop trekken."))
            return redirect(url_for("letter_desk.show", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return desk_page(slug, form), 422


@blueprint.post("/pak/<area>/voorstel")
@allowed(Act.PROPOSE_PACK)
def propose_pack(slug: str, area: str) -> ResponseReturnValue:
    """Propose to put a pack of spares into use."""
    replacing.propose_pack(slug, area, by=Actor.of(signed_in()), now=now())
    return redirect(url_for("letter_desk.show", slug=slug), 303)


@blueprint.post("/pak/<area>/bevestiging")
@allowed(Act.OPEN_PACK)
def open_pack(slug: str, area: str) -> ResponseReturnValue:
    """Put a pack of spares into use, as a second person."""
    replacing.open_pack(slug, area, by=Actor.of(signed_in()), now=now())
    tell(gettext("Het pak is in gebruik. Alle enveloppen kunnen nu stemmen."))
    return redirect(url_for("letter_desk.show", slug=slug), 303)


def offer_choices(form: ReportedLetterForm, slug: str) -> None:
    """Let people choose among the officers of this round. Raises CeremonyMissing."""
    found = ceremony.find(slug)
    if not found.is_made:
        raise CeremonyMissing
    form.offer((officer.number, officer.label) for officer in found.officers.values())
    form.offer_reasons()


def desk_page(slug: str, form: ReportedLetterForm) -> str:
    """Return the page of the desk. The letter number stays in its field after a refusal."""
    offer_choices(form, slug)
    if len(form.serial.data or "") > LONGEST_SERIAL:
        form.serial.data = ""  # Somebody typed the code instead; it is never shown again.
    me = current_staff()
    return render_template(
        "ballots/staff/letters.html",
        form=form,
        pack_form=Form(prefix="pack"),
        packs=letters.list_packs(slug),
        least=SMALLEST_PACK,
        void=replacing.count_void(slug),
        area_names={area.id: area.name for area in current_round().framework.areas},
        me=me.id if me else None,
    )
