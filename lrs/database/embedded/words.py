"""What did PostgreSQL say last? For the one sentence a person needs when it does not start."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

_GRAVE = ("FATAL:", "PANIC:", "error:")
_STAMP = re.compile(r"^\d{4}-\d\d-\d\d .*?\] ")
_TAIL = 20_000


def last(log: Path) -> str:
    """The newest grave line of the server's log files, else the newest line."""
    for file in sorted(log.glob("*.log"), key=_age):
        with suppress(OSError):
            said = gist(file.read_bytes()[-_TAIL:].decode(errors="replace"))
            if said:
                return f"It said: {said} (in {file})"
    return f"It said nothing in {log}."


def gist(text: str) -> str:
    """The last grave line with its neighbours, which name the cause and what to do; else the last line."""
    lines = [_STAMP.sub("", line).strip() for line in text.splitlines() if line.strip()]
    grave = [number for number, line in enumerate(lines) if any(word in line for word in _GRAVE)]
    return "; ".join(lines[max(0, grave[-1] - 1) : grave[-1] + 2] if grave else lines[-1:])


def _age(file: Path) -> float:
    return -file.stat().st_mtime
