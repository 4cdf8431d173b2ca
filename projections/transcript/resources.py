"""What can be asked about transcripts? One learner's, with who she is and the catalogue as they were then."""

from __future__ import annotations

from projections.catalogue.read import catalogue_at
from projections.learners.read import learner_at
from projections.transcript import read

RESOURCES = read.resources(learner_at, catalogue_at)
