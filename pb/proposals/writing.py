"""What a resident writes, exactly as typed, and how it is read.

A draft is never refused: ``Writing`` keeps every word, also an amount that nobody can
read. ``missing_from`` says what keeps a plan from being sent; ``advice_on`` says how it
stands to the framework, beside the fields, and blocks nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from pb.foundation.errors import N_
from pb.foundation.money import AmountUnreadable, Cents, euros, parse_euros, written_euros
from pb.foundation.typed import as_typed
from pb.frameworks.check import Finding, check_plan
from pb.frameworks.domain import Framework
from pb.proposals.domain import ADAPTED_COST, Content, CostLine

COST_LINES = 8  # as many as an owner writes; what was agreed with the municipality is one more
LARGEST_AMOUNT = euros(100_000_000)
AMOUNT_LENGTH = 24
MINUS = ("-", "\N{MINUS SIGN}")

# The most signs that a sent plan may have, field by field. A draft may have more.
LENGTHS = {
    "title": 100,
    "summary": 2000,
    "situation": 2000,
    "place": 200,
    "own_part": 1000,
    "care": 1000,
    "pseudonym": 60,
    "reach": 200,
}
LINE_LENGTH = 100

TOO_LONG = N_("Deze tekst heeft %(length)s tekens. Er passen %(most)s tekens. Maak hem korter.")


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One cost as typed: what it is for, and the amount."""

    label: str = ""
    amount: str = ""

    @property
    def is_agreed(self) -> bool:
        """Tell whether this is what an adaptation, agreed with the municipality, changed."""
        return self.label.strip() == ADAPTED_COST

    @property
    def cents(self) -> Cents | None:
        """Return the amount in cents, or None; only what was agreed may go below zero."""
        typed = self.amount.strip()
        if not self.is_agreed or typed[:1] not in MINUS:
            return read_amount(typed)
        taken_off = read_amount(typed[1:])
        return None if taken_off is None else Cents(-taken_off)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """All that a resident wrote on the form. ``reach`` and what follows is contact data.

    place_unknown: 'Weet ik nog niet'. reach: one way to reach the owner.
    """

    title: str = ""
    summary: str = ""
    situation: str = ""
    place: str = ""
    place_unknown: bool = False
    area_id: str = ""
    theme_id: str = ""
    lines: tuple[WrittenLine, ...] = ()
    upkeep: str = ""
    own_part: str = ""
    care: str = ""
    pseudonym: str = ""
    reach: str = ""
    under_16: bool = False
    guardian_consent: bool = False

    def total(self) -> Cents | None:
        """Return the sum of the lines in cents; None when nothing can be read yet."""
        amounts = [amount for line in self.lines if (amount := line.cents)]
        return Cents(sum(amounts)) if amounts else None

    def used_lines(self) -> list[WrittenLine]:
        """Return the lines on which something was written."""
        return [line for line in self.lines if line.label.strip() or line.amount.strip()]


CONTACT_FIELDS = ("reach", "under_16", "guardian_consent")


def cleaned(writing: Writing) -> Writing:
    """Return everything that was written without the signs that nobody types."""
    texts: dict[str, Any] = {
        field.name: as_typed(getattr(writing, field.name))
        for field in fields(writing)
        if isinstance(getattr(writing, field.name), str)
    }
    lines = tuple(
        WrittenLine(as_typed(line.label), as_typed(line.amount)) for line in writing.lines
    )
    return replace(writing, **texts, lines=lines)


def to_document(writing: Writing) -> dict[str, Any]:
    """Return the writing as JSON, without the contact data, which is kept apart."""
    document = {
        field.name: getattr(writing, field.name)
        for field in fields(writing)
        if field.name not in CONTACT_FIELDS
    }
    document["lines"] = [[line.label, line.amount] for line in writing.lines]
    return document


def from_document(document: dict[str, Any], **contact: Any) -> Writing:
    """Return the writing that a document and its contact data describe."""
    lines = tuple(WrittenLine(*line) for line in document.get("lines", []))
    return Writing(**{**document, "lines": lines, **contact})


def read_amount(typed: str) -> Cents | None:
    """Return an amount in cents, or None when it is empty, unreadable or absurdly large."""
    if not typed.strip() or len(typed) > AMOUNT_LENGTH:
        return None
    try:
        amount = parse_euros(typed)
    except AmountUnreadable:
        return None
    return amount if amount <= LARGEST_AMOUNT else None


def to_content(writing: Writing) -> Content:
    """Return what a complete writing says; call only when ``missing_from`` is empty."""
    lines = tuple(
        CostLine(line.label.strip(), line.cents or Cents(0)) for line in writing.used_lines()
    )
    return Content(
        title=" ".join(writing.title.split()),
        summary=writing.summary.strip(),
        situation=writing.situation.strip(),
        place=writing.place.strip(),
        area_id=writing.area_id,
        theme_id=writing.theme_id,
        cost_lines=lines,
        cost=Cents(sum(line.amount for line in lines)),
        upkeep=read_amount(writing.upkeep),
        own_part=writing.own_part.strip(),
        care=writing.care.strip(),
        pseudonym=" ".join(writing.pseudonym.split()),
    )


def following(writing: Writing, *, before: Content, after: Content) -> Writing:
    """Return a draft in step with its plan, which changed from ``before`` to ``after``.

    What the owner wrote and did not send yet stays: nothing that was typed gets lost.
    """
    read = to_content(writing)
    moved = {
        name
        for name in Content.__dataclass_fields__
        if getattr(after, name) != getattr(before, name) == getattr(read, name)
    }
    changes: dict[str, Any] = {name: getattr(after, name) for name in moved - {"cost"}}
    if "place" in moved:
        changes["place_unknown"] = not after.place
    if "upkeep" in moved:
        changes["upkeep"] = "" if after.upkeep is None else written_euros(after.upkeep)
    if changes.pop("cost_lines", None) is not None:
        changes["lines"] = tuple(
            WrittenLine(line.label, written_euros(line.amount)) for line in after.cost_lines
        )
    return replace(writing, **changes)


def advice_on(framework: Framework, writing: Writing) -> list[Finding]:
    """Return how a writing stands to the framework, and which amounts cannot be read.

    A sum of which a part cannot be read does not fit yet, and is not said to fit.
    """
    unreadable = list(_unreadable(writing))
    in_part = any(each.field.startswith("line_") for each in unreadable)
    found = [
        *check_plan(
            framework,
            cost=writing.total(),
            upkeep=read_amount(writing.upkeep),
            area_id=writing.area_id,
            theme_id=writing.theme_id,
        ),
        *unreadable,
    ]
    return [each for each in found if not (in_part and each.field == "cost" and each.fits)]


def missing_from(framework: Framework, writing: Writing) -> list[Finding]:
    """Return what keeps a writing from being sent, in the order of the form."""
    return [
        *_empty(framework, writing),
        *_unreadable(writing),
        *_who(writing),
        *_too_long(writing),
    ]


def _empty(framework: Framework, writing: Writing) -> Iterator[Finding]:
    if not writing.title.strip():
        yield Finding("title", N_("De naam van uw plan is nog niet ingevuld."))
    if not writing.summary.strip():
        yield Finding("summary", N_("Schrijf kort op wat u wilt doen."))
    if not writing.place.strip() and not writing.place_unknown:
        yield Finding(
            "place",
            N_(
                "De plek is nog niet ingevuld. Schrijf een straat of plein op. "
                "Weet u het nog niet? Kies 'Weet ik nog niet'."
            ),
        )
    if writing.area_id not in {area.id for area in framework.areas}:
        yield Finding("area_id", N_("Kies een gebied uit de lijst."))
    if writing.theme_id not in {theme.id for theme in framework.themes}:
        yield Finding("theme_id", N_("Kies een thema uit de lijst."))
    if (writing.total() or 0) <= 0 and not any(_unreadable(writing)):
        yield Finding(
            "line_1", N_("Schrijf op wat uw plan ongeveer kost. Een schatting is genoeg.")
        )


def _unreadable(writing: Writing) -> Iterator[Finding]:
    for place, line in enumerate(writing.lines, start=1):
        if line.amount.strip() and line.cents is None:
            yield Finding(
                f"line_{place}",
                N_("Dit is geen bedrag: %(typed)s. Schrijf het in euro's, zoals 1250 of 1.250,50."),
                (("typed", line.amount[:AMOUNT_LENGTH]),),
            )
        elif line.label.strip() and not line.amount.strip():
            yield Finding(
                f"line_{place}", N_("Schrijf hier ook een bedrag op. Kost het niets? Vul 0 in.")
            )
    if writing.upkeep.strip() and read_amount(writing.upkeep) is None:
        yield Finding(
            "upkeep",
            N_("Dit is geen bedrag: %(typed)s. Schrijf het in euro's, zoals 1250 of 1.250,50."),
            (("typed", writing.upkeep[:AMOUNT_LENGTH]),),
        )


def _who(writing: Writing) -> Iterator[Finding]:
    if not writing.pseudonym.strip():
        yield Finding(
            "pseudonym",
            N_("Kies een naam die wij mogen laten zien. Uw eigen naam hoeft niet."),
        )
    if not writing.reach.strip():
        yield Finding("reach", N_("Schrijf op hoe wij u kunnen bereiken: telefoon, mail of adres."))
    if writing.under_16 and not writing.guardian_consent:
        yield Finding(
            "guardian_consent",
            N_(
                "Bent u jonger dan 16 jaar? Dan moet een ouder het goed vinden. "
                "Vraag het en zet een vinkje."
            ),
        )


def _too_long(writing: Writing) -> Iterator[Finding]:
    for field, most in LENGTHS.items():
        length = len(getattr(writing, field))
        if length > most:
            yield Finding(
                field,
                TOO_LONG,
                (("length", length), ("most", most)),
            )
    for place, line in enumerate(writing.lines, start=1):
        if len(line.label) > LINE_LENGTH:
            yield Finding(
                f"line_{place}",
                TOO_LONG,
                (("length", len(line.label)), ("most", LINE_LENGTH)),
            )
