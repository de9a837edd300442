"""Messages about offers to venues (MSG-20 to MSG-22) and to the team (MSG-23), in the outbox."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from offers.enums import ReportReason
from offers.models import Offer, OfferReport
from passpro.kernel import outbox
from passpro.kernel.models import OutboxMessage
from venues.models import Venue


def queue_first_offer_published(offer: Offer) -> None:
    """MSG-20, once per venue."""
    delay = settings.BOOK_EXPIRY_DELAY if offer.subcategory.is_book else settings.GOODS_EXPIRY_DELAY
    _queue(
        "first_offer",
        offer,
        f"venue:{offer.venue_id}",
        collection_days=delay.days,
        bank_missing=not Venue.objects.paid().filter(pk=offer.venue_id).exists(),
    )


def queue_offer_approved(offer: Offer, transition_id: int) -> None:
    """MSG-21, once per decision."""
    _queue("offer_approved", offer, f"transition:{transition_id}")


def queue_offer_rejected(offer: Offer, transition_id: int, *, why: str, was: str) -> None:
    """MSG-22, once per decision; `was` is IN_REVIEW, PUBLISHED or COMING: each has its text."""
    _queue(
        "offer_rejected",
        offer,
        f"transition:{transition_id}",
        why=why,
        was=was,
    )


def queue_planned_visible(offer: Offer) -> bool:
    """A planned publication has come, once per instant; False when it was already said."""
    key = f"{offer.pk}:{offer.publication_at:%Y%m%dT%H%M}"
    return _queue("planned_visible", offer, key) is not None


def queue_offer_held(offer: Offer) -> None:
    """MOD-05, once per edit that a rule holds back."""
    _queue("offer_held", offer, f"{offer.pk}:{offer.updated_at:%Y%m%dT%H%M%S%f}")


def queue_offer_reported(report: OfferReport) -> None:
    """MSG-23, once per report: the fraud mailbox, or support when the reason is another one."""
    is_other = report.reason == ReportReason.OTHER
    outbox.queue_email(
        event="offers/offer_reported",
        unique_key=f"offer_reported:{report.pk}",
        to=settings.SUPPORT_EMAIL if is_other else settings.FRAUD_EMAIL,
        context={
            "report": report,
            "offer": report.offer,
            "venue": report.offer.venue,
            "reports": report.offer.reports.count(),
            "admin_url": settings.SITE_URL
            + reverse("admin:offers_offerreport_change", args=[report.pk]),
            "site_url": settings.SITE_URL,
        },
        reply_to=report.user.email,
    )


def _queue(name: str, offer: Offer, key: str, **context: Any) -> OutboxMessage | None:
    return outbox.queue_email(
        event=f"offers/{name}",
        unique_key=f"{name}:{key}",
        to=offer.venue.booking_email or offer.notification_email,
        context={
            "offer": offer,
            "venue": offer.venue,
            "where": offer.venue.offerer.name if offer.venue.is_virtual else offer.venue.shown_name,
            "offer_url": settings.SITE_URL + reverse("offers:detail", args=[offer.pk]),
            "site_url": settings.SITE_URL,
            **context,
        },
    )
