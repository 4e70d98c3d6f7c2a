import io
from gettext import GNUTranslations

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.setup.repository import ROOT, files


def test_the_compiled_words_say_what_the_catalogues_say():
    stale = []
    for path in files():
        if path.suffix != ".po":
            continue
        compiled = io.BytesIO()
        with (ROOT / path).open("rb") as catalogue:
            write_mo(compiled, read_po(catalogue, locale=path.parts[-3]))
        compiled.seek(0)
        with (ROOT / path).with_suffix(".mo").open("rb") as committed:
            if words(committed) != words(compiled):
                stale.append(str(path))

    assert stale == [], "pybabel compile -d pb/web/translations"


def words(compiled):
    catalogue = dict(GNUTranslations(compiled)._catalog)
    catalogue.pop("", None)  # dates and the name of the tool
    return catalogue
