"""The words that pages about plans need: names of states, areas and themes."""

from pb.frameworks.domain import Framework
from pb.proposals.domain import STATE_LABELS


def words_of_plans(framework: Framework) -> dict[str, object]:
    """Return the names by which a page shows where plans stand and where they belong."""
    return {
        "state_labels": STATE_LABELS,
        "area_names": {area.id: area.name for area in framework.areas},
        "theme_names": {theme.id: theme.name for theme in framework.themes},
    }
