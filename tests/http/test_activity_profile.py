"""What is special about activity profiles (Communication 2.7); the rest is in test_document_resources."""

from __future__ import annotations

import pytest

PATH = "/activities/profile"
ACTIVITY = "http://example.com/activities/fractions"
ADA = '{"mbox":"mailto:ada@example.com"}'


@pytest.mark.parametrize(
    "iri", [ACTIVITY, "urn:uuid:ec531277-b57b-4c15-8d91-d292c5b2b8f7", "https://例え.jp/ü?a=b#c"]
)
def test_any_iri_names_an_activity(lrs, iri):
    parameters = {"activityId": iri, "profileId": "x"}
    assert lrs.http.put(PATH, params=parameters, content=b"1").status_code == 204
    assert lrs.http.get(PATH, params=parameters).content == b"1"


def test_a_profile_and_the_states_of_an_activity_are_different(lrs):
    lrs.http.put(PATH, params={"activityId": ACTIVITY, "profileId": "x"}, content=b"1")
    state = {"activityId": ACTIVITY, "stateId": "x", "agent": ADA}
    assert lrs.http.get("/activities/state", params=state).status_code == 404


@pytest.mark.parametrize(("name", "value"), [("agent", ADA), ("stateId", "x"), ("registration", "x")])
def test_parameters_of_states_are_unknown(lrs, name, value):
    parameters = {"activityId": ACTIVITY, "profileId": "x", name: value}
    assert lrs.http.get(PATH, params=parameters).status_code == 400


def test_profiles_are_deleted_one_by_one(lrs):
    assert lrs.http.delete(PATH, params={"activityId": ACTIVITY}).status_code == 400
