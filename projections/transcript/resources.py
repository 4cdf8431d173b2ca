"""What can be asked about transcripts? One learner's, with who she is and the catalogue as they were then."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from lrs.xapi import time
from projections.audit.proven import proven
from projections.catalogue.read import catalogue_at
from projections.cmi5 import concluded
from projections.learners.read import learner_at
from projections.resource import View
from projections.testimony.moments import microseconds
from projections.testimony.sources import Sources
from projections.transcript import proof, read
from projections.transcript.contribution import Contribution
from projections.transcript.evidence import Conclusion
from projections.transcript.read import Beside


def _concluded(view: View, ifis: Sequence[UUID], sources: Sources) -> list[Conclusion]:
    """The courses of cmi5 that are satisfied by what is believed."""
    return [
        Conclusion(_satisfied(each), each.sent, each.activities)
        for each in concluded.courses(view, ifis, sources.count)
    ]


def _satisfied(course: concluded.Course) -> Contribution:
    """As if the statement that decided had been about the course."""
    return Contribution(
        position=course.position,
        statement=course.statement,
        verb="satisfied",
        at=microseconds(time.parse(course.at)),
        authorities=list(course.authorities),
        object=course.id,
        around=[],
        registration=course.registration,
        success=None,
        completion=None,
        score=None,
        grade=None,
        progress=None,
        title=course.title,
        as_member=False,
    )


_BESIDE = Beside(learner_at, catalogue_at, _concluded)
RESOURCES = (*read.resources(_BESIDE), *proof.resources(_BESIDE, proven))
