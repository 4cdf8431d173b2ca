"""The runner takes in every event once, sets aside what it cannot, and shares the work with others."""

from __future__ import annotations

from tests.projections.engine.conftest import Follow, Story
from tests.projections.engine.tally import TALLY

ENTRIES = "SELECT position, topic, text FROM {t}_entry ORDER BY position"
COUNTS = "SELECT topic, events FROM {t}_count ORDER BY topic"


def test_what_was_there_before_and_what_comes_later_is_taken_in(story: Story, following: Follow):
    story.tell("a", "b")
    with following(TALLY):
        story.await_position(TALLY, 2)
        story.tell("c", topic="counted")
        story.tell("of no interest", topic="other")
        story.await_position(TALLY, 4)
        assert story.ask(ENTRIES, TALLY) == [(1, "said", "a"), (2, "said", "b"), (3, "counted", "c")]
        assert story.ask(COUNTS, TALLY) == [("counted", 1)]
