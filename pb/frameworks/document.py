"""A framework as a document: plain JSON that is hashed, stored and published, and back."""

import dataclasses
import types
import typing
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from pb.foundation.canonical import sha256_of
from pb.frameworks.domain import Framework
from pb.tally.rules import Rule

SWITCHES = "switches"


def to_document(framework: Framework) -> dict[str, Any]:
    """Return a framework as JSON values: money in cents, moments as ISO 8601 in UTC.

    Under ``counting`` every switch of the rule is written out as well, so that what was sealed
    says by itself how ballots are counted.
    """
    document: dict[str, Any] = _plain(framework)
    document["counting"][SWITCHES] = framework.counting.full_rule.as_dict()
    return document


def from_document(document: dict[str, Any]) -> Framework:
    """Return the framework that a document describes.

    Raises ValueError, TypeError or KeyError when it was not made by ``to_document``, or when the
    switches that were sealed are not those that the rule has now.
    """
    counting = dict(document["counting"])
    switches = counting.pop(SWITCHES, None)
    framework: Framework = _value(Framework, {**document, "counting": counting})
    if switches is not None and Rule.from_dict(switches) != framework.counting.full_rule:
        raise ValueError("The rule of this framework has other switches than were sealed.")
    return framework


def hash_of(framework: Framework) -> str:
    """Return the public hash of a framework: SHA-256 of its canonical JSON."""
    return sha256_of(to_document(framework))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value


@cache
def _shapes(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _value(shape: Any, plain: Any) -> Any:
    """Read ``plain`` as ``shape``: dataclasses, tuples, optional values, enums, moments."""
    origin, parts = typing.get_origin(shape), typing.get_args(shape)
    if origin is types.UnionType:
        return None if plain is None else _value(parts[0], plain)
    if origin is tuple:
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_value(parts[0], part) for part in plain)
        return tuple(_value(part, each) for part, each in zip(parts, plain, strict=True))
    if isinstance(shape, typing.NewType):
        return int(plain)
    if dataclasses.is_dataclass(shape):
        known = _shapes(typing.cast("type", shape))
        return shape(**{name: _value(known[name], part) for name, part in plain.items()})  # type: ignore[operator] # a class
    if shape is datetime:
        return datetime.fromisoformat(plain)
    if isinstance(shape, type) and issubclass(shape, StrEnum):
        return shape(plain)
    return plain
