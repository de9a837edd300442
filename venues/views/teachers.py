"""What a venue tells teachers (D5)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from venues.forms import TeacherForm
from venues.models import TeacherInfo
from venues.permissions import may_use_portal
from venues.services.public_face import describe_for_teachers
from venues.views.venues import own_venue


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def venue_teachers(request: HttpRequest, pk: int) -> HttpResponse:
    """Can be filled before the venue is referenced; teachers read it once it is."""
    venue = own_venue(request, pk)
    form = TeacherForm(request.POST or None, info=TeacherInfo.objects.filter(venue=venue).first())
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            describe_for_teachers(venue_id=venue.pk, by=Actor.user(request.user), **form.facts())
            messages.success(
                request, f"Ce que les enseignants lisent de « {venue.shown_name} » est enregistré."
            )
            return redirect("venues:venue_teachers", pk=pk)
    context = {"form": form, "venue": venue, "tab": "teachers"}
    return render(request, "venues/venue_teachers.html", context, status=status)
