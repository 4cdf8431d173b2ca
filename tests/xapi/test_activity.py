"""What many definitions of one activity say together."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.xapi import activity


@pytest.mark.parametrize(
    ("seen", "together"),
    [
        ([], {}),
        ([{}], {}),
        ([{"name": {"en": "Book"}}, {"name": {"de": "Buch"}}], {"name": {"en": "Book", "de": "Buch"}}),
        ([{"name": {"en": "Bok"}}, {"name": {"en": "Book"}}], {"name": {"en": "Book"}}),
        (
            [{"description": {"en": "a"}}, {"name": {"en": "b"}}],
            {"description": {"en": "a"}, "name": {"en": "b"}},
        ),
        (
            [{"extensions": {"x:a": 1}}, {"extensions": {"x:b": None}}],
            {"extensions": {"x:a": 1, "x:b": None}},
        ),
        ([{"extensions": {"x:a": {"b": 1}}}, {"extensions": {"x:a": {}}}], {"extensions": {"x:a": {}}}),
        ([{"type": "x:old", "moreInfo": "x:m"}, {"type": "x:new"}], {"type": "x:new", "moreInfo": "x:m"}),
        (
            [
                {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "b"}]},
                {"choices": [{"id": "c"}]},
            ],
            {"interactionType": "choice", "choices": [{"id": "c"}]},
        ),
    ],
)
def test_definitions_add_up(seen, together):
    before = copy.deepcopy(seen)
    assert activity.merge(iter(seen)) == together
    assert seen == before, "merging changes nothing"


maps = st.dictionaries(st.sampled_from(["en", "de", "fr"]), st.text(max_size=2))
definitions = st.fixed_dictionaries(
    {}, optional={"name": maps, "description": maps, "extensions": maps, "type": st.text(max_size=2)}
)


@given(st.lists(definitions), st.integers(0, 9))
def test_merging_may_go_on_from_what_was_merged(seen, first):
    assert activity.merge([activity.merge(seen[:first]), *seen[first:]]) == activity.merge(seen)


@given(definitions, st.integers(1, 3))
def test_the_same_definition_again_says_nothing_new(definition, times):
    assert activity.merge([definition] * times) == definition
