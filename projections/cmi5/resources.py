"""What can be asked about cmi5? The courses, one of them, a registration, and those of a learner."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import orjson

from lrs.errors import NotFound
from projections.cmi5 import documents, read
from projections.cmi5.read import NAME
from projections.learners.read import NAME as LEARNERS
from projections.learners.read import person
from projections.resource import Json, Resource, View


def courses(view: View, _: Mapping[str, str]) -> Json:
    """Every course, the one that was imported last first."""
    return {"courses": [documents.summary(each) for each in read.courses(view)]}


def course(view: View, asked: Mapping[str, str]) -> Json:
    """One course, by our id of it."""
    wanted = asked["course"].lower()
    found = next((each for each in read.courses(view) if each.structure == wanted), None)
    if found is None:
        raise NotFound(f"There is no course {wanted[:100]}.")
    return documents.course(found)


def registration(view: View, asked: Mapping[str, str]) -> Json:
    """One registration, with its units, sessions and violations."""
    try:
        named = UUID(asked["registration"])
    except ValueError:
        raise NotFound("A registration is named by a UUID.") from None
    for found in read.registrations(view, named=named):
        return documents.registration(found)
    raise NotFound(f"Nothing of cmi5 was said in registration {named}.")


def of_learner(view: View, asked: Mapping[str, str]) -> Json:
    """The registrations of a learner."""
    who = person(view, asked["learner"])
    known = {each.ifi for each in who.identifiers}
    found = read.registrations(view, ifis=[each.digest for each in who.identifiers])
    hers = [each for each in found if each.actor in known]
    return {"learner": str(who.id), "registrations": [documents.outline(each) for each in hers]}


def _schema(name: str) -> Json:
    text = Path(__file__).with_name("schema").joinpath(f"{name}.json").read_bytes()
    schema: Json = orjson.loads(text)
    return schema


RESOURCES = (
    Resource(
        "/cmi5/courses", "Which cmi5 courses there are.", "transcripts/read", (NAME,), courses,
        schema=_schema("cmi5-courses"), learner="", personal=False,
    ),
    Resource(
        "/cmi5/courses/{course}", "What a cmi5 course consists of.", "transcripts/read", (NAME,), course,
        schema=_schema("cmi5-course"), learner="", personal=False,
    ),
    Resource(
        "/cmi5/registrations/{registration}", "How far a learner is in a cmi5 course, and what was broken.",
        "transcripts/read", (NAME,), registration, schema=_schema("cmi5-registration"), learner="",
    ),
    Resource(
        "/learners/{learner}/cmi5", "A learner's registrations of cmi5.", "transcripts/read",
        (NAME, LEARNERS), of_learner, schema=_schema("cmi5-learner"),
    ),
)  # fmt: skip
