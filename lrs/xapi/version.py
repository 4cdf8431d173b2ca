"""Which version of the standard does this request speak? (Communication 3.3)"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from lrs.errors import Fault, UnsupportedVersion

Version = Literal["1.0.3", "2.0.0"]

HEADER = "X-Experience-API-Version"

_LINES: dict[str, Version] = {"1.0": "1.0.3", "2.0": "2.0.0"}
_HEADER = re.compile(r"([12]\.0)(?:\.[0-9]+)?")


@lru_cache(maxsize=64)
def parse(header: str | None) -> Version:
    """The rules that apply: those of 1.0.3 for every 1.0.x, those of 2.0.0 for every 2.0.x."""
    found = _HEADER.fullmatch(header) if header else None
    if found is None:
        said = f"says {header[:40]!r}" if header else "is missing"
        section = "Communication 3.3"
        raise UnsupportedVersion(
            faults=[Fault(HEADER, f"The header {said}; this store speaks 1.0 and 2.0.", section)]
        )
    return _LINES[found[1]]
