"""What do the parts of profiles say of each other, and is it so? Structure 6.1 to 9.0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from xapi_profiles.faults import Fault, Json, each, pointer

OPERATORS = ("alternates", "optional", "oneOrMore", "sequence", "zeroOrMore")
_PARTS = ("concepts", "templates", "patterns")
_WITHIN = ("broader", "narrower", "related")
_ELSEWHERE = ("broadMatch", "narrowMatch", "relatedMatch", "exactMatch")
_TEMPLATES = ("objectStatementRefTemplate", "contextStatementRefTemplate")


def check(document: Json, others: Sequence[Json] = ()) -> list[Fault]:
    """Every fault of a profile of the right shape that shows in what its parts say of each other.

    What it names of other profiles is looked up in `others`.
    """
    kinds = {one["id"]: one["type"] for profile in (*others, document) for _, one in each(profile, *_PARTS)}
    own = {one["id"]: one for _, one in each(document, *_PARTS)}
    return [
        *_versions(document),
        *_identifiers(document),
        *_relations(document, own, kinds),
        *_defined_again(document, others),
        *_referred_templates(document, own),
        *_patterns(document, kinds),
    ]


def members(pattern: Json) -> list[str]:
    """The Patterns and Statement Templates that a Pattern is made of, in its order."""
    found = next(pattern[operator] for operator in OPERATORS if operator in pattern)
    return found if isinstance(found, list) else [found]


def _versions(document: Json) -> Iterator[Fault]:
    versions = [*each(document, "versions")]
    known = [one.get("id") for _, one in versions]
    if sum("wasRevisionOf" not in one for _, one in versions) > 1:
        rule = "Of several versions all but the first must say with wasRevisionOf what they succeed."
        yield Fault("/versions", rule, "Structure 6.1")
    for at, one in versions:
        if known.count(one.get("id")) > 1 or one.get("id") == document["id"]:
            yield Fault(f"{at}/id", "A version needs an id that nothing else here has.", "Structure 6.1")
    for at, part in each(document, *_PARTS):
        if "inScheme" in part and part["inScheme"] not in known:
            yield Fault(f"{at}/inScheme", "This is no version of the profile.", "Structure 6.0")


def _identifiers(document: Json) -> Iterator[Fault]:
    counted = Counter(one["id"] for _, one in each(document, *_PARTS))
    for at, one in each(document, *_PARTS):
        if counted[one["id"]] > 1:
            rule = f"{one['id']} is the id of more than one thing in the profile."
            yield Fault(
                f"{at}/id", rule, "Structure 7.0", vital=one["type"] in ("StatementTemplate", "Pattern")
            )


def _relations(document: Json, own: Mapping[str, Json], kinds: Mapping[str, str]) -> Iterator[Fault]:
    for at, concept in each(document, "concepts"):
        if "related" in concept and not concept.get("deprecated"):
            yield Fault(f"{at}/related", "related is only for Concepts that are deprecated.", "Structure 7.1")
        for name in (*_WITHIN, *_ELSEWHERE):
            for number, target in enumerate(concept.get(name, ())):
                if rule := _relation(name, concept, target, own, kinds):
                    yield Fault(f"{at}/{name}/{number}", rule, "Structure 7.1")


def _relation(
    name: str, concept: Json, target: str, own: Mapping[str, Json], kinds: Mapping[str, str]
) -> str | None:
    if name in _WITHIN and target not in own:
        return f"{name} names Concepts of this profile, and {target} is none of them."
    if name in _ELSEWHERE and target in own:
        return f"{name} names Concepts of other profiles, and {target} is one of this profile."
    if kinds.get(target, concept["type"]) != concept["type"]:
        return f"{target} is of the type {kinds[target]}, and not of the same as this Concept."
    return None


def _defined_again(document: Json, others: Iterable[Json]) -> Iterator[Fault]:
    """A Concept is of one profile, unless another takes the place of that (Structure 7.0)."""
    for other in others:
        if _replaces(document, other) or _replaces(other, document):
            continue
        theirs = {one["id"] for _, one in each(other, "concepts")}
        for at, concept in each(document, "concepts"):
            if concept["id"] in theirs:
                rule = (
                    f"{concept['id']} is a Concept of {other['id']}, and this profile does not replace that."
                )
                yield Fault(f"{at}/id", rule, "Structure 7.0")


def _replaces(document: Json, other: Json) -> bool:
    """Does it succeed every version of the other?"""
    replaced = {iri for _, version in each(document, "versions") for iri in version.get("wasRevisionOf", ())}
    return replaced >= {one.get("id") for _, one in each(other, "versions")}


def _referred_templates(document: Json, own: Mapping[str, Json]) -> Iterator[Fault]:
    for at, template in each(document, "templates"):
        for name in _TEMPLATES:
            for number, target in enumerate(template.get(name, ())):
                if own.get(target, {}).get("type") != "StatementTemplate":
                    rule = f"{target} is no Statement Template of this profile."
                    yield Fault(f"{at}/{name}/{number}", rule, "Structure 8.0")


def _patterns(document: Json, kinds: Mapping[str, str]) -> Iterator[Fault]:
    patterns = {one["id"]: one for _, one in each(document, "patterns")}
    used = {member for one in patterns.values() for member in members(one)}
    for at, pattern in each(document, "patterns"):
        (operator,) = (name for name in OPERATORS if name in pattern)
        single = isinstance(pattern[operator], str)
        for number, member in enumerate(members(pattern)):
            where = f"{at}/{operator}" if single else f"{at}{pointer(operator, number)}"
            if kinds.get(member) not in ("Pattern", "StatementTemplate"):
                rule = f"{member} is no Pattern and no Statement Template that is known here."
                yield Fault(where, rule, "Structure 9.0")
            elif operator == "alternates" and {"optional", "zeroOrMore"} & patterns.get(member, {}).keys():
                rule = "An optional or zeroOrMore Pattern must not stand directly inside of alternates."
                yield Fault(where, rule, "Structure 9.0")
        if not single and len(pattern[operator]) < 2 and not _may_be_single(pattern, used, kinds):
            rule = f"{operator} needs two members; one Statement Template alone only in a primary sequence."
            yield Fault(f"{at}/{operator}", rule, "Structure 9.0")
        if _within_itself(pattern["id"], patterns):
            rule = "A Pattern must not be within itself, at any depth."
            yield Fault(f"{at}/{operator}", rule, "Structure 9.0", vital=True)


def _may_be_single(pattern: Json, used: set[str], kinds: Mapping[str, str]) -> bool:
    return (
        bool(pattern.get("primary"))
        and pattern["id"] not in used
        and [kinds.get(member) for member in pattern.get("sequence", ())] == ["StatementTemplate"]
    )


def _within_itself(start: str, patterns: Mapping[str, Json]) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for member in members(patterns[waiting.pop()]):
            if member == start:
                return True
            if member in patterns and member not in seen:
                seen.add(member)
                waiting.append(member)
    return False
