"""What is published of a resource of projections? Its parameters, and the JSON Schema of its answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response

from lrs.errors import NotFound
from lrs.http.positions import POSITION
from lrs.http.routes import Endpoint, Handler, content, header, part, problem, query
from lrs.xapi.vocabulary import Json

OF_ALL = frozenset({"as_of", "after"})
_PART = re.compile(r"\{(\w+)\}")
_SCHEMAS = "/schemas"
AS_OF = query(
    "as_of",
    "What was known then: a position of the log, or a time (RFC 3339).",
    {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]},
)
AFTER = query(
    "after",
    "Wait until at least this position of the log is known, so that one sees what one has written.",
    {"type": "integer", "minimum": 0},
)
LONGEST_PURPOSE = 200
PURPOSE = header(
    "X-LRS-Purpose", f"Why it is read, for the access log: UTF-8, at most {LONGEST_PURPOSE} characters."
)
_HEADERS = {
    "ETag": {"description": "A hash of the body.", "required": True, "schema": {"type": "string"}},
    POSITION: {
        "description": "The position of the log that the answer is true for.",
        "required": True,
        "schema": {"type": "integer"},
    },
}


class Described(Protocol):
    """What a resource says of itself."""

    @property
    def path(self) -> str:
        """Where it is."""

    @property
    def summary(self) -> str:
        """What it tells, in a sentence."""

    @property
    def parameters(self) -> Sequence[Json]:
        """Further parameters, as OpenAPI describes them."""

    @property
    def personal(self) -> bool:
        """Whether it tells of learners, so that it is noted who reads it."""

    @property
    def schema(self) -> Json | None:
        """The JSON Schema of its answer, `position` and `as_of` included."""


def parameters(resource: Described) -> tuple[frozenset[str], frozenset[str]]:
    """The query parameters that it knows, and those of them that have to be there."""
    own = [each for each in resource.parameters if each["in"] == "query"]
    required = frozenset(each["name"] for each in own if each.get("required"))
    return OF_ALL | {each["name"] for each in own}, required


def endpoint(resource: Described, handler: Handler) -> Endpoint:
    """The operation that serves it."""
    described = {each["name"] for each in resource.parameters if each["in"] == "path"}
    parts = [part(name) for name in _PART.findall(resource.path) if name not in described]
    name = _name(resource)
    schema = {"$ref": f"#/components/schemas/{name}"} if resource.schema else {"type": "object"}
    found = content("What is known, and the position of the log up to which it is.", schema)
    return Endpoint(
        resource.path,
        "GET",
        handler,
        resource.summary,
        parameters=[*parts, *resource.parameters, AS_OF, AFTER, *([PURPOSE] if resource.personal else [])],
        responses={
            "200": found | {"headers": _HEADERS},
            "304": {"description": "The client has it already.", "headers": _HEADERS},
            "404": problem("There is nothing here."),
        },
        schemas={name: _component(name, resource.schema)} if resource.schema else {},
    )


def schemas(resources: Sequence[Described], further: Sequence[Json] = ()) -> list[Endpoint]:
    """The resource that serves every published schema by its name, where there are any."""
    named = {_name(each): each.schema for each in resources} | {_named(each): each for each in further}
    texts = {f"{name}.json": orjson.dumps(schema) for name, schema in named.items() if schema}

    async def get(request: Request) -> Response:
        """200 with a JSON Schema (Draft 2020-12), for anybody."""
        if (text := texts.get(request.path_params["name"])) is None:
            raise NotFound
        return Response(text, media_type="application/schema+json")

    return [
        Endpoint(
            f"{_SCHEMAS}/{{name}}", "GET", get, "The JSON Schema of an answer.", public=True,
            parameters=[part("name") | {"schema": {"enum": sorted(texts)}}],
            responses={
                "200": content("The schema.", {"type": "object"}, "application/schema+json"),
                "404": problem("There is no such schema."),
            },
        )
    ] if texts else []  # fmt: skip


def referred(schema: Json) -> Json:
    """How OpenAPI refers to a schema that is published."""
    return {"$ref": f"#/components/schemas/{_named(schema)}"}


def components(schema: Json) -> dict[str, Json]:
    """A schema by its name, at the place that is referred to."""
    return {_named(schema): _component(_named(schema), schema)}


def _name(resource: Described) -> str:
    """That of its schema, else what stands in its path."""
    return _named(resource.schema or {}) or "-".join(_PART.sub("", resource.path).split("/")).strip("-")


def _named(schema: Json) -> str:
    """As its `$id` ends, an URL or a tag, without .json."""
    return re.split("[/:]", str(schema.get("$id", "")))[-1].removesuffix(".json")


def _component(name: str, schema: Json) -> Json:
    """The schema at its place in the description, with references that lead there."""

    def moved(value: Any) -> Any:
        if isinstance(value, list):
            return [moved(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {key: place(each) if key == "$ref" else moved(each) for key, each in value.items()}

    def place(reference: Any) -> Any:
        if reference == "#" or str(reference).startswith("#/"):
            return f"#/components/schemas/{name}{reference[1:]}"
        return reference

    outer = {"$id", "$schema"}
    return {key: moved(each) for key, each in schema.items() if key not in outer}
