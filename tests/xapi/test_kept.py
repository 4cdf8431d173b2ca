"""What is about short texts is computed once, and long texts take no memory."""

from __future__ import annotations

import pytest

from lrs.xapi.kept import LONGEST, kept


@pytest.mark.parametrize(("texts", "times"), [(["a"], 1), (["a" * LONGEST], 1), (["a" * LONGEST, "b"], 2)])
def test_only_short_texts_are_kept(texts: list[str], times: int) -> None:
    asked = []

    @kept
    def joined(*texts: str) -> str:
        asked.append(texts)
        return " ".join(texts)

    assert joined(*texts) == joined(*texts) == " ".join(texts)
    assert len(asked) == times
