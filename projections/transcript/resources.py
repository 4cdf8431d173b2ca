"""What can be asked about transcripts? One learner's, with who she is and the catalogue as they were then."""

from __future__ import annotations

from projections.catalogue.read import catalogue_at
from projections.learners.read import person
from projections.resource import View
from projections.transcript import read
from projections.transcript.read import Learner


def _who(view: View, learner: str) -> Learner:
    found = person(view, learner)
    about = {
        "id": str(found.id),
        "name": found.name or None,
        "born": found.born or None,
        "number": found.number or None,
    }
    return Learner(about, [each.digest for each in found.identifiers])


RESOURCES = read.resources(_who, catalogue_at)
