"""A catalogue file is plain YAML, and of every fault its line is told."""

from __future__ import annotations

import pytest
import yaml

from lrs.errors import BadRequest, Fault
from lrs.registrar import check
from lrs.registrar.catalogue_file import CatalogueFile, written
from tests.registrar.samples import a_catalogue

FILE = """\
courses:
  math-7:
    title: Mathematics 7
    credits:
      amount: 0.5
      unit: Carnegie
    sced: 02037
    begins: 2026-08-01
activities:
  https://a.example/~1: math-7
"""


def test_each_value_has_a_line() -> None:
    file = CatalogueFile(FILE)
    assert file.content["courses"]["math-7"]["credits"] == {"amount": 0.5, "unit": "Carnegie"}
    assert file.lines["/courses/math-7/credits/amount"] == 5
    assert file.lines["/activities/https:~1~1a.example~1~01"] == 10


def test_dates_stay_text() -> None:
    assert CatalogueFile(FILE).content["courses"]["math-7"]["begins"] == "2026-08-01"


def test_faults_come_in_the_order_of_the_file_with_their_lines() -> None:
    file = CatalogueFile(FILE)
    told = file.located(check.shape("catalogue", "", file.content))
    assert [each.pointer for each in told] == [
        "line 2, /courses/math-7/provider",
        "line 2, /courses/math-7/scale",
        "line 5, /courses/math-7/credits/amount",
        "line 7, /courses/math-7/sced",
        "line 8, /courses/math-7/begins",
    ]


def test_a_fault_of_the_whole_is_in_the_first_line() -> None:
    assert CatalogueFile("a: 1").located([Fault("", "x")]) == [Fault("line 1, /", "x")]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: &x [1]\nc: *x", "line 3", "aliases are not read"),
        ("a:\n  b: 1\n  b: 2", "line 3", "b stands here twice"),
        ("a: [1\nb: 2", "line 2", "expected"),
        ("? [a]\n: 1", "line 1", "no name"),
        ("- a", "line 1", "must be a mapping"),
        ("a", "line 1", "must be a mapping"),
        ("a: 1\n---\nb: 2", "", "another document"),
        ("a: " + "[" * 100_000, "line 1", "nested more than 20 deep"),
        ("a: " + "9" * 5000, "line 1", "this is no int"),
        ("a: 1\nb: !!bool maybe", "line 2", "this is no bool"),
        ("a: !!int ''", "line 1", "this is no int"),
        ("a: \x01", "", "special characters"),
    ],
)
def test_what_is_no_plain_yaml_is_told(text: str, line: str, problem: str) -> None:
    with pytest.raises(BadRequest) as error:
        CatalogueFile(text)
    (fault,) = error.value.faults
    assert fault.pointer.startswith(line)
    assert problem in fault.rule


def test_tags_are_never_executed() -> None:
    assert CatalogueFile("a: !!python/object/apply:os.system [x]").content == {"a": ["x"]}


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf", "1e999", "9" * 400])
def test_no_number_is_too_odd_to_be_refused(value: str) -> None:
    file = CatalogueFile(f"scales: {{s: {{title: x, steps: [{{grade: A, min: {value}}}]}}}}")
    assert [each.pointer for each in check.shape("catalogue", "", file.content)] == ["/scales/s/steps/0/min"]


def test_an_empty_file_is_an_empty_catalogue() -> None:
    assert CatalogueFile("# nothing yet\n").content == {}


def test_what_is_written_is_read_again() -> None:
    text = written(a_catalogue(policy={"attempts": {"self-paced": "best"}, "repeats": "Größe 0.50"}))
    assert CatalogueFile(text).content == yaml.safe_load(text)
    assert "Größe 0.50" in text
    assert "amount: '1.00'" in text
