"""Whatever a machine makes of the description: no 5xx, and each answer is one that it promises."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from lrs.app import api
from lrs.settings import Settings
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


@pytest.fixture
def key(database, tenant):
    return a_key(database, tenant)


def test_the_description_is_served(target):
    assert httpx.get(f"{target.url}/openapi.json").json() == DESCRIPTION


@described.parametrize()
@settings(MANY, max_examples=25)
def test_every_answer_is_as_described(case, target, key):
    case.call_and_validate(base_url=target.url, auth=key, checks=PROMISES, timeout=60)


@pytest.mark.long
@pytest.mark.timeout(1800)
@described.parametrize()
@settings(MANY, max_examples=400)
def test_each_of_many_answers_is_as_described(case, target, key):
    case.call_and_validate(base_url=target.url, auth=key, checks=PROMISES, timeout=60)


@schemathesis.serializer("multipart/mixed")
def as_it_is(_, value):
    """The description cannot say what a multipart body looks like; test_multipart.py has real ones."""
    return value if isinstance(value, bytes) else str(value).encode()
