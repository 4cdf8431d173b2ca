"""What is a learner's transcript? A pure fold of evidence and catalogue, made when somebody reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from lrs.log import repeals
from lrs.xapi import time
from lrs.xapi.vocabulary import Json
from projections.catalogue.model import Catalogue
from projections.testimony.moments import moment
from projections.testimony.sources import Sources
from projections.transcript import decisions, grades, lines, repeats, totals, trust
from projections.transcript.attempts import Attempt
from projections.transcript.evidence import Conclusion, Decision, Evidence
from projections.transcript.grades import Result
from projections.transcript.lines import Line
from projections.transcript.trust import Claim


def fold(learner: Json, evidence: Evidence, catalogue: Catalogue, *, position: int, as_of: datetime) -> Json:
    """The document that schema/transcript.json describes, but for `issued` and `sha256` (see `issue.seal`).

    Depends on nothing else, and not on the order in which anything came.
    """
    weighed = trust.weigh(evidence, Sources(catalogue))
    by_statements, unmapped = lines.of(weighed.claims, catalogue, _aliases(evidence.conclusions))
    decided = decisions.applied(evidence.decisions, sorted(by_statements, key=_place), catalogue)
    counted = sorted(repeats.counted(decided, catalogue.policy), key=_place)
    finished = [line for line in counted if line.result.status not in grades.IN_PROGRESS]
    in_progress = [line for line in counted if line.result.status in grades.IN_PROGRESS]
    return {
        "learner": learner,
        "position": position,
        "as_of": time.format(as_of),
        "lines": [_line(each, catalogue) for each in finished],
        "totals": totals.credits(finished, in_progress),
        "gpa": totals.gpa(finished),
        "in_progress": [_line(each, catalogue) for each in in_progress],
        "unmapped": _unmapped(unmapped),
        "quarantined": [each._asdict() for each in weighed.refused],
        "decisions": _decisions(evidence.decisions),
    }


def _aliases(conclusions: Iterable[Conclusion]) -> dict[str, str]:
    """A course of cmi5 has the publisher's id and another one; the registrar may map either."""
    found = {}
    for each in conclusions:
        for activity in each.activities:
            found[activity], found[each.said.object] = each.said.object, activity
    return found


def _place(line: Line) -> tuple[Any, ...]:
    """Lines stand in the order in which they began."""
    key = line.key
    began = line.decided if line.began is None else line.began
    return began, key.course, key.provider, key.term or "", key.registration or ""


def _line(line: Line, catalogue: Catalogue) -> Json:
    course, result = line.course, line.result
    points = line.gpa_points
    return {
        "course": course.id,
        "title": course.title,
        "code": course.code,
        "subject": course.subject,
        "sced": course.sced,
        "level": course.level,
        "provider": {
            "id": line.provider.id if line.provider else None,
            "name": line.origin,
            "trust": line.trust,
        },
        "term": line.key.term,
        "registration": line.key.registration,
        "began": moment(line.began),
        "ended": moment(line.ended),
        "status": result.status,
        "progress": totals.text(line.progress),
        "attempts": [_attempt(*each, number == line.chosen) for number, each in enumerate(line.attempts)],
        "credits": {
            "unit": course.credits.unit,
            "attempted": totals.plain(course.credits.amount),
            "earned": totals.plain(line.earned),
        },
        "grade": result.grade,
        "score": totals.text(result.score),
        "points": None if points is None else totals.plain(points),
        "weighted_points": None if points is None else totals.plain(points + totals.weight(line)),
        "repeat": line.repeat,
        "note": line.note,
        "basis": _basis(line, catalogue),
    }


def _attempt(attempt: Attempt, result: Result, counts: bool) -> Json:
    return {
        "registration": attempt.registration,
        "began": moment(attempt.began),
        "ended": moment(attempt.ended),
        "status": result.status,
        "grade": result.grade,
        "score": totals.text(result.score),
        "counts": counts,
        "statements": attempt.statements,
    }


def _basis(line: Line, catalogue: Catalogue) -> Json:
    basis = line.basis
    versions = (line.course.version, line.scale.version if line.scale else 0)
    return {
        "statements": list(basis.statements),
        "unverified": list(basis.unverified),
        "as_member": list(basis.as_member),
        "verified_by": list(basis.verified_by),
        "authorities": list(basis.authorities),
        "decisions": list(basis.decisions),
        "policy": catalogue.policy.version if line.chosen_by_policy else None,
        "catalogue": max(*versions, line.provider.version if line.provider else 0),
    }


def _unmapped(claims: Sequence[Claim]) -> list[Json]:
    """What no course could be found for, by activity."""
    by_activity: dict[str, list[Claim]] = {}
    for claim in claims:
        by_activity.setdefault(claim.said.object or claim.said.around[0], []).append(claim)
    return [
        {
            "activity": activity,
            "title": next((each.said.title for each in reversed(found) if each.said.title), None),
            "trust": max((each.source for each in found), key=lambda source: source.rank).trust,
            "verbs": sorted({each.said.verb for each in found}),
            "first": moment(found[0].said.at),
            "last": moment(found[-1].said.at),
            "statements": [each.said.statement for each in found],
        }
        for activity, found in sorted(by_activity.items())
    ]


def _decisions(decided: Iterable[Decision]) -> list[Json]:
    found = sorted(decided)
    gone = repeals.repealed(found)
    return [
        {
            "decision": each.decision,
            "kind": each.kind,
            "course": each.course,
            "term": each.term,
            "values": each.values,
            "reason": each.reason,
            "by": each.by,
            "at": moment(each.at),
            "repealed": each.decision.lower() in gone,
        }
        for each in found
    ]
