"""One offer: its steps with their dates, what is awaited, what can be done (§3.7, §12.8)."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from collective.enums import Action, DisplayStatus
from collective.forms import DeadlineForm, PriceForm, limit_instant, refuse
from collective.lifecycle import portal_actions, stock_of
from collective.models import CollectiveOffer
from collective.permissions import may_work_with_schools
from collective.presentation import awaited, price_lines, timeline, verbs
from collective.services.cancel import cancel_booking
from collective.services.copies import duplicate_offer
from collective.services.dates import change_deadline, lower, remove_date
from collective.services.publish import archive_offer
from collective.services.seen import mark_seen
from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError


def own_offer(request: HttpRequest, pk: int) -> CollectiveOffer:
    """The offer of one of the person's structures, with its state; 404 otherwise."""
    offers = CollectiveOffer.objects.visible_to(request.user).with_display_status(clock.now())
    found = offers.select_related(
        "venue__offerer", "stock", "institution", "teacher", "provider", "template",
        "request__redactor", "request__institution",
    )  # fmt: skip
    return get_object_or_404(found, pk=pk)


@allowed_if(may_work_with_schools)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    offer, now = own_offer(request, pk), clock.now()
    status = offer.display_status
    booking = offer.last_booking()
    context = {
        "offer": offer,
        "stock": stock_of(offer),
        "zone": offer.venue.time_zone,
        "booking": booking,
        "teacher": booking.redactor if booking else offer.teacher,
        "awaited": awaited(offer, status, now),
        "may_change_limit": stock_of(offer) is not None
        and Action.EDIT_DATES in portal_actions(offer, status, now),
        "lines": price_lines(stock_of(offer)) if stock_of(offer) else [],
        "steps": timeline(offer, status, now),
        "history": offer.changes.order_by("-at", "-pk"),
        "status_words": dict(DisplayStatus.choices),
        "verbs": verbs(offer, status, now),
    }
    if not getattr(request, "seeing_as", None):
        mark_seen(offer_id=pk, user_id=request.user.pk, status=status)
    return render(request, "collective/detail.html", context)


def _ask(
    request: HttpRequest, offer: CollectiveOffer, form: Any, page: str, status: int = 200
) -> HttpResponse:
    context = {
        "offer": offer,
        "form": form,
        "stock": stock_of(offer),
        "zone": offer.venue.time_zone,
    }
    return render(request, page, context, status=status)


@require_http_methods(["GET", "POST"])
@allowed_if(may_work_with_schools)
def deadline(request: HttpRequest, pk: int) -> HttpResponse:
    """« Modification de date limite de réservation » (seed 000)."""
    offer = own_offer(request, pk)
    stock, zone = stock_of(offer), offer.venue.time_zone
    if stock is None:
        return redirect("collective:dates", pk=pk)
    stored = stock.booking_limit_at.astimezone(ZoneInfo(zone)).date()
    form = DeadlineForm(request.POST or None, initial={"limit_day": stored})
    if not form.is_bound:
        return _ask(request, offer, form, "collective/deadline.html")
    status = 400
    if form.is_valid():
        try:
            change_deadline(
                offer_id=pk,
                booking_limit_at=limit_instant(form.cleaned_data["limit_day"], zone),
                by=Actor.user(request.user),
            )
        except DomainError as error:
            refuse(form, error)
            status = error.http_status
        else:
            messages.success(request, f"La date limite de « {offer.title} » est modifiée.")
            return redirect("collective:detail", pk=pk)
    return _ask(request, offer, form, "collective/deadline.html", status)


@require_http_methods(["GET", "POST"])
@allowed_if(may_work_with_schools)
def lower_price(request: HttpRequest, pk: int) -> HttpResponse:
    """Price and number down, until 48 hours after the event (§4.8)."""
    offer = own_offer(request, pk)
    stock = stock_of(offer)
    if stock is None:
        return redirect("collective:dates", pk=pk)
    names = ("participants", "price_detail")
    initial = {"price": stock.price_cents} | {name: getattr(stock, name) for name in names}
    form = PriceForm(request.POST or None, initial=initial)
    if not form.is_bound:
        return _ask(request, offer, form, "collective/lower.html")
    status = 400
    if form.is_valid():
        data = form.cleaned_data
        try:
            lower(
                offer_id=pk,
                price_cents=data["price"],
                participants=data["participants"],
                price_detail=data["price_detail"],
                by=Actor.user(request.user),
            )
        except DomainError as error:
            refuse(form, error)
            status = error.http_status
        else:
            messages.success(request, f"Le prix de « {offer.title} » est modifié.")
            return redirect("collective:detail", pk=pk)
    return _ask(request, offer, form, "collective/lower.html", status)


@require_http_methods(["GET", "POST"])
@allowed_if(may_work_with_schools)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then cancel the pre-booking or booking."""
    offer = own_offer(request, pk)
    if request.method != "POST":
        return _ask(request, offer, None, "collective/cancel.html")
    cancel_booking(offer_id=pk, by=Actor.user(request.user))
    messages.success(request, f"La réservation de « {offer.title} » est annulée.")
    return redirect("collective:detail", pk=pk)


@require_http_methods(["GET", "POST"])
@allowed_if(may_work_with_schools)
def delete_date(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take the date away; the next page gives another one (seed 001)."""
    offer = own_offer(request, pk)
    if stock_of(offer) is None:
        return redirect("collective:dates", pk=pk)
    if request.method != "POST":
        return _ask(request, offer, None, "collective/remove_date.html")
    remove_date(offer_id=pk, by=Actor.user(request.user))
    messages.success(request, f"La date de « {offer.title} » est supprimée : donnez-en une autre.")
    return redirect("collective:dates", pk=pk)


@allowed_if(may_work_with_schools)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """« Aperçu »: the page of the teacher, as it is or will be (§8.4)."""
    offer = own_offer(request, pk)
    if stock_of(offer) is None or offer.institution is None:
        messages.error(request, "Donnez une date et un établissement avant l’aperçu.")
        return redirect("collective:detail", pk=pk)
    context = {
        "offer": offer,
        "stock": offer.stock,
        "zone": offer.venue.time_zone,
        "is_bookable": offer.display_status in {"DRAFT", "UNDER_REVIEW", "PUBLISHED"},
        "may_prebook": False,
        "back": reverse("collective:detail", args=[pk]),
    }
    return render(request, "collective/preview.html", context)


@require_http_methods(["GET", "POST"])
@allowed_if(may_work_with_schools)
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then put away for good."""
    offer = own_offer(request, pk)
    if request.method != "POST":
        return _ask(request, offer, None, "collective/archive.html")
    archive_offer(offer_id=pk, by=Actor.user(request.user))
    messages.success(request, f"« {offer.title} » est archivée.")
    return redirect("collective:list")


@require_POST
@allowed_if(may_work_with_schools)
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    offer = own_offer(request, pk)
    copy = duplicate_offer(offer_id=pk, by=Actor.user(request.user))
    messages.success(request, f"Une copie de « {offer.title} » est prête : relisez-la.")
    return redirect("collective:details", pk=copy.pk)
