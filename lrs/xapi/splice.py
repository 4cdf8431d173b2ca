"""How is JSON text put together again from the texts of its parts? Nothing passes through a float."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from lrs.xapi import raw


def join(members: Mapping[str, bytes]) -> bytes:
    """The object that has these members: the reverse of `raw.members`."""
    return b"{%b}" % b",".join([b"%b:%b" % (orjson.dumps(name), text) for name, text in members.items()])


def edit(text: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The object with each named member that it has changed, and all others as they were."""
    members = raw.members(text)
    touched = {name: change(members[name]) for name, change in changes.items() if name in members}
    return join(members | touched) if touched else text


def edit_each(text: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The array with each element changed; a single object counts as an array of one and stays single."""
    if not text.startswith(b"["):
        return change(text)
    return b"[%b]" % b",".join([change(element) for element in raw.split(text)])
