"""Which versions the store says it speaks, and to whom (Communication 2.8)."""

from __future__ import annotations

import httpx
import pytest

OLD_LINE = ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]


def about(server_url: str, version: str | None = None, **options: str) -> httpx.Response:
    headers = {"X-Experience-API-Version": version} if version else {}
    return httpx.get(f"{server_url}/xapi/about", headers=headers, **options)


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "1.0.3", "1.0.9"])
def test_who_speaks_the_old_line_hears_of_nothing_newer(server_url, version):
    answer = about(server_url, version)
    assert answer.json()["version"] == OLD_LINE
    assert answer.headers["x-experience-api-version"] == "1.0.3"


@pytest.mark.parametrize("version", ["2.0", "2.0.0", "2.0.1", None, "0.95", "3.0", "nonsense"])
def test_all_others_hear_of_everything(server_url, version):
    answer = about(server_url, version)
    assert answer.status_code == 200
    assert answer.json()["version"] == [*OLD_LINE, "2.0.0"]


def test_it_names_the_software_and_its_version(server_url):
    (software,) = about(server_url).json()["extensions"].values()
    assert software["name"] == "learning-record-store"
    assert software["version"]


def test_a_head_is_a_get_without_a_body(server_url):
    head = httpx.head(f"{server_url}/xapi/about")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == about(server_url).headers["etag"]


def test_it_has_no_parameters(server_url):
    assert httpx.get(f"{server_url}/xapi/about?a=b").status_code == 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_it_can_only_be_read(server_url, method):
    assert httpx.request(method, f"{server_url}/xapi/about").status_code == 405
