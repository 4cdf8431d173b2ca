"""Checkpoints are signed on a schedule, and what contradicts an earlier one is not signed."""

from __future__ import annotations

import pytest

from lrs.errors import AuditFailed
from projections.audit import checkpoints, note
from projections.audit.trail import Trail


@pytest.fixture
def trail(story):
    return Trail(story.views, "https://lrs.example:8443/a+b/")


def sizes(story):
    with story.database.connection() as connection:
        return [each.size for each in checkpoints.some(connection, story.tenant, before=10**6, limit=100)]


def test_what_is_due_is_signed_once(story, trail):
    def sign(seconds):
        return trail.sign_due([story.tenant], seconds)

    assert sign(60) == 0, "nothing follows the log yet"
    story.follow()
    assert sign(60) == 0, "there is nothing to vouch for"
    story.tell(3)
    story.follow()
    assert (sign(60), sign(60), sizes(story)) == (1, 0, [3])
    story.tell(2, seed=1)
    story.follow()
    assert (sign(60), sizes(story)) == (0, [3])
    assert (sign(0), sizes(story)) == (1, [5, 3])
    assert trail.sign_due([story.tenant], 0, going_on=lambda: False) == 0


def test_the_name_of_a_key_is_that_of_its_first_use(story, trail):
    story.tell(1)
    story.follow()
    origin = f"lrs.example:8443/a%2Bb/{story.tenant}"
    text = note.opened(trail.sign(story.tenant), trail.key(story.tenant)["verifier"])
    assert note.checkpoint(text).origin == origin
    moved = Trail(story.views, "https://elsewhere.example")
    assert moved.key(story.tenant)["origin"] == origin


def test_a_tree_that_contradicts_a_checkpoint_is_not_signed(story, trail):
    story.tell(4)
    story.follow()
    trail.sign(story.tenant)
    story.change("UPDATE {t}.audit_v1_hash SET hash = sha256(hash) WHERE index = 2")
    story.tell(1, seed=1)
    story.follow()
    with pytest.raises(AuditFailed, match="does not go on from the checkpoint of size 4"):
        trail.sign(story.tenant)
    assert trail.sign_due([story.tenant], 0) == 0
    assert sizes(story) == [4]


def test_a_checkpoint_that_was_changed_is_noticed(story, trail):
    story.tell(4)
    story.follow()
    trail.sign(story.tenant)
    story.change("UPDATE {t}.checkpoint SET note = set_byte(note, 3, 0)")
    with pytest.raises(AuditFailed, match="checkpoint of size 4 is damaged"):
        trail.sign(story.tenant)
