"""Reference lists of the collective half of the partner API (API-04, API-53, API-214)."""

from typing import Any

from collective.models import Domain, Institution, NationalProgramme
from passpro.partner_api import contract
from passpro.reference.categories import CATEGORIES, SUBCATEGORIES
from passpro.reference.education import STUDENT_LEVELS
from passpro.reference.school_projects import FORMATS
from passpro.registers.text import normalise
from venues.api.door import Call
from venues.querysets import PlainText

_SEARCHED = {"name": "name", "institutionType": "kind", "city": "city"}


def formats(call: Call) -> list[dict[str, Any]]:
    return [{"id": code, "name": label} for code, label in FORMATS.items()]


def student_levels(call: Call) -> list[dict[str, Any]]:
    return [{"id": level.id, "name": level.label} for level in STUDENT_LEVELS]


def additional_fee_types(call: Call) -> list[dict[str, Any]]:
    return [{"name": name} for name in contract.enums()["CollectiveAdditionalFeeType"]]


def domains(call: Call) -> list[dict[str, Any]]:
    """Those that may be chosen, with the programmes that take them."""
    found = Domain.objects.filter(is_active=True)
    return [
        {
            "id": domain.id,
            "name": domain.label,
            "nationalPrograms": [
                {"id": one.pk, "name": one.label}
                for one in sorted(domain.programmes.all(), key=lambda one: one.pk)
                if one.is_active
            ],
        }
        for domain in found.prefetch_related("programmes").order_by("pk")
    ]


def national_programs(call: Call) -> list[dict[str, Any]]:
    active = NationalProgramme.objects.filter(is_active=True).order_by("pk")
    return [{"id": one.pk, "name": one.label} for one in active]


def institutions(call: Call) -> list[dict[str, Any]]:
    """API-214: parts of words, without case nor accents; number and UAI exact."""
    query = call.query
    rows = Institution.objects.filter(is_active=True)
    if query["id"] is not None:
        rows = rows.filter(pk=query["id"])
    if query["uai"] is not None:
        rows = rows.filter(uai=query["uai"])
    if query["postalCode"] is not None:
        rows = rows.filter(postal_code__contains=query["postalCode"])
    for sent, column in _SEARCHED.items():
        words = normalise(query[sent] or "").split()
        if words:
            rows = rows.alias(**{f"plain_{column}": PlainText(column)}).filter(
                **{f"plain_{column}__regex": ".*".join(words)}
            )
    return [
        {
            "id": one.pk,
            "uai": one.uai,
            "name": one.name,
            "institutionType": one.kind,
            "city": one.city,
            "postalCode": one.postal_code,
        }
        for one in rows.order_by("pk")[: max(0, query["limit"])]
    ]


def older_categories(call: Call) -> list[dict[str, Any]]:
    return school_categories()


def school_categories() -> list[dict[str, Any]]:
    """The list of 2024: categories with something for schools."""
    used = {one.category_id for one in SUBCATEGORIES if one.can_be_educational}
    return [{"id": one.id, "name": one.label} for one in CATEGORIES.values() if one.id in used]


def older_subcategories(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "label": one.label,
            "category": one.category.label,
            "categoryId": one.category_id,
        }
        for one in SUBCATEGORIES
        if one.can_be_educational
    ]
