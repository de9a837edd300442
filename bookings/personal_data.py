"""What bookings hold on a person (see passpro/accounts/personal_data.py)."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from bookings.enums import BookingStatus
from bookings.models import Booking, Deposit, LocalCredit, OfflineAction
from bookings.services.suspended_people import apply_suspension
from offers.enums import OfferValidation
from offers.models import Offer
from passpro.accounts.models import User
from passpro.accounts.personal_data import Holder, Rows
from passpro.accounts.services.erasure import years_before
from passpro.kernel.money import euros
from venues.enums import MembershipStatus
from venues.models import Membership, Offerer

CREDIT_KEPT_YEARS = 5  # RGPD-02


def collect(person: User) -> dict[str, Rows]:
    """What the person did at a desk without network, and what belongs to the young person: a
    venue's bookings are about somebody else."""
    actions = [
        {
            "action": action.get_kind_display(),
            "contremarque": action.countermark,
            "faite le": action.made_at,
            "reçue le": action.received_at,
            "motif du refus": action.refusal,
        }
        for action in OfflineAction.objects.filter(user=person).order_by("made_at", "pk")
    ]
    offline: dict[str, Rows] = {"Actions du guichet sans réseau": actions} if actions else {}
    if not person.is_beneficiary and not person.deposits.exists():
        return offline
    bookings = Booking.objects.of_beneficiary(person).with_list_data().order_by("booked_at", "pk")
    return offline | {
        "Crédits": [
            {
                "type": deposit.get_type_display(),
                "montant": euros(deposit.amount_cents),
                "dépensé": euros(deposit.spent_cents),
                "accordé le": deposit.created_at,
                "expire le": deposit.expires_at,
            }
            for deposit in Deposit.objects.of_person(person)
        ],
        "Crédits locaux": [
            {
                "programme": credit.programme.label,
                "montant": euros(credit.amount_cents),
                "dépensé": euros(credit.spent_cents),
                "accordé le": credit.created_at,
                "jusqu’au": credit.programme.ends_on,
            }
            for credit in LocalCredit.objects.of_person(person.pk).select_related("programme")
        ],
        "Réservations": [_booking(booking) for booking in bookings],
    }


def _booking(booking: Booking) -> dict[str, Any]:
    return {
        "offre": booking.offer.title,
        "lieu": booking.venue.shown_name,
        "date de l’événement": booking.stock.beginning_at,
        "places": booking.quantity,
        "prix": euros(booking.total_cents),
        "dont crédits locaux": euros(booking.local_cents),
        "contremarque": booking.countermark,
        "réservée le": booking.booked_at,
        "état": booking.get_status_display(),
        "validée le": booking.used_at,
        "annulée le": booking.cancelled_at,
        "motif d’annulation": booking.get_cancellation_reason_display(),
    }


def keeps(now: datetime) -> Q:
    """RGPD-02: until the credit has been over for five years."""
    fresh = Deposit.objects.filter(expires_at__gt=years_before(now, CREDIT_KEPT_YEARS))
    return Q(pk__in=fresh.values("user"))


def objection(person: User) -> str:
    """PRF-04: the only member of a structure whose offers or bookings still run must stay."""
    validated = Membership.objects.filter(status=MembershipStatus.VALIDATED)
    others = validated.filter(offerer=OuterRef("pk"), user__is_active=True).exclude(user=person)
    running_offers = Offer.objects.filter(
        venue__offerer=OuterRef("pk"), validation=OfferValidation.APPROVED, is_active=True
    )
    running_bookings = Booking.objects.filter(
        offerer=OuterRef("pk"), status__in=[BookingStatus.CONFIRMED, BookingStatus.USED]
    )
    left = (
        Offerer.objects.filter(pk__in=validated.filter(user=person).values("offerer"))
        .exclude(Exists(others))
        .filter(Exists(running_offers) | Exists(running_bookings))
        .first()
    )
    if left is None:
        return ""
    return (
        f"Vous êtes la seule personne de « {left} », qui a encore des offres publiées ou des "
        "réservations en cours. Invitez un collègue, ou terminez-les d’abord."
    )


HOLDER = Holder(
    app="bookings",
    collect=collect,
    keeps=keeps,
    objects=objection,
    suspended=apply_suspension,
)
