"""What a benchmark must reach, and how it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from pb.trials.bench import FEW, MANY, SOME


@dataclass(frozen=True, slots=True)
class Target:
    """A figure with the least or the most that it must be."""

    name: str
    words: str
    unit: str
    least: float | None = None
    most: float | None = None

    def is_met(self, value: float) -> bool:
        """Tell whether a figure is good enough."""
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )

    def limit(self) -> str:
        """Return the target in words."""
        sign, bound = ("≥", self.least) if self.least is not None else ("≤", self.most)
        return f"{sign} {shown(bound or 0, self.unit)}"


TARGETS = (
    Target("journey_requests", "requests from choosing to receipt", "", most=6),
    Target(f"journey_per_second_{SOME}", "whole journeys (ballots) a second", "/s", least=100),
    Target("journey_request_p95_ms", "95 % of the requests of a journey within", "ms", most=150),
    Target("cast_share_of_row", "casting alone, of a bare durable row", "%", least=0.28),
    Target("cast_statements", "SQL statements of casting", "", most=10),
    Target("list_share_of_cards", "list page, of a bare page of 85 cards", "%", least=0.43),
    Target("list_statements", "SQL statements of the list page", "", most=3),
    Target("plan_statements", "SQL statements of a plan page", "", most=3),
    Target(
        "cast_cost_growth", f"casting dearer with {MANY:,} ballots than with {FEW}", "%", most=0.1
    ),
    Target(
        "list_cost_growth", f"list page dearer with {MANY:,} ballots than with {FEW}", "%", most=0.1
    ),
    Target("all_processes_rss_mb", "memory of the web processes together", "MB", most=170),
)


def shown(value: float, unit: str) -> str:
    """Return a figure with its unit."""
    if unit == "%":
        return f"{100 * value:.0f} %"
    if unit in {"ms", "/s", "MB"}:
        return f"{value:.0f} {unit}"
    return f"{value:.0f}"


def report(figures: Mapping[str, float]) -> dict[str, object]:
    """Return the figures and the targets as values for programs."""
    return {
        "targets": [
            {
                "name": target.name,
                "value": round(figures[target.name], 4),
                "least": target.least,
                "most": target.most,
                "met": target.is_met(figures[target.name]),
            }
            for target in TARGETS
        ],
        "figures": {name: round(value, 4) for name, value in sorted(figures.items())},
    }


def written(figures: Mapping[str, float]) -> str:
    """Return the figures beside their targets, and the bare limits under them."""
    lines = ["85 plans, 100,000 letters, 8,500 ballots; gunicorn and client share this machine", ""]
    for target in TARGETS:
        value = figures[target.name]
        verdict = "ok" if target.is_met(value) else "MISSED"
        lines.append(
            f"  {target.words:<52} {shown(value, target.unit):>9}   {target.limit():<9} {verdict}"
        )
    lines += ["", "Per second, and the bare limit of Flask in the same run", ""]
    for name, limit in (("cast", "row"), ("list", "cards")):
        for size in (FEW, SOME, MANY):
            own, bare = (figures[f"{each}_per_second_{size}"] for each in (name, limit))
            p95, work = (figures[f"{name}_{each}_ms_{size}"] for each in ("p95", "work"))
            lines.append(
                f"  {name:<5} with {size:>6,} ballots {own:7.0f} /s   bare {limit:<6}"
                f"{bare:7.0f} /s   p95 {p95:5.0f} ms   work {work:5.1f} ms"
            )
    lines.append(
        f"  plan  page {figures[f'plan_per_second_{SOME}']:17.0f} /s"
        f"   journey p95 {figures[f'journey_p95_ms_{SOME}']:.0f} ms in all"
    )
    largest, shared = (
        figures[f"{name}_mb"] for name in ("largest_process_rss", "all_processes_pss")
    )
    lines += [
        "",
        f"  {figures['workers']:.0f} workers; the largest process holds {largest:.0f} MB",
        f"  together, what they share counted once, {shared:.0f} MB",
        f"  100,000 codes made in {figures['mint_seconds']:.0f} s",
    ]
    if figures["load_before"] > 0.5:
        lines.append(
            f"  Other work ran on this machine (load {figures['load_before']:.1f}): measure again"
            " when it is quiet; only the work per page holds"
        )
    if failures := sum(value for name, value in figures.items() if "failures" in name):
        lines.append(f"  {failures:.0f} requests failed")
    return "\n".join(lines)
