"""Which language of a map a reader is served."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.xapi import language


@pytest.mark.parametrize(
    ("header", "tags", "chosen"),
    [
        ("en-GB", ["en-US", "en-GB"], "en-GB"),
        ("EN-gb", ["en-US", "en-GB"], "en-GB"),
        ("de, en", ["en", "de"], "de"),
        ("de;q=0.5, en;q=0.8", ["de", "en"], "en"),
        ("de ; q=0.5 , en ; Q=0.8", ["de", "en"], "en"),
        ("de;q=0.5,en;q=0.5", ["en", "de"], "de"),
        ("zh-Hant-TW", ["zh", "zh-Hant"], "zh-Hant"),
        ("de-a-b-c", ["de-a", "de"], "de"),
        ("fr-CA, en;q=0.1", ["en", "fr"], "fr"),
        ("fr", ["en", "fr-CA"], "fr-CA"),
        ("de-AT", ["en", "de-DE"], "de-DE"),
        ("de", ["den", "en"], "en"),
        ("fr", ["de", "en-US"], "en-US"),
        ("fr", ["de", "und"], "und"),
        ("fr", ["de", "nl"], "de"),
        ("", ["de", "en"], "en"),
        ("*", ["de", "en"], "en"),
        ("*;q=0.5, de", ["en", "de"], "de"),
        ("en;q=0", ["en", "de"], "de"),
        ("en;q=0.000", ["en-GB", "de"], "de"),
        ("en;q=0", ["en"], "en"),
        ("*;q=0", ["de"], "de"),
        ("not a range, de", ["en", "de"], "de"),
        ("de;q=high, fr;q=0.1", ["en", "de", "fr"], "fr"),
        (",,;q=1,", ["de"], "de"),
        ("en", [], None),
    ],
)
def test_the_best_language_is_chosen(header, tags, chosen):
    assert language.choose(tags, header) == chosen


tags = st.from_regex(r"[a-z]{2}(-[A-Z]{2})?", fullmatch=True)


@given(st.text() | st.lists(tags).map(", ".join), st.lists(tags, min_size=1))
def test_some_language_is_always_chosen(header, given_tags):
    assert language.choose(given_tags, header) in given_tags
