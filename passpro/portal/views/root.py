"""The two addresses that belong to no screen: the bare domain and the health check."""

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from passpro.kernel.access import public
from passpro.portal.menu import address_of


@public
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Everybody's own first page."""
    user = request.user
    if not user.is_authenticated:
        return redirect("accounts:sign_in")
    if user.is_beneficiary:
        return redirect("offers:app_home")
    has_structure = user.memberships.exists()
    if user.is_staff and not has_structure:
        return redirect("admin:index")
    return redirect(address_of("portal:home") or "venues:structures")


@public
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database and the cache answer, else an error for the load balancer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    cache.get("health")
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
