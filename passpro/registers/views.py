"""The door of the address base: suggestions for forms, which also work typed by hand (BAN-07)."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from passpro.kernel.errors import DomainError
from passpro.registers import addresses
from passpro.registers.limits import count_lookup

SUGGESTIONS = 5
# Somebody who types fast asks about three times a second for a few seconds.
PER_MINUTE = 120


@require_GET
def suggest(request: HttpRequest) -> JsonResponse:
    """`?q=` → {"addresses": […]}; with a message when the base is down, so that people type."""
    text = request.GET.get("q", "").replace("\x00", "")
    try:
        count_lookup(register="addresses", person=request.user.pk or 0, per_minute=PER_MINUTE)
        found = addresses.search(text, limit=SUGGESTIONS)
    except DomainError as error:
        return JsonResponse({"addresses": [], "message": error.message}, status=error.http_status)
    answer = JsonResponse({"addresses": [address.as_json() for address in found]})
    answer["Cache-Control"] = "private, max-age=300"
    return answer
