"""Raising the shares step by step until the money is spent (ADD1), without counting every step.

Source: the yardstick of the rules, sections 2.4 and 4.3.

**Why steps may be left out.** Take two shares b < b'. As long as both runs buy the same in the
same order, no voter has less money left at b' than at b, and no payment is higher: by induction
over the rounds, since a payment q is the least with sum(min(money, q w)) = cost, more money never
makes it rise, and max(0, money - q w) never falls when money rises and q falls. The same holds
for any share in between. So let w be the winner of a round and x any rival, with keys w(b), x(b):

    x(b) >= x(between) >= x(b')   and   w(b) >= w(between) >= w(b').

If x(b') > w(b), then x(between) > w(between): w wins there too, without a tie. If x(b') = w(b) and
w goes before x in the tie order, w wins there too; and if then w(b) = w(b') as well, the key of w
is the same everywhere in between, so a tie there means that x has this key at b' too: the tie is
seen at b'. Who cannot be paid for at b' cannot be in between, because supporters have no more
there; so the runs also end together. ``Run.go`` checks exactly this for every round. The cost of
an outcome is not monotone in the share, so nothing is ever looked for by halving.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from pb.tally.errors import CountRefused
from pb.tally.outcome import Ending
from pb.tally.shares import Run

#: How often the shares are raised at most, so that a count always ends.
MOST_STEPS = 1_000_000

#: How often the share is raised by one step before leaps are tried again, at most.
LONGEST_REST = 16


@dataclass(slots=True)
class Raised:
    """The run that counts, how often the share was raised for it, and why it was the last.

    ties: places (winner, rival) of all runs that were needed to know the end.
    following: the run one step further, when it was made on the way.
    runs: how many runs were made. fallbacks: how often a decision was computed exactly.
    """

    run: Run
    increments: int
    ending: Ending
    ties: set[tuple[int, int]] = field(default_factory=set)
    following: Run | None = None
    runs: int = 0
    fallbacks: int = 0


def raise_shares(
    start: Fraction,
    step: int,
    new_run: Callable[[Fraction], Run],
    ending_of: Callable[[Run], Ending | None],
    budget: int,
) -> Raised:
    """Raise the share by ``step`` cents until a run is the last one.

    ending_of: why a run within the budget is the last, or None.
    Raises CountRefused when the share would have to be raised more than ``MOST_STEPS`` times.
    """
    found = Raised(new_run(start), 0, Ending.SINGLE)
    found.run.go()
    _note(found, found.run)
    gallop = _Gallop()
    while (ending := ending_of(found.run)) is None:
        gallop.run(found, start, step, new_run)
        if found.increments >= MOST_STEPS:
            raise CountRefused(
                f"the shares were raised {MOST_STEPS} times and money is still left; "
                "choose a larger step"
            )
        run = new_run(start + (found.increments + 1) * step)
        run.go()
        _note(found, run)
        if run.cost > budget:
            found.following = run
            ending = Ending.OVERSPENDING
            break
        gallop.note_step(same=run.bought == found.run.bought)
        found.run, found.increments = run, found.increments + 1
    found.ending = ending
    return found


class _Gallop:
    """Leaps for which it is certain that nothing changes.

    After a leap that held, twice as far; after one that did not, a quarter. Where leaps keep
    failing the shares are raised one by one for a while, longer each time.
    """

    def __init__(self) -> None:
        self._leap = 1
        self._rest = 0
        self._patience = 1

    def run(
        self, found: Raised, start: Fraction, step: int, new_run: Callable[[Fraction], Run]
    ) -> None:
        """Go on by leaps as long as they hold."""
        while (leap := min(self._leap, MOST_STEPS - found.increments)) > 1:
            run = new_run(start + (found.increments + leap) * step)
            held = run.go(against=found.run)
            found.runs += 1
            found.fallbacks += run.fallbacks
            if held:
                found.run, found.increments = run, found.increments + leap
                found.ties |= run.ties
                self._leap = 2 * leap
                self._patience = 1
            else:
                self._leap = leap // 4
                if self._leap <= 1:
                    self._rest = self._patience
                    self._patience = min(2 * self._patience, LONGEST_REST)

    def note_step(self, *, same: bool) -> None:
        """Decide after a single step whether the next may be a leap."""
        self._rest -= 1
        self._leap = 2 if same and self._rest <= 0 else 1


def _note(found: Raised, run: Run) -> None:
    """Keep what a run that is needed for the end has seen."""
    found.ties |= run.ties
    found.runs += 1
    found.fallbacks += run.fallbacks
