"""What does a resource offer? One declaration per operation: where, how, and what OpenAPI says about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from lrs.xapi.vocabulary import Json

Handler = Callable[[Request], Awaitable[Response]]

PROBLEM: Json = {
    "type": "object",
    "required": ["error", "faults"],
    "properties": {
        "error": {"type": "string"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "rule", "section"],
                "properties": {name: {"type": "string"} for name in ("pointer", "rule", "section")},
            },
        },
    },
}
_FAILURES = {
    "400": "The request breaks a rule; every broken rule is listed.",
    "401": "No key, an unknown or revoked key, or a wrong secret.",
    "403": "The key lacks a scope that this needs.",
    "413": "The request is larger than a limit of this store.",
    "503": "The store cannot answer right now; try again after the time given in Retry-After.",
}


@dataclass(frozen=True)
class Endpoint:
    """One operation of a resource, with OpenAPI 3.1 fragments; HEAD comes with every GET."""

    path: str
    method: str
    handler: Handler
    summary: str
    parameters: Sequence[Json] = ()
    request_body: Json | None = None
    responses: dict[str, Json] = field(default_factory=dict)
    headers: dict[str, Json] = field(default_factory=dict)
    schemas: dict[str, Json] = field(default_factory=dict)
    hot: bool = False
    public: bool = False
    deep: bool = False  # the last part of the path may have slashes in it

    @property
    def route(self) -> str:
        """The path as Starlette wants it."""
        return self.path.removesuffix("}") + ":path}" if self.deep else self.path

    @property
    def methods(self) -> list[str]:
        """The methods that the handler answers."""
        return ["GET", "HEAD"] if self.method == "GET" else [self.method]

    def operation(self) -> dict[str, Any]:
        """The OpenAPI operation."""
        failures = {} if self.public else {code: problem(text) for code, text in _FAILURES.items()}
        operation: dict[str, Any] = {
            "summary": self.summary,
            "tags": [self.path.strip("/").split("/")[0] or "store"],
            "parameters": list(self.parameters),
            "responses": {
                code: response | {"headers": _HEADERS | self.headers | response.get("headers", {})}
                for code, response in (failures | self.responses).items()
            },
        }
        if self.path.startswith("/xapi/") and not self.public:
            operation["parameters"] = [_VERSION, *operation["parameters"]]
        if not self.public:
            operation["security"] = [{"key": []}]
        if self.request_body:
            operation["requestBody"] = self.request_body
        return operation


def query(name: str, description: str, schema: Json | None = None, *, required: bool = False) -> Json:
    """A query parameter."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def part(name: str) -> Json:
    """A part of the path that the client chooses."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def header(name: str, description: str, schema: Json | None = None) -> Json:
    """A request header."""
    return {"name": name, "in": "header", "description": description, "schema": schema or {"type": "string"}}


def problem(description: str) -> Json:
    """An answer that is an error."""
    return {"description": description, "content": {"application/json": {"schema": PROBLEM}}}


def content(description: str, schema: Json, media_type: str = "application/json") -> Json:
    """An answer with a body."""
    return {"description": description, "content": {media_type: {"schema": schema}}}


# What every answer carries.
_HEADERS: dict[str, Json] = {
    "X-Experience-API-Version": {
        "required": True,
        "description": "The version whose rules were applied (Communication 3.3).",
        "schema": {"enum": ["1.0.3", "2.0.0"]},
    },
    "X-Request-Id": {
        "required": True,
        "description": "The request's own id, or a new one; the log has it as well.",
        "schema": {"type": "string"},
    },
}
_VERSION: Json = {
    "name": "X-Experience-API-Version",
    "in": "header",
    "required": True,
    "description": "The version of xAPI that the client speaks (Communication 3.3).",
    "schema": {"type": "string", "pattern": r"^(1\.0(\.\d+)?|2\.0(\.\d+)?)$", "examples": ["2.0.0", "1.0.3"]},
}
