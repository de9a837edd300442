"""The team's pages about offers; the two decisions call the services."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from unfold.decorators import action, display

from offers import admin_editorial, admin_reports, admin_work  # noqa: F401  (self-registered)
from offers.enums import OfferRefusal, OfferValidation
from offers.filters import codes_of_category
from offers.models import Offer, OfferFlag, Stock
from offers.querysets import OfferQuerySet
from offers.services.moderate import approve_offer, reject_offer
from offers.services.tags import change_offer_tags
from passpro.kernel import clock, images, statuses
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    decide_each,
)
from passpro.kernel.admin_reasons import coded_reason, reason_filter
from passpro.kernel.money import euros
from passpro.reference.categories import CATEGORIES
from venues.admin_filters import QueueFilter as WaitingFilter
from venues.admin_tags import VENUE_TAGS, TagsForm

RefusalForm = coded_reason(OfferRefusal)
_TONES = {
    "ok": "success",
    "planned": "info",
    "wait": "warning",
    "alert": "warning",
    "bad": "danger",
}
_LABELS = {look.word: _TONES.get(look.tone, "") for look in statuses.LOOKS["offer"].values()}


class QueueFilter(WaitingFilter):
    """« À traiter »: offers under review whose structure may publish."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.to_review() if self.value() else queryset


class CategoryFilter(admin.SimpleListFilter):
    title = "catégorie"
    parameter_name = "categorie"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        labels = [(item.id, item.label) for item in CATEGORIES.values() if item.is_selectable]
        return sorted(labels, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        return queryset.filter(subcategory_id__in=codes_of_category(self.value()))


class StockInline(ReadOnlyInline):
    """Dates and stocks, the deleted ones included: their bookings stay."""

    model = Stock
    fields = (
        "beginning_at", "price_category", "price", "quantity", "booked_quantity",
        "booking_limit_at", "deleted_at",
    )  # fmt: skip
    readonly_fields = ("price",)
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("price_category")

    @display(description="prix")
    def price(self, stock: Stock) -> str:
        return euros(stock.price_cents)


class FlagInline(ReadOnlyInline):
    """Why it waits for a decision (MOD-01)."""

    model = OfferFlag
    fields = ("at", "rule_name", "why")
    tab = False


@admin.register(Offer)
class OfferAdmin(ReadOnlyAdmin):
    """Searched by title, EAN, venue or structure; the two decisions of the team (§2.10)."""

    may = {"decide": "offers.decide_offer", "decide_several": "accounts.multiple_offers_actions"}
    list_display = (
        "title", "state", "flags", "kind", "labels", "venue", "structure", "publication_at",
    )  # fmt: skip
    list_filter = (
        QueueFilter, "validation",
        reason_filter(
            OfferRefusal, why="transitions__why", validation=OfferValidation.REJECTED,
            transitions__after=OfferValidation.REJECTED,
        ),
        "is_active", CategoryFilter, "is_duo", "tags",
    )  # fmt: skip
    search_fields = (
        "title", "=id", "=extra_data__ean", "venue__name", "venue__public_name",
        "venue__offerer__name", "=venue__offerer__siren",
    )  # fmt: skip
    search_help_text = "Titre, numéro, EAN, lieu, nom ou SIREN de la structure"
    list_select_related = ("venue__offerer",)
    # The whole table need not be counted for a list that is searched.
    show_full_result_count = False
    ordering = ("-pk",)
    actions = ("approve_each", "reject_each", "tag_each")
    actions_detail = ("approve", "reject")
    inlines = (FlagInline, StockInline)
    readonly_fields = ("state", "kind", "structure", "image", "labels")
    fieldsets = (
        (None, {"fields": ("title", "state", "kind", "structure", "venue", "author", "labels")}),
        ("Contenu", {"fields": ("description", "extra_data", "duration_minutes", "url")}),
        ("Image", {"fields": ("image", "image_credit")}),
        (
            "Où, par qui",
            {
                "fields": (
                    "address_label", "street", "postal_code", "city", "public_url", "provider",
                    "provider_key",
                )
            },
        ),
        (
            "Pratique",
            {
                "fields": (
                    "is_duo", "withdrawal_type", "withdrawal_details", "booking_contact",
                    "notification_email",
                )
            },
        ),
        (
            "Dates",
            {"fields": ("created_at", "updated_at", "validated_at", "publication_at", "is_active")},
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        offers: OfferQuerySet = super().get_queryset(request)
        return offers.with_display_status(clock.now()).prefetch_related("flags", "tags")

    @display(description="état", label=_LABELS)
    def state(self, offer: Offer) -> str:
        status = getattr(offer, "display_status", offer.validation)
        return statuses.look_of("offer", status).word

    @display(description="image")
    def image(self, offer: Offer) -> str:
        if not offer.image_key:
            return "–"
        return format_html(
            '<img src="{}" alt="" width="160">', images.address_of(offer.image_key, 320)
        )

    @display(description="retenue par")
    def flags(self, offer: Offer) -> str:
        names = [flag.rule_name for flag in offer.flags.all()]
        return ", ".join(dict.fromkeys(names)) or "–"

    @display(description="étiquettes")
    def labels(self, offer: Offer) -> str:
        return ", ".join(tag.label for tag in offer.tags.all()) or "–"

    @display(description="sous-catégorie", ordering="subcategory_id")
    def kind(self, offer: Offer) -> str:
        return offer.subcategory.label

    @display(description="structure", ordering="venue__offerer__name")
    def structure(self, offer: Offer) -> str:
        return offer.venue.offerer.name

    @action(description="Valider", icon="check_circle", url_path="valider", permissions=["decide"])
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Valider cette offre : {}",
            text="Elle devient visible et réservable ; le lieu reçoit un e-mail.",
            button="Valider l’offre",
            done="L’offre est validée, le lieu est prévenu.",
            run=lambda offer: approve_offer(offer=offer, by=Actor.user(request.user)),
        )

    @action(
        description="Refuser", icon="do_not_disturb_on", url_path="refuser", permissions=["decide"]
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(
            request,
            object_id,
            title="Refuser cette offre : {}",
            text="Elle est masquée et ne peut plus être modifiée ; le lieu reçoit le motif par "
            "e-mail. Les réservations pas encore utilisées sont annulées, les jeunes prévenus.",
            button="Refuser l’offre",
            done="L’offre est refusée, le lieu est prévenu.",
            run=lambda offer, reason: reject_offer(
                offer=offer, why=reason, by=Actor.user(request.user)
            ),
            form_class=RefusalForm,
            danger=True,
        )

    def has_decide_several_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return all(map(request.user.has_perm, self.may.values()))

    def has_tag_several_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(VENUE_TAGS))

    @admin.action(description="Étiqueter les offres choisies", permissions=["tag_several"])
    def tag_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="tag_each",
            title="Étiqueter ces offres ?",
            text="Les étiquettes servent à l’équipe ; chaque changement reste dans l’historique.",
            button="Étiqueter",
            done="étiquetées",
            run=lambda offer, **typed: change_offer_tags(
                offer_id=offer.pk, by=Actor.user(request.user), **typed
            ),
            form_class=TagsForm,
        )

    @admin.action(description="Valider les offres choisies", permissions=["decide_several"])
    def approve_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="approve_each",
            title="Valider ces offres ?",
            text="Elles deviennent visibles et réservables ; chaque lieu reçoit un e-mail.",
            button="Valider",
            done="validées, lieux prévenus",
            run=lambda offer: approve_offer(offer=offer, by=Actor.user(request.user)),
        )

    @admin.action(description="Refuser les offres choisies", permissions=["decide_several"])
    def reject_each(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return decide_each(
            self,
            request,
            queryset,
            action="reject_each",
            title="Refuser ces offres ?",
            text="Elles sont masquées ; le même motif est envoyé à chaque lieu. Les réservations "
            "pas encore utilisées sont annulées, les jeunes prévenus.",
            button="Refuser",
            done="refusées, lieux prévenus",
            run=lambda offer, reason: reject_offer(
                offer=offer, why=reason, by=Actor.user(request.user)
            ),
            form_class=RefusalForm,
            danger=True,
        )
