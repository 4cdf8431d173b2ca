"""Which verbs are understood, and by which IRIs?

All others make no contribution to a transcript. Those of a session (launched, terminated, abandoned) say
nothing about a course: whoever closes a window has not withdrawn from it; only a registrar says so.
"""

from __future__ import annotations

_ADL = "http://adlnet.gov/expapi/verbs/"
_CMI5 = "https://w3id.org/xapi/adl/verbs/"
_TLA = "https://w3id.org/xapi/tla/verbs/"
_STREAMS = "http://activitystrea.ms/schema/1.0/"

_IRIS = {
    # She is on the list.
    "registered": (f"{_ADL}registered",),
    # She is at it.
    "initialized": (f"{_ADL}initialized", f"{_STREAMS}start"),
    "attempted": (f"{_ADL}attempted",),
    "progressed": (f"{_ADL}progressed",),
    # She is through with it.
    "completed": (f"{_ADL}completed", f"{_STREAMS}complete"),
    # She can do it, or not yet.
    "passed": (f"{_ADL}passed",),
    "mastered": (f"{_ADL}mastered",),
    "failed": (f"{_ADL}failed",),
    # How well? A low grade that was "earned" is a low grade.
    "scored": (f"{_ADL}scored",),
    "evaluated": (
        "https://w3id.org/xapi/acrossx/verbs/evaluated",
        f"{_TLA}evaluated",
        "http://www.tincanapi.co.uk/verbs/evaluated",
    ),
    "earned": ("http://id.tincanapi.com/verb/earned",),
    # cmi5 9.3: the launching system says so of a course.
    "satisfied": (f"{_CMI5}satisfied",),
    "waived": (f"{_CMI5}waived",),
    # What somebody else claimed is true; the object is a StatementRef.
    "verified": (f"{_TLA}verified", "https://w3id.org/xapi/comp/verbs/verified"),
    "validated": (f"{_TLA}validated",),
    "approved": (f"{_TLA}approved", f"{_STREAMS}approve"),
    "confirmed": (f"{_STREAMS}confirm",),
}

NAMES = {iri: name for name, iris in _IRIS.items() for iri in iris}

VERIFYING = frozenset({"verified", "validated", "approved", "confirmed"})
GRADING = frozenset(
    {"completed", "passed", "mastered", "failed", "scored", "evaluated", "earned", "satisfied", "waived"}
)

# What the verb itself says about success; a statement whose result says the opposite says nothing.
VERDICTS = {"passed": True, "mastered": True, "failed": False, "satisfied": True, "waived": True}


def contradiction(verb: str, success: bool | None, completion: bool | None) -> str | None:
    """Why a statement cannot be believed, if its result says the opposite of its verb."""
    if success is not None and success is not VERDICTS.get(verb, success):
        return f"{verb}, but the result's success is {_said(success)}"
    if verb in VERIFYING and success is False:
        return f"{verb}, but the result's success is false"
    if verb in ("completed", "satisfied") and completion is False:
        return f"{verb}, but the result's completion is false"
    return None


def _said(value: bool) -> str:
    return "true" if value else "false"
