"""`lrs profiles report` and `status` tell how the statements of a store keep to profiles."""

from __future__ import annotations

import json

from tests.cli.terminal import facts, rows
from tests.projections.profiles.builders import Store, bad, good, sports
from tests.xapi_profiles.builders import PLACED, PROFILE, VERSION, a_pattern, pattern, template

REGISTRATION = "7ba2ab96-0f9f-4d2d-8b9f-3f6ba8a0f1de"


def test_a_report_and_a_registration_are_told(said, complaint, database, tenant):
    store = Store(database, tenant)
    race = a_pattern("race", "oneOrMore", "placing", primary=True)
    then = store.add(sports(patterns=[race]))
    store.trust_the_school()
    broken = bad(context={"registration": REGISTRATION})
    store.say(good(), good(), broken)
    store.follow()
    where = ("--tenant", tenant)
    told = said("profiles", "report", PROFILE, *where)
    counts, table = told.split("provider\t")
    assert facts(counts) == {
        "version": VERSION, "statements": "3", "valid": "2", "invalid": "1", "unmatched": "0", "voided": "0",
        "position": "5",
    }  # fmt: skip
    (row,) = rows(f"provider\t{table}")
    assert (row["provider"], row["verb"], row["valid"], row["invalid"]) == ("The school", PLACED, "2", "1")
    assert (row["how often"], row["example"]) == ("1", broken["id"])
    span = ("--since", "2020-01-01", "--until", "2021-01-01T00:00:00Z")
    assert json.loads(said("profiles", "report", PROFILE, *span, "--json", *where))["rows"] == []
    assert "since: must be a time" in complaint("profiles", "report", PROFILE, "--since", "soon", *where)
    told = said("profiles", "status", REGISTRATION, *where)
    (row,) = rows("profile\t" + told.split("profile\t")[1])
    assert (row["pattern"], row["status"], row["statement"]) == (pattern("race"), "rejected", broken["id"])
    assert template("placing") in row["reason"]
    told = json.loads(said("profiles", "status", REGISTRATION, "--json", *where))
    assert [each["profile"] for each in told["profiles"]] == [PROFILE]
    assert "Nothing was said" in complaint("profiles", "status", REGISTRATION, "--at", then, *where)
