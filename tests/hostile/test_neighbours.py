"""What some clients do wrong is never felt by those who share a commit with them."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from itertools import cycle
from uuid import uuid4

from tests.client import Client, a_statement
from tests.hostile.test_json import REFUSED
from tests.multiparts import MULTIPART, a_body, a_part, a_statement_with

SECONDS = 6
JSON = {"Content-Type": "application/json"}


def refused(http):
    """Bodies that cannot be read."""
    for body in cycle(REFUSED.values()):
        yield http.post("/statements", content=body, headers=JSON), {400}


def contradicting(http):
    """The same ids again and again, each time with another content."""
    ids = [str(uuid4()) for _ in range(5)]
    while True:
        batch = [a_statement(id=each, result={"response": str(uuid4())}) for each in ids]
        yield http.post("/statements", json=[a_statement(), *batch]), {200, 409}


def repeating(http):
    """The very same statements, as after lost answers."""
    batch = [a_statement() for _ in range(20)]
    while True:
        yield http.post("/statements", json=batch), {200}


def voiding(http):
    """Statements that void and refer to each other, before and after they come."""
    verb = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    while True:
        one, other = str(uuid4()), str(uuid4())
        yield http.post("/statements", json=a_statement(id=one, verb=verb, object=a_reference(other))), {200}
        yield http.post("/statements", json=a_statement(id=other, object=a_reference(one))), {200}


def sharing(http):
    """The same attachment, by everybody at once."""
    while True:
        body = a_body(json.dumps(a_statement_with(b"shared")).encode(), a_part(b"shared"))
        yield http.post("/statements", content=body, headers=MULTIPART), {200}


ATTACKERS = [refused, contradicting, contradicting, repeating, repeating, voiding, sharing, sharing]


def test_a_correct_client_beside_many_others_is_served_at_once(target, lrs, stored):
    slowest, wrong = 0.0, []
    with attacked(target, lrs, wrong):
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            began = time.monotonic()
            statement = a_statement()
            lrs.post([statement, a_statement()])
            assert lrs.get(statement["id"])
            slowest = max(slowest, time.monotonic() - began)
    assert wrong == []
    assert slowest < 3
    counts = stored.counts()
    accounted = len(lrs.find()) + counts["voided"] + of_keys(stored)
    assert accounted - counts["log"] in {0, 1}  # the last to be voided may not have come


@contextmanager
def attacked(target, lrs, wrong):
    done = threading.Event()
    threads = [threading.Thread(target=attack, args=[target, lrs, each, done, wrong]) for each in ATTACKERS]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def attack(target, lrs, attacker, done, wrong):
    with Client(target.url, lrs.key, lrs.secret) as client:
        for answer, expected in attacker(client.http):
            if answer.status_code not in expected:
                wrong.append((attacker.__name__, answer.status_code, answer.text[:300]))
            if done.is_set():
                return


def of_keys(stored) -> int:
    """Events that are no statements."""
    with stored.database.connection() as connection:
        query = f"SELECT count(*) FROM {stored.schema}.log WHERE topic <> 'statement-stored'"  # noqa: S608
        ((count,),) = connection.execute(query.encode()).fetchall()
    return int(count)


def a_reference(statement_id: str) -> dict[str, str]:
    return {"objectType": "StatementRef", "id": statement_id}
