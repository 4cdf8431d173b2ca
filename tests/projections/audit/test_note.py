"""Signed notes are those of C2SP signed-note, and checkpoints those of tlog-checkpoint."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from projections.audit import merkle, note
from projections.audit.note import Checkpoint, Signer

# The example that the Go package golang.org/x/mod/sumdb/note documents.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{SAID}\n\u2014 PeterNeumann {SIGNATURE}\n".encode()
SIGNER = Signer("lrs.example/school", bytes(range(32)))
CHECKPOINT = Checkpoint("lrs.example/school", 17, merkle.leaf(b"something"))


def test_a_note_that_others_signed_is_opened():
    assert note.opened(NOTE, PETER) == SAID


def test_what_is_signed_is_opened_with_the_public_key_alone():
    signed = SIGNER.sign(CHECKPOINT.text)
    assert note.checkpoint(note.opened(signed, SIGNER.verifier)) == CHECKPOINT
    assert signed.decode().splitlines()[:2] == ["lrs.example/school", "17"]
    shown = load_pem_public_key(SIGNER.pem.encode()).public_bytes_raw()  # type: ignore[union-attr]
    assert note._parsed(SIGNER.verifier)[2] == shown


def test_signatures_of_others_may_stand_beside_it():
    """A witness adds a line; whoever knows neither key passes over it."""
    witness = Signer("witness.example", bytes(32))
    both = SIGNER.sign(CHECKPOINT.text) + witness.sign(CHECKPOINT.text).splitlines(keepends=True)[-1]
    assert note.opened(both, SIGNER.verifier) == note.opened(both, witness.verifier) == CHECKPOINT.text


def test_a_changed_byte_anywhere_is_no_longer_signed():
    signed = SIGNER.sign(CHECKPOINT.text)
    for place in range(len(signed) - 1):  # but for the end of the line
        changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        with pytest.raises(ValueError):  # noqa: PT011  what is wrong depends on the place
            note.opened(changed, SIGNER.verifier)


@pytest.mark.parametrize("text", ["", "x\n", "x\n-1\n\n", "x\n1\nAAAA\n", "\n1\n" + "A" * 43 + "=\n"])
def test_what_is_no_checkpoint_is_told(text):
    with pytest.raises(ValueError):  # noqa: PT011
        note.checkpoint(text)


def test_a_key_of_another_name_or_kind_is_none():
    with pytest.raises(ValueError, match="no verifier key"):
        note.opened(NOTE, PETER.replace("Peter", "Petra"))
    with pytest.raises(ValueError, match="not signed by"):
        note.opened(NOTE, SIGNER.verifier)
