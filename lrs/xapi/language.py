"""Which language of a map does this reader want? Accept-Language, map by map (RFC 9110 12.5.4, RFC 4647)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_RANGE = re.compile(r"\s*(?P<range>\*|[A-Za-z0-9-]+)\s*(?:;\s*[qQ]\s*=\s*(?P<q>[01](?:\.[0-9]{0,3})?)\s*)?")


@dataclass(frozen=True, slots=True)
class _Wishes:
    """Language ranges in lower case, the most wanted first, and those that are not wanted at all."""

    wanted: tuple[str, ...]
    refused: tuple[str, ...]


def choose(tags: Iterable[str], accept_language: str) -> str | None:
    """The tag of a language map that suits best; None for an empty map only."""
    wishes = _parse(accept_language)
    all_tags = {tag.lower(): tag for tag in tags}
    allowed = {low: tag for low, tag in all_tags.items() if not _is_in(low, wishes.refused)} or all_tags
    # Without a wish that can be met: English, then text of no language, then whatever there is.
    for wanted in (*wishes.wanted, "en", "und"):
        found = _look_up(wanted, allowed)
        if found is not None:
            return allowed[found]
    return next(iter(allowed.values()), None)


def _look_up(wanted: str, tags: Iterable[str]) -> str | None:
    """RFC 4647 3.4, and kinder: who wants de-AT or de is also served with de-DE."""
    for shorter in _shortened(wanted):
        close = [tag for tag in tags if tag == shorter or tag.startswith(f"{shorter}-")]
        if close:
            return shorter if shorter in close else close[0]
    return None


def _shortened(tag: str) -> Iterator[str]:
    """zh-Hant-TW, then zh-Hant, then zh; a single letter goes with what followed it."""
    subtags = tag.split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        while subtags and len(subtags[-1]) == 1:
            subtags.pop()


def _is_in(tag: str, ranges: tuple[str, ...]) -> bool:
    return any(tag == given or tag.startswith(f"{given}-") for given in ranges)


@lru_cache(maxsize=256)
def _parse(accept_language: str) -> _Wishes:
    found = [_RANGE.fullmatch(part) for part in accept_language.split(",")]
    ranges = [(match["range"].lower(), float(match["q"] or 1)) for match in found if match]
    by_weight = sorted((given for given in ranges if given[1] > 0), key=lambda given: -given[1])
    # The range * asks for nothing in particular, which is what happens anyway when no other is met.
    wanted = tuple(name for name, _ in by_weight if name != "*")
    return _Wishes(wanted, tuple(name for name, weight in ranges if weight == 0 and name != "*"))
