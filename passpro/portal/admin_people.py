"""A person's page of the admin, with what the apps above accounts know of them (§14.2)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from unfold.decorators import display

from passpro.accounts.admin import UserAdmin
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.money import euros

# Nobody has more; a runaway script might.
SHOWN = 50

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Attachments of a professional, credits of a young person."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sections = super().get_fieldsets(request, obj)
        if obj is None:
            return sections
        known = ("Crédits", "credits") if obj.is_beneficiary else ("Rattachements", "attachments")
        return [*sections, (known[0], {"fields": (known[1],)})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        held = super().get_readonly_fields(request, obj)
        return held if obj is None else (*held, "attachments", "credits")

    @display(description="structures")
    def attachments(self, person: User) -> str:
        rows = person.memberships.select_related("offerer").order_by("pk")[:SHOWN]
        return (
            format_html_join(
                mark_safe("<br>"),
                '<a href="{}">{}</a> (SIREN {}, {}) : {}, {}',
                (
                    (
                        reverse("admin:venues_offerer_change", args=[one.offerer_id]),
                        one.offerer.name,
                        one.offerer.siren,
                        one.offerer.get_status_display().lower(),
                        one.get_role_display().lower(),
                        one.get_status_display().lower(),
                    )
                    for one in rows
                ),
            )
            or "–"
        )

    @display(description="crédits")
    def credits(self, person: User) -> str:
        now = clock.now()
        return (
            format_html_join(
                mark_safe("<br>"),
                '<a href="{}">{}</a> : {} accordés, {} dépensés, {} restants',
                (
                    (
                        reverse("admin:bookings_deposit_change", args=[one.pk]),
                        one.get_type_display(),
                        euros(one.amount_cents),
                        euros(one.spent_cents),
                        euros(one.remaining_cents(now)),
                    )
                    for one in person.deposits.all()[:SHOWN]
                ),
            )
            or "–"
        )
