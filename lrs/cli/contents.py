"""Which contents belong to the statements of a file? It brings none; those that the store has already do."""

from __future__ import annotations

from itertools import islice

from lrs.database.pool import Database
from lrs.errors import Fault, InvalidStatement
from lrs.store import blobs
from lrs.store.rows import Attached
from lrs.xapi import attachment, signature
from lrs.xapi.vocabulary import Json


def attached(database: Database, tenant: str, statement: Json) -> list[Attached]:
    """The contents that belong to it; InvalidStatement where one is missing, or a signature is wrong."""
    needed = attachment.needed(statement)
    if not needed:
        return []
    with database.connection() as connection:
        here = [each for each in needed if blobs.exists(connection, tenant, bytes.fromhex(each.sha2))]
    faults = attachment.check(needed, here)
    stored = {each.sha2 for each in here}
    for sha2 in signature.sha2s(statement):
        if sha2 in stored:
            faults += _check_signature(statement, _read(database, tenant, sha2))
    if faults:
        raise InvalidStatement(faults=faults)
    return [Attached(bytes.fromhex(each.sha2), each.content_type) for each in here]


def _check_signature(statement: Json, content: bytes) -> list[Fault]:
    """Data 2.6: a signature must be a JWS of the statement as it was sent, perhaps without a timestamp."""
    faults = signature.check(statement, content)
    # Where the client gave none, a store has added the time at which it stored the statement (Data 2.4.7).
    if faults and "timestamp" in statement and statement["timestamp"] == statement.get("stored"):
        sent = {name: value for name, value in statement.items() if name != "timestamp"}
        return signature.check(sent, content)
    return faults


def _read(database: Database, tenant: str, sha2: str) -> bytes:
    """The content, as far as one can be a signature: what is cut off is none."""
    chunks = blobs.read_stream(database, tenant, bytes.fromhex(sha2))
    return b"".join(islice(chunks, signature.LARGEST // blobs.CHUNK))
