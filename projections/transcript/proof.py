"""How does a transcript convince who does not trust us? With proofs that its basis is in the signed log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import orjson

from lrs.xapi.vocabulary import Json
from projections.resource import Resource, View
from projections.transcript import issue
from projections.transcript.evidence import Evidence
from projections.transcript.read import NAME, QUERIES, Beside, folded, issue_under

SCHEMA = orjson.loads(Path(__file__).with_name("schema").joinpath("transcript-proof.json").read_bytes())
FORMAT = "lrs-transcript-proof/1"
# Proofs of statements, and of the events at positions: entries with their paths, a checkpoint and the key.
Prove = Callable[[View, Collection[UUID], Collection[int]], Json]
Read = Callable[[View, Mapping[str, str]], Json]


def resources(
    beside: Beside, prove: Prove, *, projections: tuple[str, ...] = ("learners", "catalogue", "cmi5", "audit")
) -> tuple[Resource, Resource]:
    """A transcript with its proofs, and one that went out with them and the proof that it did.

    They need the scope of a registrar, for they have statements in them with all that these say.
    """

    def read(view: View, asked: Mapping[str, str]) -> Json:
        return _proven(view, *folded(view, asked["learner"], beside), prove)

    def issued(view: View, asked: Mapping[str, str]) -> Json:
        learner = asked["learner"]
        went_out = issue_under(folded(view, learner, beside)[1], asked["issue"])
        then = _at(view, went_out.of)
        return _proven(view, *folded(then, learner, beside), prove, went_out.position)

    def resource(path: str, summary: str, read: Read) -> Resource:
        named = f"/learners/{{learner}}/transcript{path}/proofs"
        return Resource(named, summary, "registrar", (NAME, *projections), read, schema=SCHEMA)

    return (
        resource("", "A transcript, and what proves that its basis is in the log.", read),
        resource(
            "/issues/{issue}",
            "A transcript that went out, and what proves its basis, and that it did.",
            issued,
        ),
    )


def _proven(view: View, document: Json, evidence: Evidence, prove: Prove, *further: int) -> Json:
    basis = [line["basis"] for line in (*document["lines"], *document["in_progress"])]
    statements = {
        UUID(each)
        for one in basis
        for name in ("statements", "unverified", "verified_by")
        for each in one[name]
    }
    decisions = {each for one in basis for each in one["decisions"]}
    decided = [each.position for each in evidence.decisions if each.decision in decisions]
    return {
        "format": FORMAT,
        "transcript": issue.seal(document, ()),
        **prove(view, statements, [*decided, *further]),
    }


def _at(view: View, position: int) -> View:
    ((stored,),) = view.connection.execute(QUERIES(view.tenant, "stored"), {"position": position}).fetchall()
    return replace(view, position=position, time=stored)
