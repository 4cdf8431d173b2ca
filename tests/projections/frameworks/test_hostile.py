"""Whatever a package has where it should not: it is refused, or it can be read."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from hypothesis import given
from hypothesis import strategies as st

from lrs.log.event_log import Recorded
from lrs.log.events import FrameworkImported
from lrs.registrar import frameworks, packages
from projections.frameworks import model
from projections.frameworks.project import fold
from tests.case.packages import a_link, a_package, an_item

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
PARTS = [
    ["CFDocument"], ["CFItems"], ["CFAssociations"], ["CFItems", 0], ["CFAssociations", 0],
    *(["CFDocument", each] for each in ("identifier", "uri", "title", "CFPackageURI", "lastChangeDateTime")),
    *(["CFItems", 0, each] for each in (*an_item("A"), "CFItemType", "CFItemTypeURI", "CFDocumentURI")),
    *(["CFAssociations", 0, each] for each in (*a_link("A", ""), "sequenceNumber")),
    *(["CFAssociations", 0, "originNodeURI", each] for each in ("identifier", "uri", "title")),
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(PARTS), JSON), max_size=3))
def test_whatever_is_not_refused_can_be_read(changes: list[tuple[list[Any], Any]]) -> None:
    package = a_package("A B", a_link("A", "B"), a_link("B", ""), a_link("A", "B", "precedes"))
    for way, value in changes:
        replace(package, way, value)
    if not packages.faults(package):
        checked = frameworks.checked(package)
        assert all(isinstance(each, str) for each in checked.notices)
        framework = model.framework(package, 1)
        assert set(framework.items) == {each for under in framework.children.values() for each in under}
        event = FrameworkImported(framework.id, checked.sha256, package, "x")
        state = orjson.dumps(asdict(event))
        assert list(fold(Recorded(1, datetime.now(UTC), event.topic, UUID(int=1), 1, state)))


def replace(inside: Any, way: list[Any], value: Any) -> None:
    """Put a value there, where there is a there."""
    *outer, last = way
    with suppress(TypeError, LookupError):
        for step in outer:
            inside = inside[step]
        if isinstance(inside, list if isinstance(last, int) else dict):
            inside[last] = value
