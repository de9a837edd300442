"""End of a « voir comme » visit; it starts on the person's page of the admin."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from passpro.accounts.guards import SEEN_AS_SESSION_KEY
from passpro.accounts.services.seeing_as import stop_seeing_as


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Back to the admin; nothing to end is no mistake."""
    visit_id = request.session.pop(SEEN_AS_SESSION_KEY, None)
    if visit_id is None:
        return redirect("portal:root")
    stop_seeing_as(visit_id=visit_id)
    messages.success(request, "La visite « voir comme » est terminée.")
    return redirect("admin:index")
