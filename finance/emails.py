"""E-mails of finance (§23): facts are kept at once, the worker makes the texts from them."""

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from finance.models import BankAccount, Invoice, VenueBankAccountLink
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


def queue_invoice_available(invoice: Invoice) -> None:
    """To the booking addresses of all venues paid on the account now; none: no mail (§23)."""
    linked = Venue.objects.filter(
        bank_account_links__bank_account=invoice.bank_account,
        bank_account_links__ended_at__isnull=True,
    )
    by_default = Venue.objects.filter(
        offerer__default_account_links__bank_account=invoice.bank_account,
        offerer__default_account_links__ended_at__isnull=True,
    ).filter(~_HAS_ACCOUNT)
    addresses = {venue.booking_email for venue in [*linked, *by_default] if venue.booking_email}
    queue_emails(
        Email(
            event="finance/invoice_available",
            unique_key=f"invoice-available:{invoice.pk}:{address}",
            to=address,
            context={
                "reference": invoice.reference,
                "amount": money.euros(invoice.reimbursed_cents),
                "first_day": french_day(invoice.batch.first_day),
                "last_day": french_day(invoice.batch.last_day),
                "label": invoice.bank_account.label,
                "masked_iban": invoice.bank_account.masked_iban,
                "url": _address("finance:invoices"),
            },
        )
        for address in sorted(addresses)
    )
