"""How documents are kept: exact bytes, one event for each change, and nothing lost between two writers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs.auth import tenants
from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import BadRequest, NotFound, PreconditionFailed, TooLarge
from lrs.log import events
from lrs.log.event_log import EventLog
from lrs.log.events import DocumentDeleted, DocumentStored
from lrs.store.changes import Write
from lrs.store.document_keys import DocumentKey, Owner
from lrs.store.documents import Documents
from lrs.xapi import document

ADA = {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@example.com"}
ACTIVITY = "http://example.com/activities/fractions"
STATE = Owner("state", ACTIVITY, ADA, "mbox|mailto:ada@example.com")
AGENT_PROFILE = Owner("agent_profile", None, ADA, "mbox|mailto:ada@example.com")
ACTIVITY_PROFILE = Owner("activity_profile", ACTIVITY)
OWNERS = [STATE, AGENT_PROFILE, ACTIVITY_PROFILE]
REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
LARGE = 1 << 20
same_tenant = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)


@pytest.fixture
def documents(database: Database) -> Documents:
    return Documents(database, keep_replaced=False)


def a_key(
    owner: Owner = STATE, registration: str | None = None, document_id: str = "bookmark"
) -> DocumentKey:
    return DocumentKey(owner, registration, document_id)


def a_write(
    content: bytes = b"",
    key: DocumentKey | None = None,
    *,
    content_type: str = "application/json",
    if_match: str | None = None,
    if_none_match: str | None = None,
) -> Write:
    def check(current: str | None) -> None:
        document.check_preconditions(
            "POST", "state", "2.0.0", current=current, if_match=if_match, if_none_match=if_none_match
        )

    return Write(key or a_key(), "a-key", check, content, content_type)


def recorded(database: Database, tenant: str) -> list[tuple[int, Any]]:
    return [
        (each.version, events.from_state(each.topic, each.state))
        for each in EventLog(database, tenant).read()
    ]


def blobs(database: Database, tenant: str) -> set[str]:
    with database.connection() as connection:
        rows = connection.execute(f"SELECT sha2 FROM {sql.schema(tenant)}.blob".encode()).fetchall()  # noqa: S608
    return {sha2.hex() for (sha2,) in rows}


@pytest.mark.parametrize("owner", OWNERS)
def test_a_document_comes_back_as_it_was_stored(documents, tenant, owner):
    documents.put(tenant, a_write(b"\x00\xff", a_key(owner), content_type="image/x-thing; a=b"))
    found = documents.get(tenant, a_key(owner))
    assert (found.content, found.content_type) == (b"\x00\xff", "image/x-thing; a=b")
    assert found.etag == document.etag(b"\x00\xff")


@same_tenant
@given(
    content=st.binary(max_size=2000),
    document_id=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
)
def test_whatever_the_bytes_and_the_id(documents, tenant, content, document_id):
    key = a_key(document_id=document_id)
    documents.put(tenant, a_write(content, key))
    assert documents.get(tenant, key).content == content
    assert document_id in [each.document_id for each in documents.ids(tenant, STATE)]


@pytest.mark.parametrize("size", [0, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3 * LARGE])
def test_documents_of_any_size(documents, tenant, size):
    content = uuid4().bytes * (size // 16 + 1)
    documents.put(tenant, a_write(content[:size]))
    assert documents.get(tenant, a_key()).content == content[:size]


def test_nothing_is_shared_between_owners_registrations_ids_and_tenants(documents, database, tenant):
    other_tenant = f"t{uuid4().hex[:12]}"
    tenants.create(database, other_tenant)
    bo = Owner("state", ACTIVITY, {"mbox": "mailto:bo@example.com"}, "mbox|mailto:bo@example.com")
    keys = [
        a_key(), a_key(registration=REGISTRATION), a_key(document_id="Bookmark"), a_key(bo),
        *map(a_key, OWNERS[1:]),
    ]  # fmt: skip
    for number, key in enumerate(keys):
        documents.put(tenant, a_write(str(number).encode(), key))
    assert [documents.get(tenant, key).content for key in keys] == [b"0", b"1", b"2", b"3", b"4", b"5"]
    assert len({key.stream for key in keys}) == len(keys)
    for key in keys:
        with pytest.raises(NotFound):
            documents.get(other_tenant, key)


def test_what_is_not_there_is_not_found(documents, tenant):
    with pytest.raises(NotFound):
        documents.get(tenant, a_key())
    assert documents.ids(tenant, STATE) == []


def test_every_change_is_an_event_in_the_stream_of_the_document(documents, database, tenant):
    key = a_key(registration=REGISTRATION)
    documents.put(tenant, a_write(b'{"a":1}', key))
    documents.post(tenant, a_write(b'{"b":2}', key), largest=LARGE)
    documents.delete(tenant, a_write(key=key))
    documents.put(tenant, a_write(b"{}", key))
    named = {
        "kind": "state", "activity": ACTIVITY, "agent": ADA, "registration": REGISTRATION,
        "document_id": "bookmark", "by": "a-key",
    }  # fmt: skip
    contents = [b'{"a":1}', b'{"a":1,"b":2}', b"{}"]
    first, second, last = (
        DocumentStored(
            **named, content_type="application/json", size=len(each), sha2=sha256(each).hexdigest()
        )
        for each in contents
    )
    assert recorded(database, tenant) == [(1, first), (2, second), (3, DocumentDeleted(**named)), (4, last)]


def test_what_is_refused_leaves_no_trace(documents, database, tenant):
    documents.put(tenant, a_write(b'{"a":1}'))
    before = recorded(database, tenant), blobs(database, tenant), documents.get(tenant, a_key())
    refused = [
        (PreconditionFailed, lambda: documents.put(tenant, a_write(b"new", if_match='"old"'))),
        (PreconditionFailed, lambda: documents.delete(tenant, a_write(if_match='"old"'))),
        (PreconditionFailed, lambda: documents.put(tenant, a_write(b"new", if_none_match="*"))),
        (BadRequest, lambda: documents.post(tenant, a_write(b"[1]"), largest=LARGE)),
        (
            BadRequest,
            lambda: documents.post(tenant, a_write(b"{}", content_type="text/plain"), largest=LARGE),
        ),
        (TooLarge, lambda: documents.post(tenant, a_write(b'{"b":2}'), largest=10)),
    ]
    for error, change in refused:
        with pytest.raises(error):
            change()
    assert before == (recorded(database, tenant), blobs(database, tenant), documents.get(tenant, a_key()))


def test_deleting_what_is_not_there_is_no_event(documents, database, tenant):
    documents.delete(tenant, a_write())
    documents.delete_all(tenant, STATE, registration=None, by="a-key")
    assert recorded(database, tenant) == []


def test_a_post_creates_and_then_merges(documents, tenant):
    documents.post(tenant, a_write(b'{"x":"foo","y":1.10}'), largest=LARGE)
    documents.post(
        tenant, a_write(b'{"x":"bash","z":{}}', content_type="application/json; charset=utf-8"), largest=LARGE
    )
    found = documents.get(tenant, a_key())
    assert found.content == b'{"x":"bash","y":1.10,"z":{}}'
    assert found.content_type == "application/json; charset=utf-8"


@pytest.mark.parametrize("content", [b"[1]", b"1", b"{", b"", b'{"a":1,"a":2}'])
def test_what_says_it_is_json_must_be_an_object_to_be_posted(documents, tenant, content):
    with pytest.raises(BadRequest):
        documents.post(tenant, a_write(content), largest=LARGE)
    with pytest.raises(NotFound):
        documents.get(tenant, a_key())


def test_a_post_of_anything_else_creates_too(documents, tenant):
    documents.post(tenant, a_write(b"text", content_type="text/plain"), largest=LARGE)
    assert documents.get(tenant, a_key()).content == b"text"
    with pytest.raises(BadRequest):
        documents.post(tenant, a_write(b"{}"), largest=LARGE)


def test_ids_are_listed_newest_first(documents, tenant):
    for document_id in ("a", "b", "c", "a"):
        documents.put(tenant, a_write(b"", a_key(document_id=document_id)))
    assert [each.document_id for each in documents.ids(tenant, STATE)] == ["a", "c", "b"]


def test_since_is_exclusive_and_counts_changes(documents, tenant):
    for document_id in ("a", "b"):
        documents.put(tenant, a_write(b"", a_key(document_id=document_id)))
    b, a = documents.ids(tenant, STATE)
    assert documents.ids(tenant, STATE, since=a.updated) == [b]
    assert documents.ids(tenant, STATE, since=a.updated - timedelta(microseconds=1)) == [b, a]
    assert documents.ids(tenant, STATE, since=b.updated) == []
    documents.put(tenant, a_write(b"changed", a_key(document_id="a")))
    assert [each.document_id for each in documents.ids(tenant, STATE, since=b.updated)] == ["a"]
    assert documents.get(tenant, a_key(document_id="a")).updated > b.updated


def states(documents: Documents, tenant: str) -> None:
    for registration in (None, REGISTRATION):
        for document_id in ("both", registration or "none"):
            documents.put(tenant, a_write(b"", a_key(STATE, registration, document_id)))


def test_a_registration_narrows_the_ids_down(documents, tenant):
    states(documents, tenant)
    everywhere = {each.document_id for each in documents.ids(tenant, STATE)}
    assert everywhere == {"both", "none", REGISTRATION}
    narrow = {each.document_id for each in documents.ids(tenant, STATE, registration=REGISTRATION)}
    assert narrow == {"both", REGISTRATION}


def test_a_registration_narrows_deleting_down(documents, database, tenant):
    states(documents, tenant)
    documents.delete_all(tenant, STATE, registration=REGISTRATION, by="a-key")
    assert {each.document_id for each in documents.ids(tenant, STATE)} == {"both", "none"}
    documents.delete_all(tenant, STATE, registration=None, by="a-key")
    assert documents.ids(tenant, STATE) == []
    deleted = [
        (place, event) for place, event in recorded(database, tenant) if isinstance(event, DocumentDeleted)
    ]
    assert len(deleted) == 4
    assert {place for place, _ in deleted} == {2}
    assert blobs(database, tenant) == set()


def test_the_content_of_a_replaced_document_is_dropped(documents, database, tenant):
    documents.put(tenant, a_write(b"old"))
    documents.put(tenant, a_write(b"old", a_key(document_id="another")))
    documents.put(tenant, a_write(b"new"))
    assert blobs(database, tenant) == {sha256(b"old").hexdigest(), sha256(b"new").hexdigest()}
    documents.delete(tenant, a_write(key=a_key(document_id="another")))
    assert blobs(database, tenant) == {sha256(b"new").hexdigest()}
    documents.delete(tenant, a_write())
    assert blobs(database, tenant) == set()


def test_the_content_of_a_replaced_document_is_kept_where_that_is_wanted(database, tenant):
    documents = Documents(database, keep_replaced=True)
    documents.put(tenant, a_write(b"old"))
    documents.put(tenant, a_write(b"new"))
    documents.delete(tenant, a_write())
    assert blobs(database, tenant) == {sha256(b"old").hexdigest(), sha256(b"new").hexdigest()}


def test_a_change_whose_answer_was_lost_is_not_made_twice_nor_refused(documents, database, tenant):
    created = a_write(b"1", if_none_match="*")
    for _ in range(2):
        documents.put(tenant, created)
    replaced = a_write(b"2", if_match=document.etag(b"1"))
    for _ in range(2):
        documents.put(tenant, replaced)
    deleted = a_write(if_match=document.etag(b"2"))
    for _ in range(2):
        documents.delete(tenant, deleted)
    assert [place for place, _ in recorded(database, tenant)] == [1, 2, 3]
    with pytest.raises(PreconditionFailed):
        documents.delete(tenant, a_write(if_match=document.etag(b"2")))


def test_a_change_after_a_lost_answer_is_judged_by_what_others_did_since(documents, tenant):
    created = a_write(b"1", if_none_match="*")
    documents.put(tenant, created)
    documents.put(tenant, a_write(b"2"))
    with pytest.raises(PreconditionFailed):
        documents.put(tenant, created)


def test_of_many_writers_that_replace_the_same_version_one_wins(documents, database, tenant):
    documents.put(tenant, a_write(b"old"))

    def replace(number: int) -> bool:
        try:
            documents.put(tenant, a_write(str(number).encode(), if_match=document.etag(b"old")))
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(replace, range(24)))
    assert sum(won) == 1
    assert documents.get(tenant, a_key()).content == str(won.index(True)).encode()
    assert len(recorded(database, tenant)) == 2


def test_merges_at_the_same_time_lose_nothing(documents, tenant):
    def merge(number: int) -> None:
        documents.post(tenant, a_write(json.dumps({str(number): number}).encode()), largest=LARGE)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(merge, range(40)))
    assert json.loads(documents.get(tenant, a_key()).content) == {str(number): number for number in range(40)}


def test_a_reader_always_sees_a_whole_document(documents, tenant):
    contents = [letter * (600 * 1024) for letter in (b"a", b"b")]
    documents.put(tenant, a_write(contents[0]))

    def write(number: int) -> None:
        documents.put(tenant, a_write(contents[number % 2]))

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write, number) for number in range(30)]
        while not all(each.done() for each in writing):
            found = documents.get(tenant, a_key())
            assert found.content in contents
            assert found.etag == document.etag(found.content)
        for each in writing:
            each.result()


def test_a_statement_with_the_id_of_a_stream_is_in_nobodys_way(documents, database, tenant):
    log = EventLog(database, tenant)
    with log.locked() as connection:
        log.append(
            connection, [events.to_stored(DocumentDeleted("x", None, None, None, "", ""), a_key().stream, 1)]
        )
    documents.put(tenant, a_write(b"1"))
    assert documents.get(tenant, a_key()).content == b"1"
