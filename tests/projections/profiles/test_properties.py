"""The report is what a naive one says at any moment, and how the log falls into batches does not matter."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs.auth import tenants
from lrs.database.pool import Database
from lrs.errors import NotFound
from lrs.xapi.vocabulary import VOIDED
from tests.projections.profiles.builders import (
    LATER,
    REPORT,
    SCORED,
    UNUSABLE,
    Store,
    bad,
    good,
    numbers,
    other,
)
from tests.xapi_profiles.builders import PLACED, PROFILE, a_profile, a_statement, a_template, template
from xapi_profiles import Profiles, check, load

DOCUMENTS = (
    a_profile(
        templates=[
            a_template("placing", SCORED, verb=PLACED),
            a_template("later", verb=LATER, objectStatementRefTemplate=[template("placing")]),
        ]
    ),
    a_profile(templates=[a_template("all", {"location": "$.result", "presence": "excluded"})]),
    UNUSABLE,
)
LOADED: tuple[Profiles | None, ...] = (load(DOCUMENTS[0]), load(DOCUMENTS[1]), None)
MOST = 30

steps = st.lists(
    st.one_of(
        st.sampled_from(["good", "bad", "other"]),
        st.tuples(st.sampled_from(["refer", "void"]), st.integers(0, MOST)),
        st.tuples(st.just("add"), st.integers(0, len(DOCUMENTS) - 1)),
        st.tuples(st.just("adopt"), st.sampled_from(["off", "annotate", "reject"])),
    ),
    min_size=6,
    max_size=MOST,
)
MADE = {"good": good, "bad": bad, "other": other}


class Told:
    """A log as a script tells it, and what a naive reader makes of it."""

    def __init__(self, store: Store, script: list[Any]) -> None:
        self.store = store
        self.said: list[Any] = []
        ids = [str(uuid4()) for _ in range(MOST + 1)]
        for number, step in enumerate(script):
            self.said.append(self._tell(step, ids, number))

    def naive(self, position: int) -> tuple[int, ...] | None:
        """Valid, invalid and unmatched at a position; None where no profile is in force that can be used."""
        said = self.said[:position]
        documents = [each for kind, each in said if kind == "add"]
        off = [each for kind, each in said if kind == "adopt"][-1:] == ["off"]
        profiles = LOADED[documents[-1]] if documents else None
        if off or profiles is None:
            return None
        voids = {each["object"]["id"] for kind, each in said if kind == "void"}
        known = {each["id"]: each for kind, each in said if kind in ("say", "void")}
        counted = Counter(
            check(each, profiles, find=known.get).outcome
            for kind, each in said
            if kind == "void" or (kind == "say" and each["id"] not in voids)
        )
        return tuple(counted[each] for each in ("valid", "invalid", "unmatched"))

    def _tell(self, step: Any, ids: list[str], number: int) -> tuple[str, Any]:
        kind, value = step if isinstance(step, tuple) else (step, None)
        if kind == "add":
            self.store.add(DOCUMENTS[value])
            return kind, value
        if kind == "adopt":
            self.store.adopt(PROFILE, value)
            return kind, value
        about = {"objectType": "StatementRef", "id": ids[value] if value is not None else ""}
        if kind == "void":
            made = a_statement(id=ids[number], verb={"id": VOIDED}, object=about)
        elif kind == "refer":
            made = a_statement(id=ids[number], verb={"id": LATER}, object=about)
        else:
            made = MADE[kind](id=ids[number])
        self.store.say(made)
        return ("void" if kind == "void" else "say"), made


@given(script=steps, sizes=st.lists(st.integers(1, 9), max_size=8), data=st.data())
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("small_blocks")
def test_a_report_is_what_a_naive_one_says_at_any_moment(
    database: Database, script: list[Any], sizes: list[int], data: st.DataObject
) -> None:
    tenant = f"p{uuid4().hex[:12]}"
    tenants.create(database, tenant)
    store = Store(database, tenant)
    told = Told(store, script)
    head = store.follow(*sizes)
    for position in {head, data.draw(st.integers(1, head)), data.draw(st.integers(1, head))}:
        expected = told.naive(position)
        if expected is None:
            with pytest.raises(NotFound):
                store.ask(REPORT, profile=PROFILE, at=position)
        else:
            assert numbers(store.ask(REPORT, profile=PROFILE, at=position)) == expected
    rows = store.rows()
    store.follow(anew=True)
    assert store.rows() == rows


@pytest.mark.usefixtures("small_blocks")
def test_a_block_that_a_policy_completes_is_counted_wherever_batches_end(database: Database) -> None:
    tenant = f"p{uuid4().hex[:12]}"
    tenants.create(database, tenant)
    store = Store(database, tenant)
    Told(store, ["good", "good", "good", "good", ("add", 0), "good", "good", ("adopt", "annotate")])
    store.follow(5)
    rows = store.rows()
    assert len(rows["tally"]) == 2
    store.follow(anew=True)
    assert store.rows() == rows
