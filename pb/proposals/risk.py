"""The risk card of a plan: how big the risk is, who is liable, and how it is insured.

Filled in by a reviewer (the reviews room) before the ballot; kept on the plan, as the answer
of the municipality is, because everyone reads it there.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pb.foundation.errors import N_, Unacceptable


class RiskKind(StrEnum):
    """What sort of plan it is, seen from its risks."""

    SELF_MANAGED_SPACE = "self_managed_space"
    PLAY = "play"
    SELF_MANAGED_FACILITY = "self_managed_facility"
    TEMPORARY_USE = "temporary_use"
    EVENT = "event"


RISK_KIND_LABELS = {
    RiskKind.SELF_MANAGED_SPACE: N_("Een plek die bewoners zelf beheren"),
    RiskKind.PLAY: N_("Een plek om te spelen"),
    RiskKind.SELF_MANAGED_FACILITY: N_("Een voorziening die bewoners zelf beheren"),
    RiskKind.TEMPORARY_USE: N_("Tijdelijk gebruik van een plek"),
    RiskKind.EVENT: N_("Een activiteit of een feest"),
}


class RiskLevel(StrEnum):
    """How big the risk is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


RISK_LEVEL_LABELS = {
    RiskLevel.LOW: N_("Laag"),
    RiskLevel.MEDIUM: N_("Gemiddeld"),
    RiskLevel.HIGH: N_("Hoog"),
}


class LiableParty(StrEnum):
    """Who pays when something goes wrong."""

    MUNICIPALITY = "municipality"
    OWNER = "owner"
    PARTNER = "partner"


LIABLE_LABELS = {
    LiableParty.MUNICIPALITY: N_("De gemeente"),
    LiableParty.OWNER: N_("De planeigenaar"),
    LiableParty.PARTNER: N_("Een andere organisatie"),
}


class Insurance(StrEnum):
    """How damage is insured."""

    MUNICIPALITY = "municipality"
    VOLUNTEERS = "volunteers"
    OWN = "own"
    NOT_NEEDED = "not_needed"


INSURANCE_LABELS = {
    Insurance.MUNICIPALITY: N_("Via de gemeente"),
    Insurance.VOLUNTEERS: N_("Via de vrijwilligersverzekering van de gemeente"),
    Insurance.OWN: N_("Met een eigen verzekering"),
    Insurance.NOT_NEEDED: N_("Een verzekering is niet nodig"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskProfile:
    """What a reviewer fills in. partner: the organisation that is liable, else empty.

    note: what was agreed, in words that everyone reads.
    """

    kind: RiskKind
    level: RiskLevel
    liable: LiableParty
    insurance: Insurance
    note: str
    partner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCard(RiskProfile):
    """The profile as it stands on a plan. by: the function that filled it in."""

    at: datetime
    by: str

    @property
    def kind_words(self) -> str:
        """Return the sort of plan as a marked text."""
        return RISK_KIND_LABELS[self.kind]

    @property
    def level_words(self) -> str:
        """Return how big the risk is as a marked text."""
        return RISK_LEVEL_LABELS[self.level]

    @property
    def liable_words(self) -> str:
        """Return who is liable: the name of a partner, else a marked text."""
        return self.partner or LIABLE_LABELS[self.liable]

    @property
    def insurance_words(self) -> str:
        """Return how damage is insured as a marked text."""
        return INSURANCE_LABELS[self.insurance]


def filled_in(profile: RiskProfile, *, at: datetime, by: str) -> RiskCard:
    """Return the card of a profile. Raises NoteMissing, PartnerMissing."""
    partner = " ".join(profile.partner.split())
    if not profile.note.strip():
        raise NoteMissing
    if profile.liable is not LiableParty.PARTNER:
        partner = ""
    elif not partner:
        raise PartnerMissing
    return RiskCard(
        kind=profile.kind,
        level=profile.level,
        liable=profile.liable,
        insurance=profile.insurance,
        note=profile.note.strip(),
        partner=partner,
        at=at,
        by=by,
    )


def card_to_document(card: RiskCard | None) -> dict[str, Any] | None:
    """Return a card as JSON values; None when there is none."""
    return None if card is None else {**asdict(card), "at": card.at.isoformat()}


def card_from_document(document: dict[str, Any] | None) -> RiskCard | None:
    """Return the card that ``card_to_document`` wrote, or None when there is none."""
    if document is None:
        return None
    return RiskCard(
        kind=RiskKind(document["kind"]),
        level=RiskLevel(document["level"]),
        liable=LiableParty(document["liable"]),
        insurance=Insurance(document["insurance"]),
        note=document["note"],
        partner=document["partner"],
        at=datetime.fromisoformat(document["at"]),
        by=document["by"],
    )


class NoteMissing(Unacceptable):
    """A risk card does not say what was agreed."""

    sentence = N_("Schrijf op wat er is afgesproken over risico en verzekering.")


class PartnerMissing(Unacceptable):
    """Another organisation is liable, and nobody says which."""

    sentence = N_("Schrijf op welke organisatie aansprakelijk is.")
