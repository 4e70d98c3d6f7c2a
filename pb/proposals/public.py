"""What everyone sees of plans: the list, one plan with its history, and the ballot list."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pb.proposals import service
from pb.proposals.domain import matching
from pb.proposals.forms import FilterForm
from pb.proposals.wording import rows_of_cards, words_of_plans
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act, is_possible
from pb.web.clock import now
from pb.web.forms import Form
from pb.web.visitors import in_visitors_order

blueprint = Blueprint("proposals", __name__, url_prefix="/ronde/<slug>")


@blueprint.get("/plannen")
@allowed(Act.READ_PLANS)
def index(slug: str) -> ResponseReturnValue:
    """Show the plans in an order of chance, another for every visitor, with a filter."""
    form = FilterForm.for_round(current_round().framework, request.args)
    plans = service.list_cards(slug, verdicts_known=verdicts_known())
    chosen = matching(in_visitors_order(plans), area_id=form.area.data, theme_id=form.theme.data)
    return render_template(
        "proposals/index.html",
        cards=rows_of_cards(chosen, current_round().framework),
        total=len(plans),
        form=form,
    )


@blueprint.get("/plannen/nieuw")
@allowed(Act.DRAFT_PLAN)
def start(slug: str) -> ResponseReturnValue:
    """Show what is allowed, before somebody begins."""
    return render_template("proposals/start.html", form=Form())


@blueprint.post("/plannen/nieuw")
@allowed(Act.DRAFT_PLAN)
def begin(slug: str) -> ResponseReturnValue:
    """Make a draft under a private link and go there."""
    secret = service.start_draft(slug, now=now())
    return redirect(url_for("my_plan.write", slug=slug, secret=secret), 303)


@blueprint.get("/plannen/<int(max=99999):number>")
@allowed(Act.READ_PLANS)
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show one plan, where it stands, and what it said before."""
    plan, versions = service.get_with_versions(slug, number)
    known = verdicts_known()
    return render_template(
        "proposals/show.html",
        plan=plan.as_public(verdicts_known=known),
        versions=versions,
        verdicts_known=known,
        **words_of_plans(current_round().framework),
    )


@blueprint.get("/stemlijst")
@allowed(Act.READ_BALLOT_LIST)
def ballot_list(slug: str) -> ResponseReturnValue:
    """Show the plans that are voted on, by lot number, and how the lot was drawn."""
    return render_template(
        "proposals/ballot_list.html",
        published=service.published_list(slug),
        **words_of_plans(current_round().framework),
    )


def verdicts_known() -> bool:
    """Tell whether everyone may read verdicts in the present state of the round."""
    return is_possible(Act.READ_VERDICTS, current_round().state)
