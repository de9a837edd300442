"""What the pages of exports of every list share: ask, watch the progress, download."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from passpro.kernel.errors import DomainError
from passpro.kernel.exports import ExportFormat, ExportState

SHOWN = 20


def asked(
    request: HttpRequest, ask: Callable[[str, ExportFormat], Any], *, page: str
) -> HttpResponse:
    """`ask(query, format)` for what the list shows: the filters are those of the address."""
    kind = request.POST.get("format", "")
    if kind not in ExportFormat.values:
        messages.error(request, "Choisissez un format : CSV ou Excel.")
        return redirect(page)
    try:
        ask(request.GET.urlencode()[:2000], ExportFormat(kind))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(page)


def shown(
    request: HttpRequest, mine: QuerySet, *, template: str, page: str, file: str
) -> HttpResponse:
    """The person's latest files; the part alone for htmx, which asks while one is not ready.

    `template` is the whole page; `page` and `file` name its address and that of a file.
    """
    rows = list(mine.order_by("-created_at", "-pk")[:SHOWN])
    context = {
        "exports": rows,
        "is_live": any(one.is_unfinished for one in rows),
        "page": page,
        "file": file,
    }
    if request.headers.get("HX-Request"):
        return render(request, "kernel/parts/exports.html", context)
    return render(request, template, context)


def downloaded(mine: QuerySet, pk: int) -> FileResponse:
    """The file itself, never by a public address; 404 for another person's."""
    wanted = get_object_or_404(mine.filter(state=ExportState.DONE), pk=pk)
    try:
        file = wanted.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, as_attachment=True, filename=wanted.download_name)
