"""Exports of bookings: ask, watch the progress, download; each person sees their own only."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from bookings.models import BookingExport
from bookings.services.export import ask_export
from passpro.kernel import export_pages
from passpro.kernel.access import allowed_if
from passpro.kernel.exports import ExportFormat
from venues.permissions import may_use_portal

_PAGE = "bookings:exports"


@allowed_if(may_use_portal)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a file of what the list shows; the filters are those of the form's address."""

    def ask(query: str, kind: ExportFormat) -> BookingExport:
        return ask_export(user=request.user, query=query, kind=kind)

    return export_pages.asked(request, ask, page=_PAGE)


@allowed_if(may_use_portal)
def exports(request: HttpRequest) -> HttpResponse:
    """Files being made and files to download; the page asks again while one is not ready."""
    mine = BookingExport.objects.filter(user=request.user)
    return export_pages.shown(
        request, mine, template="bookings/exports.html", page=_PAGE, file="bookings:export_file"
    )


@allowed_if(may_use_portal)
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file itself, never by a public address."""
    return export_pages.downloaded(BookingExport.objects.filter(user=request.user), pk)
