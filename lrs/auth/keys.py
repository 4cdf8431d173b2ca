"""Which keys are there? Issued and revoked as events, checked in microseconds, dead at once when revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

import orjson
from psycopg import Connection

from lrs.auth import grants, key_names, key_rows, tenants
from lrs.auth.caller import Caller
from lrs.auth.scopes import SESSION
from lrs.cmi5 import bound
from lrs.cmi5.bound import Bound
from lrs.database import sql
from lrs.database.listener import Listener
from lrs.database.pool import Database
from lrs.errors import NotAuthenticated, NotFound, OperatorError
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import KeyIssued, KeyRevoked
from lrs.xapi.vocabulary import Json

QUERIES = sql.Queries(__file__)
STREAMS = UUID("5c0e1b52-6f0c-4f0e-9d52-0a6d2f5b8a11")
MOST_CACHED = 10_000
WRONG = "The key is unknown or revoked, or its secret is wrong."


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key as it is listed; its secret is nowhere."""

    key: str
    label: str
    scopes: list[str]
    learner: str
    issued: datetime
    revoked: datetime | None


@dataclass(frozen=True, slots=True)
class _Known:
    digest: bytes
    salt: bytes
    caller: Caller


class Keys:
    """The keys of all tenants; a key's name begins with its tenant and a hyphen, or belongs to `default`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._cache: dict[str, _Known] = {}
        self._changes = 0
        self._listener = Listener(database.conninfo, "lrs_keys", self._forget)

    def start(self) -> None:
        """Listen for changes; only then are keys cached at all."""
        self._listener.start()

    def stop(self) -> None:
        """Stop listening."""
        self._listener.stop()

    async def caller(self, key: str, secret: str) -> Caller:
        """Who comes with this key; NotAuthenticated if it is unknown, revoked, or the secret is wrong."""
        known = self._at_hand(key) or await self.database.run(self._get, key)
        caller = _opened(known, secret)
        if caller is None:
            raise NotAuthenticated(WRONG)
        return caller

    def caller_at_hand(self, key: str, secret: str) -> Caller | None:
        """The same without waiting: None where one has to look, or where the secret is wrong."""
        known = self._at_hand(key)
        return _opened(known, secret) if known else None

    def issue(
        self,
        tenant: str,
        *,
        scopes: Sequence[str],
        authority: Json,
        label: str = "",
        learner: str = "",
        key: str | None = None,
        secret: str | None = None,
    ) -> tuple[str, str]:
        """Issue a key; its name and its secret, which is shown this once and never again.

        Bound to a learner it reads what projections tell of her, and has no scope for anything else.
        """
        grants.check(scopes, authority)
        learner = grants.bound(learner, scopes)
        key = key or f"{tenant}-{secrets.token_hex(8)}"
        secret = secret or secrets.token_urlsafe(32)
        log = EventLog(self.database, tenant)
        with log.locked() as connection:
            _issue(log, connection, key, secret, scopes, authority, label=label, learner=learner)
        return key, secret

    def issue_for_session(
        self, log: EventLog, connection: Connection[Any], session: Bound
    ) -> tuple[str, str]:
        """Issue the key of a cmi5 session, under the lock of the log; its name and its secret."""
        key, secret = f"{log.tenant}-{secrets.token_hex(8)}", secrets.token_urlsafe(32)
        label = f"cmi5 session {session.session}"
        _issue(log, connection, key, secret, [SESSION], session.authority, label=label)
        return key, secret

    def revoke(self, tenant: str, key: str, *, reason: str = "") -> None:
        """Stop a key, in every process."""
        log = EventLog(self.database, tenant)
        with log.locked() as connection:
            if not self.stop_key(log, connection, key, reason=reason):
                raise NotFound(f"There is no key {key} in tenant {tenant}, or it is revoked already.")
        self._forget(tenant)

    def stop_key(self, log: EventLog, connection: Connection[Any], key: str, *, reason: str) -> bool:
        """Revoke a key under the lock of the log; False where there is none that works."""
        if connection.execute(QUERIES(log.tenant, "get"), {"key": key}).fetchone() is None:
            return False
        _append(log, connection, KeyRevoked(key, reason))
        return True

    def all(self, tenant: str) -> list[IssuedKey]:
        """The keys of a tenant, oldest first."""
        with self.database.connection() as connection:
            return [IssuedKey(*row) for row in connection.execute(QUERIES(tenant, "list")).fetchall()]

    def bootstrap(self, key: str, secret: str, authority: Json) -> None:
        """Make sure that the environment's key exists in tenant default, with all scopes and its secret.

        OperatorError if this key was revoked with this very secret: who revoked it meant it.
        """
        log = EventLog(self.database, tenants.DEFAULT)
        with self.database.connection() as connection:
            if _opens(connection, key, secret):
                return
        with log.locked() as connection:
            # Others may start at the same moment, and one of them may have issued it since we looked.
            if not _opens(connection, key, secret):
                _refuse_revoked(connection, key, secret)
                _issue(log, connection, key, secret, ["all"], authority, label="bootstrap")

    def _at_hand(self, key: str) -> _Known | None:
        return self._cache.get(key) if self._listener.hears else None

    def _get(self, key: str) -> _Known | None:
        if "\0" in key:  # which no text of PostgreSQL can hold, and so no key
            return None
        changes = self._changes
        with self.database.connection() as connection:
            known = _look_up(connection, key)
        if known and changes == self._changes:  # else it may have been revoked since we looked
            self._remember(key, known)
        return known

    def _remember(self, key: str, known: _Known) -> None:
        if len(self._cache) > MOST_CACHED:
            self._cache.clear()
        self._cache[key] = known

    def _forget(self, tenant: str | None) -> None:
        self._changes += 1
        for key, known in list(self._cache.items()):
            if tenant is None or known.caller.tenant == tenant:
                self._cache.pop(key, None)


def key_authority(public_url: str, key: str) -> Json:
    """The Agent that stands for a key in the statements it sends (Data 2.4.9)."""
    return {"objectType": "Agent", "account": {"homePage": public_url, "name": key}}


def _opened(known: _Known | None, secret: str) -> Caller | None:
    """In the same time for a key that there is not."""
    digest = _digest(secret, known.salt if known else b"")
    if not hmac.compare_digest(digest, known.digest if known else b"") or known is None:
        return None
    return known.caller


def _opens(connection: Connection[Any], key: str, secret: str) -> bool:
    """Whether this is the secret of this key of tenant default."""
    key_names.check(connection, tenants.DEFAULT, key)
    known = _look_up(connection, key)
    return known is not None and hmac.compare_digest(_digest(secret, known.salt), known.digest)


def _refuse_revoked(connection: Connection[Any], key: str, secret: str) -> None:
    row = connection.execute(QUERIES(tenants.DEFAULT, "revoked"), {"key": key}).fetchone()
    if row and hmac.compare_digest(_digest(secret, row[1]), row[0]):
        raise OperatorError(
            f"The key {key} of LRS_BOOTSTRAP_KEY was revoked, and LRS_BOOTSTRAP_SECRET is still its old "
            "secret: choose another secret, or remove both variables."
        )


def _look_up(connection: Connection[Any], key: str) -> _Known | None:
    tenant = key_names.tenant(connection, key)
    row = connection.execute(QUERIES(tenant, "get"), {"key": key}).fetchone()
    if row is None:
        return None
    digest, salt, scopes, authority, learner, body = row
    session = bound.parse(body) if body else None
    caller = Caller(key, tenant, frozenset(scopes), orjson.loads(authority), authority, learner, session)
    return _Known(digest, salt, caller)


def _issue(
    log: EventLog,
    connection: Connection[Any],
    key: str,
    secret: str,
    scopes: Sequence[str],
    authority: Json,
    *,
    label: str,
    learner: str = "",
) -> None:
    """Under the tenant's lock: that of default holds back a new tenant whose keys these would seem to be."""
    key_names.check(connection, log.tenant, key)
    salt = secrets.token_bytes(16)
    digest = _digest(secret, salt)
    issued = KeyIssued(key, digest.hex(), salt.hex(), list(scopes), authority, label, learner)
    _append(log, connection, issued)


def _append(log: EventLog, connection: Connection[Any], said: KeyIssued | KeyRevoked) -> None:
    streams.append(log, connection, [(uuid5(STREAMS, said.key), said)])
    key_rows.apply(connection, log.tenant, said, log.head_of(connection).stored)
    tell(connection, log.tenant)


def tell(connection: Connection[Any], tenant: str) -> None:
    """Let every process look up the keys of this tenant anew, when this is committed."""
    connection.execute(QUERIES(tenant, "changed"), {"tenant": tenant})


@lru_cache(maxsize=4096)
def _digest(secret: str, salt: bytes) -> bytes:
    # A secret of ours has 256 random bits, so a fast hash is enough; see docs/decisions.
    return hmac.digest(salt, secret.encode(errors="surrogatepass"), hashlib.sha256)
