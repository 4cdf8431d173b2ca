"""What does an auditor take away? One file: entries, proofs, checkpoints, the public key, and what is in it.

docs/auditors/README.md describes it, and docs/auditors/verify.py checks it without any code of ours.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from lrs.errors import BadRequest, NotFound
from lrs.log.event_log import EventLog
from projections.audit import checkpoints, lines
from projections.audit.checkpoints import Signed
from projections.audit.note import Signer
from projections.audit.project import NAME
from projections.audit.tree import Tree
from projections.view import Views

Json = dict[str, Any]
FORMAT, PROOF_FORMAT = "lrs-audit-bundle/1", "lrs-audit-proof/1"
# Of earlier checkpoints so many, the newest.
MOST_EARLIER = 1000
PROOFS_AT_ONCE = 500
# Without a time of writing in it, equal bundles are equal files.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
# How many entries were written.
Progress = Callable[[int], None]


class Slice(NamedTuple):
    """Which entries are taken: from a position to another, both included."""

    first: int
    last: int


def write(views: Views, tenant: str, taken: Slice, signed: Signed, file: Path, progress: Progress) -> Json:
    """Write the bundle of some entries under a checkpoint that covers them; its manifest."""
    if not 1 <= taken.first <= taken.last <= signed.size:
        raise BadRequest(
            f"There are positions from 1 to {signed.size} under the checkpoint: {taken} is not among them."
        )
    with (
        views.open(tenant, [NAME], as_of=signed.size) as view,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        tree, key = Tree(view), _signer(checkpoints.signer(view.connection, tenant))
        bundle = _Bundle(archive)
        log = EventLog(views.database, tenant)
        events = log.read(after=taken.first - 1, until=taken.last, salted=True)
        bundle.add("log.jsonl", _counted(map(lines.line, events), progress))
        if taken != (1, signed.size):
            bundle.add("inclusion.jsonl", _inclusions(tree, taken))
        earlier = checkpoints.some(view.connection, tenant, before=signed.size, limit=MOST_EARLIER)[::-1]
        bundle.add("consistency.jsonl", _consistencies(tree, earlier))
        for each in earlier:
            bundle.add(f"checkpoints/{each.size}.txt", [each.note])
        bundle.add("checkpoint.txt", [signed.note])
        bundle.add("key.txt", [f"{key.verifier}\n".encode()])
        bundle.add("key.pem", [key.pem.encode()])
        said = {"format": FORMAT, "origin": key.name, "size": signed.size, **taken._asdict()}
        return bundle.close(said)


def proof(views: Views, tenant: str, position: int, signed: Signed) -> Json:
    """What proves one event by itself: its entry, its path, the checkpoint and the key."""
    with views.open(tenant, [NAME], as_of=signed.size) as view:
        ((_, path),) = Tree(view).inclusion([position - 1], signed.size).leaves
        key = _signer(checkpoints.signer(view.connection, tenant))
    (event,) = EventLog(views.database, tenant).read(after=position - 1, until=position, salted=True)
    return {
        "format": PROOF_FORMAT,
        "entry": orjson.loads(lines.line(event)),
        "path": list(map(lines.text, path)),
        "checkpoint": signed.note.decode(),
        "key": key.verifier,
    }


class _Bundle:
    """An archive, and the digests of what is in it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._digests: dict[str, str] = {}

    def add(self, name: str, parts: Iterable[bytes]) -> None:
        digest = sha256()
        with self._opened(name) as file:
            for part in parts:
                digest.update(part)
                file.write(part)
        self._digests[name] = digest.hexdigest()

    def close(self, said: Json) -> Json:
        manifest = said | {"files": self._digests}
        with self._opened("manifest.json") as file:
            file.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        return manifest

    def _opened(self, name: str) -> Any:
        info = zipfile.ZipInfo(name, _NO_TIME)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return self._archive.open(info, "w", force_zip64=True)


def _counted(parts: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    for number, part in enumerate(parts, 1):
        yield part
        progress(number)


def _inclusions(tree: Tree, taken: Slice) -> Iterator[bytes]:
    positions = iter(range(taken.first, taken.last + 1))
    while some := list(islice(positions, PROOFS_AT_ONCE)):
        proven = tree.inclusion([each - 1 for each in some], tree.size).leaves
        for position, (_, path) in zip(some, proven, strict=True):
            yield orjson.dumps({"position": position, "path": list(map(lines.text, path))}) + b"\n"


def _consistencies(tree: Tree, earlier: Iterable[Signed]) -> Iterator[bytes]:
    for each in earlier:
        path = list(map(lines.text, tree.consistency(each.size, tree.size).path))
        yield orjson.dumps({"first": each.size, "second": tree.size, "path": path}) + b"\n"


def _signer(found: Signer | None) -> Signer:
    if found is None:
        raise NotFound("Nothing was signed yet.")
    return found
