"""What is a profile, ready to be checked against?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xapi_profiles import concepts, templates
from xapi_profiles.automaton import Automaton, NotBuilt
from xapi_profiles.concepts import Concepts
from xapi_profiles.faults import Fault, Json, each
from xapi_profiles.templates import ByVerb

# Communities that have had a name for their statements for longer than there are profiles.
ALIASES: Mapping[str, Sequence[str]] = {
    "https://w3id.org/xapi/cmi5": ["https://w3id.org/xapi/cmi5/context/categories/cmi5"],
}


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: its `document` as it came, what is wrong with it, and its parts ready to be used.

    `version` is the version that the document describes; a statement that has one of `names` as a category
    says that it conforms.
    """

    document: Json
    id: str
    version: str
    names: frozenset[str]
    faults: Sequence[Fault]
    templates: ByVerb
    concepts: Concepts
    patterns: Mapping[str, Automaton]

    @property
    def ordered(self) -> set[str]:
        """The templates of whose order Patterns have something to say."""
        return set().union(*(one.templates for one in self.patterns.values()))


class Profiles:
    """Profiles that are checked together. Nothing of it ever changes, so that threads may share it.

    `refer` is whether one of them has templates that look at the statement another one refers to.
    """

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._profiles = tuple(profiles)
        self.refer = any(one.templates.refer for one in self._profiles)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self._profiles)

    def __len__(self) -> int:
        return len(self._profiles)

    def __getitem__(self, name: str) -> Profile:
        """By its id, one of its versions or an alias."""
        for one in self._profiles:
            if name in one.names:
                return one
        raise KeyError(name)


def compiled(
    document: Json, faults: Sequence[Fault], others: Sequence[Json], aliases: Iterable[str]
) -> Profile:
    """A profile without vital faults, whose Patterns may use what the others define (Structure 9.0)."""
    version = _version(document)
    known = {one["id"]: one for profile in (*others, document) for _, one in each(profile, "templates")}
    patterns = {one["id"]: one for profile in (*others, document) for _, one in each(profile, "patterns")}
    automata, unbuilt = _automata(document, patterns, known)
    return Profile(
        document,
        document["id"],
        version,
        frozenset({document["id"], version, *aliases, *ALIASES.get(document["id"], ())}),
        [*faults, *unbuilt],
        ByVerb([*templates.compiled(document), *_used_of_others(document, others, automata.values())]),
        concepts.compiled(document),
        automata,
    )


def _version(document: Json) -> str:
    """Of which version the parts say that they are; the latest of several."""
    used = {one.get("inScheme") for _, one in each(document, "concepts", "templates", "patterns")}
    versions = sorted(each(document, "versions"), key=lambda found: str(found[1].get("generatedAtTime", "")))
    known = [one["id"] for _, one in versions if "id" in one]
    described = [one for one in known if one in used] or known
    return described[-1] if described else str(document["id"])


def _automata(
    document: Json, patterns: Mapping[str, Json], known: Mapping[str, Json]
) -> tuple[dict[str, Automaton], list[Fault]]:
    built: dict[str, Automaton] = {}
    faults = []
    for at, pattern in each(document, "patterns"):
        if pattern.get("primary"):
            try:
                built[pattern["id"]] = Automaton(pattern["id"], patterns, known)
            except NotBuilt as reason:
                faults.append(Fault(at, f"This Pattern is not checked: {reason}.", "Structure 9.0"))
    return built, faults


def _used_of_others(
    document: Json, others: Sequence[Json], automata: Iterable[Automaton]
) -> Iterator[templates.Template]:
    """Structure 9.0: what Patterns use of other profiles is validated as if it were in this one."""
    own = {one["id"] for _, one in each(document, "templates")}
    used = {template for one in automata for template in one.templates} - own
    for other in others if used else ():
        for template in templates.compiled(other):
            if template.id in used:
                used.discard(template.id)
                yield template
