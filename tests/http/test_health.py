"""What operators ask: /livez, /readyz, /metrics and /docs, without a key."""

from __future__ import annotations

import re

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from lrs.app import ENDPOINTS, projected_endpoints
from tests.client import Client, a_statement


@pytest.mark.parametrize(("path", "state"), [("/livez", "live"), ("/readyz", "ready")])
def test_it_lives_and_is_ready(server_url: str, path: str, state: str) -> None:
    answer = httpx.get(f"{server_url}{path}")
    assert (answer.status_code, answer.json()[state]) == (200, True)
    head = httpx.head(f"{server_url}{path}")
    assert (head.status_code, head.content) == (200, b"")


def metrics(server_url: str) -> dict[str, float]:
    text = httpx.get(f"{server_url}/metrics").raise_for_status().text
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_count_requests_statements_and_commits(lrs: Client, server_url: str) -> None:
    before = metrics(server_url)
    for size in (1, 3):
        lrs.post([a_statement() for _ in range(size)])
    lrs.http.get("/statements", params={"limit": "x"})
    grown = {name: value - before.get(name, 0) for name, value in metrics(server_url).items()}

    def growth(*parts: str) -> list[float]:
        return [value for name, value in grown.items() if all(part in name for part in parts)]

    assert growth("requests_total", "'POST'", "/xapi/statements", "'200'") == [2]
    assert growth("requests_total", "'GET'", "/xapi/statements", "'400'") == [1]
    assert growth("lrs_commit_statements_sum") == [4]
    assert growth("lrs_commit_seconds_count") == [2]
    assert growth("lrs_pool_connections", "'open'") != []
    assert growth("lrs_waiting_statements") != []


def test_metrics_do_not_grow_with_what_strangers_send(server_url: str) -> None:
    for number in range(3):
        httpx.request(f"ODD{number}", f"{server_url}/nowhere/{number}")
    text = httpx.get(f"{server_url}/metrics").text
    assert "nowhere" not in text
    assert "ODD" not in text


def test_the_description_names_every_operation(server_url: str) -> None:
    described = httpx.get(f"{server_url}/openapi.json").json()
    operations = {(path, method) for path, operations in described["paths"].items() for method in operations}
    assert operations == {
        (endpoint.path, method.lower())
        for endpoint in (*ENDPOINTS, *projected_endpoints())
        for method in endpoint.methods
    }
    assert re.match(r"3\.1", described["openapi"])


def test_the_description_can_be_read_by_people(server_url: str) -> None:
    answer = httpx.get(f"{server_url}/docs")
    assert answer.status_code == 200
    assert "text/html" in answer.headers["content-type"]
    assert "url: 'openapi.json'" in answer.text  # beside the page, wherever a proxy has put it
