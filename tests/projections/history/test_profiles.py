"""An entry of the history says what profiles make of its statement, as of the moment that is asked for."""

from __future__ import annotations

from uuid import uuid4

from lrs.auth import tenants
from lrs.cli.asking import ask
from lrs.database.pool import Database
from projections import found
from projections.rebuild import rebuild
from tests.projections.profiles.builders import Store, bad, good, other, sports
from tests.xapi_profiles.builders import PROFILE


def test_a_statement_is_told_with_what_the_profiles_in_force_make_of_it(database: Database):
    tenants.create(database, tenant := f"t{uuid4().hex[:12]}")
    store = Store(database, tenant)
    store.say(good(), bad(), other())
    added = store.add(sports())
    store.adopt(PROFILE, "off")
    for name in ("history", "learners", "profiles"):
        rebuild(database, tenant, found.projection(name), progress=lambda *_: None)
    says = [{"profile": PROFILE, "outcome": outcome} for outcome in ("valid", "invalid")]
    for position, expected in {
        added - 1: [[], [], []],
        added: [says[:1], says[1:], [], []],
        added + 1: [[], [], [], [], []],
    }.items():
        entries = ask(database, tenant, "/audit/history?ascending=true", as_of=position)["entries"]
        assert [each["profiles"] for each in entries] == expected
