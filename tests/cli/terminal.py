"""A person at a terminal: runs the command line as a process of its own and reads what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType

LRS = str(Path(sys.executable).with_name("lrs"))
ROOT = Path(__file__).parents[2]
START_SECONDS, MOST_SECONDS = 60, 240


def environment(**settings: str) -> dict[str, str]:
    """The machine's environment without settings of the store, but for these."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LRS_")}
    return plain | {f"LRS_{name.upper()}": value for name, value in settings.items()}


def lrs(*words: object, stdin: bytes = b"", **settings: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, however that is."""
    given = environment(**settings)
    if "PYTHONPATH" in given:  # it may import what no other command has
        command = [LRS, *map(str, words)]
        return subprocess.run(
            command, input=stdin, env=given, capture_output=True, timeout=MOST_SECONDS, check=False
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").write_bytes(stdin)
        _order({"words": [*map(str, words)], "environment": given, "folder": name})
        deadline = time.monotonic() + MOST_SECONDS
        while not (folder / "ended").exists():
            assert time.monotonic() < deadline, f"lrs {words} goes on and on"
            time.sleep(0.005)
        code = int((folder / "ended").read_text())
        return subprocess.CompletedProcess(
            words, code, (folder / "out").read_bytes(), (folder / "err").read_bytes()
        )


@cache
def _nursery() -> subprocess.Popen[bytes]:
    """It ends with this process, when nobody can order anything any more."""
    command = [sys.executable, "-c", "from tests.cli.nursery import serve; serve()"]
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE)


def _order(wanted: dict[str, object]) -> None:
    nursery = _nursery()
    assert nursery.stdin
    nursery.stdin.write(json.dumps(wanted).encode() + b"\n")
    nursery.stdin.flush()


def said(*words: object, stdin: bytes = b"", **settings: str) -> str:
    """Run a command that must succeed; what it printed."""
    done = lrs(*words, stdin=stdin, **settings)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def complaint(*words: object, stdin: bytes = b"", **settings: str) -> str:
    """Run a command that must fail with a sentence; the sentence."""
    done = lrs(*words, stdin=stdin, **settings)
    text = done.stderr.decode()
    assert done.returncode == 1, text
    assert "Traceback" not in text
    return text


def facts(text: str) -> dict[str, str]:
    """What a command printed for programs: a name, a tab and a value on each line."""
    return dict(line.split("\t", 1) for line in text.splitlines() if "\t" in line)


def rows(text: str) -> list[dict[str, str]]:
    """A table that a command printed for programs."""
    headings, *cells = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(headings, each, strict=True)) for each in cells]


class Serving:
    """`lrs serve` in the background, without projections unless they are wanted.

    `lines` are what it printed until it served.
    """

    def __init__(self, *words: object, tmpdir: Path | None = None, **settings: str) -> None:
        command = [LRS, "serve", "--port", "0", *map(str, words)]
        others = {"TMPDIR": str(tmpdir)} if tmpdir else {}
        self.process = subprocess.Popen(
            command,
            env=environment(**{"project": "false", **settings}) | others,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []

    def __enter__(self) -> Serving:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if line.startswith("Data"):
                return self
        raise AssertionError(self.end())

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            self.process.terminate()
        self.end()

    @property
    def url(self) -> str:
        """Where it is, without /xapi."""
        (line,) = [each for each in self.lines if each.startswith("xAPI at ")]
        return line.removeprefix("xAPI at ").removesuffix("/xapi")

    def end(self) -> str:
        """Wait for its end; everything it said since."""
        out, err = self.process.communicate(timeout=60)
        return out + err
