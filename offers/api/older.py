"""Stocks of a bookshop as the software of 2024 sends them: EAN, copies left, price in euros."""

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from offers.constants import MAX_QUANTITY
from offers.services.partner_eans import EanRow, upload_eans
from passpro.kernel import clock
from passpro.partner_api.answers import refused
from venues.api.door import Call
from venues.api.venues import venues_of

MOST = 1_000


def upload_stocks(call: Call, venue_id: int) -> None:
    """API-04: the rules of the upload by EAN, whatever the age of the caller."""
    rows, problems = [], {}
    if len(call.body["stocks"]) > MOST:
        raise refused(400, stocks=[f"ensure this value has at most {MOST} items"])
    for at, row in enumerate(call.body["stocks"]):
        cents = (Decimal(str(row["price"])) * 100).quantize(Decimal(1), ROUND_HALF_UP)
        if cents > settings.MAX_PRICE_CENTS:
            problems[f"stocks.{at}.price"] = ["ensure this value is less than or equal to 300"]
        if row["available"] > MAX_QUANTITY:
            problems[f"stocks.{at}.available"] = [
                f"ensure this value is less than or equal to {MAX_QUANTITY}"
            ]
        rows.append(
            EanRow(
                ean=row["ref"],
                price_cents=min(int(cents), settings.MAX_PRICE_CENTS),
                remaining=row["available"],
                publication_at=clock.now(),
            )
        )
    if problems:
        raise refused(400, **problems)
    venue = venues_of(call).filter(pk=venue_id, is_virtual=False).first()
    if venue is None:
        raise refused(404, **{"global": "Venue cannot be found"})
    upload_eans(provider=call.provider, venue=venue, rows=rows, by=call.by)
