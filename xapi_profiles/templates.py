"""Which Statement Templates does a statement match, and does it follow them? Communication 2.1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from xapi_profiles import rules
from xapi_profiles.faults import Json, each
from xapi_profiles.rules import Kept, Rule

# The template's name for the type of a context activity, and where these stand in a statement.
_CONTEXT = {
    "contextGroupingActivityType": "grouping",
    "contextParentActivityType": "parent",
    "contextOtherActivityType": "other",
    "contextCategoryActivityType": "category",
}
_NONE: Json = {}


class Broken(NamedTuple):
    """How a statement breaks a template: `rule` points into the profile, `keyword` is what it breaks."""

    rule: str
    keyword: str
    reason: str


class Match(NamedTuple):
    """A template whose Determining Properties a statement has, and how the statement breaks it."""

    template: str
    broken: Sequence[Broken]

    @property
    def followed(self) -> bool:
        return not self.broken


# Whether the statement that is referred to follows one of these templates.
Refers = Callable[[str, frozenset[str]], bool]


@dataclass(frozen=True, slots=True)
class Template:
    """A Statement Template ready to be matched. Properties that it does not determine are empty.

    `kept` asks what its `rules` ask, quicker: a statement follows them where all of them say yes.
    """

    id: str
    pointer: str
    verb: str
    object_type: str
    contexts: Mapping[str, frozenset[str]]
    usages: frozenset[str]
    object_refers: frozenset[str]
    context_refers: frozenset[str]
    rules: Sequence[tuple[str, Rule]]
    kept: Sequence[Kept]

    def determined(self, statement: Json) -> bool:
        """Has the statement all Determining Properties, but for the verb, by which templates are found?"""
        if self.object_type and statement["object"].get("definition", _NONE).get("type") != self.object_type:
            return False
        if self.contexts and not self._has_contexts(statement):
            return False
        return not self.usages or self.usages <= {
            one.get("usageType") for one in statement.get("attachments", ())
        }

    def match(self, statement: Json, refers: Refers) -> Match:
        """How a statement that it determines follows the template."""
        broken = [
            Broken(pointer, *found) for pointer, rule in self.rules if (found := rule.broken(statement))
        ]
        if self.object_refers or self.context_refers:
            broken = [*self._references(statement, refers), *broken]
        return Match(self.id, broken)

    def _has_contexts(self, statement: Json) -> bool:
        groups = statement.get("context", _NONE).get("contextActivities", _NONE)
        return all(
            types <= {one.get("definition", _NONE).get("type") for one in groups.get(kind, ())}
            for kind, types in self.contexts.items()
        )

    def _references(self, statement: Json, refers: Refers) -> Iterable[Broken]:
        for name, targets, found in (
            ("objectStatementRefTemplate", self.object_refers, statement["object"]),
            ("contextStatementRefTemplate", self.context_refers, _referred(statement)),
        ):
            if not targets:
                continue
            if found.get("objectType") != "StatementRef":
                yield Broken(f"{self.pointer}/{name}", name, "there must be a StatementRef")
            elif not refers(str(found.get("id")), targets):
                reason = f"the statement {found.get('id')} follows none of {', '.join(sorted(targets))}"
                yield Broken(f"{self.pointer}/{name}", name, reason)


class ByVerb:
    """Templates, found by the verb of a statement; those without a verb are found by every one."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._all = tuple(templates)
        self._others = tuple(one for one in self._all if not one.verb)
        verbs = {one.verb for one in self._all if one.verb}
        self._found = {verb: tuple(one for one in self._all if one.verb in ("", verb)) for verb in verbs}

    @property
    def refer(self) -> bool:
        """Does any of them look at other statements?"""
        return any(one.object_refers or one.context_refers for one in self._all)

    def surely_followed(self, statement: Json) -> bool:
        """Does the statement follow every template that it matches, and can that be said of it alone?"""
        for one in self._found.get(statement["verb"]["id"], self._others):
            if one.determined(statement):
                for kept in one.kept:
                    if not kept(statement):
                        return False
        return True

    def determined(self, statement: Json) -> list[Template]:
        """The templates whose Determining Properties the statement has, in the order of the profile."""
        found = self._found.get(statement["verb"]["id"], self._others)
        return [one for one in found if one.determined(statement)]


def compiled(document: Json) -> list[Template]:
    """The templates of a profile, in its order."""
    return [_compiled(pointer, one) for pointer, one in each(document, "templates")]


def normalized(statement: Json) -> Json:
    """The statement with every one of its contextActivities in an array (Structure 8.1)."""
    found = _in_arrays(statement)
    about = found["object"]
    if about.get("objectType") == "SubStatement" and (inner := _in_arrays(about)) is not about:
        found = {**found, "object": inner}
    return found


def _in_arrays(statement: Json) -> Json:
    context = statement.get("context", _NONE)
    groups = context.get("contextActivities", _NONE)
    for one in groups.values():
        if isinstance(one, dict):
            break
    else:
        return statement
    listed = {kind: [one] if isinstance(one, dict) else one for kind, one in groups.items()}
    return {**statement, "context": {**context, "contextActivities": listed}}


def _compiled(pointer: str, template: Json) -> Template:
    found = [(pointer + below, rules.compiled(rule)) for below, rule in each(template, "rules")]
    refers = template.get("objectStatementRefTemplate") or template.get("contextStatementRefTemplate")
    return Template(
        id=template["id"],
        pointer=pointer,
        verb=template.get("verb", ""),
        object_type=template.get("objectActivityType", ""),
        contexts={kind: frozenset(template[name]) for name, kind in _CONTEXT.items() if template.get(name)},
        usages=frozenset(template.get("attachmentUsageType", ())),
        object_refers=frozenset(template.get("objectStatementRefTemplate", ())),
        context_refers=frozenset(template.get("contextStatementRefTemplate", ())),
        rules=found,
        kept=[_never] if refers else rules.together(rule for _, rule in found),
    )


def _never(statement: Json) -> bool:
    """A statement that refers to another one is not judged without that."""
    return False


def _referred(statement: Json) -> Any:
    return statement.get("context", _NONE).get("statement", _NONE)
