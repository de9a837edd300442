"""Exports: ask, watch the progress, download; each person sees their own only."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from collective.enums import ExportFormat, ExportOf, ExportState
from collective.models import CollectiveExport
from collective.permissions import may_work_with_schools
from collective.services.export import ask_export
from passpro.kernel.access import allowed_if
from passpro.kernel.errors import DomainError


@require_POST
@allowed_if(may_work_with_schools)
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a file of what a list shows; the filters are those of the form's address."""
    kind, of = request.POST.get("format", ""), request.POST.get("of", "")
    if kind not in ExportFormat.values or of not in ExportOf.values:
        messages.error(request, "Choisissez un format : CSV ou Excel.")
        return redirect("collective:exports")
    try:
        ask_export(
            user=request.user,
            of=ExportOf(of),
            query=request.GET.urlencode()[:2000],
            kind=ExportFormat(kind),
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("collective:exports")


@allowed_if(may_work_with_schools)
def exports(request: HttpRequest) -> HttpResponse:
    """Files being made and files to download; the page asks again while one is not ready."""
    mine = list(_mine(request)[:20])
    context = {"exports": mine, "is_live": any(one.is_unfinished for one in mine)}
    if request.headers.get("HX-Request"):
        return render(request, "collective/parts/exports.html", context)
    return render(request, "collective/exports.html", context)


@allowed_if(may_work_with_schools)
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file itself, never by a public address."""
    wanted = get_object_or_404(_mine(request).filter(state=ExportState.DONE), pk=pk)
    try:
        file = wanted.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, as_attachment=True, filename=wanted.download_name)


def _mine(request: HttpRequest) -> QuerySet[CollectiveExport]:
    return CollectiveExport.objects.filter(user=request.user).order_by("-created_at", "-pk")
