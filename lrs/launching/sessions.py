"""Which sessions are there, and how are they? Rows beside the log, which has what was said in them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any, NamedTuple

from lrs.auth import tenants
from lrs.auth.keys import Keys
from lrs.cmi5 import bound
from lrs.cmi5.bound import Bound
from lrs.database import sql
from lrs.database.pool import Database
from lrs.errors import NotAllowed
from lrs.log.event_log import EventLog

QUERIES = sql.Queries(__file__)


class Row(NamedTuple):
    """A session, and whether it was terminated or abandoned."""

    bound: Bound
    how: str | None


class Sessions:
    """The sessions of every tenant."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self.database = database
        self.keys = keys

    def has(self, tenant: str) -> bool:
        """Whether there is such a tenant, and so sessions."""
        if not sql.TENANT.match(tenant):
            return False
        with self.database.connection() as connection:
            return tenants.exists(connection, tenant)

    def open(self, tenant: str, session: Bound) -> tuple[str, list[str]]:
        """Begin it; what its fetch URL ends in, and the sessions that are abandoned for it."""
        token = f"{tenant}-{secrets.token_urlsafe(32)}"
        row = {
            "session": session.session, "registration": session.registration, "token": _digest(token),
            "body": session.text(),
        }  # fmt: skip
        # Under the lock, so that of two launches at once one abandons the other.
        with EventLog(self.database, tenant).locked() as connection:
            found = connection.execute(QUERIES(tenant, "abandon_others"), row).fetchall()
            connection.execute(QUERIES(tenant, "open"), row)
        return token, [str(each) for (each,) in found]

    def fetch(self, tenant: str, token: str) -> tuple[str, str] | None:
        """The key of a session and its secret; None where that is done or the session over. NotAllowed."""
        log = EventLog(self.database, tenant)
        with log.locked() as connection:
            row = connection.execute(QUERIES(tenant, "fetchable"), {"token": _digest(token)}).fetchone()
            if row is None:
                raise NotAllowed("There is no such session.")
            body, fetchable = row
            if not fetchable:
                return None
            key, secret = self.keys.issue_for_session(log, connection, bound.parse(body))
            connection.execute(QUERIES(tenant, "fetched"), {"token": _digest(token), "key": key})
        return key, secret

    def hear(self, tenant: str, session: str) -> None:
        """It is about to say something; NotAllowed where it was abandoned."""
        self._require(tenant, "hear", session)

    def require(self, tenant: str, session: str) -> None:
        """NotAllowed for a session that was abandoned."""
        self._require(tenant, "alive", session)

    def terminate(self, tenant: str, session: str) -> None:
        """It has said that it ends."""
        self._run(tenant, "terminate", session=session)

    def get(self, tenant: str, session: str) -> Row:
        """One of them, which there is."""
        ((body, how),) = self._run(tenant, "get", session=session)
        return Row(bound.parse(body), how)

    def now(self, tenant: str) -> datetime:
        """The moment by the clock that sessions are measured with."""
        ((now,),) = self._run(tenant, "now")
        return now  # type: ignore[no-any-return]

    def settled(self, tenant: str, session: str, *, since: datetime) -> None:
        """All has been said that followed from it at a moment."""
        self._run(tenant, "settled", session=session, since=since)

    def abandon_silent(self, tenant: str, *, seconds: int) -> list[str]:
        """The sessions that have been silent for so long, which are abandoned now."""
        return [str(each) for (each,) in self._run(tenant, "abandon_silent", seconds=seconds)]

    def unsettled(self, tenant: str, *, seconds: int) -> list[str]:
        """Those from which something follows that nobody has said for so long."""
        return [str(each) for (each,) in self._run(tenant, "unsettled", seconds=seconds)]

    def keys_that_ended(self, tenant: str, *, seconds: int) -> list[str]:
        """The keys of sessions that were abandoned, or terminated so long ago."""
        return [key for (key,) in self._run(tenant, "keys_that_ended", seconds=seconds)]

    def _require(self, tenant: str, query: str, session: str) -> None:
        if not self._run(tenant, query, session=session):
            raise NotAllowed(f"The session {session} was abandoned (cmi5 9.3.6).")

    def _run(self, tenant: str, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self.database.connection() as connection, connection.transaction():
            done = connection.execute(QUERIES(tenant, query), parameters)
            return done.fetchall() if done.description else []


def tenant_of(token: str) -> str:
    """The tenant that a token names."""
    return token.partition("-")[0]


def _digest(token: str) -> bytes:
    # It has 256 random bits; see docs/decisions/secrets.md.
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
