"""Whoever rewrites the log and everything made of it still contradicts what was signed."""

from __future__ import annotations

import pytest

from lrs.cli import verifying
from projections import rebuild
from projections.audit import checkpoints
from projections.audit.project import AUDIT
from projections.audit.tree import Tree

ORIGIN = "lrs.example/school"


@pytest.fixture
def signed(story):
    """Forty events, signed at 25 and at 40."""
    story.tell(25, topic="said")
    story.follow()
    checkpoints.make(story.views, story.tenant, ORIGIN)
    story.tell(15, seed=1, topic="said")
    story.follow()
    checkpoints.make(story.views, story.tenant, ORIGIN)
    return story


def first_wrong(story):
    wrong, _ = verifying.verify(story.database, story.tenant, progress=lambda *_: None)
    return str(wrong) if wrong else None


def rebuilt(story):
    rebuild.rebuild(story.database, story.tenant, AUDIT, progress=lambda *_: None)


def test_what_is_signed_and_unchanged_holds(signed):
    assert first_wrong(signed) is None


def test_a_rewritten_log_with_a_new_tree_is_not_what_was_signed(signed):
    signed.change("UPDATE {t}.log SET state = 'forged' WHERE notification_id = 30")
    rebuilt(signed)
    assert first_wrong(signed) == "log, positions 1 to 40: are not what was signed"
    signed.change("UPDATE {t}.log SET state = 'forged' WHERE notification_id = 3")
    rebuilt(signed)
    assert first_wrong(signed) == "log, positions 1 to 25: are not what was signed"


def test_an_end_that_was_cut_off_is_missed(signed):
    signed.change("DELETE FROM {t}.log WHERE notification_id > 38")
    assert "head, position 40" in first_wrong(signed)
    signed.change(
        "UPDATE {t}.head SET position = 38, previous = 37,"
        " began = (SELECT stored FROM {t}.log WHERE notification_id = 38)"
    )
    assert "audit_v1_hash, level 0, index 38: is the leaf of no event" in first_wrong(signed)
    signed.change("DELETE FROM {t}.audit_v1_hash WHERE level = 0 AND index >= 38")
    signed.change("UPDATE {t}.projection SET position = 38 WHERE name = 'audit'")
    assert "position 40: is missing: a checkpoint of this size was signed" in first_wrong(signed)


def test_the_witness_says_whether_log_or_tree_was_changed(signed):
    signed.change("UPDATE {t}.log SET state = 'forged' WHERE notification_id = 39")
    assert first_wrong(signed) == "log, position 39 (said): is not the event of its leaf in the audit tree"
    signed.change("DELETE FROM {t}.checkpoint WHERE size = 40")
    assert first_wrong(signed).startswith("log or audit_v1_hash, position 39 (said)")


def test_a_changed_leaf_of_an_erased_event_is_found(signed):
    with signed.views.open(signed.tenant, ["audit"]) as view:
        leaf = Tree(view).leaf(6)
    signed.erase(7, leaf)
    assert first_wrong(signed) is None
    signed.erase(7, bytes([leaf[0] ^ 1]) + leaf[1:])
    assert first_wrong(signed) == "log, position 7 (said): is not the event of its leaf in the audit tree"


def test_an_event_between_two_others_is_found(signed):
    signed.change("UPDATE {t}.log SET notification_id = notification_id + 100 WHERE notification_id > 20")
    assert first_wrong(signed) == "log, position 21: is missing; position 121 follows"


def test_a_tree_that_is_behind_is_compared_as_far_as_it_is(signed):
    signed.tell(5, seed=2, topic="said")
    assert first_wrong(signed) is None
    signed.change("INSERT INTO {t}.audit_v1_hash VALUES (0, 40, sha256(''))")
    assert "level 0, index 40: is the leaf of no event" in first_wrong(signed)
