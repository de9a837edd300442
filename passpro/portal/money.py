"""Money on the home page: accounts, what is missing to be paid, the last statement."""

from django.db.models import Count, Exists, OuterRef, Q

from finance.enums import BankAccountStatus
from finance.models import BankAccount, Invoice, OffererDefaultAccount, VenueBankAccountLink
from offers.enums import OfferValidation
from offers.models import Stock
from passpro.portal.dashboard import AccountFigures
from passpro.portal.scope import Scope
from venues.models import Venue

_UNDER_REVIEW = [
    BankAccountStatus.DRAFT,
    BankAccountStatus.ON_GOING,
    BankAccountStatus.WITH_PENDING_CORRECTIONS,
]


def account_figures(scope: Scope) -> AccountFigures:
    """C1, money callouts: accounts filed, waiting, and venues with paid offers and no account."""
    counts = (
        BankAccount.objects.shown()
        .filter(offerer__in=scope.offerer_ids)
        .aggregate(filed=Count("pk"), under_review=Count("pk", filter=Q(status__in=_UNDER_REVIEW)))
    )
    paid = Stock.objects.live().filter(
        offer__venue=OuterRef("pk"),
        offer__validation=OfferValidation.APPROVED,
        offer__is_active=True,
        price_cents__gt=0,
    )
    linked = VenueBankAccountLink.objects.open().filter(venue=OuterRef("pk"))
    default = OffererDefaultAccount.objects.open().filter(offerer=OuterRef("offerer"))
    unpaid = (
        Venue.objects.filter(scope.within(), ~Exists(linked), ~Exists(default))
        .filter(Exists(paid))
        .order_by("name", "pk")
        .values_list("public_name", "name")
    )
    return AccountFigures(**counts, unpaid_venues=[public or name for public, name in unpaid])


def last_invoice(scope: Scope) -> Invoice | None:
    """The latest justificatif of these structures."""
    return (
        Invoice.objects.filter(bank_account__offerer__in=scope.offerer_ids)
        .order_by("-created_at", "-pk")
        .first()
    )
