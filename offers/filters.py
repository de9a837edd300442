"""Filters of the two lists: the portal's (E1) and the young people's search (Y3)."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Exists, F, OuterRef, QuerySet

from offers import geography, search
from offers.enums import DisplayStatus
from offers.forms.fields import DayField
from offers.models import Offer, Stock
from passpro.accounts.models import User
from passpro.kernel.forms import EurosField
from passpro.reference.categories import CATEGORIES, SEARCH_GROUPS, SUBCATEGORIES
from venues.models import Venue

PARIS = ZoneInfo("Europe/Paris")


def codes_of_category(category_id: str) -> list[str]:
    return [kind.id for kind in SUBCATEGORIES if kind.category_id == category_id]


def codes_of_groups(groups: list[str]) -> list[str]:
    return [kind.id for kind in SUBCATEGORIES if kind.search_group in groups]


def _day_start(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=PARIS)


class VenueChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Venue) -> str:  # type: ignore[override]
        return obj.shown_name


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

    def apply(self, offers: QuerySet[Offer]) -> QuerySet[Offer]:
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
        return self._within_period(offers)

    def _within_period(self, offers: QuerySet[Offer]) -> QuerySet[Offer]:
        """OFF-172: a live date within the period, bounds included."""
        start, end = self.cleaned_data.get("du"), self.cleaned_data.get("au")
        if not start and not end:
            return offers
        dates = Stock.objects.live().filter(offer=OuterRef("pk"))
        if start:
            dates = dates.filter(beginning_at__gte=_day_start(start))
        if end:
            dates = dates.filter(beginning_at__lt=_day_start(end + timedelta(days=1)))
        return offers.filter(Exists(dates))


DISTANCES = [("5", "5 km"), ("20", "20 km"), ("50", "50 km"), ("100", "100 km")]
BY_DISTANCE, BY_DATE, BY_NOVELTY = "distance", "date", "nouveautes"
ORDERS = [(BY_NOVELTY, "nouveautés"), (BY_DATE, "date"), (BY_DISTANCE, "distance")]


class CatalogueFilter(forms.Form):
    """What a young person looks for; `position` is None when no place was given."""

    q = forms.CharField(label="Un spectacle, un lieu, un livre", required=False, max_length=200)
    adresse = forms.CharField(
        label="Ville, code postal ou département",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    rayon = forms.ChoiceField(
        label="Distance", required=False, choices=[*DISTANCES, ("", "Toute la France")]
    )
    groupe = forms.MultipleChoiceField(
        label="Quoi ?",
        required=False,
        choices=sorted(SEARCH_GROUPS.items(), key=lambda pair: pair[1]),
        widget=forms.CheckboxSelectMultiple,
    )
    du = DayField(label="Du", required=False)
    au = DayField(label="Au", required=False)
    prix = EurosField(label="Prix maximum", required=False)
    gratuit = forms.BooleanField(label="Gratuit seulement", required=False)
    duo = forms.BooleanField(label="Possible à deux", required=False)
    tri = forms.ChoiceField(label="Trier par", required=False, choices=ORDERS)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filtre_%s")
        self.position: geography.Position | None = None
        self.is_valid()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("lat") is not None and data.get("lon") is not None:
            self.position = geography.Position(data["lat"], data["lon"], "ta position")
        elif data.get("adresse"):
            self.position = geography.locate(data["adresse"])
            if self.position is None:
                self.add_error(
                    "adresse",
                    "Lieu inconnu : essaie un code postal (29200) ou un département (Finistère).",
                )
        start, end = data.get("du"), data.get("au")
        if start and end and end < start:
            self.add_error("au", "La fin doit suivre le début.")
        return data

    @property
    def radius_km(self) -> int | None:
        return int(self.cleaned_data["rayon"]) if self.cleaned_data.get("rayon") else None

    @property
    def order(self) -> str:
        """The order asked for; near first as soon as a place is known."""
        chosen = self.cleaned_data.get("tri") or ""
        if chosen == BY_DISTANCE and self.position is None:
            chosen = ""
        return chosen or (BY_DISTANCE if self.position else BY_NOVELTY)

    def apply(self, now: datetime) -> QuerySet[Offer]:
        """Bookable offers that match, in order; never more than the catalogue shows."""
        data = self.cleaned_data
        offers = Offer.objects.released(now).select_related("venue")
        typed = search.query(data.get("q", ""))
        if typed is not None:
            offers = offers.annotate(words=search.vector()).filter(words=typed)
        if data.get("groupe"):
            offers = offers.filter(subcategory_id__in=codes_of_groups(data["groupe"]))
        if data.get("duo"):
            offers = offers.filter(is_duo=True)
        stocks = self._stocks(now)
        offers = offers.filter(Exists(stocks.filter(offer=OuterRef("pk"))))
        if self.position:
            offers = geography.around(offers, self.position, self.radius_km)
        return self._sorted(offers, stocks)

    def _stocks(self, now: datetime) -> QuerySet[Stock]:
        """Bookable stocks that satisfy all at once the dates and the price asked for."""
        data = self.cleaned_data
        stocks = Stock.objects.bookable(now)
        if data.get("du"):
            stocks = stocks.filter(beginning_at__gte=_day_start(data["du"]))
        if data.get("au"):
            stocks = stocks.filter(beginning_at__lt=_day_start(data["au"] + timedelta(days=1)))
        if data.get("gratuit"):
            stocks = stocks.filter(price_cents=0)
        elif data.get("prix") is not None:
            stocks = stocks.filter(price_cents__lte=data["prix"])
        return stocks

    def _sorted(self, offers: QuerySet[Offer], stocks: QuerySet[Stock]) -> QuerySet[Offer]:
        if self.order == BY_DISTANCE:
            return offers.order_by(F("distance_km").asc(nulls_last=True), "-pk")
        if self.order == BY_DATE:
            return offers.by_next_date(stocks)
        return offers.order_by("-publication_at", "-pk")

    def removable(self) -> list[tuple[str, str]]:
        """(field, words) of each filter in use, for the chips that take it away."""
        data, chips = self.cleaned_data, []
        if self.position:
            around = f" à {data['rayon']} km" if data.get("rayon") else ""
            chips.append(("adresse", f"Autour de {self.position.label}{around}"))
        chips += [("groupe", SEARCH_GROUPS[group]) for group in data.get("groupe", [])]
        if data.get("du") or data.get("au"):
            first, last = data.get("du"), data.get("au")
            words = " ".join(
                filter(None, [first and f"Du {first:%d/%m}", last and f"jusqu’au {last:%d/%m}"])
            )
            chips.append(("du", words))
        if data.get("gratuit"):
            chips.append(("gratuit", "Gratuit"))
        elif data.get("prix") is not None:
            chips.append(("prix", f"{data['prix'] / 100:g} € maximum".replace(".", ",")))
        if data.get("duo"):
            chips.append(("duo", "Possible à deux"))
        return chips
