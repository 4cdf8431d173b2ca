"""What stands behind a figure? Every piece of evidence of one competency, and whose word it is."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from lrs.xapi.vocabulary import Json
from projections.competencies import document, mastery
from projections.competencies.alignment import Alignment
from projections.competencies.evidence import CATALOGUE, CONTEXT, EXTENSION, OBJECT
from projections.competencies.folding import Folded
from projections.testimony.moments import moment
from projections.testimony.sources import Sources

PLACES: Mapping[int, str] = {
    OBJECT: "object",
    CONTEXT: "context",
    EXTENSION: "extension",
    CATALOGUE: "catalogue",
}


def pieces(identifier: str, folded: Folded, alignment: Alignment, sources: Sources, now: int) -> Json:
    """What the map names by its statements, in full, oldest first."""
    found = [_piece(n, folded, alignment, sources, now) for n in folded.numbers.get(identifier, ())]
    counted = set(folded.masteries[identifier].scored) if identifier in folded.masteries else set()
    return {
        "pieces": [each | {"counts": each["statement"] in counted} for each in found],
    }


def _piece(number: int, folded: Folded, alignment: Alignment, sources: Sources, now: int) -> Json:
    shown = folded.shown
    authorities = orjson.loads(shown.authorities[number])
    score = shown.scores[number]
    return {
        "statement": shown.statements[number],
        "at": moment(shown.ats[number]),
        "score": document.rounded(score),
        "weight": document.rounded(_weight(shown.ats[number], now)),
        "aligned_by": PLACES[alignment.of(shown.candidates[number]).place],
        "by": document.whose(sources.of(authorities), authorities),
        "accepted": folded.accepted[number] > 0,
    }


def _weight(at: int, now: int) -> float:
    return mastery.faded(mastery.grown(min(at, now)), now)
