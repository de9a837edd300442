from finance.models import Invoice
from passpro.kernel import clock
from tests.access import pro_list, pro_page
from tests.finance.factories import BankAccountFactory, make_invoice
from tests.venues.factories import VenueFactory


def theatre(cast):
    return {"pk": cast.offerer.pk}


def account(cast):
    return {"pk": BankAccountFactory(offerer=cast.offerer).pk}


def invoice(cast):
    found = Invoice.objects.filter(bank_account__offerer=cast.offerer).first()
    return {"pk": (found or make_invoice(cast.venue, now=clock.now())).pk}


def paid_booking(cast):
    invoice(cast)
    return {"pk": cast.venue.pricings.order_by("pk").first().booking_id}


def barn(cast):
    """A place without SIRET, beside the theatre's hall."""
    return {"pk": VenueFactory(offerer=cast.offerer, siret=None, comment="Prêtée").pk}


ROWS = [
    ("finance:structure_bank", theatre, "get", pro_page()),
    ("finance:invoices", None, "get", pro_list()),
    ("finance:invoice_pdf", invoice, "get", pro_page()),
    ("finance:invoice_csv", invoice, "get", pro_page()),
    ("finance:invoices_zip", None, "get", pro_list(status=302)),
    ("finance:invoice_lines", invoice, "get", pro_page()),
    ("finance:coming", None, "get", pro_list()),
    ("finance:of_booking", paid_booking, "get", pro_page(member=302)),
    ("finance:details", None, "get", pro_list()),
    ("finance:details_csv", None, "get", pro_list()),
    ("finance:income", None, "get", pro_list()),
    ("finance:simulation", None, "get", pro_list()),
    ("finance:bank_accounts", None, "get", pro_list()),
    ("finance:bank_account_create", theatre, "get", pro_page()),
    ("finance:bank_account_create", theatre, "post", pro_page(member=400), {"iban": "FR76"}),
    ("finance:bank_account_link", account, "get", pro_page()),
    ("finance:bank_account_link", account, "post", pro_page(member=302), {}),
    ("finance:bank_account_rib", account, "get", pro_page()),
    ("finance:pricing_point_choose", barn, "get", pro_page()),
    (
        "finance:pricing_point_choose",
        barn,
        "post",
        pro_page(member=302),
        lambda cast: {"pricing_point": cast.venue.pk},
    ),
]
