"""« Suspensions en nombre »: what is asked, what it would do, what was done (SUS-06)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from passpro.accounts.admin_domains import domain_of_email
from passpro.accounts.enums import REASONS_FOR_BENEFICIARIES, SuspensionReason
from passpro.accounts.models import User
from passpro.accounts.services.domains import block_domain
from passpro.accounts.services.suspension import suspend
from passpro.kernel.admin_base import Outcome, agent_of, require
from passpro.kernel.errors import DomainError
from passpro.portal.back_office import SUSPENSIONS_RIGHT
from passpro.portal.suspensions import Plan, numbers_in, plan_for_domain, plan_for_numbers


class SuspensionsForm(forms.Form):
    numbers = forms.CharField(
        label="Numéros de comptes, séparés par des espaces ou des virgules", required=False,
        max_length=5000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )  # fmt: skip
    domain = forms.CharField(
        label="Ou tous les comptes d’un domaine, comme jetable.example", required=False,
        max_length=120, widget=UnfoldAdminTextInputWidget(),
    )  # fmt: skip
    block = forms.BooleanField(
        label="Refuser aussi les prochaines inscriptions de ce domaine", required=False
    )
    reason = forms.ChoiceField(
        label="Motif",
        choices=[
            (one.value, one.label)
            for one in REASONS_FOR_BENEFICIARIES
            if one != SuspensionReason.OWN_REQUEST
        ],
        widget=UnfoldAdminSelectWidget,
    )
    comment = forms.CharField(
        label="Commentaire, gardé dans l’historique", max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )  # fmt: skip

    def clean_numbers(self) -> list[int]:
        try:
            return numbers_in(self.cleaned_data["numbers"])
        except ValueError:
            raise forms.ValidationError("Écrivez des numéros seulement.") from None

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"].strip().lower().lstrip("@")
        if domain:
            domain_of_email(domain)
        return domain

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and bool(typed.get("numbers")) == bool(typed.get("domain")):
            raise forms.ValidationError("Donnez des numéros, ou un domaine, pas les deux.")
        return typed

    def plan(self) -> Plan:
        if domain := self.cleaned_data["domain"]:
            return plan_for_domain(domain)
        return plan_for_numbers(self.cleaned_data["numbers"])


@require_http_methods(["GET", "POST"])
def suspensions(request: HttpRequest) -> HttpResponse:
    """First the summary, then, once confirmed, each account on its own and a report."""
    require(request, SUSPENSIONS_RIGHT)
    form = SuspensionsForm(request.POST or None)
    context = {
        **admin.site.each_context(request),
        "title": "Suspensions en nombre",
        "form": form,
        "back": reverse("team:suspensions"),
    }
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        return render(request, "admin/suspensions.html", context, status=status)
    plan = form.plan()
    if "confirmed" not in request.POST:
        return render(request, "admin/suspensions.html", context | {"plan": plan})
    outcomes = [_suspend(request, person, form.cleaned_data) for person in plan.people]
    _block(request, form.cleaned_data)
    report = {
        "outcomes": outcomes,
        "done": "comptes suspendus",
        "done_count": sum(one.is_done for one in outcomes),
    }
    return render(request, "kernel/admin/report.html", context | report)


def _suspend(request: HttpRequest, person: User, typed: dict[str, Any]) -> Outcome:
    url = reverse("admin:accounts_user_change", args=[person.pk])
    try:
        suspend(
            user_id=person.pk,
            reason=typed["reason"],
            comment=typed["comment"],
            by=agent_of(request),
        )
    except DomainError as error:
        return Outcome(person, url, is_done=False, message=error.message)
    return Outcome(person, url, is_done=True)


def _block(request: HttpRequest, typed: dict[str, Any]) -> None:
    """A domain that is blocked already stays so."""
    if typed["domain"] and typed["block"]:
        try:
            block_domain(domain=typed["domain"], why=typed["comment"], by=agent_of(request))
        except DomainError:
            return
