"""The result as a table for spreadsheets: one row per plan, the same in every language."""

import csv
import io

from pb.results.domain import Result

COLUMNS = (
    "number",
    "title",
    "area",
    "theme",
    "cost_cents",
    "votes",
    "score",
    "chosen",
    "pass",
    "reason",
    "lot",
    "withdrawn",
    "max_winning_cost_cents",
    "extra_votes",
)
# A spreadsheet would run a cell that begins so as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def to_csv(result: Result) -> bytes:
    """Return the plans by number, as UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for plan in result.plans:
        step = result.deciding_step(plan)
        writer.writerow(
            (
                plan.number,
                _safe(plan.title),
                _safe(result.name_of("area", plan.area_id)),
                _safe(result.name_of("theme", plan.theme_id)),
                plan.cost,
                result.votes(plan),
                result.of(plan).score,
                "yes" if result.is_chosen(plan) else "no",
                step.pass_.value,
                step.reason.value,
                plan.lot_number,
                "yes" if plan.withdrawn else "no",
                _or_empty(result.of(plan).max_winning_cost),
                _or_empty(result.of(plan).extra_votes),
            )
        )
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def _or_empty(value: int | None) -> int | str:
    return "" if value is None else value


def _safe(words: str) -> str:
    return f"'{words}" if words.startswith(FORMULA_SIGNS) else words
