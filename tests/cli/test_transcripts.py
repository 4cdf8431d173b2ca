"""`lrs transcripts issue` pins what a transcript says, once under an id of one's own."""

from __future__ import annotations

from uuid import uuid4

from lrs.log.events import TranscriptIssued
from projections import found, rebuild
from tests.cli.terminal import facts
from tests.registrar.samples import recorded


def test_a_transcript_is_issued_once_under_an_id(said, database, tenant):
    learner = facts(said("learners", "register", "Mira", "--tenant", tenant))["learner"]
    for projection in found.projections():
        rebuild.rebuild(database, tenant, projection, progress=lambda *_: None)
    command = ["transcripts", "issue", learner, "--id", str(uuid4()), "--tenant", tenant]
    first, second = (facts(said(*command)) for _ in range(2))
    assert first == second
    event = recorded(database, tenant)[-1]
    assert isinstance(event, TranscriptIssued)
    assert (event.transcript, event.learner, event.sha256) == (command[4], learner, first["sha256"])
    assert sum(isinstance(each, TranscriptIssued) for each in recorded(database, tenant)) == 1
