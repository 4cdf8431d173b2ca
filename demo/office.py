"""What does a registrar do for this family? Catalogue, framework, who is who, a decision; each only once."""

from __future__ import annotations

import json
from pathlib import Path

from demo.family import INES, MIRA_AT_COOP, MIRA_AT_HOME, MIRA_AT_SCHOOL, MIRA_WITH_TUTOR
from demo.statements import Json, fixed_id
from lrs.auth import tenants
from lrs.database.pool import Database
from lrs.registrar import catalogue, decisions, frameworks, learners
from lrs.registrar.catalogue_file import CatalogueFile

CATALOGUE = Path(__file__).with_name("catalogue.yaml")
FRAMEWORK = Path(__file__).with_name("framework.json")
REGISTRAR = "demo registrar"

MIRA = fixed_id("learner Mira")
INES_SANTOS = fixed_id("learner Ines")

# Who they are, and the names under which places know them, each with the reason to think so.
PEOPLE: list[tuple[str, Json, list[tuple[Json, str]]]] = [
    (
        MIRA,
        {"name": "Mira Santos", "born": "2014-10-03"},
        [
            (MIRA_AT_HOME, "Her mother showed us the account."),
            (MIRA_AT_COOP, "The family's mail address, which the co-op has for her."),
            (MIRA_AT_SCHOOL, "On her school report."),
            (MIRA_WITH_TUTOR, "Her own mail address."),
        ],
    ),
    (INES_SANTOS, {"name": "Ines Santos"}, [(INES, "Her own mail address.")]),
]
WAIVED = fixed_id("decision physical education")
DECISION = {
    "kind": "waive",
    "course": "physical-education",
    "term": "2025-26",
    "reason": "Orienteering, three hours a week; her log-book was seen.",
}


def open_the_year(database: Database, tenant: str = tenants.DEFAULT) -> None:
    """Adopt the catalogue, import the framework, register the two, and link their identifiers."""
    offered = CatalogueFile(CATALOGUE.read_text("utf-8")).content
    catalogue.adopt(database, tenant, offered, by=REGISTRAR)
    package = frameworks.checked(json.loads(FRAMEWORK.read_text("utf-8")))
    frameworks.adopt(database, tenant, [package], by=REGISTRAR)
    for learner, known, identifiers in PEOPLE:
        learners.register(database, tenant, learner, known, by=REGISTRAR)
        for actor, reason in identifiers:
            identifier = {name: value for name, value in actor.items() if name != "name"}
            link = {"identifier": identifier, "reason": reason}
            learners.link(database, tenant, learner, link, by=REGISTRAR)


def close_the_year(database: Database, tenant: str = tenants.DEFAULT) -> int:
    """Decide what no platform could say; the position of the log that says so."""
    return decisions.decide(database, tenant, WAIVED, MIRA, DECISION, by=REGISTRAR)
