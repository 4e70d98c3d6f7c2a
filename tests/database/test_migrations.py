"""The migrations and the code describe the same tables, on both databases."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from pb.database.base import BALLOTS, db
from pb.database.migrations import STORES, configuration


@pytest.mark.parametrize("store", STORES)
def test_each_store_has_one_line_of_migrations(store):
    script = ScriptDirectory.from_config(configuration(store))

    assert len(script.get_heads()) == 1
    assert [each.revision for each in script.walk_revisions()] == sorted(
        (each.revision for each in script.walk_revisions()), reverse=True
    )


@pytest.mark.parametrize(("key", "store"), [(None, "participation"), (BALLOTS, "ballots")])
def test_upgraded_empty_stores_equal_the_models(app, key, store):
    with db.engines[key].connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, db.metadatas[key]) == []


@pytest.mark.parametrize("key", [None, BALLOTS])
def test_every_key_begins_with_the_municipality(app, key):
    for table in db.metadatas[key].tables.values():
        assert next(iter(table.primary_key.columns)).name == "municipality", table.name
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint):
                assert next(iter(constraint.columns)).name == "municipality", table.name


def test_no_foreign_key_leads_from_one_store_to_the_other(app):
    for key in (None, BALLOTS):
        own = set(db.metadatas[key].tables)
        for table in db.metadatas[key].tables.values():
            assert {each.target_fullname.split(".")[0] for each in table.foreign_keys} <= own
