"""What a course package must be, and what a hostile zip cannot do (cmi5 14)."""

from __future__ import annotations

import io
import zipfile
from typing import BinaryIO

import pytest

from lrs.cmi5 import package, structure
from lrs.errors import BadRequest
from tests.cmi5.samples import a_course, a_zip, an_au

RELATIVE = a_course(an_au(url="a/start%20here.html?x=1#top"))


def told(file: BinaryIO) -> str:
    with pytest.raises(BadRequest) as error:
        structure.read(file)
    return str(error.value)


@pytest.mark.parametrize("zip64", [False, True])
def test_urls_may_be_relative_to_files_of_the_package(zip64: bool) -> None:
    made = a_zip({"cmi5.xml": RELATIVE, "a/start here.html": b""}, zip64=zip64)
    assert structure.read(made)["children"][0]["url"] == "a/start%20here.html?x=1#top"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("b.html", "is in no file of the package"),
        ("../b.html", "must not lead out of the package"),
        ("a/..%2f../b.html", "must not lead out of the package"),
        ("/a.html", "must be fully qualified, or relative to the package"),
        ("//host/a.html", "must be fully qualified, or relative to the package"),
        ("?x=1", "must not lead out of the package"),
        ("a.html?registration=1", "must have no parameter registration"),
    ],
)
def test_urls_stay_in_the_package(url: str, words: str) -> None:
    assert words in told(a_zip({"cmi5.xml": a_course(an_au(url=url)), "a.html": b""}))


def test_the_structure_is_at_the_root_of_the_package():
    assert "is missing at the root" in told(a_zip({"course/cmi5.xml": a_course()}))


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "C:/x", "a\\..\\x"])
def test_names_that_lead_out_are_refused(name: str) -> None:
    assert "leads out of the package" in told(a_zip({"cmi5.xml": a_course(), name: b""}))


def test_a_structure_that_is_there_twice_is_refused():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("cmi5.xml", a_course())
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("cmi5.xml", a_course(an_au("other")))
    assert "more than once" in told(made)


def test_what_is_packed_small_and_is_large_is_not_unpacked():
    made = a_zip({"cmi5.xml": b" " * 100_000_000})
    assert len(made.read()) < 200_000
    assert "must not be larger" in told(made)
    assert len(package.read(made).structure) == 16 * 1024 * 1024 + 1


def test_other_files_are_never_unpacked():
    made = a_zip({"cmi5.xml": a_course(), "film.mp4": b"\0" * 1000}).read()  # type: ignore[attr-defined]
    broken = made.replace(b"film.mp4", b"film.mp5", 1)
    assert structure.read(io.BytesIO(broken))


@pytest.mark.parametrize("cut", [10, 60, 200, -1])
def test_broken_zips_are_refused(cut: int) -> None:
    made = a_zip({"cmi5.xml": RELATIVE, "a/start here.html": b""}).read()
    assert "zip" in told(io.BytesIO(made[:cut]))


def test_a_damaged_structure_is_refused():
    made = bytearray(a_zip({"cmi5.xml": a_course(*(an_au(f"n{each}") for each in range(200)))}).read())
    for place in range(100, 120):
        made[place] ^= 0xFF
    assert "zip" in told(io.BytesIO(bytes(made)))


def test_an_encrypted_structure_is_refused():
    made = bytearray(a_zip({"cmi5.xml": a_course()}).read())
    made[6] |= 1
    made[made.rindex(b"PK\1\2") + 8] |= 1
    assert "must not be encrypted" in told(io.BytesIO(bytes(made)))


def test_what_is_no_package_is_refused():
    """208 and 209 of the conformance tests: a text, and a text that is called a zip."""
    assert "no well-formed XML" in told(io.BytesIO(b"# LMS Test Package\n"))
    assert "zip" in told(io.BytesIO(b"PK, but a text"))
