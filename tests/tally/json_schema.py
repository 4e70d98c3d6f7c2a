"""The part of JSON Schema (draft 2020-12) that our schema uses, and nothing more."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
#: Words that only describe.
SILENT = {"$schema", "$defs", "title", "description"}


def complaints(
    value: Any, schema: Mapping[str, Any], top: Mapping[str, Any] | None = None
) -> list[str]:
    """Return what is wrong with a value, each with the place where; nothing when it is valid."""
    return [
        f"{place or 'the top'}: {what}" for place, what in _wrong(value, schema, top or schema, "")
    ]


def _wrong(
    value: Any, schema: Mapping[str, Any], top: Mapping[str, Any], place: str
) -> Iterator[tuple[str, str]]:
    for word, meaning in schema.items():
        if word == "$ref":
            yield from _wrong(value, top["$defs"][meaning.removeprefix("#/$defs/")], top, place)
        elif word == "type":
            kinds = [meaning] if isinstance(meaning, str) else meaning
            if not any(_is(value, kind) for kind in kinds):
                yield place, f"{value!r} is no {' or '.join(kinds)}"
        elif word in ("enum", "const"):
            allowed = meaning if word == "enum" else [meaning]
            if not any(_same(value, each) for each in allowed):
                yield place, f"{value!r} is not one of {allowed}"
        elif word == "pattern":
            if isinstance(value, str) and not re.search(meaning, value):
                yield place, f"{value!r} does not match {meaning}"
        elif word == "minLength":
            if isinstance(value, str) and len(value) < meaning:
                yield place, f"{value!r} is too short"
        elif word == "minimum":
            if _is(value, "integer") and value < meaning:
                yield place, f"{value!r} is below {meaning}"
        elif word == "minItems":
            if isinstance(value, list) and len(value) < meaning:
                yield place, "there are too few"
        elif word == "uniqueItems":
            if (
                meaning
                and isinstance(value, list)
                and len({repr(each) for each in value}) < len(value)
            ):
                yield place, "two are the same"
        elif word == "items":
            for number, each in enumerate(value if isinstance(value, list) else []):
                yield from _wrong(each, meaning, top, f"{place}/{number}")
        elif word == "required":
            for name in meaning:
                if isinstance(value, dict) and name not in value:
                    yield place, f"'{name}' is missing"
        elif word == "properties":
            for name, each in meaning.items():
                if isinstance(value, dict) and name in value:
                    yield from _wrong(value[name], each, top, f"{place}/{name}")
        elif word == "additionalProperties":
            for name in set(value if isinstance(value, dict) else {}) - set(
                schema.get("properties", {})
            ):
                if meaning is False:
                    yield place, f"'{name}' is not known"
                else:
                    yield from _wrong(value[name], meaning, top, f"{place}/{name}")
        elif word in ("anyOf", "oneOf"):
            fits = sum(not any(_wrong(value, each, top, place)) for each in meaning)
            if fits == 0 or (word == "oneOf" and fits > 1):
                yield place, f"{value!r} fits {fits} of the alternatives"
        elif word not in SILENT:
            raise AssertionError(f"the schema uses '{word}', which is not checked here")


def _is(value: Any, kind: str) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and value == other
