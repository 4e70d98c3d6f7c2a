"""Join the style sheets into ``static/css/site.css``, the one file that pages load.

    python docs/vendoring/bundle_css.py

Only licence notes (``/*!``) stay of the comments. Of what is vendored only that stays which a
page can reach: rules for classes that stand in a template, and tokens that some rule reads. So a
template that is the first to use a class of the design system needs a new bundle. A test makes
the bundle again and compares it with the committed file.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
DECLARATION = re.compile(r"(--[\w-]+):\s*([^;]*);")
CLASS = re.compile(r"\.((?:nl|utrecht)-[\w-]+)")
WORD = re.compile(r"\b(?:nl|utrecht)-[\w-]+")


def main() -> None:
    """Write the bundle."""
    (STATIC / "css" / "site.css").write_text(bundle(), encoding="utf-8", newline="\n")


def parts() -> list[Path]:
    """Return the style sheets in the order in which they apply; the last one wins."""
    css = STATIC / "css"
    return [
        STATIC / "vendor" / "theme-voorbeeld.css",
        STATIC / "vendor" / "components.css",
        css / "base.css",
        *sorted((css / "components").glob("*.css")),
        css / "print.css",
        *sorted((css / "themes").glob("*.css")),
    ]


def bundle() -> str:
    """Return the text of ``site.css``."""
    theme, components, *own = [path.read_text(encoding="utf-8") for path in parts()]
    reached = with_reached_rules(components, classes_in_templates())
    rules = "\n".join(shortened(text) for text in [reached, *own])
    return shortened(with_reached_tokens(theme, rules)) + "\n" + rules + "\n"


def classes_in_templates() -> set[str]:
    """Return the design system's classes in templates; one that ends in ``-`` is a beginning."""
    pages = sorted(TEMPLATES.rglob("*.html"))
    return {word for page in pages for word in WORD.findall(page.read_text(encoding="utf-8"))}


def with_reached_rules(css: str, classes: set[str]) -> str:
    """Return a style sheet without the rules that no element of a page can match."""
    beginnings = tuple(name for name in classes if name.endswith("-"))

    def is_reached(selector: str) -> bool:
        names = CLASS.findall(re.sub(r":not\(.*\)|:where\(\.utrecht-root\)", "", selector))
        return all(name in classes or name.startswith(beginnings) for name in names)

    kept = []
    for head, body in rules_of(css):
        if head.startswith("@"):
            inner = with_reached_rules(body, classes)
            kept.append(f"{head}{{\n{inner}}}\n" if inner else "")
        else:
            note = "".join(re.findall(r"/\*!.*?\*/\s*", head))
            bare = re.sub(r"/\*.*?\*/", "", head, flags=re.DOTALL)
            selectors = [one.strip() for one in re.split(r",(?![^(]*\))", bare)]
            reached = ",".join(one for one in selectors if is_reached(one))
            kept.append(note + (f"{reached}{{{body.strip()}}}\n" if reached else ""))
    return "".join(kept)


def rules_of(css: str) -> list[tuple[str, str]]:
    """Return (what stands before the brace, what stands inside) for each rule of the top level."""
    found, start, opened, depth = [], 0, 0, 0
    for at, character in enumerate(css):
        if character == "{":
            opened = at if depth == 0 else opened
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                found.append((css[start:opened].strip(), css[opened + 1 : at]))
                start = at + 1
    return found


def with_reached_tokens(theme: str, rules: str) -> str:
    """Return the theme without the tokens that neither a rule nor a reached token reads."""
    declared = dict(DECLARATION.findall(theme))
    waiting, reached = VARIABLE.findall(rules), set()
    while waiting:
        name = waiting.pop()
        if name in declared and name not in reached:
            reached.add(name)
            waiting += VARIABLE.findall(declared[name])
    return DECLARATION.sub(lambda found: found[0] if found[1] in reached else "", theme)


def shortened(css: str) -> str:
    """Return a style sheet without comments, indents and empty lines."""
    bare = re.sub(r"/\*(?!!).*?\*/", "", css, flags=re.DOTALL)
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


if __name__ == "__main__":
    main()
