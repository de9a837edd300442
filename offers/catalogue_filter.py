"""What a young person looks for (Y3): the form, and the chips that take a filter away."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from offers import geography, search
from offers.filters import codes_of_groups, day_start
from offers.forms.fields import DayField
from offers.models import Stock
from passpro.kernel.forms import EurosField
from passpro.reference.categories import SEARCH_GROUPS

DISTANCES = [("5", "5 km"), ("20", "20 km"), ("50", "50 km"), ("100", "100 km")]
BY_RELEVANCE, BY_DISTANCE, BY_DATE, BY_NOVELTY = "pertinence", "distance", "date", "nouveautes"
ORDERS = [
    (BY_RELEVANCE, "pertinence"),
    (BY_DISTANCE, "distance"),
    (BY_DATE, "date"),
    (BY_NOVELTY, "nouveautés"),
]
ON_SITE, ONLINE = "sur-place", "en-ligne"
SUPPORTS = {"": "Les deux", ON_SITE: "Sur place", ONLINE: "En ligne"}
# Fields taken away together with the one that names them.
LINKED = {"adresse": ("adresse", "rayon", "lat", "lon"), "du": ("du", "au")}


class CatalogueFilter(forms.Form):
    """Wrong values are said and narrow nothing; `position` is None when no place was given."""

    q = forms.CharField(label="Un spectacle, un lieu, un livre", required=False, max_length=200)
    adresse = forms.CharField(
        label="Adresse, ville, code postal",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    rayon = forms.ChoiceField(
        label="Distance", required=False, choices=[*DISTANCES, ("", "Toute la France")]
    )
    groupe = forms.MultipleChoiceField(
        label="Quoi ?",
        required=False,
        choices=sorted(SEARCH_GROUPS.items(), key=lambda pair: str(pair[1])),
        widget=forms.CheckboxSelectMultiple,
    )
    support = forms.ChoiceField(
        label="Sur place ou en ligne",
        required=False,
        choices=list(SUPPORTS.items()),
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
    def words(self) -> str:
        return self.cleaned_data.get("q") or ""

    @property
    def wanted(self) -> Any:
        """The full text query, None when no word was typed."""
        return search.query(self.words, is_narrowed=bool(self.position and self.radius_km))

    @property
    def radius_km(self) -> int | None:
        return int(self.cleaned_data["rayon"]) if self.cleaned_data.get("rayon") else None

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The orders that make sense for what was typed."""
        senseless = set()
        if self.wanted is None:
            senseless.add(BY_RELEVANCE)
        if self.position is None:
            senseless.add(BY_DISTANCE)
        return [order for order in ORDERS if order[0] not in senseless]

    @property
    def order(self) -> str:
        """The order asked for; else the best answers, the nearest, or the newest first."""
        allowed = [value for value, _ in self.orders]
        chosen = self.cleaned_data.get("tri") or ""
        if chosen in allowed:
            return chosen
        return next(one for one in (BY_RELEVANCE, BY_DISTANCE, BY_NOVELTY) if one in allowed)

    @property
    def codes(self) -> list[str]:
        """Subcategories of the kinds chosen; empty means all."""
        return codes_of_groups(self.cleaned_data.get("groupe") or [])

    def stocks(self, now: datetime) -> QuerySet[Stock]:
        """Bookable stocks that satisfy all at once the dates and the price asked for."""
        data = self.cleaned_data
        stocks = Stock.objects.bookable(now)
        if data.get("du"):
            stocks = stocks.filter(beginning_at__gte=day_start(data["du"]))
        if data.get("au"):
            stocks = stocks.filter(beginning_at__lt=day_start(data["au"] + timedelta(days=1)))
        if data.get("gratuit"):
            stocks = stocks.filter(price_cents=0)
        elif data.get("prix") is not None:
            stocks = stocks.filter(price_cents__lte=data["prix"])
        return stocks

    def removable(self) -> list[tuple[str, str, str]]:
        """(field, value, words) of each filter in use, for the chips that take it away."""
        data, chips = self.cleaned_data, []
        if self.words:
            chips.append(("q", "", f"« {self.words} »"))
        if self.position:
            around = f" à {data['rayon']} km" if data.get("rayon") else ""
            chips.append(("adresse", "", f"Autour de {self.position.label}{around}"))
        chips += [("groupe", group, SEARCH_GROUPS[group]) for group in data.get("groupe", [])]
        if data.get("support"):
            chips.append(("support", "", SUPPORTS[data["support"]]))
        if data.get("du") or data.get("au"):
            first, last = data.get("du"), data.get("au")
            words = " ".join(
                filter(None, [first and f"Du {first:%d/%m}", last and f"jusqu’au {last:%d/%m}"])
            )
            chips.append(("du", "", words))
        if data.get("gratuit"):
            chips.append(("gratuit", "", "Gratuit"))
        elif data.get("prix") is not None:
            chips.append(("prix", "", f"{data['prix'] / 100:g} € maximum".replace(".", ",")))
        if data.get("duo"):
            chips.append(("duo", "", "Possible à deux"))
        return chips
