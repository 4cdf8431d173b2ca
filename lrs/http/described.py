"""How is everything described to programs? OpenAPI, out of what each endpoint declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from lrs.http.routes import Endpoint
from lrs.xapi.vocabulary import Json


def openapi(app: FastAPI, offered: Sequence[Endpoint], root_path: str) -> Callable[[], Json]:
    """OpenAPI out of the endpoints' own declarations, the same for hot ones and others."""

    def described() -> Json:
        if not app.openapi_schema:
            found = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=[])
            for endpoint in offered:
                path = found["paths"].setdefault(endpoint.path, {})
                for method in endpoint.methods:
                    path[method.lower()] = endpoint.operation()
            found["servers"] = [{"url": root_path or "/"}]
            found["components"] = {
                "securitySchemes": {"key": {"type": "http", "scheme": "basic"}},
                "schemas": {name: schema for each in offered for name, schema in each.schemas.items()},
            }
            app.openapi_schema = found
        return app.openapi_schema

    return described
