"""How far the projections are is told to people, to probes and to Prometheus."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from lrs.auth import tenants
from lrs.database.pool import Database
from lrs.settings import Settings
from projections import found
from projections.status import failures, lags, status
from tests.conftest import serving
from tests.projections.engine.conftest import Follow, Role, Story, eventually
from tests.projections.engine.tally import TALLY


def test_the_lag_is_what_has_not_been_taken_in(story: Story, following: Follow):
    with following(TALLY):
        story.await_position(TALLY, story.tell("a"))
    (build,) = status(story.database, story.tenant)
    assert (build.name, build.position, build.behind, build.seconds, build.failures) == ("tally", 1, 0, 0, 0)
    story.tell("b", "unspeakable")
    (build,) = status(story.database, story.tenant)
    assert build.behind == 2
    assert 0 < build.seconds < 10
    assert lags(story.database, [story.tenant], [TALLY])["tally"].events == 2
    with following(TALLY):
        story.await_position(TALLY, 3)
    assert lags(story.database, [story.tenant], [TALLY]) == {"tally": (0, 0, 1)}
    (failed,) = failures(story.database, story.tenant, "tally")
    assert (failed.position, failed.error) == (3, "ValueError: nobody says that")


def test_a_tenant_that_was_not_granted_hides_no_other(story: Story, following: Follow, role: Role):
    story.tell("a")
    role.let_in(story.tenant, TALLY)
    other = f"a{uuid4().hex[:12]}"
    tenants.create(story.database, other)
    before = unknown()
    with Database(role.conninfo, pool_size=1) as limited:
        assert lags(limited, [other, story.tenant], [TALLY])["tally"].events == 1
    assert unknown() == before + 1


def unknown() -> float:
    return REGISTRY.get_sample_value("lrs_projection_unknown_total") or 0.0


def test_probes_and_metrics_name_each_projection(
    story: Story, settings: Settings, following: Follow, monkeypatch: pytest.MonkeyPatch
):
    with following(TALLY):
        story.await_position(TALLY, story.tell("a"))
    story.tell("b", "c")
    monkeypatch.setattr(found, "projections", lambda: (TALLY,))
    with serving(settings) as url:
        # With many tenants it takes a while to know; until then nothing is told.
        eventually(lambda: "tally" in httpx.get(f"{url}/readyz").json()["projections"])
        ready = httpx.get(f"{url}/readyz")
        assert ready.json()["projections"]["tally"]["behind"] >= 2
        assert ready.json()["projections"]["tally"]["seconds"] > 0
        samples = {
            sample.name: sample.value
            for family in text_string_to_metric_families(httpx.get(f"{url}/metrics").text)
            for sample in family.samples
            if sample.labels == {"projection": "tally"}
        }
    assert samples["lrs_projection_lag_events"] >= 2
    assert samples["lrs_projection_lag_seconds"] > 0
    assert samples["lrs_projection_failures"] >= 0
