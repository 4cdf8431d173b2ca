"""What every test stands on: a real PostgreSQL, a real server, and a tenant of its own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
import uvicorn

from lrs.app import create, prepare
from lrs.auth import tenants
from lrs.auth.keys import Keys, key_authority
from lrs.database import embedded
from lrs.database.pool import Database
from lrs.http.routes import Endpoint
from lrs.settings import Settings
from tests.client import Client

# Who tests projections says so: a server that projects would follow every tenant of the tests' database.
os.environ.setdefault("LRS_PROJECT", "false")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An external PostgreSQL where LRS_TEST_DATABASE_URL names one, else the embedded one."""
    if url := os.environ.get("LRS_TEST_DATABASE_URL"):
        yield url
        return
    # As root, PostgreSQL runs as another user, who cannot enter pytest's own private folders.
    folder = Path(os.environ.get("LRS_TEST_DATA_DIR") or f"/tmp/lrs-tests-{uuid4().hex}")  # noqa: S108
    with embedded.running(folder) as url:
        yield url


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, pool_size=8, log_level="warning")


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Database]:
    prepare(settings)
    with Database(str(settings.database_url)) as database:
        yield database


@pytest.fixture
def tenant(database: Database) -> str:
    """A tenant that nobody else uses, so nothing needs to be cleaned up."""
    name = f"t{uuid4().hex[:12]}"
    tenants.create(database, name)
    return name


@pytest.fixture(scope="session")
def server_url(settings: Settings, database: Database) -> Iterator[str]:
    with serving(settings) as url:
        yield url


@pytest.fixture
def lrs(server_url: str, database: Database, tenant: str) -> Iterator[Client]:
    """A client of a real server, with a key that may do everything in a tenant of its own."""
    with Client(server_url, *a_key(database, tenant)) as client:
        yield client


def a_key(database: Database, tenant: str, *scopes: str) -> tuple[str, str]:
    """A new key and its secret."""
    name = f"{tenant}-{uuid4().hex[:8]}"
    authority = key_authority("http://localhost", name)
    return Keys(database).issue(tenant, scopes=scopes or ["all"], authority=authority, key=name)


class serving:  # noqa: N801
    """A real server in a thread, on a port of its own."""

    def __init__(self, settings: Settings, further: Sequence[Endpoint] = ()) -> None:
        config = uvicorn.Config(
            create(settings, further),
            port=0,
            log_config=None,
            access_log=False,
            http="lrs.http.protocol:Protocol",
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self) -> str:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()
