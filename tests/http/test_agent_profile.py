"""What is special about agent profiles (Communication 2.6); the rest is in test_document_resources."""

from __future__ import annotations

import json

import pytest

PATH = "/agents/profile"
AGENTS = [
    {"mbox": "mailto:ada@example.com"},
    {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
    {"openid": "http://ada.example.com"},
    {"account": {"homePage": "http://example.com", "name": "ada"}},
    {"account": {"homePage": "http://example.com", "name": "ada\0"}},
    {"account": {"homePage": "http://example.org", "name": "ada"}},
]


def test_every_identifier_has_profiles_of_its_own(lrs):
    for number, agent in enumerate(AGENTS):
        parameters = {"agent": json.dumps(agent), "profileId": "x"}
        assert lrs.http.put(PATH, params=parameters, content=str(number).encode()).status_code == 204
    for number, agent in enumerate(AGENTS):
        parameters = {"agent": json.dumps(agent), "profileId": "x"}
        assert lrs.http.get(PATH, params=parameters).text == str(number)


@pytest.mark.parametrize("name", ["activityId", "registration", "stateId"])
def test_parameters_of_states_are_unknown(lrs, name):
    parameters = {"agent": json.dumps(AGENTS[0]), "profileId": "x", name: "http://example.com/x"}
    assert lrs.http.get(PATH, params=parameters).status_code == 400


def test_profiles_are_deleted_one_by_one(lrs):
    assert lrs.http.delete(PATH, params={"agent": json.dumps(AGENTS[0])}).status_code == 400
