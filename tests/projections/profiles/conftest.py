"""A tenant whose profiles are followed, and blocks that are soon full."""

from __future__ import annotations

import pytest

from lrs.database.pool import Database
from projections.profiles import blocks
from tests.projections.profiles.builders import Store


@pytest.fixture
def store(database: Database, tenant: str) -> Store:
    return Store(database, tenant)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few positions that a few statements are several blocks."""
    monkeypatch.setattr(blocks, "SIZE", 4)
