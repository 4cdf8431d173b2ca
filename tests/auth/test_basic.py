"""Whatever stands in Authorization: without a valid key it is 401, and never an error of the store."""

from __future__ import annotations

import base64
import socket
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs.errors import NotAuthenticated
from lrs.http.admission import basic_credentials
from tests.client import Client

VERSION = {"X-Experience-API-Version": "2.0.0"}
RESOURCES = [
    "/statements", "/activities/state", "/activities/profile", "/agents/profile", "/activities", "/agents",
]  # fmt: skip


def basic(credentials: str | bytes) -> str:
    raw = credentials.encode() if isinstance(credentials, str) else credentials
    return f"Basic {base64.b64encode(raw).decode()}"


def ask(server_url: str, authorization: str | bytes | None, path: str = "/statements") -> httpx.Response:
    headers = VERSION if authorization is None else {**VERSION, "Authorization": authorization}
    return httpx.get(f"{server_url}/xapi{path}", headers=headers)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", RESOURCES)
def test_without_a_key_nobody_comes_in(server_url: str, path: str) -> None:
    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        answer = httpx.request(method, f"{server_url}/xapi{path}", headers=VERSION)
        if answer.status_code != 405:
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith('Basic realm="')


def malformed(lrs: Client) -> dict[str, str | bytes]:
    """Headers that are nobody's, made of those that are somebody's."""
    right = basic(f"{lrs.key}:{lrs.secret}")
    return {
        "empty": "",
        "only the scheme": "Basic",
        "another scheme": right.replace("Basic", "Bearer"),
        "digest": 'Digest username="a", realm="b"',
        "no base64": "Basic !!!!",
        "cut off": right[:-1],
        "one more letter": f"{right}A",
        "two of them": f"{right}, {right}",
        "inside blank": right.replace("Basic ", "Basic x "),
        "no colon": basic(lrs.key),
        "only a colon": basic(":"),
        "no key": basic(f":{lrs.secret}"),
        "no secret": basic(f"{lrs.key}:"),
        "wrong secret": basic(f"{lrs.key}:{lrs.secret}x"),
        "half a secret": basic(f"{lrs.key}:{lrs.secret[:-1]}"),
        "unknown key": basic(f"nobody:{lrs.secret}"),
        "unknown tenant": basic(f"nowhere-key:{lrs.secret}"),
        "no UTF-8": basic(b"\xff\xfe:\xfd"),
        "half a surrogate": basic(b"\xed\xa0\x80:x"),
        "NUL": basic(f"{lrs.key}\0:{lrs.secret}"),
        "NUL in the secret": basic(f"{lrs.key}:{lrs.secret}\0"),
        "quotes": basic("'; DROP TABLE key; --:x"),
        "tenant with quotes": basic('x"; DROP SCHEMA lrs; ---key:x'),
        "percent": basic("%s-%(key)s:%%"),
        "long": basic("k" * 20_000 + ":" + "s" * 20_000),
        "bytes that are no letters": b"Basic \xff\xfe\xfd",
    }


def test_whatever_is_no_key_is_401_and_says_how_to_come_in(lrs: Client, server_url: str) -> None:
    for name, header in malformed(lrs).items():
        answer = ask(server_url, header)
        assert answer.status_code == 401, name
        assert answer.headers["www-authenticate"] == 'Basic realm="xAPI", charset="UTF-8"'
        assert answer.json()["error"]
        assert lrs.secret not in answer.text
    assert ask(server_url, basic(f"{lrs.key}:{lrs.secret}")).status_code == 200


def test_a_stranger_is_not_told_what_was_wrong(lrs: Client, server_url: str) -> None:
    unknown = ask(server_url, basic("nobody:x"))
    wrong = ask(server_url, basic(f"{lrs.key}:x"))
    assert unknown.json() == wrong.json()


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_may_be_written_in_any_case(lrs: Client, server_url: str, scheme: str) -> None:
    header = basic(f"{lrs.key}:{lrs.secret}").replace("Basic", scheme)
    assert ask(server_url, header).status_code == 200


def test_a_huge_header_breaks_nothing(lrs: Client, server_url: str) -> None:
    """The web server refuses to read it, and goes on."""
    address = urlsplit(server_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"GET /xapi/statements HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ")
        try:
            connection.sendall(b"A" * 4_000_000 + b"\r\n\r\n")
            answer = connection.recv(100)
        except ConnectionError:
            answer = b""
    assert not answer.startswith(b"HTTP/1.1 5")
    assert lrs.http.get("/statements").status_code == 200


def test_the_key_comes_before_everything_else(server_url: str) -> None:
    """Nobody learns from an error what only a key may see."""
    for parameters in ({"limit": "x"}, {"foo": "bar"}, {"statementId": "x"}):
        answer = httpx.get(f"{server_url}/xapi/statements", params=parameters, headers=VERSION)
        assert answer.status_code == 401
    body = httpx.post(f"{server_url}/xapi/statements", content=b"{", headers=VERSION)
    no_version = httpx.get(f"{server_url}/xapi/statements")
    assert (body.status_code, no_version.status_code) == (401, 401)


@given(st.text(), st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_any_key_and_secret_are_read_as_they_were_written(secret: str, key: str) -> None:
    secret = secret.encode(errors="ignore").decode()
    assert basic_credentials(basic(f"{key}:{secret}")) == (key, secret)


@given(st.one_of(st.none(), st.text(st.characters(max_codepoint=255)), st.binary().map(basic)))
def test_any_header_is_read_or_refused(header: str | None) -> None:
    try:
        key, _ = basic_credentials(header)
        assert ":" not in key
    except NotAuthenticated:
        pass
