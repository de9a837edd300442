"""A partner's software: every answer it gets is checked against the contract."""

import copy
import json
from typing import Any

import jsonschema
from django.test import Client

from passpro.partner_api import contract
from passpro.partner_api.openapi import shape_schema
from tests.venues.factories import ProviderKeyFactory, VenueProviderFactory, full_key
from venues.models import ApiKey, Provider, Venue


def strict_schema(name: str) -> dict[str, Any]:
    """API-03: an answer has every documented key and no other."""
    schemas = {key: shape_schema(shape) for key, shape in contract.shapes().items()}
    schemas = _strict(schemas)
    return {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(one) for one in node]
    if not isinstance(node, dict):
        return node
    node = {key: _strict(value) for key, value in copy.copy(node).items()}
    if node.get("type") == "object" and isinstance(node.get("properties"), dict):
        node["required"] = list(node["properties"])
        node["additionalProperties"] = False
    # An input's limits do not bind what was stored before.
    return {k: v for k, v in node.items() if k not in {"minLength", "maxLength", "maxItems"}}


_VALIDATORS: dict[str, jsonschema.Draft202012Validator] = {}


def check_answer(method: str, template: str, status: int, body: Any) -> None:
    """The status is one that the contract lists, the body has the shape it says."""
    listed = contract.routes()[(method, template)]["answers"]
    # Common to all routes: validation, key, inactive partner, too many calls.
    assert str(status) in listed or status in {400, 401, 403, 404, 429}, (status, body)
    name = listed.get(str(status), "ErrorDict")
    if status == 204:
        assert body is None
        return
    if name in {"ErrorDict", "AuthError", None}:
        assert isinstance(body, dict)
        assert all(isinstance(value, str | list | dict) for value in body.values()), body
        return
    if name not in _VALIDATORS:
        _VALIDATORS[name] = jsonschema.Draft202012Validator(strict_schema(name))
    problems = [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in _VALIDATORS[name].iter_errors(body)
    ]
    assert not problems, problems


class Software:
    """`get`, `post`… take the path of the contract; `status` is what must be answered."""

    def __init__(self, key: ApiKey | None) -> None:
        headers = {"Authorization": f"Bearer {full_key(key)}"} if key else {}
        self.client = Client(headers=headers)

    def call(
        self,
        method: str,
        template: str,
        body: Any = None,
        *,
        status: int | None = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        **names: Any,
    ) -> Any:
        path = template.format(**names)
        self.answer = self.client.generic(
            method,
            path,
            data=b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            query_params=query or {},
            headers=headers or {},
        )
        content = self.answer.content
        found = json.loads(content) if content else None
        check_answer(method, template, self.answer.status_code, found)
        if status is not None:
            assert self.answer.status_code == status, (self.answer.status_code, found)
        else:
            assert self.answer.status_code in {200, 204}, (self.answer.status_code, found)
        return found

    def get(self, template: str, **more: Any) -> Any:
        return self.call("GET", template, **more)

    def post(self, template: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", template, body, **more)

    def put(self, template: str, body: Any = None, **more: Any) -> Any:
        return self.call("PUT", template, body, **more)

    def patch(self, template: str, body: Any = None, **more: Any) -> Any:
        return self.call("PATCH", template, body, **more)

    def delete(self, template: str, **more: Any) -> Any:
        return self.call("DELETE", template, **more)


def software_of(venue: Venue, **facts: Any) -> tuple[Software, Provider]:
    """A partner that this venue authorised, with its key."""
    link = VenueProviderFactory(venue=venue, **facts)
    return Software(ProviderKeyFactory(provider=link.provider)), link.provider
