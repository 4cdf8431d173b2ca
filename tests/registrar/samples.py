"""A small catalogue and a learner, as tests change them."""

from __future__ import annotations

from typing import Any

from lrs.database.pool import Database
from lrs.log import events
from lrs.log.event_log import EventLog

Json = dict[str, Any]
REGISTRAR = "registrar-key"


def an_agent(name: str) -> Json:
    return {"account": {"homePage": "https://lrs.example", "name": name}}


def a_provider(**members: Any) -> Json:
    return {"name": "Pathway", "trust": "approved", "authorities": [an_agent("maths")], **members}


def a_scale(**members: Any) -> Json:
    steps = [
        {"grade": "A", "min": 0.9, "points": "4.00"},
        {"grade": "B", "min": 0.8, "points": "3.00"},
        {"grade": "F", "min": 0, "points": "0.00", "passing": False},
        {"grade": "W", "passing": False, "counts": False},
    ]
    return {"title": "Letters", "steps": steps, "weights": {"H": "0.5"}, **members}


def a_course(**members: Any) -> Json:
    return {
        "title": "Mathematics 7",
        "credits": {"amount": "1.00", "unit": "Carnegie"},
        "provider": "pathway",
        "scale": "letters",
        **members,
    }


def a_catalogue(**sections: Any) -> Json:
    return {
        "providers": {"pathway": a_provider()},
        "scales": {"letters": a_scale()},
        "courses": {"math-7": a_course()},
        "activities": {"https://pathway.example/math-7": "math-7"},
        "policy": {"attempts": {"self-paced": "best"}, "repeats": "best"},
        **sections,
    }


def recorded(database: Database, tenant: str) -> list[events.Event]:
    """What the log has, but for keys."""
    found = [events.from_state(each.topic, each.state) for each in EventLog(database, tenant).read()]
    return [each for each in found if not isinstance(each, events.KeyIssued)]


def faults_of(error: Any) -> dict[str, str]:
    return {each.pointer: each.rule for each in error.value.faults}
