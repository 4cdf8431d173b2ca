"""Which signatures belong to a statement."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey

from lrs.xapi import signature
from lrs.xapi.vocabulary import SIGNATURE, Json

ATTACHMENT = {
    "usageType": SIGNATURE,
    "display": {"en": "Signature"},
    "contentType": "application/octet-stream",
    "length": 1,
    "sha2": "AB" * 32,
}
STATEMENT = {
    "id": "5f2a53f5-5a21-4f5e-9d0b-3d9a0f5f7e11",
    "actor": {"mbox": "mailto:ann@example.com"},
    "verb": {"id": "http://example.com/read"},
    "object": {"id": "http://example.com/book"},
    "result": {"duration": "PT1.239S", "score": {"scaled": 0.5}},
    "timestamp": "2026-01-01T12:00:00Z",
}
SIGNED = STATEMENT | {"attachments": [{"usageType": "x:y", "sha2": "00", "contentType": "a/b"}, ATTACHMENT]}


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def private_key() -> RSAKey:
    pem = key("ours").private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return RSAKey.import_key(pem)


@cache
def certificate(name: str) -> str:
    private = ec.generate_private_key(ec.SECP256R1()) if name == "elliptic" else key(name)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(subject, subject, private.public_key(), x509.random_serial_number())
    made = (
        builder.not_valid_before(start).not_valid_after(start + timedelta(1)).sign(private, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def signed(payload: Any = STATEMENT, **header: Any) -> bytes:
    text = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    protected = {"alg": "RS256"} | header
    registry = jws.JWSRegistry(algorithms=[protected["alg"]], strict_check_header=False)
    return jws.serialize_compact(protected, text, private_key(), registry=registry).encode()


def rules(jwt: bytes, statement: Json = SIGNED) -> list[str]:
    return [fault.rule for fault in signature.check(statement, jwt)]


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
@pytest.mark.parametrize("chain", [{}, {"x5c": "ours"}])
def test_these_algorithms_sign(algorithm, chain):
    header = {"x5c": [certificate("ours"), certificate("other")]} if chain else {}
    assert rules(signed(alg=algorithm, **header)) == []


@pytest.mark.parametrize("algorithm", ["HS256", "ES256", "PS256", "none"])
def test_no_other_algorithm_signs(algorithm):
    jwt = b"%b.%b.AAAA" % (
        base64.urlsafe_b64encode(json.dumps({"alg": algorithm}).encode()).rstrip(b"="),
        signed().split(b".")[1],
    )
    assert rules(jwt) == ["a signature must use RS256, RS384 or RS512"]


@pytest.mark.parametrize(
    "payload",
    [
        STATEMENT | {"result": {"duration": "PT1.23S", "score": {"scaled": 0.50}}},
        STATEMENT | {"verb": {"id": "http://example.com/read", "display": {"en": "read"}}},
        STATEMENT | {"id": STATEMENT["id"].upper()},
        {name: value for name, value in STATEMENT.items() if name != "id"},
        STATEMENT | {"version": "1.0.0", "stored": "2026-01-01T12:00:00Z", "attachments": []},
    ],
)
def test_the_payload_may_differ_where_equal_statements_may(payload):
    assert rules(signed(payload)) == []


@pytest.mark.parametrize(
    "payload",
    [
        STATEMENT | {"actor": {"mbox": "mailto:eve@example.com"}},
        STATEMENT | {"result": {"duration": "PT1.239S", "score": {"scaled": 0.6}}},
        STATEMENT | {"timestamp": "2026-01-01T12:00:01Z"},
        STATEMENT | {"timestamp": "yesterday"},
        STATEMENT | {"verb": None},
        STATEMENT | {"actor": []},
        STATEMENT | {"context": [1]},
        {name: value for name, value in STATEMENT.items() if name != "timestamp"},
        {},
        [],
        [STATEMENT],
        None,
        "actor",
        7,
    ],
)
def test_another_payload_is_a_fault(payload):
    assert rules(signed(payload)) == ["the payload of the signature must say the same as the statement"]


@pytest.mark.parametrize("payload", [b"", b"{", b"{'actor':1}", b'{"a":1,"a":1}', b"\xff", b"[" * 5000])
def test_a_payload_that_is_not_json_is_a_fault(payload):
    assert rules(signed(payload))[0].startswith("the payload of the signature must be the statement as JSON")


@pytest.mark.parametrize(
    "chain",
    [
        [],
        [""],
        ["not base64"],
        ["AAAA"],
        [certificate("other")],
        [certificate("other"), certificate("ours")],
        [certificate("elliptic")],
        [certificate("ours")[:-8]],
        [certificate("ours") + "\n-----END CERTIFICATE-----\n"],
        ["\0"],
    ],
)
def test_a_chain_that_did_not_sign_is_a_fault(chain):
    assert rules(signed(x5c=chain)) == [
        "the signature must be made with the key of the first certificate in x5c"
    ]


@pytest.mark.parametrize("chain", ["text", {"0": "a"}, [None], None, 1])
def test_a_chain_of_another_type_is_a_fault(chain):
    header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "x5c": chain}).encode()).rstrip(b"=")
    jwt = b".".join([header, *signed().split(b".")[1:]])
    assert rules(jwt) == ["the signature must be made with the key of the first certificate in x5c"]


def test_a_changed_signature_is_a_fault_where_there_is_a_certificate():
    jwt = signed(x5c=[certificate("ours")])
    head, payload, made = jwt.split(b".")
    assert rules(b".".join([head, payload, made[::-1]])) != []
    assert rules(b".".join([head, payload, b""])) != []


@pytest.mark.parametrize("content_type", ["application/octet-stream; a=b", "Application/Octet-Stream"])
def test_the_content_type_is_compared_without_case_and_parameters(content_type):
    assert rules(signed(), STATEMENT | {"attachments": [ATTACHMENT | {"contentType": content_type}]}) == []


def test_every_fault_is_told_at_its_attachment():
    statement = SIGNED | {"attachments": [*SIGNED["attachments"], ATTACHMENT | {"contentType": "text/plain"}]}
    faults = signature.check(statement, b"nonsense", at="/3")
    assert [fault.pointer for fault in faults] == ["/3/attachments/2", "/3/attachments/1"]


def test_the_hashes_of_signatures_are_known():
    assert signature.sha2s(SIGNED) == ["ab" * 32]
    assert signature.sha2s(STATEMENT) == []


segments = st.one_of(
    st.binary(max_size=20),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["RS256", "none"]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["alg", "x5c", "b64", "crit", "jwk", "kid"]), inner, max_size=4)
        ),
        max_leaves=6,
    ).map(lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")),
)


@given(st.lists(segments, max_size=4))
def test_no_signature_breaks_the_check(parts):
    assert signature.check(SIGNED, b".".join(parts)) != []


@cache
def good_signature() -> bytes:
    return signed(x5c=[certificate("ours")])


@given(segments, st.integers(0, 2))
def test_no_change_of_a_good_signature_breaks_the_check(segment, place):
    parts = good_signature().split(b".")
    parts[place] = segment
    signature.check(SIGNED, b".".join(parts))
