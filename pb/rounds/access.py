"""The guard of every door inside a round: the table in ``rights.py``, applied.

A guarded view has ``slug`` in its address; it finds the round in ``current_round()``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, g
from flask.typing import ResponseReturnValue

from pb.accounts.access import View, current_roles, to_sign_in
from pb.foundation.errors import N_, NotPermitted
from pb.rounds import service
from pb.rounds.domain import (
    DECIDES,
    STATE_LABELS,
    NotInThisState,
    Round,
    RoundNotFound,
    State,
)
from pb.rounds.rights import Act, is_for_residents, is_possible, may
from pb.web.clock import now
from pb.web.menu import MenuItem
from pb.web.wording import gettext

Page = tuple[str, str, Act]

# The pages of a round in the order of its story; each shows only while its act is possible.
PAGES: tuple[Page, ...] = (
    ("", N_("De ronde"), Act.READ),
    ("/kaders", N_("Kaders"), Act.READ),
    ("/plannen", N_("Plannen"), Act.READ_PLANS),
    ("/stemlijst", N_("Stemlijst"), Act.READ_BALLOT_LIST),
    ("/stemmen", N_("Stemmen"), Act.VOTE),
    ("/uitslag", N_("Uitslag"), Act.READ_RESULT),
    ("/voortgang", N_("Voortgang"), Act.READ_PROGRESS),
    ("/terugkijken", N_("Terugkijken"), Act.READ_EVALUATIONS),
    ("/controle", N_("Controle"), Act.READ_RESULT),
    ("/logboek", N_("Logboek"), Act.READ),
)
# Which of them stand in the bar; the others are folded under 'Meer over deze ronde'.
UNTIL_REVIEWED = ("", "/kaders", "/plannen")
AFTER_COUNTING = ("", "/plannen", "/uitslag", "/voortgang")
IN_FRONT: dict[State, tuple[str, ...]] = {
    State.ANNOUNCED: ("", "/kaders", "/logboek"),
    State.OPEN_FOR_PROPOSALS: UNTIL_REVIEWED,
    State.REVIEW: UNTIL_REVIEWED,
    State.RECONSIDERATION: UNTIL_REVIEWED,
    State.BALLOT_PUBLISHED: ("", "/plannen", "/stemlijst"),
    State.VOTING: ("", "/plannen", "/stemlijst", "/stemmen"),
    State.COUNTING: ("", "/plannen", "/stemlijst"),
    State.RESULT_PUBLISHED: AFTER_COUNTING,
    State.EXECUTION: AFTER_COUNTING,
    State.EVALUATION: ("", "/uitslag", "/voortgang", "/terugkijken"),
    State.CLOSED: AFTER_COUNTING,
    State.PAUSED: ("", "/plannen", "/logboek"),
    State.CANCELLED: ("", "/plannen", "/logboek"),
}
STAFF_PAGES: tuple[Page, ...] = (
    ("", N_("De ronde"), Act.READ_PREPARATION),
    ("/kaders", N_("Kaders"), Act.SIGN_FRAMEWORK),
    ("/plannen", N_("Teksten nakijken"), Act.MODERATE),
    ("/planeigenaren", N_("Planeigenaren"), Act.READ_CONTACT),
    ("/toetsen", N_("Toetsen"), Act.READ_REVIEWS),
    ("/stemlijst", N_("Stemlijst"), Act.PUBLISH_BALLOT_LIST),
    ("/sleutels", N_("Sleutels"), Act.USE_KEYS),
    ("/stemcodes", N_("Stemcodes"), Act.MAKE_TOKENS),
    ("/brieven", N_("Kwijtgeraakte brieven"), Act.REPLACE_LETTER),
    ("/opkomst", N_("Opkomst"), Act.READ_TURNOUT),
    ("/telling/starten", N_("Telling starten"), Act.COUNT),
    ("/telling", N_("Telling"), Act.READ_COUNT),
    ("/uitslag-bekendmaken", N_("Uitslag bekendmaken"), Act.PUBLISH_RESULT),
    ("/voortgang", N_("Voortgang"), Act.POST_STAFF_UPDATE),
    ("/lessen", N_("Terugkijken"), Act.WRITE_EVALUATION),
)


def allowed(act: Act) -> Callable[[View], View]:
    """Mark a view as the door to an act; open to those whom the table allows, now.

    Wrong role: the sign-in page for who is not signed in, else NotPermitted (403). Right
    role, wrong state: NotInThisState (409). Nobody learns more than the state of the round.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(slug: str, **kwargs: Any) -> ResponseReturnValue:
            voting_round = enter(slug)
            if not may(act, voting_round.state, current_roles()):
                if is_hidden(voting_round.state, act):
                    g.pop("voting_round")  # or the frame of the page would tell of it
                    raise RoundNotFound
                if not is_possible(act, voting_round.state):
                    raise NotInThisState(now=STATE_LABELS[voting_round.state])
                if not current_roles():
                    return to_sign_in()
                raise NotPermitted
            return view(slug=slug, **kwargs)

        guarded.access = act  # type: ignore[attr-defined] # the mark
        return guarded  # type: ignore[return-value] # the same arguments and result

    return mark


def is_hidden(state: State, act: Act) -> bool:
    """Tell whether a resident may not even know that there is a round in preparation."""
    return state is State.PREPARATION and not current_roles() and is_for_residents(act)


def enter(slug: str) -> Round:
    """Look the round up once per request and keep it for the view and the page."""
    voting_round = service.get(slug, now())
    g.voting_round = voting_round
    return voting_round


def current_round() -> Round:
    """Return the round of this request. Only inside a view marked ``allowed``."""
    voting_round: Round = g.voting_round
    return voting_round


def offer_round(app: Flask) -> None:
    """Give pages inside a round the round, its state bar, its contact and what may be done."""

    @app.context_processor
    def round_of_page() -> dict[str, Any]:
        voting_round: Round | None = g.get("voting_round")
        if voting_round is None:
            return {}
        return {
            "voting_round": voting_round,
            "framework": voting_round.framework,
            "state_bar": {
                "label": gettext(STATE_LABELS[voting_round.state]),
                "until": voting_round.state_ends(),
                "decides": gettext(DECIDES[voting_round.state]),
            },
            "contact": voting_round.framework.contact,
            **_menu(voting_round),
            "staff_navigation": _pages("/beheer/ronde", STAFF_PAGES, voting_round)
            if current_roles()
            else (),
            "can": can,
        }


def _menu(voting_round: Round) -> dict[str, tuple[MenuItem, ...]]:
    """Return the pages of a round for residents: those in the bar, and those folded."""
    ahead = IN_FRONT.get(voting_round.state, ())
    front = tuple(page for page in PAGES if page[0] in ahead)
    folded = tuple(page for page in PAGES if page[0] not in ahead)
    return {
        "navigation": _pages("/ronde", front, voting_round),
        "more_navigation": _pages("/ronde", folded, voting_round),
    }


def _pages(start: str, pages: tuple[Page, ...], voting_round: Round) -> tuple[MenuItem, ...]:
    """Return the pages of a round that this visitor may open now, in the order chosen above."""
    roles = current_roles()
    return tuple(
        MenuItem(f"{start}/{voting_round.slug}{end}", gettext(label))
        for end, label, act in pages
        if may(act, voting_round.state, roles)
    )


def can(act: str) -> bool:
    """Tell a page whether this visitor may do an act (its name) now."""
    voting_round = current_round()
    return may(Act(act), voting_round.state, current_roles())
