"""E-mails of finance (§23): facts are kept at once, the worker makes the texts from them."""

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from finance.models import BankAccount, Invoice, OffererDefaultAccount, VenueBankAccountLink
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
            event="finance/invoice_available",
            unique_key=f"invoice-available:{invoice.pk}:{address}",
            to=address,
            context={
                "reference": invoice.reference,
                "amount": money.euros(invoice.reimbursed_cents),
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
