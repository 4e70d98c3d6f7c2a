"""Keeps the catalogues up to date: gathers every sentence, merges it, and compiles.

``python -m pb.web.catalogues`` after a change of words; a test fails until it was run and every
new sentence was translated. Dutch needs no catalogue: it is the source.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from pb.foundation.language import DUTCH, OFFERED

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).with_name("translations")
KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
PLACES = ("pb", "templates")


def sentences() -> Catalog:
    """Return every sentence of the code and the templates, with where it stands."""
    catalogue = Catalog(project="pb", fuzzy=False)
    for place, line, message, comments, context in _found():
        catalogue.add(message, None, [(place, line)], auto_comments=comments, context=context)
    return catalogue


def _found() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    for folder in PLACES:
        found = extract_from_dir(
            ROOT / folder,
            method_map=[("**.py", "python"), ("**.html", "jinja2"), ("**.atom", "jinja2")],
            options_map={"**.html": {"trimmed": "true"}, "**.atom": {"trimmed": "true"}},
            keywords=KEYWORDS,
        )
        for file, line, message, comments, context in found:
            yield f"{folder}/{file}", line, message, list(comments), context


def path_of(code: str) -> Path:
    """Return where the catalogue of a language lies."""
    return FOLDER / code / "LC_MESSAGES" / "messages.po"


def read(code: str) -> Catalog:
    """Return the catalogue of a language, empty when there is none yet."""
    path = path_of(code)
    if not path.exists():
        return Catalog(locale=code, project="pb", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as the bytes that gettext reads."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update(code: str) -> int:
    """Merge the sentences into the catalogue of a language; return how many lack words."""
    catalogue = read(code)
    catalogue.update(sentences(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path = path_of(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, no_location=True, sort_output=True)
    path.with_suffix(".mo").write_bytes(compiled(read(code)))
    return len(untranslated(catalogue))


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the sentences of a catalogue that lack words in some plural form, sorted."""
    missing = []
    for message in catalogue:
        words = message.string
        complete = all(words) if isinstance(words, tuple | list) else bool(words)
        if message.id and not complete:
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return sorted(missing)


def main() -> None:
    """Update the catalogue of every offered language and say what is still missing."""
    for language in OFFERED:
        if language != DUTCH:
            print(f"{language.code}: {update(language.code)} sentences without a translation")  # noqa: T201 - the report of this command


if __name__ == "__main__":
    main()
