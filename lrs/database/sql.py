"""Where does SQL live? In .sql files beside the module that runs it, one named block per question."""

from __future__ import annotations

import re
from pathlib import Path

TENANT = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_PART = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_BLOCK = re.compile(r"^-- (\w+) --$", re.MULTILINE)


def schema(tenant: str) -> str:
    """The quoted schema that holds everything of one tenant."""
    if not TENANT.match(tenant):
        raise ValueError(f"{tenant!r} is no tenant's name: a letter, then letters, digits and _, at most 40")
    return f'"tenant_{tenant}"'


class Queries:
    """The named blocks of one .sql file; `{tenant}` stands for the tenant's schema, `{name}` for its name.

    Other words in braces stand for what is given: parts of names of tables, never anything that people write.
    """

    def __init__(self, module_file: str) -> None:
        path = Path(module_file).with_suffix(".sql")
        _, *parts = _BLOCK.split(path.read_text())
        self._blocks = {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}
        self._ready: dict[tuple[object, ...], bytes] = {}

    def __call__(self, tenant: str, *names: str, **words: str) -> bytes:
        """The blocks of these names, one after the other, for one tenant."""
        wanted = (tenant, names, *words.items())
        ready = self._ready.get(wanted)
        if ready is None:
            text = "\n".join(self._blocks[name] for name in names)
            ready = self._ready[wanted] = filled(text, tenant, **words).encode()
        return ready


def filled(text: str, tenant: str, **words: str) -> str:
    """A template for one tenant."""
    given = {"tenant": schema(tenant), "name": tenant} | {word: _part(value) for word, value in words.items()}
    for word, value in given.items():
        text = text.replace(f"{{{word}}}", value)
    return text


def _part(name: str) -> str:
    if not _PART.match(name):
        raise ValueError(f"{name!r} is no part of a table's name: a letter, then letters, digits and _")
    return name
