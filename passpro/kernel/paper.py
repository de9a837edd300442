"""Documents by the ten thousand: Typst draws a PDF/UA in a few hundredths of a second.

A document is a file `templates/**/*.typ` over `templates/layout/paper.typ`; what it says comes as
plain data, its colours and sizes from tokens.css, its typeface from the static files. Documents
drawn now and then stay HTML (`passpro.kernel.pdf`).
"""

import json
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from fontTools.ttLib import TTFont

_WEIGHTS = (500, 600, 700)
_TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6}|[\d.]+rem)\s*;")
# Signs that no typeface here has (emoji, ideograms): PDF/UA allows no text without a glyph.
_UNDRAWABLE = re.compile(r"[^\u0000-\u05ff\u1e00-\u206f\u20a0-\u20bf\u2100-\u214f]")


def draw(template: str, data: dict[str, Any]) -> bytes:
    """The PDF/UA file of `templates/<template>`; the same data give the same bytes.

    `data` is JSON: the template shows it as `data`. Signs that cannot be drawn become « ? ».
    """
    said = json.dumps(data, ensure_ascii=False)
    try:
        return _compiled(template, said)
    except typst.TypstError:
        spelt = _UNDRAWABLE.sub("?", said)
        if spelt == said:
            raise
        return _compiled(template, spelt)


def _compiled(template: str, said: str) -> bytes:
    pdf = typst.compile(
        settings.BASE_DIR / "templates" / template,
        root=settings.BASE_DIR,
        font_paths=_fonts(),
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"data": said, "tokens": _tokens()},
    )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Typst takes TrueType files, browsers get WOFF2: converted once a worker, gone with it."""
    folder = tempfile.TemporaryDirectory(prefix="passpro-fonts-")
    for weight in _WEIGHTS:
        font = TTFont(_static(f"vendor/montserrat-{weight}.woff2"))
        font.flavor = None
        font.save(Path(folder.name) / f"{weight}.ttf")
    return folder


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[_folder().name])


@cache
def _tokens() -> str:
    return json.dumps(dict(_TOKEN.findall(_static("css/tokens.css").read_text(encoding="utf-8"))))


def _static(name: str) -> Path:
    """A static file, collected or not."""
    return Path(finders.find(name) or staticfiles_storage.path(name))
