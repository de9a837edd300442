"""Accessibility of a page as axe-core sees it."""

from functools import cache

import pytest
from django.conf import settings
from playwright.sync_api import Page

WIDTHS = (375, 768, 1440)


@cache
def _source() -> str:
    script = settings.NODE_MODULES / "axe-core" / "axe.min.js"
    if not script.exists():
        pytest.fail("axe-core is missing: run npm ci")
    return script.read_text(encoding="utf-8")


def assert_accessible(page: Page) -> None:
    """No axe-core violation, of any rule; the script is evaluated, so that our CSP stays on."""
    page.evaluate(_source())
    found = page.evaluate("axe.run().then((result) => result.violations)")
    lines = [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]
    assert not lines, f"{page.url}\n" + "\n".join(lines)


def assert_fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    width = page.viewport_size["width"]  # type: ignore[index]
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{page.url} is {wide} px wide on a screen of {width} px"


def assert_good_at_all_widths(page: Page) -> None:
    """Accessible and fitting on a phone, a tablet and a desk."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_fits(page)
        assert_accessible(page)
