"""Which version a request speaks, and that every answer says which one was understood (Communication 3.3)."""

from __future__ import annotations

import httpx
import pytest

from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import serving

HEADER = "X-Experience-API-Version"
UNDERSTOOD = {
    "1.0": "1.0.3",
    "1.0.0": "1.0.3",
    "1.0.1": "1.0.3",
    "1.0.2": "1.0.3",
    "1.0.3": "1.0.3",
    "1.0.17": "1.0.3",
    "2.0": "2.0.0",
    "2.0.0": "2.0.0",
    "2.0.9": "2.0.0",
}
REFUSED = ["", "0.9", "0.95", "1", "1.1.0", "1.0.", "1.0.x", "2", "2.1.0", "3.0.0", "1.0.3, 2.0.0", "v2.0.0"]


def get(lrs: Client, path: str, version: str | None, **parameters: str) -> httpx.Response:
    """A request with exactly this version header, or none."""
    request = lrs.http.build_request("GET", path, params=parameters)
    del request.headers[HEADER]
    if version is not None:
        request.headers[HEADER] = version
    return lrs.http.send(request)


@pytest.mark.parametrize(("sent", "understood"), UNDERSTOOD.items())
def test_a_version_that_is_spoken_is_said_in_every_answer(lrs: Client, sent: str, understood: str) -> None:
    asked = [
        ("/statements", {}, 200),
        ("/statements", {"limit": "-1"}, 400),
        ("/statements", {"statementId": "7e1a1f3e-5f0a-4b68-9d4e-0a8b1f0f6a11"}, 404),
        ("/about", {}, 200),
        ("/agents", {}, 400),
        ("/nowhere", {}, 404),
    ]
    for path, parameters, status in asked:
        answer = get(lrs, path, sent, **parameters)
        assert (answer.status_code, answer.headers.get_list(HEADER)) == (status, [understood]), path


@pytest.mark.parametrize("sent", [*REFUSED, None])
def test_any_other_version_is_400_on_every_resource_but_about(lrs: Client, sent: str | None) -> None:
    for path in ("/statements", "/agents", "/activities", "/activities/state", "/agents/profile"):
        answer = get(lrs, path, sent)
        assert answer.status_code == 400
        assert answer.headers.get_list(HEADER) == ["2.0.0"]
        assert HEADER in {fault["pointer"] for fault in answer.json()["faults"]}
    assert get(lrs, "/about", sent).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/xapi/statements", 401),
        ("POST", "/xapi/statements", 401),
        ("DELETE", "/xapi/statements", 405),
        ("PATCH", "/xapi/about", 405),
        ("GET", "/", 404),
        ("GET", "/livez", 200),
    ],
)
def test_strangers_are_told_a_version_too(server_url: str, method: str, path: str, status: int) -> None:
    for version in ("1.0.3", "2.0.0"):
        answer = httpx.request(method, f"{server_url}{path}", headers={HEADER: version})
        assert (answer.status_code, answer.headers.get_list(HEADER)) == (status, [version])


@pytest.mark.parametrize("default", ["1.0.3", "2.0.0"])
def test_who_names_no_version_is_told_the_default(settings: Settings, lrs: Client, default: str) -> None:
    with serving(settings.model_copy(update={"default_xapi_version": default})) as url:
        answer = httpx.get(f"{url}/xapi/statements", auth=(lrs.key, lrs.secret))
    assert (answer.status_code, answer.headers[HEADER]) == (400, default)


def test_a_statement_is_served_as_it_was_stored_whoever_asks(lrs: Client) -> None:
    texts = []
    statement = a_statement(timestamp="2026-01-02T03:04:05+01:00")
    for version in ("1.0.3", "2.0.0"):
        lrs.http.put(
            "/statements", params={"statementId": statement["id"]}, json=statement, headers={HEADER: version}
        ).raise_for_status()
        texts += [
            get(lrs, "/statements", reader, statementId=statement["id"]).text
            for reader in ("1.0.0", "1.0.3", "2.0.0")
        ]
    assert len(set(texts)) == 1
    assert '"version":"1.0.0"' in texts[0]


@pytest.mark.parametrize(
    ("spoken", "written", "status"),
    [
        ("1.0.3", "1.0", 200),
        ("1.0.3", "1.0.9", 200),
        ("1.0.3", "2.0.0", 400),
        ("2.0.0", "1.0.9", 200),
        ("2.0.0", "2.0.0", 200),
        ("2.0.0", "1.1.0", 400),
        ("2.0.0", "0.9.9", 400),
    ],
)
def test_the_version_in_a_statement_is_kept(lrs: Client, spoken: str, written: str, status: int) -> None:
    statement = a_statement(version=written)
    answer = lrs.http.post("/statements", json=statement, headers={HEADER: spoken})
    assert answer.status_code == status
    if status == 200:
        assert lrs.get(statement["id"])["version"] == written


def test_what_is_new_in_2_0_is_unknown_in_1_0(lrs: Client) -> None:
    agent = {"objectType": "contextAgent", "agent": {"mbox": "mailto:a@example.com"}}
    statement = a_statement(context={"contextAgents": [agent]})
    refused = lrs.http.post("/statements", json=statement, headers={HEADER: "1.0.3"})
    assert refused.status_code == 400
    assert refused.json()["faults"][0]["pointer"] == "/context/contextAgents"
    assert lrs.post(statement) == [statement["id"]]
