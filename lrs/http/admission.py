"""May this request come in? Its version, its key, and whether the key's scopes cover what it wants."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request

from lrs.auth.caller import Caller
from lrs.auth.scopes import Need
from lrs.errors import BadRequest, Fault, NotAuthenticated
from lrs.http import headers
from lrs.http.context import context
from lrs.xapi import version
from lrs.xapi.version import Version

# Where the caller of a request is noted for those who answer it.
CALLER = "lrs.caller"

MOST_PARAMETERS = 100


class Admitted(NamedTuple):
    """Who asks, and by which version's rules."""

    caller: Caller
    version: Version


async def admit(request: Request, need: Need) -> Admitted:
    """NotAuthenticated, UnsupportedVersion or NotAllowed for whoever may not (Communication 3.3, 4.0)."""
    key, secret = basic_credentials(headers.get(request.scope, b"authorization"))
    caller = await context(request).keys.caller(key, secret)
    request.scope[CALLER] = caller
    spoken = version.parse(headers.get(request.scope, b"x-experience-api-version"))
    caller.require(need)
    return Admitted(caller, spoken)


async def admit_reader(request: Request, need: Need, *, learner: str = "") -> Caller:
    """The same for resources that are none of xAPI's, and have no versions: NotAuthenticated, NotAllowed."""
    key, secret = basic_credentials(headers.get(request.scope, b"authorization"))
    caller = await context(request).keys.caller(key, secret)
    caller.require(need, learner=learner)
    return caller


@lru_cache(maxsize=1024)
def basic_credentials(header: str | None) -> tuple[str, str]:
    """The user and password of a Basic header (RFC 7617); NotAuthenticated for anything else."""
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        raise NotAuthenticated("Send the key and its secret as HTTP Basic authentication.")
    try:
        key, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise NotAuthenticated("The Authorization header is not valid HTTP Basic authentication.") from None
    if not colon:
        raise NotAuthenticated("The Authorization header has no colon between key and secret.")
    return key, secret


def parameters(request: Request, allowed: frozenset[str]) -> dict[str, str]:
    """The query parameters, each known and given once (Communication 2.0: others are 400)."""
    if not request.scope["query_string"]:
        return {}
    faults = []
    found: dict[str, str] = {}
    for name, value in query_pairs(request):
        if name not in allowed:
            faults.append(
                Fault(name, f"is not a parameter of this resource; it has {', '.join(sorted(allowed))}")
            )
        elif name in found:
            faults.append(Fault(name, "may stand only once"))
        elif "\0" in value:
            faults.append(Fault(name, "must not contain NUL characters"))
        found[name] = value
    if faults:
        raise BadRequest(faults=faults)
    return found


def query_pairs(request: Request) -> list[tuple[str, str]]:
    """The query parameters in their order; BadRequest where they are not UTF-8, or far too many.

    Read with a substitute for what is not UTF-8, two ids that differ would name the same document.
    """
    text = request.scope["query_string"].decode("latin-1")
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except UnicodeDecodeError:
        rule = "must be UTF-8, each byte of other characters written as %XX"
    except ValueError:
        rule = f"has more than {MOST_PARAMETERS} parameters"
    raise BadRequest(faults=[Fault("query", rule, "RFC 3986 2.5")])
