"""The words that pages about plans need: names of states, areas and themes."""

from collections.abc import Iterable

from pb.frameworks.domain import Framework
from pb.proposals.domain import STATE_LABELS, PlanCard


def words_of_plans(framework: Framework) -> dict[str, object]:
    """Return the names by which a page shows where plans stand and where they belong."""
    return {
        "state_labels": STATE_LABELS,
        "area_names": {area.id: area.name for area in framework.areas},
        "theme_names": {theme.id: theme.name for theme in framework.themes},
    }


def rows_of_cards(
    plans: Iterable[PlanCard], framework: Framework
) -> list[tuple[PlanCard, str, str, str]]:
    """Return each plan with the names that its card shows: area, theme, where it stands."""
    areas = {area.id: area.name for area in framework.areas}
    themes = {theme.id: theme.name for theme in framework.themes}
    return [
        (
            plan,
            areas.get(plan.area_id, ""),
            themes.get(plan.theme_id, ""),
            STATE_LABELS[plan.state],
        )
        for plan in plans
    ]
