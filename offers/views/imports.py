"""Import offers from an agenda or a file: send, look, choose, read what was left out (seed 002)."""

import csv
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from offers import goods_file
from offers.enums import ImportKind
from offers.forms import refuse
from offers.forms.imports import AgendaForm, GoodsForm, SourceForm
from offers.models import ImportedOffer, Offer, OfferImport
from offers.services.imports import (
    AgendaChoice,
    import_agenda,
    import_goods,
    read_agenda,
    read_goods,
)
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.registers import agendas, limits
from venues.models import Venue
from venues.permissions import may_use_portal

_SHOWN = 200  # lines of a file of goods, or rejected ones, on the page


def _own_venue(request: HttpRequest, pk: int) -> Venue:
    mine = Venue.objects.visible_to(request.user).filter(is_virtual=False)
    return get_object_or_404(mine.select_related("offerer"), pk=pk)


def _own_run(request: HttpRequest, pk: int) -> OfferImport:
    mine = Venue.objects.visible_to(request.user)
    runs = OfferImport.objects.filter(venue__in=mine).select_related("venue__offerer")
    return get_object_or_404(runs, pk=pk)


@allowed_if(may_use_portal)
def imports(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an agenda's number or a file; the former imports of the venue below."""
    venue = _own_venue(request, pk)
    form = SourceForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            run = _read(request, venue, form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect("offers:import", pk=run.pk)
    context = {
        "venue": venue,
        "form": form,
        "runs": venue.offer_imports.defer("found", "rejected")[:10],
    }
    return render(request, "offers/imports.html", context, status=400 if form.errors else 200)


def _read(request: HttpRequest, venue: Venue, data: dict[str, Any]) -> OfferImport:
    by, kind = Actor.user(request.user), ImportKind(data["kind"])
    if kind == ImportKind.OPENAGENDA:
        limits.count_lookup(register="agendas", person=request.user.pk, per_minute=10)
        text = agendas.calendar_of(data["identifier"])
        return read_agenda(venue=venue, kind=kind, source=data["identifier"], text=text, by=by)
    file = data["file"]
    if kind == ImportKind.GOODS:
        return read_goods(venue=venue, source=file.name, content=file.read(), by=by)
    text = file.read().decode("utf-8-sig", "replace")
    return read_agenda(venue=venue, kind=kind, source=file.name, text=text, by=by)


@allowed_if(may_use_portal)
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What was read: choose, import, then see what became of it."""
    run = _own_run(request, pk)
    is_goods = run.kind == ImportKind.GOODS
    form = (GoodsForm if is_goods else AgendaForm)(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            run = _import(request, run, form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _told(run))
            return redirect("offers:import", pk=pk)
    context = {
        "run": run,
        "venue": run.venue,
        "form": form,
        "is_goods": is_goods,
        "rows": _goods(run) if is_goods else _events(run, request.POST.getlist("keys")),
        "more": max(0, len(run.found) - _SHOWN) if is_goods else 0,
        "rejected": run.rejected[:_SHOWN],
    }
    return render(request, "offers/import.html", context, status=400 if form.errors else 200)


def _import(request: HttpRequest, run: OfferImport, data: dict[str, Any]) -> OfferImport:
    by = Actor.user(request.user)
    if run.kind == ImportKind.GOODS:
        return import_goods(run=run, subcategory_id=data["subcategory_id"], by=by)
    choice = AgendaChoice(
        keys=frozenset(request.POST.getlist("keys")),
        subcategory_id=data["subcategory_id"],
        price_cents=data["price"],
        places=data["places"],
    )
    return import_agenda(run=run, choice=choice, by=by)


def _told(run: OfferImport) -> str:
    made = f"{run.created} brouillon{'s créés' if run.created > 1 else ' créé'}"
    kept = f"{run.updated} offre{'s mises' if run.updated > 1 else ' mise'} à jour"
    return f"{made}, {kept}."


def _events(run: OfferImport, ticked: list[str]) -> list[dict[str, Any]]:
    """Each event with its dates read again, the offer it became, and whether its box is ticked."""
    keys = [event["key"] for event in run.found]
    known = ImportedOffer.objects.filter(venue=run.venue, key__in=keys).select_related("offer")
    offers = {one.key: one.offer for one in known}
    return [
        event
        | {
            "dates": [datetime.fromisoformat(at) for at in event["dates"]],
            "offer": offers.get(event["key"]),
            "is_ticked": event["key"] in ticked if ticked else run.applied_at is None,
        }
        for event in run.found
    ]


def _goods(run: OfferImport) -> list[dict[str, Any]]:
    shown = run.found[:_SHOWN]
    offers = Offer.objects.filter(
        venue=run.venue, extra_data__ean__in=[good["ean"] for good in shown]
    )
    known = {offer.extra_data["ean"]: offer for offer in offers}
    return [good | {"offer": known.get(good["ean"])} for good in shown]


@allowed_if(may_use_portal)
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines left out, as a file to mend."""
    run = _own_run(request, pk)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rejets-{run.pk}.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer, delimiter=";")
    writer.writerow(["Ligne", "Contenu", "Motif"])
    writer.writerows([one["line"], _plain(one["text"]), one["why"]] for one in run.rejected)
    return answer


def _plain(text: str) -> str:
    """A text that a spreadsheet would run as a formula is shown as text."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


@allowed_if(may_use_portal)
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of goods to fill in."""
    _own_venue(request, pk)
    answer = HttpResponse(goods_file.TEMPLATE, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="modele-biens.csv"'
    return answer
