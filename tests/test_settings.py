"""What a person sets is understood as it was meant."""

from __future__ import annotations

import pytest

from lrs.settings import Settings


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", ""),
        ("/", ""),
        ("/lrs", "/lrs"),
        ("/lrs/", "/lrs"),
        ("lrs", "/lrs"),
        ("//lrs/store//", "/lrs/store"),
    ],
)
def test_a_path_prefix_begins_with_a_slash_and_ends_without_one(monkeypatch, written, meant):
    monkeypatch.setenv("LRS_ROOT_PATH", written)
    assert Settings().root_path == meant
