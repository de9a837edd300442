"""The sandbox plays ADAGE: a person chooses a school and a role, and enters (§7.9)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from collective.entry import sandbox_token
from collective.school_forms import SandboxForm
from passpro.kernel.access import public


@public
@require_http_methods(["GET", "POST"])
def sandbox(request: HttpRequest) -> HttpResponse:
    """Sign an address for the school and role chosen, then go through the ordinary door."""
    form = SandboxForm(request.POST or None)
    if form.is_bound and form.is_valid():
        token = sandbox_token(form.visitor(), form.cleaned_data["role"])
        return redirect(f"{reverse('collective:adage_enter')}?token={token}")
    status = 400 if form.errors else 200
    return render(request, "collective/adage/sandbox.html", {"form": form}, status=status)
