"""What can go wrong, as one tree. Below http/ nobody knows a status code.

LRSError
├── BadRequest                  the client can repair it
│   ├── InvalidStatement
│   ├── MalformedJSON
│   ├── MalformedMultipart
│   └── UnsupportedVersion
├── NotAuthenticated
├── NotAllowed
├── NotFound
├── Gone                        it was here, and was erased
├── Conflict
│   ├── StatementConflict
│   └── DocumentConflict
├── PreconditionFailed
├── TooLarge
├── AuditFailed                 the record is not what was signed
├── Unavailable                 try again later
│   ├── DatabaseUnavailable
│   │   ├── DatabaseTooSlow
│   │   └── NotGranted
│   ├── NotBuilt
│   └── Overloaded
└── OperatorError               only a person at the command line can repair it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: where (JSON pointer or name of the parameter), what, and the section that says so."""

    pointer: str
    rule: str
    section: str = ""

    def __str__(self) -> str:
        where = f"{self.pointer}: " if self.pointer else ""
        section = f" ({self.section})" if self.section else ""
        return f"{where}{self.rule}{section}"


class LRSError(Exception):
    """The store could not do what was asked."""

    def __init__(self, message: str = "", *, faults: Sequence[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self.message = message or (type(self).__doc__ or "").strip()
        super().__init__("; ".join([self.message, *map(str, self.faults)]))


class BadRequest(LRSError):
    """The request breaks a rule of the specification."""


class InvalidStatement(BadRequest):
    """The statement breaks rules of the specification."""


class MalformedJSON(BadRequest):
    """The body is not valid JSON."""


class MalformedMultipart(BadRequest):
    """The body is not valid multipart/mixed."""


class UnsupportedVersion(BadRequest):
    """The header X-Experience-API-Version must be 1.0, 1.0.x, 2.0 or 2.0.x."""


class NotAuthenticated(LRSError):
    """The request needs a valid key."""


class NotAllowed(LRSError):
    """The key does not have the scope that this request needs."""


class NotFound(LRSError):
    """There is nothing here."""


class Gone(LRSError):
    """What was here has been erased."""


class Conflict(LRSError):
    """Something else is already stored here."""


class StatementConflict(Conflict):
    """A different statement with this id is already stored."""


class DocumentConflict(Conflict):
    """A document is already stored here; say with If-Match or If-None-Match which one you mean to replace."""


class PreconditionFailed(LRSError):
    """The document is not the one that the precondition names."""


class TooLarge(LRSError):
    """The request is larger than this store accepts."""


class AuditFailed(LRSError):
    """The record is not what was vouched for: run `lrs audit verify`."""


class Unavailable(LRSError):
    """The store cannot answer right now; try again in a moment."""


class DatabaseUnavailable(Unavailable):
    """The database cannot be reached right now; try again in a moment."""


class DatabaseTooSlow(DatabaseUnavailable):
    """The database needed longer than it may (setting LRS_STATEMENT_TIMEOUT); ask for less at once."""


class NotGranted(DatabaseUnavailable):
    """PostgreSQL refuses this to the role that the store runs as; an operator has to grant it."""


class Overloaded(Unavailable):
    """The store has more work waiting than it accepts (setting LRS_MAX_WAITING); try again in a moment."""


class NotBuilt(Unavailable):
    """This is not built from the log yet; try again in a moment."""


class OperatorError(LRSError):
    """The store cannot run like this."""
