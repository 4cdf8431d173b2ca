"""How is a checkpoint written and signed? As C2SP tlog-checkpoint and signed-note have it, with Ed25519."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# signed-note: the kind of the key, before its bytes and in its id.
_ED25519 = b"\x01"
_DASH = "\u2014 "


class Checkpoint(NamedTuple):
    """Whose log had which root when it had so many entries."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signer:
    """A key, and the name that stands in its signatures."""

    name: str
    secret: bytes

    @property
    def verifier(self) -> str:
        """The public key as a note verifier key: name, id, kind and key."""
        shown = b64encode(_ED25519 + self._public).decode()
        return f"{self.name}+{_key_id(self.name, self._public).hex()}+{shown}"

    @property
    def pem(self) -> str:
        """The public key by itself."""
        public = Ed25519PublicKey.from_public_bytes(self._public)
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, text: str) -> bytes:
        """The signed note: the text, an empty line, and the signature."""
        signature = Ed25519PrivateKey.from_private_bytes(self.secret).sign(text.encode())
        shown = b64encode(_key_id(self.name, self._public) + signature).decode()
        return f"{text}\n{_DASH}{self.name} {shown}\n".encode()

    @property
    def _public(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()


def origin(public_url: str, tenant: str) -> str:
    """The name of a tenant's log: where the store is, without the scheme, and the tenant."""
    parts = urlsplit(public_url)
    port = f":{parts.port}" if parts.port else ""
    # Neither spaces nor plus signs may stand in the name of a key.
    return quote(f"{parts.hostname or 'localhost'}{port}{parts.path.rstrip('/')}/{tenant}", safe="/:")


def opened(note: bytes, verifier: str) -> str:
    """The text of a signed note; ValueError where this key has not signed it."""
    name, key_id, public = _parsed(verifier)
    text, separator, signatures = note.decode().rpartition("\n\n")
    if not separator:
        raise ValueError("This is no signed note.")
    for line in signatures.splitlines():
        signer, _, shown = line.removeprefix(_DASH).rpartition(" ")
        signed = _decoded(shown)
        if signer == name and signed[:4] == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], f"{text}\n".encode())
            except InvalidSignature:
                raise ValueError(f"The signature of {name} is wrong.") from None
            return f"{text}\n"
    raise ValueError(f"The note is not signed by {name}.")


def checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a text is; ValueError for any other."""
    origin, size, root, *_ = text.split("\n")
    if not origin or not (size.isascii() and size.isdigit()) or len(_decoded(root)) != sha256().digest_size:
        raise ValueError("This is no checkpoint.")
    return Checkpoint(origin, int(size), _decoded(root))


def _parsed(verifier: str) -> tuple[str, bytes, bytes]:
    name, _, rest = verifier.strip().partition("+")
    key_id, _, shown = rest.partition("+")
    key = _decoded(shown)
    if key[:1] != _ED25519 or bytes.fromhex(key_id) != _key_id(name, key[1:]):
        raise ValueError("This is no verifier key of Ed25519.")
    return name, bytes.fromhex(key_id), key[1:]


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _decoded(shown: str) -> bytes:
    """Only as it is always written: its last character has bits that mean nothing."""
    try:
        found = b64decode(shown, validate=True)
    except binascii.Error:
        found = b""
    if b64encode(found).decode() != shown:
        raise ValueError("This is no base64.")
    return found
