import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.setup.repository import ROOT

LOCKS = ["requirements.lock", "requirements-dev.lock"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TO_RUN = PROJECT["project"]["dependencies"]
FOR_POSTGRESQL = PROJECT["project"]["optional-dependencies"]["postgres"]
TO_DEVELOP = [name for group in PROJECT["dependency-groups"].values() for name in group]


def locked(lock):
    """Return what a lock lists: the requirement as written, and its hashes."""
    lines = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [(line.split(" --hash=")[0].strip(), line.split(" --hash=")[1:]) for line in lines]


def versions(lock):
    """Return the versions of each package in a lock; more than one where Pythons differ."""
    found = {}
    for written, _ in locked(lock):
        requirement = Requirement(written)
        (pin,) = requirement.specifier
        found.setdefault(canonicalize_name(requirement.name), set()).add(pin.version)
    return found


def missing(wanted, lock):
    """Return the requirements of pyproject.toml that a lock does not meet."""
    pinned = versions(lock)
    requirements = [Requirement(written) for written in wanted]
    return [
        str(requirement)
        for requirement in requirements
        if not any(
            map(requirement.specifier.contains, pinned.get(canonicalize_name(requirement.name), []))
        )
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_one_exact_version_and_a_hash(lock):
    for written, hashes in locked(lock):
        assert re.match(r"[a-z0-9-]+==[\w.]+( ; .+)?$", written)
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one.strip()) for one in hashes)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_machine(lock):
    written = (ROOT / lock).read_text(encoding="utf-8")

    assert not re.search(r"://|--(extra-)?index|--find-links|\.(org|com|io|net)\b|#", written)
    assert "\\" not in written.replace("\\\n", "")


def test_the_lock_for_running_meets_the_project():
    assert missing(TO_RUN + FOR_POSTGRESQL, "requirements.lock") == []


def test_the_lock_for_developing_meets_the_project():
    assert missing(TO_RUN + TO_DEVELOP, "requirements-dev.lock") == []


def test_the_lock_for_developing_holds_all_of_the_lock_for_running():
    to_develop = versions("requirements-dev.lock")

    for name, pinned in versions("requirements.lock").items():
        assert to_develop.get(name) == pinned
