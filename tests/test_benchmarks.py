"""The benchmarks run from end to end, compare like with like, and leave nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks import ingest, questions
from benchmarks.statements import Regular, World
from lrs.auth import tenants
from lrs.xapi import check

ROOT = Path(__file__).parents[1]
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def tables(database_url, tmp_path_factory) -> dict[str, Rows]:
    """What a quick run of everything saves."""
    saved = tmp_path_factory.mktemp("benchmarks") / "saved.json"
    command = [sys.executable, "-m", "benchmarks", "all", "--quick", "--json", str(saved)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "LRS_TEST_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(saved.read_text())["tables"]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_ingest_is_compared_with_copy_in_every_combination(tables):
    measured = {(row["input"], row["batch"], row["clients"]) for row in tables["ingest"]}
    for batch in ingest.BATCHES:
        for clients in ingest.CLIENTS:
            assert ("generated", batch, clients) in measured
    assert all(row["ratio"] > 0 and row["copy"] > 0 for row in tables["ingest"])


@pytest.mark.long
def test_single_posts_are_compared_with_an_echo_and_with_commits(tables):
    assert [row["clients"] for row in tables["single"]] == [1, 16]
    for row in tables["single"]:
        assert row["ratio"] > 0
        assert row["ratio"] == pytest.approx(row["rate"] / row["echo"])
        assert row["of_commits"] is None or row["of_commits"] > 0


@pytest.mark.long
def test_every_kind_of_query_is_answered_at_both_sizes(tables):
    measured = {(row["kind"], row["limit"]) for row in tables["queries"]}
    for kind in questions.KINDS:
        for limit in questions.LIMITS if kind.limited else (None,):
            assert (kind.name, limit) in measured
    for row in tables["queries"]:
        assert row["failed"] == 0, row
        assert row["ratio_p95"] > 0
        assert row["small_p50"] <= row["small_p95"] <= row["small_p99"]


@pytest.mark.long
def test_the_room_that_a_statement_takes_is_the_sum_of_its_parts(tables):
    raw, *parts, whole, wal = tables["disk"]
    assert whole["bytes"] == sum(row["bytes"] for row in parts)
    assert whole["bytes"] > raw["bytes"] > 0
    assert wal["ratio"] > 1
    assert all(row["mebibytes"] > 0 for row in tables["memory"])


@pytest.mark.long
def test_nothing_is_left_in_the_database(tables, database):
    assert not [name for name, _ in tenants.names(database) if name.startswith("bench")]


def test_generated_statements_are_valid_and_each_has_an_id_of_its_own():
    found = [orjson.loads(text) for text in World(2_000, voiding_every=100).texts()]
    assert [fault for each in found for fault in check.statement(each, "2.0.0")] == []
    assert len({each["id"] for each in found}) == 2_000


def test_generated_statements_are_as_large_as_platforms_make_them():
    texts = list(World(2_000).texts())
    assert 1_200 < sum(map(len, texts)) / len(texts) < 1_350


def test_generated_statements_are_the_same_in_every_run():
    assert list(World(500).texts()) == list(World(500).texts())
    assert list(World(500).texts(seed=1)) != list(World(500).texts(seed=2))


@pytest.mark.long
def test_projections_are_built_and_followed(tables):
    assert tables["rebuild"][0]["projection"] == "ledger"
    assert all(row["rate"] > 0 for row in tables["rebuild"])
    (lag,) = tables["lag"]
    assert lag["samples"] > 20
    assert lag["p50"] <= lag["p99"] <= lag["most"]


@pytest.mark.long
def test_the_audit_tree_is_built_and_asked_for_proofs(tables):
    (tree,) = tables["tree"]
    assert tree["rate"] > 0
    assert [row["what"].split()[0] for row in tables["proofs"]] == [
        "inclusion", "inclusion", "consistency", "checkpoint",
    ]  # fmt: skip
    assert all(0 < row["p50"] <= row["p95"] <= row["most"] for row in tables["proofs"])


@pytest.mark.long
def test_transcripts_are_read_now_and_as_they_were(tables):
    many, now, then = (row for row in tables["transcripts"] if row["clients"] == 1)
    assert many["of_asked"] == pytest.approx(many["p95"] / 10)
    assert then["of_asked"] == pytest.approx(then["p95"] / 50)
    # All that the diligent one has done lies before the middle; a voided statement is not spoken of.
    assert 100 < then["statements"] <= now["statements"]
    assert all(row["p50"] <= row["p95"] <= row["p99"] for row in tables["transcripts"])


@pytest.mark.long
def test_linked_identifiers_make_one_transcript(tables):
    (linked,) = tables["linking"]
    assert linked["statements"] > 400
    assert 0 < linked["arrived"] <= linked["slowest"]


@pytest.mark.long
def test_pages_of_the_history_are_asked_for_and_notes_are_compared_with_reads(tables):
    assert len(tables["history"]) == 7
    assert {row["clients"] for row in tables["accesses"]} == {1, 4, 16}
    for row in tables["accesses"]:
        assert row["share"] == pytest.approx(row["note"] / row["p50"])


@pytest.mark.long
def test_checking_profiles_is_compared_with_the_rules_and_the_parser(tables):
    assert {row["by"] for row in tables["profiles"]} == {"all", "those it names"}
    for row in tables["profiles"]:
        assert row["of_asked"] == pytest.approx(row["check"] / 100)
        assert row["of_schema"] == pytest.approx(row["check"] / row["schema"])


@pytest.mark.long
def test_ingest_is_compared_with_and_without_profiles_that_reject(tables):
    assert [(row["batch"], row["clients"]) for row in tables["door"]] == [(1, 16), (50, 4)]
    for row in tables["door"]:
        assert row["ratio"] == pytest.approx(row["rate"] / row["open"])


@pytest.mark.long
def test_reports_count_what_is_in_their_span(tables):
    assert [row["profiles"] for row in tables["counted"]] == [0, len(tables["reports"]) // 2]
    for whole, third in zip(tables["reports"][::2], tables["reports"][1::2], strict=True):
        assert whole["statements"] > 2 * third["statements"] > 0


def test_regulars_pass_or_fail_and_the_crowd_stays_as_it_was():
    world = World(2_000, regulars=[Regular(0.2, until=0.5), Regular(0.1)])
    found = [orjson.loads(text) for text in world.texts()]
    first, second = ([each for each in found if each["actor"] == who] for who in world.regulars)
    assert 150 < len(first) < 250
    assert 150 < len(second) < 250
    assert not [each for each in found[1_000:] if each["actor"] == world.regulars[0]]
    assert {each["verb"]["display"]["en-US"] for each in first + second} == {"passed", "failed"}
    others = [each for each in found if each["actor"] not in world.regulars]
    plain = {each["id"]: each for each in map(orjson.loads, World(2_000).texts())}
    assert all(plain[each["id"]] == each for each in others)
