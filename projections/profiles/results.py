"""What do the profiles in force say of one statement, and of one registration?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from lrs.errors import NotFound
from lrs.xapi.vocabulary import Json
from projections.profiles import following, force, read, tally
from projections.profiles.force import Added
from projections.profiles.read import Said
from projections.profiles.tally import Find
from projections.resource import View
from xapi_profiles import Mode, Occurrence, Profile, Profiles, ProfileVerdict, arranged, occurrence

# Voided statements say nothing any more: so many of a registration are named.
MOST_NAMED = 100


def of_statement(view: View, id: UUID, mode: Mode) -> Json:
    """Which templates of each profile a statement matches, and how it breaks them; NotFound."""
    said = read.statement(view, id)
    if said is None:
        raise NotFound(f"There is no statement {id}.")
    in_force = read.in_force(view)
    profiles = force.together(read.asking(view), in_force)
    verdicts = tally.verdicts(said.statement, profiles, mode=mode, find=finding(view))
    by_id = {each.profile: each for each in in_force}
    return {
        "statement": str(id),
        "voided": said.voided,
        "mode": mode,
        "profiles": [about(by_id[each.profile], each.version) | _verdict(each) for each in verdicts],
    }


def outcomes(view: View) -> Callable[[Json], list[Json]]:
    """What each profile in force makes of a statement, where it names that or matches a template of it."""
    in_force = read.in_force(view)
    profiles = force.together(read.asking(view), in_force)

    def of(statement: Json) -> list[Json]:
        verdicts = tally.verdicts(statement, profiles, find=finding(view)) if in_force else ()
        return [
            {"profile": each.profile, "outcome": each.outcome}
            for each in verdicts
            if each.declared or each.outcome != "unmatched"
        ]

    return of


def of_registration(view: View, registration: UUID) -> Json:
    """How far a registration is with the Patterns of each profile; NotFound where nothing was said in it."""
    in_force = read.in_force(view)
    profiles = force.together(read.asking(view), in_force)
    following_: dict[str, list[Occurrence]] = {}
    count, voided = 0, list[str]()
    for said in read.of_registration(view, registration):
        count += 1
        if said.voided:
            voided.append(said.statement["id"])
            continue
        for profile, one in _occurrences(said, profiles, finding(view)):
            following_.setdefault(profile.id, []).append(one)
    if not count:
        raise NotFound(f"Nothing was said in registration {registration}.")
    by_id = {each.id: each for each in profiles}
    return {
        "registration": str(registration),
        "statements": count,
        "voided_count": len(voided),
        "voided": voided[:MOST_NAMED],
        "profiles": [
            about(each, by_id[each.profile].version)
            | {"groups": _groups(by_id[each.profile], following_[each.profile])}
            for each in in_force
            if each.profile in following_
        ],
    }


def about(added: Added, version: str) -> Json:
    """Which profile it is, and since when it says so."""
    return {"profile": added.profile, "version": version, "added": added.position, "policy": added.policy}


def finding(view: View) -> Find:
    """The statement with an id, where it is known as of the view."""

    def find(id: str) -> Json | None:
        found = read.statement(view, UUID(id))
        return found.statement if found else None

    return find


def _verdict(verdict: ProfileVerdict) -> Json:
    return {
        "outcome": verdict.outcome,
        "declared": verdict.declared,
        "templates": [
            {
                "template": each.template,
                "followed": each.followed,
                "broken": [one._asdict() for one in each.broken],
            }
            for each in verdict.matches
        ],
        "concepts": [each._asdict() for each in verdict.misuses],
    }


def _occurrences(said: Said, profiles: Profiles, find: Find) -> Iterator[tuple[Profile, Occurrence]]:
    verdicts = tally.verdicts(said.statement, profiles, find=find)
    for profile, verdict in zip(profiles, verdicts, strict=False):  # there may be none at all
        if profile.patterns and (one := occurrence(said.statement, verdict, profile)):
            yield profile, one


def _groups(profile: Profile, occurrences: Sequence[Occurrence]) -> list[Json]:
    return [
        {
            "subregistration": group.subregistration or None,
            "statements": len(found),
            **following.told(following.follow(profile, found)),
        }
        for group, found in arranged(occurrences).items()
    ]
