"""What may a key do? The scopes of the specification (Communication 4.0, OAuth authorization scope) and ours.

`transcripts/read` reads what projections tell; `registrar` also decides about learners, the catalogue and
transcripts; `log/read` follows the log itself, and so sees everything; `audit/read` reads checkpoints and
proofs, which tell nothing of what is in the log; `history/read` reads who did what, and who read what of
whom; `cmi5/launch` launches units for learners; `erasure` erases, which cannot be undone: `all` does not
cover it, so that nobody has it who was not given it by name.
"""

from __future__ import annotations

from typing import Literal, get_args

Scope = Literal[
    "all",
    "all/read",
    "statements/write",
    "statements/read",
    "statements/read/mine",
    "state",
    "define",
    "profile",
    "transcripts/read",
    "registrar",
    "log/read",
    "audit/read",
    "history/read",
    "cmi5/launch",
    "erasure",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)

Need = Literal[
    "statements/write", "statements/read", "state/read", "state/write", "profile/read", "profile/write",
    "transcripts/read", "frameworks/read", "registrar", "log/read", "audit/read",
    "history/read", "cmi5/launch", "erasure",
]  # fmt: skip
NEEDS: tuple[Need, ...] = get_args(Need)

# What the key of a cmi5 session has instead: nobody can be given it, and lrs/cmi5/door.py binds it further.
SESSION = "cmi5 session"
_OF_A_SESSION: frozenset[Need] = frozenset(
    {"statements/write", "statements/read", "state/read", "state/write", "profile/read", "profile/write"}
)

_ALLOWED: dict[Need, frozenset[Scope]] = {
    "statements/write": frozenset({"all", "statements/write"}),
    "statements/read": frozenset({"all", "all/read", "statements/read", "statements/read/mine"}),
    "state/read": frozenset({"all", "all/read", "state"}),
    "state/write": frozenset({"all", "state"}),
    "profile/read": frozenset({"all", "all/read", "profile"}),
    "profile/write": frozenset({"all", "profile"}),
    "transcripts/read": frozenset({"all", "all/read", "transcripts/read", "registrar"}),
    # What can be learned, and what statements mean, is no secret from anybody who may read something.
    "frameworks/read": frozenset(SCOPES) - {"statements/write", "define", "erasure"},
    "registrar": frozenset({"all", "registrar"}),
    "log/read": frozenset({"all", "all/read", "log/read"}),
    "audit/read": frozenset({"all", "all/read", "registrar", "log/read", "audit/read"}),
    "history/read": frozenset({"all", "all/read", "registrar", "history/read"}),
    "cmi5/launch": frozenset({"all", "cmi5/launch"}),
    "erasure": frozenset({"erasure"}),
}
# What a key that is bound to a learner may have: the scopes of resources that are one learner's.
OF_A_LEARNER: frozenset[Scope] = frozenset({"transcripts/read"})
# What it may do without a scope, about her record: parents may see who has read it (34 CFR 99.32(c)(1)).
OF_HER: frozenset[Need] = frozenset({"history/read"})
# What is about no learner at all, so that such a key may do it too.
OF_NOBODY: frozenset[Need] = frozenset({"frameworks/read"})


def allows(scopes: frozenset[str], need: Need) -> bool:
    """Does one of these scopes cover the need?"""
    if SESSION in scopes:
        return need in _OF_A_SESSION
    return not scopes.isdisjoint(_ALLOWED[need])


def allowing(need: Need) -> str:
    """The scopes that would cover it, for people."""
    return ", ".join(scope for scope in SCOPES if scope in _ALLOWED[need])


def only_mine(scopes: frozenset[str]) -> bool:
    """May the caller read only statements that carry its own authority?"""
    return scopes.isdisjoint({"all", "all/read", "statements/read"})


def may_define(scopes: frozenset[str]) -> bool:
    """May statements of this caller define activities and name agents?"""
    return not scopes.isdisjoint({"all", "define"})
