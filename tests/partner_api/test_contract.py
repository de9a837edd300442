"""The whole contract: what is not built yet is listed by name, and the list only shrinks."""

import json
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from passpro.partner_api import contract
from passpro.portal.views.partner_api import document_text
from venues.api import door

# (method, path) of the contract that no view answers yet: this list stays empty.
NOT_YET: set[tuple[str, str]] = set()


def _ours(resolver: URLResolver, start: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = start + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            yield from _ours(entry, route)
        elif isinstance(entry, URLPattern) and route.startswith(("public/", "v2/")):
            # A last « / » that may be left out is a pattern.
            route = route.replace("/?$", "/")
            yield "/" + route.replace("<int:", "{").replace("<str:", "{").replace(">", "}").replace(
                "<", "{"
            )


def _built() -> set[tuple[str, str]]:
    paths = set(_ours(get_resolver()))
    made = {(method, path) for path, views in door.built_routes().items() for method in views}
    # The older countermark routes have a door of their own, one method each.
    older = {key for key in contract.routes() if key[1].startswith("/v2/bookings/")}
    return made | {key for key in older if key[1] in paths}


def test_everything_of_the_contract_is_built_or_named_as_missing():
    missing = set(contract.routes()) - _built()

    assert missing - NOT_YET == set(), "neither built nor named as missing"
    assert NOT_YET - missing == set(), "built: take it off the list"


def test_nothing_on_these_paths_is_outside_the_contract():
    paths = {path for _, path in contract.routes()}
    # Without token: 404 `{}` of the older countermark API.
    surplus = set(_ours(get_resolver())) - paths - {"/v2/bookings/token/"}

    assert surplus == set()
    assert set(door.built_routes()) <= paths


def test_each_shape_names_shapes_and_lists_that_exist():
    for name, shape in contract.shapes().items():
        fields = shape.get("fields", {}).values()
        named = {field["shape"] for field in fields if "shape" in field}
        named |= set(shape.get("one_of", [])) | ({shape["list"]} if "list" in shape else set())
        lists = {field["enum"] for field in fields if "enum" in field}

        assert named <= set(contract.shapes()), name
        assert lists <= set(contract.enums()), name
    bodies = {one["body"] for one in contract.routes().values() if "body" in one}
    said = {name for one in contract.routes().values() for name in one["answers"].values() if name}
    assert bodies | said <= set(contract.shapes())
    assert len(contract.routes()) == 66


def test_the_document_in_the_repository_is_what_the_program_tells(settings):
    """Changed on purpose? `python manage.py write_openapi`, and a line in docs/changelog.md."""
    kept = (settings.BASE_DIR / "docs/api/openapi.json").read_text("utf-8")

    assert kept == document_text()
    told = json.loads(kept)
    operations = {
        (method.upper(), path) for path, methods in told["paths"].items() for method in methods
    }
    assert operations == set(contract.routes()) - NOT_YET
