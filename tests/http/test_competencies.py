"""A competency map over HTTP, from statements to answers: of a learner, and of a group."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import jsonschema
import pytest

from lrs.auth.keys import Keys, key_authority
from lrs.database.pool import Database
from lrs.xapi import actor
from projections import found, rebuild
from tests.client import Client
from tests.conftest import a_key
from tests.projections.competencies.builders import answers, identifier
from tests.projections.competencies.maps import package
from tests.projections.transcript.builders import MIRA_IFI

HERS = f"/learners/{actor.own_learner(MIRA_IFI)}"
COHORT = f"/frameworks/{identifier('')}/cohort"
NAMES = ("competencies", "learners", "catalogue", "frameworks")


@pytest.fixture
def reader(lrs: Client, server_url: str, database: Database, tenant: str) -> Iterator[httpx.Client]:
    """Of a tenant in which Mira has answered three times, by a key that the catalogue trusts."""
    with httpx.Client(base_url=server_url, auth=(lrs.key, lrs.secret)) as client:
        platform = {"name": "Platform", "trust": "approved", "authorities": [key_authority_of(lrs)]}
        client.put("/catalogue/providers/platform", json=platform).raise_for_status()
        client.put(f"/frameworks/{identifier('')}", json=package()).raise_for_status()
        for each in answers("yyy", "compare"):
            lrs.post({name: value for name, value in each.items() if name != "authority"})
        for name in NAMES:
            rebuild.rebuild(database, tenant, found.projection(name), progress=lambda *_: None)
        yield client


def key_authority_of(lrs: Client) -> dict[str, object]:
    return {"account": key_authority("http://localhost", lrs.key)["account"]}


def test_a_map_its_parts_and_the_frontier_are_served_with_their_schemas(reader: httpx.Client) -> None:
    for path, name in (
        (f"{HERS}/competencies?framework={identifier('')}", "competencies"),
        (f"{HERS}/competencies/{identifier('compare')}", "competency"),
        (f"{HERS}/frontier?item={identifier('fractions')}", "frontier"),
        (f"{COHORT}?provider=platform", "cohort"),
    ):
        answer = reader.get(path)
        assert answer.status_code == 200, answer.text
        schema = reader.get(f"/schemas/{name}.json").json()
        jsonschema.validate(answer.json(), schema)
    told = reader.get(f"{HERS}/competencies").json()["frameworks"][0]["items"]
    states = {each["competency"]["code"]: each["state"] for each in told}
    assert (states["compare"], states["add"]) == ("mastered", "insufficient data")
    (ready, *_) = reader.get(f"{HERS}/frontier").json()["frameworks"][0]["ready"]
    assert ready["competency"]["code"] == "add"


def test_as_of_a_position_is_what_was_known_there(reader: httpx.Client) -> None:
    last = int(reader.get(f"{HERS}/competencies").headers["x-lrs-position"])
    before = reader.get(f"{HERS}/competencies", params={"as_of": last - 1}).json()
    (told,) = [each for each in before["frameworks"][0]["items"] if "evidence" in each]
    assert (told["state"], len(told["evidence"])) == ("insufficient data", 2)


def test_a_key_of_hers_reads_her_map_and_nobody_elses_and_no_group(
    reader: httpx.Client, server_url: str, database: Database, tenant: str
) -> None:
    name = f"{tenant}-{uuid4().hex[:8]}"
    auth = Keys(database).issue(
        tenant,
        scopes=["transcripts/read"],
        authority=key_authority("http://localhost", name),
        key=name,
        learner=HERS.rpartition("/")[2],
    )
    with httpx.Client(base_url=server_url, auth=auth) as hers:
        assert hers.get(f"{HERS}/competencies").status_code == 200
        assert hers.get(f"{HERS}/frontier").status_code == 200
        assert hers.get(f"/learners/{uuid4()}/competencies").status_code == 403
        assert hers.get(f"{COHORT}?provider=platform").status_code == 403


def test_others_may_not_read_it(
    reader: httpx.Client, server_url: str, database: Database, tenant: str
) -> None:
    with httpx.Client(base_url=server_url, auth=a_key(database, tenant, "statements/read")) as other:
        assert other.get(f"{HERS}/competencies").status_code == 403
    assert reader.get(COHORT).status_code == 400
    assert reader.get(f"{HERS}/competencies?items=all").status_code == 400
