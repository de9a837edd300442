"""Labels of structures and the drawers they are kept in (§14.2)."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import DateFieldListFilter
from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from passpro.kernel import clock
from passpro.kernel.admin_base import TeamAdmin
from venues.models import OffererTag, OffererTagCategory, VenueTag

TAGS = "accounts.manage_offerer_tag"
CATEGORIES = "accounts.manage_tags_n2"
VENUE_TAGS = "accounts.manage_offers_and_venues_tags"
ACTIVITY_CODE = re.compile(r"^\d{2}\.\d{2}[A-Z]$")
DOMAIN = re.compile(r"^[a-z0-9.-]+\.[a-z]{2,}$")


def in_boxes(field: Any) -> Any:
    """A short list to tick, instead of two lists and arrows."""
    field.widget = UnfoldAdminCheckboxSelectMultipleWidget(choices=field.widget.choices)
    field.help_text = ""
    return field


class TagsForm(forms.Form):
    """Labels to put on chosen venues or offers, and to take away."""

    put = forms.ModelMultipleChoiceField(
        VenueTag.objects.none(),
        label="Étiquettes à poser",
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    take = forms.ModelMultipleChoiceField(
        VenueTag.objects.all(),
        label="Étiquettes à retirer",
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["put"]
        choices.queryset = VenueTag.objects.current(clock.today())


class TagForm(forms.ModelForm):
    """Codes and domains one below the other; they are read by `put_automatic_tags`."""

    class Meta:
        model = OffererTag
        fields = ("label", "description", "categories", "activity_codes", "email_domains")

    def clean_activity_codes(self) -> list[str]:
        codes = [code.strip().upper() for code in self.cleaned_data["activity_codes"]]
        if wrong := [code for code in codes if not ACTIVITY_CODE.match(code)]:
            raise forms.ValidationError(f"« {wrong[0]} » n’est pas un code comme 90.01Z.")
        return codes

    def clean_email_domains(self) -> list[str]:
        domains = [name.strip().lower().lstrip("@") for name in self.cleaned_data["email_domains"]]
        if wrong := [name for name in domains if not DOMAIN.match(name)]:
            raise forms.ValidationError(f"« {wrong[0]} » n’est pas un domaine comme ville.fr.")
        return domains


@admin.register(OffererTag)
class OffererTagAdmin(TeamAdmin):
    """Labels of structures; those with codes or domains are put at sign-up (OFF-11)."""

    form = TagForm
    list_display = ("label", "description", "drawers", "at_sign_up", "count")
    list_filter = ("categories",)
    search_fields = ("label",)
    formfield_overrides = {ArrayField: {"widget": UnfoldAdminTextInputWidget}}

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return in_boxes(super().formfield_for_manytomany(db_field, request, **kwargs))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        tags = super().get_queryset(request).prefetch_related("categories")
        return tags.annotate(offerer_count=Count("offerers", distinct=True))

    @display(description="catégories")
    def drawers(self, tag: OffererTag) -> str:
        return ", ".join(category.label for category in tag.categories.all()) or "–"

    @display(description="posée à l’inscription")
    def at_sign_up(self, tag: OffererTag) -> str:
        return ", ".join((*tag.activity_codes, *tag.email_domains)) or "–"

    @display(description="structures", ordering="offerer_count")
    def count(self, tag: Any) -> int:
        return int(tag.offerer_count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(TAGS))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(TAGS))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_declared = obj is not None and bool(obj.code)
        return not is_declared and bool(request.user.has_perm(CATEGORIES))

    def get_actions(self, request: HttpRequest) -> Any:
        """One at a time, so that the declared ones stay."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(VenueTag)
class VenueTagAdmin(TeamAdmin):
    """Labels of offers and venues; they are put on their lists, several at once."""

    list_display = (
        "label", "description", "drawers", "starts_on", "ends_on", "count", "offer_count",
    )  # fmt: skip
    list_filter = ("categories", ("ends_on", DateFieldListFilter))
    search_fields = ("label", "description")
    fields = ("label", "description", "categories", "starts_on", "ends_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        tags = super().get_queryset(request).prefetch_related("categories")
        return tags.annotate(
            venue_count=Count("venues", distinct=True), tagged=Count("offers", distinct=True)
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "description":
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return in_boxes(super().formfield_for_manytomany(db_field, request, **kwargs))

    @display(description="offres", ordering="tagged")
    def offer_count(self, tag: Any) -> int:
        return int(tag.tagged)

    @display(description="catégories")
    def drawers(self, tag: VenueTag) -> str:
        return ", ".join(category.label for category in tag.categories.all()) or "–"

    @display(description="lieux", ordering="venue_count")
    def count(self, tag: Any) -> int:
        return int(tag.venue_count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(VENUE_TAGS))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(VENUE_TAGS))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(CATEGORIES))


@admin.register(OffererTagCategory)
class OffererTagCategoryAdmin(TeamAdmin):
    """MANAGE_TAGS_N2 writes them; labels are put into them on their own page."""

    list_display = ("label", "count")
    search_fields = ("label",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(tag_count=Count("tags"))

    @display(description="étiquettes", ordering="tag_count")
    def count(self, category: Any) -> int:
        return int(category.tag_count)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(TAGS) or request.user.has_perm(CATEGORIES))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(CATEGORIES))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(CATEGORIES))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(CATEGORIES))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
