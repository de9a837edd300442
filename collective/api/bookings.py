"""Budgets and bookings of schools, as ADAGE asks for them (§6.1 to §6.5, §6.7)."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from collective import adage_json
from collective.api.door import Malformed, page_of, route
from collective.exceptions import NoDeposit, UnknownSchool
from collective.models import CollectiveBooking, Institution, SchoolBudget
from collective.services import book, move
from passpro.kernel.actor import Actor

# ADAGE relays the head of school without naming the person.
HEAD = Actor.school("Chef d’établissement, dans ADAGE")
ADAGE = Actor.school("ADAGE")


def _budgets(year: str) -> Any:
    return SchoolBudget.objects.filter(year__code=year).select_related("institution", "year")


def _period(budget: SchoolBudget) -> dict[str, str | None]:
    start, end = budget.bounds
    return {"start": adage_json.instant(start), "end": adage_json.instant(end)}


def _carried_over(budget: SchoolBudget) -> float | None:
    cents = budget.carried_over_cents
    return None if cents is None else adage_json.euros(cents)


@route("GET")
def deposits(request: HttpRequest, year: str) -> HttpResponse:
    found = [
        {
            "uai": budget.institution.uai,
            "deposit": adage_json.euros(budget.amount_cents),
            "isFinal": budget.is_final,
            "period": _period(budget),
            "lastPeriodRemainingDeposit": _carried_over(budget),
        }
        for budget in _budgets(year).order_by("institution__uai", "pk")
    ]
    if not found:
        raise NoDeposit
    return JsonResponse({"deposits": found})


@route("GET")
def institution(request: HttpRequest, year: str, uai: str) -> HttpResponse:
    """Budgets and bookings of one school, whatever became of them."""
    school = Institution.objects.filter(uai=uai).first()
    if school is None:
        raise UnknownSchool
    budgets = _budgets(year).filter(institution=school).order_by("pk")
    return JsonResponse(
        {
            "deposits": [
                {
                    "credit": adage_json.euros(one.amount_cents),
                    "isFinal": one.is_final,
                    "period": _period(one),
                    "lastPeriodRemainingCredit": _carried_over(one),
                }
                for one in sorted(budgets, key=lambda one: one.bounds)
            ],
            "prebookings": _bookings(year, uai),
        }
    )


@route("GET")
def school_bookings(request: HttpRequest, year: str, uai: str) -> HttpResponse:
    email = request.GET.get("redactorEmail", "").strip().lower()
    return JsonResponse({"prebookings": _bookings(year, uai, email)})


def _bookings(year: str, uai: str, email: str = "") -> list[dict[str, Any]]:
    found = CollectiveBooking.objects.filter(institution__uai=uai, year__code=year)
    if email:
        found = found.filter(redactor__email=email)
    return [adage_json.booking_json(one) for one in found.with_adage_facts().order_by("pk")]


@route("GET")
def all_bookings(request: HttpRequest, year: str) -> HttpResponse:
    """Light list of every school, page by page."""
    rows = CollectiveBooking.objects.filter(year__code=year).with_adage_facts()
    return JsonResponse(
        {"bookings": [adage_json.light_json(one) for one in page_of(request, rows)]}
    )


@route("POST")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    book.confirm(booking_id=pk, by=HEAD)
    return _one(pk)


@route("POST")
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    book.refuse(booking_id=pk, by=HEAD)
    return _one(pk)


def _one(pk: int) -> HttpResponse:
    (booking,) = CollectiveBooking.objects.filter(pk=pk).with_adage_facts()
    return JsonResponse(adage_json.booking_json(booking))


@route("POST")
def move_bookings(request: HttpRequest) -> HttpResponse:
    """Schools merge: the listed bookings of the one become the other's (§6.7)."""
    source, destination, ids = _move_body(request)
    move.move_bookings(source_uai=source, destination_uai=destination, booking_ids=ids, by=ADAGE)
    return HttpResponse(status=204)


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 < value < 2**63


def _move_body(request: HttpRequest) -> tuple[str, str, list[int]]:
    try:
        body = json.loads(request.body or b"")
    except (ValueError, UnicodeDecodeError):
        raise Malformed({"global": ["invalid JSON"]}) from None
    if not isinstance(body, dict):
        raise Malformed({"global": ["an object is expected"]})
    errors: dict[str, list[str]] = {}
    if "\x00" in f"{body.get('source_uai')}{body.get('destination_uai')}":
        raise Malformed({"global": ["a character is not allowed"]})
    for name in ("source_uai", "destination_uai"):
        if not isinstance(body.get(name), str) or not body[name].strip():
            errors[name] = ["field required" if name not in body else "str type expected"]
    ids = body.get("bookings_ids")
    if not isinstance(ids, list) or any(not _is_id(pk) for pk in ids):
        errors["bookings_ids"] = [
            "field required" if "bookings_ids" not in body else "a list of integers is expected"
        ]
    errors |= {
        name: ["extra fields not permitted"]
        for name in set(body) - {"source_uai", "destination_uai", "bookings_ids"}
    }
    if errors:
        raise Malformed(errors)
    assert isinstance(ids, list)
    return body["source_uai"].strip(), body["destination_uai"].strip(), ids
