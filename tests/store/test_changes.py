"""Large documents: what takes long is done while others may write, and is right all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256

import pytest

from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import BadRequest, NotFound, PreconditionFailed, TooLarge
from lrs.store import changes
from lrs.store.changes import Changes
from lrs.store.contents import Content, Current, Merged, Read
from lrs.store.documents import Documents
from lrs.xapi import document
from tests.store.test_documents import LARGE, a_key, a_write, blobs, recorded

FILLING = "x" * changes.SMALL
OTHER = a_key(document_id="other")


@pytest.fixture
def documents(database: Database) -> Documents:
    return Documents(database, keep_replaced=False)


def large(**members: object) -> bytes:
    """A JSON object that is not merged under the lock."""
    return json.dumps(members | {"filling": FILLING}, separators=(",", ":")).encode()


@dataclass
class Observed:
    """A merge during which something else happens."""

    merged: Merged
    meanwhile: Callable[[int], None]
    times: int = 0

    def size(self, current: Current | None) -> int:
        return self.merged.size(current)

    def content(self, current: Current | None, read: Read) -> Content | None:
        self.times += 1
        self.meanwhile(self.times)
        return self.merged.content(current, read)


def merge(
    documents: Documents,
    tenant: str,
    content: bytes,
    meanwhile: Callable[[int], None],
    if_match: str | None = None,
) -> int:
    """Merge a content into the document; how often that was tried."""
    write = a_write(content, if_match=if_match)
    observed = Observed(Merged(content, write.content_type, 10 * LARGE), meanwhile)
    Changes(documents.database, tenant, documents.keep_replaced).make(write, observed)
    return observed.times


def members(documents: Documents, tenant: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(documents.get(tenant, a_key()).content)
    found.pop("filling")
    return found


def test_others_write_while_a_large_document_is_merged(documents, tenant):
    documents.put(tenant, a_write(large(a=1)))
    tries = merge(documents, tenant, b'{"b":2}', lambda _: documents.put(tenant, a_write(b"", OTHER)))
    assert tries == 1
    assert members(documents, tenant) == {"a": 1, "b": 2}
    assert documents.get(tenant, OTHER).content == b""


def test_a_document_that_changes_meanwhile_is_merged_anew(documents, database, tenant):
    documents.put(tenant, a_write(large(a=1)))

    def change_once(time: int) -> None:
        if time == 1:
            documents.post(tenant, a_write(b'{"a":3,"c":3}'), largest=10 * LARGE)

    assert merge(documents, tenant, b'{"b":2}', change_once) == 2
    assert members(documents, tenant) == {"a": 3, "b": 2, "c": 3}
    assert [place for place, _ in recorded(database, tenant)] == [1, 2, 3]


def test_a_document_that_always_changes_is_merged_at_last(documents, database, tenant):
    documents.put(tenant, a_write(large(a=0)))

    def change(time: int) -> None:
        if time <= changes.MOST_TIMES_AHEAD:
            documents.post(tenant, a_write(json.dumps({"a": time}).encode()), largest=10 * LARGE)

    assert merge(documents, tenant, b'{"b":2}', change) == changes.MOST_TIMES_AHEAD + 1
    assert members(documents, tenant) == {"a": changes.MOST_TIMES_AHEAD, "b": 2}
    content = documents.get(tenant, a_key()).content
    assert blobs(database, tenant) == {sha256(content).hexdigest()}


def test_a_document_that_is_deleted_meanwhile_is_created(documents, database, tenant):
    documents.put(tenant, a_write(large(a=1)))
    deleting = lambda time: documents.delete(tenant, a_write()) if time == 1 else None  # noqa: E731
    merge(documents, tenant, large(b=2), deleting)
    assert members(documents, tenant) == {"b": 2}
    content = documents.get(tenant, a_key()).content
    assert blobs(database, tenant) == {sha256(content).hexdigest()}


def test_a_precondition_is_judged_by_what_the_document_is_at_the_end(documents, database, tenant):
    documents.put(tenant, a_write(large(a=1)))
    known = documents.get(tenant, a_key()).etag
    before = len(recorded(database, tenant))
    with pytest.raises(PreconditionFailed):
        merge(documents, tenant, b'{"b":2}', lambda _: documents.put(tenant, a_write(large(a=2))), known)
    assert members(documents, tenant) == {"a": 2}
    assert len(recorded(database, tenant)) == before + 1


def test_a_change_and_back_is_no_change(documents, tenant):
    documents.put(tenant, a_write(large(a=1)))
    known = documents.get(tenant, a_key()).etag

    def there_and_back(_: int) -> None:
        for number in (2, 1):
            documents.put(tenant, a_write(large(a=number)))

    assert merge(documents, tenant, b'{"b":2}', there_and_back, known) == 1
    assert members(documents, tenant) == {"a": 1, "b": 2}


def test_a_content_that_was_stored_before_the_lock_may_be_gone_when_it_is_needed(documents, database, tenant):
    documents.put(tenant, a_write(large(a=1)))
    merged = document.merge(large(a=1), b'{"b":2}')
    write = a_write(b'{"b":2}')
    seen = []

    def lose(_: str | None) -> None:
        seen.append(sha256(merged).hexdigest() in blobs(database, tenant))
        with database.connection() as connection:
            query = f"DELETE FROM {sql.schema(tenant)}.blob WHERE sha2 = %s"  # noqa: S608
            connection.execute(query.encode(), [sha256(merged).digest()])

    write.check = lose
    documents.post(tenant, write, largest=10 * LARGE)
    assert seen == [False, True]
    assert documents.get(tenant, a_key()).content == merged


def test_large_merges_at_the_same_time_lose_nothing(documents, database, tenant):
    documents.put(tenant, a_write(large()))

    def merge_one(number: int) -> None:
        documents.post(tenant, a_write(json.dumps({str(number): number}).encode()), largest=10 * LARGE)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(merge_one, range(30)))
    assert members(documents, tenant) == {str(number): number for number in range(30)}
    content = documents.get(tenant, a_key()).content
    assert blobs(database, tenant) == {sha256(content).hexdigest()}


def test_of_many_large_contents_for_the_same_version_one_wins(documents, database, tenant):
    documents.put(tenant, a_write(large(a=0)))
    known = documents.get(tenant, a_key()).etag

    def replace(number: int) -> bool:
        try:
            documents.put(tenant, a_write(large(a=number), if_match=known))
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(replace, range(1, 17)))
    assert sum(won) == 1
    assert members(documents, tenant) == {"a": won.index(True) + 1}
    assert len(recorded(database, tenant)) == 2


def test_a_large_document_is_created_once(documents, database, tenant):
    def create(number: int) -> bool:
        try:
            documents.put(tenant, a_write(large(a=number), if_none_match="*"))
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(create, range(16))) == 1
    assert len(recorded(database, tenant)) == 1


def test_a_large_change_whose_answer_was_lost_is_not_made_twice_nor_refused(documents, database, tenant):
    created = a_write(large(a=1), if_none_match="*")
    merged = a_write(large(b=2), if_match=document.etag(large(a=1)))
    for _ in range(2):
        documents.put(tenant, created)
    for _ in range(2):
        documents.post(tenant, merged, largest=10 * LARGE)
    assert [place for place, _ in recorded(database, tenant)] == [1, 2]
    assert members(documents, tenant) == {"a": 1, "b": 2}


REFUSED = [
    (PreconditionFailed, a_write(large(b=2), if_match='"old"')),
    (TooLarge, a_write(large(b="x" * LARGE))),
    (BadRequest, a_write(large(b=2), content_type="text/plain")),
    (BadRequest, a_write(large(b=2)[:-1])),
]


@pytest.mark.parametrize(("error", "write"), REFUSED)
def test_a_large_change_that_is_refused_leaves_no_trace(documents, database, tenant, error, write):
    documents.put(tenant, a_write(large(a=1)))
    before = recorded(database, tenant), blobs(database, tenant), documents.get(tenant, a_key())
    with pytest.raises(error):
        documents.post(tenant, write, largest=LARGE)
    assert before == (recorded(database, tenant), blobs(database, tenant), documents.get(tenant, a_key()))


def test_replaced_contents_are_kept_where_that_is_wanted(database, tenant):
    documents = Documents(database, keep_replaced=True)
    documents.put(tenant, a_write(large(a=1)))
    documents.put(tenant, a_write(large(a=2)))
    documents.delete(tenant, a_write())
    assert blobs(database, tenant) == {sha256(large(a=number)).hexdigest() for number in (1, 2)}
    with pytest.raises(NotFound):
        documents.get(tenant, a_key())
