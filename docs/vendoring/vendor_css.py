"""Copy the design system's style sheets and the fonts into ``static/``.

Run by a developer, by hand, when a version in ``package.json`` changes::

    python docs/vendoring/vendor_css.py

It installs the packages in a temporary folder without running any of their scripts, stops when
one of them has a licence that is not free, and writes

* ``static/vendor/components.css``: the components, one after the other;
* ``static/vendor/theme-voorbeeld.css``: of the theme, the tokens that those components, our own
  style sheets or the theme's base layer reach;
* ``static/fonts/*.woff2`` with the text of their licence;
* ``static/vendor/VENDOR.json``: name, version, licence of each package, SHA-256 of each file.

The result is committed, so nobody needs node to run or to test the service.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATIC = HERE.parents[1] / "static"
FREE_LICENCES = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "EUPL-1.2",
                 "MIT", "OFL-1.1"}  # fmt: skip
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
DECLARATION = re.compile(r"^\s*(--[\w-]+):\s*(.*?);", re.MULTILINE)


def main() -> None:
    """Install, check, copy and write the list of what was copied."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--node-modules", type=Path, help="use this folder, do not install")
    parser.add_argument("--into", type=Path, default=STATIC, help="default: static/")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        modules = chosen.node_modules or install(Path(folder))
        vendor(modules, chosen.into)


def install(folder: Path) -> Path:
    """Let npm fetch the packages of ``package.json`` into a folder; return its node_modules."""
    shutil.copy(HERE / "package.json", folder)
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
    subprocess.run(["npm", "install", *flags], cwd=folder, check=True)
    return folder / "node_modules"


def vendor(modules: Path, static: Path) -> None:
    """Write every vendored file below ``static`` and the list of them."""
    plan = json.loads((HERE / "package.json").read_text())
    packages = [describe(modules, name, plan) for name in sorted(plan["dependencies"])]
    versions = {package["name"]: package for package in packages}
    (static / "vendor").mkdir(parents=True, exist_ok=True)
    components = "\n".join(
        f"/*! {name} {versions[name]['version']}, {versions[name]['licence']} */\n"
        + stylesheet(modules / name)
        for name in plan["vendor"]["stylesheets"]
    )
    written = [save(static / "vendor" / "components.css", components + "\n")]
    own = "".join(path.read_text() for path in sorted((static / "css").rglob("*.css")))
    theme = plan["vendor"]["theme"]
    head = f"/*! {theme['package']} {versions[theme['package']]['version']}, EUPL-1.2, shortened */"
    tokens = reached_tokens(
        (modules / theme["package"] / theme["file"]).read_text(), components + own, theme["keep"]
    )
    lines = "".join(f"  {name}: {value};\n" for name, value in tokens.items())
    text = f"{head}\n.voorbeeld-theme {{\n{lines}}}\n"
    written.append(save(static / "vendor" / "theme-voorbeeld.css", text))
    written += fonts(modules, static / "fonts", plan["vendor"]["fonts"])
    hashes = {
        path.relative_to(static).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(written)
    }
    listing = json.dumps({"packages": packages, "files": hashes}, indent=2)
    save(static / "vendor" / "VENDOR.json", listing + "\n")


def describe(modules: Path, name: str, plan: dict) -> dict[str, str]:
    """Return name, version and licence of a package; stop when it may not be vendored."""
    package = json.loads((modules / name / "package.json").read_text())
    licence = package.get("license")
    if licence not in FREE_LICENCES:
        sys.exit(f"{name}: the licence {licence!r} is not on the list of free licences.")
    if package["version"] != plan["dependencies"][name]:
        sys.exit(f"{name}: found {package['version']}, package.json asks for another version.")
    return {"name": name, "version": package["version"], "licence": licence}


def stylesheet(package: Path) -> str:
    """Return the style sheet of one component, without the pointer to its source map."""
    short = package.name.removesuffix("-css")
    candidates = [package / "dist" / name for name in ("index.min.css", f"{short}.css")]
    found = next(path for path in candidates if path.exists())
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", found.read_text()).strip()


def reached_tokens(theme: str, styles: str, keep: list[str]) -> dict[str, str]:
    """Return the theme's tokens that the styles read, directly or through another token.

    keep: beginnings of names that stay, read or not: the layers that a municipality overrides.
    """
    declared = dict(DECLARATION.findall(theme))
    waiting = VARIABLE.findall(styles) + [n for n in declared if n.startswith(tuple(keep))]
    reached = set()
    while waiting:
        name = waiting.pop()
        if name in declared and name not in reached:
            reached.add(name)
            waiting += VARIABLE.findall(declared[name])
    return {name: value for name, value in declared.items() if name in reached}


def fonts(modules: Path, folder: Path, wanted: dict[str, list[str]]) -> list[Path]:
    """Copy the font files, and for each package the text of its licence."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for package, names in wanted.items():
        written.append(folder / f"OFL-{package.split('/')[1]}.txt")
        shutil.copyfile(modules / package / "LICENSE", written[-1])
        for name in names:
            written.append(folder / name)
            shutil.copyfile(modules / package / "files" / name, written[-1])
    return written


def save(path: Path, text: str) -> Path:
    """Write a text with Unix line ends and return where it stands."""
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


if __name__ == "__main__":
    main()
