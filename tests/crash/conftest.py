"""What is killed has a folder of its own, and a seed by which a run can be repeated."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database.embedded.guests import processes

LOG = logging.getLogger("tests.crash")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can pass through; nothing may run in it at the end."""
    place = Path(tempfile.mkdtemp(prefix="lrs-crash-")).resolve()
    place.chmod(0o711)
    yield place
    left = processes(place)
    for process in left:
        process.kill()
    shutil.rmtree(place)
    assert left == []


@pytest.fixture
def seed() -> str:
    """LRS_TEST_SEED repeats the choices of a run that failed; pytest shows what is logged only then."""
    chosen = os.environ.get("LRS_TEST_SEED") or secrets.token_hex(4)
    LOG.warning("LRS_TEST_SEED=%s", chosen)
    return chosen
