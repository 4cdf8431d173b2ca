"""Maps over tables: learners, links, catalogue, frameworks and evidence, as a log would make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from jsonschema import Draft202012Validator, FormatChecker

from lrs.auth import tenants
from lrs.database.pool import Database
from lrs.log.events import FrameworkImported
from lrs.xapi.vocabulary import Json
from projections.catalogue.project import CATALOGUE
from projections.competencies.project import COMPETENCIES
from projections.competencies.resources import RESOURCES
from projections.frameworks.project import FRAMEWORKS
from projections.learners.project import LEARNERS
from projections.resource import Resource, View
from tests.projections.built import Built
from tests.projections.competencies.builders import BEFORE, CHILDREN, identifier, uri
from tests.projections.transcript.builders import recorded

PROJECTIONS = (COMPETENCIES, LEARNERS, CATALOGUE, FRAMEWORKS)
MAP, ONE, NEXT, COHORT = (each.path for each in RESOURCES)
NOW = datetime(2026, 6, 2, tzinfo=UTC)


class Maps:
    """Tables of a tenant of its own, and what is read from them."""

    def __init__(self, database: Database) -> None:
        tenant = f"t{uuid4().hex[:12]}"
        tenants.create(database, tenant)
        self.builds = [Built(database, tenant, each) for each in PROJECTIONS]
        self.position = self.amended = 0

    def take(self, *events: Any) -> Maps:
        """Fold events into rows, one after the other."""
        for each in events:
            self.position += 1
            for build in self.builds:
                build.take([recorded(each, self.position)])
        return self

    def forget(self, position: int) -> Maps:
        """Let all rows of a position go, as an erasure does."""
        self.amended += 1
        for build in self.builds:
            build.forget(position)
        return self

    def ask(self, path: str, *, at: int | None = None, now: datetime = NOW, **asked: str) -> Any:
        """What a resource says, as it goes out, which is valid by the schema that it publishes."""
        (resource,) = [each for each in RESOURCES if each.path == path]
        tables = {build.projection.name: build.prefix for build in self.builds}
        log = self.builds[0].log
        with log.database.connection() as connection:
            amendments = dict.fromkeys(tables, self.amended)
            view = View(connection, log.tenant, self.position if at is None else at, now, tables, amendments)
            found = resource.read(view, asked)
        return valid(resource, found)


def valid(resource: Resource, found: Json) -> Any:
    """The document as a client gets it."""
    whole = orjson.loads(orjson.dumps({**found, "position": 1, "as_of": "2026-06-02T00:00:00Z"}))
    Draft202012Validator(resource.schema or {}, format_checker=FormatChecker()).validate(whole)
    return whole


def package(
    children: Mapping[str, Sequence[str]] = CHILDREN, before: Mapping[str, Sequence[str]] = BEFORE
) -> Json:
    """The CFPackage of the framework that builders make."""
    names = sorted({each for under in children.values() for each in under})
    when = {"lastChangeDateTime": "2026-01-01T00:00:00Z"}
    node = {name: {"title": name, "identifier": identifier(name), "uri": uri(name)} for name in ["", *names]}
    links = [("isChildOf", child, parent) for parent, under in children.items() for child in under]
    links += [("precedes", one, after) for after, several in before.items() for one in several]
    return {
        "CFDocument": {
            "identifier": identifier(""),
            "uri": uri(""),
            "title": "Maths",
            "creator": "us",
            "CFPackageURI": node[""],
            **when,
        },
        "CFItems": [
            {
                "identifier": identifier(each),
                "uri": uri(each),
                "fullStatement": f"Can do {each}.",
                "humanCodingScheme": each,
                **when,
            }
            for each in names
        ],
        "CFAssociations": [
            {
                "identifier": identifier(f"{kind} {origin} {goal}"),
                "uri": uri(f"{kind} {origin} {goal}"),
                "associationType": kind,
                "originNodeURI": node[origin],
                "destinationNodeURI": node[goal],
                "sequenceNumber": number,
                **when,
            }
            for number, (kind, origin, goal) in enumerate(links, 1)
        ],
    }


def imported(found: Json | None = None) -> FrameworkImported:
    given = found or package()
    return FrameworkImported(given["CFDocument"]["identifier"], "0" * 64, given, "office")
