"""The residents' door: choose, check, type the code, and hold a receipt. Six requests at most."""

import secrets

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from pb.ballots import chosen, locked_code, publication, service, signals
from pb.ballots.domain import (
    BallotContent,
    BallotList,
    BoxMissing,
    ChoicesRefused,
    Marks,
    Receipt,
    VotedBefore,
    VotingPaused,
    refuse_unless_voting,
)
from pb.ballots.forms import ChoicesForm, CodeForm, ReceiptForm, SentBallot
from pb.ballots.limits import UnknownChoice, content_of, marks_of
from pb.ballots.locked_code import LockExpired
from pb.ballots.receipts import qr_code_of
from pb.foundation.canonical import canonical_json
from pb.foundation.errors import Refusal
from pb.proposals import service as proposals
from pb.rounds.access import allowed, current_round
from pb.rounds.domain import NotInThisState, VotingClosed, VotingNotOpen
from pb.rounds.rights import Act
from pb.tally.election import BallotKind
from pb.tokens.domain import CodeRefused
from pb.web.clock import now
from pb.web.error_pages import page_of, status_of
from pb.web.limits import TooManyFailures, count_failure
from pb.web.visitors import in_visitors_order
from pb.web.wording import sentence_of

blueprint = Blueprint("ballots", __name__)
blueprint.before_app_request(signals.hand_over)

VOTING = "/ronde/<slug>/stemmen"
WRONG_CODES = "stemcode"
TOO_MANY_REQUESTS = 429
# In the address of the choosing page: the choices were sent, and the page says what is wrong.
CHECKED = "nagekeken"

# Everything a borrowed computer may still know of a voter.
FORGET_EVERYTHING = '"cache", "cookies", "storage"'


@blueprint.get(VOTING)
@allowed(Act.READ)
def choose(slug: str) -> ResponseReturnValue:
    """Show the plans in this visitor's own order, with what was chosen so far.

    Who comes back from a check that failed reads again which rule the choices break.
    """
    refuse_unless_voting(current_round())
    ballot_list = open_list(slug)
    marks = chosen.marks(slug, ballot_list)
    checked = CHECKED in request.args
    page = choosing_page(slug, ballot_list, marks, checked=checked)
    return page, 422 if checked and broken_rule(marks, ballot_list) else 200


@blueprint.post(VOTING)
@allowed(Act.VOTE)
def keep_choices(slug: str) -> ResponseReturnValue:
    """Keep the choices on the list, also when they break a rule; the next page says which."""
    form = ChoicesForm()
    ballot_list = open_list(slug)
    marks = form.to_marks(ballot_list)
    chosen.remember(slug, marks, ballot_list)
    if marks.keys() - ballot_list.by_number.keys():
        raise UnknownChoice
    if number := form.to_plan_to_read():
        return redirect(url_for("proposals.show", slug=slug, number=number), 303)
    if broken_rule(chosen.marks(slug, ballot_list), ballot_list):
        return redirect(url_for("ballots.choose", slug=slug, nagekeken=1), 303)
    return redirect(url_for("ballots.check", slug=slug), 303)


@blueprint.get(f"{VOTING}/controleren")
@allowed(Act.VOTE)
def check(slug: str) -> ResponseReturnValue:
    """Show all choices once more, before the code is asked."""
    ballot_list = open_list(slug)
    content = chosen_content(slug, ballot_list)
    if content is None:
        return redirect(url_for("ballots.choose", slug=slug), 303)
    return render_template("ballots/check.html", **words_of(content, ballot_list))


@blueprint.get(f"{VOTING}/code")
@allowed(Act.VOTE)
def ask_code(slug: str) -> ResponseReturnValue:
    """Ask for the code, as the last thing."""
    content = chosen_content(slug, open_list(slug))
    if content is None:
        return redirect(url_for("ballots.choose", slug=slug), 303)
    form = CodeForm(
        submission=secrets.token_hex(16), content=canonical_json(content.written()).decode()
    )
    return render_template("ballots/code.html", form=form)


@blueprint.post(f"{VOTING}/code")
@allowed(Act.VOTE)
def cast(slug: str) -> ResponseReturnValue:
    """Cast the ballot and show its receipt, which must never be part of an address."""
    sent = SentBallot.read()
    try:
        typed_code, version = code_of(sent, slug)
        receipt = service.cast(
            slug,
            typed_code,
            sent.to_content(),
            submission=sent.to_submission(),
            expected_version=version,
            following=current_round(),
            now=now(),
        )
    except (CodeRefused, LockExpired) as refusal:
        return wrong_code("ballots/code.html", CodeForm(), refusal)
    except VotedBefore as refusal:
        return replacement_page(CodeForm(), typed_code, refusal, slug), status_of(refusal)
    chosen.forget(slug)
    signals.count_letter(slug, receipt)
    return receipt_page(receipt, slug)


@blueprint.post(f"{VOTING}/stembewijs")
@allowed(Act.READ)
def show_qr_code(slug: str) -> ResponseReturnValue:
    """Draw the QR code of a receipt, which comes back from its page and is kept nowhere.

    Drawing takes longer than all the rest of casting, so nobody in the queue waits for it.
    """
    fragment = ReceiptForm().receipt.data or ""
    return render_template(
        "ballots/receipt_code.html",
        tracking_code=service.tracking_code_of_receipt(slug, fragment),
        check_path=check_path(slug, fragment),
        qr_code=qr_code_of(f"{publication.check_address(slug)}#{fragment}"),
    )


@blueprint.get(f"{VOTING}/mijn-stem")
@allowed(Act.VOTE)
def ask_own(slug: str) -> ResponseReturnValue:
    """Ask for the code of somebody who wants to read the own ballot."""
    open_list(slug)
    return render_template("ballots/own_code.html", form=CodeForm())


@blueprint.post(f"{VOTING}/mijn-stem")
@allowed(Act.VOTE)
def show_own(slug: str) -> ResponseReturnValue:
    """Show what the ballot of this letter says now."""
    form = CodeForm()
    ballot_list = open_list(slug)
    try:
        current = service.current_choice(slug, form.code.data or "", now=now())
    except CodeRefused as refusal:
        return wrong_code("ballots/own_code.html", form, refusal)
    words = words_of(current.content, ballot_list)
    return render_template("ballots/own.html", current=current, **words)


@blueprint.post(f"{VOTING}/afsluiten")
@allowed(Act.READ)
def leave(slug: str) -> ResponseReturnValue:
    """Let this browser forget everything, for who uses a borrowed computer."""
    session.clear()
    response: Response = make_response(redirect(url_for("rounds.show", slug=slug), 303))
    response.headers["Clear-Site-Data"] = FORGET_EVERYTHING
    return response


@blueprint.get("/s/<slug>")
@allowed(Act.READ)
def scanned(slug: str) -> ResponseReturnValue:
    """Receive who scanned a letter. The code is behind the #, which no browser sends."""
    return render_template("ballots/scanned.html")


@blueprint.errorhandler(VotingNotOpen)
@blueprint.errorhandler(VotingClosed)
@blueprint.errorhandler(VotingPaused)
@blueprint.errorhandler(NotInThisState)
@blueprint.errorhandler(BoxMissing)
def not_now(refusal: Refusal) -> ResponseReturnValue:
    """Tell when voting was or will be possible, whatever page was asked for."""
    try:
        refuse_unless_voting(current_round())
    except Refusal as reason:
        refusal = reason
    kinds: dict[type[Refusal], str] = {
        VotingNotOpen: "early",
        VotingClosed: "late",
        VotingPaused: "paused",
    }
    page = render_template(
        "ballots/not_now.html", kind=kinds.get(type(refusal), ""), sentence=sentence_of(refusal)
    )
    return page, 200 if request.method == "GET" else status_of(refusal)


def open_list(slug: str) -> BallotList:
    """Return the ballot list while ballots may be cast. Raises what ``open_box`` raises."""
    return service.open_box(slug, now(), following=current_round()).ballot_list


def broken_rule(marks: Marks, ballot_list: BallotList) -> Refusal | None:
    """Return which rule of the ballot the choices break, or None."""
    try:
        content_of(marks, ballot_list)
    except ChoicesRefused as refusal:
        return refusal
    return None


def choosing_page(slug: str, ballot_list: BallotList, marks: Marks, *, checked: bool) -> str:
    """Return the page with all plans and what is chosen so far; checked: say what is wrong."""
    refusal = broken_rule(marks, ballot_list) if checked else None
    withdrawn = proposals.withdrawn_numbers(slug)
    areas = {area.id: area.name for area in current_round().framework.areas}
    themes = ballot_list.theme_names
    cards = [
        (
            plan,
            areas.get(plan.area_id, ""),
            themes.get(plan.theme_id, plan.theme_id),
            marks.get(plan.number, 0),
            plan.number in withdrawn,
        )
        for plan in in_visitors_order(ballot_list.plans)
    ]
    return render_template(
        "ballots/choose.html",
        form=ChoicesForm(),
        ballot_list=ballot_list,
        cards=cards,
        marks=marks,
        spent=ballot_list.cost_of(marks),
        sentences=[sentence_of(refusal)] if refusal else [],
        kinds=BallotKind,
    )


def chosen_content(slug: str, ballot_list: BallotList) -> BallotContent | None:
    """Return the ballot that was chosen, or None when it breaks a rule still."""
    try:
        return content_of(chosen.marks(slug, ballot_list), ballot_list)
    except ChoicesRefused:
        return None


def words_of(content: BallotContent, ballot_list: BallotList) -> dict[str, object]:
    """Return what a page needs to name the choices of a ballot."""
    return {
        "plans": [ballot_list.by_number[number] for number in content.choices],
        "marks": marks_of(content, ballot_list),
        "kind": ballot_list.kind,
        "kinds": BallotKind,
        "rules": ballot_list.rules,
        "spent": sum(ballot_list.by_number[number].cost for number in content.choices),
    }


def code_of(sent: SentBallot, slug: str) -> tuple[str, int]:
    """Return the code and how often the page knew it had voted. Raises LockExpired."""
    if sent.again:
        return locked_code.unlock(sent.again, slug, now())
    return sent.code, 0


def wrong_code(template: str, form: CodeForm, refusal: Refusal) -> ResponseReturnValue:
    """Ask again, the same way whatever was wrong; ask for patience after many failures."""
    if isinstance(refusal, CodeRefused):
        signals.count_wrong_code(current_round().slug)
        if count_failure(WRONG_CODES):
            return page_of(TooManyFailures(), TOO_MANY_REQUESTS)
    form.code.data, form.again.data = "", ""
    form.code.errors = [sentence_of(refusal)]
    return render_template(template, form=form), status_of(refusal)


def receipt_page(receipt: Receipt, slug: str) -> str:
    """Return the page that a voter keeps: its address for a second phone holds the choices."""
    return render_template(
        "ballots/receipt.html", receipt=receipt, check_path=check_path(slug, receipt.fragment)
    )


def check_path(slug: str, fragment: str) -> str:
    """Return where a receipt is checked; a browser keeps what stands behind the # to itself."""
    return f"{url_for('observers.check_receipt', slug=slug)}#{fragment}"


def replacement_page(form: CodeForm, typed_code: str, refusal: VotedBefore, slug: str) -> str:
    """Ask whether the earlier vote must be replaced; nobody types the code twice."""
    form.code.data = ""
    form.submission.data = secrets.token_hex(16)
    form.again.data = locked_code.lock(typed_code, refusal.version, slug, now())
    return render_template("ballots/replace.html", form=form, sentence=sentence_of(refusal))
