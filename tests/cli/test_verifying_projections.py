"""One byte changed in any table of a projection, or in what is known of its builds, is found and named."""

from __future__ import annotations

import io
import json
from typing import Any, LiteralString
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from demo import office
from lrs.auth import tenants
from lrs.cli import verifying
from lrs.database.pool import Database
from lrs.errors import NotBuilt, OperatorError
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import LearnerErased
from lrs.log.integrity import Wrong
from lrs.profiling import adding
from lrs.registrar import structures, transcripts
from projections import found
from projections.profiles import blocks
from tests.client import a_statement
from tests.cmi5.samples import a_course
from tests.cmi5.statements import Session
from tests.projections import test_year
from tests.projections.stored import store
from tests.tampered import Flip, Tamperer, build
from xapi_profiles import PUBLISHED

BUILDS = [
    *(("projection", each) for each in ("name", "version", "code", "tables", "position")),
    *(("projection_failure", each) for each in ("name", "version", "position")),
]
# In vain where the database has no place for what comes out.
MOST_TRIES = 100
NAMES = sorted(each.name for each in found.projections())


@pytest.fixture(scope="module")
def year(database: Database) -> str:
    """A tenant with the year, a row in every table of every projection, and an event that was set aside."""
    tenants.create(database, tenant := f"t{uuid4().hex[:12]}")
    log = EventLog(database, tenant)
    with database.connection() as connection:
        log.append(connection, [StoredEvent(uuid4(), 1, "learner-registered", b"{}")])
    (*_,) = test_year.stages(database, tenant)
    structures.import_course(database, tenant, io.BytesIO(a_course()), by="office")
    store(database, tenant, [({"mbox": "mailto:lms@example.com"}, Session().all("passed"))])
    under = {"position": log.head().position, "sha256": "0" * 64, "by": "office"}
    transcripts.issue(database, tenant, str(uuid4()), learner=office.MIRA, **under)
    profile = json.loads(PUBLISHED["open-education"].read_text("utf-8"))
    adding.add(database, tenant, adding.sound(database, tenant, [profile]), by="office", policy="reject")
    somebody = {"mbox": "mailto:somebody@example.com"}
    store(database, tenant, [(somebody, [a_statement() for _ in range(blocks.SIZE)])])
    erased = LearnerErased(str(uuid4()), [], str(uuid4()), "asked for it", "GDPR 17", "office")
    with log.locked() as connection:
        streams.append(log, connection, [(uuid4(), erased)])
    build(database, tenant)
    return tenant


def quietly(*_: int) -> None:
    """Nobody looks on."""


def verify(database: Database, tenant: str, name: str) -> Wrong | str | None:
    """What `lrs audit verify --projections` finds, where only this projection can be wrong."""
    try:
        wrong, _ = verifying.verify(database, tenant, progress=quietly)
        return wrong or verifying.differing(database, tenant, found.projection(name), progress=quietly)
    except (NotBuilt, OperatorError) as error:
        return str(error)


def assert_found(tamperer: Tamperer, tenant: str, table: str, column: str) -> None:
    where: LiteralString = "finished IS NOT NULL" if table == "projection" else "true"
    tries = (tamperer.flip(table, column, where=where) for _ in range(MOST_TRIES))
    flip = next(filter(None, tries))
    name = flip.row["name"] if (table, column) in BUILDS else table.partition("_v1_")[0]
    try:
        wrong = verify(tamperer.database, tenant, name)
    finally:
        tamperer.restore(flip)
    assert wrong or is_harmless(flip), flip
    if isinstance(wrong, Wrong):
        own = wrong.table.replace("_v1", "") == table.replace("_v1", "")
        assert own or (column == "position" and wrong.table.startswith(name)), (flip, wrong)
    elif wrong:
        assert column == "code"
        assert name in wrong


def is_harmless(flip: Flip) -> bool:
    """Whoever goes on from an earlier position takes in again what makes no rows; else they would differ."""
    return (flip.table, flip.column) == ("projection", "position") and flip.after < flip.before


def columns(tamperer: Tamperer) -> dict[str, list[str]]:
    """Those of the tables of projections, by table."""
    found: dict[str, list[str]] = {}
    for table, column in tamperer.columns():
        if "_v1_" in table:
            found.setdefault(table, []).append(column)
    return found


def test_what_nobody_has_changed_is_found_right(year: str, database: Database):
    for name in NAMES:
        assert verify(database, year, name) is None


def test_a_changed_byte_is_found_and_named(year: str, database: Database):
    """Here one column of each table; the long test tries all of them."""
    tamperer = Tamperer(database, year, seed=7)
    for table, several in columns(tamperer).items():
        assert_found(tamperer, year, table, tamperer.chance.choice(several))


@pytest.mark.parametrize(("table", "column"), BUILDS)
def test_a_changed_byte_of_what_is_known_of_builds_is_found(
    year: str, database: Database, table: str, column: str
):
    assert_found(Tamperer(database, year, seed=3), year, table, column)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_changed_byte_of_any_column_is_found_and_named(year: str, database: Database):
    tamperer = Tamperer(database, year, seed=11)
    everything: Any = [(table, each) for table, several in columns(tamperer).items() for each in several]
    for table, column in [*everything * 3, *BUILDS * 10]:
        assert_found(tamperer, year, table, column)
