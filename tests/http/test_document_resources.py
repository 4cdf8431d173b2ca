"""What the state and profile resources have in common: bytes, preconditions, merging, ids and scopes."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from hashlib import sha1
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs.auth import scopes, tenants
from tests.client import Client
from tests.conftest import a_key

ADA = '{"objectType":"Agent","mbox":"mailto:ada@example.com"}'
ACTIVITY = "http://example.com/activities/fractions"
STATE = ("/activities/state", {"activityId": ACTIVITY, "agent": ADA, "stateId": "bookmark"})
AGENT_PROFILE = ("/agents/profile", {"agent": ADA, "profileId": "preferences"})
ACTIVITY_PROFILE = ("/activities/profile", {"activityId": ACTIVITY, "profileId": "layout"})
PROFILES = [AGENT_PROFILE, ACTIVITY_PROFILE]
RESOURCES = [STATE, *PROFILES]
OLD = {"X-Experience-API-Version": "1.0.3"}
NEW = {"X-Experience-API-Version": "2.0.0"}
VERSIONS = [OLD, NEW]
JSON = {"Content-Type": "application/json"}
same_tenant = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)

Resource = tuple[str, dict[str, str]]


def etag(content: bytes) -> str:
    return f'"{sha1(content, usedforsecurity=False).hexdigest()}"'


def send(
    lrs: Client, method: str, resource: Resource, content: bytes | None = None, **headers: str
) -> httpx.Response:
    path, parameters = resource
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lrs.http.request(method, path, params=parameters, content=content, headers=named)


def stored(
    lrs: Client, resource: Resource, content: bytes = b"{}", content_type: str = "application/json"
) -> str:
    """Store a document where there is none; its ETag."""
    assert send(lrs, "POST", resource, content, Content_Type=content_type).status_code == 204
    return etag(content)


def faults(answer: httpx.Response) -> set[str]:
    return {fault["pointer"] for fault in answer.json()["faults"]}


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_document_comes_back_as_it_was_sent(lrs, resource):
    content = bytes(range(256))
    assert send(lrs, "PUT", resource, content, Content_Type="image/x-thing; a=b").status_code == 204
    answer = send(lrs, "GET", resource)
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "image/x-thing; a=b"
    assert answer.headers["etag"] == etag(content)
    assert parsedate_to_datetime(answer.headers["last-modified"]).tzinfo is not None
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-security-policy"] == "sandbox"


@same_tenant
@given(content=st.binary(max_size=300))
def test_any_bytes_come_back(lrs, content):
    path, parameters = STATE
    resource = (path, parameters | {"stateId": sha1(content, usedforsecurity=False).hexdigest()})
    send(lrs, "PUT", resource, content, If_None_Match="W/" + etag(b""))
    assert send(lrs, "GET", resource).content == content


@pytest.mark.parametrize(
    "content_type", ["text/plain", "text/html; charset=latin-1", "application/json", "x"]
)
def test_a_content_type_comes_back_to_the_letter(lrs, content_type):
    stored(lrs, STATE, b"{}", content_type)
    assert send(lrs, "GET", STATE).headers["content-type"] == content_type


def test_who_says_no_content_type_sends_bytes(lrs):
    send(lrs, "PUT", STATE, b"abc")
    assert send(lrs, "GET", STATE).headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("headers", VERSIONS)
@pytest.mark.parametrize("resource", RESOURCES)
def test_a_head_is_a_get_without_a_body(lrs, resource, headers):
    assert send(lrs, "HEAD", resource).status_code == 404
    stored(lrs, resource, b'{"a":1}')
    got, head = send(lrs, "GET", resource, **headers), send(lrs, "HEAD", resource, **headers)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "last-modified", "content-type", "content-length", "x-experience-api-version"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize("resource", RESOURCES)
def test_what_is_not_there_is_404_and_deleted_with_204(lrs, resource):
    assert send(lrs, "GET", resource).status_code == 404
    assert send(lrs, "DELETE", resource).status_code == 204
    stored(lrs, resource)
    assert send(lrs, "DELETE", resource).status_code == 204
    assert send(lrs, "GET", resource).status_code == 404


@pytest.mark.parametrize("resource", PROFILES)
def test_in_1_0_a_profile_is_not_put_blindly(lrs, resource):
    assert send(lrs, "PUT", resource, b"new", **OLD).status_code == 400
    assert send(lrs, "PUT", resource, b"new", **OLD, If_None_Match="*").status_code == 204
    answer = send(lrs, "PUT", resource, b"newer", **OLD)
    assert answer.status_code == 409
    assert "If-Match" in answer.json()["error"]
    assert send(lrs, "GET", resource).content == b"new"


def test_in_1_0_a_state_is_put_blindly(lrs):
    for content in (b"old", b"new"):
        assert send(lrs, "PUT", STATE, content, **OLD).status_code == 204
        assert send(lrs, "GET", STATE).content == content


@pytest.mark.parametrize("resource", RESOURCES)
def test_in_2_0_what_exists_is_not_put_blindly(lrs, resource):
    assert send(lrs, "PUT", resource, b"old").status_code == 204
    answer = send(lrs, "PUT", resource, b"new")
    assert answer.status_code == 409
    assert answer.json()["error"]
    assert send(lrs, "GET", resource).content == b"old"


@pytest.mark.parametrize("headers", VERSIONS)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("resource", RESOURCES)
def test_if_match_names_what_may_change(lrs, resource, method, headers):
    current = stored(lrs, resource, b'{"a":1}')
    refused = send(lrs, method, resource, b"{}", **headers, **JSON, If_Match='"1234"')
    assert refused.status_code == 412
    assert send(lrs, "GET", resource).content == b'{"a":1}'
    assert send(lrs, method, resource, b"{}", **headers, **JSON, If_Match=current).status_code == 204


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("resource", RESOURCES)
def test_if_none_match_protects_what_exists(lrs, resource, method):
    assert send(lrs, method, resource, b"{}", **JSON, If_None_Match="*").status_code == 204
    assert send(lrs, method, resource, b'{"a":1}', **JSON, If_None_Match="*").status_code == 412
    assert send(lrs, "GET", resource).content == b"{}"


def test_who_has_the_document_already_is_told_so(lrs):
    current = stored(lrs, STATE)
    answer = send(lrs, "GET", STATE, If_None_Match=current)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", current)
    assert send(lrs, "GET", STATE, If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_post_merges_the_top_level(lrs, resource):
    stored(lrs, resource, b'{"car":{"make":"Ford"},"n":1.10}')
    assert send(lrs, "POST", resource, b'{"car":{"model":"Ram"}}', **JSON).status_code == 204
    assert send(lrs, "GET", resource).content == b'{"car":{"model":"Ram"},"n":1.10}'


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize(
    ("old_type", "old", "new_type", "new"),
    [
        ("application/json", b"{}", "not/json", b"abc"),
        ("application/json", b"{}", "application/octet-stream", b"{}"),
        ("application/octet-stream", b"/ asdf / undefined", "application/json", b"{}"),
        ("application/json", b"{}", "application/json", b'{"a":1}{'),
        ("application/json", b"{}", "application/json", b"[]"),
        ("application/json", b"{}", "application/json", b""),
        ("text/plain", b"a", "text/plain", b"b"),
    ],
)
def test_a_post_that_cannot_merge_changes_nothing(lrs, resource, old_type, old, new_type, new):
    stored(lrs, resource, old, old_type)
    assert send(lrs, "POST", resource, new, Content_Type=new_type).status_code == 400
    assert send(lrs, "GET", resource).content == old


@pytest.mark.parametrize("resource", RESOURCES)
def test_without_an_id_a_get_lists_ids_newest_first(lrs, resource):
    path, parameters = resource
    id_name = list(parameters)[-1]
    assert _ids(lrs, resource) == []
    for document_id in ("a", "b", "ü/☃ %", "a"):
        send(lrs, "PUT", (path, parameters | {id_name: document_id}), b"", If_None_Match='"x"')
    assert _ids(lrs, resource) == ["a", "ü/☃ %", "b"]


def _ids(lrs: Client, resource: Resource, **filters: str) -> list[str]:
    path, parameters = resource
    owner = {name: value for name, value in parameters.items() if name not in {"stateId", "profileId"}}
    answer = lrs.http.get(path, params=owner | filters)
    assert answer.status_code == 200
    assert ("last-modified" in answer.headers) == bool(answer.json())
    return answer.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("resource", RESOURCES)
def test_since_is_about_changes(lrs, resource):
    stored(lrs, resource)
    _, id_value = list(resource[1].items())[-1]
    assert _ids(lrs, resource, since="2020-01-01T00:00:00Z") == [id_value]
    assert _ids(lrs, resource, since="2020-01-01T00:00:00+01:00") == [id_value]
    assert _ids(lrs, resource, since="2999-01-01T00:00:00Z") == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize("resource", RESOURCES)
def test_whose_document_must_be_said(lrs, resource, method):
    path, parameters = resource
    for missing in list(parameters)[:-1]:
        rest = {name: value for name, value in parameters.items() if name != missing}
        answer = send(lrs, method, (path, rest), b"{}", **JSON)
        assert answer.status_code == 400
        assert method == "HEAD" or faults(answer) == {missing}


@pytest.mark.parametrize("resource", RESOURCES)
def test_which_document_must_be_said_to_write_it(lrs, resource):
    path, parameters = resource
    *owner, id_name = parameters
    for method in ("PUT", "POST", *(["DELETE"] if resource in PROFILES else [])):
        answer = send(lrs, method, (path, {name: parameters[name] for name in owner}), b"{}", **JSON)
        assert (answer.status_code, faults(answer)) == (400, {id_name})


NO_AGENTS = [
    "", "true", "not JSON", "{}", "[]", "[" * 1000, '{"mbox":"ada@example.com"}', '{"objectType":"Person"}',
    '{"mbox":"mailto:a@b.c","openid":"http://a.b"}', '{"objectType":"Group","member":[' + ADA + "]}",
    '{"mbox":"mailto:a@b.c","mbox":"mailto:d@e.f"}', '{"mbox":"mailto:a@b.c\\ud800"}',
]  # fmt: skip
NO_UUIDS = ["", "true", "ec531277-b57b-4c15-8d91-d292c5b2b8f", "ec531277-b57b-4c15-8d91-d292c5b2b8f77"]
BROKEN: list[tuple[str, list[str]]] = [
    ("agent", NO_AGENTS),
    ("activityId", ["", "true", "1", "fractions", '{"key":"value"}', "http://a b"]),
    ("registration", NO_UUIDS),
    ("since", ["", "true", "not a timestamp", "2020-13-01T00:00:00Z", "2020-01-01T00:00:00-00:00"]),
    ("stateId", ["", "x" * 2001, "ü" * 1001]),
    ("profileId", ["", "x" * 2001]),
    ("statementId", ["x"]),
    ("StateId", ["x"]),
    ("format", ["exact"]),
]


@pytest.mark.parametrize(("name", "values"), BROKEN)
@pytest.mark.parametrize("resource", RESOURCES)
def test_a_broken_parameter_is_400_and_named(lrs, resource, name, values):
    path, parameters = resource
    for value in values:
        for method in ("GET", "PUT", "POST", "DELETE"):
            answer = send(lrs, method, (path, parameters | {name: value}), b"{}", **JSON)
            assert answer.status_code == 400, (method, value)
            assert {pointer.split("/")[0] for pointer in faults(answer)} == {name}, (method, value)
    assert _ids(lrs, resource) == []


def test_all_broken_parameters_are_named_at_once(lrs):
    broken = {"activityId": "x", "agent": "{}", "registration": "x"}
    answer = send(lrs, "PUT", ("/activities/state", broken), b"{}")
    assert {pointer.split("/")[0] for pointer in faults(answer)} == {*broken, "stateId"}
    assert all(fault["section"] for fault in answer.json()["faults"])


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_parameter_stands_once_and_holds_no_nul(lrs, resource):
    path, parameters = resource
    *_, id_name = parameters
    for more in ({id_name: ["a", "b"]}, {id_name: "a\0b"}):
        assert send(lrs, "PUT", (path, parameters | more), b"{}").status_code == 400


def test_a_group_is_nobodys_agent_in_1_0(lrs):
    group = json.dumps({"objectType": "Group", "mbox": "mailto:ada@example.com"})
    resource = (STATE[0], STATE[1] | {"agent": group})
    assert send(lrs, "PUT", resource, b"{}", **OLD).status_code == 400
    assert send(lrs, "PUT", resource, b"{}", **NEW).status_code == 204
    assert send(lrs, "GET", STATE).content == b"{}"


def test_the_same_agent_may_be_written_in_many_ways(lrs):
    stored(lrs, STATE)
    for agent in (
        '{ "mbox": "mailto:ada@example.com" }',
        '{"mbox":"mailto:ada@example.com","name":"Ada"}',
        '{"mbox":"mailto:\\u0061da@example.com","objectType":"Agent"}',
    ):
        assert send(lrs, "GET", (STATE[0], STATE[1] | {"agent": agent})).status_code == 200


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_document_that_is_too_large_is_413(lrs, resource, settings):
    for chunk in (b"x" * (settings.max_document + 1), iter([b"x" * settings.max_document, b"x"])):
        path, parameters = resource
        answer = lrs.http.put(path, params=parameters, content=chunk)
        assert answer.status_code == 413
        assert "LRS_MAX_DOCUMENT" in answer.json()["error"]
    assert send(lrs, "GET", resource).status_code == 404


def test_merging_never_makes_a_document_that_is_too_large(lrs, settings):
    half = "x" * (settings.max_document // 2)
    for name in ("a", "b"):
        answer = send(lrs, "POST", STATE, json.dumps({name: half}).encode(), **JSON)
    assert answer.status_code == 413
    assert list(send(lrs, "GET", STATE).json()) == ["a"]


HOSTILE: list[dict[str, Any]] = [
    {"If-Match": '"'},
    {"If-Match": ","},
    {"If-None-Match": '"a" "b"'},
    {"Content-Type": "text/plain\x81"},
    {"Content-Encoding": "gzip"},
]


@pytest.mark.parametrize("headers", HOSTILE)
def test_a_broken_header_is_400(lrs, headers):
    path, parameters = STATE
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = lrs.http.put(path, params=parameters, content=b"{}", headers=encoded)
    assert (answer.status_code, faults(answer)) == (400, set(headers))


NEEDS = [
    (STATE, "state", {"all", "state"}, {"all", "all/read", "state"}),
    (AGENT_PROFILE, "profile", {"all", "profile"}, {"all", "all/read", "profile"}),
    (ACTIVITY_PROFILE, "profile", {"all", "profile"}, {"all", "all/read", "profile"}),
]


@pytest.mark.parametrize("scope", scopes.SCOPES)
@pytest.mark.parametrize(("resource", "what", "writers", "readers"), NEEDS)
def test_scopes_say_who_may(server_url, database, tenant, resource, what, writers, readers, scope):
    with Client(server_url, *a_key(database, tenant, scope)) as lrs:
        allowed = {
            method: send(lrs, method, resource, b"{}", **JSON).status_code != 403
            for method in ("GET", "HEAD", "PUT", "POST", "DELETE")
        }
    reading, writing = scope in readers, scope in writers
    assert allowed == dict.fromkeys(["GET", "HEAD"], reading) | dict.fromkeys(
        ["PUT", "POST", "DELETE"], writing
    )


@pytest.mark.parametrize("resource", RESOURCES)
def test_nothing_crosses_tenants(lrs, server_url, database, tenant, resource):
    stored(lrs, resource, b'{"secret":1}')
    other = f"{tenant}_other"
    tenants.create(database, other)
    with Client(server_url, *a_key(database, other)) as stranger:
        assert send(stranger, "GET", resource).status_code == 404
        assert _ids(stranger, resource) == []
        assert send(stranger, "DELETE", resource).status_code == 204
        stored(stranger, resource, b"{}")
    assert send(lrs, "GET", resource).content == b'{"secret":1}'


@pytest.mark.parametrize("resource", RESOURCES)
def test_without_a_key_or_version_nobody_comes_in(lrs, server_url, resource):
    path, parameters = resource
    answer = httpx.get(f"{server_url}/xapi{path}", params=parameters, headers=NEW)
    assert answer.status_code == 401
    answer = httpx.get(f"{server_url}/xapi{path}", params=parameters, auth=(lrs.key, lrs.secret))
    assert answer.status_code == 400
