"""Courses as a publisher writes them, and packages around them."""

from __future__ import annotations

import io
import zipfile
from typing import BinaryIO

COURSE = "https://courses.example/geology"
NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"


def texts(words: str = "Geology") -> str:
    told = f'<langstring lang="en">{words}</langstring>'
    return f"<title>{told}</title><description>{told}</description>"


def an_au(name: str = "rocks", url: str | None = None, *, further: str = "", **attributes: str) -> str:
    said = "".join(f' {each}="{value}"' for each, value in attributes.items())
    where = f"https://content.example/{name}.html" if url is None else url
    return f'<au id="{COURSE}/{name}"{said}>{texts(name)}<url>{where}</url>{further}</au>'


def a_block(name: str, *children: str) -> str:
    return f'<block id="{COURSE}/{name}">{texts(name)}{"".join(children)}</block>'


def a_course(*children: str, course: str = COURSE, before: str = "", objectives: str = "") -> bytes:
    inside = "".join(children or (an_au(),))
    return (
        f'{before}<courseStructure xmlns="{NAMESPACE}"><course id="{course}">{texts()}</course>'
        f"{objectives}{inside}</courseStructure>"
    ).encode()


def a_zip(files: dict[str, bytes], *, zip64: bool = False) -> BinaryIO:
    """A package with these files in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            with archive.open(name, "w", force_zip64=zip64) as file:
                file.write(content)
    made.seek(0)
    return made
