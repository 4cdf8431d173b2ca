"""A log of statements and profiles, and the projection that a runner would make of it, batch by batch."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import orjson
from eventsourcing.persistence import StoredEvent
from jsonschema import Draft202012Validator, FormatChecker
from psycopg.sql import SQL, Identifier

from lrs.cli.asking import ask
from lrs.database import sql
from lrs.database.pool import Database
from lrs.log import streams
from lrs.log.event_log import EventLog
from lrs.log.events import Event, ProfileAdded, ProfilePolicyAdopted, ProviderTrusted
from lrs.xapi.vocabulary import VOIDED
from projections import builds, found
from projections.builds import Build
from projections.catalogue.project import CATALOGUE
from projections.follow import Follower
from projections.profiles.project import PROFILES
from tests.xapi_profiles.builders import PLACED, PROFILE, Json, a_profile, a_statement, a_template

SCHOOL = {"account": {"homePage": "https://school.example", "name": "moodle"}}
HOME = {"mbox": "mailto:home@mail.example"}
REPORT = "/profiles/report"
SCORED = {"location": "$.result.score.raw", "presence": "included"}
LATER = "https://example.org/verbs/later"
# No rule of ours lets it in, but the log may be older than the rule.
UNUSABLE = {"id": PROFILE, "type": "Profile", "templates": "none"}
OTHER = "https://example.org/verbs/other"


class Store:
    """One tenant: what is said in it, and what is read of it."""

    def __init__(self, database: Database, tenant: str) -> None:
        self.database, self.tenant = database, tenant
        self.log = EventLog(database, tenant)
        self._holder = uuid4()
        self._builds: dict[str, Build] = {}

    def say(self, *statements: Json, by: Json = SCHOOL) -> int:
        """Statements as the store writes them, in this order; the last position."""
        whole = [{**each, "authority": by, "stored": "2026-02-01T10:00:00Z"} for each in statements]
        events = [StoredEvent(UUID(each["id"]), 1, "statement-stored", orjson.dumps(each)) for each in whole]
        with self.database.connection() as connection:
            self.log.append(connection, events)
        return self.log.head().position

    def void(self, statement: str) -> int:
        """Void one, as another."""
        about = {"objectType": "StatementRef", "id": statement}
        return self.say({"id": str(uuid4()), "actor": HOME, "verb": {"id": VOIDED}, "object": about})

    def add(self, document: Json) -> int:
        """A profile says this from now on."""
        sha256 = str(hash(orjson.dumps(document)))
        return self._happened(ProfileAdded(document["id"], sha256, document, "office"))

    def adopt(self, profile: str, policy: str) -> int:
        """What becomes of what a profile does not allow."""
        return self._happened(ProfilePolicyAdopted(profile, policy, "office"))

    def trust_the_school(self) -> int:
        """The school is a provider of the catalogue."""
        ifi = "account|https://school.example|moodle"
        return self._happened(ProviderTrusted("school", "The school", [ifi], "approved", "office"))

    def _happened(self, event: Event) -> int:
        with self.log.locked() as connection:
            return streams.append(self.log, connection, [(uuid4(), event)])

    def follow(self, *batches: int, anew: bool = False) -> int:
        """Take in what is new, first in batches of these sizes; the position that is reached."""
        head = self.log.head().position
        for projection in (PROFILES, CATALOGUE):
            follower = Follower(self.database, self.tenant, projection, self._holder)
            build = self._builds.get(projection.name)
            if build is None or anew:
                with self.database.connection() as connection:
                    build = builds.begin(
                        connection, self.tenant, projection, self._holder, beside=build is not None
                    )
            for size in batches:
                build = follower.advance(build, until=min(head, build.position + size))
            build = follower.catch_up(build, until=head)
            self._builds[projection.name] = build if build.finished else follower.switch(build)
        return head

    def ask(self, path: str, *, at: int | None = None, **asked: str) -> Any:
        """What a resource says, as it is published."""
        (resource,) = [each for each in found.resources() if each.path == path]
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        said = orjson.loads(orjson.dumps(ask(self.database, self.tenant, f"{path}?{query}", as_of=at)))
        Draft202012Validator(resource.schema or {}, format_checker=FormatChecker()).validate(said)
        return said

    def rows(self) -> dict[str, list[Any]]:
        """All that is kept."""
        schema = sql.schema(self.tenant).strip('"')
        build = self._builds["profiles"]
        with self.database.connection() as connection:
            return {
                name: sorted(
                    connection.execute(
                        SQL("SELECT t::text FROM {} AS t").format(
                            Identifier(schema, f"{build.prefix}_{name}")
                        )
                    )
                )
                for name in ("added", "policy", "said", "voided", "tally")
            }


def sports(*rules: Json, **members: Json) -> Json:
    """A profile in which who has placed has a score."""
    return a_profile(templates=[a_template("placing", *(rules or (SCORED,)), verb=PLACED)], **members)


def good(**members: Json) -> Json:
    return a_statement(result={"score": {"raw": 1}}, **members)


def bad(**members: Json) -> Json:
    return a_statement(**members)


def other(**members: Json) -> Json:
    return a_statement(**{"verb": {"id": OTHER}, **members})


def numbers(found: Json) -> tuple[int, ...]:
    return tuple(found[name] for name in ("valid", "invalid", "unmatched"))
