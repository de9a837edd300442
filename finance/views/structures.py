"""What the page of a structure says of its bank accounts; loaded by that page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from finance.models import BankAccount
from passpro.kernel.access import allowed_if
from venues.models import Offerer
from venues.permissions import is_administrator, may_use_portal


@allowed_if(may_use_portal)
@require_GET
def structure_bank(request: HttpRequest, pk: int) -> HttpResponse:
    """The state of each account; its number is masked, its file stays with the administrator."""
    offerer = get_object_or_404(Offerer.objects.visible_to(request.user), pk=pk)
    context = {
        "offerer": offerer,
        "accounts": BankAccount.objects.visible_to(request.user).shown().filter(offerer=offerer),
        "may_file": is_administrator(request.user, offerer),
    }
    return render(request, "finance/structure_bank.html", context)
