"""Which language of a map does this reader want? Accept-Language, map by map (RFC 9110 12.5.4, RFC 4647)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

_RANGE = re.compile(r"\s*(?P<range>\*|[A-Za-z0-9-]+)\s*(?:;\s*[qQ]\s*=\s*(?P<q>[01](?:\.[0-9]{0,3})?)\s*)?")

# Nobody speaks more languages, and no language has a longer name; an attacker's header has both.
_MOST_RANGES = 50
_LONGEST_RANGE = 100
_MOST_SUBTAGS = 10


@dataclass(frozen=True, slots=True)
class _Wishes:
    """Language ranges in lower case: the most wanted first, each shortened, and those not wanted at all."""

    wanted: tuple[str, ...]
    refused: frozenset[str]


def choose(tags: Iterable[str], accept_language: str) -> str | None:
    """The tag of a language map that suits best; None for an empty map only."""
    all_tags = {tag.lower(): tag for tag in tags}
    if len(all_tags) < 2:
        return next(iter(all_tags.values()), None)
    wishes = _parse(accept_language)
    allowed = {
        low: tag for low, tag in all_tags.items() if wishes.refused.isdisjoint(_begun(low))
    } or all_tags
    first: dict[str, str] = {}
    for low, tag in allowed.items():
        for beginning in _begun(low):
            first.setdefault(beginning, tag)
    # Without a wish that can be met: English, then text of no language, then whatever there is.
    for wanted in (*wishes.wanted, "en", "und"):
        found = allowed.get(wanted) or first.get(wanted)
        if found is not None:
            return found
    return next(iter(allowed.values()))


def _begun(tag: str) -> Iterator[str]:
    """zh, zh-Hant, zh-Hant-TW: every range that means this tag, too."""
    subtags = tag.split("-", _MOST_SUBTAGS)
    yield from accumulate(subtags[:_MOST_SUBTAGS], "{}-{}".format)
    yield tag


def _shortened(tag: str) -> Iterator[str]:
    """RFC 4647 3.4: zh-Hant-TW, then zh-Hant, then zh; a single letter goes with what followed it.

    And kinder: since `first` knows beginnings, who wants de-AT or de is also served with de-DE.
    """
    subtags = tag.split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        while subtags and len(subtags[-1]) == 1:
            subtags.pop()


@lru_cache(maxsize=256)
def _parse(accept_language: str) -> _Wishes:
    parts = accept_language.split(",", _MOST_RANGES)[:_MOST_RANGES]
    found = [_RANGE.fullmatch(part) for part in parts if len(part) <= _LONGEST_RANGE]
    ranges = [(match["range"].lower(), float(match["q"] or 1)) for match in found if match]
    by_weight = sorted((given for given in ranges if given[1] > 0), key=lambda given: -given[1])
    # The range * asks for nothing in particular, which is what happens anyway when no other is met.
    wanted = [shorter for name, _ in by_weight if name != "*" for shorter in _shortened(name)]
    refused = frozenset(name for name, weight in ranges if weight == 0 and name != "*")
    return _Wishes((*dict.fromkeys(wanted),), refused)
