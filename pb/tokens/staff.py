"""The staff's door: how many letters there are, who agreed on them, and their fingerprint.

Codes are not made here: ``pb mint`` makes them on the command line, so that none ever passes
through a browser (docs in pb/tokens/commands.py).
"""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import current_staff, signed_in
from pb.accounts.actor import Actor
from pb.foundation.errors import Unacceptable
from pb.frameworks.domain import Area
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act
from pb.tokens import ceremony, service
from pb.tokens.domain import TokenStatus
from pb.tokens.forms import OrderForm, order_form
from pb.web.clock import now
from pb.web.forms import Form
from pb.web.wording import sentence_of

blueprint = Blueprint("staff_tokens", __name__, url_prefix="/beheer/ronde/<slug>/stemcodes")


@blueprint.get("")
@allowed(Act.READ_PREPARATION)
def show(slug: str) -> ResponseReturnValue:
    """Show what was ordered, what was made, and the fingerprint on every letter."""
    return codes_page(slug, order_form(areas_with_letters()))


@blueprint.post("/voorstel")
@allowed(Act.MAKE_TOKENS)
def propose(slug: str) -> ResponseReturnValue:
    """Propose how many letters each area gets."""
    form = order_form(areas_with_letters())
    if form.validate_on_submit():
        try:
            service.propose(slug, form.to_order(), by=Actor.of(signed_in()), now=now())
            return redirect(url_for("staff_tokens.show", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return codes_page(slug, form), 422


@blueprint.post("/bevestigen")
@allowed(Act.MAKE_TOKENS)
def confirm(slug: str) -> ResponseReturnValue:
    """Confirm what somebody else proposed."""
    service.confirm(slug, by=Actor.of(signed_in()), now=now())
    return redirect(url_for("staff_tokens.show", slug=slug), 303)


def codes_page(slug: str, form: OrderForm) -> str:
    """Return the page with the order, the counts and the fingerprint."""
    me = current_staff()
    areas = areas_with_letters()
    return render_template(
        "tokens/staff/show.html",
        form=form,
        confirm_form=Form(prefix="confirm"),
        roll=service.find_roll(slug),
        keys_are_made=ceremony.find(slug).is_made,
        counts=service.count_by_status(slug),
        statuses=TokenStatus,
        areas=areas,
        area_names={area.id: area.name for area in areas},
        me=me.id if me else None,
    )


def areas_with_letters() -> tuple[Area, ...]:
    """Return the areas in which people live; the whole neighbourhood only if it is all there is."""
    areas = current_round().framework.areas
    return tuple(area for area in areas if not area.whole) or areas
