"""Write static/img/icons.svg: one symbol per icon that templates and code name, no more."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

SPRITE = Path("static/img/icons.svg")
_TAG = re.compile(r"""{%\s*icon\s+["']([a-z0-9-]+)["']""")
_ARGUMENT = re.compile(r"""\bicon=["']([a-z0-9-]+)["']""")
# Action("Modifier", "pencil", …): what a page offers to do (presentation.py of the apps).
_ACTION = re.compile(r"""\b(?:Action|Verb|Step)\(\s*"[^"]*",\s*"([a-z0-9-]+)\"""")
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"')
_PACKAGES = ("passpro", "venues", "offers", "bookings", "collective", "finance")
_SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def icons_in_use(base: Path) -> set[str]:
    """Names written in templates, given as `icon="…"` by the code, or listed in its tables."""
    names: set[str] = set()
    for page in (base / "templates").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        names |= set(_TAG.findall(text)) | set(_ARGUMENT.findall(text))
    for package in _PACKAGES:
        for module in (base / package).rglob("*.py"):
            # The back office draws with its own icons.
            if module.name.startswith("admin") or module.parent.name == "admin":
                continue
            text = module.read_text(encoding="utf-8")
            names |= set(_ARGUMENT.findall(text)) | set(_ACTION.findall(text))
    return names | _icons_of_tables()


def _icons_of_tables() -> set[str]:
    from offers.views.catalogue import GROUP_ICONS
    from passpro.kernel.statuses import LOOKS
    from passpro.kernel.templatetags.ui import TONES
    from passpro.portal import menu

    names = {look.icon for looks in LOOKS.values() for look in looks.values()}
    names |= set(TONES.values()) | set(GROUP_ICONS.values()) | {"circle-fill"}
    for entries in (
        menu.TOP,
        menu.INDIVIDUAL,
        menu.COLLECTIVE,
        menu.FOOT,
        menu.BENEFICIARY,
        menu.VISITOR,
    ):
        names |= {entry.icon for entry in entries}
    return names


def icons_in_sprite(base: Path) -> set[str]:
    sprite = base / SPRITE
    return set(_SYMBOL.findall(sprite.read_text(encoding="utf-8"))) if sprite.exists() else set()


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("also", nargs="*", help="icons to add that no template names yet")
        parser.add_argument("--prune", action="store_true", help="drop what is not in use any more")

    def handle(self, *args: Any, **options: Any) -> None:
        base = settings.BASE_DIR
        names = icons_in_use(base) | set(options["also"])
        if not options["prune"]:
            names |= icons_in_sprite(base)
        folder = settings.NODE_MODULES / "bootstrap-icons" / "icons"
        symbols = []
        for name in sorted(names):
            drawing = folder / f"{name}.svg"
            if not drawing.exists():
                raise CommandError(f"No drawing named {name} in {folder} (npm ci done?)")
            found = _SVG.search(drawing.read_text(encoding="utf-8"))
            shapes = re.sub(r"\s*\n\s*", "", found.group(1)) if found else ""
            symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16">{shapes}</symbol>\n')
        (base / SPRITE).write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n',
            encoding="utf-8",
        )
        self.stdout.write(f"{len(names)} icons")
