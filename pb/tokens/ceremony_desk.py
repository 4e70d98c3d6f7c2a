"""The door to the key ceremony: three people make the keys, and look after their passphrases.

The recovery letter is the answer to the one request that makes it; it is on no page and in no
store. Trying the keys out is the next room's: see ``pb/ballots/rehearsal_desk.py``.
"""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.accounts.access import signed_in
from pb.accounts.actor import Actor
from pb.foundation.errors import Unacceptable
from pb.rounds.access import allowed
from pb.rounds.rights import Act
from pb.tokens import ceremony, service
from pb.tokens.attempts import passphrases_counted
from pb.tokens.ceremony_rules import Ceremony
from pb.tokens.domain import Code
from pb.tokens.forms import ChangeForm, OfficerForm
from pb.tokens.officers import NUMBERS, PAIRS, suggestion
from pb.web.clock import now
from pb.web.formats import moment_on_paper
from pb.web.forms import Form
from pb.web.passphrases import TwoOfficersForm
from pb.web.wording import sentence_of

blueprint = Blueprint("staff_ceremony", __name__, url_prefix="/beheer/ronde/<slug>/sleutels")


@blueprint.get("")
@allowed(Act.READ_PREPARATION)
def show(slug: str) -> ResponseReturnValue:
    """Show how far the ceremony is, and the next step of it."""
    return ceremony_page(slug)


@blueprint.post("/sleutelhouder")
@allowed(Act.MAKE_KEYS)
def appoint(slug: str) -> ResponseReturnValue:
    """Let one of the three choose a passphrase."""
    form = OfficerForm(prefix="officer")
    if form.validate_on_submit():
        try:
            ceremony.appoint(
                slug, form.to_number(), form.label.data, form.passphrase.data,
                by=Actor.of(signed_in()), now=now(),
            )  # fmt: skip
            return redirect(url_for("staff_ceremony.show", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return ceremony_page(slug, officer_form=form), 422


@blueprint.post("/maken")
@allowed(Act.MAKE_KEYS)
def make(slug: str) -> ResponseReturnValue:
    """Make the keys; the answer is the letter for the envelope, this once."""
    letter, keep = letter_of(slug)
    ceremony.make_keys(slug, keep=keep, by=Actor.of(signed_in()), now=now())
    return as_download(letter, slug)


@blueprint.post("/opnieuw")
@allowed(Act.MAKE_KEYS)
def begin_again(slug: str) -> ResponseReturnValue:
    """Forget the officers and their keys."""
    ceremony.begin_again(slug, by=Actor.of(signed_in()), now=now())
    return redirect(url_for("staff_ceremony.show", slug=slug), 303)


@blueprint.post("/wachtzin")
@allowed(Act.USE_KEYS)
def change(slug: str) -> ResponseReturnValue:
    """Give one officer another passphrase, with two officers at the table."""
    form = offered(ChangeForm(prefix="change"), slug)
    if form.validate_on_submit():
        try:
            with passphrases_counted():
                ceremony.change_passphrase(
                    slug, form.officer.data, form.wanted.data, opened_by=form.to_typed(),
                    label=form.label.data or "", by=Actor.of(signed_in()), now=now(),
                )  # fmt: skip
            return redirect(url_for("staff_ceremony.show", slug=slug), 303)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return ceremony_page(slug, change_form=form), 422


@blueprint.post("/envelop")
@allowed(Act.USE_KEYS)
def renew_envelope(slug: str) -> ResponseReturnValue:
    """Make another recovery code; the answer is its letter, this once."""
    form = offered(TwoOfficersForm(prefix="envelope"), slug)
    if form.validate_on_submit():
        letter, keep = letter_of(slug)
        try:
            with passphrases_counted():
                ceremony.renew_envelope(
                    slug, form.to_typed(), keep=keep, by=Actor.of(signed_in()), now=now()
                )
            return as_download(letter, slug)
        except Unacceptable as refusal:
            form.form_errors.append(sentence_of(refusal))
    return ceremony_page(slug, envelope_form=form), 422


def letter_of(slug: str) -> tuple[list[bytes], Callable[[Code], None]]:
    """Return an empty place for a letter, and what puts the letter with a code there."""
    place: list[bytes] = []

    def keep(recovery: Code) -> None:
        place.append(
            ceremony.write_letter(slug, recovery, now=now(), moment=moment_on_paper(now()))
        )

    return place, keep


def as_download(letter: list[bytes], slug: str) -> Response:
    """Return the letter as a file that the browser keeps and does not show."""
    (content,) = letter
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"herstelcode-{slug}.pdf")
    return answer


def offered(form: ChangeForm | TwoOfficersForm, slug: str) -> ChangeForm | TwoOfficersForm:
    """Return a form in which the officers of this round can be chosen."""
    known = ceremony.find(slug).officers.values()
    form.offer((officer.number, officer.label) for officer in known)
    return form


def ceremony_page(
    slug: str,
    officer_form: OfficerForm | None = None,
    change_form: ChangeForm | None = None,
    envelope_form: TwoOfficersForm | None = None,
) -> str:
    """Return the page that leads through the ceremony."""
    found, roll = ceremony.find(slug), service.find_roll(slug)
    next_number = next((number for number in NUMBERS if number not in found.officers), 0)
    return render_template(
        "tokens/staff/ceremony.html",
        ceremony=found,
        step=step_of(found),
        next_number=next_number,
        suggestion=suggestion(),
        pairs=PAIRS,
        is_roll_made=roll is not None and roll.is_made,
        form=Form(prefix="plain"),
        officer_form=officer_form or OfficerForm(prefix="officer", number=str(next_number)),
        change_form=change_form or offered(ChangeForm(prefix="change"), slug),
        envelope_form=envelope_form or offered(TwoOfficersForm(prefix="envelope"), slug),
        error_form=officer_form or change_form or envelope_form,
    )


def step_of(found: Ceremony) -> int:
    """Return the number of the step that waits, from 1; 4 when all is done."""
    if not found.is_complete:
        return 1
    if not found.is_made:
        return 2
    return 4 if found.is_rehearsed else 3
