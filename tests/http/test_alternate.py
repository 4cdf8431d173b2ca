"""Requests in forms: everything a client of 1.0.x can do, it can do with POST alone (Communication 1.3)."""

from __future__ import annotations

import base64
import json
import socket
from urllib.parse import parse_qsl, quote, urlencode
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs.errors import BadRequest
from lrs.http import alternate, forms
from tests.client import Client, a_statement

ADA = '{"objectType":"Agent","mbox":"mailto:ada@example.com"}'
STATE = {"activityId": "http://example.com/activities/fractions", "agent": ADA, "stateId": "bookmark"}
FORM = "application/x-www-form-urlencoded"
same_tenant = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)


class Forms:
    """A client that can do nothing but POST a form."""

    def __init__(self, server_url: str, lrs: Client) -> None:
        self.url = f"{server_url}/xapi"
        basic = base64.b64encode(f"{lrs.key}:{lrs.secret}".encode()).decode()
        self.headers = {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "1.0.3"}

    def send(self, method: str, path: str, **fields: str) -> httpx.Response:
        return self.raw(method, path, urlencode(self.headers | _headers(fields)).encode())

    def raw(self, method: str, path: str, body: bytes, content_type: str = FORM) -> httpx.Response:
        headers = {"Content-Type": content_type} if content_type else {}
        return httpx.post(f"{self.url}{path}?method={method}", content=body, headers=headers, timeout=30)


def _headers(fields: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-") if name[0].isupper() else name: value for name, value in fields.items()}


@pytest.fixture
def form(server_url: str, lrs: Client) -> Forms:
    return Forms(server_url, lrs)


def faults(answer: httpx.Response) -> set[str]:
    return {fault["pointer"] for fault in answer.json()["faults"]}


def test_statements_are_put_posted_and_found(form):
    first, second = a_statement(), a_statement(actor={"mbox": "mailto:ü+x@example.com"})
    put = form.send("PUT", "/statements", statementId=first["id"], content=json.dumps(first))
    assert put.status_code == 204
    assert form.send("POST", "/statements", content=json.dumps(second)).json() == [second["id"]]
    assert form.send("GET", "/statements", statementId=first["id"]).json()["verb"] == first["verb"]
    found = form.send("GET", "/statements", agent=json.dumps(second["actor"]), limit="5").json()
    assert [each["id"] for each in found["statements"]] == [second["id"]]


def test_documents_are_put_merged_read_and_deleted(form):
    put = form.send(
        "PUT", "/activities/state", **STATE, content='{"a":"é+ &=%"}', Content_Type="application/json"
    )
    assert put.status_code == 204
    assert form.send("POST", "/activities/state", **STATE, content='{"b":2}').status_code == 204
    got = form.send("GET", "/activities/state", **STATE)
    assert got.json() == {"a": "é+ &=%", "b": 2}
    assert got.headers["x-experience-api-version"] == "1.0.3"
    assert form.send("DELETE", "/activities/state", **STATE).status_code == 204
    assert form.send("GET", "/activities/state", **STATE).status_code == 404


def test_preconditions_travel_in_the_form(form):
    profile = {"agent": ADA, "profileId": "x"}
    path = "/agents/profile"
    assert form.send("PUT", path, **profile, content="1", Content_Type="text/plain").status_code == 400
    assert form.send("PUT", path, **profile, content="1", If_None_Match="*").status_code == 204
    assert form.send("PUT", path, **profile, content="2", If_None_Match="*").status_code == 412
    etag = form.send("GET", path, **profile).headers["etag"]
    assert form.send("PUT", path, **profile, content="2", If_Match=etag).status_code == 204
    assert form.send("DELETE", path, **profile, If_Match=etag).status_code == 412


def test_a_head_has_the_headers_and_no_body(form):
    form.send("PUT", "/activities/state", **STATE, content="12345")
    answer = form.send("HEAD", "/activities/state", **STATE)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"]
    assert form.send("HEAD", "/statements", limit="1").status_code == 200


@pytest.mark.parametrize("path", ["/agents", "/activities", "/about"])
def test_the_other_resources_understand_it_too(form, path):
    asked = {"/agents": {"agent": ADA}, "/activities": {"activityId": STATE["activityId"]}, "/about": {}}
    assert form.send("GET", path, **asked[path]).status_code == 200


@same_tenant
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_utf_8(form, content):
    state = STATE | {"stateId": str(uuid4())}
    assert (
        form.send("PUT", "/activities/state", **state, content=content, Content_Type="text/plain").status_code
        == 204
    )
    got = form.send("GET", "/activities/state", **state)
    assert (got.content, got.headers["content-type"]) == (content.encode(), "text/plain")


@same_tenant
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=100))
def test_any_parameter_arrives(form, lrs, state_id):
    state = STATE | {"stateId": state_id}
    assert form.send("PUT", "/activities/state", **state, content=state_id).status_code == 204
    assert lrs.http.get("/activities/state", params=state).text == state_id


def test_headers_of_the_request_count_where_the_form_has_none(form, lrs):
    answer = lrs.http.post(
        "/statements?method=GET", data={"limit": "1"}, headers={"X-Experience-API-Version": "1.0.2"}
    )
    assert answer.status_code == 200
    assert answer.headers["x-experience-api-version"] == "1.0.3"


def test_headers_of_the_form_go_first(lrs):
    headers = {"X-Experience-API-Version": "1.0.3"}
    data = {"limit": "1", "X-Experience-API-Version": "0.8"}
    assert lrs.http.post("/statements?method=GET", data=data, headers=headers).status_code == 400
    data = {"limit": "1", "authorization": "Basic bm86cGU="}
    assert lrs.http.post("/statements?method=GET", data=data, headers=headers).status_code == 401


def test_without_a_key_or_a_version_nobody_comes_in(form):
    del form.headers["X-Experience-API-Version"]
    assert form.send("GET", "/statements").status_code == 400
    form.headers = {"X-Experience-API-Version": "1.0.3"}
    assert form.send("GET", "/statements").status_code == 401


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "text/plain;charset=UTF-8", f'{FORM}; charset="utf-8"']
)
def test_old_browsers_cannot_say_that_it_is_a_form(form, content_type):
    body = urlencode(form.headers | {"limit": "1"}).encode()
    assert form.raw("GET", "/statements", body, content_type).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/mixed", f"{FORM}; charset=latin-1", "x"]
)
def test_other_types_are_no_forms(form, lrs, content_type):
    headers = {"X-Experience-API-Version": "1.0.3", "Content-Type": content_type}
    answer = lrs.http.post("/statements?method=GET", content=b"limit=1", headers=headers)
    assert (answer.status_code, faults(answer)) == (400, {"Content-Type"})
    assert answer.headers["x-experience-api-consistent-through"]


@pytest.mark.parametrize("version", ["2.0.0", "2.0"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/statements", "/activities/state", "/agents/profile", "/activities/profile"]
)
def test_xapi_2_has_no_such_syntax(form, lrs, path, method, version):
    fields = STATE | {"content": "{}"}
    headers = {"X-Experience-API-Version": version}
    answer = lrs.http.post(f"{path}?method={method}", data=fields, headers=headers)
    assert (answer.status_code, faults(answer)) == (400, {"method"})
    form.headers["X-Experience-API-Version"] = version
    answer = form.send(method, path, **fields)
    assert answer.status_code == 400
    assert answer.headers["x-experience-api-version"] == "2.0.0"
    assert lrs.http.post(f"{path}?method={method}", json={}).status_code == 400


def test_only_a_post_is_understood(lrs):
    headers = {"X-Experience-API-Version": "1.0.3", "Content-Type": FORM}
    for method in ("PUT", "GET", "DELETE"):
        answer = lrs.http.request(method, "/activities/state?method=POST", content=b"", headers=headers)
        assert answer.status_code == 400


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("method=PUT&stateId=x", {"stateId"}),
        ("method=PATCH", {"method"}),
        ("method=put", {"method"}),
        ("method=", {"method"}),
        ("method=GET&method=GET", {"method"}),
        ("method=OPTIONS&a=b", {"method", "a"}),
    ],
)
def test_only_the_method_stands_in_the_url(lrs, query, named):
    headers = {"X-Experience-API-Version": "1.0.3"}
    answer = lrs.http.post(f"/activities/state?{query}", data=STATE | {"content": "{}"}, headers=headers)
    assert (answer.status_code, faults(answer)) == (400, named)


BROKEN: list[tuple[bytes, set[str]]] = [
    (b"", {"content"}),
    (b"statementId=x", {"content"}),
    (b'{"content": {}}', {"content"}),
    (b"content=1&content=2", {"content"}),
    (b"content=%ff%fe", {""}),
    (b"%80=1&content=1", {""}),
    (b"content=\xff", {""}),
    (b"content=1&" + b"&" * 200, {""}),
    (b"content=1&Content-Type=text/html%0d%0aX-Evil:%201", {"content-type"}),
    (b"content=1&If-Match=%00", {"if-match"}),
    (b"content=1&If-Match=a&if-match=b", {"if-match"}),
]


@pytest.mark.parametrize(("body", "named"), BROKEN)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_broken_form_is_400(lrs, method, body, named):
    headers = {"X-Experience-API-Version": "1.0.3", "Content-Type": FORM}
    answer = lrs.http.post(f"/activities/state?method={method}", content=body, headers=headers)
    assert (answer.status_code, faults(answer)) == (400, named)


@same_tenant
@given(st.binary(max_size=200), st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE"]))
def test_no_form_breaks_the_store(lrs, body, method):
    headers = {"X-Experience-API-Version": "1.0.3", "Content-Type": FORM}
    for path in ("/statements", "/activities/state"):
        answer = lrs.http.post(f"{path}?method={method}", content=body, headers=headers)
        assert answer.status_code < 500


def test_a_form_that_is_too_large_is_413(lrs, settings):
    headers = {"X-Experience-API-Version": "1.0.3", "Content-Type": FORM}
    body = b"content=" + b"x" * settings.max_body
    answer = lrs.http.post("/activities/state?method=PUT", content=body, headers=headers)
    assert answer.status_code == 413


def test_content_that_is_too_large_is_413(form, settings):
    content = "x" * (settings.max_document + 1)
    assert form.send("PUT", "/activities/state", **STATE, content=content).status_code == 413


def test_large_forms_are_decoded_whole(form):
    content = "ä%☃ +" * 100_000
    assert form.send("PUT", "/activities/state", **STATE, content=content).status_code == 204
    assert form.send("GET", "/activities/state", **STATE).text == content


class TestLargeForms:
    """Who sends much is known before it is read."""

    LARGE = "x" * 2 * alternate.UNKNOWN

    def half(self, form: Forms, **fields: str) -> int:
        """The status of the answer to a large form of which only the beginning comes."""
        body = urlencode(fields | {"content": self.LARGE}).encode()
        url = httpx.URL(form.url)
        head = [b"POST /xapi/activities/state?method=PUT HTTP/1.1", b"Host: localhost"]
        head += [b"Content-Type: " + FORM.encode(), b"Content-Length: 9000000"]
        with socket.create_connection((url.host, url.port), timeout=10) as connection:
            connection.sendall(b"\r\n".join([*head, b"", body]))
            return int(connection.recv(100).split()[1])

    def test_a_stranger_is_told_so_before_the_form_has_come(self, form):
        assert self.half(form, **STATE) == 401
        assert self.half(form, Authorization="Basic bm86cGU=") == 401
        assert self.half(form, Authorization="nonsense") == 401

    def test_a_header_or_one_of_the_first_fields_is_enough(self, form, lrs):
        last = {**STATE, "content": self.LARGE}
        assert form.send("PUT", "/activities/state", **last).status_code == 204
        headers = {"X-Experience-API-Version": "1.0.3"}
        first = {"content": self.LARGE, **STATE}
        assert lrs.http.post("/activities/state?method=PUT", data=first, headers=headers).status_code == 204

    def test_an_authorization_behind_the_content_comes_too_late(self, form):
        body = urlencode({"content": self.LARGE, **form.headers, **STATE}).encode()
        answer = form.raw("PUT", "/activities/state", body)
        assert answer.status_code == 401
        assert "in its first 65,536 bytes" in answer.json()["error"]
        small = urlencode({"content": "{}", **form.headers, **STATE}).encode()
        assert form.raw("PUT", "/activities/state", small).status_code == 204


def _cut(body: bytes, at: int) -> str | None:
    return forms.authorization(body[:at])


def test_only_a_whole_authorization_is_read_from_a_beginning():
    body = urlencode({"stateId": "x", "authorization": "Basic a+b=", "content": "1"}).encode()
    end = body.index(b"&content")
    assert {_cut(body, at) for at in range(end + 1)} == {None}
    assert {_cut(body, at) for at in range(end + 1, len(body))} == {"Basic a+b="}


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(st.dictionaries(texts.filter(lambda name: name.lower() not in {"content", *forms.HEADERS}), texts))
def test_parameters_are_read_as_they_were_written(fields):
    form = forms.parse(urlencode(fields, quote_via=quote).encode())
    assert (form.headers, form.content) == ({}, None)
    assert dict(parse_qsl(form.query.decode(), strict_parsing=bool(fields))) == fields


@pytest.mark.parametrize("shift", range(4))
def test_no_escape_is_cut_in_two(shift):
    content = "x" * shift + "ü☃" * forms.PIECE
    assert forms.parse(f"content={quote(content)}".encode()).content == content.encode()


@given(st.binary())
def test_no_bytes_break_the_form(body):
    try:
        forms.parse(body)
    except BadRequest as error:
        assert error.faults  # noqa: PT017
