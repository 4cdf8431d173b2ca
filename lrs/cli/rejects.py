"""Where do bad lines go? Aside into a file, or, without one, the first is the end."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import orjson

from lrs.cli.reading import Line
from lrs.errors import OperatorError


class Rejects:
    """The bad lines of an import."""

    def __init__(self, path: Path | None, sources: list[Path]) -> None:
        if path and path.resolve() in {each.resolve() for each in sources}:
            raise OperatorError(f"{path} is to be read; set bad lines aside in another file.")
        self.path = path
        self.file = ""
        self.first: str | None = None
        self._output: BinaryIO | None = None

    def __enter__(self) -> Rejects:
        try:
            self._output = self.path.open("wb") if self.path else None
        except OSError as error:
            raise OperatorError(
                f"The rejects file {self.path} cannot be written: {error.strerror}."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._output:
            self._output.close()

    def add(self, line: Line, reason: str) -> bool:
        """Note a line and why it is bad; whether to go on."""
        self.first = self.first or f"{self.file}, {line.unit} {line.number}: {reason}"
        if self._output is None:
            return False
        text = line.text.decode(errors="replace")
        noted = {"file": self.file, line.unit: line.number, "reason": reason, "text": text}
        self._output.write(orjson.dumps(noted) + b"\n")
        return True

    def complain(self) -> None:
        """Say that the import stopped, if it did."""
        if self.first and self.path is None:
            raise OperatorError(
                f"{self.first}\nStopped there. Repair the line, or set bad lines aside with --rejects FILE, "
                "and run it again: what is stored is not stored twice."
            )
