"""How do hundreds of commands start quickly? As children of a process that has imported the program already.

A line of JSON tells of each command: its words, its environment, and a folder with its standard input,
where what it prints goes, and last how it ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from lrs.cli import main


def serve() -> None:
    """Start a command for every line until there are no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        if os.fork() == 0:
            _attend(json.loads(line))


def _attend(wanted: dict[str, Any]) -> None:
    """Wait for a command of one's own, and tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder = Path(wanted["folder"])
    if (child := os.fork()) == 0:
        _run(wanted["words"], wanted["environment"], folder)
    _, status = os.waitpid(child, 0)
    (folder / "ending").write_text(str(os.waitstatus_to_exitcode(status)))
    (folder / "ending").rename(folder / "ended")
    os._exit(0)


def _run(words: list[str], environment: dict[str, str], folder: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, (name, flags) in enumerate((("in", "rb"), ("out", "wb"), ("err", "wb"))):
        with (folder / name).open(flags) as file:
            os.dup2(file.fileno(), number)
    sys.argv = ["lrs", *words]
    code: object = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))
