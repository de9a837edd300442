"""Places of cultural partners, as ADAGE looks for them (§6.6); digital ones never show."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse

from collective.adage_json import venue_json
from collective.api.door import flag, page_of, route
from collective.exceptions import NoVenue, NoVenues
from passpro.registers.text import normalise
from venues.models import Venue
from venues.querysets import PlainText


class PlainWords(PlainText):
    """As `normalise`, in SQL: neither accents nor signs."""

    template = f"regexp_replace({PlainText.template}, '[^a-z0-9]+', ' ', 'g')"


def _venues() -> Any:
    return Venue.objects.physical().select_related("offerer", "teacher_info")


def _answer(found: Any) -> HttpResponse:
    return JsonResponse({"venues": [venue_json(one) for one in found]})


def _several(request: HttpRequest, found: Any) -> HttpResponse:
    """With their siblings when asked; raises NoVenues."""
    found = list(found.order_by("pk"))
    if not found:
        raise NoVenues
    if flag(request, "getRelative"):
        offerers = {one.offerer_id for one in found}
        found = _venues().filter(offerer_id__in=offerers).order_by("pk")
    return _answer(found)


@route("GET")
def by_siret(request: HttpRequest, siret: str) -> HttpResponse:
    return _several(request, _venues().filter(siret=siret))


@route("GET")
def by_name(request: HttpRequest, name: str) -> HttpResponse:
    """Accents and case do not count, a hyphen is a space."""
    words = normalise(name)
    if not words:
        raise NoVenues
    named = _venues().annotate(plain=PlainWords("name"), plain_public=PlainWords("public_name"))
    return _several(
        request, named.filter(Q(plain__contains=words) | Q(plain_public__contains=words))
    )


@route("GET")
def all_venues(request: HttpRequest) -> HttpResponse:
    return _answer(page_of(request, _venues()))


def _venue(pk: int) -> Venue:
    found: Venue | None = _venues().filter(pk=pk).first()
    if found is None:
        raise NoVenue
    return found


@route("GET")
def by_id(request: HttpRequest, pk: int) -> HttpResponse:
    return JsonResponse(venue_json(_venue(pk)))


@route("GET")
def relatives(request: HttpRequest, pk: int) -> HttpResponse:
    offerer_id = _venue(pk).offerer_id
    return _answer(_venues().filter(offerer_id=offerer_id).order_by("pk"))
