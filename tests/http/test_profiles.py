"""Profiles are added and given back; where a policy says so, statements that break them are refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from lrs.auth.keys import Keys, key_authority
from lrs.auth.scopes import SCOPES
from lrs.database.pool import Database
from lrs.profiling import adding
from tests.client import Client, a_statement
from tests.conftest import a_key
from tests.profiling.samples import PROFILE, VERSION, Json, confirmed, placed, referring, sports
from tests.xapi_profiles.builders import SHARED, needs_shared_data, template


class Profiles:
    """A registrar's client."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def add(self, document: Any, profile: str = PROFILE) -> httpx.Response:
        return self.http.put("/profiles/document", params={"profile": profile}, json=document)

    def adopt(self, policy: Any, profile: str = PROFILE) -> httpx.Response:
        return self.http.put("/profiles/policy", params={"profile": profile}, json={"policy": policy})

    def get(self, **parameters: Any) -> httpx.Response:
        return self.http.get("/profiles/document", params={"profile": PROFILE, **parameters})

    def list(self) -> list[Json]:
        return self.http.get("/profiles").raise_for_status().json()["profiles"]  # type: ignore[no-any-return]


@pytest.fixture
def profiles(server_url: str, database: Database, tenant: str) -> Iterator[Profiles]:
    with httpx.Client(base_url=server_url, auth=a_key(database, tenant, "registrar")) as client:
        yield Profiles(client)


@pytest.fixture
def rejecting(profiles: Profiles) -> Profiles:
    profiles.add(sports()).raise_for_status()
    profiles.adopt("reject").raise_for_status()
    return profiles


def test_a_profile_is_added_once_and_goes_out_as_it_came(profiles: Profiles) -> None:
    first, second = profiles.add(sports()), profiles.add(dict(reversed(sports().items())))
    position = int(first.headers["x-lrs-position"])
    assert (first.status_code, first.json()) == (200, {"notices": [], "position": position})
    assert second.json() == first.json()
    answer = profiles.get()
    assert (answer.text, answer.headers["x-lrs-position"]) == (first.request.content.decode(), str(position))


def test_earlier_documents_are_told_by_position(profiles: Profiles) -> None:
    newer = sports(definition={"en": "More of it."})
    position = profiles.add(sports()).json()["position"]
    assert profiles.add(newer).json()["position"] == position + 1
    assert profiles.get().json() == newer
    assert profiles.get(as_of=position).json() == sports()
    assert profiles.get(as_of=position - 1).status_code == 404
    assert profiles.get(as_of="x").status_code == 400


@needs_shared_data
def test_what_others_publish_comes_back_to_the_byte(profiles: Profiles) -> None:
    for name in ("cmi5", "video", "scorm"):
        document = httpx.Response(200, content=(SHARED / "profiles" / f"{name}.jsonld").read_bytes()).json()
        notices = profiles.add(document, document["id"]).raise_for_status().json()["notices"]
        assert bool(notices) == (name != "video")
        back = profiles.get(profile=document["id"])
        assert back.json() == document
        assert list(back.json()) == list(document)


def test_profiles_are_listed_with_their_policies(profiles: Profiles) -> None:
    first = profiles.add(sports()).json()["position"]
    (listed,) = profiles.list()
    assert {**listed, "by": ""} == {
        "profile": PROFILE, "name": "Sports", "policy": "annotate", "position": first, "by": "",
    }  # fmt: skip
    said = [profiles.adopt(each).json()["position"] for each in ("annotate", "reject", "reject")]
    assert said == [first, first + 1, first + 1]
    assert profiles.list()[0]["policy"] == "reject"
    profiles.add(sports(definition={"en": "More of it."}))
    assert (profiles.list()[0]["policy"], profiles.list()[0]["position"]) == ("reject", first + 2)


def test_every_fault_is_told_where_it_is(profiles: Profiles) -> None:
    broken = sports({"location": "$[", "presence": "included"}, {"presence": "included"})
    assert _pointers(profiles.add(broken)) == {
        "/templates/0/rules/0/location",
        "/templates/0/rules/1/location",
    }
    assert _pointers(profiles.add([])) == {""}
    assert _pointers(profiles.add(sports(), "https://example.org/other")) == {"/id"}
    assert _pointers(profiles.http.put("/profiles/document", json={})) == {"profile"}
    assert profiles.list() == []
    assert profiles.adopt("reject").status_code == 404
    assert _pointers(profiles.adopt("maybe")) == {"/policy"}


def test_what_leaves_a_profile_usable_is_told(profiles: Profiles) -> None:
    elsewhere = {"sequence": ["https://example.org/absent"], "primary": True}
    part = sports()["templates"][0]
    pattern = {name: part[name] for name in ("inScheme", "prefLabel", "definition")} | elsewhere
    answer = profiles.add(sports(patterns=[{"id": f"{PROFILE}/p", "type": "Pattern", **pattern}]))
    assert any(each.startswith("/patterns/0/sequence/0: ") for each in answer.json()["notices"])


def test_who_may_read_something_reads_profiles_and_registrars_add_them(
    profiles: Profiles, server_url: str, database: Database, tenant: str
) -> None:
    profiles.add(sports())
    for scope in SCOPES:
        with httpx.Client(base_url=server_url, auth=a_key(database, tenant, scope)) as client:
            other = Profiles(client)
            assert other.get().status_code == (
                403 if scope in ("statements/write", "define", "erasure") else 200
            )
            writes = scope in ("all", "registrar")
            assert other.add(sports()).status_code == (200 if writes else 403)
            assert other.adopt("annotate").status_code == (200 if writes else 403)
    authority = key_authority("http://localhost", "hers")
    learner = "0d3b1a2c-7a54-4a3c-9d1a-6f5f3c0a9b11"
    hers = Keys(database).issue(tenant, scopes=["transcripts/read"], authority=authority, learner=learner)
    assert httpx.get(f"{server_url}/profiles", auth=hers).status_code == 200


def test_a_statement_that_breaks_a_profile_is_refused_and_told_why(rejecting: Profiles, lrs: Client) -> None:
    answer = lrs.http.post("/statements", json=placed())
    assert answer.status_code == 400
    (fault,) = answer.json()["faults"]
    assert fault["section"] == f"{VERSION} /templates/0/rules/0"
    assert template("placing") in fault["rule"]
    statement = placed(0.5)
    assert lrs.post(statement) == [statement["id"]]


def test_of_a_batch_all_is_refused_with_every_fault(rejecting: Profiles, lrs: Client) -> None:
    answer = lrs.http.post("/statements", json=[placed(), placed(1.0), placed(), a_statement()])
    assert [each["pointer"] for each in answer.json()["faults"]] == ["/0", "/2"]
    assert lrs.find() == []


def test_a_fault_of_xapi_hides_no_other_statement_of_the_batch(rejecting: Profiles, lrs: Client) -> None:
    answer = lrs.http.post("/statements", json=[placed(verb={}), placed()])
    assert [each["pointer"] for each in answer.json()["faults"]] == ["/0/verb/id", "/1"]


def test_put_and_older_versions_are_refused_alike(rejecting: Profiles, lrs: Client) -> None:
    statement = placed()
    for version in ("1.0.3", "2.0.0"):
        headers = {"X-Experience-API-Version": version}
        asked = {"params": {"statementId": statement["id"]}, "json": statement, "headers": headers}
        assert lrs.http.put("/statements", **asked).status_code == 400
        assert lrs.http.post("/statements", json=statement, headers=headers).status_code == 400


@pytest.mark.parametrize("policy", ["off", "annotate"])
def test_another_policy_holds_for_the_next_statement(rejecting: Profiles, lrs: Client, policy: str) -> None:
    assert lrs.http.post("/statements", json=placed()).status_code == 400
    rejecting.adopt(policy)
    lrs.post(placed())
    rejecting.adopt("reject")
    assert lrs.http.post("/statements", json=placed()).status_code == 400


def test_a_new_document_holds_for_the_next_statement(rejecting: Profiles, lrs: Client) -> None:
    lrs.post(placed(1.0))
    rejecting.add(sports({"location": "$.result.success", "presence": "included"}))
    assert lrs.http.post("/statements", json=placed(1.0)).status_code == 400


def test_what_another_process_adopts_holds_soon(
    profiles: Profiles, lrs: Client, database: Database, tenant: str
) -> None:
    profiles.add(sports())
    lrs.post(placed())
    adding.adopt(database, tenant, PROFILE, "reject", by="another process")
    give_up = time.monotonic() + 10
    while lrs.http.post("/statements", json=placed()).status_code == 200:
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_a_statement_may_refer_to_one_of_the_batch_or_of_the_store(profiles: Profiles, lrs: Client) -> None:
    stored = placed()
    lrs.post(stored)
    profiles.add(referring())
    profiles.adopt("reject")
    good = placed(1.0)
    lrs.post([confirmed(good["id"]), good])
    lrs.post(confirmed(good["id"]))
    answer = lrs.http.post("/statements", json=[confirmed(good["id"]), confirmed(stored["id"])])
    assert [each["pointer"] for each in answer.json()["faults"]] == ["/1"]
    assert lrs.http.post("/statements", json=placed()).status_code == 400


def _pointers(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 400
    return {each["pointer"] for each in answer.json()["faults"]}
