"""A store in a process of its own, which must not make one mistake while it is attacked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lrs.database.pool import Database
from lrs.settings import Settings
from tests.client import Client
from tests.conftest import a_key
from tests.hostile.stored import Stored
from tests.hostile.target import Target


@pytest.fixture(scope="session")
def target(
    settings: Settings, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """The store that all these tests attack; at the end its log has to be free of errors."""
    with Target(str(settings.database_url), Path(tmp_path_factory.mktemp("target"))) as target:
        yield target
    assert target.mistakes() == []


@pytest.fixture
def lrs(target: Target, database: Database, tenant: str) -> Iterator[Client]:
    """A client of that store, with a key that may do everything in a tenant of its own."""
    with Client(target.url, *a_key(database, tenant)) as client:
        yield client


@pytest.fixture
def stored(database: Database, tenant: str) -> Stored:
    """What the database holds of the tenant, counted."""
    return Stored(database, tenant)
