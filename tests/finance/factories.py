"""Used bookings with their transitions, bank accounts and links of the tests."""

from datetime import datetime, timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from bookings.enums import BookingStatus, ValidationAuthor
from bookings.models import Booking, BookingTransition
from finance.cutoffs import latest_cutoff
from finance.enums import BankAccountStatus
from finance.models import (
    BankAccount,
    BankAccountStatusHistory,
    Invoice,
    VenueBankAccountLink,
    VenuePricingPointLink,
)
from finance.services.batch import make_batch
from finance.services.invoice import generate_invoices
from finance.services.review import accept_batch
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory
from tests.venues.factories import OffererFactory

LONG_AGO = datetime.fromisoformat("2020-01-01T00:00+01:00")
PDF = b"%PDF-1.7\n%test\n"


def iban_of(n: int) -> str:
    """A valid French IBAN per number."""
    from schwifty import IBAN

    return str(
        IBAN.generate("FR", bank_code="30006", branch_code="00001", account_code=f"{n:011d}")
    )


class BankAccountFactory(DjangoModelFactory):
    """An accepted account since long ago; trait `draft` still waits for the team."""

    class Meta:
        model = BankAccount
        skip_postgeneration_save = True

    offerer = factory.SubFactory(OffererFactory)
    label = factory.Sequence(lambda n: f"Compte {n}")
    iban = factory.Sequence(lambda n: iban_of(n + 1))
    bic = "AGRIFRPPXXX"
    dossier_number = factory.Sequence(lambda n: f"DOSSIER{n}")
    status = BankAccountStatus.ACCEPTED
    filed_at = LONG_AGO
    decided_at = factory.LazyAttribute(lambda a: None if a.status == "DRAFT" else a.filed_at)
    rib = factory.LazyAttribute(lambda a: ContentFile(PDF, name=f"{a.dossier_number}.pdf"))

    class Params:
        draft = factory.Trait(status=BankAccountStatus.DRAFT)

    @factory.post_generation
    def history(self: BankAccount, create: bool, extracted: Any, **kwargs: Any) -> None:
        BankAccountStatusHistory.objects.create(
            bank_account=self, status=self.status, started_at=self.filed_at, **SYSTEM.as_columns()
        )


def link_account(venue: Any, account: BankAccount, since: datetime = LONG_AGO) -> Any:
    return VenueBankAccountLink.objects.create(
        venue=venue, bank_account=account, started_at=since, opened_by="test"
    )


def paid_venue(venue: Any, *, since: datetime = LONG_AGO) -> BankAccount:
    """Give the venue an accepted account of its structure and its own pricing point."""
    account = BankAccountFactory(offerer=venue.offerer)
    link_account(venue, account, since)
    price_point(venue, since=since)
    return account


def price_point(venue: Any, at: Any = None, since: datetime = LONG_AGO) -> VenuePricingPointLink:
    return VenuePricingPointLink.objects.create(
        venue=venue, pricing_point=at or venue, started_at=since
    )


def used_booking(
    *,
    used_at: datetime | None = None,
    cents: int = 1_000,
    venue: Any = None,
    beginning_at: datetime | None = None,
    subcategory: str | None = None,
    **facts: Any,
) -> Booking:
    """A booking of an undated good, or of an event when `beginning_at` is given, now used."""
    used_at = used_at or clock.now()
    stock_facts: dict[str, Any] = {"price_cents": cents, "quantity": None}
    if venue is not None:
        stock_facts["offer__venue"] = venue
    if beginning_at is not None:
        stock_facts |= {"beginning_at": beginning_at}
        stock_facts.setdefault("offer__subcategory_id", subcategory or "CONCERT")
    else:
        stock_facts |= {"undated": True}
        if subcategory:
            stock_facts["offer__subcategory_id"] = subcategory
    stock = facts.pop("stock", None) or StockFactory(**stock_facts)
    booking = BookingFactory(
        stock=stock,
        deposit__amount_cents=100_000_000,
        booked_at=used_at - timedelta(days=3),
        **facts,
    )
    return mark_used(booking, used_at)


def mark_used(booking: Booking, used_at: datetime) -> Booking:
    """What the desk writes: the state and its transition."""
    before = booking.status
    booking.status = BookingStatus.USED
    booking.used_at, booking.validated_by = used_at, ValidationAuthor.OFFERER
    booking.cancelled_at, booking.cancellation_reason = None, ""
    booking.save()
    BookingTransition.objects.create(
        booking=booking, before=before, after="USED", at=used_at, **SYSTEM.as_columns()
    )
    return booking


def mark_unused(booking: Booking, at: datetime, to: str = BookingStatus.CONFIRMED) -> Booking:
    """What « keep » or a cancellation writes."""
    booking.status, booking.used_at, booking.validated_by = to, None, ""
    if to == BookingStatus.CANCELLED:
        booking.cancelled_at, booking.cancellation_reason = at, "OFFERER"
    booking.save()
    BookingTransition.objects.create(
        booking=booking, before="USED", after=to, at=at, **SYSTEM.as_columns()
    )
    return booking


def make_invoice(venue: Any, *, now: datetime, cents: int = 1_000) -> Invoice:
    """Play the whole way: a paid venue, a use before the latest cut-off, batch, justificatif."""
    cutoff = latest_cutoff(now)
    if not venue.bank_account_links.exists():
        paid_venue(venue)
    used_booking(venue=venue, used_at=cutoff - timedelta(days=1), cents=cents)
    batch = make_batch(now=now, by=SYSTEM)
    accept_batch(batch_id=batch.pk, now=now, by=SYSTEM)
    generate_invoices(batch_id=batch.pk, now=now, by=SYSTEM)
    return Invoice.objects.get(batch=batch, bank_account__venue_links__venue=venue)
