"""Players in a browser: they may ask from any origin, send what xAPI needs, and read what it answers."""

from __future__ import annotations

import httpx
import pytest

from tests.client import Client, a_statement

ORIGIN = {"Origin": "https://course.example.com"}
RESOURCES = [
    "/statements", "/activities/state", "/activities/profile", "/agents/profile", "/activities", "/agents",
    "/about",
]  # fmt: skip
SENT = [
    "authorization", "content-type", "x-experience-api-version", "if-match", "if-none-match",
    "accept-language",
]  # fmt: skip
READ = [
    "etag", "last-modified", "x-experience-api-version", "x-experience-api-consistent-through",
    "retry-after", "x-request-id",
]  # fmt: skip


def words(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


@pytest.mark.parametrize("path", RESOURCES)
def test_a_browser_may_ask_before_it_asks(server_url: str, path: str) -> None:
    """A preflight brings neither key nor version."""
    for method in ("GET", "PUT", "POST", "DELETE"):
        answer = httpx.options(
            f"{server_url}/xapi{path}",
            headers={
                **ORIGIN,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": ", ".join(SENT),
            },
        )
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] in {"*", ORIGIN["Origin"]}
        assert method in answer.headers["access-control-allow-methods"]
        assert set(SENT) <= words(answer.headers["access-control-allow-headers"])
        assert int(answer.headers["access-control-max-age"]) > 0
        assert "x-experience-api-version" in answer.headers


def test_a_header_that_is_none_of_ours_is_not_allowed(server_url: str) -> None:
    headers = {**ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "X-Evil"}
    answer = httpx.options(f"{server_url}/xapi/statements", headers=headers)
    assert answer.status_code == 400
    assert "x-evil" not in words(answer.headers.get("access-control-allow-headers", ""))


def test_every_answer_may_be_read(lrs: Client, server_url: str) -> None:
    statement = a_statement()
    lrs.post(statement)
    stranger = httpx.get(f"{server_url}/xapi/statements", headers=ORIGIN)
    answers = [
        lrs.http.get("/statements", headers=ORIGIN),
        lrs.http.post("/statements", json=a_statement(), headers=ORIGIN),
        lrs.http.post("/statements", json={}, headers=ORIGIN),
        lrs.http.get("/statements", params={"statementId": statement["id"]}, headers=ORIGIN),
        lrs.http.get("/agents", params={"agent": '{"mbox":"mailto:a@example.com"}'}, headers=ORIGIN),
        lrs.http.get("/nowhere", headers=ORIGIN),
        lrs.http.delete("/statements", headers=ORIGIN),
        stranger,
    ]
    assert [each.status_code for each in answers] == [200, 200, 400, 200, 200, 404, 405, 401]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == "*"
        assert set(READ) <= words(answer.headers["access-control-expose-headers"])


def test_no_cookie_opens_the_store(lrs: Client) -> None:
    """Any origin may ask, so nothing that a browser sends by itself may count."""
    answer = lrs.http.get("/statements", headers=ORIGIN)
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers


def test_who_is_no_browser_is_not_bothered(lrs: Client) -> None:
    answer = lrs.http.get("/statements")
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_the_form_of_old_browsers_may_be_read_too(lrs: Client) -> None:
    headers = {**ORIGIN, "X-Experience-API-Version": "1.0.3"}
    answer = lrs.http.post("/statements", params={"method": "GET"}, data={"limit": "1"}, headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
