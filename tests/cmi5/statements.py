"""Statements of a cmi5 session as a launching system and a unit say them."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid5

from lrs.cmi5 import nodes, structure, words
from lrs.cmi5.nodes import Node
from tests.cmi5.samples import COURSE, a_block, a_course, an_au

Json = dict[str, Any]
IDS = UUID("2a2f8a1e-2f35-4a55-8a6e-5d8b5a4f0b11")
MIRA = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "mira"}}
REGISTRATION = "5d0d6c39-9c7d-4f4e-8d9b-0a4b5b1d7e21"
DURATION = {"completed", "passed", "failed", "terminated", "abandoned"}


def a_tree(*children: str) -> Node:
    """A course of these, or of a block with rocks in it, and sea; both by Passed."""
    inside = children or (
        a_block("deep", an_au(moveOn="Passed", masteryScore="0.8")),
        an_au("sea", moveOn="Passed"),
    )
    return nodes.tree(structure.read(io.BytesIO(a_course(*inside))))


def the_id(name: str) -> str:
    return str(uuid5(IDS, name))


class Session:
    """Makes the statements of a session, a second after each other; their ids come from session and verb."""

    def __init__(
        self, name: str = "s1", au: str = "rocks", *, begins: int = 0, registration: str = REGISTRATION,
        actor: Json = MIRA,
    ) -> None:  # fmt: skip
        self.name, self.au, self.registration, self.actor = name, f"{COURSE}/{au}", registration, actor
        self.activity = nodes.activity_id(COURSE, self.au)
        self.seconds = begins

    def launched(self, move_on: str = "Passed", mastery: float | None = None, mode: str = "Normal") -> Json:
        extensions: Json = {
            words.MOVE_ON: move_on,
            words.LAUNCH_MODE: mode,
            words.LAUNCH_URL: "https://x.example/",
        }
        if mastery is not None:
            extensions[words.MASTERY_SCORE] = mastery
        return self.says("launched", extensions=extensions)

    def all(self, *verbs: str, **launch: Any) -> list[Json]:
        """Launched, initialized, these, and terminated."""
        said = [self.launched(**launch), self.says("initialized"), *map(self.says, verbs)]
        return [*said, self.says("terminated")]

    def says(
        self, verb: str, *, result: Json | None = None, extensions: Json | None = None, **more: Any
    ) -> Json:
        """A statement that breaks no rule by itself; members replace or add, None removes."""
        self.seconds += 1
        made = a_result(verb) | (result or {})
        made = {name: value for name, value in made.items() if value is not None}
        categories = [{"id": words.CATEGORY}]
        if "success" in made or "completion" in made:
            categories.append({"id": words.MOVE_ON_CATEGORY})
        context = {
            "registration": self.registration,
            "contextActivities": {"category": categories, "grouping": [{"id": self.au}]},
            "extensions": {words.SESSION: self.name, **(extensions or {})},
        }
        at = f"2026-03-01T10:{self.seconds // 60:02}:{self.seconds % 60:02}.000000Z"
        return {
            "id": the_id(more.pop("name", f"{self.name} {verb}")),
            "actor": self.actor,
            "verb": {"id": words.IRIS.get(verb, verb)},
            "object": {"objectType": "Activity", "id": self.activity},
            "timestamp": at,
            "context": context | more.pop("context", {}),
            **({"result": made} if made else {}),
            **more,
        }


def a_result(verb: str) -> Json:
    made: Json = {"duration": "PT1M"} if verb in DURATION else {}
    if verb in ("passed", "failed", "waived"):
        made["success"] = verb != "failed"
    if verb in ("completed", "waived"):
        made["completion"] = True
    if verb == "waived":
        made["extensions"] = {words.REASON: "Tested Out"}
    return made


def satisfied(session: Session, node: str, kind: str, **more: Any) -> Json:
    """That a block or the course is satisfied, as its launching system says it."""
    publisher = COURSE if kind == "course" else f"{COURSE}/{node}"
    about = {
        "id": nodes.activity_id(COURSE, publisher),
        "definition": {"type": words.TYPES[kind]},
    }
    named = f"{session.name} satisfied {node}"
    made = session.says("satisfied", **{"name": named, "object": about, **more})
    made["context"]["contextActivities"]["grouping"] = [{"id": publisher}]
    return made
