"""xAPI Profiles: what a statement means, checked without a database. Imports nothing of the store."""

from __future__ import annotations

from xapi_profiles.checking import check, keeps
from xapi_profiles.concepts import Misuse
from xapi_profiles.faults import Fault, InvalidProfile
from xapi_profiles.loading import PUBLISHED, load, validate, written
from xapi_profiles.patterns import OtherPatterns, Standing, Status, advance, begin, standings, status
from xapi_profiles.profile import Profile, Profiles
from xapi_profiles.registrations import Group, Occurrence, arranged, followed, occurrence
from xapi_profiles.report import Report
from xapi_profiles.resources import Resource, check_document
from xapi_profiles.templates import Broken, Match
from xapi_profiles.verdict import Mode, NotAStatement, Outcome, ProfileVerdict, Verdict

__all__ = [
    "PUBLISHED",
    "Broken",
    "Fault",
    "Group",
    "InvalidProfile",
    "Match",
    "Misuse",
    "Mode",
    "NotAStatement",
    "Occurrence",
    "OtherPatterns",
    "Outcome",
    "Profile",
    "ProfileVerdict",
    "Profiles",
    "Report",
    "Resource",
    "Standing",
    "Status",
    "Verdict",
    "advance",
    "arranged",
    "begin",
    "check",
    "check_document",
    "followed",
    "keeps",
    "load",
    "occurrence",
    "standings",
    "status",
    "validate",
    "written",
]
