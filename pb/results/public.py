"""The result for everybody: what was chosen and why, the count step by step, and the files."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from pb.results import codes, destroying, export, service, wording
from pb.results.domain import ListedBallot, NoWhatIf, Result
from pb.results.forms import CodeForm
from pb.results.payments import Paid, paid, weights_of
from pb.rounds.access import allowed, current_round
from pb.rounds.rights import Act, is_possible
from pb.web.clock import now

blueprint = Blueprint("results", __name__, url_prefix="/ronde/<slug>")


@blueprint.get("/uitslag")
@allowed(Act.READ_RESULT)
def show(slug: str) -> ResponseReturnValue:
    """Show what was chosen and what was not, and for each plan why."""
    count = service.published(slug)
    return render_template(
        "results/show.html",
        count=count,
        result=count.result,
        outcome=count.result.outcome,
        publication=service.publication(slug),
        words=wording,
    )


@blueprint.get("/uitslag/plan/<int:number>")
@allowed(Act.READ_RESULT)
def plan(slug: str, number: int) -> ResponseReturnValue:
    """Show why one plan was chosen or not, and what would have changed it."""
    result = service.result(slug)
    return render_template(
        "results/plan.html", result=result, plan=result.plan(number), words=wording
    )


@blueprint.get("/uitslag/telling")
@allowed(Act.READ_RESULT)
def steps(slug: str) -> ResponseReturnValue:
    """Show the count step by step, the rule in words, and every tie."""
    count = service.published(slug)
    return render_template(
        "results/steps.html",
        count=count,
        result=count.result,
        outcome=count.result.outcome,
        words=wording,
    )


@blueprint.get("/uitslag/anders-geteld")
@allowed(Act.READ_RESULT)
def what_if(slug: str) -> ResponseReturnValue:
    """Show what the other rule would have chosen; it decides nothing."""
    result = service.result(slug)
    if result.what_if is None:
        raise NoWhatIf
    return render_template(
        "results/what_if.html", result=result, outcome=result.what_if, words=wording
    )


@blueprint.get("/uitslag.csv")
@allowed(Act.READ_RESULT)
def as_csv(slug: str) -> ResponseReturnValue:
    """Send the plans as a table for spreadsheets."""
    return _file(export.to_csv(service.result(slug)), "text/csv", f"uitslag-{slug}.csv")


@blueprint.get("/uitslag.json")
@allowed(Act.READ_RESULT)
def as_json(slug: str) -> ResponseReturnValue:
    """Send the document whose hash is in the public log."""
    return _file(service.result_file(slug), "application/json", f"uitslag-{slug}.json")


@blueprint.get("/telling.json")
@allowed(Act.READ_RESULT)
def as_count(slug: str) -> ResponseReturnValue:
    """Send the result file of the count, which any program can make again from the ballots."""
    return _file(service.count_file(slug), "application/json", "telling.json")


@blueprint.get("/uitslag.pb")
@allowed(Act.READ_RESULT)
def as_pabulib(slug: str) -> ResponseReturnValue:
    """Send the ballots that were counted, in the format of Pabulib, to count again."""
    return _file(service.election_file(slug), "text/plain", "stemmen.pb")


@blueprint.get("/recount.py")
@allowed(Act.READ_RESULT)
def as_program(slug: str) -> ResponseReturnValue:
    """Send the program that counts the ballots again with Python alone."""
    return _file(service.recount_program(), "text/x-python", "recount.py")


@blueprint.get("/controle/bundel.zip")
@allowed(Act.READ_RESULT)
def as_bundle(slug: str) -> ResponseReturnValue:
    """Send everything that a check of the round needs, in one file."""
    response = _file(service.bundle(slug), "application/zip", f"bundel-{slug}.zip")
    response.content_type = "application/zip"
    return response


@blueprint.get("/controle/bundel")
@allowed(Act.READ_RESULT)
def check_bundle(slug: str) -> ResponseReturnValue:
    """Check the bundle in the browser: the file stays there."""
    return render_template("results/check_bundle.html")


@blueprint.get("/controle/zelf")
@allowed(Act.READ)
def check_yourself(slug: str) -> ResponseReturnValue:
    """Say what is promised, which check each promise rests on, and what is not promised."""
    return render_template("results/check_yourself.html", **destroying.facts(slug, now()))


@blueprint.get("/controle")
@allowed(Act.READ_RESULT)
def ballots(slug: str) -> ResponseReturnValue:
    """Show how to check this round, and the list of tracking codes by first symbol."""
    return render_template("results/ballots.html", form=CodeForm(), **_checking(slug))


@blueprint.post("/controle")
@allowed(Act.READ_RESULT)
def find_ballot(slug: str) -> ResponseReturnValue:
    """Look a tracking code up. It is posted, so that it never stands in an address."""
    form = CodeForm()
    if not form.validate_on_submit():
        return render_template("results/ballots.html", form=form, **_checking(slug)), 422
    typed, form.code.data = form.to_code(), ""
    found = service.find_ballot(slug, typed)
    return render_template(
        "results/ballots.html",
        form=form,
        found=found,
        paid=_paid(service.result(slug), found),
        searched=True,
        of_a_letter=codes.is_of_a_letter(typed),
        **_checking(slug),
    )


@blueprint.app_context_processor
def results_of_plans() -> dict[str, object]:
    """Let the pages of a plan, which an earlier room draws, tell what became of it."""
    return {"result_of_plan": result_of_plan}


def result_of_plan(number: int) -> wording.PlanResult | None:
    """Return what became of a plan of this round, once everybody may read it."""
    voting_round = current_round()
    if not is_possible(Act.READ_RESULT, voting_round.state):
        return None
    result = service.find_result(voting_round.slug)
    return wording.result_of_plan(result, number) if result else None


def _paid(result: Result, ballot: ListedBallot | None) -> Paid | None:
    """Return what a ballot paid, or None when nobody paid or there is no ballot."""
    return paid(result.outcome, weights_of(ballot, result.outcome)) if ballot else None


def _checking(slug: str) -> dict[str, object]:
    """Return what the page that checks a round always shows."""
    count = service.published(slug)
    begin, page = request.args.get("begin", ""), request.args.get("bladzijde", 1, type=int)
    return {
        "count": count,
        "result": count.result,
        "listed": service.ballot_page(slug, begin, page),
        "written_code": codes.written,
        "words": wording,
    }


def _file(content: bytes, kind: str, name: str) -> Response:
    text = "" if kind == "application/json" else "; charset=utf-8"
    response = Response(content, content_type=f"{kind}{text}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
