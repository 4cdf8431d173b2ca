"""Whatever a machine makes of the description: no 5xx, and each answer is one that it promises."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from lrs.app import api
from lrs.auth import tenants
from lrs.database.pool import Database
from lrs.errors import NotBuilt
from lrs.settings import Settings
from projections import found
from projections.runner import Runner
from projections.view import Views
from tests.conftest import a_key

DESCRIPTION = api(Settings(database_url="unused")).openapi()
MANY = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    database=None,
)
PROMISES = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]
# A stream has no end: tests/http/test_log_stream.py follows it.
described = schemathesis.openapi.from_dict(DESCRIPTION).exclude(path="/log/stream")


# One by one: the tests that schemathesis makes itself share one id, and pytest-xdist runs one for each id.
OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for operation in (each.ok() for each in described.get_all_operations())
}


@pytest.fixture(scope="module")
def key(database: Database) -> Iterator[tuple[str, str]]:
    """It may do everything in a tenant that projections follow."""
    tenant = f"t{uuid4().hex[:12]}"
    tenants.create(database, tenant)
    runner = Runner(database, found.projections(), lambda: [tenant])
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        _await_projections(database, tenant)
        yield a_key(database, tenant)
    finally:
        runner.stop()
        thread.join()


def _await_projections(database: Database, tenant: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(NotBuilt):
            Views(database, found.projections()).position(tenant, [each.name for each in found.projections()])
            return
        time.sleep(0.05)
    raise AssertionError("the projections were not built")


def attack(name: str, url: str, key: tuple[str, str], *, times: int) -> None:
    @settings(MANY, max_examples=times)
    @given(case=OPERATIONS[name].as_strategy())
    def once(case: schemathesis.Case) -> None:
        if str(case.query.get("after", "")).isdigit():
            case.query["after"] = "0"  # nobody waits here for what is never written
        case.call_and_validate(base_url=url, auth=key, checks=PROMISES, timeout=60)

    once()


def test_the_description_is_served(target):
    assert httpx.get(f"{target.url}/openapi.json").json() == DESCRIPTION


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_as_described(operation, target, key):
    attack(operation, target.url, key, times=25)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_of_many_answers_is_as_described(operation, target, key):
    attack(operation, target.url, key, times=400)


@schemathesis.serializer("multipart/mixed")
def as_it_is(_, value):
    """The description cannot say what a multipart body looks like; test_multipart.py has real ones."""
    return value if isinstance(value, bytes) else str(value).encode()
