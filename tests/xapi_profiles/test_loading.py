"""Profiles come from files, texts and documents, and come out again as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.xapi_profiles.builders import (
    PROFILE,
    VERSION,
    a_pattern,
    a_profile,
    a_statement,
    a_template,
    template,
)
from xapi_profiles import InvalidProfile, Profiles, check, load, written


def the_ids(profiles: Profiles) -> list[str]:
    return [one.id for one in profiles]


def test_a_profile_comes_from_a_path_a_text_or_a_document(tmp_path: Path) -> None:
    document = a_profile(templates=[a_template()])
    path = tmp_path / "sports.jsonld"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document).encode())
    for source in (path, str(path), path.read_bytes(), document):
        assert the_ids(load(source)) == [PROFILE]


def test_ours_comes_by_its_name() -> None:
    assert the_ids(load("open-education")) == ["https://w3id.org/open-education"]


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.jsonld")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b'{"id": NaN}', "NaN is no number"),
        (b'{"id": "urn:x:1", "id": "urn:x:2"}', "'id' twice"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_a_text_that_is_no_json_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(InvalidProfile, match=reason):
        load(text)


def test_which_profile_is_refused_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonld"
    path.write_text("{}")
    with pytest.raises(InvalidProfile) as caught:
        load(a_profile(), path)
    assert caught.value.source == str(path)
    assert str(caught.value).startswith(f"{path} is no profile that can be used: /id: A profile needs")


def test_one_profile_is_not_loaded_twice() -> None:
    with pytest.raises(InvalidProfile, match="given more than once"):
        load(a_profile(), a_profile())


def test_a_round_trip_changes_nothing() -> None:
    document = a_profile(templates=[a_template()], **{"ex:note": [1.0, 10**30, "ß", {"b": 1, "a": 2}]})
    (loaded,) = load(document)
    again = json.loads(written(loaded.document), object_pairs_hook=list)
    assert again == json.loads(json.dumps(document), object_pairs_hook=list)


def test_a_pattern_may_use_templates_of_another_profile_as_if_they_were_its_own() -> None:
    """Structure 9.0."""
    other = a_profile(
        id="urn:x:games",
        versions=[{"id": "urn:x:games/v1", "generatedAtTime": "2026-01-14T12:13:14Z"}],
        templates=[
            a_template("begin", inScheme="urn:x:games/v1", verb="urn:x:begin"),
            a_template("unused", inScheme="urn:x:games/v1", verb="urn:x:begin"),
        ],
    )
    own = a_profile(
        templates=[a_template("end", verb="urn:x:end")],
        patterns=[a_pattern("game", "sequence", "begin", "end", primary=True)],
    )
    profiles = load(own, other)
    found = {one.profile: one for one in check(a_statement(verb={"id": "urn:x:begin"}), profiles).profiles}
    assert found[PROFILE].followed == [template("begin")]
    assert [*profiles[VERSION].patterns] == [own["patterns"][0]["id"]]
