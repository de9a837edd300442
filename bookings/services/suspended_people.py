"""What the suspension of a person does to bookings (SUS-04b, SUS-04c)."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from bookings import emails, transitions
from bookings.cancellation import can_beneficiary_cancel
from bookings.enums import BookingStatus, CancellationReason
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from bookings.services.release import lock_counters, release
from passpro.accounts.enums import SuspensionReason as Reason
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.enums import MembershipStatus
from venues.models import Membership, Offerer

# (a) every booking that can still be cancelled.
_ALL_BY_TEAM = {Reason.FRAUD_RESALE_PRODUCT, Reason.FRAUD_RESALE_PASS}
_ALL_OTHERWISE = {
    Reason.OWN_REQUEST,
    Reason.SUSPICIOUS_SIGN_IN,
    Reason.FRAUD_SUSPICION,
    Reason.BLACKLISTED_DOMAIN,
}
# (b) goods only; events are kept.
_GOODS_BY_TEAM = {Reason.FRAUD_HACKED, Reason.SUSPICIOUS_SIGN_IN, Reason.OWN_REQUEST}
# BKG-56; the others are cancelled as fraud (BKG-57, BKG-58).
_ASKED_BY_THE_PERSON = {Reason.OWN_REQUEST, Reason.SUSPICIOUS_SIGN_IN}
_CLOSES_STRUCTURES = {Reason.FRAUD_SUSPICION, Reason.BLACKLISTED_DOMAIN}


@transaction.atomic
def apply_suspension(person: User, reason: str, by: Actor) -> None:
    """Cancel what the reason says, with its e-mails; nothing for the other reasons."""
    by_team = by.kind == "USER" and by.user_id != person.pk
    mine = Booking.objects.of_beneficiary(person).filter(status=BookingStatus.CONFIRMED)
    if by_team and reason in _GOODS_BY_TEAM:
        goods = mine.filter(stock__beginning_at__isnull=True)
        _cancel_own(goods, CancellationReason.FRAUD, by)
    elif reason in (_ALL_BY_TEAM if by_team else _ALL_OTHERWISE):
        asked = reason in _ASKED_BY_THE_PERSON
        why = CancellationReason.BENEFICIARY if asked else CancellationReason.FRAUD
        _cancel_own(mine, why, by)
    if reason in _CLOSES_STRUCTURES:
        for offerer in _left_alone_by(person):
            _cancel_structure(offerer, by)


def _cancel_own(bookings: BookingQuerySet, why: str, by: Actor) -> None:
    """Those past their limit stay: the venue counts on them (BKG-50)."""
    ids = list(bookings.order_by("pk").values_list("pk", flat=True))
    lock_counters(ids)
    locked = Booking.objects.with_mail_data().locked().filter(pk__in=ids).order_by("pk")
    cancelled = []
    for booking in locked:
        if can_beneficiary_cancel(booking, clock.now()):
            _cancel(booking, why, by)
            cancelled.append(booking)
    release([booking.pk for booking in cancelled], at=clock.now(), by=by)
    for booking in cancelled:
        emails.queue_cancelled_by_beneficiary(booking)


def _left_alone_by(person: User) -> list[Offerer]:
    """Structures whose last active member is this person (SUS-04c)."""
    validated = Membership.objects.filter(status=MembershipStatus.VALIDATED)
    others = validated.filter(offerer=OuterRef("pk"), user__is_active=True).exclude(user=person)
    return list(
        Offerer.objects.filter(pk__in=validated.filter(user=person).values("offerer"))
        .exclude(Exists(others))
        .order_by("pk")
    )


def _cancel_structure(offerer: Offerer, by: Actor) -> None:
    waiting = Booking.objects.filter(offerer=offerer, status=BookingStatus.CONFIRMED)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    lock_counters(ids)
    locked = Booking.objects.with_mail_data().locked().filter(pk__in=ids).order_by("pk")
    cancelled = [one for one in locked if one.status == BookingStatus.CONFIRMED]
    for booking in cancelled:
        _cancel(booking, CancellationReason.FRAUD, by)
    release([booking.pk for booking in cancelled], at=clock.now(), by=by)
    for booking in cancelled:
        emails.queue_cancelled_by_offerer(booking)


def _cancel(booking: Booking, reason: str, by: Actor) -> None:
    now = clock.now()
    transitions.move(
        booking,
        BookingStatus.CANCELLED,
        by=by,
        at=now,
        cancelled_at=now,
        cancellation_reason=reason,
    )
