"""Is this a fully qualified IRI, or a URL from which something can be launched?"""

from __future__ import annotations

import re
from collections.abc import Collection
from posixpath import normpath
from urllib.parse import parse_qsl, unquote, urlsplit

# Section 8.1: what a launch adds to the URL.
LAUNCH_PARAMETERS = frozenset({"endpoint", "fetch", "actor", "registration", "activityId"})
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20\x7f<>\"{}|\\^`]+\Z")
_QUALIFIED = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# RFC 1738 2.2: these are unsafe, and always encoded.
_UNSAFE = re.compile(r"[\s\x00-\x20\x7f<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")
# A link to one of these would run in the page of whoever shows it.
_RUNNING = frozenset({"javascript", "data", "vbscript"})


def is_iri(text: str) -> bool:
    """Section 3: fully qualified, and no reference."""
    return _IRI.match(text) is not None


def is_qualified(url: str) -> bool:
    """Whether a URL stands for itself, and is not relative to a package."""
    return _QUALIFIED.match(url) is not None


def url_fault(url: str, names: Collection[str] | None) -> tuple[str, str] | None:
    """Why nothing can be launched from here, and the section; `names` are the files of the package."""
    if rule := _malformed(url):
        return rule, "cmi5 13.1.4"
    parts = urlsplit(url)
    given = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if taken := sorted(given & LAUNCH_PARAMETERS):
        return f"must have no parameter {', '.join(taken)}: a launch adds it", "cmi5 8.1"
    if is_qualified(url):
        return None if parts.netloc else ("must name a host", "cmi5 13.1.4")
    if _SCHEME.match(url):
        return "must have :// after its scheme", "cmi5 13.1.4"
    return _relative_fault(url, parts.netloc, parts.path, names)


def _malformed(url: str) -> str | None:
    if found := _UNSAFE.search(url):
        return f"must be a URL: {found.group()!r} must be encoded (RFC 1738 2.2)"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"must be a URL: {error}"
    if parts.scheme.lower() in _RUNNING:
        return f"must not be a {parts.scheme} URL, which runs where it is shown"
    return None


def _relative_fault(
    url: str, netloc: str, path: str, names: Collection[str] | None
) -> tuple[str, str] | None:
    if names is None:
        return "must be fully qualified: there is no package that it could be relative to", "cmi5 14.2"
    if netloc or url.startswith("/"):
        return "must be fully qualified, or relative to the package", "cmi5 14.1"
    file = normpath(unquote(path))
    if file.startswith("..") or not path:
        return "must not lead out of the package", "cmi5 14.1"
    if file not in names:
        return "is in no file of the package; what is elsewhere must be fully qualified", "cmi5 14.1"
    return None
