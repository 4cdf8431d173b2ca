"""Where do profiles come from, and can they be used? Files, texts, documents, and those that we publish."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from xapi_profiles import document as shape
from xapi_profiles import profile, references
from xapi_profiles.faults import DEEPEST, Fault, InvalidProfile, Json, too_deep
from xapi_profiles.profile import Profiles

# Profiles that come with this package, by name.
PUBLISHED = {"open-education": Path(__file__).with_name("open_education.jsonld")}

Source = str | Path | bytes | Json


def load(
    *sources: Source, aliases: Mapping[str, Iterable[str]] | None = None, strict: bool = False
) -> Profiles:
    """Profiles that are checked together: paths of files, names of ours, JSON texts or documents.

    InvalidProfile where one cannot be used, and if `strict` where one has any fault at all. OSError where a
    file cannot be read. `aliases` are, by the id of a profile, further category ids by which statements say
    that they conform. Structure 4.0 to 9.0.
    """
    documents = [_document(source) for source in sources]
    faults = _faults(documents)
    for source, found in zip(sources, faults, strict=True):
        if any(fault.vital or strict for fault in found):
            raise InvalidProfile(_name(source), found)
    ids = [one["id"] for one in documents]
    for source, id in zip(sources, ids, strict=True):
        if ids.count(id) > 1:
            raise InvalidProfile(_name(source), [Fault("/id", f"{id} is given more than once.")])
    return Profiles(
        profile.compiled(one, found, _others(one, documents), (aliases or {}).get(one["id"], ()))
        for one, found in zip(documents, faults, strict=True)
    )


def validate(source: Source, *others: Source) -> list[Fault]:
    """Every fault of a profile, alone or beside the others that it refers to. Structure 4.0 to 9.0."""
    return _faults([_document(one) for one in (source, *others)])[0]


def written(document: Json) -> str:
    """The JSON text of a document of a profile, in the order in which it came."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _document(source: Source) -> Any:
    found = source if isinstance(source, dict) else _parsed(_text(source), _name(source))
    if too_deep(found):
        raise InvalidProfile(
            _name(source), [Fault("", f"It is nested more than {DEEPEST} deep.", vital=True)]
        )
    return found


def _text(source: str | Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    return PUBLISHED.get(str(source), Path(source)).read_bytes()


def _parsed(text: bytes, name: str) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidProfile(name, [Fault("", f"It is no JSON: {error}.", vital=True)]) from error


def _object(members: Sequence[tuple[str, Any]]) -> Json:
    found = dict(members)
    if len(found) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has {twice!r} twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _faults(documents: Sequence[Any]) -> list[list[Fault]]:
    """Of each of them; what one says of another can be seen where both have the right shape."""
    shapes = [shape.check(one) for one in documents]
    sound = [
        one for one, found in zip(documents, shapes, strict=True) if not any(each.vital for each in found)
    ]
    return [
        [*found, *references.check(one, _others(one, sound))] if any(one is each for each in sound) else found
        for one, found in zip(documents, shapes, strict=True)
    ]


def _others(document: Json, documents: Sequence[Any]) -> list[Json]:
    return [one for one in documents if one is not document]


def _name(source: Source) -> str:
    return (
        "This document"
        if isinstance(source, dict)
        else "This text"
        if isinstance(source, bytes)
        else str(source)
    )
