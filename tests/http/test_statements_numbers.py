"""Numbers come back exactly as they were sent, whichever way they came and whichever way they are read."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx
import pytest

from tests.client import Client

JSON = {"Content-Type": "application/json"}
NUMBERS = ["1.10", "1e400", "-0.0", "12345678901234567890123", "0.1000000000000000055511151231257827", "1E-7"]
EXTENSIONS = ",".join(f'"http://example.com/x/{number}":{text}' for number, text in enumerate(NUMBERS))
RESULT = f'{{"score":{{"raw":4.50,"min":0.0,"max":1e1}},"extensions":{{{EXTENSIONS}}}}}'
# Every language but one goes in the format canonical; everything else stays.
DEFINITION = f'{{"extensions":{{{EXTENSIONS}}},"name":{{"en":"One"}}}}'
CONTEXT = f'{{"extensions":{{{EXTENSIONS}}}}}'


def a_text(statement_id: str) -> str:
    activity = f"http://example.com/activities/{statement_id}"
    return (
        f'{{"id":"{statement_id}","actor":{{"objectType":"Agent","mbox":"mailto:ada@example.com"}},'
        f'"verb":{{"id":"http://example.com/verbs/{statement_id}"}},'
        f'"object":{{"id":"{activity}","definition":{DEFINITION}}},"result":{RESULT},"context":{CONTEXT}}}'
    )


def put(lrs: Client, statement_id: str) -> httpx.Response:
    parameters = {"statementId": statement_id}
    return lrs.http.put("/statements", params=parameters, content=a_text(statement_id), headers=JSON)


def post(lrs: Client, statement_id: str) -> httpx.Response:
    return lrs.http.post("/statements", content=a_text(statement_id), headers=JSON)


def post_batch(lrs: Client, statement_id: str) -> httpx.Response:
    batch = f"[ {a_text(str(uuid4()))},\n {a_text(statement_id)} ]"
    return lrs.http.post("/statements", content=batch, headers=JSON)


def by_id(lrs: Client, statement_id: str, format: str) -> str:
    parameters = {"statementId": statement_id, "format": format}
    return lrs.http.get("/statements", params=parameters).raise_for_status().text


def in_a_list(lrs: Client, statement_id: str, format: str) -> str:
    parameters = {"verb": f"http://example.com/verbs/{statement_id}", "format": format}
    return lrs.http.get("/statements", params=parameters).raise_for_status().text


def test_every_number_on_every_way(lrs: Client) -> None:
    for store in (put, post, post_batch):
        statement_id = str(uuid4())
        assert store(lrs, statement_id).is_success
        for read in (by_id, in_a_list):
            exact, canonical, ids = (
                read(lrs, statement_id, format) for format in ("exact", "canonical", "ids")
            )
            assert a_text(statement_id)[:-1] in exact
            for text in (exact, canonical, ids):
                assert f'"result":{RESULT}' in text
                assert f'"context":{CONTEXT}' in text


@pytest.mark.parametrize("format", ["exact", "canonical"])
def test_numbers_of_a_definition(lrs: Client, format: str) -> None:
    statement_id = str(uuid4())
    assert put(lrs, statement_id).is_success
    found = by_id(lrs, statement_id, format)
    assert re.search(r'"definition":(\{.*?\}\})', found)
    assert DEFINITION in found


def test_a_number_that_was_sent_is_equal_to_itself(lrs: Client) -> None:
    statement_id = str(uuid4())
    for _ in range(2):
        assert put(lrs, statement_id).status_code == 204
        assert post(lrs, statement_id).json() == [statement_id]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "01", "1.", ".5", "+1", "0x10"])
def test_what_is_no_number_of_json_is_refused(lrs: Client, text: str) -> None:
    body = a_text(str(uuid4())).replace("1.10", text, 1)
    assert lrs.http.post("/statements", content=body, headers=JSON).status_code == 400
