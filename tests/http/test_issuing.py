"""A transcript goes out as it is or was, pinned to a position and a hash, by registrars only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lrs.auth.scopes import SCOPES
from lrs.database.pool import Database
from lrs.http import issuing, projected
from lrs.log import events
from lrs.log.event_log import EventLog
from lrs.log.events import TranscriptIssued
from lrs.registrar import learners
from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import a_key, serving
from tests.http import noted

Json = dict[str, Any]
ADA = str(uuid4())
PATH = f"/learners/{ADA}/transcript"


@pytest.fixture(scope="module")
def url(settings: Settings, database: Database) -> Iterator[str]:
    further = [
        *projected.endpoints(noted.RESOURCES, noted.Views),
        *issuing.endpoints(noted.RESOURCES, noted.Views),
    ]
    few = settings.model_copy(update={"pool_size": 2, "wait_seconds": 1})
    with serving(few, further) as url:
        yield url


@pytest.fixture
def registrar(url: str, database: Database, tenant: str) -> Iterator[httpx.Client]:
    noted.make(database, tenant)
    with Client(url, *a_key(database, tenant)) as lrs:
        for _ in range(3):
            lrs.post(a_statement(actor={"mbox": "mailto:ada@example.com", "name": ADA}))
    learners.register(database, tenant, ADA, {"name": "Ada"}, by="office")
    with httpx.Client(base_url=url, auth=a_key(database, tenant, "registrar"), timeout=20) as client:
        noted.follow(database, tenant)
        yield client


def issued(database: Database, tenant: str) -> list[tuple[int, events.Event]]:
    return [
        (each.position, events.from_state(each.topic, each.state))
        for each in EventLog(database, tenant).read()
        if each.topic == "transcript-issued"
    ]


def test_a_transcript_goes_out_as_it_is(registrar: httpx.Client, database: Database, tenant: str) -> None:
    now = registrar.get(PATH).json()
    answer = registrar.post(f"{PATH}/issues")
    said = answer.json()
    assert answer.status_code == 201
    assert (said["learner"], said["position"], said["sha256"]) == (ADA, now["position"], now["sha256"])
    ((position, event),) = issued(database, tenant)
    assert isinstance(event, TranscriptIssued)
    assert (event.transcript, event.position, event.sha256) == (
        said["transcript"], said["position"], said["sha256"],
    )  # fmt: skip
    assert event.by.startswith(tenant)
    assert answer.headers["X-LRS-Position"] == str(position)
    assert registrar.get(answer.headers["Location"]).json() == now


def test_a_transcript_goes_out_as_it_was(registrar: httpx.Client, database: Database, tenant: str) -> None:
    said = registrar.post(f"{PATH}/issues", params={"as_of": "3"}).json()
    assert said["position"] == 3
    assert said["sha256"] == registrar.get(PATH, params={"as_of": "3"}).json()["sha256"]
    assert said["sha256"] != registrar.get(PATH).json()["sha256"]


def test_under_a_chosen_id_it_goes_out_once(registrar: httpx.Client, database: Database, tenant: str) -> None:
    chosen = {"transcript": str(uuid4())}
    first = registrar.post(f"{PATH}/issues", json=chosen)
    noted.follow(database, tenant)  # what would be issued now is another
    second = registrar.post(f"{PATH}/issues", json=chosen)
    assert (first.status_code, first.json()) == (201, second.json())
    assert first.json()["transcript"] == chosen["transcript"]
    assert len(issued(database, tenant)) == 1
    assert registrar.post(f"{PATH}/issues", json=chosen, params={"as_of": "3"}).status_code == 409
    assert registrar.post(f"{PATH}/issues", json={"transcript": "x"}).status_code == 400


def test_what_cannot_go_out_does_not(registrar: httpx.Client, database: Database, tenant: str) -> None:
    refused = [
        (f"/learners/{uuid4()}/transcript/issues", {}, b"", 404),
        ("/learners/%00/transcript/issues", {}, b"", 404),
        (f"{PATH}/issues", {"as_of": "1"}, b"", 404),
        (f"{PATH}/issues", {"as_of": "100"}, b"", 400),
        (f"{PATH}/issues", {"as_of": "x"}, b"", 400),
        (f"{PATH}/issues", {"sha256": "0" * 64}, b"", 400),
        (f"{PATH}/issues", {"after": "100"}, b"", 503),
        (f"{PATH}/issues", {}, b'{"as_of": 3}', 400),
        (f"{PATH}/issues", {}, b"x" * 5000, 413),
    ]
    for path, parameters, body, status in refused:
        answer = registrar.post(path, params=parameters, content=body)
        assert answer.status_code == status, (path, parameters, answer.text)
    assert issued(database, tenant) == []


@pytest.mark.parametrize("scope", SCOPES)
def test_only_registrars_issue(
    registrar: httpx.Client, url: str, database: Database, tenant: str, scope: str
) -> None:
    answer = httpx.post(f"{url}{PATH}/issues", auth=a_key(database, tenant, scope))
    assert answer.status_code == (201 if scope in {"all", "registrar"} else 403)
    assert httpx.post(f"{url}{PATH}/issues").status_code == 401


def test_it_has_one_method(registrar: httpx.Client) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = registrar.request(method, f"{PATH}/issues")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
