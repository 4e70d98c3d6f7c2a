"""What the tests of the trials share: one demonstration, built once."""

from datetime import UTC, datetime

import pytest

from pb.trials import demo

NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    """The folder of a demonstration, built through the services once for all tests."""
    folder = tmp_path_factory.mktemp("demo") / "folder"
    demo.build(folder, NOW, 8080, lambda _what: None)
    return folder
