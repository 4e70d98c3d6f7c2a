"""Canonical JSON and its hash: the same value gives the same bytes on every machine."""

import hashlib
import json


def canonical_json(value: object) -> bytes:
    """Return ``value`` as UTF-8 JSON with sorted keys and no spare spaces.

    value: dictionaries with text keys, lists, text, whole numbers, booleans and None only.
    Raises TypeError for anything else, floats included: a float has no canonical text.
    """
    refuse_floats(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256_of(value: object) -> str:
    """Return the SHA-256 of the canonical JSON of ``value``, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def refuse_floats(value: object) -> None:
    """Raise TypeError when a float hides anywhere in ``value``."""
    if isinstance(value, float):
        raise TypeError("A float has no canonical text; use cents or a fraction as text.")
    if isinstance(value, dict):
        for part in value.values():
            refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            refuse_floats(part)
