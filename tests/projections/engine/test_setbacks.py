"""What stops one tenant, one projection or one event stops no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from lrs.auth import tenants
from lrs.database import sql
from lrs.database.pool import Database
from lrs.log.event_log import PAGE
from projections.projection import Projection
from projections.setbacks import Setbacks
from tests.projections.engine.conftest import Follow, Role, Story
from tests.projections.engine.tally import TALLY

# In its turn before the other.
FIRST = replace(TALLY, name="first")


@pytest.fixture
def limited(role: Role) -> Iterator[Database]:
    with Database(role.conninfo, pool_size=3) as limited:
        yield limited


def test_a_tenant_that_was_not_granted_stops_no_other(
    story: Story, following: Follow, role: Role, limited: Database
):
    role.let_in(story.tenant, TALLY)
    other = Story(story.database, f"a{uuid4().hex[:12]}")  # in its turn before the other
    tenants.create(story.database, other.tenant)
    other.tell("a")
    with following(TALLY, tenants=[other.tenant, story.tenant], own=limited):
        story.await_position(TALLY, story.tell("a"), seconds=5)
        role.let_in(other.tenant, TALLY)
        other.await_position(TALLY, 1)


def test_a_projection_without_tables_stops_no_other(
    story: Story, following: Follow, role: Role, limited: Database
):
    role.let_in(story.tenant, TALLY)
    with following(FIRST, TALLY, own=limited):
        story.await_position(TALLY, story.tell("a"), seconds=5)


def spoiled(story: Story, projection: Projection, text: str, then: str) -> None:
    """From now on its table does something else with this text."""
    schema = sql.schema(story.tenant)
    with story.database.connection() as connection:
        connection.execute(
            f"CREATE FUNCTION {schema}.spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.text = '{text}' THEN {then}; END IF; RETURN NEW; END $$".encode()
        )
        connection.execute(
            f"CREATE TRIGGER spoil BEFORE INSERT ON {schema}.{projection.name}_v1_entry"
            f" FOR EACH ROW EXECUTE FUNCTION {schema}.spoil()".encode()
        )


def test_an_event_at_a_limit_of_postgresql_is_set_aside(story: Story, following: Follow):
    with following(TALLY):
        story.await_position(TALLY, story.tell("a"))
        spoiled(story, TALLY, "vast", "RAISE statement_too_complex")
        story.await_position(TALLY, story.tell("b", "vast", "c"))
    assert story.ask("SELECT text FROM {t}_entry ORDER BY position", TALLY) == [("a",), ("b",), ("c",)]
    assert [position for position, _ in story.failures()] == [3]


def test_an_event_over_which_connections_break_stops_only_what_follows_it(story: Story, following: Follow):
    with following(FIRST, TALLY):
        for each in (FIRST, TALLY):
            story.await_position(each, 0)
        story.await_position(FIRST, story.tell("a"))
        spoiled(story, FIRST, "deadly", "PERFORM pg_terminate_backend(pg_backend_pid())")
        last = story.tell("b", "deadly", "c")
        story.await_position(TALLY, last, seconds=5)
        story.await_position(FIRST, 2)
    assert (story.position(FIRST), story.failures()) == (2, [])


def test_who_has_had_setbacks_begins_small_and_recovers():
    what, setbacks = ("school", "tally"), Setbacks()
    assert (setbacks.rests(what), setbacks.most(what)) == (False, PAGE)
    most = []
    for _ in range(5):
        setbacks.failed(what)
        most.append(setbacks.most(what))
    assert most == [PAGE // 8, PAGE // 64, 1, 1, 1]
    assert setbacks.rests(what)
    for _ in range(5):
        setbacks.passed(what)
    assert (setbacks.rests(what), setbacks.most(what)) == (False, PAGE)
