"""Which words does cmi5 fix? Verbs, categories, extensions and documents, spelled once."""

from __future__ import annotations

_ADL = "http://adlnet.gov/expapi/verbs/"
_W3ID = "https://w3id.org/xapi/adl/verbs/"
_CMI5 = "https://w3id.org/xapi/cmi5"

# Section 9.3.
VERBS = {
    f"{_ADL}launched": "launched",
    f"{_ADL}initialized": "initialized",
    f"{_ADL}completed": "completed",
    f"{_ADL}passed": "passed",
    f"{_ADL}failed": "failed",
    f"{_W3ID}abandoned": "abandoned",
    f"{_W3ID}waived": "waived",
    f"{_ADL}terminated": "terminated",
    f"{_W3ID}satisfied": "satisfied",
}
IRIS = {name: iri for iri, name in VERBS.items()}
# What a launching system says; all else is said by the unit.
BY_THE_LAUNCHER = frozenset({"launched", "abandoned", "waived", "satisfied"})

CATEGORY = f"{_CMI5}/context/categories/cmi5"
MOVE_ON_CATEGORY = f"{_CMI5}/context/categories/moveon"
KINDS = {f"{_CMI5}/activitytype/course": "course", f"{_CMI5}/activitytype/block": "block"}
TYPES = {kind: iri for iri, kind in KINDS.items()}

_CONTEXT = f"{_CMI5}/context/extensions"
SESSION = f"{_CONTEXT}/sessionid"
MASTERY_SCORE = f"{_CONTEXT}/masteryscore"
LAUNCH_MODE = f"{_CONTEXT}/launchmode"
LAUNCH_URL = f"{_CONTEXT}/launchurl"
MOVE_ON = f"{_CONTEXT}/moveon"
LAUNCH_PARAMETERS = f"{_CONTEXT}/launchparameters"
REASON = f"{_CMI5}/result/extensions/reason"
PROGRESS = f"{_CMI5}/result/extensions/progress"

LAUNCH_DATA = "LMS.LaunchData"
PREFERENCES = "cmi5LearnerPreferences"
MODES = ("Normal", "Browse", "Review")
