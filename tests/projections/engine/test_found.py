"""Projections of others are found by their entry points, and told what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lrs.errors import OperatorError
from projections import found


@pytest.mark.parametrize("name", ["tally_v1", "tally_v1_more", "Tally", "t" * 31, "1"])
def test_a_name_that_tables_could_not_bear_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    info = tmp_path / "named-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: named\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[lrs.projections]\n{name} = named_{name}:ONE\n")
    (tmp_path / f"named_{name}.py").write_text(
        "from dataclasses import replace\nfrom tests.projections.engine.tally import TALLY\n"
        f"ONE = replace(TALLY, name={name!r})\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(OperatorError, match=f"names its projection '{name}'"):
        found.projections.__wrapped__()


@pytest.mark.parametrize("name", ["tally", "tally_v", "tally_vx1", "tally_1"])
def test_other_names_are_not(name: str):
    assert found._NAME.match(name)
