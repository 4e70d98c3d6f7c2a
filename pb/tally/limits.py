"""The money that is left while a count goes on: the whole pool, per area and per theme."""

from pb.tally.election import Election, Project


class Limits:
    """What can still be spent, in cents.

    pool: of the whole budget, or of the pot that is counted.
    An area or theme that has no limit in this election, or whose limits the rule does not use,
    never holds a project back.
    """

    def __init__(self, election: Election, *, area_budgets: bool, theme_ceilings: bool) -> None:
        """Start with the full amounts of the limits that the rule uses."""
        self.pool = election.budget
        self._areas = dict(election.area_budgets) if area_budgets else {}
        self._themes = dict(election.theme_ceilings) if theme_ceilings else {}

    def copy(self) -> "Limits":
        """Return the same amounts, to be spent apart from these."""
        twin = object.__new__(Limits)
        twin.pool = self.pool
        twin._areas = dict(self._areas)
        twin._themes = dict(self._themes)
        return twin

    @property
    def bind(self) -> bool:
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

    def room(self, project: Project) -> int | None:
        """Return the most a project may cost for its area and themes; None is no limit."""
        area, theme = self.area_left(project), self.tightest_theme(project)
        rooms = [left for left in (area, theme and theme[1]) if left is not None]
        return min(rooms, default=None)

    def allows(self, project: Project) -> bool:
        """Tell whether a project fits its area and its themes, whatever the pool holds."""
        room = self.room(project)
        return room is None or project.cost <= room

    def spend(self, project: Project) -> None:
        """Take the cost of a project from the pool, its area and all its themes."""
        self.pool -= project.cost
        if project.area in self._areas:
            self._areas[project.area] -= project.cost
        for theme in project.themes:
            if theme in self._themes:
                self._themes[theme] -= project.cost

    def pour_together(self, pool: int, *, keep_theme_ceilings: bool) -> None:
        """Lift the limits of the areas, so that all that is left is one pool."""
        self.pool = pool
        self._areas.clear()
        if not keep_theme_ceilings:
            self._themes.clear()
