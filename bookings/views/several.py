"""« Valider plusieurs contremarques »: a paste or a CSV file, a result a line."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bookings.forms import SeveralCodesForm
from bookings.services.several import validate_several
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from venues.permissions import may_use_portal


@allowed_if(may_use_portal)
def several(request: HttpRequest) -> HttpResponse:
    """POST shows what happened to each code; sent again, nothing is validated twice."""
    if request.method != "POST":
        return render(request, "bookings/several.html", {"form": SeveralCodesForm()})
    form = SeveralCodesForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "bookings/several.html", {"form": form}, status=400)
    outcomes = validate_several(codes=form.codes, by=Actor.user(request.user))
    refused = [outcome for outcome in outcomes if outcome.refusal]
    return render(
        request,
        "bookings/several.html",
        {
            # Only what is to be looked at again stays in the field.
            "form": SeveralCodesForm(
                initial={"contremarques": "\n".join(outcome.code for outcome in refused)}
            ),
            "outcomes": outcomes,
            "refused": len(refused),
            "done": len(outcomes) - len(refused),
        },
    )
