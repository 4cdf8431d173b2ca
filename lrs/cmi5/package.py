"""What is in a course package? The text of its cmi5.xml, and the names of the files beside it (section 14).

Nothing but cmi5.xml is ever unpacked.
"""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO, NamedTuple
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from lrs.cmi5 import xml
from lrs.errors import BadRequest, Fault

STRUCTURE = "cmi5.xml"
MOST_FILES = 100_000
_ZIP = b"PK"
_ENCRYPTED = 1
_LEADING_OUT = re.compile(r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:|\\|[\x00-\x1f]")


class Package(NamedTuple):
    """A course structure as XML, and the files beside it; None where it came as a plain XML file."""

    structure: bytes
    names: frozenset[str] | None


def read(file: BinaryIO) -> Package:
    """The package in a file that can be sought in; BadRequest with every fault of a zip."""
    file.seek(0)
    if file.read(len(_ZIP)) != _ZIP:
        file.seek(0)
        return Package(file.read(xml.LARGEST + 1), None)
    try:
        with ZipFile(file) as archive:
            return _unpacked(archive)
    except (BadZipFile, LargeZipFile, NotImplementedError, EOFError, zlib.error, OSError) as error:
        raise _refused(Fault("", f"is no zip that can be read: {error}", "cmi5 14.1")) from None
    except (ValueError, RuntimeError, MemoryError) as error:
        raise _refused(Fault("", f"is a broken zip: {error}", "cmi5 14.1")) from None


def _unpacked(archive: ZipFile) -> Package:
    files = archive.infolist()
    if len(files) > MOST_FILES:
        raise _refused(Fault("", f"has more than {MOST_FILES:,} files"))
    leading_out = [each.filename for each in files if _LEADING_OUT.search(each.orig_filename)]
    if leading_out:
        rule = "is a name that leads out of the package"
        raise _refused(*(Fault(repr(each[:200]), rule) for each in leading_out[:100]))
    return Package(_structure(archive, files), frozenset(each.filename for each in files))


def _structure(archive: ZipFile, files: list[ZipInfo]) -> bytes:
    found = [each for each in files if each.filename == STRUCTURE]
    if not found:
        raise _refused(Fault(STRUCTURE, "is missing at the root of the package", "cmi5 14.1"))
    if len(found) > 1:
        raise _refused(Fault(STRUCTURE, "is in the package more than once", "cmi5 14.1"))
    if found[0].flag_bits & _ENCRYPTED:
        raise _refused(Fault(STRUCTURE, "must not be encrypted", "cmi5 14.1"))
    with archive.open(found[0]) as text:
        # However small it is packed, and whatever size it claims to have.
        return text.read(xml.LARGEST + 1)


def _refused(*faults: Fault) -> BadRequest:
    return BadRequest("This is no course package.", faults=faults)
