"""Every page of the service, with who opens it. A page that is added must get its line here.

A line names the view, the address (``{names}`` are private links of the town) and a visitor:
None for a resident, ``VOTER`` for one who has chosen plans already, or a role of the staff.
"""

from dataclasses import dataclass

from pb.accounts.domain import Role
from pb.trials.demo import FINISHED, IN_REVIEW, OPEN, VOTING
from tests.journeys.town import ANNOUNCED, COUNTED, LISTED, PAUSED, PREPARATION, SECOND_LOOK

VOTER = "voter"
RESIDENT, MANAGER, REVIEWER = None, Role.ROUND_MANAGER, Role.REVIEWER

# Views that answer GET with something else than a page.
NO_PAGE = {
    "overview.health": "JSON for machines",
    "overview.language": "keeps the language and goes back",
    "overview.security": "text for whoever found a hole",
    "observers.download": "a file",
    "observers.feed": "a feed",
    "results.as_bundle": "a file",
    "results.as_count": "a file",
    "results.as_csv": "a file",
    "results.as_json": "a file",
    "results.as_pabulib": "a file",
    "results.as_program": "a file",
    "rounds.framework_document": "a file",
    "static": "files",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A stop of the walk. ``moment``: what is special now, where a view is seen twice."""

    view: str
    address: str
    visitor: str | None = RESIDENT
    moment: str = ""
    status: int = 200

    @property
    def name(self) -> str:
        """Return what the page is called in reports and names of pictures."""
        return f"{self.view}-{self.moment}" if self.moment else self.view

    @property
    def is_public(self) -> bool:
        return self.visitor in {RESIDENT, VOTER}


def ronde(slug: str, rest: str = "") -> str:
    return f"/ronde/{slug}{rest}"


def beheer(slug: str, rest: str = "") -> str:
    return f"/beheer/ronde/{slug}{rest}"


PUBLIC = (
    Page("overview.home", "/"),
    Page("overview.accessibility", "/toegankelijkheid"),
    Page("overview.privacy", "/privacy"),
    Page("rounds.show", ronde(ANNOUNCED), moment="announced"),
    Page("rounds.show", ronde(OPEN), moment="open"),
    Page("rounds.show", ronde(IN_REVIEW), moment="review"),
    Page("rounds.show", ronde(SECOND_LOOK), moment="second-look"),
    Page("rounds.show", ronde(LISTED), moment="listed"),
    Page("rounds.show", ronde(VOTING), moment="voting"),
    Page("rounds.show", ronde(COUNTED), moment="counted"),
    Page("rounds.show", ronde(FINISHED), moment="finished"),
    Page("rounds.show", ronde(PAUSED), moment="paused"),
    Page("rounds.framework", ronde(FINISHED, "/kaders")),
    Page("rounds.framework_version", ronde(FINISHED, "/kaders/1")),
    Page("rounds.log", ronde(FINISHED, "/logboek")),
    Page("rounds.log", ronde(PAUSED, "/logboek"), moment="paused"),
    # plans
    Page("proposals.index", ronde(OPEN, "/plannen"), moment="open"),
    Page("proposals.index", ronde(FINISHED, "/plannen?gebied=A1"), moment="filtered"),
    Page("proposals.show", ronde(OPEN, "/plannen/4"), moment="open"),
    Page("proposals.show", ronde(OPEN, "/plannen/7"), moment="held"),
    Page("proposals.show", ronde(VOTING, "/plannen/2"), moment="voting"),
    Page("proposals.show", ronde(FINISHED, "/plannen/18"), moment="not-feasible"),
    Page("proposals.show", ronde(FINISHED, "/plannen/24"), moment="merged"),
    Page("proposals.start", ronde(OPEN, "/plannen/nieuw")),
    Page("proposals.ballot_list", ronde(VOTING, "/stemlijst")),
    Page("my_plan.show", ronde(OPEN, "/mijn/{ganzerik_plannen_P04}"), moment="sent"),
    Page("my_plan.show", ronde(OPEN, "/mijn/{draft}"), moment="draft"),
    Page("my_plan.show", ronde(OPEN, "/mijn/{asked}"), moment="question"),
    Page("my_plan.show", ronde(IN_REVIEW, "/mijn/{ganzerik_toetsen_P06}"), moment="offer"),
    Page("my_plan.show", ronde(SECOND_LOOK, "/mijn/{not_feasible}"), moment="not-feasible"),
    Page("my_plan.show", ronde(SECOND_LOOK, "/mijn/{feasible}"), moment="feasible"),
    Page("my_plan.show", ronde(FINISHED, "/mijn/{ganzerik_klaar_P02}"), moment="chosen"),
    Page("my_plan.write", ronde(OPEN, "/mijn/{draft}/schrijven"), moment="draft"),
    Page("my_plan.write", ronde(OPEN, "/mijn/{ganzerik_plannen_P04}/schrijven"), moment="sent"),
    Page("my_plan.check", ronde(OPEN, "/mijn/{draft}/nakijken"), moment="draft"),
    Page("my_plan.check", ronde(OPEN, "/mijn/{ganzerik_plannen_P04}/nakijken"), moment="sent"),
    Page("my_plan.receipt", ronde(OPEN, "/mijn/{ganzerik_plannen_P04}/gelukt")),
    Page("my_plan.ask_withdraw", ronde(OPEN, "/mijn/{ganzerik_plannen_P04}/intrekken")),
    # reviews
    Page("reviews.show", ronde(FINISHED, "/plannen/20/toets"), moment="second-look"),
    Page("reviews.show", ronde(SECOND_LOOK, "/plannen/6/toets"), moment="feasible"),
    Page("my_review.offer", ronde(IN_REVIEW, "/mijn/{ganzerik_toetsen_P06}/voorstel")),
    Page("my_review.question", ronde(OPEN, "/mijn/{asked}/vraag")),
    Page("my_review.reconsideration", ronde(SECOND_LOOK, "/mijn/{not_feasible}/herziening")),
    Page("my_review.proof", ronde(SECOND_LOOK, "/mijn/{feasible}/stemlijst")),
    Page("my_review.error", ronde(SECOND_LOOK, "/mijn/{feasible}/stemlijst/fout")),
    # voting
    Page("ballots.scanned", f"/s/{VOTING}"),
    Page("ballots.choose", ronde(VOTING, "/stemmen"), VOTER),
    Page("ballots.check", ronde(VOTING, "/stemmen/controleren"), VOTER),
    Page("ballots.ask_code", ronde(VOTING, "/stemmen/code"), VOTER),
    Page("ballots.ask_own", ronde(VOTING, "/stemmen/mijn-stem")),
    Page("ballots.choose", ronde(LISTED, "/stemmen"), moment="early"),
    Page("ballots.choose", ronde(FINISHED, "/stemmen"), moment="late"),
    Page("ballots.choose", ronde(PAUSED, "/stemmen"), moment="paused"),
    # result
    Page("results.show", ronde(FINISHED, "/uitslag")),
    Page("results.show", ronde(COUNTED, "/uitslag"), moment="too-early", status=409),
    Page("results.plan", ronde(FINISHED, "/uitslag/plan/12"), moment="remainder"),
    Page("results.plan", ronde(FINISHED, "/uitslag/plan/10"), moment="not-chosen"),
    Page("results.steps", ronde(FINISHED, "/uitslag/telling")),
    Page("results.what_if", ronde(FINISHED, "/uitslag/anders-geteld")),
    Page("results.ballots", ronde(FINISHED, "/controle"), moment="all"),
    Page("results.ballots", ronde(FINISHED, "/controle?begin=A"), moment="one-symbol"),
    # checking
    Page("observers.show", ronde(VOTING, "/controle/logboek")),
    Page("observers.show", ronde(LISTED, "/controle/logboek"), moment="early"),
    Page("observers.check_receipt", ronde(VOTING, "/controle/bon")),
    Page("results.check_bundle", ronde(FINISHED, "/controle/bundel")),
    Page("results.check_yourself", ronde(FINISHED, "/controle/zelf"), moment="after"),
    Page("results.check_yourself", ronde(VOTING, "/controle/zelf"), moment="voting"),
    # what became of it
    Page("followups.index", ronde(FINISHED, "/voortgang")),
    Page("followups.show", ronde(FINISHED, "/voortgang/2"), moment="chosen"),
    Page("followups.show", ronde(FINISHED, "/voortgang/11"), moment="late"),
    Page("followups.show", ronde(FINISHED, "/voortgang/6"), moment="not-chosen"),
    Page("followups.owner", ronde(FINISHED, "/mijn/{ganzerik_klaar_P02}/voortgang")),
    # what was learned
    Page("evaluations.show", ronde(FINISHED, "/terugkijken")),
    Page("evaluations.show", ronde(OPEN, "/terugkijken"), moment="early"),
    Page("errors.missing", "/bestaat-niet", status=404),
    Page("accounts.sign_in", "/beheer/aanmelden"),
)

STAFF = (
    Page("staff_overview.desk", "/beheer", MANAGER, "manager"),
    Page("staff_overview.desk", "/beheer", REVIEWER, "reviewer"),
    Page("staff_overview.desk", "/beheer", Role.HELPER, "helper"),
    Page("staff_overview.desk", "/beheer", Role.ADMINISTRATOR, "administrator"),
    Page("staff_accounts.account", "/beheer/account", Role.AUDITOR),
    Page("staff_accounts.index", "/beheer/medewerkers", Role.ADMINISTRATOR),
    Page("staff_accounts.add", "/beheer/medewerkers/nieuw", Role.ADMINISTRATOR),
    Page("staff_accounts.member", "/beheer/medewerkers/2", Role.ADMINISTRATOR),
    Page("errors.not_permitted", "/beheer/medewerkers", REVIEWER, status=403),
    # rounds
    Page("staff_rounds.new", "/beheer/ronde/nieuw", MANAGER),
    Page("staff_rounds.show", beheer(PREPARATION), MANAGER, "preparation"),
    Page("staff_rounds.show", beheer(OPEN), MANAGER, "open"),
    Page("staff_rounds.show", beheer(VOTING), MANAGER, "voting"),
    Page("staff_rounds.show", beheer(PAUSED), MANAGER, "paused"),
    Page("staff_rounds.show", beheer(FINISHED), Role.AUDITOR, "auditor"),
    Page("staff_rounds.edit_framework", beheer(PREPARATION, "/kaders"), MANAGER),
    Page("staff_rounds.read_framework", beheer(PREPARATION, "/kaders-lezen"), MANAGER),
    Page("staff_rounds.ask_interrupt", beheer(OPEN, "/stilzetten"), MANAGER),
    Page("staff_rounds.ask_resume", beheer(PAUSED, "/verder"), MANAGER),
    # plans
    Page("staff_proposals.index", beheer(OPEN, "/plannen"), Role.FACILITATOR),
    Page("staff_proposals.moderate", beheer(OPEN, "/plannen/4"), Role.FACILITATOR, "shown"),
    Page("staff_proposals.moderate", beheer(OPEN, "/plannen/7"), Role.FACILITATOR, "held"),
    Page("staff_proposals.translate", beheer(OPEN, "/plannen/4/vertalen"), MANAGER),
    Page("staff_proposals.owners", beheer(OPEN, "/planeigenaren"), MANAGER),
    # reviews
    Page("staff_reviews.index", beheer(IN_REVIEW, "/toetsen"), REVIEWER),
    Page("staff_reviews.show", beheer(IN_REVIEW, "/toetsen/4"), REVIEWER),
    Page("staff_reviews.verdict", beheer(IN_REVIEW, "/toetsen/11/oordeel"), REVIEWER, "yes"),
    Page("staff_reviews.verdict", beheer(IN_REVIEW, "/toetsen/10/oordeel"), REVIEWER, "yes-if"),
    Page("staff_reviews.verdict", beheer(IN_REVIEW, "/toetsen/17/oordeel"), REVIEWER, "no"),
    Page("staff_reviews.ask", beheer(IN_REVIEW, "/toetsen/4/vraag"), REVIEWER),
    Page("staff_reviews.merge", beheer(IN_REVIEW, "/toetsen/4/samenvoegen"), REVIEWER),
    Page("staff_ballot_list.reconsider", beheer(SECOND_LOOK, "/toetsen/14/herziening"), REVIEWER),
    Page("staff_ballot_list.ballot_list", beheer(SECOND_LOOK, "/stemlijst"), MANAGER),
    Page("staff_proofs.show", beheer(SECOND_LOOK, "/stemlijst/2"), MANAGER),
    Page("staff_proofs.correct", beheer(SECOND_LOOK, "/stemlijst/2/verbeteren"), REVIEWER),
    # keys
    Page("staff_ceremony.show", beheer(LISTED, "/sleutels"), MANAGER, "before"),
    Page("staff_ceremony.show", beheer(VOTING, "/sleutels"), MANAGER, "after"),
    Page("staff_rehearsal.show", beheer(VOTING, "/sleutels/oefenen"), Role.COUNTER),
    # voting
    Page("staff_tokens.show", beheer(LISTED, "/stemcodes"), MANAGER, "before"),
    Page("staff_tokens.show", beheer(VOTING, "/stemcodes"), MANAGER, "after"),
    Page("staff_ballots.box", beheer(LISTED, "/stembus"), MANAGER, "before"),
    Page("staff_ballots.box", beheer(VOTING, "/stembus"), MANAGER, "voting"),
    Page("staff_ballots.turnout", beheer(VOTING, "/opkomst"), Role.COUNCIL),
    Page("letter_desk.show", beheer(VOTING, "/brieven"), Role.HELPER),
    # counting
    Page("staff_results.start", beheer(VOTING, "/telling/starten"), Role.COUNTER),
    Page("staff_results.read", beheer(COUNTED, "/telling"), Role.COUNTER),
    Page("staff_results.publication", beheer(COUNTED, "/uitslag-bekendmaken"), Role.COUNCIL),
    # what became of it
    Page("staff_followups.index", beheer(FINISHED, "/voortgang"), MANAGER),
    Page("staff_followups.show", beheer(FINISHED, "/voortgang/2"), MANAGER, "chosen"),
    Page("staff_followups.show", beheer(FINISHED, "/voortgang/6"), MANAGER, "not-chosen"),
    # what was learned
    Page("staff_evaluations.index", beheer(FINISHED, "/lessen"), MANAGER),
    Page("staff_evaluations.ask", beheer(FINISHED, "/lessen/voting"), Role.FACILITATOR),
)

PAGES = PUBLIC + STAFF
