"""« Réservations » of the portal (G1, §7.1)."""

from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bookings.filters import SHOWN_STATUSES
from bookings.forms import BookingListForm
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from offers.models import Offer
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.paging import page_of
from venues.permissions import may_use_portal

SORTS = {
    "offre": ("offer__title", "-booked_at"),
    "-offre": ("-offer__title", "-booked_at"),
    "beneficiaire": ("beneficiary__last_name", "beneficiary__first_name"),
    "-beneficiaire": ("-beneficiary__last_name", "-beneficiary__first_name"),
    "date": ("booked_at",),
}


@allowed_if(may_use_portal)
def booking_list(request: HttpRequest) -> HttpResponse:
    """Filters live in the address; figures, chips and lines are counted in the database."""
    form = BookingListForm(request.GET, user=request.user)
    form.is_valid()
    wanted, now = form.filter(), clock.now()
    mine = Booking.objects.visible_to(request.user)
    found = wanted.apply(mine).with_shown_status(now)
    totals = _totals(found)
    rows = found.filter(listed_status=wanted.status) if wanted.status else found
    order = SORTS.get(request.GET.get("sort", ""), ("-booked_at",))
    page = page_of(request, rows.with_list_data().order_by(*order, "-pk"))
    return render(
        request,
        "bookings/list.html",
        {
            "form": form,
            "wanted": wanted,
            "offer": _offer(request, wanted.offer_id),
            "page": page,
            "totals": totals,
            "chips": _chips(request, totals, wanted.status),
            "has_none_at_all": not totals["bookings"] and not mine.exists(),
        },
    )


def _totals(found: BookingQuerySet) -> dict[str, int]:
    live = ~Q(status="CANCELLED")
    return found.order_by().aggregate(
        bookings=Count("pk"),
        places=Sum("quantity", filter=live, default=0),
        cents=Sum(F("amount_cents") * F("quantity"), filter=live, default=0),
        **{value: Count("pk", filter=Q(listed_status=value)) for value, _ in SHOWN_STATUSES},
    )


def _chips(request: HttpRequest, totals: dict[str, int], current: str) -> list[dict]:
    """LST-13 as links: each status with its count, keeping the other filters."""
    chips = []
    for value, label in [("", "Toutes"), *SHOWN_STATUSES]:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop("statut", None)
        if value:
            query["statut"] = value
        chips.append(
            {
                "label": label,
                "href": f"?{query.urlencode()}",
                "count": totals[value] if value else totals["bookings"],
                "current": value == current,
            }
        )
    return chips


def _offer(request: HttpRequest, offer_id: int | None) -> Offer | None:
    if not offer_id:
        return None
    return Offer.objects.visible_to(request.user).filter(pk=offer_id).first()
