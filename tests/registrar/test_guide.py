"""The example in the registrars' guide is a catalogue that can be imported."""

from __future__ import annotations

import json
import re
from pathlib import Path

from lrs.database.pool import Database
from lrs.registrar import catalogue, check
from lrs.registrar.catalogue_file import CatalogueFile

GUIDE = Path(__file__).parents[2] / "docs" / "registrars.md"


def test_the_example_of_a_file_can_be_imported(database: Database, tenant: str) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    adopted = catalogue.adopt(database, tenant, CatalogueFile(text).content, by="registrar")
    assert [each.kind for each in adopted.changes] == [
        "provider", "provider", "scale", "course", "activity", "alignment", "policy", "mastery",
    ]  # fmt: skip


def test_the_example_of_a_decision_has_the_right_shape() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert check.shape("decision", "decision", json.loads(text)) == []
