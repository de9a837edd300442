"""The « détails » screen (portal.md 7.1)."""

from dataclasses import replace
from typing import Any

from django import forms

from offers.constants import (
    EMAIL_DELAYS,
    MAX_DESCRIPTION,
    MAX_EMAIL,
    MAX_EXTRA_TEXT,
    MAX_TITLE,
    MAX_URL,
    MAX_WITHDRAWAL_DETAILS,
    ON_SITE_DELAYS,
)
from offers.enums import PORTAL_WITHDRAWALS, OfferValidation, WithdrawalType
from offers.forms.fields import (
    NATURES,
    DurationField,
    EanField,
    nature_of,
    subcategory_choices,
    type_choices,
)
from offers.models import Offer
from offers.services.details import OfferDetails, stored_details
from passpro.accounts.models import User
from passpro.reference.artistic_types import MUSIC_TYPES, SHOW_TYPES
from passpro.reference.categories import SUBCATEGORIES, Subcategory
from venues.models import Offerer, Venue

_TEXTS = {
    "author": "Auteur",
    "performer": "Interprète",
    "speaker": "Intervenant",
    "stageDirector": "Metteur en scène",
    "visa": "Visa d’exploitation",
}
# Field of the form ← the two stored codes.
_TYPES = {
    "music": ("musicType", "musicSubType", "Genre musical", MUSIC_TYPES),
    "show": ("showType", "showSubType", "Type de spectacle", SHOW_TYPES),
}
FIELD_OF_REFUSAL = {
    "musicType": "music",
    "musicSubType": "music",
    "showType": "show",
    "showSubType": "show",
}
_ACCESSIBILITY = {
    "visual": "Handicap visuel",
    "mental": "Handicap psychique ou cognitif",
    "motor": "Handicap moteur",
    "audio": "Handicap auditif",
}
NOT_ACCESSIBLE = "none"
_OPEN_TO_PORTAL = {"accessibility", "public_url"}
# The fields below follow this choice without leaving the page; a button does it without script.
_FOLLOWED = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-vals": '{"refresh": "1"}',
    "hx-target": "#champs",
    "hx-select": "#champs",
    "hx-swap": "outerHTML",
}
_BY_CODE = {kind.id: kind for kind in SUBCATEGORIES}


class VenueChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Venue) -> str:  # type: ignore[override]
        return f"{obj.shown_name} – {obj.city}" if obj.city else obj.shown_name


class DetailsForm(forms.Form):
    """Fields follow the nature and, once chosen, the subcategory."""

    subcategory_id = forms.ChoiceField(
        label="Catégorie et sous-catégorie",
        error_messages={
            "required": "Choisissez une sous-catégorie.",
            "invalid_choice": "Choisissez une sous-catégorie de la liste.",
        },
    )
    title = forms.CharField(
        label="Titre de l’offre",
        max_length=MAX_TITLE,
        error_messages={
            "required": "Donnez un titre à l’offre.",
            "max_length": f"Le titre compte au plus {MAX_TITLE} caractères.",
        },
    )
    description = forms.CharField(
        label="Description",
        max_length=MAX_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Ce que le jeune lira : des mots précis aident à trouver l’offre.",
        error_messages={
            "max_length": f"La description compte au plus {MAX_DESCRIPTION} caractères."
        },
    )
    duration = DurationField(
        label="Durée",
        required=False,
        help_text="En heures et minutes, par exemple 1:45.",
        widget=forms.TextInput(attrs={"class": "w-time", "autocomplete": "off"}),
    )
    venue = VenueChoice(
        label="Lieu",
        queryset=Venue.objects.none(),
        empty_label="Choisissez",
        error_messages={
            "required": "Choisissez le lieu de l’offre.",
            "invalid_choice": "Choisissez un lieu de la liste.",
        },
    )
    offerer = forms.ModelChoiceField(
        label="Structure",
        queryset=Offerer.objects.none(),
        empty_label="Choisissez",
        error_messages={"required": "Choisissez la structure qui propose l’offre."},
    )
    url = forms.CharField(
        label="Lien d’accès à l’offre",
        max_length=MAX_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=(
            "Donné au bénéficiaire après sa réservation. Vous pouvez y mettre {token} "
            "(sa contremarque), {email} et {offerId}."
        ),
        error_messages={"required": "Donnez le lien auquel le bénéficiaire trouvera l’offre."},
    )
    public_url = forms.CharField(
        label="Lien pour le grand public",
        required=False,
        max_length=MAX_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="Votre site ou votre billetterie, montré à qui n’a pas de crédit.",
    )
    withdrawal_type = forms.ChoiceField(
        label="Comment le bénéficiaire obtient-il son billet ?",
        choices=PORTAL_WITHDRAWALS,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites comment le bénéficiaire obtient son billet."},
    )
    email_delay = forms.TypedChoiceField(
        label="Date d’envoi",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(n, f"{words} l’événement") for n, words in EMAIL_DELAYS.items()],
        help_text="Si les billets sont envoyés par e-mail.",
    )
    on_site_delay = forms.TypedChoiceField(
        label="Heure de retrait",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            (n, f"{words} le début" if n else "À tout moment")
            for n, words in ON_SITE_DELAYS.items()
        ],
        help_text="Si les billets sont retirés sur place.",
    )
    booking_contact = forms.EmailField(
        label="E-mail de contact",
        max_length=MAX_EMAIL,
        help_text="Donné au bénéficiaire pour qu’il puisse vous joindre.",
        error_messages={
            "required": "Donnez une adresse à laquelle le bénéficiaire peut vous joindre."
        },
    )
    withdrawal_details = forms.CharField(
        label="Informations de retrait",
        max_length=MAX_WITHDRAWAL_DETAILS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Où, quand, avec quelle pièce : tout ce qu’il faut pour retirer ou entrer.",
        error_messages={
            "required": "Dites comment le bénéficiaire reçoit ou retire son billet, ou entre."
        },
    )
    accessibility = forms.MultipleChoiceField(
        label="Cette offre est accessible aux publics en situation de",
        choices=[*_ACCESSIBILITY.items(), (NOT_ACCESSIBLE, "Non accessible")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Cochez au moins une case, « Non accessible » s’il n’y en a pas d’autre."
        },
    )
    is_notified = forms.BooleanField(
        label="Être prévenu par e-mail de chaque réservation", required=False
    )
    notification_email = forms.EmailField(
        label="E-mail de notification", max_length=MAX_EMAIL, required=False
    )

    def __init__(
        self, *args: Any, nature: str, user: User, offer: Offer | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.nature, self.user, self.offer = nature, user, offer
        self.is_event, self.is_online = NATURES[nature]
        self.is_frozen_kind = offer is not None and offer.validation != OfferValidation.DRAFT
        self.is_limited = offer is not None and offer.is_limited
        self.kind = self._chosen_kind()
        choices = self.fields["subcategory_id"]
        choices.choices = subcategory_choices(nature)
        self._fit_place()
        self._fit_subcategory()
        for name in {"subcategory_id", "venue"} & set(self.fields):
            self.fields[name].widget.attrs |= _FOLLOWED
        if self.is_limited:
            self._close_to_portal()

    def _close_to_portal(self) -> None:
        """§2.14: what a partner's software keeps is shown, not changed."""
        for name, item in self.fields.items():
            if name not in _OPEN_TO_PORTAL:
                item.disabled, item.required = True, False

    def _chosen_kind(self) -> Subcategory | None:
        if self.is_frozen_kind and self.offer:
            return self.offer.subcategory
        code = self.data.get("subcategory_id") if self.is_bound else None
        kind = _BY_CODE.get(code or self.initial.get("subcategory_id") or "")
        return kind if kind and kind.is_selectable and nature_of(kind) == self.nature else None

    def _fit_place(self) -> None:
        venues = Venue.objects.visible_to(self.user).filter(is_virtual=False)
        self.fields["venue"].queryset = venues.select_related("offerer").order_by("name", "pk")
        self.fields["offerer"].queryset = Offerer.objects.visible_to(self.user)
        useless = "venue" if self.is_online else "offerer"
        del self.fields[useless]
        if not self.is_online:
            del self.fields["url"]
        if self.offer and self.is_online:
            del self.fields["offerer"]
        if self.is_frozen_kind:
            for name in ("venue", "subcategory_id"):
                if name in self.fields:
                    self.fields[name].disabled = True
                    self.fields[name].required = False

    def _fit_subcategory(self) -> None:
        if not self.is_event:
            del self.fields["duration"]
        if self.kind and self.kind.needs_withdrawal_type:
            # Seed 004: whatever the choice, say all there is to know.
            self.fields["withdrawal_details"].required = True
        else:
            for name in ("withdrawal_type", "email_delay", "on_site_delay", "booking_contact"):
                del self.fields[name]
        if self.kind is None:
            return
        declared = {item.name: item for item in self.kind.extra_fields}
        for name, (first, second, label, tree) in _TYPES.items():
            if first in declared:
                self.fields[name] = forms.ChoiceField(
                    label=label,
                    choices=type_choices(tree, with_children=second in declared),
                    required=declared[first].required_in_portal,
                    error_messages={"required": f"Choisissez : {label.lower()}."},
                )
        for name, label in _TEXTS.items():
            if name in declared:
                self.fields[name] = forms.CharField(
                    label=label, max_length=MAX_EXTRA_TEXT, required=False
                )
        if "ean" in declared:
            self.fields["ean"] = EanField(
                label="EAN-13",
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                help_text="Le code à 13 chiffres imprimé sous le code-barres.",
            )

    @property
    def extra_names(self) -> list[str]:
        return [*_TYPES, *_TEXTS, "ean"]

    @property
    def extra_fields(self) -> list[Any]:
        """The fields of the chosen subcategory, for the template."""
        return [self[name] for name in self.extra_names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        boxes = set(data.get("accessibility", []))
        if NOT_ACCESSIBLE in boxes and len(boxes) > 1:
            self.add_error(
                "accessibility", "« Non accessible » ne se coche pas avec une autre case."
            )
        if data.get("is_notified") and not data.get("notification_email"):
            if "notification_email" not in self.errors:
                self.add_error("notification_email", "Donnez l’adresse à prévenir.")
        return data

    def details(self) -> OfferDetails:
        """What the services take, from the cleaned fields."""
        data, kind = self.cleaned_data, self.kind
        boxes = set(data["accessibility"])
        told = {f"{name}_accessible": name in boxes for name in _ACCESSIBILITY}
        if self.offer and self.is_limited:
            return replace(stored_details(self.offer), public_url=data["public_url"], **told)
        code = kind.id if kind else data["subcategory_id"]
        chosen = data.get("withdrawal_type", "")
        delays = {
            WithdrawalType.BY_EMAIL: data.get("email_delay"),
            WithdrawalType.ON_SITE: data.get("on_site_delay"),
        }
        return OfferDetails(
            title=data["title"],
            subcategory_id=code,
            description=data["description"],
            extra_data=self._extra_data(),
            duration_minutes=data.get("duration"),
            url=data.get("url", ""),
            public_url=data["public_url"],
            is_duo=self._is_duo(),
            withdrawal_type=chosen,
            withdrawal_delay_seconds=delays.get(chosen),
            withdrawal_details=data["withdrawal_details"],
            booking_contact=data.get("booking_contact", ""),
            notification_email=data["notification_email"] if data["is_notified"] else "",
            **told,
        )

    def _is_duo(self) -> bool:
        """OFF-13: on by default where it is possible; asked on the next screen."""
        can_be_duo = self.kind is not None and self.kind.can_be_duo
        same_kind = self.offer is not None and self.kind == self.offer.subcategory
        return can_be_duo and (self.offer.is_duo if self.offer and same_kind else True)

    def _extra_data(self) -> dict[str, str]:
        kept = dict(self.offer.extra_data) if self.offer else {}
        for name in (*_TEXTS, "ean"):
            kept[name] = self.cleaned_data.get(name, "")
        for name, (first, second, *_) in _TYPES.items():
            kept[first], _, kept[second] = self.cleaned_data.get(name, "").partition(":")
        return kept


def initial_of_offer(offer: Offer) -> dict[str, Any]:
    """The form of an existing offer."""
    extra = offer.extra_data
    types = {
        name: ":".join(filter(None, [extra.get(first), extra.get(second)]))
        for name, (first, second, *_) in _TYPES.items()
    }
    return {
        "subcategory_id": offer.subcategory_id,
        "title": offer.title,
        "description": offer.description,
        "duration": offer.duration_minutes,
        "venue": offer.venue_id,
        "url": offer.url,
        "public_url": offer.public_url,
        "withdrawal_type": offer.withdrawal_type,
        "email_delay": offer.withdrawal_delay_seconds,
        "on_site_delay": offer.withdrawal_delay_seconds,
        "booking_contact": offer.booking_contact,
        "withdrawal_details": offer.withdrawal_details,
        "accessibility": accessibility_boxes(offer),
        "is_notified": bool(offer.notification_email),
        "notification_email": offer.notification_email,
        **{name: extra.get(name, "") for name in (*_TEXTS, "ean")},
        **types,
    }


def accessibility_boxes(source: Offer | Venue) -> list[str]:
    """Ticked boxes; none while nothing is known (OFF-70)."""
    values = {name: getattr(source, f"{name}_accessible") for name in _ACCESSIBILITY}
    if all(value is None for value in values.values()):
        return []
    return [name for name, value in values.items() if value] or [NOT_ACCESSIBLE]


def initial_from_venue(venue: Venue, user: User) -> dict[str, Any]:
    """OFF-08, OFF-11, OFF-70: what a new offer takes from its venue."""
    return {
        "venue": venue.pk,
        "withdrawal_details": venue.withdrawal_details,
        "accessibility": accessibility_boxes(venue),
        "is_notified": True,
        "notification_email": venue.booking_email or user.email,
        "booking_contact": venue.booking_email or user.email,
    }
