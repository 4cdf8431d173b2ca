"""`lrs keys` and `lrs tenants` decide who comes in, and take effect at once in a running server."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.cli.terminal import facts, rows
from tests.client import Client, a_statement


@pytest.fixture
def create(said, tenant):
    """Make a key in the test's tenant; its name and secret."""

    def key(*options: str) -> tuple[str, str]:
        found = facts(said("keys", "create", "--tenant", tenant, *options))
        return found["key"], found["secret"]

    return key


def test_a_new_key_lets_a_client_in(create, server_url, tenant):
    key, secret = create()
    assert key.startswith(f"{tenant}-")
    with Client(server_url, key, secret) as client:
        assert client.get(client.post(a_statement())[0])["authority"]["account"]["name"] == key


def test_a_key_has_the_scopes_and_the_authority_it_was_given(create, server_url):
    agent = {"name": "Course", "mbox": "mailto:course@example.org"}
    scopes = ["--scope", "statements/write", "--scope", "statements/read/mine"]
    with Client(server_url, *create("--authority", json.dumps(agent), *scopes)) as client:
        assert client.get(client.post(a_statement())[0])["authority"] == agent
        refused = client.http.get(
            "/activities/state",
            params={"activityId": "http://example.com/a", "agent": json.dumps(agent), "stateId": "x"},
        )
        assert refused.status_code == 403


def test_a_revoked_key_is_shut_out_of_a_running_server_at_once(create, said, server_url, tenant):
    key, secret = create()
    with Client(server_url, key, secret) as client:
        assert client.find() == []
        said("keys", "revoke", key, "--tenant", tenant, "--reason", "lost laptop")
        with pytest.raises(httpx.HTTPStatusError, match="401"):
            client.find()


def test_keys_are_listed_without_their_secrets(create, said, tenant):
    key, secret = create("--label", "maths course")
    said("keys", "revoke", key, "--tenant", tenant)
    listed = said("keys", "list", "--tenant", tenant)
    (row,) = rows(listed)
    assert (row["key"], row["scopes"], row["label"]) == (key, "all", "maths course")
    assert row["revoked"] >= row["issued"]
    assert secret not in listed


def test_a_key_of_one_learner_is_made_and_listed(create, said, complaint, tenant):
    learner = "6f1e7e0c-3c62-4a5e-9f0e-0d4f5a7b8c9d"
    key, _ = create("--learner", learner)
    (row,) = rows(said("keys", "list", "--tenant", tenant))
    assert (row["key"], row["scopes"], row["learner"]) == (key, "transcripts/read", learner)
    refused = complaint("keys", "create", "--tenant", tenant, "--learner", learner, "--scope", "all")
    assert "may have the scope transcripts/read" in refused


def test_a_name_of_ones_own_begins_with_the_tenant(create, complaint, tenant):
    key, _ = create("--key", f"{tenant}-course")
    assert key == f"{tenant}-course"
    assert "already" in complaint("keys", "create", "--tenant", tenant, "--key", key)
    assert f"begins with {tenant}-" in complaint("keys", "create", "--tenant", tenant, "--key", "course")
    assert f"belong to tenant {tenant}" in complaint("keys", "create", "--key", f"{tenant}-mine")


def test_a_tenant_is_made_once(said, tenant):
    assert said("tenants", "create", tenant) == ""
    assert tenant in [row["tenant"] for row in rows(said("tenants", "list"))]


def test_a_tenant_does_not_take_over_keys_of_another(said, complaint, tenant):
    facts(said("keys", "create", "--key", f"x{tenant}-course"))
    assert "another name" in complaint("tenants", "create", f"x{tenant}")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["keys", "create", "--scope", "everything"], "statements/read/mine"),
        (["keys", "create", "--key", "with:colon"], "no key's name"),
        (["keys", "create", "--authority", "[]"], "looks like"),
        (["keys", "create", "--tenant", "nobody"], "lrs tenants create"),
        (["keys", "list", "--tenant", "nobody"], "There is no tenant"),
        (["keys", "revoke", "nobody"], "There is no key nobody"),
        (["tenants", "create", "No Name"], "small letter"),
    ],
)
def test_what_a_person_got_wrong_is_said_in_a_sentence(complaint, words, expected):
    assert expected in complaint(*words)
