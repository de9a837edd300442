"""JSON of ADAGE's frame (§7.2): who enters, offers, lists, favourites, requests, pre-bookings."""

import logging
from datetime import date
from hashlib import sha256
from typing import Any

from django.http import HttpResponse, JsonResponse

from collective import playlists
from collective.api.door import Malformed
from collective.api.iframe_door import Call, route
from collective.api.lists import school_categories
from collective.exceptions import (
    IncompleteIdentity,
    NoSchoolYear,
    OfferNotFound,
    StockNotBookable,
    TemplateNotFound,
    UnknownInstitution,
)
from collective.finding import with_distance
from collective.iframe_json import offer_json, partner_json, template_json
from collective.models import (
    CollectiveOffer,
    CollectiveStock,
    CollectiveTemplate,
    Institution,
    Redactor,
    SchoolBudget,
    TemplateFavourite,
)
from collective.models.schools import MARSEILLE, start_year_of
from collective.services.book import prebook
from collective.services.requests import Wish, forget_template, keep_template, send_request
from passpro.kernel import clock, features
from passpro.reference.education import ACADEMIES
from passpro.reference.school_projects import FORMATS
from venues.models import Venue

logger = logging.getLogger("passpro.adage_usage")

EVENTS = {
    "catalog-view", "search-button", "offer-detail", "offer-template-detail",
    "booking-modal-button", "contact-modal-button", "playlist-element", "whole-playlist-seen",
    "fav-offer", "header-link-click", "request-popin-dismiss", "search-filter",
    "sat-vote", "tracking-autocompletion", "tracking-map", "search-show-more", "tracking-cta-share",
}  # fmt: skip
_PREFERENCES = {
    "feedback_form_closed": "feedback_form_closed",
    "broadcast_help_closed": "broadcast_help_closed",
}
_NO_UAI = {"institution": ["institutionId is required"]}


def _refused(status: int, **body: Any) -> HttpResponse:
    return JsonResponse(body, status=status)


def _redactor_unknown() -> HttpResponse:
    return _refused(403, message="Redactor not found")


def authenticate(call: Call) -> HttpResponse:
    """Role and what the header shows; without a known school, the role alone."""
    visit, visitor = call.visit, call.visitor
    school, redactor = visit.institution, call.redactor
    if school is None:
        favourites = offers = 0
    else:
        now = clock.now()
        favourites = _favourites(visitor.email).count()
        offers = CollectiveOffer.objects.bookable(now).filter(institution=school).count()
    return JsonResponse({
        "role": "redactor" if school else "readonly",
        "uai": school.uai if school else None,
        "departmentCode": school.department_code if school else None,
        "institutionName": school.full_name if school else None,
        "institutionCity": school.city if school else None,
        "email": visitor.email if school else None,
        "preferences": _preferences(redactor) if school else None,
        "lat": visitor.latitude if school else None,
        "lon": visitor.longitude if school else None,
        "favoritesCount": favourites,
        "offersCount": offers,
        "institutionRuralLevel": (school.get_rural_level_display() or None) if school else None,
        "programs": [{
            "name": MARSEILLE, "label": "Marseille en Grand", "description": None,
        }] if school and school.programme == MARSEILLE else [],
        "canPrebook": visitor.may_prebook and school is not None,
    })  # fmt: skip


def _preferences(redactor: Redactor | None) -> dict[str, bool]:
    return {key: bool(getattr(redactor, column, False)) for key, column in _PREFERENCES.items()}


def preferences(call: Call) -> HttpResponse:
    sent = call.body(dict.fromkeys(_PREFERENCES, bool))
    redactor = call.redactor
    if redactor is None:
        return _redactor_unknown()
    for key, value in sent.items():
        setattr(redactor, _PREFERENCES[key], bool(value))
    redactor.save(update_fields=list(_PREFERENCES.values()))
    return HttpResponse(status=204)


def feature_list(call: Call) -> HttpResponse:
    found = [
        {"name": one.name, "isActive": features.is_on(one)} for one in features.SWITCHES.values()
    ]
    return JsonResponse({"features": found})


def formats(call: Call) -> HttpResponse:
    return JsonResponse([{"id": code, "name": word} for code, word in FORMATS.items()], safe=False)


def categories(call: Call) -> HttpResponse:
    return JsonResponse({"categories": school_categories()})


def academies(call: Call) -> HttpResponse:
    return JsonResponse(list(ACADEMIES), safe=False)


def institution(call: Call) -> HttpResponse:
    """The school with what is left of its budget, in whole euros."""
    if not call.visitor.uai:
        return _refused(403, code="NOT ALLOWED")
    school = call.visit.institution
    if school is None:
        return _refused(404, code="INSTITUTION NOT FOUND")
    year = start_year_of(clock.now())
    budgets = SchoolBudget.objects.filter(institution=school, year__start_year=year)
    left = sum(one.amount_cents - one.promised_cents for one in budgets.with_spending())
    return JsonResponse({
        "id": school.pk,
        "name": school.name,
        "institutionType": school.kind,
        "postalCode": school.postal_code,
        "city": school.city,
        "phoneNumber": school.phone,
        "budget": max(left, 0) // 100,
    })  # fmt: skip


def _offers() -> Any:
    found = CollectiveOffer.objects.select_related(
        "venue__offerer", "stock", "institution", "teacher", "programme"
    )
    return found.prefetch_related("stock__bookings")


def offer(call: Call, pk: int) -> HttpResponse:
    """Any approved one: pre-booking it is another matter (§7.4)."""
    found = with_distance(_offers().released().filter(pk=pk), call.visit.position).first()
    if found is None:
        raise OfferNotFound
    now = clock.now()
    is_bookable = CollectiveOffer.objects.bookable(now).filter(pk=pk).exists()
    return JsonResponse(offer_json(found, is_bookable=is_bookable, now=now))


def my_institution(call: Call) -> HttpResponse:
    if call.visit.institution is None:
        return _refused(400, **_NO_UAI)
    now = clock.now()
    found = with_distance(
        _offers().bookable(now).filter(institution=call.visit.institution), call.visit.position
    )
    return JsonResponse({
        "collectiveOffers": [
            offer_json(one, is_bookable=True, now=now) for one in found.order_by("pk")
        ]
    })  # fmt: skip


def _templates(call: Call) -> Any:
    shown = CollectiveTemplate.objects.eligible(clock.now())
    return with_distance(shown.select_related("venue__offerer", "programme"), call.visit.position)


def _favourites(email: str) -> Any:
    return CollectiveTemplate.objects.eligible(clock.now()).filter(
        favourites__redactor__email=email.lower()
    )


def _templates_json(call: Call, found: Any) -> list[dict[str, Any]]:
    found = list(found)
    kept = set(
        TemplateFavourite.objects.filter(
            redactor__email=call.visitor.email.lower(), template__in=found
        ).values_list("template_id", flat=True)
    )
    return [template_json(one, is_favourite=one.pk in kept) for one in found]


def template(call: Call, pk: int) -> HttpResponse:
    (found,) = _templates_json(call, _templates(call).filter(pk=pk)) or (None,)
    if found is None:
        raise TemplateNotFound
    return JsonResponse(found)


def templates(call: Call) -> HttpResponse:
    asked = call.request.GET.getlist("ids")
    if len(asked) > 100 or not all(
        one.isascii() and one.isdigit() and len(one) < 18 for one in asked
    ):
        raise Malformed({"ids": ["a list of integers is expected"]})
    found = _templates(call).filter(pk__in=[int(one) for one in asked]).order_by("pk")
    return JsonResponse({"collectiveOffers": _templates_json(call, found)})


def book_offer(call: Call) -> HttpResponse:
    """Pre-book; each refusal has the key that ADAGE's frame expects (§4.1)."""
    sent = call.body({"stockId": int})
    if "stockId" not in sent or sent["stockId"] is None:
        raise Malformed({"stockId": ["field required"]})
    if not call.visitor.may_prebook:
        return _refused(403, **{"global": "Prebooking is not allowed"})
    if not (call.visitor.email and call.visitor.first_name and call.visitor.last_name):
        return _refused(403, authorization="Des informations sur l’enseignant manquent")
    stock = CollectiveStock.objects.filter(pk=sent["stockId"]).first()
    if stock is None:
        return _refused(400, stock=["Cette date n’existe pas."])
    try:
        booking = prebook(offer_id=stock.offer_id, visitor=call.visitor)
    except IncompleteIdentity as error:
        return _refused(403, authorization=error.message)
    except UnknownInstitution:
        return _refused(400, code=UnknownInstitution.code)
    except StockNotBookable as error:
        return _refused(400, stock=[error.message])
    except NoSchoolYear as error:
        return _refused(400, educationalYear=[error.message])
    return JsonResponse({"bookingId": booking.pk})


def request_template(call: Call, pk: int) -> HttpResponse:
    """The contact form (§7.8)."""
    sent = call.body({
        "comment": str, "phoneNumber": str, "requestedDate": str, "totalStudents": int,
        "totalTeachers": int,
    })  # fmt: skip
    if call.visit.institution is None:
        return _refused(404, code="INSTITUTION_NOT_FOUND")
    comment = (sent.get("comment") or "").strip()
    if not comment or len(comment) > 1000:
        raise Malformed({"comment": ["from 1 to 1000 characters"]})
    try:
        day = date.fromisoformat(sent["requestedDate"]) if sent.get("requestedDate") else None
    except ValueError:
        raise Malformed({"requestedDate": ["invalid date format"]}) from None
    wish = Wish(
        comment=comment,
        phone=(sent.get("phoneNumber") or "")[:30],
        requested_day=day,
        students=sent.get("totalStudents"),
        teachers=sent.get("totalTeachers"),
    )
    made = send_request(template_id=pk, visitor=call.visitor, wish=wish)
    return JsonResponse({"id": made.pk})


def keep(call: Call, pk: int) -> HttpResponse:
    if call.redactor is None:
        return _redactor_unknown()
    keep_template(template_id=pk, visitor=call.visitor)
    return HttpResponse(status=204)


def forget(call: Call, pk: int) -> HttpResponse:
    if call.redactor is None:
        return _redactor_unknown()
    if not CollectiveTemplate.objects.filter(pk=pk).exists():
        raise TemplateNotFound
    forget_template(template_id=pk, visitor=call.visitor)
    return HttpResponse(status=204)


def favourites(call: Call) -> HttpResponse:
    if call.visit.institution is None:
        return _refused(400, **_NO_UAI)
    if call.redactor is None:
        return _redactor_unknown()
    found = _templates(call).filter(favourites__redactor__email=call.visitor.email.lower())
    shown = _templates_json(call, found.order_by("-favourites__pk"))
    return JsonResponse({"favoritesOffer": [], "favoritesTemplate": shown})


def _school(call: Call) -> Institution:
    if call.visit.institution is None:
        raise NotForReaders
    return call.visit.institution


class NotForReaders(UnknownInstitution):
    """§7.2: lists are for people of a known school."""

    code = "INSTITUTION_NOT_FOUND"
    http_status = 403


def _template_list(call: Call, found: Any) -> HttpResponse:
    if call.redactor is None:
        return _redactor_unknown()
    return JsonResponse({"collectiveOffers": _templates_json(call, found)})


def classroom(call: Call) -> HttpResponse:
    return _template_list(
        call, playlists.classroom(_school(call), call.visit.position, clock.now())
    )


def new_templates(call: Call) -> HttpResponse:
    return _template_list(
        call, playlists.new_templates(_school(call), call.visit.position, clock.now())
    )


def local_venues(call: Call) -> HttpResponse:
    found = playlists.local_venues(_school(call), call.visit.position)
    return JsonResponse({"venues": [partner_json(one) for one in found]})


def new_venues(call: Call) -> HttpResponse:
    found = playlists.new_venues(_school(call), call.visit.position, clock.now())
    return JsonResponse({"venues": [partner_json(one) for one in found]})


def _venue_json(call: Call, found: Venue | None) -> HttpResponse:
    if found is None:
        return _refused(404, code="VENUE_NOT_FOUND")
    relatives = []
    if call.request.GET.get("getRelative", "").lower() in {"true", "1"}:
        near = Venue.objects.physical().filter(offerer=found.offerer_id).exclude(pk=found.pk)
        relatives = list(near.order_by("pk").values_list("pk", flat=True))
    return JsonResponse({
        "id": found.pk,
        "publicName": found.public_name or None,
        "name": found.name,
        "departementCode": found.department_code or None,
        "relative": relatives,
        "adageId": found.adage_id or None,
    })  # fmt: skip


def venue_of_siret(call: Call, siret: str) -> HttpResponse:
    return _venue_json(call, Venue.objects.physical().filter(siret=siret).first())


def venue(call: Call, pk: int) -> HttpResponse:
    return _venue_json(call, Venue.objects.physical().filter(pk=pk).first())


def log(call: Call, event: str) -> HttpResponse:
    """A usage event: one line of the journal, without the person's address."""
    if event not in EVENTS:
        return _refused(404, code="UNKNOWN_EVENT")
    page = call.request.GET.get("from", "")[:100]
    who = sha256(call.visitor.email.lower().encode()).hexdigest()[:16]
    role = "redactor" if call.visit.institution else "readonly"
    facts = {"event": event, "who": who, "uai": call.visitor.uai, "role": role, "page": page}
    logger.info("ADAGE usage", extra=facts)
    return HttpResponse(status=204)


VIEWS = {
    "authenticate": ("authenticate", route(get=authenticate)),
    "features": ("features", route(get=feature_list)),
    "formats": ("offers/formats", route(get=formats)),
    "categories": ("offers/categories", route(get=categories)),
    "academies": ("collective/academies", route(get=academies)),
    "institution": ("collective/institution", route(get=institution)),
    "my_institution": ("collective/offers/my_institution", route(get=my_institution)),
    "offer": ("collective/offers/<int:pk>", route(get=offer)),
    "templates": ("collective/offers-template/", route(get=templates)),
    "template": ("collective/offers-template/<int:pk>", route(get=template)),
    "request": ("collective/offers-template/<int:pk>/request", route(post=request_template)),
    "bookings": ("collective/bookings", route(post=book_offer)),
    "keep": ("collective/templates/<int:pk>/favorites", route(post=keep)),
    "forget": ("collective/template/<int:pk>/favorites", route(delete=forget)),
    "favourites": ("collective/favorites", route(get=favourites)),
    "classroom": ("playlists/classroom", route(get=classroom)),
    "new_templates": ("playlists/new_template_offers", route(get=new_templates)),
    "local_venues": ("playlists/local-offerers", route(get=local_venues)),
    "new_venues": ("playlists/new_offerers", route(get=new_venues)),
    "preferences": ("redactor/preferences", route(post=preferences)),
    "venue_of_siret": ("venues/siret/<str:siret>", route(get=venue_of_siret)),
    "venue": ("venues/<int:pk>", route(get=venue)),
    "log": ("logs/<slug:event>", route(post=log)),
}  # fmt: skip
