from __future__ import annotations

import pytest

from lrs.errors import UnsupportedVersion
from lrs.xapi import version


@pytest.mark.parametrize("header", ["1.0", "1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.9", "1.0.10"])
def test_every_1_0_follows_the_rules_of_1_0_3(header: str) -> None:
    assert version.parse(header) == "1.0.3"


@pytest.mark.parametrize("header", ["2.0", "2.0.0", "2.0.1"])
def test_every_2_0_follows_the_rules_of_2_0_0(header: str) -> None:
    assert version.parse(header) == "2.0.0"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "1",
        "1.",
        "1.0.",
        "1.1",
        "1.1.0",
        "0.9.9",
        "2",
        "2.1.0",
        "3.0.0",
        "1.0.3.4",
        "1.0.x",
        "v1.0.3",
        "1.0.3\n",
        "1.0.٣",
        "1.0.3, 2.0.0",
        "x" * 10000,
    ],
)
def test_any_other_version_is_refused_by_name(header: str) -> None:
    with pytest.raises(UnsupportedVersion) as refused:
        version.parse(header)
    [fault] = refused.value.faults
    assert fault.pointer == "X-Experience-API-Version"
    assert len(fault.rule) < 200


def test_no_version_is_refused_with_a_sentence_that_says_so() -> None:
    with pytest.raises(UnsupportedVersion, match="is missing"):
        version.parse(None)
