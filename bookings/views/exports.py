"""Exports of bookings: ask, watch the progress, download; each person sees their own only."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from bookings.enums import ExportFormat, ExportState
from bookings.models import BookingExport
from bookings.services.export import ask_export
from passpro.kernel.access import allowed_if
from passpro.kernel.errors import DomainError
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a file of what the list shows; the filters are those of the form's address."""
    kind = request.POST.get("format", "")
    if kind not in ExportFormat.values:
        messages.error(request, "Choisissez un format : CSV ou Excel.")
        return redirect("bookings:exports")
    try:
        query = request.GET.urlencode()[:2000]
        ask_export(user=request.user, query=query, kind=ExportFormat(kind))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("bookings:exports")


@allowed_if(may_use_portal)
def exports(request: HttpRequest) -> HttpResponse:
    """Files being made and files to download; the page asks again while one is not ready."""
    mine = list(_mine(request)[:20])
    context = {"exports": mine, "is_live": any(one.is_unfinished for one in mine)}
    if request.headers.get("HX-Request"):
        return render(request, "bookings/parts/exports.html", context)
    return render(request, "bookings/exports.html", context)


@allowed_if(may_use_portal)
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file itself, never by a public address."""
    wanted = get_object_or_404(_mine(request).filter(state=ExportState.DONE), pk=pk)
    try:
        file = wanted.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, as_attachment=True, filename=wanted.download_name)


def _mine(request: HttpRequest) -> QuerySet[BookingExport]:
    return BookingExport.objects.filter(user=request.user).order_by("-created_at", "-pk")
