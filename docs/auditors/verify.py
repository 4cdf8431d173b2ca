"""Does this record hold? Checks what a learning record store has given you; it shares no code with the store.

    python verify.py bundle.zip --key KEY [--checkpoint FILE …]
    python verify.py proof.json --key KEY
    python verify.py log.jsonl --key KEY --checkpoint FILE

KEY is the store's public key, which you should have from somewhere else than the file that you check: a note
verifier key (name+id+base64), or a file that contains one, or a PEM file. Each FILE is a checkpoint that you
have kept from before. Exit code 0: all holds. Exit code 1: the first thing that does not is told.
Needs Python 3.9 or newer and the package cryptography. The rules: README.md beside this file.
"""

import argparse
import hashlib
import io
import json
import sys
import zipfile
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


class DoesNotHold(Exception):
    """What was found wrong first."""


# What goes wrong with a file that is damaged, or something else.
DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, zipfile.BadZipFile)


def require(holds, what):
    if not holds:
        raise DoesNotHold(what)


def binary(text):
    """What base64 means; the one way of writing it."""
    found = b64decode(text, validate=True)
    require(b64encode(found).decode() == text, f"{text} is no base64 as it is always written")
    return found


# Hashes: RFC 9162, section 2.1.


def leaf_of(entry):
    """The hash of an entry's leaf: of what it says, or of what it was before it was erased or withheld."""
    if "withheld" in entry:
        leaf = binary(entry["leaf"])
        require(len(leaf) == 32, f"position {entry['position']}: its leaf is no hash")
        return leaf
    names = ("position", "id", "version", "topic", "stored")
    row = "".join(f"{entry[name]}\n" for name in names) + entry["state"]
    salt = binary(entry["salt"])
    require(len(salt) == 16, f"position {entry['position']}: its salt has not 16 bytes")
    return hashlib.sha256(b"\x00" + salt + row.encode()).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Grows leaf by leaf; of each perfect subtree on its right edge it keeps the root."""

    def __init__(self):
        self.size, self.edge = 0, []

    def add(self, leaf):
        self.size += 1
        self.edge.append(leaf)
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self.edge.pop()
            self.edge.append(node(self.edge.pop(), right))

    def root(self):
        if not self.edge:
            return hashlib.sha256().digest()
        found = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            found = node(left, found)
        return found


def root_by_inclusion(leaf, index, size, path):
    """The root that a path leads to (2.1.3.2); None where the path has the wrong length."""
    if not 0 <= index < size:
        return None
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return None
        if fn % 2 == 1 or fn == sn:
            r = node(p, r)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn // 2, sn // 2
        else:
            r = node(r, p)
        fn, sn = fn // 2, sn // 2
    return r if sn == 0 else None


def is_consistent(first, second, first_root, second_root, path):
    """Whether the tree of the first size begins that of the second (2.1.4.2)."""
    if first == second:
        return first_root == second_root and not path
    if not 0 < first < second or not path:
        return False
    path = [first_root, *path] if first & (first - 1) == 0 else path
    fn, sn = first - 1, second - 1
    while fn % 2 == 1:
        fn, sn = fn // 2, sn // 2
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn % 2 == 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn // 2, sn // 2
        else:
            sr = node(sr, c)
        fn, sn = fn // 2, sn // 2
    return sn == 0 and (fr, sr) == (first_root, second_root)


# Checkpoints: C2SP signed-note and tlog-checkpoint.


class Key:
    """A public key; one that came as PEM has no name, and so takes any."""

    def __init__(self, given):
        text = given if "+" in given and not Path(given).is_file() else Path(given).read_text()
        if "BEGIN PUBLIC KEY" in text:
            self.name, self.public = None, load_pem_public_key(text.encode()).public_bytes_raw()
        else:
            self.name, key_id, shown = text.strip().split("+", 2)
            kind, self.public = binary(shown)[:1], binary(shown)[1:]
            require(
                kind == b"\x01" and bytes.fromhex(key_id) == self.id(self.name), "this is no verifier key"
            )

    def id(self, name):
        return hashlib.sha256(name.encode() + b"\n\x01" + self.public).digest()[:4]

    def open(self, note):
        """The origin, size and root of a checkpoint that was signed with this key."""
        text, _, signatures = note.rpartition("\n\n")
        origin, size, root = f"{text}\n".split("\n")[:3]
        name = self.name or origin
        for line in signatures.splitlines():
            _, signer, shown = line.split(" ")
            signed = binary(shown)
            if signer == name and signed[:4] == self.id(name):
                try:
                    Ed25519PublicKey.from_public_bytes(self.public).verify(signed[4:], f"{text}\n".encode())
                except InvalidSignature:
                    raise DoesNotHold(f"the signature under the checkpoint of size {size} is wrong") from None
                require(origin == name, f"the checkpoint is one of {origin}, and the key one of {name}")
                return origin, int(size), binary(root)
        raise DoesNotHold("a checkpoint is not signed with this key")


# What is checked.


def says_so_itself(entry):
    """Whether a statement has the id and the time of its entry."""
    if entry["topic"] != "statement-stored" or "withheld" in entry:
        return True
    try:
        said = json.loads(entry["state"])
        return (said["id"].lower(), said["stored"]) == (entry["id"], entry["stored"])
    except DAMAGED:
        return False


def check_log(lines, first, last, size, root, paths, older):
    """Entries one after the other, against the root: all of the tree, or each with its path."""
    tree, position, stored, withheld = Tree(), first - 1, "", 0
    whole = (first, last) == (1, size)
    for line in lines:
        entry, position = json.loads(line), position + 1
        at = f"position {position}"
        require(entry["position"] == position, f"{at} is missing: {entry['position']} stands in its place")
        require(entry["stored"] > stored, f"{at} was not stored after the one before it")
        stored, withheld = entry["stored"], withheld + ("withheld" in entry)
        require(says_so_itself(entry), f"{at}: its statement has another id or time, or is none")
        if whole:
            tree.add(leaf_of(entry))
            if position in older:
                require(
                    tree.root() == older[position],
                    f"the log does not begin as the checkpoint of size {position} says",
                )
        else:
            proof = json.loads(next(paths, "{}"))
            require(proof.get("position") == position, f"{at} has no proof")
            found = root_by_inclusion(leaf_of(entry), position - 1, size, list(map(binary, proof["path"])))
            require(found == root, f"{at} is not what was signed")
    require(position == last, f"the entries end at position {position}, not {last}")
    require(not whole or tree.root() == root, f"the log of {size} entries is not what was signed")
    return f"positions {first} to {last} of {size}, {withheld} of them erased or withheld"


def check_bundle(file, key, notes):
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        require(manifest["format"] == "lrs-audit-bundle/1", "this is no bundle of a format known here")
        for name, digest in manifest["files"].items():
            with archive.open(name) as content:
                found = hashlib.sha256()
                while part := content.read(1 << 20):
                    found.update(part)
            require(found.hexdigest() == digest, f"{name} in the bundle is not what the manifest says")
        require(
            set(archive.namelist()) == {"manifest.json", *manifest["files"]}, "the bundle has files of nobody"
        )
        key = key or own_key(archive.read("key.txt").decode())
        origin, size, root = key.open(archive.read("checkpoint.txt").decode())
        said = (manifest["origin"], manifest["size"])
        require(said == (origin, size), "the manifest and the checkpoint contradict each other")
        notes += [
            archive.read(name).decode() for name in manifest["files"] if name.startswith("checkpoints/")
        ]
        older = open_all(key, notes, origin, size, root)
        first, last = manifest["first"], manifest["last"]
        if (first, last) != (1, size):
            paths = [json.loads(line) for line in archive.read("consistency.jsonl").splitlines()]
            check_consistency(
                older, size, root, {each["first"]: list(map(binary, each["path"])) for each in paths}
            )
        with archive.open("log.jsonl") as lines:
            paths = io.BytesIO() if (first, last) == (1, size) else archive.open("inclusion.jsonl")
            checked = check_log(lines, first, last, size, root, iter(paths), older)
            return f"{origin}: {checked}; {told(older)}"


def open_all(key, notes, origin, size, root):
    """The roots of other checkpoints of the same log, by their sizes."""
    older = {}
    for note in notes:
        of, at, other = key.open(note)
        holds = of == origin and at <= size
        require(holds, f"a checkpoint is one of {of}, size {at}: this is {origin}, size {size}")
        require(older.setdefault(at, other) == other, f"two checkpoints of size {at} contradict each other")
    require(older.get(size, root) == root, f"two checkpoints of size {size} contradict each other")
    return older


def check_consistency(older, size, root, paths):
    for at, other in older.items():
        holds = at == size or is_consistent(at, size, other, root, paths.get(at, []))
        require(holds, f"nothing proves that the log of size {size} goes on from the checkpoint of size {at}")


def told(older):
    return f"it goes on from {len(older)} earlier checkpoints"


def check_proofs(lines, key, notes):
    for line in lines:
        proof = json.loads(line)
        key = key or own_key(proof["key"])
        origin, size, root = key.open(proof["checkpoint"])
        entry = proof["entry"]
        found = root_by_inclusion(
            leaf_of(entry), entry["position"] - 1, size, list(map(binary, proof["path"]))
        )
        require(found == root, f"position {entry['position']} is not what was signed")
        open_all(key, [note for note in notes if key.open(note)[1] == size], origin, size, root)
    return f"{origin}: {len(lines)} events are in the log as it was signed"


def check_slice(lines, key, notes):
    """A log from its beginning, against the checkpoint of its size and smaller ones."""
    require(key and notes, "an exported log needs --key and --checkpoint")
    origin, size, root = max((key.open(note) for note in notes), key=lambda opened: opened[1])
    older = open_all(key, notes, origin, size, root)
    return f"{origin}: {check_log(lines[:size], 1, size, size, root, iter(()), older)}; {told(older)}"


def own_key(text):
    print("Warning: the key came with what it is to prove. Compare it with one from elsewhere:", text.strip())
    return Key(text)


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
        if zipfile.is_zipfile(given.file):
            print("Holds.", check_bundle(given.file, key, notes))
        else:
            lines = given.file.read_bytes().splitlines()
            check = check_proofs if lines and b"lrs-audit-proof/1" in lines[0] else check_slice
            print("Holds.", check(lines, key, notes))
    except (DoesNotHold, *DAMAGED) as error:
        known = isinstance(error, DoesNotHold)
        print("Does not hold:", error if known else f"it cannot be read ({error!r}).")
        sys.exit(1)


if __name__ == "__main__":
    main()
