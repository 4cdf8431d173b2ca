"""Whether a transcript is still what went out, and what has changed."""

from __future__ import annotations

import hashlib
import json
import re
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from lrs.log.events import TranscriptIssued
from projections.transcript import issue, totals
from projections.transcript.evidence import Issue
from tests.projections.transcript.builders import LEARNER, decided, made_of, said

GUIDE = Path(__file__).parents[3] / "docs" / "transcripts.md"
PASSED = said("passed", score=0.9)


def issued(document, *, of):
    return TranscriptIssued("the-transcript", LEARNER, of, document["sha256"], "office")


def test_the_canonical_bytes_have_sorted_members_and_no_spaces():
    document = {
        "b": [15, {"d": "ü", "c": None}],
        "a": {},
        "position": 7,
        "as_of": "",
        "issued": [],
        "sha256": "",
    }
    assert issue.canonical(document) == '{"a":{},"b":[15,{"c":null,"d":"ü"}]}'.encode()


def test_the_hash_is_that_of_the_canonical_bytes():
    document = made_of(PASSED)
    assert document["sha256"] == sha256(issue.canonical(document)).hexdigest()


def recomputed(document):
    """As docs/transcripts.md tells outsiders to do it: the code that stands there."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    known = {"json": json, "hashlib": hashlib}
    exec(code, known)  # noqa: S102
    return known["fingerprint"](json.loads(orjson.dumps(document)))


WHOLE = (
    said("passed", score=1, progress=100),
    said("passed", "https://school.example/band", score={"raw": 1, "max": 3}, progress=33.5),
    said("scored", "https://tutor.example/writing", score=1e-9, progress=1e-7),
    said(
        "completed",
        "x:\u00fc",
        object={"id": "x:\u00fc", "definition": {"name": {"de": '\u00dc\u007f\n"\U0001f600'}}},
    ),
    decided("waive", "band"),
)


def test_an_outsider_makes_the_same_hash():
    document = made_of(*WHOLE)
    assert recomputed(document) == document["sha256"]


def test_no_number_is_written_in_two_ways():
    def numbers(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            return [each for one in value for each in numbers(one)]
        return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []

    assert all(isinstance(each, int) for each in numbers(made_of(*WHOLE)))


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (0, "0"), (-0.0, "0"), (100, "100"), (0.87, "0.87"), (1e-9, "0.000000001"), (-0.5, "-0.5")],
)
def test_what_is_no_whole_number_is_decimal_text(number, text):
    assert totals.text(number) == text


def test_what_is_read_later_has_the_same_hash_while_it_says_the_same():
    other = said("experienced")
    assert made_of(PASSED)["sha256"] == made_of(PASSED, other)["sha256"]
    assert made_of(PASSED)["sha256"] != made_of(PASSED, said("failed"))["sha256"]


def test_an_issued_transcript_is_listed_and_stands():
    (found,) = made_of(PASSED, issued(made_of(PASSED), of=1))["issued"]
    assert (found["transcript"], found["position"], found["by"]) == ("the-transcript", 1, "office")
    assert not found["superseded"]


def compared(then, now, *, sha256=None):
    pinned = Issue(2, "the-transcript", 1, sha256 or then["sha256"], "office", 0)
    return issue.compared(pinned, then, now)


def test_a_later_change_supersedes_it_and_says_where():
    then, override = made_of(PASSED), decided("override", grade="A")
    now = made_of(PASSED, issued(then, of=1), override)
    assert now["issued"][0]["superseded"]
    found = compared(then, now)
    assert (found["superseded"], found["reproduced"]) == (True, True)
    changed = {each["pointer"]: (each["old"], each["new"]) for each in found["changes"]}
    assert changed["/lines/maths pathway/grade"] == ("B+", "A")
    assert changed["/gpa/unweighted"] == ("3.33", "4.00")
    assert any(pointer.startswith("/decisions/") for pointer in changed)


def test_what_cannot_be_made_again_says_so():
    document = made_of(PASSED)
    found = compared(document, document, sha256="0" * 64)
    assert (found["superseded"], found["reproduced"], found["changes"]) == (True, False, [])


def test_a_new_line_is_one_change_and_moves_no_other():
    earlier = said("passed", "https://school.example/band", day="2025-01-01")
    old, new = made_of(PASSED), made_of(earlier, PASSED)
    assert [each["pointer"] for each in issue.changes(old, new)] == [
        "/lines/band pathway",
        "/totals/Carnegie/attempted",
        "/totals/Carnegie/earned",
    ]


def test_a_line_that_is_gone_has_no_new_value():
    (change,) = [
        each for each in issue.changes(made_of(PASSED), made_of()) if each["pointer"].startswith("/lines")
    ]
    assert (change["old"]["course"], change["new"]) == ("maths", None)


def test_names_in_pointers_are_escaped():
    changes = issue.changes({"lines": []}, {"lines": [], "a/b~c": 1})
    assert changes == [{"pointer": "/a~1b~0c", "old": None, "new": 1}]


def test_what_was_voided_after_it_went_out_is_a_change():
    from tests.projections.transcript.builders import void

    wrong = said("passed", score=0.9, name="wrong")
    then = made_of(wrong)
    now = made_of(wrong, issued(then, of=1), void("wrong"))
    assert now["issued"][0]["superseded"]
    assert "/lines/maths pathway" in [each["pointer"] for each in compared(then, now)["changes"]]
