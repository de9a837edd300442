"""« À venir »: what is validated and not paid yet; what a transfer paid, line by line (§18.5)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from finance.bank_cards import waits_for_account
from finance.models import Invoice, Pricing
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.paging import PAGE_SIZE, page_of
from venues.models import Offerer
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
@require_GET
def coming(request: HttpRequest) -> HttpResponse:
    """Estimated: an earlier use that arrives late, or a cancellation, may still change it."""
    mine = Pricing.objects.visible_to(request.user)
    context = {
        "page": page_of(request, mine.to_come().with_list_data()),
        "money": Pricing.objects.money_to_come(
            Offerer.objects.visible_to(request.user), now=clock.now()
        ),
        "waits_for_account": waits_for_account(request.user),
    }
    return render(request, "finance/coming.html", context)


@allowed_if(may_use_portal)
@require_GET
def invoice_lines(request: HttpRequest, pk: int) -> HttpResponse:
    """From a line of the bank statement to every booking that it pays."""
    mine = Invoice.objects.visible_to(request.user).with_list_data()
    invoice = get_object_or_404(mine, pk=pk)
    pricings = Pricing.objects.filter(cashflow_link__cashflow__invoice=invoice)
    context = {
        "invoice": invoice,
        "page": page_of(request, pricings.with_list_data()),
        "waits_for_account": waits_for_account(request.user),
    }
    return render(request, "finance/invoice_lines.html", context)


@allowed_if(may_use_portal)
@require_GET
def of_booking(request: HttpRequest, pk: int) -> HttpResponse:
    """From a booking to its line: on the page of its justificatif, else among what is coming."""
    mine = Pricing.objects.visible_to(request.user).live().filter(booking=pk)
    pricing = get_object_or_404(mine.with_list_data())
    link = getattr(pricing, "cashflow_link", None)
    invoice_id = link.cashflow.invoice_id if link else None
    if invoice_id is None:
        return redirect("finance:coming")
    before = Pricing.objects.filter(cashflow_link__cashflow__invoice=invoice_id).before(pricing)
    page = before.count() // PAGE_SIZE + 1
    place = reverse("finance:invoice_lines", args=[invoice_id])
    return redirect(f"{place}?page={page}#l{pricing.pk}")
