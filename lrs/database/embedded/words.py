"""What did PostgreSQL say last? For the one sentence a person needs when it does not start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_GRAVE = ("FATAL:", "PANIC:", "error:")
_STAMP = re.compile(r"^\d{4}-\d\d-\d\d .*?\] ")
_TAIL = 20_000


def last(log: Path) -> str:
    """What the newest of the server's log files ends with, as far as it is grave."""
    for file, text in _newest_first(log):
        if said := gist(text):
            return f"It said: {said} (in {file})"
    return f"It said nothing in {log}."


def progress(log: Path) -> str:
    """The newest report; refused clients, who only wait, are left out."""
    for _, text in _newest_first(log):
        reports = [_STAMP.sub("", line) for line in text.splitlines() if "LOG:" in line]
        return reports[-1] if reports else ""
    return ""


def gist(text: str) -> str:
    """The last grave line with its neighbours, which name the cause and what to do; else the last line."""
    lines = [_STAMP.sub("", line).strip() for line in text.splitlines() if line.strip()]
    grave = [number for number, line in enumerate(lines) if any(word in line for word in _GRAVE)]
    return "; ".join(lines[max(0, grave[-1] - 1) : grave[-1] + 2] if grave else lines[-1:])


def _newest_first(log: Path) -> Iterator[tuple[Path, str]]:
    with suppress(OSError):
        for file in sorted(log.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True):
            yield file, file.read_bytes()[-_TAIL:].decode(errors="replace")
