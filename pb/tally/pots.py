"""The money that is left while a count goes on: the whole pool, per area and per theme."""

from pb.tally.election import Election, Project


class Pots:
    """What can still be spent, in cents.

    pool: of the whole budget. A project must always fit it.
    An area or theme that has no limit in this election, or whose limits the rule does not use,
    never holds a project back.
    """

    def __init__(self, election: Election, *, area_budgets: bool, theme_ceilings: bool) -> None:
        """Start with the full amounts of the limits that the rule uses."""
        self.pool = election.budget
        self._areas = dict(election.area_budgets) if area_budgets else {}
        self._themes = dict(election.theme_ceilings) if theme_ceilings else {}

    def copy(self) -> "Pots":
        """Return the same amounts, to be spent apart from these."""
        twin = object.__new__(Pots)
        twin.pool = self.pool
        twin._areas = dict(self._areas)
        twin._themes = dict(self._themes)
        return twin

    @property
    def has_limits(self) -> bool:
        """Tell whether anything but the whole pool holds projects back."""
        return bool(self._areas or self._themes)

    def area_left(self, project: Project) -> int | None:
        """Return what is left for the area of a project, or None when it has no limit."""
        return self._areas.get(project.area)

    def tightest_theme(self, project: Project) -> tuple[str, int] | None:
        """Return the theme of a project with the least left and that amount, or None."""
        limited = [theme for theme in project.themes if theme in self._themes]
        if not limited:
            return None
        tightest = min(limited, key=lambda theme: (self._themes[theme], theme))
        return tightest, self._themes[tightest]

    def allows(self, project: Project) -> bool:
        """Tell whether a project fits its area and its themes, whatever the pool holds."""
        area_left = self.area_left(project)
        theme = self.tightest_theme(project)
        return (area_left is None or project.cost <= area_left) and (
            theme is None or project.cost <= theme[1]
        )

    def spend(self, project: Project) -> None:
        """Take the cost of a project from the pool, its area and all its themes."""
        self.pool -= project.cost
        if project.area in self._areas:
            self._areas[project.area] -= project.cost
        for theme in project.themes:
            if theme in self._themes:
                self._themes[theme] -= project.cost

    def pour_together(self, *, keep_theme_ceilings: bool) -> None:
        """Lift the limits of the areas, so that all that is left is one remainder pool."""
        self._areas.clear()
        if not keep_theme_ceilings:
            self._themes.clear()
