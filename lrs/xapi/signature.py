"""Does this signature belong to this statement? JSON Web Signatures (Data 2.6)."""

from __future__ import annotations

import base64
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from lrs.errors import Fault, MalformedJSON
from lrs.xapi import equality, raw
from lrs.xapi.vocabulary import SIGNATURE, Json

# Room for the longest statement and a chain of certificates, each in base64; in bytes.
LARGEST = 64 * 1024 * 1024
_ALGORITHMS = ("RS256", "RS384", "RS512")
_SECTION = "Data 2.6"
_MAX_DEPTH = 100


class _Registry(jws.JWSRegistry):
    """Room for a statement, and for a chain of certificates, which the library thinks too long."""

    max_header_length = 2**17
    max_payload_length = 2**25
    max_signature_length = 2**12


_registry = _Registry(algorithms=_ALGORITHMS, strict_check_header=False)


def sha2s(statement: Json) -> list[str]:
    """The sha2, in lower case, of each part that is a signature of this statement."""
    return [attachment["sha2"].lower() for _, attachment in _signatures(statement)]


def check(statement: Json, signature: bytes, *, at: str = "") -> list[Fault]:
    """Everything wrong with a signature of the statement as it was sent; never raises."""
    rules = [
        (place, "a signature must have the contentType application/octet-stream")
        for place, attachment in _signatures(statement)
        if attachment["contentType"].partition(";")[0].strip().lower() != "application/octet-stream"
    ]
    first = next((place for place, _ in _signatures(statement)), 0)
    rules += [(first, rule) for rule in _check_jws(statement, signature)]
    return [Fault(f"{at}/attachments/{place}", rule, _SECTION) for place, rule in rules]


def _signatures(statement: Json) -> list[tuple[int, Json]]:
    attachments = enumerate(statement.get("attachments", ()))
    return [(place, attachment) for place, attachment in attachments if attachment["usageType"] == SIGNATURE]


def _check_jws(statement: Json, signature: bytes) -> list[str]:
    try:
        found = jws.extract_compact(signature.strip(), registry=_registry)
        header = found.headers()
        payload = raw.parse(found.payload, max_depth=_MAX_DEPTH)
    except MalformedJSON as error:
        return [f"the payload of the signature must be the statement as JSON: {error.message}"]
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        return ["a signature must be a JSON Web Signature in compact form (RFC 7515)"]
    rules = []
    if header.get("alg") not in _ALGORITHMS:
        rules.append("a signature must use RS256, RS384 or RS512")
    elif "x5c" in header and not _is_signed_by(header["x5c"], found):
        rules.append("the signature must be made with the key of the first certificate in x5c")
    if not _says_the_same(payload, statement):
        rules.append("the payload of the signature must say the same as the statement")
    return rules


def _is_signed_by(chain: Any, signature: jws.CompactSignature) -> bool:
    try:
        # RFC 7515 4.1.6: nothing but base64 of DER, which is the inside of PEM.
        inside = base64.encodebytes(base64.b64decode(chain[0], validate=True))
        pem = b"-----BEGIN CERTIFICATE-----\n%b-----END CERTIFICATE-----\n" % inside
        return jws.validate_compact(signature, RSAKey.import_key(pem), registry=_registry)
    except (JoseError, LookupError, TypeError, ValueError):
        return False


def _says_the_same(payload: Any, statement: Json) -> bool:
    try:
        # A timestamp that the client sent but did not sign would be worth nothing.
        signed_whole = ("timestamp" in payload) == ("timestamp" in statement)
        return signed_whole and equality.same(payload, statement)
    except (AttributeError, LookupError, TypeError, ValueError):
        # Nobody has checked the payload; what cannot be read as a statement is not this one.
        return False
