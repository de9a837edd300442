"""Contacts and meetings shown on the home page of the cultural staff (§14.2)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from passpro.kernel import clock
from passpro.kernel.admin_base import TeamAdmin
from passpro.kernel.templatetags.ui import french_date
from passpro.portal import (  # noqa: F401  (they register their pages)
    admin_offers,
    admin_people,
    admin_structures,
    admin_venues,
)
from passpro.portal.models import AreaContact, Webinar
from passpro.reference.departments import DEPARTMENTS


class AreaContactForm(forms.ModelForm):
    departments = forms.MultipleChoiceField(
        label="Départements",
        choices=[(code, f"{code} {name}") for code, name in DEPARTMENTS.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = AreaContact
        fields = ("name", "role", "email", "phone", "departments")


class PublishedAdmin(TeamAdmin):
    """Rows that the team writes, changes and takes away."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(f"portal.delete_{self.opts.model_name}"))


@admin.register(AreaContact)
class AreaContactAdmin(PublishedAdmin):
    form = AreaContactForm
    list_display = ("name", "role", "email", "phone", "area")
    search_fields = ("name", "email", "departments")

    @display(description="départements")
    def area(self, contact: AreaContact) -> str:
        return ", ".join(contact.departments)


@admin.register(Webinar)
class WebinarAdmin(PublishedAdmin):
    list_display = ("title", "next_date", "every_weeks", "is_shown")

    @display(description="prochaine date")
    def next_date(self, webinar: Webinar) -> str:
        moment = webinar.next_at(clock.now())
        return french_date(moment) if moment else "passé"
