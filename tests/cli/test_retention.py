"""`lrs retention` adopts policies, and erases what has grown too old."""

from __future__ import annotations

import pytest

from tests.cli.terminal import rows
from tests.client import a_statement

WHY = ["--reason", "not needed", "--authority", "school board"]


def test_a_policy_is_adopted_run_and_ended(said, complaint, lrs, tenant):
    lrs.post([a_statement(), a_statement()])
    here = ["--tenant", tenant]
    said("retention", "set", "coursework", "--older-than", "P7Y", *WHY, *here)
    said("retention", "set", "drafts", "--older-than", "P90D", "--of", "documents", *WHY, *here)
    listed = rows(said("retention", "list", *here))
    assert [(each["policy"], each["kind"], each["older than"]) for each in listed] == [
        ("coursework", "statements", "P7Y"),
        ("drafts", "documents", "P90D"),
    ]
    assert [each["too old"] for each in rows(said("retention", "run", "--dry-run", *here))] == ["0", "0"]
    assert rows(said("retention", "run", "coursework", *here)) == [{"policy": "coursework", "erased": "0"}]
    assert len(lrs.find()) == 2
    said("retention", "end", "coursework", *here)
    assert "retention list" in complaint("retention", "run", "coursework", *here)


@pytest.mark.parametrize("of", [["verbs=x"], ["verb=a", "--of", "verb=b"], ["documents", "--of", "accesses"]])
def test_what_a_policy_cannot_be_of_is_told(complaint, tenant, of):
    wrong = ["retention", "set", "p", "--older-than", "P7Y", "--of", *of, *WHY, "--tenant", tenant]
    assert "--of takes" in complaint(*wrong)
