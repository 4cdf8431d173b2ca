"""A cmi5 course is imported whole or not at all, and is in the log."""

from __future__ import annotations

import io

import httpx
import pytest

from lrs.cmi5 import nodes, structure
from lrs.database.pool import Database
from lrs.errors import BadRequest
from lrs.log.events import CourseStructureImported
from lrs.registrar import structures
from tests.client import Client
from tests.cmi5.samples import COURSE, a_course, a_zip, an_au
from tests.conftest import a_key
from tests.registrar.samples import REGISTRAR, recorded


def test_a_course_is_imported_once(database: Database, tenant: str) -> None:
    package = io.BytesIO(a_course(an_au(moveOn="Passed")))
    imported = structures.import_course(database, tenant, package, by=REGISTRAR)
    course = structure.read(package)
    known = nodes.structure_id(COURSE)
    assert imported == (known, COURSE, 1, 1)
    event = CourseStructureImported(known, structure.digest(course), course, REGISTRAR)
    assert recorded(database, tenant) == [event]
    packed = a_zip({"cmi5.xml": b"<!-- the same -->" + package.getvalue()})
    assert structures.import_course(database, tenant, packed, by="another").position == 1
    assert structures.current(database, tenant, known) == event


def test_a_new_version_is_another_event_of_the_course(database: Database, tenant: str) -> None:
    for move_on in ("Passed", "Completed", "Passed"):
        package = io.BytesIO(a_course(an_au(moveOn=move_on)))
        imported = structures.import_course(database, tenant, package, by=REGISTRAR)
    assert imported.position == 3
    assert structures.current(database, tenant, "unknown") is None


def test_a_course_with_faults_changes_nothing(database: Database, tenant: str) -> None:
    with pytest.raises(BadRequest):
        structures.import_course(database, tenant, io.BytesIO(b"<course/>"), by=REGISTRAR)
    assert recorded(database, tenant) == []


def test_courses_come_in_over_http(lrs: Client, server_url: str) -> None:
    url, auth = f"{server_url}/cmi5/courses", (lrs.key, lrs.secret)
    done = httpx.post(url, content=a_course(), auth=auth)
    assert done.status_code == 200
    assert done.json() | {"position": 0} == {
        "structure": nodes.structure_id(COURSE),
        "course": COURSE,
        "position": 0,
    }
    assert httpx.post(url, content=a_course(), auth=auth).json() == done.json()
    refused = httpx.post(url, content=a_course(an_au(moveOn="x")), auth=auth)
    assert refused.status_code == 400
    (fault,) = refused.json()["faults"]
    assert fault["pointer"] == "line 1, /courseStructure/au[1]/@moveOn"


def test_only_registrars_import_courses(database: Database, tenant: str, server_url: str) -> None:
    for scope, status in (("registrar", 200), ("transcripts/read", 403)):
        auth = a_key(database, tenant, scope)
        assert httpx.post(f"{server_url}/cmi5/courses", content=a_course(), auth=auth).status_code == status
