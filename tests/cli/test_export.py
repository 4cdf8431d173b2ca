"""`lrs export` writes what is stored, in the order of the log."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.cli.export import _LINE_ENDS
from tests.client import a_statement


@pytest.fixture
def exported(said, tenant):
    """The ids of what is exported from the test's tenant."""

    def ids(*options: str) -> list[str]:
        lines = said("export", "--tenant", tenant, *options).splitlines()
        return [json.loads(line)["id"] for line in lines]

    return ids


@pytest.fixture
def stored(lrs):
    """Five statements, in the order in which they were stored."""
    return [lrs.post(a_statement())[0] for _ in range(5)]


def test_everything_comes_out_in_order_and_as_it_is_served(said, tenant, lrs, stored):
    lines = said("export", "--tenant", tenant).splitlines()
    assert [json.loads(line) for line in lines] == lrs.find(ascending="true")
    assert len(lines) == len(stored)


def test_a_range_of_positions_has_both_ends(said, exported, tenant, stored):
    (first,) = {
        int(line.split("\t")[2]) for line in said("tenants", "list").splitlines() if f"{tenant}\t" in line
    }
    start = first - len(stored)  # what is before the statements is the key that posted them
    assert exported("--from", str(start + 2)) == stored[1:]
    assert exported("--to", str(start + 2)) == stored[:2]
    assert exported("--from", str(start + 2), "--to", str(start + 3)) == stored[1:3]
    assert exported("--from", str(first + 1)) == []


def test_a_range_of_time_has_both_ends(exported, lrs, stored):
    times = [each["stored"] for each in lrs.find(ascending="true")]
    later = (datetime.fromisoformat(times[1]) + timedelta(microseconds=1)).isoformat()
    assert exported("--from", times[1]) == stored[1:]
    assert exported("--from", later) == stored[2:]
    assert exported("--to", times[1]) == stored[:2]
    assert exported("--from", "2100-01-01T00:00:00Z") == []


def test_a_statement_on_several_lines_is_one_line(said, tenant, lrs):
    statement = a_statement(result={"response": "one\ntwo"})
    lrs.http.post(
        "/statements",
        content=json.dumps(statement, indent=2).replace("\n", "\r\n"),
        headers={"Content-Type": "application/json"},
    ).raise_for_status()
    (line,) = said("export", "--tenant", tenant).splitlines()
    assert json.loads(line)["result"] == statement["result"]


@given(st.recursive(st.text() | st.integers(), st.lists, max_leaves=5), st.sampled_from(["\n", "\r\n", "\r"]))
def test_line_ends_mean_nothing_in_json(value, end):
    text = json.dumps(value, indent=1, ensure_ascii=False).replace("\n", end).encode()
    joined = text.translate(_LINE_ENDS)
    assert b"\n" not in joined
    assert b"\r" not in joined
    assert json.loads(joined) == value


def test_voided_statements_come_out_too(exported, lrs, stored):
    lrs.post(
        a_statement(
            verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
            object={"objectType": "StatementRef", "id": stored[0]},
        )
    )
    assert exported()[:5] == stored


def test_a_compressed_file_brings_everything_into_another_store(said, tenant, lrs, stored, tmp_path):
    file = tmp_path / "all.jsonl.gz"
    assert said("export", "--tenant", tenant, "--output", file) == ""
    assert len(gzip.decompress(file.read_bytes()).splitlines()) == len(stored)
    assert said("import", file, "--tenant", tenant).startswith("0 stored, 5 already there")
    other = f"{tenant}b"
    said("tenants", "create", other)
    assert said("import", file, "--tenant", other).startswith("5 stored")
    assert len(said("export", "--tenant", other).splitlines()) == 5


def test_equal_exports_are_equal_files(said, tenant, stored, tmp_path):
    files = [tmp_path / "a.gz", tmp_path / "b.gz"]
    for file in files:
        said("export", "--tenant", tenant, "--output", file)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["export", "--from", "yesterday"], "not 'yesterday'"),
        (["export", "--to", "2026-13-01T00:00:00Z"], "--to is a position"),
        (["export", "--tenant", "nobody"], "There is no tenant 'nobody'"),
        (["export", "--output", "/no/such/folder/x"], "cannot be written"),
    ],
)
def test_what_a_person_got_wrong_is_said_in_a_sentence(complaint, words, expected):
    assert expected in complaint(*words)
