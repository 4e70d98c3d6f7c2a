"""What became of the plans, for everybody, and the owner's page behind the private link."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pb.followups import service, wording
from pb.followups.domain import NEXT_STEP_LABELS, OWNER_CHOICE_LABELS, FollowUp
from pb.followups.forms import OwnerChoiceForm, OwnerUpdateForm
from pb.foundation.errors import Unacceptable
from pb.rounds.access import allowed
from pb.rounds.rights import Act
from pb.web.clock import now, today
from pb.web.wording import sentence_of

blueprint = Blueprint("followups", __name__, url_prefix="/ronde/<slug>")


@blueprint.get("/voortgang")
@allowed(Act.READ_PROGRESS)
def index(slug: str) -> ResponseReturnValue:
    """Show every plan after the result, the late ones first, and how promises were kept."""
    return render_template(
        "followups/index.html",
        board=service.board(slug, today=today()),
        today=today(),
        words=wording,
        next_step_labels=NEXT_STEP_LABELS,
    )


@blueprint.get("/voortgang/<int(max=99999):number>")
@allowed(Act.READ_PROGRESS)
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show one plan: where it stands, what was promised, and all that was said."""
    return render_template("followups/show.html", **_facts(slug, service.get(slug, number)))


@blueprint.get("/mijn/<secret>/voortgang")
@allowed(Act.POST_OWNER_UPDATE)
def owner(slug: str, secret: str) -> ResponseReturnValue:
    """Show an owner where the own plan stands, and ask how it goes."""
    return _owner_page(slug, secret, OwnerUpdateForm(formdata=None), _empty_choice())


@blueprint.post("/mijn/<secret>/voortgang")
@allowed(Act.POST_OWNER_UPDATE)
def post_owner_update(slug: str, secret: str) -> ResponseReturnValue:
    """Publish a message of the owner."""
    form = OwnerUpdateForm()
    refusals: list[str] = []
    if form.validate_on_submit():
        try:
            service.post_owner_update(slug, secret, form.to_update(), now=now(), today=today())
            return redirect(url_for("followups.owner", slug=slug, secret=secret), 303)
        except Unacceptable as refusal:
            refusals = [sentence_of(refusal)]
    return _owner_page(slug, secret, form, _empty_choice(), refusals), 422


@blueprint.post("/mijn/<secret>/planeigenaar")
@allowed(Act.POST_OWNER_UPDATE)
def choose_ownership(slug: str, secret: str) -> ResponseReturnValue:
    """Keep the owner's answer to 'Wilt u planeigenaar blijven?'."""
    form = OwnerChoiceForm(prefix=OwnerChoiceForm.PREFIX)
    if not form.validate_on_submit():
        return _owner_page(slug, secret, OwnerUpdateForm(formdata=None), form), 422
    service.choose_ownership(slug, secret, form.to_choice(), now=now())
    return redirect(url_for("followups.owner", slug=slug, secret=secret), 303)


def _empty_choice() -> OwnerChoiceForm:
    return OwnerChoiceForm(formdata=None, prefix=OwnerChoiceForm.PREFIX)


def _owner_page(
    slug: str,
    secret: str,
    form: OwnerUpdateForm,
    choice_form: OwnerChoiceForm,
    refusals: list[str] | None = None,
) -> str:
    return render_template(
        "followups/owner.html",
        form=form,
        choice_form=choice_form,
        refusals=refusals or [],
        secret=secret,
        **_facts(slug, service.of_owner(slug, secret)),
    )


def _facts(slug: str, follow_up: FollowUp) -> dict[str, object]:
    return {
        "follow_up": follow_up,
        "lines": wording.lines(service.timeline(slug, follow_up.number)),
        "today": today(),
        "words": wording,
        "next_step_labels": NEXT_STEP_LABELS,
        "owner_choice_labels": OWNER_CHOICE_LABELS,
    }
