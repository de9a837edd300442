"""What people type about bookings: shapes only, situations belong to the services."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from bookings.constants import SEVERAL_CODES, SEVERAL_FILE_BYTES
from bookings.countermarks import codes_in
from bookings.enums import OfflineKind
from bookings.filters import PERIOD_KINDS, SEARCH_KINDS, SHOWN_STATUSES, BookingFilter
from bookings.services.offline import Wish
from offers.dates import NoSuchHour, booking_limit, local_instant, local_parts
from offers.forms.fields import DayField, HourField
from offers.models import Stock
from offers.services.venue_defaults import ACCESSIBILITY, NOTIFICATION, WITHDRAWAL
from passpro.accounts.models import User
from passpro.kernel import clock
from venues.enums import MembershipStatus
from venues.models import Offerer, Venue

DEFAULT_PERIOD = timedelta(days=30)


class VenueField(forms.ModelChoiceField):
    """A venue under the name that its visitors know."""

    def label_from_instance(self, obj: Venue) -> str:
        return obj.shown_name


class BookingListForm(forms.Form):
    """Filters of the portal's list (LST-02 to LST-05, LST-12, LST-13); all live in the address."""

    structure = forms.ModelChoiceField(queryset=Offerer.objects.none(), required=False)
    lieu = VenueField(queryset=Venue.objects.none(), required=False)
    evenement = forms.DateField(label="Date de l’événement", required=False, widget=forms.DateInput)
    periode = forms.ChoiceField(label="Type de période", choices=PERIOD_KINDS, required=False)
    du = forms.DateField(label="Du", required=False, widget=forms.DateInput)
    au = forms.DateField(label="Au", required=False, widget=forms.DateInput)
    statut = forms.ChoiceField(choices=SHOWN_STATUSES, required=False)
    dans = forms.ChoiceField(label="Chercher par", choices=SEARCH_KINDS, required=False)
    q = forms.CharField(label="Texte cherché", required=False)
    offre = forms.IntegerField(required=False, min_value=1)

    def __init__(self, data: QueryDict, *, user: User) -> None:
        """Nothing that narrows the list: the last 30 days, written in the two dates (LST-04)."""
        if not any(data.get(name) for name in ("du", "au", "evenement", "offre", "q")):
            data, today = data.copy(), clock.today()
            data["du"], data["au"] = (today - DEFAULT_PERIOD).isoformat(), today.isoformat()
        super().__init__(data)
        structures = Offerer.objects.filter(
            memberships__user=user, memberships__status=MembershipStatus.VALIDATED, is_active=True
        ).order_by("name", "pk")
        self.fields["structure"] = forms.ModelChoiceField(
            label="Structure",
            queryset=structures,
            required=False,
            empty_label="Toutes les structures",
        )
        self.structures = tuple(structure.pk for structure in structures)
        if len(structures) < 2:
            del self.fields["structure"]
        self.fields["lieu"] = VenueField(
            label="Lieu",
            queryset=Venue.objects.visible_to(user).order_by("name", "pk"),
            required=False,
            empty_label="Tous les lieux",
        )

    def clean_q(self) -> str:
        return self.cleaned_data["q"].replace("\x00", "").strip()[:100]

    def clean(self) -> dict[str, Any]:
        """A period in the wrong order is turned round (LST-05)."""
        data = super().clean() or {}
        start, end = data.get("du"), data.get("au")
        if start and end and start > end:
            data["du"], data["au"] = end, start
        return data

    def filter(self) -> BookingFilter:
        """What was understood; a field in error filters nothing and says so on the page."""
        data = self.cleaned_data
        return BookingFilter(
            venue=data.get("lieu"),
            offerer=data.get("structure"),
            event_day=data.get("evenement"),
            period_kind=data.get("periode") or "reservation",
            start=data.get("du"),
            end=data.get("au"),
            status=data.get("statut") or "",
            search_kind=data.get("dans") or "beneficiaire",
            text=data.get("q") or "",
            offer_id=data.get("offre"),
            structures=self.structures,
        )


class SeveralCodesForm(forms.Form):
    """A paste, a CSV file or both; `codes` once valid, in the order of the lines."""

    contremarques = forms.CharField(
        label="Contremarques",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Une par ligne, ou séparées par des virgules, des points-virgules, des espaces.",
    )
    fichier = forms.FileField(
        label="Ou un fichier CSV",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        help_text="Une colonne « Contremarque », comme dans nos exports, ou des codes seuls.",
    )

    codes: list[str]

    def clean_fichier(self) -> str:
        """The text of the file, in UTF-8 or as older spreadsheets write it."""
        upload = self.cleaned_data["fichier"]
        if not upload:
            return ""
        if upload.size > SEVERAL_FILE_BYTES:
            raise forms.ValidationError("Ce fichier est trop lourd : 200 Ko au plus.")
        content = upload.read()
        if b"\x00" in content:
            raise forms.ValidationError(
                "Ce fichier n’est pas un CSV. Dans votre tableur : enregistrer sous, CSV."
            )
        try:
            return str(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return str(content.decode("cp1252", errors="replace"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.codes = codes_in(data.get("contremarques") or "") + codes_in(data.get("fichier") or "")
        if not self.errors and not self.codes:
            self.add_error("contremarques", "Collez au moins une contremarque, ou un fichier.")
        if len(self.codes) > SEVERAL_CODES:
            self.add_error(
                "contremarques",
                f"{len(self.codes)} contremarques d’un coup, c’est trop : {SEVERAL_CODES} au plus.",
            )
        return data


class OfflineActionForm(forms.Form):
    """One action of a desk without network, as the device sends it."""

    id = forms.UUIDField()
    action = forms.ChoiceField(choices=OfflineKind)
    code = forms.CharField(max_length=100)
    at = forms.DateTimeField()

    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish(data["id"], OfflineKind(data["action"]), data["code"], data["at"])


class OfflineSeenForm(forms.Form):
    """Refusals that the person has read: the numbers of the device, separated by commas."""

    ids = forms.CharField(max_length=20_000)

    def clean_ids(self) -> list[UUID]:
        try:
            return [UUID(number) for number in self.cleaned_data["ids"].split(",")]
        except ValueError:
            raise forms.ValidationError("Numéros illisibles.") from None


class VenueDefaultsForm(forms.Form):
    """Which parts of the venue its offers take over now, and whether holders are told."""

    parts = forms.MultipleChoiceField(
        label="Reprendre dans les offres existantes",
        choices=[
            (ACCESSIBILITY, "L’accessibilité"),
            (WITHDRAWAL, "Les modalités de retrait"),
            (NOTIFICATION, "L’e-mail des réservations"),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une case, ou revenez au lieu."},
    )
    tell = forms.BooleanField(
        label="Prévenir par e-mail les jeunes qui ont une réservation à venir",
        required=False,
        help_text="Seulement pour les modalités de retrait.",
    )


class PostponeForm(forms.Form):
    """The new day and hour of a date, in the venue's own time."""

    date = DayField(label="Nouvelle date")
    hour = HourField(label="Nouvelle heure de début")
    limit = DayField(
        label="Date limite de réservation",
        required=False,
        help_text="Ce jour compris. Vide : jusqu’au début de l’événement.",
    )

    def __init__(self, *args: Any, stock: Stock, **kwargs: Any) -> None:
        self.zone = stock.offer.time_zone
        day, hour = local_parts(stock.beginning_at, self.zone)
        super().__init__(*args, initial={"date": day, "hour": hour}, **kwargs)
        self.stock = stock

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, hour, limit = data.get("date"), data.get("hour"), data.get("limit")
        if not day or not hour:
            return data
        try:
            data["beginning_at"] = begins = local_instant(day, hour, self.zone)
        except NoSuchHour:
            self.add_error(
                "hour", "Cette heure n’existe pas ce jour-là : on passe à l’heure d’été."
            )
            return data
        if begins <= clock.now():
            self.add_error("date", "La date et l’heure doivent être à venir.")
        elif begins == self.stock.beginning_at.replace(second=0, microsecond=0):
            self.add_error("date", "C’est déjà la date de l’événement.")
        if limit and limit > day:
            self.add_error("limit", "La date limite ne peut pas suivre le jour de l’événement.")
        data["booking_limit_at"] = booking_limit(limit, begins, self.zone)
        return data

    def facts(self) -> dict[str, Any]:
        """What postpone_stock takes."""
        return {name: self.cleaned_data[name] for name in ("beginning_at", "booking_limit_at")}
