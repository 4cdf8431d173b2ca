"""Which values does a JSONPath find? The part of the language that profiles may use (Structure 8.1).

A path is `$`, then `.name`, `['name']`, `[0]`, `.*`, `[*]` or `..` again and again; a comma inside of one of
them makes a union, and a bar between whole paths another. The `$` at the beginning may be missing. Filters,
scripts, slices and negative indexes are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

Find = Callable[[Any], Sequence[Any]]

# Each descends into everything: with several of them a small path would find a statement many times over.
MOST_DESCENTS = 1

_SPACE = re.compile(r"\s*")
_BAR = re.compile(r"\s*\|\s*")
# A name without quotes: nothing that means something else in a path.
_NAME = re.compile(r"[^\s.\[\]|,*'\"()?@$]+")
_INDEX = re.compile(r"[0-9]{1,9}(?![\w.:-])")
_DIGITS = tuple("0123456789")
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class NotAPath(ValueError):
    """This is no JSONPath that a profile may use."""


class _Star:
    """Every element, or every member."""


STAR = _Star()
Key = str | int | _Star


class Step(NamedTuple):
    """One step down: to these members and elements; `deep` also those of everything below."""

    keys: tuple[Key, ...]
    deep: bool = False


_EVERY = Step((STAR,))


def compiled(text: str) -> Find:
    """A function from a value to what the path finds in it, in its order. NotAPath where it is none."""
    paths = parse(text)
    if len(paths) == 1:
        return _finder(paths[0])
    finders = [_finder(path) for path in paths]
    return lambda value: [found for find in finders for found in find(value)]


def names(text: str) -> tuple[str, ...]:
    """The names by which a path goes down to one member; none where it is no such path."""
    paths = parse(text)
    return _names(paths[0]) or () if len(paths) == 1 else ()


def parse(text: str) -> list[tuple[Step, ...]]:
    """The steps of each of the paths that stand between bars."""
    reader = _Reader(text)
    paths = [reader.path()]
    while reader.skip(_BAR):
        paths.append(reader.path())
    reader.skip(_SPACE)
    if not reader.at_end():
        raise reader.refuse()
    return paths


class _Reader:
    """Where in the text we are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.skip(_SPACE)

    def path(self) -> tuple[Step, ...]:
        """A whole path."""
        steps = []
        if not self.take("$"):
            steps.append(Step(self._names()))
        while step := self._step():
            steps.append(step)
        if sum(step.deep for step in steps) > MOST_DESCENTS:
            raise NotAPath(f"{self.text!r} has .. more than once")
        return tuple(steps)

    def take(self, token: str) -> bool:
        """Go past this, if it is next."""
        if not self.text.startswith(token, self.place):
            return False
        self.place += len(token)
        return True

    def skip(self, what: re.Pattern[str]) -> bool:
        """Go past what matches here; whether anything did, be it empty."""
        found = what.match(self.text, self.place)
        if found:
            self.place = found.end()
        return found is not None

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.place == len(self.text)

    def refuse(self) -> NotAPath:
        """Why it cannot go on here."""
        rest = self.text[self.place :]
        if re.match(r"\[?\s*\??\(", rest):
            return NotAPath(f"{self.text!r} has a filter or a script, which profiles must not use")
        where = f"cannot be read from {rest[:20]!r} on" if rest else "ends too early"
        return NotAPath(f"{self.text!r} {where}")

    def _step(self) -> Step | None:
        if self.take(".."):
            return Step(self._bracket() if self.take("[") else self._names(), deep=True)
        if self.take("["):
            return Step(self._bracket())
        return Step(self._names()) if self.take(".") else None

    def _names(self) -> tuple[Key, ...]:
        """After a dot: a name or a star, or several with commas between."""
        return self._listed(self._name)

    def _name(self) -> Key:
        return STAR if self.take("*") else self._match(_NAME)[0]

    def _bracket(self) -> tuple[Key, ...]:
        found = self._listed(self._key)
        if not self.take("]"):
            raise self.refuse()
        return found

    def _key(self) -> Key:
        self.skip(_SPACE)
        try:
            return self._quoted_or_index()
        finally:
            self.skip(_SPACE)

    def _quoted_or_index(self) -> Key:
        if self.take("*"):
            return STAR
        if self.text.startswith(_DIGITS, self.place):
            return int(self._match(_INDEX)[0])
        single, double = self._match(_QUOTED).groups()
        return _ESCAPE.sub(r"\1", single if single is not None else double)

    def _listed(self, one: Callable[[], Key]) -> tuple[Key, ...]:
        """Each once, and beside a star nothing: else a short path would find a value again and again."""
        found = {one(): None}
        while self.take(","):
            found[one()] = None
        return (STAR,) if STAR in found else tuple(found)

    def _match(self, what: re.Pattern[str]) -> re.Match[str]:
        found = what.match(self.text, self.place)
        if found is None:
            raise self.refuse()
        self.place = found.end()
        return found


def _finder(path: tuple[Step, ...]) -> Find:
    """Most paths only go down by name, and most others by name into all that is in one place."""
    star = path.index(_EVERY) if _EVERY in path else len(path)
    down, below = _names(path[:star]), _names(path[star + 1 :])
    if down is None or below is None:
        return lambda value: _walk(path, value)
    return _member(down) if star == len(path) else _spread(down, below)


def _names(path: tuple[Step, ...]) -> tuple[str, ...] | None:
    """None where it does not only go down by name."""
    keys = [step.keys[0] for step in path if not step.deep and len(step.keys) == 1]
    found = tuple(key for key in keys if isinstance(key, str))
    return found if len(found) == len(path) else None


def _member(down: tuple[str, ...]) -> Find:
    def find(value: Any) -> Sequence[Any]:
        for name in down:
            if type(value) is not dict or name not in value:
                return ()
            value = value[name]
        return (value,)

    return find


def _spread(down: tuple[str, ...], below: tuple[str, ...]) -> Find:
    reach = _member(down)

    def find(value: Any) -> Sequence[Any]:
        found = []
        for place in reach(value):
            for inside in place if type(place) is list else _under(place, STAR):
                one = inside
                for name in below:
                    if type(one) is not dict or name not in one:
                        break
                    one = one[name]
                else:
                    found.append(one)
        return found

    return find


def _walk(path: tuple[Step, ...], value: Any) -> list[Any]:
    found = [value]
    for step in path:
        below = [each for one in found for each in _everything(one)] if step.deep else found
        found = [each for one in below for key in step.keys for each in _under(one, key)]
    return found


def _under(value: Any, key: Key) -> Iterable[Any]:
    if isinstance(value, dict):
        if key is STAR:
            return value.values()
        return (value[key],) if isinstance(key, str) and key in value else ()
    if isinstance(value, list):
        if key is STAR:
            return value
        return (value[key],) if isinstance(key, int) and key < len(value) else ()
    return ()


def _everything(value: Any) -> Iterable[Any]:
    """The value and all below it, each before what is in it."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed([*_under(one, STAR)]))
