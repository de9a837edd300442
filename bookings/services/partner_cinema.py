"""A cinema's software replaces all coming screenings of its films (API-190 to API-193).

Sessions are matched by the software's own identifiers: new ones are added, changed ones move with
their bookings, missing ones are deleted and their bookings cancelled.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from bookings.services.partner_dates import change_date, delete_date
from offers.models import Film, Offer, PartnerUpload, PriceCategory, Stock
from offers.services.details import OfferDetails
from offers.services.partner_dates import (
    NewDate,
    NewPrice,
    add_dates,
    add_prices,
    change_price,
)
from offers.services.partner_offers import (
    Changes,
    OwnPlace,
    draft_for_partner,
    publish_for_partner,
)
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from venues.models import KnownAddress, Provider, Venue

SCREENING = "SEANCE_CINE"


@dataclass(slots=True)
class Report:
    """What became of an upload; `problems`: film → why nothing of it was taken."""

    added: int = 0
    changed: int = 0
    deleted: int = 0
    unknown_films: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "added": self.added,
            "changed": self.changed,
            "deleted": self.deleted,
            "unknownFilms": self.unknown_films,
            "problems": self.problems,
        }


def run_cinema(upload: PartnerUpload, by: Actor) -> dict[str, Any]:
    """Each film whole or not at all: a refusal of one is reported and the others go on."""
    report = Report()
    for sent in upload.sent:
        film = film_of(sent["filmId"])
        if film is None:
            report.unknown_films.append(sent["filmId"])
            continue
        try:
            with transaction.atomic():
                _replace(upload.provider, upload.venue, film, sent, report, by)
        except DomainError as error:
            report.problems[sent["filmId"]] = error.message
    return report.as_json()


def film_of(film_id: str) -> Film | None:
    """« visa:123456 » or « allocine_id:789 »."""
    kind, _, number = film_id.partition(":")
    if not number.isdigit():
        return None
    if kind == "visa":
        return Film.objects.filter(visa=number).first()
    return Film.objects.filter(allocine_id=int(number)).first()


def _replace(
    provider: Provider,
    venue: Venue,
    film: Film,
    sent: dict[str, Any],
    report: Report,
    by: Actor,
) -> None:
    address = sent.get("address")
    place = None
    if address:
        known = KnownAddress.objects.filter(pk=address["id"]).first()
        place = OwnPlace(address=known, label=address.get("label") or "") if known else None
    offer = _offer_of(provider, venue, film, place)
    is_new = offer is None
    if offer is None:
        offer = draft_for_partner(
            provider=provider,
            venue=venue,
            details=_details(film, venue),
            has_ticket=False,
            changes=Changes(place=place, is_moved=place is not None),
            by=by,
        )
        offer.film = film
        offer.save(update_fields=["film"])
    _write_theater(offer, film, provider, venue)
    prices = _prices(offer, sent["priceCategories"], provider, by)
    _sessions(offer, sent["stocks"], prices, provider, report, by)
    if is_new:
        publish_for_partner(offer=offer, publication_at=clock.now(), by=by)


def _offer_of(provider: Provider, venue: Venue, film: Film, place: OwnPlace | None) -> Offer | None:
    """The latest offer of this film by this software at this place."""
    return (
        Offer.objects.filter(
            provider=provider,
            venue=venue,
            subcategory_id=SCREENING,
            film=film,
            known_address=place.address if place else None,
        )
        .order_by("-pk")
        .first()
    )


def _write_theater(offer: Offer, film: Film, provider: Provider, venue: Venue) -> None:
    """What the countermark API answers as `theater` (DSK-54): the film's number and the cinema's,
    as this software knows them; written anew when the team gives the cinema another one."""
    pivot = venue.cinema_pivots.filter(provider=provider).order_by("pk").first()
    known = {
        "allocine_movie_id": film.allocine_id,
        "allocine_room_id": pivot.identifier if pivot else None,
    }
    theater = {name: value for name, value in known.items() if value}
    if offer.extra_data.get("theater", {}) != theater:
        offer.extra_data = offer.extra_data | {"theater": theater}
        offer.save(update_fields=["extra_data"])


def _details(film: Film, venue: Venue) -> OfferDetails:
    extra = {"visa": film.visa, "stageDirector": film.director}
    return OfferDetails(
        subcategory_id=SCREENING,
        title=film.title,
        description=film.description,
        duration_minutes=film.duration_minutes,
        is_duo=True,
        extra_data={name: value for name, value in extra.items() if value},
        booking_contact=venue.booking_email,
        notification_email=venue.booking_email,
        visual_accessible=venue.visual_accessible,
        mental_accessible=venue.mental_accessible,
        motor_accessible=venue.motor_accessible,
        audio_accessible=venue.audio_accessible,
    )


def _prices(
    offer: Offer, sent: list[dict[str, Any]], provider: Provider, by: Actor
) -> dict[str, PriceCategory]:
    """By the software's identifier: those it had are changed, the others added."""
    known = {one.provider_key: one for one in offer.price_categories.all() if one.provider_key}
    new = []
    for row in sent:
        price = known.get(row["idAtProvider"])
        label = " ".join(row["label"].split()) or "Tarif"
        if price is None:
            new.append(NewPrice(label=label, price_cents=row["price"], key=row["idAtProvider"]))
        elif (price.label, price.price_cents) != (label, row["price"]):
            known[price.provider_key] = change_price(
                price=price, provider=provider, by=by, label=label, price_cents=row["price"]
            )
    for price in add_prices(offer=offer, rows=new, provider=provider, by=by):
        known[price.provider_key] = price
    return known


def _sessions(
    offer: Offer,
    sent: list[dict[str, Any]],
    prices: dict[str, PriceCategory],
    provider: Provider,
    report: Report,
    by: Actor,
) -> None:
    coming = offer.stocks.live().filter(beginning_at__gt=clock.now()).order_by("pk")
    known = {one.provider_key: one for one in coming.select_related("price_category")}
    wanted = {row["idAtProvider"]: row for row in sent}
    for key in [key for key in known if key not in wanted]:
        delete_date(stock=known.pop(key), provider=provider, by=by)
        report.deleted += 1
    new = []
    for key, row in wanted.items():
        price = prices[row["priceCategoryIdAtProvider"]]
        begins = datetime.fromisoformat(row["beginningDatetime"])
        if key not in known:
            new.append(
                NewDate(
                    beginning_at=begins,
                    booking_limit_at=begins,
                    price_category_id=price.pk,
                    quantity=row["quantity"],
                    key=key,
                )
            )
        elif _change(known[key], row, price, begins, provider, by):
            report.changed += 1
    add_dates(offer=offer, rows=new, provider=provider, by=by)
    report.added += len(new)
    _write_features(offer, wanted)


def _change(
    stock: Stock,
    row: dict[str, Any],
    price: PriceCategory,
    begins: datetime,
    provider: Provider,
    by: Actor,
) -> bool:
    """What is sent is what remains (API-73); a session as it was costs nothing."""
    now = (stock.beginning_at, stock.price_category_id, stock.remaining)
    if now == (begins, price.pk, row["quantity"]):
        return False
    change_date(
        stock=stock,
        provider=provider,
        changes={
            "beginning_at": begins,
            "booking_limit_at": begins,
            "remaining": row["quantity"],
        },
        price_category=price,
        by=by,
    )
    return True


def _write_features(offer: Offer, wanted: dict[str, dict[str, Any]]) -> None:
    """STK-07: version and projection of each session."""
    changed = []
    for stock in offer.stocks.live().filter(provider_key__in=list(wanted)).order_by("pk"):
        features = sorted(wanted[stock.provider_key]["features"])
        if stock.features != features:
            stock.features = features
            changed.append(stock)
    Stock.objects.bulk_update(changed, ["features"], batch_size=500)
