"""One byte changed anywhere, past the trigger, is found by `lrs audit verify`, which names the place."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from lrs.auth import tenants
from lrs.cli import verifying
from projections import found
from tests.client import Client
from tests.conftest import a_key
from tests.tampered import Tamperer, a_school

QUICK, MANY = 50, 1200
# What is compared with what the log says.
OF_LOG = ("originator_id", "originator_version", "topic", "state", "notification_id", "stored", "salt")
LOG = [("log", each) for each in OF_LOG]
TREE = [("audit_v2_hash", each) for each in ("level", "index", "hash", "hash", "hash")]
INDEX = [
    (table, column)
    for table, columns in {
        "statement_term": "term position",
        "statement_ref": "position statement target voiding",
        "voided": "statement",
        "activity_definition": "activity digest position definition",
        "agent_name": "agent digest position name",
        "attachment": "position sha2 content_type",
        "document": "kind owner document_id registration etag content_type sha2 updated position",
        "blob": "sha2 size",
        "blob_chunk": "sha2 number content",
        "key": "key digest salt scopes authority label learner issued revoked",
        "head": "position previous began",
        "checkpoint": "size note",
        "audit_key": "name secret",
    }.items()
    for column in columns.split()
]
# Nobody is told anything else by these, or there is nothing that they could be compared with.
EXCUSED = {
    "migration": (
        "number name applied", "which steps the schema has taken: compared by whoever starts the store",
    ),
    "head": ("one told", "the only row; and a clock that keeps times growing, of which no event tells"),
    "blob": ("created kept", "decide when a content is swept that nothing needs"),
    "checkpoint": ("made", "the word of the store: nobody signs a time"),
    "audit_key": ("one made", "the only row; and the word of the store"),
    "projection": (
        "holder held_until finished superseded amended",
        "of use to processes: who moves it, since when it is read, whether what they keep of it holds",
    ),
    "projection_failure": ("error failed", "why an event was set aside, and when; which one is compared"),
    "access": (
        "at by learner what position purpose", "who read what: the word of the store, beside the log",
    ),
    "access_head": ("one at", "the only row; and a clock that keeps times growing"),
    "cmi5_session": (
        "session registration token body key launched heard ended how settled",
        "sessions that go on, beside the log; what was said in them is in it",
    ),
}  # fmt: skip
# Found by tests/cli/test_verifying_projections.py, tests/projections/audit/test_integrity.py, tests/accesses.
ELSEWHERE = {
    "projection": "name version code tables position",
    "projection_failure": "name version position",
    "log": "leaf",
    "access": "number",
    "access_head": "number",
}
# A tile is looked at by two tables' names: the content of a blob is that of its chunks.
SAME = {"blob_chunk": "blob", "audit_key": "checkpoint", "head": "head"}


def quietly(_, __):
    """Nobody looks on."""


@pytest.fixture(scope="module")
def school(server_url, database):
    tenants.create(database, name := f"t{uuid4().hex[:12]}")
    with Client(server_url, *a_key(database, name)) as lrs:
        a_school(lrs, database, name)
    return name


def named(columns):
    return {(table, column) for table, several in columns.items() for column in several.split()}


def test_every_column_is_changed_by_these_tests_or_excused(school, database):
    """Whoever adds a table or a column says here how it is verified, or why not."""
    of_projections = tuple(f"{each.name}_v" for each in found.projections())
    columns = [
        each for each in Tamperer(database, school, 0).columns() if not each[0].startswith(of_projections)
    ]
    excused = named({table: several for table, (several, _) in EXCUSED.items()})
    assert set(columns) - excused == {*LOG, *INDEX} | named(ELSEWHERE)
    assert excused <= set(columns)


def verify(database, tenant):
    return verifying.verify(database, tenant, progress=quietly)[0]


def test_what_nobody_has_changed_is_found_right(school, database):
    assert verify(database, school) is None


def flips(database, school, seed, count):
    """So many changes, each found, named and taken back."""
    tamperer = Tamperer(database, school, seed)
    places = [*LOG * 4, *TREE * 2, *INDEX]
    done = 0
    while done < count:
        flip = tamperer.flip(*tamperer.chance.choice(places))
        if flip is None:
            continue
        try:
            yield flip, verify(database, school)
        finally:
            tamperer.restore(flip)
        done += 1


def assert_named(flip, wrong):
    assert wrong is not None, flip
    table = SAME.get(flip.table, flip.table)
    assert table in wrong.table.split(" or ") or (table == "checkpoint" and wrong.table == "log"), (
        flip,
        wrong,
    )
    if flip.table == "log" and flip.column != "notification_id":
        near = {flip.row["notification_id"], flip.row["notification_id"] + 1}
        assert any(f"position {each} " in f"{wrong.place} " for each in near), (flip, wrong)
    if flip.table == "log" and flip.column in ("state", "salt", "topic"):
        assert f"position {flip.row['notification_id']} " in wrong.place, (flip, wrong)
    if flip.table.startswith("statement_") and flip.column in ("term", "statement", "target", "voiding"):
        assert f"position {flip.row['position']} " in wrong.place, (flip, wrong)


def test_a_changed_byte_is_found_and_named(school, database):
    for flip, wrong in flips(database, school, seed=5, count=QUICK):
        assert_named(flip, wrong)
    assert verify(database, school) is None


@pytest.mark.long
@pytest.mark.timeout(900)
def test_many_changed_bytes_are_found_and_named(school, database):
    began = time.monotonic()
    for seed in range(MANY // 100):
        for flip, wrong in flips(database, school, seed, count=100):
            assert_named(flip, wrong)
        if time.monotonic() - began > 600:
            break
    assert verify(database, school) is None
