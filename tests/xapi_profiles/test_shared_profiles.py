"""Real profiles load and validate, or fail with a fault that is true; real statements are checked."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from itertools import islice

import pytest

from tests.xapi_profiles.builders import SHARED, needs_shared_data
from xapi_profiles import InvalidProfile, check, load, validate, written

pytestmark = needs_shared_data

PROFILES = SHARED / "profiles"
USABLE = [
    "acrossx.jsonld",
    "audio.jsonld",
    "cmi5.jsonld",
    "flashcards.jsonld",
    "learnercompetency.json",
    "scorm.jsonld",
    "tla-mom.jsonld",
    "video.jsonld",
]
CONTEXTS = ["activity-context.jsonld", "profile-context.jsonld"]

NO_DEFINITION = "A Statement Template needs the property definition. (Structure 8.0)"
EMPTY = "A value must not be null, an empty text, an empty array or an empty object. (Structure 4.0)"
LIKE = "http://activitystrea.ms/schema/1.0/like"
# What is wrong with them, and is so: it can be read in the files.
FAULTS = {
    "acrossx.jsonld": [
        "/concepts/20/related: related is only for Concepts that are deprecated. (Structure 7.1)",
        f"/concepts/20/related/0: related names Concepts of this profile, and {LIKE} is none of them. "
        "(Structure 7.1)",
    ],
    "cmi5.jsonld": [f"/templates/{number}/definition: {NO_DEFINITION}" for number in range(10)],
    "scorm.jsonld": [f"/templates/{number}/rules: {EMPTY}" for number in (1, 2, 3, 4, 5, 7, 8, 9)],
    "tla-mom.jsonld": [
        *(f"/patterns/{number}/definition/en: {EMPTY}" for number in range(1, 15)),
        "/versions: Of several versions all but the first must say with wasRevisionOf what they succeed. "
        "(Structure 6.1)",
    ],
}  # fmt: skip


def test_every_file_is_looked_at() -> None:
    assert sorted([*USABLE, *CONTEXTS]) == sorted(path.name for path in PROFILES.glob("*.json*"))


@pytest.mark.parametrize("name", USABLE)
def test_a_real_profile_can_be_used_and_what_is_wrong_with_it_is_told(name: str) -> None:
    (profile,) = load(PROFILES / name)
    assert [str(fault) for fault in profile.faults] == FAULTS.get(name, [])
    assert validate(PROFILES / name) == profile.faults


def test_together_they_have_no_other_faults() -> None:
    """No cross reference between them is wrong."""
    for name, profile in zip(USABLE, load(*(PROFILES / name for name in USABLE)), strict=True):
        assert [str(fault) for fault in profile.faults] == FAULTS.get(name, [])


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_json_ld_context_is_no_profile(name: str) -> None:
    with pytest.raises(InvalidProfile) as caught:
        load(PROFILES / name)
    missing = {fault.pointer for fault in caught.value.faults if fault.vital}
    assert {"/id", "/type"} <= missing


@pytest.mark.parametrize("name", USABLE)
def test_a_round_trip_changes_nothing(name: str) -> None:
    text = (PROFILES / name).read_text("utf-8-sig")
    (profile,) = load(PROFILES / name)
    again = written(profile.document)
    assert json.loads(again, object_pairs_hook=list) == json.loads(text, object_pairs_hook=list)
    assert written(load(again.encode())[profile.id].document) == again


def test_every_pattern_of_theirs_is_followed() -> None:
    for name in USABLE:
        (profile,) = load(PROFILES / name)
        primary = [one["id"] for one in profile.document.get("patterns", ()) if one.get("primary")]
        assert [*profile.patterns] == primary


def test_what_the_profile_of_cmi5_says_otherwise_than_cmi5() -> None:
    """Good statements of cmi5 that no template of its profile recognizes, or that none lets pass."""
    cmi5, adl = "https://w3id.org/xapi/cmi5", "https://w3id.org/xapi/adl/verbs"
    document = load(PROFILES / "cmi5.jsonld")[cmi5].document
    verbs = {one.get("verb") for one in document["templates"]}
    concepts = {one["id"] for one in document["concepts"]}
    for verb in ("satisfied", "waived"):
        assert f"{adl}/{verb}" in concepts
        assert f"{adl}/{verb}" not in verbs
        assert f"http://adlnet.gov/expapi/verbs/{verb}" in verbs
    locations = [rule["location"] for one in document["templates"] for rule in one["rules"]]
    assert f"$.result['{cmi5}/result/extensions/reason']" in locations  # without .extensions


def test_real_statements_of_videos_break_the_profile_where_they_do() -> None:
    """A week of a real platform: its session ids are UUIDs of version 5; the profile asks for 4."""
    profiles = load(*(PROFILES / f"{name}.jsonld" for name in ("cmi5", "video", "scorm")))
    with gzip.open(SHARED / "statements" / "ralph_funmooc_video_22000.jsonl.gz") as file:
        statements = [json.loads(line) for line in islice(file, 500)]
    found = [check(each, profiles, only_declared=True).profiles for each in statements]
    assert {one.profile for each in found for one in each} == {"https://w3id.org/xapi/video"}
    broken = Counter(misuse.concept.rpartition("/")[2] for (one,) in found for misuse in one.misuses)
    assert broken["session-id"] > 450
    assert broken["length"] > 0  # a ContextExtension, and they have it in the result
    matched = Counter(match.template.rpartition("#")[2] for (one,) in found for match in one.matches)
    assert {"played", "paused", "seeked", "initialized"} <= matched.keys()
