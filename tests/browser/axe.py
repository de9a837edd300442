"""Accessibility of a page as axe-core sees it."""

from functools import cache

import pytest
from django.conf import settings
from playwright.sync_api import Page

WIDTHS = (375, 768, 1440)
# The tablet has the rules of one of them; axe takes a second a page.
READ_AT = {375, 1440}


@cache
def _source() -> str:
    script = settings.NODE_MODULES / "axe-core" / "axe.min.js"
    if not script.exists():
        pytest.fail("axe-core is missing: run npm ci")
    return script.read_text(encoding="utf-8")


def assert_accessible(page: Page) -> None:
    """No axe-core violation, of any rule; the script is evaluated, so that our CSP stays on."""
    if page.evaluate("typeof axe") == "undefined":
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
    """Fitting on a phone, a tablet and a desk; accessible on the first and the last."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_fits(page)
        if width in READ_AT:
            assert_accessible(page)


# What a finger presses; links inside sentences and tables are as high as their line.
CONTROLS = (
    ".btn, .chip, .form-control, .form-select, .choice, .form-check, .page-link, "
    ".menu > summary, .menu-list a, .menu-list button, .tab-bar a, .back, .credit-chip"
)
FINGER = 44


def assert_touchable(page: Page) -> None:
    """On a phone nothing that is pressed is lower than a finger is wide."""
    small = page.evaluate(
        """([controls, finger]) => [...document.querySelectorAll(controls)]
          .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
            && !one.closest(".visually-hidden") && !one.matches(".visually-hidden"))
          .filter((one) => one.getBoundingClientRect().height < finger - 0.5)
          .map((one) => `${one.getBoundingClientRect().height} px: ${one.outerHTML.slice(0, 120)}`)
        """,
        [CONTROLS, FINGER],
    )
    assert not small, f"{page.url}\n" + "\n".join(small)
