"""The demo shows what it says, as often as one likes."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from demo.__main__ import summary
from demo.year import year
from lrs.xapi import check
from tests.cli import terminal
from tests.demo import expected

ROOT = Path(__file__).parents[2]
STATEMENTS = [statement for batch in year().values() for statement in batch]


@contextmanager
def demo(data_dir: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The demo and what it says before it waits."""
    command = [sys.executable, "-m", "demo", "--data-dir", str(data_dir), "--port", "0", *options]
    with subprocess.Popen(
        command, cwd=ROOT, env=terminal.environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            said = ""
            for line in process.stdout or ():
                said += line
                if line.startswith("Ctrl-C"):
                    break
            yield process, said
        finally:
            process.terminate()


def test_everything_it_says_to_try_works(data_dir):
    with demo(data_dir) as (process, said):
        assert f"{len(STATEMENTS)} statements" in said
        commands = re.findall(r"^  (curl .*?[^\\])$", said, re.MULTILINE | re.DOTALL)
        assert len(commands) == 11
        if shutil.which("curl"):
            mira, ines, middle, competencies, frontier, *others = map(_answer, commands)
            identifiers, catalogue, log, proof, latest, with_tutor = others
            assert expected.transcript(mira) == expected.MIRA
            assert expected.transcript(ines) == expected.INES
            assert expected.transcript(middle) == expected.MIRA_IN_THE_MIDDLE
            assert "\n".join(summary(competencies)) in said
            (ready,) = [each["ready"] for each in frontier["frameworks"]]
            assert [each["competency"]["code"] for each in ready] == ["4.MD.C.6", "4.MD.A.1"]
            assert len(identifiers["identifiers"]) == 4
            assert {"bridge", "bookkeeping-1"} < {each["course"] for each in catalogue["courses"]}
            assert [each["position"] - middle["position"] for each in log["events"]] == [1, 2, 3]
            assert [each["position"] for each in proof["proofs"]] == [log["head"]]
            assert len(latest["statements"]) == 3
            assert [each["stored"] for each in with_tutor["statements"]] == sorted(
                each["stored"] for each in with_tutor["statements"]
            )
        bundle, verify = re.findall(r"^  (\S*(?:lrs audit|python\S*) .*)$", said, re.MULTILINE)
        subprocess.run(bundle.split(), capture_output=True, check=True)
        told = subprocess.run(verify.split(), cwd=ROOT, capture_output=True, check=True, text=True).stdout
        assert "Holds. " in told
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def _answer(command: str) -> Any:
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    return json.loads(done.stdout)


def test_a_second_time_it_stores_nothing_twice(data_dir):
    middles = []
    for _ in range(2):
        with demo(data_dir, "--exit") as (process, said):
            assert process.wait(30) == 0
            middles += re.findall(r"as_of=(\d+)", said)
    lines = terminal.said("export", "--data-dir", data_dir).splitlines()
    assert sorted(json.loads(line)["id"] for line in lines) == sorted(each["id"] for each in STATEMENTS)
    assert len(middles) == 2
    assert len(set(middles)) == 1


def test_each_place_sends_under_its_own_name(data_dir):
    with demo(data_dir, "--exit") as (process, _said):
        process.wait(30)
    lines = [json.loads(line) for line in terminal.said("export", "--data-dir", data_dir).splitlines()]
    names = {line["authority"]["name"] for line in lines}
    assert names == {place.name for place in year()}


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_the_year_keeps_the_rules_of_both_versions(version):
    assert [fault for each in STATEMENTS for fault in check.statement(each, version)] == []
    assert len({each["id"] for each in STATEMENTS}) == len(STATEMENTS) == 399
