"""What profiles say of statements, over HTTP: to whom, and with which schemas."""

from __future__ import annotations

import httpx
import jsonschema

from lrs.database.pool import Database
from tests.client import Client
from tests.conftest import a_key
from tests.projections.profiles.builders import Store, bad, good, sports
from tests.xapi_profiles.builders import PROFILE

REGISTRATION = "7ba2ab96-0f9f-4d2d-8b9f-3f6ba8a0f1de"


def test_reports_are_served_with_their_schemas_to_those_who_may(
    lrs: Client, server_url: str, database: Database, tenant: str
) -> None:
    store = Store(database, tenant)
    store.add(sports())
    (statement, _) = lrs.post([bad(context={"registration": REGISTRATION}), good()])
    store.follow()
    paths = {
        f"/profiles/statements?statementId={statement}": "profile-statement",
        f"/profiles/registrations?registration={REGISTRATION}": "profile-registration",
        f"/profiles/report?profile={PROFILE}&limit=1": "profile-report",
    }
    with httpx.Client(base_url=server_url, auth=(lrs.key, lrs.secret)) as reader:
        for path, name in paths.items():
            answer = reader.get(path)
            assert answer.status_code == 200, answer.text
            jsonschema.validate(answer.json(), reader.get(f"/schemas/{name}.json").json())
            assert reader.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
        assert reader.get(f"/profiles/report?profile={PROFILE}").json()["invalid"] == 1
        assert reader.get("/profiles/report").status_code == 400
        assert reader.get("/profiles/report?profile=x").status_code == 404
        assert reader.get("/profiles/statements?statementId=x").status_code == 400
    with httpx.Client(base_url=server_url, auth=a_key(database, tenant, "statements/read")) as other:
        assert [other.get(path).status_code for path in paths] == [403, 403, 403]
