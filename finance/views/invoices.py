"""« Justificatifs »: list, PDF and detail of each (§18.1)."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from finance.bank_cards import waits_for_account
from finance.documents import file_name, store_invoice_pdf, zip_of
from finance.exports import csv_lines, details_of
from finance.forms import InvoiceFilterForm
from finance.models import BankAccount, Invoice, Pricing
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.paging import page_of
from venues.models import Offerer
from venues.permissions import may_use_portal

# Of H1: more are asked for in several times.
MOST_IN_ZIP = 75
SORTS = {
    "date": ("created_at", "pk"),
    "type": ("kind", "created_at", "pk"),
    "compte": ("bank_account__label", "pk"),
    "numero": ("reference",),
    "virement": ("batch__number", "pk"),
}


@allowed_if(may_use_portal)
@require_GET
def invoices(request: HttpRequest) -> HttpResponse:
    form = InvoiceFilterForm(request.GET, user=request.user)
    mine = Invoice.objects.visible_to(request.user)
    found = mine.none()
    if form.is_valid():
        found = mine.dated_between(
            clock.paris_midnight(form.cleaned_data["du"]),
            clock.paris_midnight(form.cleaned_data["au"] + timedelta(days=1)),
        )
        if form.cleaned_data["compte"]:
            found = found.filter(bank_account=form.cleaned_data["compte"])
    context = {
        "form": form,
        "page": page_of(request, found.with_list_data().order_by(*_sorting(request))),
        "waits_for_account": waits_for_account(request.user),
        "has_any": mine.exists(),
        "has_account": BankAccount.objects.visible_to(request.user).shown().exists(),
        "money": Pricing.objects.money_to_come(
            Offerer.objects.visible_to(request.user), now=clock.now()
        ),
    }
    return render(request, "finance/invoices.html", context, status=200 if form.is_valid() else 400)


def _sorting(request: HttpRequest) -> list[str]:
    asked = request.GET.get("sort", "-date")
    sign = "-" if asked.startswith("-") else ""
    columns = SORTS.get(asked.removeprefix("-"))
    return [f"{sign}{name}" for name in columns] if columns else ["-created_at", "-pk"]


def _invoice(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(Invoice.objects.visible_to(request.user), pk=pk)


@allowed_if(may_use_portal)
@require_GET
def invoice_pdf(request: HttpRequest, pk: int) -> FileResponse:
    """D-6: only people who may see the account; drawn now when the worker has not done it yet."""
    invoice = _invoice(request, pk)
    if not invoice.pdf or not default_storage.exists(invoice.pdf.name):
        store_invoice_pdf(invoice.pk)
        invoice.refresh_from_db()
    return FileResponse(
        invoice.pdf.open("rb"), filename=file_name(invoice), content_type="application/pdf"
    )


@allowed_if(may_use_portal)
@require_GET
def invoices_zip(request: HttpRequest) -> HttpResponseBase:
    """The ticked documents in one file; others' are left out, too many or none is said."""
    ids = {int(pk) for pk in request.GET.getlist("id") if pk.isdigit()}
    mine = Invoice.objects.visible_to(request.user).filter(pk__in=ids).distinct()
    chosen = list(mine.order_by("pk")[: MOST_IN_ZIP + 1])
    if not chosen or len(chosen) > MOST_IN_ZIP:
        messages.error(request, f"Cochez de 1 à {MOST_IN_ZIP} justificatifs.")
        return redirect("finance:invoices")
    file = zip_of(chosen)
    return FileResponse(file, as_attachment=True, filename="justificatifs-pass-culture.zip")


@allowed_if(may_use_portal)
@require_GET
def invoice_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    invoice = _invoice(request, pk)
    return csv_response(csv_lines(details_of(invoice)), f"{invoice.reference}.csv")


def csv_response(lines: Any, name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
