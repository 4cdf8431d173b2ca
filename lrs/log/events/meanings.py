"""What statements mean: frameworks of competencies, what shows them, cmi5 courses, and xAPI profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lrs.log.events.event import Event


@dataclass(frozen=True)
class FrameworkImported(Event, topic="framework-imported"):
    """A framework of competencies says this from now on: the whole CFPackage, as it came (CASE 1.1)."""

    framework: str
    sha256: str
    package: dict[str, Any]
    by: str


@dataclass(frozen=True)
class ActivityAligned(Event, topic="activity-aligned"):
    """Who does this activity shows these competencies, or with none of them none any longer."""

    activity: str
    competencies: list[str]
    by: str


@dataclass(frozen=True)
class MasteryPolicyAdopted(Event, topic="mastery-policy-adopted"):
    """How mastery is estimated from now on, and from which estimate and how many scores on it is reached."""

    method: str
    parameters: dict[str, float]
    cut: float
    needed: int
    by: str


@dataclass(frozen=True)
class CourseStructureImported(Event, topic="course-structure-imported"):
    """A cmi5 course consists of this from now on; `structure` is our id of it, not its publisher's."""

    structure: str
    sha256: str
    course: dict[str, Any]
    by: str


@dataclass(frozen=True)
class ProfileAdded(Event, topic="profile-added"):
    """An xAPI profile says this from now on: its whole document, as it came (xAPI Profiles 2)."""

    profile: str
    sha256: str
    document: dict[str, Any]
    by: str


@dataclass(frozen=True)
class ProfilePolicyAdopted(Event, topic="profile-policy-adopted"):
    """What becomes of statements that a profile does not allow, from now on: off, annotate or reject."""

    profile: str
    policy: str
    by: str
