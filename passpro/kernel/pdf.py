"""PDF documents from templates (layout/pdf.html); nothing is fetched from the network."""

import mimetypes
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.templatetags.static import static
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

# Stands for the site inside a document; it is never looked up.
_BASE = "https://documents.invalid/"


class StaticFetcher(URLFetcher):
    """Answers with our static files and data: addresses; refuses everything else."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = unquote(urlsplit(url).path)
        if not url.startswith(_BASE) or not path.startswith(settings.STATIC_URL):
            raise ValueError(f"a document may only use static files, not {url}")
        name = path.removeprefix(settings.STATIC_URL)
        # Hashed names exist only among the collected files.
        found = finders.find(name) or staticfiles_storage.path(name)
        kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
        return URLFetcherResponse(
            url, body=Path(found).read_bytes(), headers={"Content-Type": kind}
        )


@cache
def _style() -> tuple[list[CSS], FontConfiguration]:
    """Sheet and fonts, read once a worker: parsing them takes longer than drawing a page."""
    fonts = FontConfiguration()
    fetcher = StaticFetcher(allowed_protocols=["data"])
    sheet = CSS(
        url=_BASE.rstrip("/") + static("css/pdf.css"), font_config=fonts, url_fetcher=fetcher
    )
    return [sheet], fonts


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """The PDF/UA file of a template that extends layout/pdf.html: tagged, titled, in French.

    The same context gives the same bytes: no clock, no random identifier.
    """
    html = render_to_string(template, context)
    document = HTML(
        string=html, base_url=_BASE, url_fetcher=StaticFetcher(allowed_protocols=["data"])
    )
    sheets, fonts = _style()
    pdf: bytes = document.write_pdf(
        stylesheets=sheets, font_config=fonts, optimize_images=True, pdf_variant="pdf/ua-1"
    )
    return pdf
