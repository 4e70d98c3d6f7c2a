"""Parts of pages that depend on nothing but the values they show, drawn once per language.

A list of 85 plans draws 85 cards for every visitor, in another order each time; the cards
themselves do not change until a plan does. The values are the key, so a changed plan is
drawn anew at once, in every process, without anybody being told.

A fragment may have holes, where a value comes that differs from visitor to visitor.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from flask import Flask, g, request
from markupsafe import Markup, escape

# A card takes some 2 kB; what is drawn is forgotten as a whole when there is too much of it.
KEPT_AT_MOST = 4_096

#: Stands in a fragment where a value comes; a sign that ``as_typed`` lets nobody type.
HOLE = "\x1a"

_drawn: dict[Hashable, Markup] = {}


def remembered(macro: Callable[..., Markup], *values: Any, beside: Any = None) -> Markup:
    """Return what a macro draws from these values; draws it when nobody asked before.

    The macro must be imported without context, and draw from its values, the language and
    addresses only. beside: goes to the macro as its last value and is no part of the key; it
    must follow from the others. A text and the same text as Markup are different values.
    """
    return _remembered(macro, _place(), values, beside)


def remembered_each(
    macro: Callable[..., Markup], rows: Iterable[tuple[Any, ...]], *values: Any
) -> Markup:
    """Return what a macro draws from each row and these values, one after the other."""
    place = _place()
    drawn = [_remembered(macro, place, (*row, *values), None) for row in rows]
    return Markup("\n".join(drawn))  # noqa: S704 - all of them drawn by a macro


def filled(drawn: Markup, *values: Any) -> Markup:
    """Return a fragment with its holes filled, in order; one value alone fills all of them.

    Raises ValueError when several values are not as many as the holes.
    """
    pieces = str(drawn).split(HOLE)
    if len(values) == 1:
        return Markup(str(escape(values[0])).join(pieces))  # noqa: S704 - a macro's own
    first, *others = pieces
    pairs = zip(values, others, strict=True)
    rest = [str(escape(value)) + other for value, other in pairs]
    return Markup("".join([first, *rest]))  # noqa: S704 - a macro's own


def _place() -> tuple[str, str]:
    """Return what every fragment depends on: the language, and where the service is mounted."""
    return g.get("language", "nl"), request.script_root


def _remembered(
    macro: Callable[..., Markup], place: tuple[str, str], values: tuple[Any, ...], beside: Any
) -> Markup:
    key = (macro, place, values, tuple(map(type, values)))
    found = _drawn.get(key)
    if found is None:
        if len(_drawn) >= KEPT_AT_MOST:
            _drawn.clear()
        drawn = macro(*values) if beside is None else macro(*values, beside)
        found = _drawn[key] = Markup(drawn)  # noqa: S704 - a macro's own
    return found


def offer_fragments(app: Flask) -> None:
    """Give templates ``remembered``, ``remembered_each``, ``hole`` and ``filled``."""
    app.jinja_env.globals.update(
        remembered=remembered, remembered_each=remembered_each, hole=HOLE, filled=filled
    )
