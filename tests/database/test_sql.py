"""SQL lies in files beside its module; a tenant's name is checked before it becomes part of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.database import sql
from lrs.database.pool import Database

PACKAGE = Path(sql.__file__).parents[1]
FILES = sorted(PACKAGE.rglob("*.sql"))
OUR_SQL = [each for each in FILES if "migrations" not in each.parts]


def test_blocks_are_found_by_name_and_put_together(tmp_path: Path) -> None:
    (tmp_path / "module.sql").write_text(
        "-- one --\n-- Why.\nSELECT 1 FROM {tenant}.log\n\n-- two --\n WHERE '{name}' = 'x'\n"
    )
    queries = sql.Queries(str(tmp_path / "module.py"))
    assert queries("school", "one") == b'-- Why.\nSELECT 1 FROM "tenant_school".log'
    assert queries("school", "one", "two").splitlines()[-1] == b"WHERE 'school' = 'x'"
    with pytest.raises(KeyError):
        queries("school", "three")


@given(st.text())
def test_no_name_of_a_tenant_leaves_its_quotes(name: str) -> None:
    try:
        schema = sql.schema(name)
    except ValueError:
        return
    assert schema == f'"tenant_{name}"'
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert len(schema) <= 63


@pytest.mark.parametrize("name", ["a", "default", "school_2", "t" * 40])
def test_plain_names_are_fine(name: str) -> None:
    assert sql.schema(name) == f'"tenant_{name}"'


@pytest.mark.parametrize("path", OUR_SQL, ids=lambda path: path.name)
def test_the_rules_for_our_sql_hold(path: Path) -> None:
    text = path.read_text()
    for forbidden in ("SELECT *", "CREATE RULE", "pg_advisory", "nextval", "MERGE INTO", "search_path"):
        assert forbidden.lower() not in text.lower(), forbidden
    # What asks for one tenant or tells of it, or which there are.
    assert any(each in text for each in ("{tenant}", "{name}", "lrs.tenant"))


def test_every_table_has_a_primary_key(database: Database, tenant: str) -> None:
    without = """
        SELECT c.relname FROM pg_class AS c
         WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
           AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)"""
    with database.connection() as connection:
        for schema in (sql.schema(tenant), "lrs"):
            assert connection.execute(without.encode(), [schema]).fetchall() == []
