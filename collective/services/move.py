"""Schools merge: bookings of the one become the other's (§6.7)."""

from django.db import transaction

from collective import adage_client, transitions
from collective.enums import Change
from collective.exceptions import (
    DestinationUnknown,
    NoBudget,
    NoSchoolYear,
    SourceUnknown,
    YearWithoutSchools,
)
from collective.models import (
    CollectiveBooking,
    CollectiveOffer,
    Institution,
    SchoolBudget,
    SchoolYear,
)
from collective.models.schools import start_year_of
from passpro.kernel import clock
from passpro.kernel.actor import Actor


def move_bookings(
    *, source_uai: str, destination_uai: str, booking_ids: list[int], by: Actor
) -> int:
    """Move those of the bookings that are the source's, with their offers; how many moved.

    An unknown destination is created from ADAGE's list of the year, read before any lock. A booking
    that a budget pays is charged to the destination's budget of the same year and period, without
    looking at what is left: the ministry merges the money too. A second call moves nothing.
    Raises SourceUnknown, YearWithoutSchools, DestinationUnknown, NoBudget, RegisterDown.
    """
    source = Institution.objects.filter(uai=source_uai).first()
    if source is None:
        raise SourceUnknown
    destination = Institution.objects.filter(uai=destination_uai).first()
    row = None if destination else _in_adage(destination_uai)
    with transaction.atomic():
        if row is not None:
            destination, _ = Institution.objects.get_or_create(
                uai=row.uai,
                defaults={
                    "kind": row.kind, "name": row.name, "city": row.city, "email": row.email,
                    "postal_code": row.postal_code, "phone": row.phone,
                },
            )  # fmt: skip
        assert destination is not None
        return 0 if destination == source else _move(source, destination, booking_ids, by)


def _in_adage(uai: str) -> adage_client.SchoolRow:
    year = SchoolYear.objects.at(start_year_of(clock.now())).first()
    if year is None:
        raise NoSchoolYear
    rows = adage_client.schools(year.code)
    if not rows:
        raise YearWithoutSchools
    for row in rows:
        if row.uai == uai:
            return row
    raise DestinationUnknown(field="destination_uai")


def _move(source: Institution, destination: Institution, ids: list[int], by: Actor) -> int:
    mine = CollectiveBooking.objects.filter(pk__in=ids, institution=source)
    offers = list(
        CollectiveOffer.objects.filter(
            pk__in=mine.values("stock__offer"), institution=source
        ).order_by("pk").lock_for_change()
    )  # fmt: skip
    # The named teacher stays with the former school.
    for offer in offers:
        offer.institution, offer.teacher, offer.updated_at = destination, None, clock.now()
        offer.save(update_fields=["institution", "teacher", "updated_at"])
        transitions.note(
            offer, Change.SCHOOL, by=by, why=f"{source.full_name} → {destination.full_name}"
        )
    moved = 0
    for booking in mine.select_related("budget").order_by("pk"):
        booking.institution = destination
        if booking.budget is not None:
            booking.budget = _budget(destination, booking.budget)
        booking.save(update_fields=["institution", "budget"])
        moved += 1
    return moved


def _budget(school: Institution, former: SchoolBudget) -> SchoolBudget:
    """The destination's budget for the same time, locked; raises NoBudget."""
    found: SchoolBudget | None = (
        SchoolBudget.objects.filter(
            institution=school, year_id=former.year_id, period=former.period
        )
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    if found is None:
        raise NoBudget("L’établissement de destination n’a pas de budget pour cette période.")
    return found
