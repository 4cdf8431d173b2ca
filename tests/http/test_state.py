"""The state of an activity: with and without a registration, one document or all (Communication 2.3)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.client import Client

ADA = '{"objectType":"Agent","mbox":"mailto:ada@example.com"}'
OWNER = {"activityId": "http://example.com/activities/fractions", "agent": ADA}
PATH = "/activities/state"


def put(lrs: Client, content: bytes, **parameters: str) -> None:
    assert lrs.http.put(PATH, params=OWNER | parameters, content=content).status_code == 204


def get(lrs: Client, **parameters: str) -> httpx.Response:
    return lrs.http.get(PATH, params=OWNER | parameters)


def ids(lrs: Client, **parameters: str) -> set[str]:
    return set(get(lrs, **parameters).json())


@pytest.fixture
def registration(lrs: Client) -> str:
    """A registration; `both` and another document are stored with it, `both` and `plain` without."""
    registration = str(uuid4())
    put(lrs, b"1", stateId="both")
    put(lrs, b"2", stateId="plain")
    put(lrs, b"3", stateId="both", registration=registration)
    put(lrs, b"4", stateId="registered", registration=registration)
    return registration


def test_states_with_and_without_a_registration_are_different(lrs, registration):
    assert get(lrs, stateId="both").content == b"1"
    assert get(lrs, stateId="both", registration=registration).content == b"3"
    assert get(lrs, stateId="registered").status_code == 404
    assert get(lrs, stateId="plain", registration=registration).status_code == 404
    assert get(lrs, stateId="both", registration=str(uuid4())).status_code == 404


def test_a_registration_means_the_same_in_capitals(lrs, registration):
    assert get(lrs, stateId="both", registration=registration.upper()).content == b"3"


def test_ids_are_those_of_the_registration_or_all(lrs, registration):
    assert ids(lrs) == {"both", "plain", "registered"}
    assert ids(lrs, registration=registration) == {"both", "registered"}
    assert len(get(lrs).json()) == 3


def delete(lrs: Client, **parameters: Any) -> int:
    return lrs.http.delete(PATH, params=OWNER | parameters).status_code


def test_one_state_is_deleted_by_its_id(lrs, registration):
    assert delete(lrs, stateId="both", registration=registration) == 204
    assert get(lrs, stateId="both").content == b"1"
    assert ids(lrs, registration=registration) == {"registered"}


def test_without_an_id_all_states_of_the_registration_are_deleted(lrs, registration):
    assert delete(lrs, registration=registration) == 204
    assert ids(lrs, registration=registration) == set()
    assert ids(lrs) == {"both", "plain"}


def test_without_an_id_and_a_registration_all_states_are_deleted(lrs, registration):
    other = {"activityId": "http://example.com/activities/decimals"}
    put(lrs, b"5", stateId="other", **other)
    assert delete(lrs) == 204
    assert ids(lrs) == set()
    assert ids(lrs, **other) == {"other"}


def test_an_empty_id_does_not_mean_all(lrs, registration):
    assert delete(lrs, stateId="") == 400
    assert delete(lrs, since="2020-01-01T00:00:00Z") == 400
    assert len(ids(lrs)) == 3
