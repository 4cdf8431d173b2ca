"""The examples in the guide to profiles do what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.terminal import lrs
from xapi_profiles import load

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "profiles.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def plain(text: str) -> list[str]:
    """Without the empty cells at the ends of lines."""
    return [line.rstrip() for line in text.strip().splitlines()]


def test_the_command_prints_what_the_guide_shows(tmp_path: Path) -> None:
    (statements,) = blocks("jsonl")
    path = tmp_path / "statements.jsonl"
    path.write_text(statements)
    done = lrs("profiles", "check", "open-education", "--statements", path)
    assert done.returncode == 1
    assert plain(done.stdout.decode()) == plain(blocks("text")[0])


def test_the_programs_print_what_the_guide_shows() -> None:
    programs, outputs = blocks("python"), blocks("text")[1:]
    assert len(programs) == len(outputs) == 2
    for program, output in zip(programs, outputs, strict=True):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert plain(done.stdout) == plain(output)


def test_every_iri_that_platforms_are_told_to_use_is_in_the_profile() -> None:
    (profile,) = load("open-education")
    document = json.dumps(profile.document)
    told = set(re.findall(r"`(https?://[^`\s]+)`", GUIDE[GUIDE.index("## Our profile") :]))
    assert {iri for iri in told if "…" not in iri and iri not in document} == set()
    defined = {one["id"] for one in profile.document["concepts"]}
    assert defined <= told
