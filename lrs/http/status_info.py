"""How do the resources of CASE say what went wrong? As an imsx_StatusInfo (CASE 1.1, REST binding)."""

from __future__ import annotations

from lrs.xapi.vocabulary import Json

_PATH = "/ims/case/"
# CASE 1.1, imsx_CodeMinorFieldValueEnum.
_MINOR = {
    400: "invalid_selection_field",
    401: "unauthorisedrequest",
    403: "forbidden",
    404: "unknownobject",
    503: "server_busy",
}


def of(path: str, code: int, message: str) -> Json:
    """What an answer that is an error says besides; nothing where CASE does not speak."""
    if not path.startswith(_PATH):
        return {}
    minor = {
        "imsx_codeMinorFieldName": "TargetEndSystem",
        "imsx_codeMinorFieldValue": _MINOR.get(code, "internal_server_error"),
    }
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": message,
        "imsx_codeMinor": {"imsx_codeMinorField": [minor]},
    }
