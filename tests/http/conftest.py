"""A server that takes little: no more than a module of tests says in LIMITS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lrs.database.pool import Database
from lrs.settings import Settings
from tests.client import Client
from tests.conftest import a_key, serving


@pytest.fixture(scope="module")
def small_url(request: pytest.FixtureRequest, settings: Settings, database: Database) -> Iterator[str]:
    with serving(settings.model_copy(update={"pool_size": 2} | request.module.LIMITS)) as url:
        yield url


@pytest.fixture
def small(small_url: str, database: Database, tenant: str) -> Iterator[Client]:
    """A client of that server, with a key that may do everything in a tenant of its own."""
    with Client(small_url, *a_key(database, tenant)) as client:
        yield client
