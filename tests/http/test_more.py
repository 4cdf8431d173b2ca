"""`more` leads through all pages, with every parameter and while others write (Communication 2.1.3)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lrs.database.pool import Database
from lrs.settings import Settings
from tests.client import Client, a_statement
from tests.conftest import a_key, serving
from tests.multiparts import MULTIPART, a_body, a_part, a_statement_with, read_answer

Json = dict[str, Any]
REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"


def ids(statements: list[Json]) -> list[str]:
    return [each["id"] for each in statements]


def pages(lrs: Client, **parameters: Any) -> Iterator[Json]:
    """Page after page, as `more` says."""
    answer = lrs.http.get("/statements", params=parameters).raise_for_status().json()
    yield answer
    server = str(lrs.http.base_url).removesuffix("/xapi/")
    while answer["more"]:
        answer = lrs.http.get(server + answer["more"]).raise_for_status().json()
        yield answer


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_more_is_empty_exactly_at_the_end(lrs: Client, count: int) -> None:
    lrs.post([a_statement() for _ in range(count)])
    sizes = [len(each["statements"]) for each in pages(lrs, limit=2)]
    assert sizes == {0: [0], 1: [1], 2: [2], 3: [2, 1], 4: [2, 2], 5: [2, 2, 1]}[count]


def test_more_is_relative_and_has_a_cursor(lrs: Client) -> None:
    lrs.post([a_statement() for _ in range(3)])
    more = next(pages(lrs, limit=2))["more"]
    parts = urlsplit(more)
    assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/xapi/statements")
    assert set(parse_qs(parts.query)) == {"limit", "cursor", "format"}


AGENTS = [
    {"mbox": "mailto:ada+1&b=2%20@example.com"},
    {"openid": "http://example.com/?a=1&b=2#c"},
    {"account": {"homePage": "http://example.com/ü", "name": 'Zoë "the & one" + 100% 🦉\\'}},
    {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9", "name": "Ada"},
]


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_of_any_letters_stays_the_same_on_every_page(lrs: Client, agent: Json) -> None:
    wanted = []
    for _ in range(5):
        wanted += lrs.post(a_statement(actor=agent))
        lrs.post(a_statement())
    for text in (json.dumps(agent), json.dumps(agent, ensure_ascii=False, indent=1)):
        assert ids(lrs.find(agent=text, limit=2, ascending="true")) == wanted


ADA = {"mbox": "mailto:ada@example.com"}
MATCHING: Json = {
    "actor": ADA,
    "verb": {"id": "http://example.com/verbs/did?a=b&c=d", "display": {"en": "did", "de": "tat"}},
    "object": {"id": "http://example.com/activities/ä#1"},
    "context": {"registration": REGISTRATION},
}
OTHERS: list[Json] = [
    {**MATCHING, "actor": {"mbox": "mailto:bo@example.com"}},
    {**MATCHING, "verb": {"id": "http://example.com/verbs/other"}},
    {**MATCHING, "object": {"id": "http://example.com/activities/other"}},
    {**MATCHING, "context": {}},
]


def test_every_parameter_stays_the_same_on_every_page(lrs: Client) -> None:
    for _ in range(2):
        lrs.post([a_statement(**each) for each in (MATCHING, *OTHERS)])
    first = lrs.find(ascending="true")[0]["stored"]
    lrs.post([a_statement(**each) for _ in range(5) for each in (MATCHING, *OTHERS)])
    last = lrs.find(limit=1)[0]["stored"]
    lrs.post([a_statement(**each) for each in (MATCHING, *OTHERS)])
    asked = {
        "agent": json.dumps(ADA),
        "verb": MATCHING["verb"]["id"],
        "activity": MATCHING["object"]["id"],
        "registration": REGISTRATION,
        "related_agents": "true",
        "related_activities": "true",
        "since": first,
        "until": last,
        "limit": "2",
        "format": "ids",
        "ascending": "true",
    }
    found = list(pages(lrs, **asked))
    assert [len(each["statements"]) for each in found] == [2, 2, 2]
    for page in found:
        assert all(each["verb"] == {"id": MATCHING["verb"]["id"]} for each in page["statements"])
        assert all(each["actor"]["mbox"] == ADA["mbox"] for each in page["statements"])
    for page in found[:-1]:
        given = {name: values[0] for name, values in parse_qs(urlsplit(page["more"]).query).items()}
        cursor = given.pop("cursor")
        assert cursor.isdigit()
        assert given == asked


def test_attachments_come_on_every_page(lrs: Client) -> None:
    contents = [str(number).encode() for number in range(3)]
    statements = [a_statement_with(content) for content in contents]
    body = a_body(json.dumps(statements).encode(), *map(a_part, contents))
    lrs.http.post("/statements", content=body, headers=MULTIPART).raise_for_status()
    address = "/xapi/statements?attachments=true&ascending=true&limit=1"
    server = str(lrs.http.base_url).removesuffix("/xapi/")
    seen = []
    while address:
        answer = lrs.http.get(server + address)
        first, attachment = read_answer(answer.headers["content-type"], answer.content)
        seen.append(attachment.content)
        address = json.loads(first.content)["more"]
    assert seen == contents


@pytest.mark.parametrize("prefix", ["/lrs", "/mit leer/ü"])
def test_behind_a_proxy_more_begins_with_its_prefix(
    settings: Settings, database: Database, tenant: str, prefix: str
) -> None:
    """The proxy removes the prefix before we see it, and the client's next request needs it again."""
    with (
        serving(settings.model_copy(update={"root_path": prefix, "pool_size": 2})) as url,
        Client(url, *a_key(database, tenant)) as lrs,
    ):
        posted = lrs.post([a_statement() for _ in range(3)])
        answer = lrs.http.get("/statements", params={"limit": "2"}).json()
        more = answer["more"]
        quoted = {"/mit leer/ü": "/mit%20leer/%C3%BC"}.get(prefix, prefix)
        assert more.startswith(f"{quoted}/xapi/statements?")
        rest = lrs.http.get(url + more.removeprefix(quoted)).json()
        found = ids(answer["statements"] + rest["statements"])
        assert lrs.http.get("/activities", params={"activityId": "http://example.com/a"}).status_code == 200
        assert lrs.http.get("/statements/").status_code == 404
    assert found == posted[::-1]


def test_the_server_has_a_limit_of_its_own(settings: Settings, lrs: Client) -> None:
    posted = lrs.post([a_statement() for _ in range(5)])
    served = {None: 3, "0": 3, "2": 2, "3": 3, "9": 3, "9" * 18: 3}
    with (
        serving(settings.model_copy(update={"max_limit": 3, "pool_size": 2})) as url,
        Client(url, lrs.key, lrs.secret) as frugal,
    ):
        for limit, count in served.items():
            found = list(pages(frugal, **({"limit": limit} if limit else {})))
            assert len(found[0]["statements"]) == count
            assert [each for page in found for each in ids(page["statements"])] == posted[::-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "-1"), ("limit", "1.5"), ("limit", "x"), ("limit", ""), ("limit", "9" * 19), ("limit", "٣"),
     ("cursor", "x"), ("cursor", "-1"), ("cursor", "9" * 30), ("ascending", "yes"), ("ascending", "TRUE")],
)  # fmt: skip
def test_what_is_no_number_is_400(lrs: Client, name: str, value: str) -> None:
    answer = lrs.http.get("/statements", params={name: value})
    assert (answer.status_code, answer.json()["faults"][0]["pointer"]) == (400, name)


@pytest.mark.parametrize("cursor", ["0", "1", "999999999999999999"])
def test_any_cursor_is_a_place(lrs: Client, cursor: str) -> None:
    lrs.post([a_statement() for _ in range(3)])
    for ascending in ("true", "false"):
        found = lrs.http.get("/statements", params={"cursor": cursor, "ascending": ascending})
        assert found.status_code == 200


VERB = "http://example.com/verbs/busy"


@pytest.mark.parametrize(
    "parameters", [{}, {"verb": VERB}, {"activity": "http://example.com/activities/fractions"}]
)
def test_while_writers_are_busy_pages_neither_skip_nor_repeat(
    lrs: Client, parameters: dict[str, str]
) -> None:
    """Newest first: all that was there at the beginning, once. Oldest first: also all that came meanwhile."""
    before = lrs.post([a_statement(verb={"id": VERB}) for _ in range(40)])
    stop = threading.Event()
    written: list[list[str]] = [[], []]

    def write(own: list[str]) -> None:
        with Client(str(lrs.http.base_url).removesuffix("/xapi/"), lrs.key, lrs.secret) as writer:
            while not stop.is_set():
                own += writer.post([a_statement(verb={"id": VERB}) for _ in range(5)])

    def read(ascending: str) -> list[str]:
        """Twenty pages at the most: going up, the writers would never let us come to an end."""
        found: list[str] = []
        for page in islice(pages(lrs, **parameters, limit=7, ascending=ascending), 20):
            found += ids(page["statements"])
            sleep(0.01)
        return found

    with ThreadPoolExecutor(2) as threads:
        writing = [threads.submit(write, own) for own in written]
        try:
            down, up = read("false"), read("true")
        finally:
            stop.set()
        for each in writing:
            each.result()
    assert down[-40:] == before[::-1]
    assert len(set(down)) == len(down)
    in_order = ids(lrs.find(**parameters, ascending="true"))
    assert up == in_order[: len(up)]
    assert len(up) > 40
    newest = in_order.index(down[0])
    assert down == in_order[newest::-1]
    assert set(in_order) == {*before, *written[0], *written[1]}
