"""What was made by others lies here as it was fetched, under licences that are free."""

import hashlib
import json

from docs.vendoring.vendor_css import FREE_LICENCES, HERE, STATIC, VARIABLE

LISTED = json.loads((STATIC / "vendor" / "VENDOR.json").read_text(encoding="utf-8"))
WANTED = json.loads((HERE / "package.json").read_text(encoding="utf-8"))


def test_vendored_files_are_the_ones_that_were_fetched():
    found = {
        name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in LISTED["files"]
    }

    assert found == LISTED["files"]


def test_every_vendored_file_is_listed():
    folders = [(STATIC / "vendor").glob("*.css"), (STATIC / "fonts").glob("*.*")]
    present = {path.relative_to(STATIC).as_posix() for folder in folders for path in folder}

    assert present == set(LISTED["files"])


def test_every_vendored_package_has_a_free_licence():
    assert {package["licence"] for package in LISTED["packages"]} <= FREE_LICENCES


def test_the_listed_versions_are_the_ones_that_were_asked_for():
    listed = {package["name"]: package["version"] for package in LISTED["packages"]}

    assert listed == WANTED["dependencies"]


def test_each_font_lies_beside_the_text_of_its_licence():
    for package, names in WANTED["vendor"]["fonts"].items():
        licence = STATIC / "fonts" / f"OFL-{package.split('/')[1]}.txt"

        assert "SIL Open Font License" in licence.read_text(encoding="utf-8")
        assert all((STATIC / "fonts" / name).exists() for name in names)


def test_the_theme_declares_what_its_own_tokens_read():
    theme = (STATIC / "vendor" / "theme-voorbeeld.css").read_text(encoding="utf-8")
    missing = {name for name in VARIABLE.findall(theme) if f"\n  {name}:" not in theme}

    assert missing == set()


def test_no_vendored_file_asks_for_something_elsewhere():
    for path in (STATIC / "vendor").glob("*.css"):
        text = path.read_text(encoding="utf-8")

        assert "@import" not in text
        assert "url(http" not in text.replace('"', "").replace("'", "")
