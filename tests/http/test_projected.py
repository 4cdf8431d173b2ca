"""What projections declare is served: now, as of a moment, when it is there, and only to whom it may be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import jsonschema
import pytest

from lrs.app import api
from lrs.auth import tenants
from lrs.auth.keys import Keys, key_authority
from lrs.auth.scopes import SCOPES
from lrs.database.pool import Database
from lrs.http import projected
from lrs.http.routes import Endpoint
from lrs.log.event_log import EventLog
from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import a_key, serving
from tests.http import noted

Json = dict[str, Any]
Ask = Callable[..., httpx.Response]
READS = {"all", "all/read", "transcripts/read", "registrar"}


def endpoints() -> list[Endpoint]:
    return projected.endpoints(noted.RESOURCES, noted.Views)


@pytest.fixture(scope="module")
def url(settings: Settings, database: Database) -> Iterator[str]:
    few = settings.model_copy(update={"pool_size": 2, "wait_seconds": 3})
    with serving(few, endpoints()) as url:
        yield url


@pytest.fixture
def tenant(database: Database, tenant: str) -> str:
    noted.make(database, tenant)
    return tenant


@pytest.fixture
def lrs(url: str, database: Database, tenant: str) -> Iterator[Client]:
    with Client(url, *a_key(database, tenant)) as client:
        yield client


@pytest.fixture
def ask(url: str, lrs: Client) -> Iterator[Ask]:
    """Ask as an application would that knows nothing of versions of xAPI."""
    with httpx.Client(base_url=url, auth=(lrs.key, lrs.secret), timeout=20) as http:

        def get(path: str, *, method: str = "GET", headers: Any = None, **parameters: Any) -> httpx.Response:
            return http.request(method, path, params=parameters or None, headers=headers)

        yield get


@pytest.fixture
def follow(database: Database, tenant: str) -> Callable[..., int]:
    return lambda until=None: noted.follow(database, tenant, until)


def done_by(name: str) -> Json:
    return a_statement(actor={"mbox": "mailto:a@example.com", "name": name})


def faults(answer: httpx.Response) -> dict[str, str]:
    return {fault["pointer"]: fault["rule"] for fault in answer.json()["faults"]}


def test_an_answer_names_the_place_it_is_true_for(lrs: Client, ask: Ask, follow: Callable[..., int]) -> None:
    lrs.post([done_by("Ada"), done_by("Ada"), done_by("Bo")])
    assert follow(3) == 3
    answer = ask("/noted/Ada")
    stored = lrs.http.get("/statements", params={"ascending": "true"}).json()["statements"][1]["stored"]
    assert answer.json() == {"learner": "Ada", "count": 2, "position": 3, "as_of": stored}
    assert (answer.status_code, answer.headers["X-LRS-Position"]) == (200, "3")
    assert ask("/noted/Bo").status_code == 404
    follow()
    assert ask("/noted/Bo").json()["count"] == 1


def test_a_position_or_a_time_of_before_says_what_was_known_then(
    lrs: Client, ask: Ask, follow: Callable[..., int]
) -> None:
    for _ in range(3):
        lrs.post(done_by("Ada"))
    follow()
    times = [each["stored"] for each in lrs.find(ascending="true")]
    for count, moment in enumerate(times, 1):
        by_time, by_position = ask("/noted/Ada", as_of=moment), ask("/noted/Ada", as_of=count + 1)
        assert by_time.json() == by_position.json()
        assert (by_time.json()["count"], by_time.json()["position"]) == (count, count + 1)
        assert by_time.json()["as_of"] == moment
    assert ask("/noted/Ada", as_of=1).status_code == 404
    assert ask("/noted/Ada", as_of="2020-01-01T00:00:00+02:00").status_code == 404


def test_a_time_just_now_includes_what_is_being_committed(
    lrs: Client, ask: Ask, follow: Callable[..., int], database: Database, tenant: str
) -> None:
    """While somebody holds the writers' lock, what they store may still be stored before now."""
    lrs.post(done_by("Ada"))
    follow()
    with ThreadPoolExecutor(1) as threads:
        with EventLog(database, tenant).locked() as connection:
            (now,) = connection.execute(b"SELECT clock_timestamp()").fetchall()[0]
            asked = threads.submit(ask, "/noted/Ada", as_of=now.isoformat())
            time.sleep(0.3)
            assert not asked.done()
        assert asked.result(10).json()["position"] == 2


@pytest.mark.parametrize(
    "as_of",
    [
        "-1", "1.5", "", "yesterday", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "9" * 19,
        "2026-01-01T25:00:00Z", "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00-00:00", "9" * 5000, "1,2",
    ],
)  # fmt: skip
def test_a_moment_that_is_none_is_400_and_named(ask: Ask, as_of: str) -> None:
    answer = ask("/noted/Ada", as_of=as_of)
    assert (answer.status_code, list(faults(answer))) == (400, ["as_of"])


def test_what_has_not_happened_yet_is_400(ask: Ask) -> None:
    assert "after the last one of the log, 1" in faults(ask("/noted/Ada", as_of=2))["as_of"]
    assert "future" in faults(ask("/noted/Ada", as_of="9999-12-31T23:59:59Z"))["as_of"]


def test_who_waits_sees_what_they_have_written(lrs: Client, ask: Ask, follow: Callable[..., int]) -> None:
    follow()
    lrs.post(done_by("Ada"))
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask, "/noted/Ada", after=2)
        time.sleep(0.2)
        assert not asked.done()
        follow()
        assert asked.result(5).json()["count"] == 1
    assert ask("/noted/Ada", after=2).status_code == 200


def test_who_waits_also_waits_for_the_first_tables(
    lrs: Client, ask: Ask, follow: Callable[..., int], database: Database, tenant: str
) -> None:
    """A store that has just been started has built nothing yet."""
    noted.forget(database, tenant)
    lrs.post(done_by("Ada"))
    assert ask("/noted/Ada").status_code == 503
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask, "/noted/Ada", after=2)
        time.sleep(0.2)
        assert not asked.done()
        follow()
        assert asked.result(5).json()["count"] == 1


def test_who_asks_for_a_position_that_is_not_known_yet_waits_for_it(
    lrs: Client, ask: Ask, follow: Callable[..., int]
) -> None:
    lrs.post([done_by("Ada"), done_by("Ada")])
    follow(2)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask, "/noted/Ada", as_of=3)
        time.sleep(0.1)
        follow()
        assert asked.result(5).json()["count"] == 2


def test_what_a_crash_took_back_is_503_and_no_older_answer(
    settings: Settings, database: Database, tenant: str, lrs: Client, follow: Callable[..., int]
) -> None:
    """A batch that a projection has not got onto the disk may be seen, and be gone when it is read."""

    class Crashing(noted.Views):
        def open(self, tenant: str, names: Sequence[str], *, as_of: int | datetime | None) -> Any:
            noted.lose(database, tenant)
            return super().open(tenant, names, as_of=as_of)

    lrs.post([done_by("Ada"), done_by("Ada")])
    with serving(settings, projected.endpoints(noted.RESOURCES, Crashing)) as url:
        for asked, status in (({}, 200), ({"after": 2}, 200), ({"after": 3}, 503), ({"as_of": 3}, 503)):
            follow()
            answer = httpx.get(f"{url}/noted/Ada", params=asked, auth=(lrs.key, lrs.secret))
            assert answer.status_code == status, asked


def test_a_wait_has_an_end(lrs: Client, ask: Ask, follow: Callable[..., int]) -> None:
    lrs.post(done_by("Ada"))
    follow()
    began = time.monotonic()
    answer = ask("/noted/Ada", after=10**6)
    assert 3 <= time.monotonic() - began < 8
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "LRS_WAIT_SECONDS" in answer.json()["error"]


def test_many_who_wait_keep_nobody_else_waiting(lrs: Client, ask: Ask, follow: Callable[..., int]) -> None:
    """The server has two connections and two threads for the database; forty wait, and others go on."""
    lrs.post(done_by("Ada"))
    follow()
    with ThreadPoolExecutor(40) as threads:
        waiting = [threads.submit(ask, "/noted/Ada", after=12) for _ in range(40)]
        time.sleep(0.1)
        for _ in range(10):
            began = time.monotonic()
            lrs.post(done_by("Ada"))
            assert time.monotonic() - began < 0.5
        follow()
        assert {each.result(10).json()["count"] for each in waiting} == {11}


@pytest.mark.parametrize("after", ["-1", "", "x", "1.0", "9" * 19, "2026-01-01T00:00:00Z"])
def test_a_place_to_wait_for_that_is_none_is_400_and_named(ask: Ask, after: str) -> None:
    answer = ask("/noted/Ada", after=after)
    assert (answer.status_code, list(faults(answer))) == (400, ["after"])


def test_what_the_client_has_is_not_sent_again(lrs: Client, ask: Ask, follow: Callable[..., int]) -> None:
    lrs.post(done_by("Ada"))
    follow()
    first = ask("/noted/Ada")
    known = {"If-None-Match": first.headers["etag"]}
    again = ask("/noted/Ada", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["X-LRS-Position"] == "2"
    assert not first.headers["etag"].startswith("W/")
    lrs.post(done_by("Ada"))
    follow()
    assert ask("/noted/Ada", headers=known).json()["count"] == 2
    assert ask("/noted/Ada", headers=known, as_of=2).status_code == 304
    assert ask("/noted/Ada", headers={"If-None-Match": '"'}).status_code == 400


def test_a_head_is_a_get_without_a_body(lrs: Client, ask: Ask, follow: Callable[..., int]) -> None:
    lrs.post(done_by("Ada"))
    follow()
    got, head = ask("/noted/Ada"), ask("/noted/Ada", method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "x-lrs-position", "content-length", "content-type"):
        assert head.headers[name] == got.headers[name]


def test_methods_that_it_does_not_have_are_405(ask: Ask) -> None:
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        answer = ask("/noted/Ada", method=method)
        assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})


def test_parameters_are_those_that_are_declared(ask: Ask, follow: Callable[..., int]) -> None:
    follow()
    assert list(faults(ask("/noted/Ada", word="x"))) == ["word"]
    assert list(faults(ask("/noted"))) == ["word"]
    assert ask("/noted", word="x").json()["asked"] == {"word": "x"}
    assert list(faults(ask("/noted", word="x", learner="y"))) == ["learner"]


def test_what_a_resource_refuses_is_told(lrs: Client, ask: Ask, follow: Callable[..., int]) -> None:
    lrs.post(done_by("Ada"))
    follow()
    assert faults(ask("/noted/Ada", unit="hours")) == {"unit": "must be statements"}
    missing = ask("/noted/Nobody")
    assert (missing.status_code, "Nobody" in missing.json()["error"]) == (404, True)


@pytest.mark.parametrize(
    "path",
    [
        "/noted/%00", "/noted/a%00b", "/noted/%ff%fe", "/noted/%ed%a0%80", "/noted/..%2f..", "/noted/%25",
        "/noted/" + "x" * 5000, "/noted/%zz", "/noted/'%20OR%201=1", "/noted//", "/noted/a/b",
        "/noted/%F0%9F%98%80",
    ],
)  # fmt: skip
def test_nobody_has_a_name_like_that(ask: Ask, follow: Callable[..., int], path: str) -> None:
    follow()
    assert ask(path).status_code == 404


@pytest.mark.parametrize("scope", SCOPES)
def test_only_who_may_read_transcripts_reads_them(
    url: str, database: Database, tenant: str, lrs: Client, follow: Callable[..., int], scope: str
) -> None:
    lrs.post(done_by("Ada"))
    follow()
    key = a_key(database, tenant, scope)
    for method, path in [("GET", "/noted/Ada"), ("HEAD", "/noted/Ada"), ("GET", "/noted?word=x")]:
        answer = httpx.request(method, f"{url}{path}", auth=key)
        assert answer.status_code == (200 if scope in READS else 403), (method, path)


def test_who_has_no_key_learns_nothing(url: str) -> None:
    assert httpx.get(f"{url}/noted/Ada").status_code == 401
    assert httpx.get(f"{url}/noted/Ada?as_of=x", auth=("nobody", "guess")).status_code == 401


def test_a_key_of_one_learner_reads_of_nobody_else(
    url: str, database: Database, tenant: str, lrs: Client, follow: Callable[..., int]
) -> None:
    learner, other = str(uuid4()), str(uuid4())
    lrs.post([done_by(learner), done_by(other)])
    follow()
    authority, scopes = key_authority("http://localhost", tenant), ["transcripts/read"]
    key = Keys(database).issue(tenant, scopes=scopes, authority=authority, learner=learner)
    assert httpx.get(f"{url}/noted/{learner}", auth=key).json()["count"] == 1
    assert httpx.get(f"{url}/noted/{learner}?as_of=2", auth=key).json()["count"] == 1
    unknown = [other, str(uuid4()), learner.upper(), f"{learner}%20", "%00", learner.replace("-", "")]
    for path in [f"/noted/{each}" for each in unknown] + ["/noted?word=x", "/log", "/log/stream"]:
        answer = httpx.get(f"{url}{path}", auth=key)
        assert answer.status_code == 403, path
        assert f"bound to learner {learner}" in answer.json()["error"]
    nobody = str(uuid4())
    bound = Keys(database).issue(tenant, scopes=scopes, authority=authority, learner=nobody)
    missing = httpx.get(f"{url}/noted/{nobody}", auth=bound)
    assert (missing.status_code, nobody in missing.text) == (404, False)
    Keys(database).revoke(tenant, key[0])
    deadline = time.monotonic() + 2
    while httpx.get(f"{url}/noted/{learner}", auth=key).status_code != 401:
        assert time.monotonic() < deadline


def test_what_one_tenant_knows_another_does_not(
    url: str, database: Database, lrs: Client, ask: Ask, follow: Callable[..., int]
) -> None:
    tenants.create(database, other := f"t{uuid4().hex[:12]}")
    noted.make(database, other)
    lrs.post([done_by("Ada")] + [done_by("Bo") for _ in range(3)])
    follow()
    key = a_key(database, other)
    with Client(url, *key) as stranger:
        stranger.post(done_by("Ada"))
        stranger.post(done_by("Ada"))
    noted.follow(database, other)
    answers = [httpx.get(f"{url}/noted/Ada", auth=key), ask("/noted/Ada")]
    assert [(each.json()["count"], each.json()["position"]) for each in answers] == [(2, 3), (1, 5)]
    assert httpx.get(f"{url}/noted/Bo", auth=key).status_code == 404
    assert "after the last one" in httpx.get(f"{url}/noted/Ada?as_of=5", auth=key).text
    known = {"If-None-Match": answers[1].headers["etag"]}
    assert httpx.get(f"{url}/noted/Ada", auth=key, headers=known).status_code == 200


def test_its_schema_is_published_and_describes_it(
    url: str, lrs: Client, ask: Ask, follow: Callable[..., int]
) -> None:
    lrs.post(done_by("Ada"))
    follow()
    served = httpx.get(f"{url}/schemas/count.json")
    assert (served.json(), served.headers["content-type"]) == (noted.SCHEMA, "application/schema+json")
    jsonschema.Draft202012Validator(served.json()).validate(ask("/noted/Ada").json())
    for name in ("nothing.json", "count", "..%2fcount.json", "%00"):
        assert httpx.get(f"{url}/schemas/{name}").status_code == 404


def test_it_is_described(url: str) -> None:
    described = httpx.get(f"{url}/openapi.json").json()
    operation = described["paths"]["/noted/{learner}"]["get"]
    names = {(each["in"], each["name"]) for each in operation["parameters"]}
    queries = {("query", "unit"), ("query", "as_of"), ("query", "after")}
    assert names == {("path", "learner"), ("header", "X-LRS-Purpose"), *queries}
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/count"}
    count = described["components"]["schemas"]["count"]["properties"]["count"]
    assert count == {"$ref": "#/components/schemas/count/$defs/count"}
    assert set(operation["responses"]) >= {"200", "304", "400", "401", "403", "404", "503"}


def test_a_need_that_no_scope_covers_is_found_at_the_start(settings: Settings) -> None:
    (first, *_) = noted.RESOURCES
    with pytest.raises(ValueError, match="'grades/read', which no scope covers"):
        api(settings, projected.endpoints([replace(first, need="grades/read")], noted.Views))


def test_a_page_in_a_browser_may_read_it(lrs: Client, ask: Ask, follow: Callable[..., int]) -> None:
    lrs.post(done_by("Ada"))
    follow()
    answer = ask("/noted/Ada", headers={"Origin": "https://family.example.com"})
    exposed = answer.headers["access-control-expose-headers"]
    assert {"ETag", "X-LRS-Position", "Retry-After"} <= set(exposed.split(", "))


def test_metrics_count_it_by_its_path_and_not_by_the_learner(ask: Ask, url: str) -> None:
    ask("/noted/Somebody")
    text = httpx.get(f"{url}/metrics").text
    assert "/noted/{learner}" in text
    assert "Somebody" not in text
