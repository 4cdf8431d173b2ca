"""Entries become a catalogue: the newest of each thing counts, in whatever order they are read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from projections.catalogue import model
from projections.catalogue.model import Entry

Json = dict[str, Any]


def a_course(position: int, **members: Any) -> Entry:
    body = {
        "course": "math-7", "title": "Mathematics 7", "code": "M7", "subject": "Mathematics", "sced": "02037",
        "level": "G", "credits": {"amount": "0.50", "unit": "Carnegie"}, "provider": "maths",
        "term": {"pattern": "terms", "begins": ["08-01", "01-10"], "names": ["Fall", "Spring"]},
        "pace": "self-paced", "scale": "letters", "max_completions": 1, "by": "registrar",
    }  # fmt: skip
    return Entry("course", "math-7", position, body | members)


def a_provider(position: int, provider: str = "maths", *authorities: str, trust: str = "approved") -> Entry:
    body = {"provider": provider, "name": provider.title(), "authorities": list(authorities), "trust": trust}
    return Entry("provider", provider, position, body)


def a_revocation(position: int, provider: str = "maths") -> Entry:
    body = {"provider": provider, "reason": "closed", "name": provider.title()}
    return Entry("provider", provider, position, body)


def test_credits_keep_the_precision_they_were_written_with() -> None:
    course = model.catalogue([a_course(3)]).courses["math-7"]
    assert str(course.credits.amount) == "0.50"
    assert course.term == model.Term("terms", ("08-01", "01-10"), ("Fall", "Spring"))
    assert course.version == 3


def test_the_newest_entry_counts() -> None:
    revised = model.catalogue([a_course(9, title="Algebra"), a_course(3)])
    assert revised.courses["math-7"].title == "Algebra"
    assert revised.position == 9


def test_steps_pass_and_count_unless_they_say_otherwise() -> None:
    steps = [
        {"grade": "B+", "min": 0.87, "points": "3.33"},
        {"grade": "W", "passing": False, "counts": False},
    ]
    body = {"scale": "letters", "title": "Letters", "steps": steps, "weights": {"H": "0.5"}}
    scale = model.catalogue([Entry("scale", "letters", 2, body)]).scales["letters"]
    assert scale.steps == (
        model.Step("B+", 0.87, Decimal("3.33"), passing=True, counts=True),
        model.Step("W", None, Decimal(0), passing=False, counts=False),
    )
    assert scale.weights == {"H": Decimal("0.5")}


def test_an_activity_can_be_mapped_to_no_course_any_longer() -> None:
    mapped = Entry("activity", "http://a", 1, {"activity": "http://a", "course": "math-7"})
    assert model.catalogue([mapped]).activities == {"http://a": "math-7"}
    none = Entry("activity", "http://a", 2, {"activity": "http://a", "course": None})
    assert model.catalogue([mapped, none]).activities == {}


def test_who_is_revoked_keeps_the_name_and_loses_the_trust() -> None:
    catalogue = model.catalogue([a_provider(1, "maths", "mbox|a", "mbox|b"), a_revocation(2)])
    assert catalogue.providers == {}
    revoked = catalogue.providers_by_id["maths"]
    assert (revoked.name, revoked.trust, revoked.version) == ("Maths", "self", 2)


def test_who_is_trusted_again_is_trusted() -> None:
    entries = [a_provider(1, "maths", "mbox|a"), a_revocation(2), a_provider(3, "maths", "mbox|a")]
    assert model.catalogue(entries).providers["mbox|a"].trust == "approved"


def test_without_a_policy_the_default_holds() -> None:
    assert model.catalogue([]) == model.Catalogue()
    assert model.catalogue([]).policy.attempts == {"self-paced": "best", "term-graded": "latest"}


def test_what_a_policy_leaves_out_is_as_by_default() -> None:
    body = {"attempts": {"self-paced": "mean"}, "repeats": "all"}
    policy = model.catalogue([Entry("policy", "", 4, body)]).policy
    assert policy == model.Policy({"self-paced": "mean", "term-graded": "latest"}, "all", 4)


ENTRIES = [
    a_course(1), a_course(2, title="Algebra"), a_provider(3, "maths", "mbox|a"), a_revocation(4),
    a_provider(5, "maths", "mbox|b"), a_provider(6, "school", "mbox|a"),
    Entry("activity", "http://a", 7, {"activity": "http://a", "course": "math-7"}),
    Entry("activity", "http://a", 8, {"activity": "http://a", "course": None}),
]  # fmt: skip


@given(st.permutations(ENTRIES))
def test_the_order_of_reading_changes_nothing(entries: list[Entry]) -> None:
    assert model.catalogue(entries) == model.catalogue(ENTRIES)
