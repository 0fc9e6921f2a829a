"""The OpenAPI 3.1 document of the API, from the same types that read the requests."""

from collections.abc import Sequence
from typing import Any

import msgspec

from streamer.web.rest import PROBLEM_JSON, ProblemBody, Route

_ID_PATTERN = "^[A-Za-z0-9_-]{1,64}$"


def document(routes: Sequence[Route], *, version: str) -> dict[str, Any]:
    """`x-scope` of an operation names what a grant needs for it."""
    types = {
        kind for item in routes for kind in (item.body, item.raw_body, item.result, item.query) if kind is not None
    }
    types.add(ProblemBody)
    ordered = sorted(types, key=str)
    schemas, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    by_type = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, Any] = {}
    for item in routes:
        paths.setdefault(item.path, {})[item.method.lower()] = _operation(item, by_type, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Showrunner", "version": version, "license": {"name": "GPL-3.0-or-later"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sr_port"},
            },
        },
    }


def _operation(item: Route, schemas: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": item.summary,
        "operationId": f"{item.method.lower()}{item.path.replace('/api/v1', '').replace('/', '_')}".replace(
            "{", ""
        ).replace("}", ""),
        "responses": _responses(item, schemas),
        "security": [] if item.scope is None else [{"token": []}, {"session": []}],
    }
    if item.scope is not None:
        operation["x-scope"] = item.scope
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": _ID_PATTERN}}
        for name in item.params
    ]
    if item.query is not None:
        fields = components[item.query.__name__]["properties"]
        parameters += [{"name": name, "in": "query", "schema": schema} for name, schema in fields.items()]
    if parameters:
        operation["parameters"] = parameters
    body = item.body or item.raw_body
    if body is not None:
        operation["requestBody"] = {
            "required": not item.loose_body,
            "content": {"application/json": {"schema": schemas[body]}},
        }
    return operation


def _responses(item: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "done"}
    if item.result is not None:
        good["content"] = {"application/json": {"schema": schemas[item.result]}}
    codes = {400, 403, *item.problems}
    if item.body is not None or item.raw_body is not None:
        codes |= {409, 413, 415, 422}
    if item.query is not None:
        codes.add(422)
    if item.params:
        codes.add(404)
    problem = {PROBLEM_JSON: {"schema": schemas[ProblemBody]}}
    status = str(item.status if item.result is not None or item.status != 200 else 204)
    return {status: good} | {str(code): {"description": "refused", "content": problem} for code in sorted(codes)}
