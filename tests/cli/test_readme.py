"""What the documents say is so."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from lrs.http import admission, batches, document_query, multipart, protocol
from lrs.settings import Settings
from lrs.xapi import check, signature
from tests.cli.terminal import facts

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_the_five_minutes_go_as_told(said, server_url, tenant):
    key = facts(said("keys", "create", "--tenant", tenant))
    (preparing, *steps) = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    variables = {
        "AUTH": f"{key['key']}:{key['secret']}",
        "XAPI": f"{server_url}/xapi",
        "PATH": "/usr/bin:/bin",
    }
    answers = [
        subprocess.run(
            ["sh", "-ec", preparing + step], env=variables, capture_output=True, text=True, check=True
        ).stdout
        for step in steps
    ]
    stored, found, refused, place = answers
    (statement_id,) = json.loads(stored)
    assert json.loads(found)["statements"][0]["id"] == statement_id
    assert '"scaled": 0.90' in found
    places = {fault["pointer"] for fault in json.loads(refused)["faults"]}
    assert {"/actor/mbox", "/verb/id", "/result/score/scaled"} <= places
    assert place == '{"lesson": 4, "question": 2}'


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name):
    text = (ROOT / "docs" / "configuration.md").read_text()
    (row,) = [line for line in text.splitlines() if line.startswith(f"| `LRS_{name.upper()}` |")]
    assert row.split("|")[2].strip().strip("`") == _written(Settings.model_fields[name].default)


def _written(default: object) -> str:
    if default is None:
        return "none"
    assert default is not PydanticUndefined
    assert not isinstance(default, SecretStr)
    return {"": "empty", "True": "true", "False": "false"}.get(str(default), str(default))


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        ("Objects, arrays and values of a statement", batches.MOST_VALUES_OF_A_STATEMENT),
        ("Objects, arrays and values of the body of a request", batches.MOST_VALUES),
        ("Attachments of one request", multipart.MOST_PARTS),
        ("Bytes of a signature", signature.LARGEST),
        ("Parameters of a request", admission.MOST_PARAMETERS),
        ("Bytes of the id of a document", document_query.LONGEST_ID),
        ("Faults that one answer tells", check.MOST_FAULTS),
        ("Bytes of the head of a request", protocol.MOST_UNREAD),
        ("Seconds for it to arrive", int(protocol.SECONDS_FOR_A_HEAD)),
    ],
)
def test_a_limit_without_a_setting_is_documented(limit, most):
    assert f"\n| {limit} | {most:,} |" in (ROOT / "docs" / "configuration.md").read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_leads_nowhere(document):
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text())
    inside = [target for target in targets if "://" not in target]
    assert [target for target in inside if not (document.parent / target).exists()] == []
