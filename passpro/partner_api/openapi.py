"""The OpenAPI document of the partner API, drawn from the contract by drf-spectacular."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.views import APIView

from passpro.partner_api import contract
from passpro.partner_api.contract import Field, Shape

_TITLES = {
    "/public/bookings": "Contremarques",
    "/public/providers": "Logiciel partenaire",
    "/public/offers": "Offres individuelles",
    "/v2/collective": "Offres collectives",
    "/v2/bookings": "Contremarques (ancienne)",
    "/v2/venue": "Stocks (ancienne)",
}
_ERRORS = {
    "400": "Un champ ou une règle refuse l’appel",
    "401": "Clé absente ou inconnue",
    "403": "Interdit sur cet objet",
    "404": "N’existe pas, ou pas pour cette clé",
    "410": "Trop tard : l’objet a changé d’état",
    "422": "L’objet ne peut plus être modifié",
    "429": "Plus de 200 appels en une minute",
    "500": "Un service dont nous dépendons ne répond pas",
}
_PLAIN: dict[str, dict[str, Any]] = {
    "int": {"type": "integer"},
    "num": {"type": "number"},
    "str": {"type": "string"},
    "phone": {"type": "string"},
    "bool": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "email": {"type": "string", "format": "email"},
    "url": {"type": "string", "format": "uri"},
    "base64": {"type": "string", "contentEncoding": "base64"},
    "binary": {"type": "string", "contentMediaType": "application/octet-stream"},
    "map": {"type": "object"},
}
_LIMITS = {
    "min": "minimum",
    "max": "maximum",
    "above": "exclusiveMinimum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
    "pattern": "pattern",
    "const": "const",
    "default": "default",
    "deprecated": "deprecated",
}


def documented(
    door: Callable[..., Any], template: str, methods: Mapping[str, Any]
) -> Callable[..., Any]:
    """Let drf-spectacular find a plain view: it looks for the class behind a view of DRF."""
    handlers = {method.lower(): (lambda self, request: None) for method in methods}
    described = type(
        "Door", (APIView,), {"schema": ContractSchema(), "template": template, **handlers}
    )
    door.cls, door.initkwargs = described, {}  # type: ignore[attr-defined]
    return door


class ContractSchema(AutoSchema):
    """One operation of the document, from its line of the contract."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        template = self.view.template  # type: ignore[attr-defined]
        facts = contract.routes()[(method.upper(), template)]
        operation: dict[str, Any] = {
            "operationId": facts["operation"],
            "tags": [next(t for start, t in _TITLES.items() if template.startswith(start))],
            "security": [{"key": []}, {"password": []}] if facts.get("basic") else [{"key": []}],
            "responses": {
                code: _answer(code, name) for code, name in sorted(facts["answers"].items())
            },
        }
        if facts.get("deprecated"):
            operation["deprecated"] = True
        if facts.get("sandbox"):
            operation["description"] = "Bac à sable seulement : 403 en production."
        if parameters := [*_path_parameters(template), *_query_parameters(facts)]:
            operation["parameters"] = parameters
        if "body" in facts:
            kind = "multipart/form-data" if facts.get("multipart") else "application/json"
            operation["requestBody"] = {
                "required": True,
                "content": {kind: {"schema": _ref(facts["body"])}},
            }
        return operation


def _path_parameters(template: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in template.split("/") if part.startswith("{")]
    return [
        {
            "in": "path",
            "name": name,
            "required": True,
            "schema": {"type": "integer" if name.endswith("_id") else "string"},
        }
        for name in names
    ]


def _query_parameters(facts: contract.Route) -> list[dict[str, Any]]:
    return [
        {
            "in": "query",
            "name": name,
            "required": bool(field.get("required")),
            "schema": {"type": "string"}
            if field.get("commas")
            else field_schema({**field, "null": False}),
        }
        for name, field in facts.get("query", {}).items()
    ]


def _answer(code: str, name: str | None) -> dict[str, Any]:
    said: dict[str, Any] = {"description": _ERRORS.get(code, "Fait")}
    if name:
        said["content"] = {"application/json": {"schema": _ref(name)}}
    return said


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def field_schema(field: Field) -> dict[str, Any]:
    """JSON Schema (2020-12, as OpenAPI 3.1 has it) of one field."""
    kind = field["type"]
    if kind == "object":
        schema: dict[str, Any] = _ref(field["shape"])  # type: ignore[assignment]
    elif kind == "enum":
        schema = {"type": "string", "enum": contract.enum_values(field)}
    elif kind == "list":
        schema = {"type": "array", "items": _item(field)}
    else:
        schema = dict(_PLAIN[kind])
    if kind == "map" and field.get("values"):
        schema["additionalProperties"] = _PLAIN[field["values"]]
    limits = {said: field[name] for name, said in _LIMITS.items() if name in field}
    if field.get("or"):
        schema = {"anyOf": [{**schema, **_without_default(limits)}, {"enum": field["or"]}]}
        limits = {name: limits[name] for name in ("default", "deprecated") if name in limits}
    if field.get("null"):
        schema = {"anyOf": [{**schema, **_without_default(limits)}, {"type": "null"}]}
        limits = {name: limits[name] for name in ("default", "deprecated") if name in limits}
    return {**schema, **limits}


def _without_default(limits: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in limits.items() if name not in {"default", "deprecated"}}


def _item(field: Field) -> dict[str, Any]:
    if "shape" in field:
        return _ref(field["shape"])
    if "enum" in field:
        return {"type": "string", "enum": contract.enum_values(field)}
    kind = field.get("items", "str")
    if kind in contract.enums():
        return {"type": "string", "enum": contract.enums()[kind]}
    return dict(_PLAIN[kind])


def shape_schema(shape: Shape) -> dict[str, Any]:
    """JSON Schema of one named shape."""
    if "list" in shape:
        return {"type": "array", "items": _ref(shape["list"])}
    if "enum" in shape:
        return {"type": "string", "enum": shape["enum"]}
    if "one_of" in shape:
        return {"anyOf": [_ref(name) for name in shape["one_of"]]}
    if "map" in shape:
        return {"type": "object"}
    if "category" in shape:
        kind, operation = shape["category"], shape["for"]
        return {
            "anyOf": [
                shape_schema(contract.category_shape(code, operation))
                for code in contract.category_codes(kind, operation)
            ]
        }
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: field_schema(field) for name, field in shape["fields"].items()},
    }
    if asked := [name for name, field in shape["fields"].items() if field.get("required")]:
        schema["required"] = asked
    if shape.get("closed"):
        schema["additionalProperties"] = False
    return schema


def with_shapes(result: dict[str, Any], generator: Any, request: Any, public: bool) -> Any:
    """Post-processing hook: the shapes and the two ways of saying who calls."""
    components = result.setdefault("components", {})
    components["schemas"] = {
        name: shape_schema(shape) for name, shape in sorted(contract.shapes().items())
    }
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "Clé d’API du logiciel"},
        "password": {"type": "http", "scheme": "basic"},
    }
    return result
