"""What one process was told, another learns to be news again."""

from __future__ import annotations

import asyncio
from typing import Any

from lrs.database.pool import Database
from lrs.log.writer import Writer
from lrs.store import activities
from lrs.store.index import FORGET_AFTER, Index
from tests.client import a_statement
from tests.store.test_storing import entries

Json = dict[str, Any]
ACTIVITY = "http://example.com/activities/fractions"


def test_what_another_process_was_told_gives_way_to_what_is_said_after_a_while(
    database: Database, tenant: str
) -> None:
    """The one has told B, the other hears A again and again: as soon as it forgets, A is the last word."""
    now = 0.0
    one = Writer(database, Index(clock=lambda: now))
    other = Writer(database, Index(clock=lambda: now))

    def say(writer: Writer, name: str) -> None:
        said = a_statement(object={"id": ACTIVITY, "definition": {"name": {"en": name}}})
        asyncio.run(writer.append(tenant, entries(said)))

    def known() -> str:
        return str(activities.merged(database, tenant, [ACTIVITY])[ACTIVITY]["name"]["en"])

    say(other, "A")
    say(one, "B")
    assert known() == "B"
    now = FORGET_AFTER + 1
    say(other, "A")
    say(other, "A")
    assert known() == "A"
    for writer in (one, other):
        writer.close()
