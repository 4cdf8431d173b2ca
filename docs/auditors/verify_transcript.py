"""Does this transcript rest on what was signed? Shares no code with the store; verify.py must lie beside it.

    python verify_transcript.py transcript.json --key KEY [--checkpoint FILE …]

The file is what /learners/ID/transcript/issues/ISSUE/proofs answers, or /learners/ID/transcript/proofs of one
that did not go out yet. KEY and FILE are as for verify.py. Exit code 0: each statement and decision that a
line rests on is in the log that was signed, the document has the hash that it says it has, and where it went
out, the log says so of this hash. Exit code 1: the first thing that does not hold is told.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

from verify import (
    DAMAGED,
    DoesNotHold,
    Key,
    binary,
    leaf_of,
    open_all,
    own_key,
    require,
    root_by_inclusion,
    says_so_itself,
)

APART = ("position", "as_of", "issued", "sha256")


def fingerprint(document):
    """The hash of what it says: RFC 8785, of a document whose only numbers are whole."""
    said = {name: value for name, value in document.items() if name not in APART}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check(proof, key, notes):
    require(proof["format"] == "lrs-transcript-proof/1", "this is no transcript of a format known here")
    key = key or own_key(proof["key"])
    origin, size, root = key.open(proof["checkpoint"])
    open_all(key, [note for note in notes if key.open(note)[1] == size], origin, size, root)
    entries = [each["entry"] for each in proof["entries"]]
    for each in proof["entries"]:
        check_entry(each["entry"], list(map(binary, each["path"])), size, root)
    document = proof["transcript"]
    require(
        fingerprint(document) == document["sha256"],
        "the transcript says something else than what its hash is of",
    )
    check_basis(document, entries)
    basis = f"{len(entries)} events of its basis are in the log as it was signed"
    if withheld := sum("withheld" in each for each in entries):
        basis += f" ({withheld} of them erased: what these were is the store's word alone)"
    return f"{origin}: {basis}; {went_out(document, entries)}"


def check_entry(entry, path, size, root):
    at = f"position {entry['position']}"
    found = root_by_inclusion(leaf_of(entry), entry["position"] - 1, size, path)
    require(found == root, f"{at} is not what was signed")
    require(says_so_itself(entry), f"{at}: its statement has another id or time, or is none")


def check_basis(document, entries):
    """Each line names what it rests on, and all of that was there when the transcript was made."""
    there = [each for each in entries if each["position"] <= document["position"]]
    proven = {each["id"] for each in there if each["topic"] == "statement-stored"}
    proven |= {each["decision"] for each in said(there, "registrar-decided")}
    for line in document["lines"] + document["in_progress"]:
        for name in ("statements", "unverified", "verified_by", "decisions"):
            for each in line["basis"][name]:
                require(each in proven, f"nothing proves {each}, on which the line of {line['title']} rests")


def went_out(document, entries):
    """What the log says of it, where it says that it went out."""
    for each in said(entries, "transcript-issued"):
        pinned = (each["learner"], each["position"], each["sha256"].lower())
        own = (document["learner"]["id"], document["position"], document["sha256"])
        require(pinned == own, f"what went out as {each['transcript']} was another transcript")
        return f"it went out as {each['transcript']}"
    return "nothing says that it went out"


def said(entries, topic):
    return [
        json.loads(each["state"]) for each in entries if each["topic"] == topic and "withheld" not in each
    ]


def main():
    as_it_is = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_it_is)
    parser.add_argument("file", type=Path)
    parser.add_argument("--key")
    parser.add_argument("--checkpoint", type=Path, action="append", default=[])
    given = parser.parse_args()
    try:
        key = Key(given.key) if given.key else None
        notes = [each.read_text() for each in given.checkpoint]
        print("Holds.", check(json.loads(given.file.read_text()), key, notes))
    except (DoesNotHold, *DAMAGED) as error:
        known = isinstance(error, DoesNotHold)
        print("Does not hold:", error if known else f"it cannot be read ({error!r}).")
        sys.exit(1)


if __name__ == "__main__":
    main()
