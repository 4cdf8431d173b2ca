"""Valid statements, what can be done to any place in them, and a writer that spells JSON in odd ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Raw:
    """A token that is written as it stands."""

    token: str


@dataclass(frozen=True)
class Pairs:
    """An object in which a key may stand twice."""

    pairs: list[tuple[str, Any]]


AGENT = {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@example.com"}
ACCOUNT = {"account": {"homePage": "http://example.com", "name": "ada"}}
GROUP = {"objectType": "Group", "member": [AGENT, ACCOUNT, {"openid": "http://example.com/ada"}]}
TEAM = {"objectType": "Group", "mbox_sha1sum": "a" * 40}
EXTENSIONS = {
    "http://example.com/a": {"b": [1, 1.10, None, "", {}], "c": "\u00e4\U0001f9d1"},
    "http://example.com/n": Raw("12345678901234567890123"),
}
ACTIVITY = {
    "objectType": "Activity",
    "id": "http://example.com/activities/fractions",
    "definition": {
        "name": {"en": "Fractions", "de-DE": "Br\u00fcche"},
        "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
        "interactionType": "choice",
        "correctResponsesPattern": ["a[,]b"],
        "choices": [{"id": "a", "description": {"en": "A"}}, {"id": "b"}],
        "extensions": EXTENSIONS,
    },
}
VERB = {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}}
RESULT = {
    "score": {"scaled": 0.95, "raw": Raw("9.50"), "min": 0, "max": 10},
    "success": True,
    "completion": True,
    "response": "a[,]b",
    "duration": "PT1M30.5S",
    "extensions": EXTENSIONS,
}
CONTEXT = {
    "registration": "16fd2706-8baf-433b-82eb-8c7fada847da",
    "instructor": AGENT,
    "team": TEAM,
    "contextActivities": {
        "parent": [{"id": "http://example.com/a"}],
        "grouping": {"id": "http://example.com/b"},
    },
    "revision": "1",
    "platform": "web",
    "language": "en-US",
    "statement": {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"},
    "extensions": EXTENSIONS,
}
ATTACHMENT = {
    "usageType": "http://example.com/usage",
    "display": {"en": "A picture"},
    "contentType": "image/png",
    "length": 3,
    "sha2": "a" * 64,
    "fileUrl": "http://example.com/picture.png",
}
WHOLE = {
    "actor": AGENT,
    "verb": VERB,
    "object": ACTIVITY,
    "result": RESULT,
    "context": CONTEXT,
    "timestamp": "2026-01-02T03:04:05.678+02:00",
    "attachments": [ATTACHMENT],
}
OF_THE_STORE = {"stored": "2020-01-01T00:00:00Z", "authority": AGENT, "version": "1.0.0"}
NESTED = {
    "objectType": "SubStatement",
    **{name: WHOLE[name] for name in ("actor", "verb", "object", "result")},
}
STATEMENTS: list[dict[str, Any]] = [
    WHOLE,
    WHOLE | OF_THE_STORE | {"actor": GROUP},
    {"actor": ACCOUNT, "verb": VERB, "object": NESTED},
    {"actor": TEAM, "verb": VERB, "object": GROUP},
    {"actor": AGENT, "verb": VERB, "object": CONTEXT["statement"]},
]
OF_VERSION_2 = {
    "contextAgents": [
        {"objectType": "contextAgent", "agent": AGENT, "relevantTypes": ["http://example.com/t"]}
    ],
    "contextGroups": [{"objectType": "contextGroup", "group": TEAM}],
}

HOSTILE: list[Any] = [
    None, True, False, 0, -1, 1.5, "", " ", "1", "null", "\0", "a\0b", "\ud800", "\udc00\ud800", "\ufeff",
    "x" * 70_000, "\u202e\u0301\U0001f9d1\u200d", "\u2028", "mailto:a@b", "http://a b", "a:" + "%" * 99,
    "Agent", "Group", "SubStatement", "StatementRef", "2026-13-01T00:00:00Z", "9999-12-31T23:59:60-14:00",
    "P" + "1" * 5000, "en-" + "a-" * 3000, [], {}, [[]], [None], {"": ""}, {"\0": 1}, {"id": []},
    {"objectType": "Agent"}, {"objectType": "__proto__"},
    Raw("1e400"), Raw("-1e400"), Raw("1E-400"), Raw("-0"), Raw("9" * 5000), Raw("0." + "1" * 500), Raw("NaN"),
    Raw("Infinity"), Raw("01"), Raw("1."), Raw("+1"), Raw("0x10"), Raw("'a'"), Raw("undefined"), Raw(""),
    Raw('"\\x"'), Raw('"\t"'), Raw('"\\ud800"'), Raw("[" * 70 + "]" * 70), Raw('{"a":' * 70 + "1" + "}" * 70),
    Raw("[" * 5000), Raw('{"a":1,"a":2}'), Raw('{"a":1,"\\u0061":2}'), Raw("/*"), Raw("[1,]"), Raw('{"a"}'),
]  # fmt: skip
VALUES = (
    st.sampled_from(HOSTILE).map(deepcopy)
    | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers()
)
KEYS = st.text(max_size=8) | st.sampled_from(
    ["id", "ID", "stored", "authority", "objectType", "member", "mbox", "openid", "\0", "\ud800", "\u0131d",
     "context", "extensions", "http://example.com/a", "und", "$ref", "__proto__", "i d", "k" * 5000]
)  # fmt: skip


@st.composite
def statements(draw: st.DrawFn, version: str) -> dict[str, Any]:
    """A valid statement with an id of its own."""
    one = deepcopy(draw(st.sampled_from(STATEMENTS)))
    if version == "2.0.0" and "context" in one:
        one["context"] |= deepcopy(OF_VERSION_2)
    return {"id": str(uuid4())} | one


@st.composite
def mutated(draw: st.DrawFn, version: str) -> Any:
    """The same with up to three places that are not as they should be, or not as they usually are."""
    root = {"": draw(statements(version))}
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from([path for path in _paths(root) if path] or [("",)]))
        root.setdefault("", {})
        draw(st.sampled_from(CHANGES))(draw, root, place)
    return root.get("", draw(VALUES))


def text(value: Any, random: Random) -> str:
    """JSON as a person, a bad library or an attacker might write it."""
    space = random.choice(["", "", "", " ", "\n\t", "\r\n "])
    if isinstance(value, Raw):
        return value.token
    if isinstance(value, dict | Pairs):
        pairs = value.pairs if isinstance(value, Pairs) else value.items()
        members = [f"{space}{_string(name, random)}{space}:{space}{text(one, random)}" for name, one in pairs]
        return f"{{{','.join(members)}{space}}}"
    if isinstance(value, list):
        return f"[{space}{','.join(text(one, random) for one in value)}{space}]"
    return _string(value, random) if isinstance(value, str) else json.dumps(value)


def _string(value: str, random: Random) -> str:
    if random.random() < 0.8 and value.isprintable():
        return json.dumps(value, ensure_ascii=False)
    return '"' + "".join(_character(each, random) for each in value) + '"'


def _character(each: str, random: Random) -> str:
    escaped = json.dumps(each)[1:-1]
    if random.random() < 0.1 and ord(each) < 0x10000:
        return f"\\u{ord(each):04X}"
    return escaped


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, member in members:
        yield from _paths(member, (*path, step))


def _parent(root: Any, path: Path) -> Any:
    for step in path[:-1]:
        root = root[step]
    return root


def _replace(draw: st.DrawFn, root: Any, path: Path) -> None:
    _parent(root, path)[path[-1]] = draw(VALUES)


def _delete(_: st.DrawFn, root: Any, path: Path) -> None:
    del _parent(root, path)[path[-1]]


def _rename(draw: st.DrawFn, root: Any, path: Path) -> None:
    parent = _parent(root, path)
    if isinstance(parent, dict):
        parent[draw(KEYS)] = parent.pop(path[-1])


def _repeat(_: st.DrawFn, root: Any, path: Path) -> None:
    value = _parent(root, path)[path[-1]]
    if isinstance(value, dict) and value:
        _parent(root, path)[path[-1]] = Pairs([*value.items(), next(iter(value.items()))])


def _add(draw: st.DrawFn, root: Any, path: Path) -> None:
    value = _parent(root, path)[path[-1]]
    if isinstance(value, dict):
        value[draw(KEYS)] = draw(VALUES)
    elif isinstance(value, list):
        value.append(draw(VALUES))


def _wrap(_: st.DrawFn, root: Any, path: Path) -> None:
    _parent(root, path)[path[-1]] = [_parent(root, path)[path[-1]]]


def _move(draw: st.DrawFn, root: Any, path: Path) -> None:
    """What belongs elsewhere."""
    source = draw(st.sampled_from([each for each in _paths(root) if each]))
    _parent(root, path)[path[-1]] = deepcopy(_parent(root, source)[source[-1]])


Change = Callable[[st.DrawFn, Any, Path], None]
CHANGES: list[Change] = [_replace, _replace, _delete, _rename, _repeat, _add, _add, _wrap, _move]
