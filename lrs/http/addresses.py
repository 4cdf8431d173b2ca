"""Where does a client find it? Behind a proxy every path begins with what the proxy takes away."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request

from lrs.http.context import context


def address(request: Request, path: str) -> str:
    """A path of ours as a client asks for it, ready for an answer or a header."""
    return quote(context(request).settings.root_path + path)
