"""The documentation of the partner API: its OpenAPI document, and the same to read."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from passpro.kernel.access import public

_METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    """Drawn once a process: it changes with the program only."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def document_text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@public
def schema(request: HttpRequest) -> HttpResponse:
    """For tools that draw clients."""
    response = HttpResponse(document_text(), content_type="application/vnd.oai.openapi+json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


@public
def guide(request: HttpRequest) -> HttpResponse:
    """Every address with its fields, on one page that needs no script."""
    return render(request, "portal/partner_api.html", {"groups": _groups(), "sandbox": _sandbox()})


def _sandbox() -> str:
    return reverse("portal:sandbox") if settings.ADAGE_SANDBOX else ""


def _groups() -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document()["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                groups.setdefault(operation["tags"][0], []).append(_row(path, method, operation))
    return [{"name": name, "operations": rows} for name, rows in groups.items()]


def _row(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    kind = next(iter(body), "")
    return {
        "id": operation["operationId"],
        "path": path,
        "method": method.upper(),
        "is_deprecated": operation.get("deprecated", False),
        "note": operation.get("description", ""),
        "parameters": [
            {
                "name": one["name"],
                "where": "chemin" if one["in"] == "path" else "requête",
                "kind": _kind(one["schema"]),
                "is_required": one["required"],
            }
            for one in operation.get("parameters", [])
        ],
        "body": _fields(body[kind]["schema"]) if kind else [],
        "body_kind": kind,
        "answers": [
            {"code": code, "text": one["description"]}
            for code, one in operation["responses"].items()
        ],
    }


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The first level of a body; objects inside are named."""
    name = schema["$ref"].rpartition("/")[2]
    shape = document()["components"]["schemas"][name]
    required = shape.get("required", [])
    return [
        {"name": field, "kind": _kind(facts), "is_required": field in required}
        for field, facts in shape.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    """« integer », « string (date-time) ou null », the name of an object."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " ou ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"liste de {_kind(schema['items'])}"
    if "enum" in schema:
        shown = [str(one) for one in schema["enum"][:6]]
        return " | ".join(shown) + (" | …" if len(schema["enum"]) > len(shown) else "")
    kind = str(schema.get("type", "objet"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
