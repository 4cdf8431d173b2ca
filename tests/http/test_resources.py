"""What holds for every resource: HEAD is a GET without a body, and what is not there says so in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from tests.client import Client, a_statement

ADA = '{"mbox":"mailto:ada@example.com"}'
ACTIVITY = "http://example.com/activities/fractions"
STATE = {"activityId": ACTIVITY, "agent": ADA, "stateId": "s"}
# Every resource, and parameters with which it has something to say.
RESOURCES: dict[str, dict[str, str]] = {
    "/statements": {"limit": "1"},
    "/activities/state": STATE,
    "/activities/profile": {"activityId": ACTIVITY, "profileId": "p"},
    "/agents/profile": {"agent": ADA, "profileId": "p"},
    "/activities": {"activityId": ACTIVITY},
    "/agents": {"agent": ADA},
    "/about": {},
}
METHODS = {
    "/statements": {"GET", "HEAD", "PUT", "POST"},
    "/activities/state": {"GET", "HEAD", "PUT", "POST", "DELETE"},
    "/activities/profile": {"GET", "HEAD", "PUT", "POST", "DELETE"},
    "/agents/profile": {"GET", "HEAD", "PUT", "POST", "DELETE"},
    "/activities": {"GET", "HEAD"},
    "/agents": {"GET", "HEAD"},
    "/about": {"GET", "HEAD"},
}
ALL_METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"]
CHANGING = {"date", "x-request-id", "x-experience-api-consistent-through"}


def headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in CHANGING}


def is_a_problem(answer: httpx.Response) -> bool:
    body: Any = answer.json()
    return answer.headers["content-type"] == "application/json" and set(body) == {"error", "faults"}


def test_a_head_is_a_get_without_a_body_everywhere(lrs: Client) -> None:
    statement = a_statement()
    lrs.post(statement)
    for path in ("/activities/state", "/activities/profile", "/agents/profile"):
        assert lrs.http.put(path, params=RESOURCES[path], content=b"abc").status_code == 204
    questions = [*RESOURCES.items(), ("/statements", {"statementId": statement["id"]})]
    for path, parameters in questions:
        got, head = (lrs.http.request(method, path, params=parameters) for method in ("GET", "HEAD"))
        assert (head.status_code, head.content, headers(head)) == (200, b"", headers(got)), path
        assert int(head.headers["content-length"]) == len(got.content) > 0, path


def test_a_head_of_what_is_not_there_is_a_get_of_it_without_a_body(lrs: Client) -> None:
    missing = {"statementId": "7e1a1f3e-5f0a-4b68-9d4e-0a8b1f0f6a11"}
    for path, parameters in [("/statements", missing), ("/activities/state", STATE)]:
        got, head = (lrs.http.request(method, path, params=parameters) for method in ("GET", "HEAD"))
        assert (got.status_code, head.status_code, head.content) == (404, 404, b"")
        assert headers(head) == headers(got)
        assert is_a_problem(got)


def test_a_slash_at_the_end_and_an_unknown_path_are_404(lrs: Client, server_url: str) -> None:
    paths = [
        *(f"/xapi{path}/" for path in RESOURCES),
        "/xapi",
        "/xapi/",
        "/xapi/statement",
        "/",
        "/XAPI/about",
    ]
    for path in paths:
        for method in ("GET", "POST", "DELETE"):
            answer = lrs.http.request(method, f"{server_url}{path}", params={"limit": "1"})
            assert (answer.status_code, is_a_problem(answer)) == (404, True), (method, path)


@pytest.mark.parametrize("path", RESOURCES)
def test_a_method_that_a_resource_does_not_have_is_405_and_told_which_it_has(lrs: Client, path: str) -> None:
    for method in ALL_METHODS:
        answer = lrs.http.request(method, path)
        if method in METHODS[path]:
            assert answer.status_code != 405
        else:
            assert (answer.status_code, is_a_problem(answer)) == (405, True), method
            assert {each.strip() for each in answer.headers["allow"].split(",")} == METHODS[path]


def test_a_statement_was_modified_when_it_was_stored(lrs: Client) -> None:
    statement = a_statement()
    lrs.post(statement)
    answer = lrs.http.get("/statements", params={"statementId": statement["id"]})
    stored = datetime.fromisoformat(answer.json()["stored"])
    assert parsedate_to_datetime(answer.headers["last-modified"]) == stored.replace(microsecond=0)


def test_a_document_was_modified_when_it_was_put(lrs: Client) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    for path in ("/activities/state", "/activities/profile", "/agents/profile"):
        lrs.http.put(path, params=RESOURCES[path], content=b"abc").raise_for_status()
        modified = lrs.http.get(path, params=RESOURCES[path]).headers["last-modified"]
        assert before <= parsedate_to_datetime(modified) <= datetime.now(UTC)


def test_every_answer_has_the_id_of_its_request(lrs: Client, server_url: str) -> None:
    paths = [f"/xapi{path}" for path in RESOURCES] + ["/livez", "/nowhere"]
    made = [lrs.http.get(f"{server_url}{path}").headers["x-request-id"] for path in paths]
    assert len(set(made)) == len(paths)
    answer = lrs.http.get("/about", headers={"X-Request-Id": "my-own.id:1"})
    assert answer.headers["x-request-id"] == "my-own.id:1"
    for forged in ("two words", "x" * 101, "<b>", ""):
        assert lrs.http.get("/about", headers={"X-Request-Id": forged}).headers["x-request-id"] != forged


def test_an_unknown_parameter_is_400_and_named(lrs: Client) -> None:
    for path, parameters in RESOURCES.items():
        answer = lrs.http.get(path, params={**parameters, "Limit": "1"})
        assert (answer.status_code, is_a_problem(answer)) == (400, True), path
        assert "Limit" in {fault["pointer"] for fault in answer.json()["faults"]}, path


def test_statements_that_are_written_take_no_other_parameters(lrs: Client) -> None:
    statement = a_statement()
    for parameters in ({"statementId": statement["id"]}, {"limit": "1"}, {"foo": "bar"}):
        assert lrs.http.post("/statements", params=parameters, json=statement).status_code == 400
    assert lrs.http.put("/statements", json=statement).status_code == 400
    parameters = {"statementId": statement["id"], "foo": "bar"}
    assert lrs.http.put("/statements", params=parameters, json=statement).status_code == 400
    assert lrs.find() == []
