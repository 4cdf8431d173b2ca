"""Who is this actor? Identity of Agents and Groups (Data 2.4.2)."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID, uuid5

from lrs.xapi.kept import kept
from lrs.xapi.vocabulary import Json

# Whoever is linked to no learner is a learner of their own, under this name for ever.
LEARNERS = UUID("5c8ad8a5-1b1c-4a4e-9e0e-6b1d6d6f2a57")


def ifi(actor: Json) -> str | None:
    """The inverse functional identifier as one string, or None for an anonymous Group."""
    if (mbox := actor.get("mbox")) is not None:
        return f"mbox|{mbox}"
    if (account := actor.get("account")) is not None:
        # A homePage is an IRI and has no "|", so two different accounts never read the same.
        return f"account|{account['homePage']}|{account['name']}"
    if (openid := actor.get("openid")) is not None:
        return f"openid|{openid}"
    if (sha1sum := actor.get("mbox_sha1sum")) is not None:
        # Hex digits mean the same in either case, so they must not make two persons out of one.
        return f"mbox_sha1sum|{sha1sum.lower()}"
    return None


def agent(ifi: str) -> Json:
    """The Agent of whom this is the inverse functional identifier."""
    kind, _, value = ifi.partition("|")
    if kind == "account":
        home_page, _, name = value.partition("|")
        return {"account": {"homePage": home_page, "name": name}}
    return {kind: value}


@kept
def digest(ifi: str) -> UUID:
    """The identifier as tables keep it: 128 bits, so that nobody finds two that collide by chance."""
    return UUID(bytes=blake2b(ifi.encode(), digest_size=16).digest())


def own_learner(ifi: str) -> UUID:
    """The learner that an identifier is as long as nobody has linked it to another."""
    return uuid5(LEARNERS, ifi)


def is_group(actor: Json) -> bool:
    """Whether the actor says it is a Group; whoever says nothing is an Agent (Data 2.4.2.1)."""
    return actor.get("objectType") == "Group"


def members(group: Json) -> list[Json]:
    """The Agents of a Group; an identified Group may leave them out, and an Agent has none."""
    found: list[Json] = group.get("member", [])
    return found
