"""A catalogue is adopted whole or not at all, and what is so already appends nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lrs.database.pool import Database
from lrs.errors import BadRequest, NotFound
from lrs.log.events import (
    ActivityMapped,
    CourseDefined,
    GradingScaleDefined,
    ProviderRevoked,
    ProviderTrusted,
)
from lrs.registrar import catalogue
from lrs.registrar.catalogue import Change
from tests.registrar.samples import (
    REGISTRAR,
    a_catalogue,
    a_course,
    a_provider,
    a_scale,
    an_agent,
    faults_of,
    recorded,
)


def adopt(database: Database, tenant: str, wanted: Any, **options: Any) -> catalogue.Adopted:
    return catalogue.adopt(database, tenant, wanted, by=REGISTRAR, **options)


def test_everything_is_adopted_with_its_defaults(database: Database, tenant: str) -> None:
    adopted = adopt(database, tenant, a_catalogue())
    assert adopted.position == 5
    provider, scale, course, mapped, _ = recorded(database, tenant)
    account = "account|https://lrs.example|maths"
    assert provider == ProviderTrusted("pathway", "Pathway", [account], "approved", REGISTRAR)
    assert isinstance(scale, GradingScaleDefined)
    assert scale.steps[3] == {"grade": "W", "min": None, "points": "0", "passing": False, "counts": False}
    assert isinstance(course, CourseDefined)
    assert (course.course, course.term, course.pace) == ("math-7", {"pattern": "none"}, "self-paced")
    assert (course.max_completions, course.credits["amount"], course.by) == (1, "1.00", REGISTRAR)
    assert mapped == ActivityMapped("https://pathway.example/math-7", "math-7", REGISTRAR)


def test_of_a_million_faults_the_first_thousand_are_told(database: Database, tenant: str) -> None:
    provider = a_provider() | {"authorities": [1] * 1_000_000}
    with pytest.raises(BadRequest) as error:
        adopt(database, tenant, {"providers": {"pathway": provider}})
    faults = error.value.faults
    assert (len(faults), faults[-1].pointer) == (1000, "/providers/pathway/authorities/998")


def test_a_second_time_appends_nothing(database: Database, tenant: str) -> None:
    adopt(database, tenant, a_catalogue())
    assert adopt(database, tenant, a_catalogue()) == catalogue.Adopted(5, [])
    assert len(recorded(database, tenant)) == 5


def test_what_is_left_out_stays(database: Database, tenant: str) -> None:
    adopt(database, tenant, a_catalogue())
    adopt(database, tenant, {"courses": {"math-8": a_course(title="Mathematics 8")}})
    assert set(catalogue.export(database, tenant)["courses"]) == {"math-7", "math-8"}


def test_one_changed_course_is_one_event(database: Database, tenant: str) -> None:
    adopt(database, tenant, a_catalogue())
    changed = a_catalogue(courses={"math-7": a_course(credits={"amount": "0.5", "unit": "Carnegie"})})
    assert adopt(database, tenant, changed) == catalogue.Adopted(6, [Change("course", "math-7", new=False)])


def test_a_scale_may_have_no_scores_at_all(database: Database, tenant: str) -> None:
    unscored = a_scale(steps=[{"grade": "P", "counts": False}, {"grade": "NP", "passing": False}])
    assert adopt(database, tenant, a_catalogue(scales={"letters": unscored})).position == 5


def test_a_dry_run_tells_and_changes_nothing(database: Database, tenant: str) -> None:
    told = adopt(database, tenant, a_catalogue(), dry_run=True)
    assert [each.kind for each in told.changes] == ["provider", "scale", "course", "activity", "policy"]
    assert recorded(database, tenant) == []


def test_what_is_exported_is_adopted_again_without_a_change(database: Database, tenant: str) -> None:
    adopt(database, tenant, a_catalogue())
    catalogue.revoke(database, tenant, "pathway", {"reason": "closed"}, by=REGISTRAR)
    count = len(recorded(database, tenant))
    exported = catalogue.export(database, tenant)
    assert adopt(database, tenant, exported).changes == []
    assert len(recorded(database, tenant)) == count
    assert list(exported) == ["providers", "scales", "courses", "activities", "policy"]


def test_what_is_exported_means_the_same_elsewhere(database: Database, tenant: str) -> None:
    from lrs.auth import tenants

    adopt(database, tenant, a_catalogue())
    catalogue.revoke(database, tenant, "pathway", {"reason": "closed"}, by=REGISTRAR)
    tenants.create(database, other := f"{tenant}_other")
    exported = catalogue.export(database, tenant)
    adopt(database, other, exported)
    assert catalogue.export(database, other) == exported


BROKEN = {
    "providers": {
        "pathway": a_provider(),
        "twin": a_provider(name="Twin"),
        "team": a_provider(authorities=[{"objectType": "Group", "mbox": "mailto:team@x.example"}]),
        "odd": a_provider(authorities=[{"account": {"name": "odd"}}]),
        "gone": a_provider(trust="revoked", authorities=[an_agent("gone")]),
    },
    "scales": {
        "letters": a_scale(steps=[{"grade": "A", "min": 0.8}, {"grade": "A", "min": 0.9}]),
        "empty": a_scale(steps=[]),
        "bottomless": a_scale(steps=[{"grade": "A", "min": 0.8}, {"grade": "F", "passing": False}]),
    },
    "courses": {
        "math-7": a_course(provider="nobody", scale="none"),
        "math-8": a_course(credits={"amount": 1, "unit": "Carnegie"}),
        "math-9": a_course(term={"pattern": "terms", "begins": ["08-01"], "names": []}),
    },
    "activities": {"https://a.example/1": "math-6", "https://a.example/2": "math-8"},
    "policy": {"attempts": {"self-paced": "often"}, "repeats": "best"},
}


def test_every_fault_is_told_and_nothing_is_adopted(database: Database, tenant: str) -> None:
    with pytest.raises(BadRequest) as error:
        adopt(database, tenant, BROKEN)
    assert sorted(faults_of(error)) == [
        "/activities/https:~1~1a.example~11",
        "/courses/math-7/provider",
        "/courses/math-7/scale",
        "/courses/math-8/credits/amount",
        "/courses/math-9/term",
        "/policy/attempts/self-paced",
        "/providers/gone/authorities",
        "/providers/odd/authorities/0/account/homePage",
        "/providers/team/authorities/0",
        "/providers/twin/authorities/0",
        "/scales/bottomless/steps/0/min",
        "/scales/empty/steps",
        "/scales/letters/steps/1/grade",
        "/scales/letters/steps/1/min",
    ]
    assert "is an authority of provider pathway" in faults_of(error)["/providers/twin/authorities/0"]
    assert recorded(database, tenant) == []


def test_one_thing_is_defined_by_itself(database: Database, tenant: str) -> None:
    adopt(database, tenant, a_catalogue())
    define = catalogue.define
    assert define(database, tenant, "course", "math-8", a_course(), by=REGISTRAR) == 6
    assert define(database, tenant, "course", "math-7", a_course(), by=REGISTRAR) == 3
    assert define(database, tenant, "activity", "https://b.example", "math-8", by=REGISTRAR) == 7
    assert define(database, tenant, "policy", "", {"attempts": {}, "repeats": "all"}, by=REGISTRAR) == 8


def test_an_activity_is_mapped_to_a_course_that_there_is(database: Database, tenant: str) -> None:
    adopt(database, tenant, a_catalogue())
    map_activity, iri = catalogue.map_activity, "https://b.example"
    assert map_activity(database, tenant, iri, {"course": "math-7"}, by=REGISTRAR) == 6
    for activity, body, pointers in (
        (iri, {"course": "math-8"}, {"/course"}),
        (iri, {"course": None, "x": 1}, {"/course", "/x"}),
        ("no iri", {}, {"activity", "/course"}),
    ):
        with pytest.raises(BadRequest) as error:
            map_activity(database, tenant, activity, body, by=REGISTRAR)
        assert set(faults_of(error)) == pointers


def test_faults_of_one_thing_are_told_where_they_are_in_it(database: Database, tenant: str) -> None:
    with pytest.raises(BadRequest) as error:
        catalogue.define(database, tenant, "course", "a/b", a_course(title=1, more=2), by=REGISTRAR)
    assert set(faults_of(error)) == {"", "/title", "/more"}
    with pytest.raises(BadRequest) as error:
        catalogue.define(database, tenant, "course", "math-7", a_course(), by=REGISTRAR)
    assert set(faults_of(error)) == {"/provider", "/scale"}


def test_the_authority_of_another_provider_cannot_be_claimed(database: Database, tenant: str) -> None:
    adopt(database, tenant, a_catalogue())
    with pytest.raises(BadRequest) as error:
        catalogue.define(database, tenant, "provider", "twin", a_provider(), by=REGISTRAR)
    assert "provider pathway already" in faults_of(error)["/authorities/0"]
    catalogue.revoke(database, tenant, "pathway", {"reason": "closed"}, by=REGISTRAR)
    assert catalogue.define(database, tenant, "provider", "twin", a_provider(), by=REGISTRAR) == 7


def test_who_is_revoked_keeps_the_name(database: Database, tenant: str) -> None:
    adopt(database, tenant, a_catalogue())
    assert catalogue.revoke(database, tenant, "pathway", {"reason": "closed"}, by=REGISTRAR) == 6
    assert catalogue.revoke(database, tenant, "pathway", {"reason": "again"}, by="another") == 6
    assert recorded(database, tenant)[-1] == ProviderRevoked("pathway", REGISTRAR, "closed", "Pathway")
    with pytest.raises(NotFound):
        catalogue.revoke(database, tenant, "nobody", {"reason": "closed"}, by=REGISTRAR)


def test_an_activity_belongs_to_no_course_any_longer(database: Database, tenant: str) -> None:
    adopt(database, tenant, a_catalogue())
    iri = "https://pathway.example/math-7"
    assert catalogue.unmap(database, tenant, iri, by=REGISTRAR) == 6
    assert catalogue.unmap(database, tenant, iri, by=REGISTRAR) == 6
    assert "activities" not in catalogue.export(database, tenant)
    with pytest.raises(NotFound):
        catalogue.unmap(database, tenant, "https://pathway.example/other", by=REGISTRAR)
    assert adopt(database, tenant, {"activities": {"https://pathway.example/other": None}}).changes == []


def test_who_adopts_the_same_at_once_appends_once(database: Database, tenant: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: adopt(database, tenant, a_catalogue()), range(8)))
    assert {each.position for each in done} == {5}
    assert len(recorded(database, tenant)) == 5


def test_of_two_who_claim_an_authority_at_once_one_gets_it(database: Database, tenant: str) -> None:
    def claim(name: str) -> bool:
        try:
            catalogue.define(database, tenant, "provider", name, a_provider(), by=REGISTRAR)
        except BadRequest:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(claim, ["a", "b", "c", "d"])) == 1
