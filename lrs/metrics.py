"""What do we count? Every Prometheus metric of the store, in one place."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)

REQUESTS = Counter("lrs_requests_total", "Requests answered.", ["method", "resource", "status"])
REQUEST_SECONDS = Histogram(
    "lrs_request_seconds", "Time from request to answer.", ["method", "resource"], buckets=_FAST
)
COMMIT_SECONDS = Histogram("lrs_commit_seconds", "Time of one group commit.", buckets=_FAST)
BATCH_STATEMENTS = Histogram("lrs_commit_statements", "Statements in one group commit.", buckets=_SIZES)
WAITING = Gauge("lrs_waiting_statements", "Statements waiting to be committed.", multiprocess_mode="livesum")
POOL_CONNECTIONS = Gauge(
    "lrs_pool_connections", "Database connections.", ["state"], multiprocess_mode="livesum"
)
# Any process may measure them, for all; the last one is right.
PROJECTION_LAG_EVENTS = Gauge(
    "lrs_projection_lag_events",
    "Events that a projection has not taken in yet, of all tenants.",
    ["projection"],
    multiprocess_mode="mostrecent",
)
PROJECTION_LAG_SECONDS = Gauge(
    "lrs_projection_lag_seconds",
    "Longest time that an event has waited for a projection.",
    ["projection"],
    multiprocess_mode="mostrecent",
)
PROJECTION_UNKNOWN = Counter(
    "lrs_projection_unknown_total",
    "Times that it could not be told how far the projections of a tenant, or of all, are.",
)
PROJECTION_FAILURES = Gauge(
    "lrs_projection_failures",
    "Events that a projection has set aside, of all tenants.",
    ["projection"],
    multiprocess_mode="mostrecent",
)
