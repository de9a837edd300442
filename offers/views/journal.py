"""What passed between a venue and its software: calls, answers, uploads, addresses (API-250)."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models.fields.json import KeyTransform
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from offers.exceptions import TicketingHalfSet, TicketingStillNeeded
from offers.models import PartnerUpload
from offers.services.partner_addresses import set_venue_addresses
from passpro.kernel import outbox
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.models import OutboxMessage
from passpro.kernel.paging import page_of
from venues.models import Venue
from venues.permissions import may_manage_synchronisations, may_use_portal
from venues.views.synchronisations import managed_venue
from venues.views.venues import own_venue, refuse

PAGE = "offers:journal"
PER_PAGE = 20
TITLES = {"partners/book": "Réservation faite", "partners/cancel": "Réservation annulée"}


def _address(label: str, help_text: str) -> forms.URLField:
    return forms.URLField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=1024,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={
            "invalid": "Saisissez une adresse web, par exemple https://exemple.fr/avis"
        },
    )


class AddressesForm(forms.Form):
    """Addresses of this venue; empty, those of the software serve."""

    notification_url = _address(
        "Avis de réservation", "Appelée à chaque réservation et annulation."
    )
    booking_url = _address("Vente de billets", "Demandée avant chaque réservation avec billets.")
    cancel_url = _address("Annulation de billets", "Va avec la vente : les deux, ou aucune.")


@allowed_if(may_use_portal)
@require_GET
def journal(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest first: each call with its text and its answer; the latest uploads beside."""
    venue = own_venue(request, pk)
    page = page_of(request, _calls(venue).order_by("-pk"), size=PER_PAGE)
    uploads = PartnerUpload.objects.filter(venue=venue).select_related("provider")[:10]
    context = {
        "venue": venue,
        "tab": "synchronisations",
        "page": page,
        "lines": [_line(one) for one in page],
        "uploads": [{"upload": one, "words": _told(one)} for one in uploads],
        "link": venue.provider_links.live().select_related("provider").first(),
        "may_manage": may_manage_synchronisations(request.user, venue.offerer),
    }
    return render(request, "offers/journal.html", context)


@allowed_if(may_use_portal)
@require_POST
def resend(request: HttpRequest, pk: int, message_pk: int) -> HttpResponse:
    """The same text, the same signature, once more."""
    venue = managed_venue(request, pk)
    message = get_object_or_404(_calls(venue), pk=message_pk)
    if message.state == OutboxMessage.State.WAITING:
        messages.error(request, "Cet appel est déjà en attente : il part tout seul.")
    else:
        outbox.resend(message.pk)
        messages.success(request, f"L’appel n° {message.pk} repart.")
    return redirect(PAGE, pk=pk)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def addresses(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the software is called for this venue; they go before the software's own."""
    venue = managed_venue(request, pk)
    link = get_object_or_404(venue.provider_links.live().select_related("provider"))
    initial = {name: getattr(link, name) for name in AddressesForm.base_fields}
    form = AddressesForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                set_venue_addresses(link=link, urls=form.cleaned_data, by=Actor.user(request.user))
            except TicketingHalfSet:
                form.add_error("cancel_url", "Donnez les deux adresses de billetterie, ou aucune.")
            except TicketingStillNeeded as error:
                numbers = ", ".join(f"n° {one}" for one in error.offer_ids[:5])
                form.add_error(None, f"Des offres à venir vendent leurs billets ainsi : {numbers}.")
            except DomainError as error:
                refuse(form, error)
            else:
                messages.success(request, f"{link.provider.name} est appelé à ces adresses.")
                return redirect(PAGE, pk=pk)
    context = {"venue": venue, "link": link, "form": form}
    return render(request, "offers/venue_addresses.html", context, status=status)


def _calls(venue: Venue) -> Any:
    """By the index of venues' journals."""
    calls = OutboxMessage.objects.filter(kind=OutboxMessage.Kind.WEBHOOK)
    return calls.alias(of=KeyTransform("venue_id", "payload")).filter(of=venue.pk)


def _line(message: OutboxMessage) -> dict[str, Any]:
    call = message.payload
    facts = json.loads(call["text"])
    return {
        "message": message,
        "title": TITLES.get(message.event, message.event),
        "name": facts.get("offer_name", ""),
        "url": call["url"],
        "text": json.dumps(facts, indent=2, ensure_ascii=False),
        "answer": call.get("answer"),
    }


def _told(upload: PartnerUpload) -> str:
    """The report of an upload in one line."""
    report = upload.report
    if upload.state == PartnerUpload.State.WAITING:
        return "–"
    if "refused" in report:
        return str(report["refused"])
    words = {
        "created": "créés", "updated": "repris", "added": "séances ajoutées",
        "changed": "changées", "deleted": "supprimées", "notFound": "EAN inconnus",
        "subcategoryNotAllowed": "d’une autre catégorie",
        "notCompliantWithCgu": "refusés par les conditions d’utilisation",
        "unknownFilms": "films inconnus",
    }  # fmt: skip
    parts = []
    for name, word in words.items():
        value = report.get(name)
        if isinstance(value, list) and value:
            parts.append(f"{len(value)} {word} ({', '.join(value[:5])})")
        elif isinstance(value, int) and value:
            parts.append(f"{value} {word}")
    parts += [f"{film} : {why}" for film, why in (report.get("problems") or {}).items()]
    return ", ".join(parts) or "Rien n’a changé"
