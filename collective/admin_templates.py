"""The team's page of showcases: the same control as the offers that are booked (§5.4)."""

from django.contrib import admin

from collective.admin_proposals import ProposalAdmin, by_agent
from collective.models import CollectiveTemplate
from collective.services.templates import decide_template


@admin.register(CollectiveTemplate)
class CollectiveTemplateAdmin(ProposalAdmin):
    noun = "offre vitrine"
    seen_by = "Les enseignants la voient"
    approve_with = by_agent(decide_template, "template_id", is_approved=True)
    reject_with = by_agent(decide_template, "template_id", is_approved=False)
    may = {"decide": "collective.decide_collectivetemplate"}
    list_display = ("title", "state", "venue", "updated_at", "validated_at")
    search_fields = (
        "title",
        "=id",
        "venue__name",
        "venue__offerer__name",
        "=venue__offerer__siren",
    )
    search_help_text = "Titre, numéro, lieu, structure ou SIREN"
    list_select_related = ("venue",)
    fieldsets = (
        (None, {"fields": ("title", "state", "venue", "author")}),
        ("Contenu", {"fields": ("description", "domains", "levels", "kinds", "price_detail")}),
        (
            "Lieu et contact",
            {"fields": ("location", "location_city", "contact_email", "contact_url")},
        ),
        ("Dates", {"fields": ("created_at", "updated_at", "validated_at", "rejection_reason")}),
    )
