"""When a document may be written, and what merging does to it."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.errors import BadRequest, DocumentConflict, PreconditionFailed
from lrs.xapi import document

CURRENT = document.etag(b"current")
OTHER = document.etag(b"other")
BARE = CURRENT.strip('"')
KINDS = ["state", "agent_profile", "activity_profile"]
PROFILES = ["agent_profile", "activity_profile"]
VERSIONS = ["1.0.3", "2.0.0"]
WRITES = ["PUT", "POST", "DELETE"]


def check(method, kind, version, *, current=None, if_match=None, if_none_match=None):
    document.check_preconditions(
        method, kind, version, current=current, if_match=if_match, if_none_match=if_none_match
    )


def test_an_etag_is_the_quoted_sha1_of_the_content():
    assert document.etag(b"abc") == f'"{hashlib.sha1(b"abc").hexdigest()}"'  # noqa: S324


@pytest.mark.parametrize(
    ("kind", "version", "current", "answer"),
    [
        ("state", "1.0.3", None, None),
        ("state", "1.0.3", CURRENT, None),
        ("agent_profile", "1.0.3", None, BadRequest),
        ("agent_profile", "1.0.3", CURRENT, DocumentConflict),
        ("activity_profile", "1.0.3", None, BadRequest),
        ("activity_profile", "1.0.3", CURRENT, DocumentConflict),
        ("state", "2.0.0", None, None),
        ("state", "2.0.0", CURRENT, DocumentConflict),
        ("agent_profile", "2.0.0", None, None),
        ("agent_profile", "2.0.0", CURRENT, DocumentConflict),
        ("activity_profile", "2.0.0", None, None),
        ("activity_profile", "2.0.0", CURRENT, DocumentConflict),
    ],
)
def test_a_put_without_a_precondition(kind, version, current, answer):
    if answer is None:
        check("PUT", kind, version, current=current)
    else:
        with pytest.raises(answer):
            check("PUT", kind, version, current=current)


@pytest.mark.parametrize("current", [None, CURRENT])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_post_and_delete_need_no_precondition(kind, version, method, current):
    check(method, kind, version, current=current)


MATCHING = [
    CURRENT,
    "*",
    " * ",
    BARE,
    f"{OTHER}, {CURRENT}",
    f'"with, comma",{CURRENT}',
    f"{CURRENT} , W/{OTHER}",
    f"{CURRENT},",
]
NOT_MATCHING = [OTHER, f'{OTHER}, "1234"', '"*"', '""', BARE[:-1], f'"{BARE} "']


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_if_match_lets_only_the_named_document_be_changed(kind, version, method):
    for header in MATCHING:
        check(method, kind, version, current=CURRENT, if_match=header)
    for header in NOT_MATCHING:
        with pytest.raises(PreconditionFailed):
            check(method, kind, version, current=CURRENT, if_match=header)
    for header in MATCHING + NOT_MATCHING:
        with pytest.raises(PreconditionFailed):
            check(method, kind, version, current=None, if_match=header)


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_if_none_match_protects_the_named_document(kind, version, method):
    for header in [*MATCHING, f"W/{CURRENT}"]:
        with pytest.raises(PreconditionFailed):
            check(method, kind, version, current=CURRENT, if_none_match=header)
        check(method, kind, version, current=None, if_none_match=header)
    for header in NOT_MATCHING:
        check(method, kind, version, current=CURRENT, if_none_match=header)


def test_a_weak_tag_is_never_enough_to_overwrite():
    with pytest.raises(PreconditionFailed):
        check("PUT", "state", "2.0.0", current=CURRENT, if_match=f"W/{CURRENT}")


@pytest.mark.parametrize("header", ["", " ", ",", '"', '"a', "a b", '"a" "b"', "*, *", 'w/"a"', 'a"b'])
@pytest.mark.parametrize("name", ["if_match", "if_none_match"])
def test_a_header_that_is_no_list_of_tags_is_refused(name, header):
    with pytest.raises(BadRequest) as refused:
        check("PUT", "state", "2.0.0", current=CURRENT, **{name: header})
    assert refused.value.faults[0].pointer in {"If-Match", "If-None-Match"}


def test_both_preconditions_must_hold():
    check("PUT", "state", "2.0.0", current=CURRENT, if_match=CURRENT, if_none_match=OTHER)
    with pytest.raises(PreconditionFailed):
        check("PUT", "state", "2.0.0", current=CURRENT, if_match=CURRENT, if_none_match=CURRENT)


@given(
    st.text(st.characters(codec="latin-1")),
    st.sampled_from(WRITES),
    st.sampled_from(KINDS),
    st.sampled_from(VERSIONS),
)
def test_no_header_breaks_the_check(header, method, kind, version):
    for name in ("if_match", "if_none_match"):
        try:
            check(method, kind, version, current=CURRENT, **{name: header})
        except (BadRequest, PreconditionFailed):
            continue


def test_merging_replaces_only_the_top_level():
    old, new = b'{"a":1,"b":{"c":1,"d":2}}', b' {"b": {"c":3}, "e":null} '
    assert json.loads(document.merge(old, new)) == {"a": 1, "b": {"c": 3}, "e": None}


def test_merging_keeps_numbers_as_they_were_sent():
    merged = document.merge(b'{"a":1.10,"b":{"c":1e400}}', b'{"d":12345678901234567890123}')
    assert merged == b'{"a":1.10,"b":{"c":1e400},"d":12345678901234567890123}'


NO_OBJECT = [
    b"",
    b"[1]",
    b'"text"',
    b"null",
    b"1",
    b"{",
    b"\xff",
    b'{"a":1,"a":2}',
    b"\x00",
    b"{'a':1}",
    b"[" * 999,
]


@pytest.mark.parametrize("broken", NO_OBJECT)
def test_only_objects_are_merged(broken):
    for old, new in ((b"{}", broken), (broken, b"{}")):
        with pytest.raises(BadRequest, match="Only JSON objects can be merged"):
            document.merge(old, new)


objects = st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.booleans()))


@given(objects, objects)
def test_merging_is_what_a_dictionary_does(old, new):
    merged = document.merge(json.dumps(old).encode(), json.dumps(new, ensure_ascii=False).encode())
    assert json.loads(merged) == old | new


def test_an_object_that_leaves_no_doubt_is_accepted():
    value = {"a": [{"b": 1}, {"b": 2}], "http://a.b/c": {"b": {"b": "\\ : \u003a"}}, "é": 1}
    document.check_object(json.dumps(value, ensure_ascii=False).encode())
    document.check_object(b'{"a":' + b"[" * 99 + b"]" * 99 + b"}")


DOUBTFUL = {
    "no object": b"[]",
    "a key twice": b'{"a":1,"a":2}',
    "a key twice, between blanks": b'{"a": 1, "b": 2, "a": 3}',
    "a key twice, once escaped": b'{"a":1,"\\u0061":1}',
    "a key twice, deep": b'{"x":1,"y":[{"a":1,"a":1}]}',
    "a key twice after a lot": b'{"x":["' + b"x" * 2 * document.PIECE + b'"],"y":[{"a":1,"a":1}]}',
    "too deep": b'{"a":' + b"[" * 100 + b"]" * 100 + b"}",
    "as deep as a stack": b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "no UTF-8 in a text": b'{"a":["\xff"]}',
    "half a pair": b'{"a":["\\ud800"]}',
    "no number": b'{"a":[01]}',
    "not all": b'{"a":[1]',
    "too much": b'{"a":[1]}}',
}


@pytest.mark.parametrize("content", DOUBTFUL.values(), ids=DOUBTFUL)
def test_an_object_that_leaves_a_doubt_is_refused(content):
    with pytest.raises(BadRequest, match="Only JSON objects can be merged; the document sent"):
        document.check_object(content)


@given(st.lists(st.tuples(st.text(max_size=2), objects), max_size=6), st.booleans())
def test_a_key_is_found_twice_however_it_is_written(members, compact):
    separators = (",", ":") if compact else (", ", ": ")
    texts = [f"{json.dumps(name)}:{json.dumps(value, separators=separators)}" for name, value in members]
    content = ("{" + ",".join(texts) + "}").encode()
    if len({name for name, _ in members}) == len(members):
        document.check_object(content)
    else:
        with pytest.raises(BadRequest):
            document.check_object(content)
