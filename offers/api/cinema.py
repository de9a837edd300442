"""Screenings of a cinema, all films at once (API-190 to API-194)."""

from collections import Counter
from typing import Any

from offers.api.reading import venue_of
from offers.models import PartnerUpload
from offers.services.partner_uploads import queue_upload
from passpro.partner_api.answers import refused
from passpro.partner_api.shapes import Invalid, Problems
from venues.api.door import Call
from venues.models import KnownAddress


def put_sessions(call: Call) -> None:
    """204 at once; the work is done in the background, its report is in the journal."""
    body = call.body
    problems: Problems = {}
    for at, offer in enumerate(body["offers"]):
        _check(offer, f"offers.{at}.", problems)
    places = Counter(
        (one["filmId"], (one.get("address") or {}).get("id")) for one in body["offers"]
    )
    if any(count > 1 for count in places.values()):
        problems["offers"] = ["A film must appear only once for a given address"]
    if problems:
        raise Invalid(problems)
    venue = venue_of(call, body["venueId"])
    ids = {one["address"]["id"] for one in body["offers"] if one.get("address")}
    if KnownAddress.objects.filter(pk__in=ids).count() != len(ids):
        raise refused(404, **{"global": ["Address not found"]})
    queue_upload(
        provider=call.provider,
        venue=venue,
        kind=PartnerUpload.Kind.CINEMA,
        sent=[_stored(one) for one in body["offers"]],
        by=call.by,
    )


def _check(offer: dict[str, Any], path: str, problems: Problems) -> None:
    """API-193, for one film."""
    prices = [one["idAtProvider"] for one in offer["priceCategories"]]
    if len(set(prices)) < len(prices):
        problems[f"{path}priceCategories"] = ["`idAtProvider` must be unique"]
    sessions = [one["idAtProvider"] for one in offer["stocks"]]
    if len(set(sessions)) < len(sessions):
        problems[f"{path}stocks"] = ["`idAtProvider` must be unique"]
    for at, stock in enumerate(offer["stocks"]):
        features = stock["features"]
        if len({"VF", "VO"} & set(features)) != 1 or len(set(features)) < len(features):
            message = "Exactly one of `VF` and `VO` must be given, and nothing twice"
            problems[f"{path}stocks.{at}.features"] = [message]
        if stock["priceCategoryIdAtProvider"] not in prices:
            message = "The price category could not be found"
            problems[f"{path}stocks.{at}.priceCategoryIdAtProvider"] = [message]


def _stored(offer: dict[str, Any]) -> dict[str, Any]:
    stocks = [
        {**one, "beginningDatetime": one["beginningDatetime"].isoformat()}
        for one in offer["stocks"]
    ]
    return {**offer, "stocks": stocks}
