"""What happened, in words? Of a statement its verb and object, of all other events what they are about."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import orjson

from lrs.xapi import actor, language
from lrs.xapi.vocabulary import Json
from projections.testimony import parts

# A name can be as long as a statement, and a field as long as a whole framework.
LONGEST, LARGEST = 300, 2000

_SENTENCES = {
    "document-stored": "stored the document {document_id} ({kind})",
    "document-deleted": "deleted the document {document_id} ({kind})",
    "key-issued": "the key {key} was issued",
    "key-revoked": "the key {key} was revoked",
    "learner-registered": "registered the learner as {name}",
    "identifier-linked": "linked the identifier to the learner",
    "identifier-unlinked": "unlinked the identifier from the learner",
    "provider-trusted": "trusted the provider {provider} ({trust})",
    "provider-revoked": "revoked the provider {provider}",
    "course-defined": "defined the course {course}",
    "activity-mapped": "mapped the activity {activity} to a course",
    "grading-scale-defined": "defined the grading scale {scale}",
    "policy-adopted": "adopted a policy of transcripts",
    "registrar-decided": "decided about the course {course} ({kind})",
    "transcript-issued": "issued the transcript {transcript}",
    "framework-imported": "imported the framework {framework}",
    "activity-aligned": "aligned the activity {activity} with competencies",
    "mastery-policy-adopted": "adopted a policy of mastery",
    "course-structure-imported": "imported the cmi5 course {structure}",
    "statement-erased": "erased the statement {statement}: {reason}",
    "learner-erased": "erased the learner: {reason}",
    "profile-added": "added the profile {profile}",
    "profile-policy-adopted": "adopted the policy {policy} for the profile {profile}",
}


def of_statement(statement: Json) -> tuple[str, Json]:
    """A sentence without a subject, and verb and object."""
    verb, about = _verb(statement["verb"]), _object(statement["object"])
    called = about.get("name") or about.get("id") or about["objectType"]
    return _short(f"{verb['name'] or verb['id']} {called}"), {"verb": verb, "object": about}


def of_event(topic: str, said: Json) -> tuple[str, Json]:
    """The same of another event, and its fields but for those that are large."""
    sentence = _SENTENCES.get(topic, topic.replace("-", " "))
    fields = {name: value for name, value in said.items() if len(orjson.dumps(value)) <= LARGEST}
    return _short(sentence.format_map(defaultdict(str, said))), fields


def _verb(verb: Json) -> Json:
    display = verb.get("display")
    return {"id": verb["id"], "name": _short(display[language.choose(display, "")]) if display else None}


def _object(about: Json) -> Json:
    kind = about.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        ifi = actor.ifi(about)
        return {"objectType": kind, "identifier": actor.agent(ifi) if ifi else None}
    if kind == "SubStatement":
        return {"objectType": kind}
    title: Any = parts.title(about)
    return {"objectType": kind, "id": about["id"], "name": _short(title) if title else None}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
