"""Blocked e-mail domains: added with a reason, taken away by the service."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import RegexValidator
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from passpro.accounts.models import BlockedDomain
from passpro.accounts.services.domains import block_domain, unblock_domain
from passpro.kernel.admin_base import TeamAdmin, agent_of

domain_of_email = RegexValidator(
    r"^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$", "Écrivez un domaine seul, comme exemple.fr."
)


class DomainForm(forms.ModelForm):
    domain = forms.CharField(
        label="Domaine", max_length=120, widget=UnfoldAdminTextInputWidget(),
        help_text="Ce qui suit l’arobase, par exemple jetable.example.",
    )  # fmt: skip

    class Meta:
        model = BlockedDomain
        fields = ("domain", "why")
        widgets = {"why": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def clean_domain(self) -> str:
        domain = self.cleaned_data["domain"].strip().lower().lstrip("@")
        domain_of_email(domain)
        if BlockedDomain.objects.filter(domain=domain).exists():
            raise forms.ValidationError("Ce domaine est déjà bloqué.")
        return domain


@admin.register(BlockedDomain)
class BlockedDomainAdmin(TeamAdmin):
    """Nobody signs up with these; « Suspensions en nombre » also closes the accounts they have."""

    form = DomainForm
    list_display = ("domain", "why", "blocked_at")
    search_fields = ("domain",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("accounts.delete_blockeddomain"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        typed = form.cleaned_data
        created = block_domain(domain=typed["domain"], why=typed["why"], by=agent_of(request))
        obj.__dict__.update(created.__dict__)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        unblock_domain(blocked=obj, by=agent_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for blocked in queryset:
            unblock_domain(blocked=blocked, by=agent_of(request))
