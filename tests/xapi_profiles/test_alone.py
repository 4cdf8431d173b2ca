"""Profiles can be checked without the store: the tests of this folder pass where it is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.xapi_profiles.builders import SHARED

ROOT = Path(__file__).parents[2]
ABSENT = ("lrs", "projections", "psycopg", "fastapi", "starlette", "orjson")


@pytest.mark.skipif(os.environ.get("XAPI_PROFILES_ALONE") == "yes", reason="this is what it runs")
def test_the_tests_of_profiles_pass_without_the_store(tmp_path: Path) -> None:
    place = tmp_path / "project"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "xapi_profiles", place / "xapi_profiles", ignore=ignored)
    shutil.copytree(ROOT / "tests" / "xapi_profiles", place / "tests" / "xapi_profiles", ignore=ignored)
    (place / "tests" / "__init__.py").touch()
    if SHARED.exists():
        (tmp_path / "shared").symlink_to(SHARED.parent)
    for name in ABSENT:
        (place / f"{name}.py").write_text("raise ImportError('not here')\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", "tests"],
        cwd=place,
        env=os.environ | {"XAPI_PROFILES_ALONE": "yes", "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" in done.stdout  # this one; without it nothing would have run
