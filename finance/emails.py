"""E-mails of finance (§23): facts are kept at once, the worker makes the texts from them."""

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from finance.enums import IncidentKind
from finance.models import (
    BankAccount,
    BookingFinanceIncident,
    FinanceIncident,
    Invoice,
    OffererDefaultAccount,
    ReturnedTransfer,
    VenueBankAccountLink,
)
from passpro.accounts.notifications import BANK
from passpro.kernel import money
from passpro.kernel.outbox import Email, queue_emails
from passpro.kernel.templatetags.ui import french_day
from venues.models import Venue

_HAS_ACCOUNT = Exists(VenueBankAccountLink.objects.filter(venue=OuterRef("pk"), ended_at=None))


def _address(name: str) -> str:
    return settings.SITE_URL + reverse(name)


def queue_account_accepted(account: BankAccount) -> None:
    """To the other venues with paid offers and no account: attach your venue (§14.3)."""
    venues = (
        account.offerer.venues.exclude(booking_email="")
        .filter(~_HAS_ACCOUNT)
        .filter(offers__is_active=True, offers__stocks__price_cents__gt=0)
        .distinct()
    )
    queue_emails(
        Email(
            event="finance/account_accepted",
            unique_key=f"account-accepted:{account.pk}:{venue.pk}",
            to=venue.booking_email,
            context={
                "label": account.label,
                "venue": venue.shown_name,
                "url": _address("finance:bank_accounts"),
            },
        )
        for venue in venues
    )


def queue_account_not_accepted(account: BankAccount) -> None:
    """To the person who filed it: refused or to be corrected, and why."""
    if account.filed_by is None or not account.filed_by.accepts(BANK):
        return
    queue_emails(
        [
            Email(
                event="finance/account_not_accepted",
                unique_key=f"account-{account.status.lower()}:{account.pk}:"
                f"{account.status_history.count()}",
                to=account.filed_by.email,
                context={
                    "label": account.label,
                    "masked_iban": account.masked_iban,
                    "is_closed": account.is_closed,
                    "why": account.reason,
                    "url": _address("finance:bank_accounts"),
                },
            )
        ]
    )


def queue_venue_unlinked(link: VenueBankAccountLink, account: BankAccount) -> None:
    """To the venue that is no longer paid on the account (§14.4-4)."""
    queue_emails(
        [
            Email(
                event="finance/venue_unlinked",
                unique_key=f"venue-unlinked:{link.pk}",
                to=link.venue.booking_email,
                context={
                    "venue": link.venue.shown_name,
                    "label": account.label,
                    "url": _address("finance:bank_accounts"),
                },
            )
        ]
    )


def queue_invoices_available(invoices: list[Invoice]) -> None:
    """To the booking addresses of all venues paid on each account now; none: no mail (§23)."""
    accounts = BankAccount.objects.in_bulk({invoice.bank_account_id for invoice in invoices})
    addresses: dict[int, set[str]] = {pk: set() for pk in accounts}
    linked = VenueBankAccountLink.objects.open().filter(bank_account__in=accounts)
    for pk, address in linked.values_list("bank_account", "venue__booking_email"):
        addresses[pk].add(address)
    defaults = OffererDefaultAccount.objects.open().filter(bank_account__in=accounts)
    account_of = dict(defaults.values_list("offerer", "bank_account"))
    without = Venue.objects.filter(~_HAS_ACCOUNT, offerer__in=account_of)
    for offerer, address in without.values_list("offerer", "booking_email"):
        addresses[account_of[offerer]].add(address)
    queue_emails(
        Email(
            event="finance/debit_note" if invoice.is_debit_note else "finance/invoice_available",
            unique_key=f"invoice-available:{invoice.pk}:{address}",
            to=address,
            context={
                "reference": invoice.reference,
                "amount": money.euros(abs(invoice.amount_cents)),
                "first_day": french_day(invoice.batch.first_day),
                "last_day": french_day(invoice.batch.last_day),
                "label": accounts[invoice.bank_account_id].label,
                "masked_iban": accounts[invoice.bank_account_id].masked_iban,
                "url": _address("finance:invoices"),
            },
        )
        for invoice in invoices
        for address in sorted(addresses[invoice.bank_account_id])
    )


def queue_incident_validated(
    incident: FinanceIncident, items: list[BookingFinanceIncident]
) -> None:
    """§15.3-5: only bookings taken back whole are told; the venue waits for a forced debit note."""
    if incident.kind != IncidentKind.OVERPAYMENT:
        return
    if not incident.forces_debit_note:
        queue_incident_to_venue(incident, items)
    queue_emails(
        Email(
            event="finance/incident_credit_back",
            unique_key=f"incident-credit-back:{item.pk}",
            to=item.booking.beneficiary.email,
            context={
                "title": item.booking.offer.title,
                "venue": incident.venue.shown_name,
                "amount": money.euros(item.old_total_cents),
                "url": settings.SITE_URL + reverse("bookings:credit"),
            },
        )
        for item in items
        if item.booking and not item.new_total_cents
    )


def queue_incident_to_venue(incident: FinanceIncident, items: list[BookingFinanceIncident]) -> None:
    """To the venue, one e-mail an offer: what will be taken back from its next payments."""
    per_offer: dict[int, list[BookingFinanceIncident]] = {}
    for item in items:
        if item.booking and not item.new_total_cents:
            per_offer.setdefault(item.booking.offer_id, []).append(item)
    queue_emails(
        Email(
            event="finance/incident_overpayment",
            unique_key=f"incident:{incident.pk}:{offer_id}:{incident.logs.count()}",
            to=incident.venue.booking_email,
            context={
                "venue": incident.venue.shown_name,
                "title": found[0].booking.offer.title,  # type: ignore[union-attr]
                "count": len(found),
                "amount": money.euros(sum(item.old_total_cents for item in found)),
                "url": _address("finance:details"),
            },
        )
        for offer_id, found in sorted(per_offer.items())
    )


def queue_transfer_returned(returned: ReturnedTransfer) -> None:
    """To the venues paid on the account and to who filed it: correct it to be paid again."""
    account = returned.cashflow.bank_account
    linked = VenueBankAccountLink.objects.open().filter(bank_account=account)
    addresses = set(linked.values_list("venue__booking_email", flat=True))
    if account.filed_by is not None and account.filed_by.accepts(BANK):
        addresses.add(account.filed_by.email)
    queue_emails(
        Email(
            event="finance/transfer_returned",
            unique_key=f"transfer-returned:{returned.pk}:{address}",
            to=address,
            context={
                "amount": money.euros(returned.paid_cents),
                "label": account.label,
                "masked_iban": returned.cashflow.masked_iban,
                "reason": returned.reason,
                "reference": returned.failed_reference,
                "url": _address("finance:bank_accounts"),
            },
        )
        for address in sorted(addresses)
    )
