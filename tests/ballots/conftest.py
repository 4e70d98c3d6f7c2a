"""The stores without the pages: enough for casting, and much faster to start."""

from collections.abc import Iterator

import pytest
from flask import Flask

from pb.database.base import db
from pb.foundation.settings import Settings
from tests.ballots.boxes import Letters, an_open_box, store_app


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what reads the files of SQLite when the tests run on another store."""
    elsewhere = [
        item
        for item in items
        if "only_sqlite" in getattr(item, "fixturenames", ())
        and item.callspec.params["store_kind"] != "sqlite"
    ]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]


@pytest.fixture
def only_sqlite(store_kind: str) -> None:
    """Mark a test that reads the files of SQLite."""


@pytest.fixture
def stores(settings: Settings) -> Iterator[Flask]:
    """Two migrated, empty stores."""
    app = store_app(settings)
    with app.app_context():
        yield app
        db.session.remove()  # What is still out when a pool goes is never closed.
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(params=["every run", pytest.param("night", marks=pytest.mark.nightly)])
def many(request: pytest.FixtureRequest, store_kind: str) -> int:
    """How many letters race with something: a thousand, on PostgreSQL only at night."""
    return 100 if store_kind == "postgresql" and request.param == "every run" else 1_000


@pytest.fixture
def box(stores: Flask) -> Letters:
    """An open box with three letters and two spare ones."""
    return an_open_box(letters=3, spares=2)


@pytest.fixture
def code(box: Letters) -> str:
    """The code of one letter."""
    return box.codes()[0]
