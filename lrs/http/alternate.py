"""How does a client that can only POST forms speak xAPI 1.0.x? In the alternate syntax (Communication 1.3).

POST …?method=PUT, with headers, parameters and content as fields of a form, becomes the request that it
stands for before any handler sees it. xAPI 2.0 has no such syntax: there, `method` is an unknown parameter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lrs.errors import BadRequest, Fault, LRSError, NotAuthenticated, UnsupportedVersion
from lrs.http import bodies, forms, headers
from lrs.http.admission import basic_credentials
from lrs.http.context import context
from lrs.http.forms import Form
from lrs.http.refusals import refuse
from lrs.xapi import version

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
SECTION = "Communication 1.3"
# Internet Explorer 8 and 9, for which this syntax was made, cannot say what they send.
FORM_TYPES = frozenset({"", "text/plain", "application/x-www-form-urlencoded"})
# These describe the form, and not what is in it.
OF_THE_FORM = frozenset({b"content-type", b"content-length", b"transfer-encoding"})
# So many bytes of a form are read from whom we do not know.
UNKNOWN = 1 << 16


class AlternateSyntax:
    """Rewrites what comes in the alternate request syntax, and lets everything else through."""

    def __init__(self, app: ASGIApp, *, max_body: int, body_timeout: float = 60) -> None:
        self.app = app
        self.max_body = max_body
        self.body_timeout = body_timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or b"method=" not in scope["query_string"]:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        if "method" not in request.query_params or _speaks_2(request.headers):
            await self.app(scope, receive, send)
            return
        try:
            method = _method(request)
            form = await self._read(request)
            inner, content = _rewritten(request, method, form)
        except LRSError as error:
            await refuse(scope, receive, send, error)
            return
        await self.app(inner, _receive(content, receive), _without_body(send) if method == "HEAD" else send)

    async def _read(self, request: Request) -> Form:
        _check_type(request.headers.get("content-type", ""))
        bodies.check(request, limit=self.max_body)
        body = await self._receive(request)
        # Decoding much takes a while, in which other requests go on.
        return await asyncio.to_thread(forms.parse, body) if len(body) > UNKNOWN else forms.parse(body)

    async def _receive(self, request: Request) -> bytes:
        body = bytearray()
        known = False
        async for piece in bodies.stream(request, timeout=self.body_timeout):
            body += piece
            if len(body) > self.max_body:
                raise bodies.too_large(self.max_body, bodies.MAX_BODY)
            if len(body) > UNKNOWN and not known:
                await _require_key(request, bytes(body[:UNKNOWN]))
                known = True
        return bytes(body)


async def _require_key(request: Request, beginning: bytes) -> None:
    """A stranger shall not make us read much: a long form has to say early who sends it.

    Its fields may stand in any order, so a bound on what is read before Authorization keeps the syntax whole
    for all forms below it, and costs the others no more than to begin with that field.
    """
    authorization = forms.authorization(beginning) or request.headers.get("authorization")
    if authorization is None:
        raise NotAuthenticated(
            f"A form of more than {UNKNOWN:,} bytes must tell who sends it: with Authorization as a header, "
            f"or as a field in its first {UNKNOWN:,} bytes."
        )
    await context(request).keys.caller(*basic_credentials(authorization))


def _speaks_2(headers: Headers) -> bool:
    """Whoever says no version, or a wrong one, is told so by the resource."""
    try:
        return version.parse(headers.get(version.HEADER)) == "2.0.0"
    except UnsupportedVersion:
        return False


def _method(request: Request) -> str:
    given = request.query_params.multi_items()
    others = [name for name, _ in given if name != "method"]
    faults = [
        Fault(name, "belongs into the form: only method may stand in the URL", SECTION) for name in others
    ]
    methods = [value for name, value in given if name == "method"]
    if len(methods) > 1 or methods[0] not in METHODS:
        faults.append(Fault("method", f"must be one of {', '.join(METHODS)}", SECTION))
    if faults:
        raise BadRequest(faults=faults)
    return methods[0]


def _check_type(content_type: str) -> None:
    media_type, _, parameter = content_type.lower().partition(";")
    _, equals, charset = parameter.partition("charset=")
    if media_type.strip() not in FORM_TYPES:
        rule = "must be application/x-www-form-urlencoded in a request with the parameter method"
        raise BadRequest(faults=[Fault("Content-Type", rule, SECTION)])
    if equals and charset.strip(' "') not in {"utf-8", "utf8"}:
        raise BadRequest(faults=[Fault("Content-Type", "must be UTF-8", SECTION)])


def _rewritten(request: Request, method: str, form: Form) -> tuple[Scope, bytes]:
    """The request that is meant, and its body."""
    # In place, so that the answer's version is the one that the form says; the method is not, for the server
    # answers the POST that it received.
    headers.replace(request.scope, list(_headers(request, form)))
    if _speaks_2(Headers(scope=request.scope)):
        return request.scope, b""
    if method in {"PUT", "POST"} and form.content is None:
        rule = f"is required: the form stands for a {method}, and brings nothing to store"
        raise BadRequest(faults=[Fault("content", rule, SECTION)])
    return {**request.scope, "method": method, "query_string": form.query}, form.content or b""


def _headers(request: Request, form: Form) -> Iterator[tuple[bytes, bytes]]:
    """The headers of the request that is meant: those of the form go before the form's own."""
    for name, value in request.scope["headers"]:
        if name not in form.headers and name not in OF_THE_FORM:
            yield name, value
    yield from form.headers.items()
    if form.content is not None:
        yield b"content-length", str(len(form.content)).encode()
        if b"content-type" not in form.headers:
            yield b"content-type", b"application/json"  # Communication 1.5: what requests normally use.


def _receive(content: bytes, receive: Receive) -> Receive:
    """The content first, and then whatever the client does."""
    messages: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def received() -> Message:
        return messages.pop() if messages else await receive()

    return received


def _without_body(send: Send) -> Send:
    """Communication 1.1: a HEAD has no body; the server does not know that this POST is one."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["content-length"] = "0"
        elif message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return answer
