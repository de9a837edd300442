"""Filters of the portal's list (E1)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.forms.models import ModelChoiceIterator

from offers.enums import DisplayStatus
from offers.forms.fields import DayField
from offers.models import ImportedOffer, Offer, Stock
from offers.querysets import OfferQuerySet
from passpro.accounts.models import User
from passpro.reference.categories import CATEGORIES, SUBCATEGORIES
from venues.models import Venue
from venues.models.offerers import time_zone_of

PARIS = ZoneInfo("Europe/Paris")
BY_HAND, SYNCHRONISED = "manuel", "synchronise"


def codes_of_category(category_id: str) -> list[str]:
    return [kind.id for kind in SUBCATEGORIES if kind.category_id == category_id]


def codes_of_groups(groups: list[str]) -> list[str]:
    return [kind.id for kind in SUBCATEGORIES if kind.search_group in groups]


def day_start(day: Any, zone: ZoneInfo = PARIS) -> datetime:
    """Midnight, the beginning of a day typed in a filter."""
    return datetime.combine(day, time(), tzinfo=zone)


class _VenueNames(ModelChoiceIterator):
    """Keys and names alone: a structure may have hundreds of venues, whose rows are wide."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        yield "", self.field.empty_label
        names = self.queryset.values_list("pk", "public_name", "name")
        yield from ((pk, public or name) for pk, public, name in names)


class VenueChoice(forms.ModelChoiceField):
    iterator = _VenueNames


class PortalFilter(forms.Form):
    """Search of the portal's list (OFF-170 to OFF-172); wrong values are simply not applied."""

    nom = forms.CharField(
        label="Nom de l’offre ou EAN-13", required=False, widget=forms.TextInput({"type": "search"})
    )
    lieu = VenueChoice(
        label="Lieu",
        queryset=Venue.objects.none(),
        required=False,
        empty_label="Tous les lieux",
    )
    categorie = forms.ChoiceField(label="Catégorie", required=False)
    creation = forms.ChoiceField(
        label="Mode de création",
        choices=[("", "Tous"), (BY_HAND, "Manuel"), (SYNCHRONISED, "Importé ou synchronisé")],
        required=False,
    )
    du = DayField(label="Événement du", required=False)
    au = DayField(label="au", required=False)
    statut = forms.ChoiceField(
        choices=[("", "Tous"), *DisplayStatus.choices], required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        venues = Venue.objects.visible_to(user).order_by("name", "pk")
        self.fields["lieu"].queryset = venues
        self.fields["categorie"].choices = [
            ("", "Toutes"),
            *sorted(
                ((item.id, item.label) for item in CATEGORIES.values() if item.is_selectable),
                key=lambda pair: pair[1],
            ),
        ]
        self.is_valid()

    @property
    def is_used(self) -> bool:
        """True when at least one filter narrows the list."""
        return any(self.cleaned_data.values())

    def apply(self, offers: OfferQuerySet) -> OfferQuerySet:
        """Everything but the status, which the chips count."""
        data = self.cleaned_data
        typed = data.get("nom", "").strip()
        if len(typed) == 13 and typed.isdigit():
            offers = offers.filter(extra_data__ean=typed)
        elif len(typed) > 3:
            offers = offers.filter(title__icontains=typed)
        elif typed:
            offers = offers.filter(title__iexact=typed)
        if data.get("lieu"):
            offers = offers.filter(venue=data["lieu"])
        if data.get("categorie"):
            offers = offers.filter(subcategory_id__in=codes_of_category(data["categorie"]))
        if data.get("creation") == BY_HAND:
            imported = Exists(ImportedOffer.objects.filter(offer=OuterRef("pk")))
            offers = offers.filter(~imported, provider__isnull=True)
        elif data.get("creation") == SYNCHRONISED:
            # Two short lists by their indexes: with OR, every offer would be read.
            mine = self.fields["lieu"].queryset.order_by()
            kept = Offer.objects.filter(provider__isnull=False, venue__in=mine).order_by()
            taken = ImportedOffer.objects.filter(venue__in=mine).order_by()
            offers = offers.filter(pk__in=kept.values("pk").union(taken.values("offer_id")))
        return self._within_period(offers)

    def _within_period(self, offers: OfferQuerySet) -> OfferQuerySet:
        """OFF-172: a live date within the period, bounds included, in the venue's own days."""
        start, end = self.cleaned_data.get("du"), self.cleaned_data.get("au")
        if not start and not end:
            return offers
        found = Q(pk__in=[])
        for zone, here in self._zones():
            dates = Stock.objects.live().filter(offer=OuterRef("pk"))
            if start:
                dates = dates.filter(beginning_at__gte=day_start(start, zone))
            if end and end < date.max:
                dates = dates.filter(beginning_at__lt=day_start(end + timedelta(days=1), zone))
            found |= here & Exists(dates)
        return offers.filter(found)

    def _zones(self) -> list[tuple[ZoneInfo, Q]]:
        """Each time zone of the person's venues, with the venues that live by it."""
        codes: dict[str, list[str]] = {}
        venues = self.fields["lieu"].queryset.order_by().values_list("department_code", flat=True)
        for code in set(venues):
            codes.setdefault(time_zone_of(code), []).append(code)
        return [
            (ZoneInfo(zone), Q(venue__department_code__in=found)) for zone, found in codes.items()
        ]
