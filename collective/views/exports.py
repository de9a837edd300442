"""Exports: ask, watch the progress, download; each person sees their own only."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from collective.enums import ExportOf
from collective.models import CollectiveExport
from collective.permissions import may_work_with_schools
from collective.services.export import ask_export
from passpro.kernel import export_pages
from passpro.kernel.access import allowed_if
from passpro.kernel.exports import ExportFormat

_PAGE = "collective:exports"


@require_POST
@allowed_if(may_work_with_schools)
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a file of what a list shows; the filters are those of the form's address."""
    of = request.POST.get("of", "")
    if of not in ExportOf.values:
        messages.error(request, "Choisissez un format : CSV ou Excel.")
        return redirect(_PAGE)

    def ask(query: str, kind: ExportFormat) -> CollectiveExport:
        return ask_export(user=request.user, query=query, kind=kind, of=ExportOf(of))

    return export_pages.asked(request, ask, page=_PAGE)


@allowed_if(may_work_with_schools)
def exports(request: HttpRequest) -> HttpResponse:
    """Files being made and files to download; the page asks again while one is not ready."""
    mine = CollectiveExport.objects.filter(user=request.user)
    return export_pages.shown(
        request, mine, template="collective/exports.html", page=_PAGE, file="collective:export_file"
    )


@allowed_if(may_work_with_schools)
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file itself, never by a public address."""
    return export_pages.downloaded(CollectiveExport.objects.filter(user=request.user), pk)
