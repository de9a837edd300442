"""Pages of the team that are nobody's list: search across everything, roles and rights."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passpro.portal.find import find


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One box; what is found is a link to its page (§14.2)."""
    asked = request.GET.get("q", "")[:100]
    context = {
        **admin.site.each_context(request),
        "title": "Recherche",
        "asked": asked,
        "groups": find(asked, agent=request.user),
    }
    return render(request, "admin/search.html", context)
