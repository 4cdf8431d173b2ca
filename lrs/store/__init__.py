"""The index: what answers today's xAPI queries, committed together with the events."""
