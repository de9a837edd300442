"""Take offers from an agenda or a file of goods: read, choose, write drafts (seed 002, PRV-12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects

from offers import calendars, goods_file, moderation
from offers.constants import SINGLE_PRICE_LABEL
from offers.dates import local_parts
from offers.enums import ImportKind, OfferValidation
from offers.exceptions import BadImport
from offers.models import ImportedOffer, Offer, OfferImport, PriceCategory, Stock
from offers.search import search_text
from offers.services.details import known_subcategory
from offers.services.held_prices import HELD, is_price_held
from offers.services.recheck import recheck
from passpro.kernel import clock, money
from passpro.kernel.actor import Actor
from venues.models import Venue

_LIMIT_DAYS, _LIMIT_HOUR = 3, time(23, 59)  # STK-24
_PACKET = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaChoice:
    """What the file does not say: kind, price in cents and places of each date."""

    keys: frozenset[str]
    subcategory_id: str
    price_cents: int
    places: int | None = None


def read_agenda(
    *, venue: Venue, kind: ImportKind, source: str, text: str, by: Actor
) -> OfferImport:
    """Keep what an .ics text says, to be looked at before anything is created.

    `source` is the number of the agenda or the name of the file. Raises BadImport.
    """
    _check_real(venue)
    try:
        found, rejected = calendars.read_calendar(text, zone=venue.time_zone, now=clock.now())
    except calendars.NotACalendar:
        raise BadImport(
            "Ce n’est pas un fichier d’agenda : il doit commencer par BEGIN:VCALENDAR (.ics).",
            field="file",
        ) from None
    return OfferImport.objects.create(
        venue=venue,
        user_id=by.user_id,
        kind=kind,
        source=source[:200],
        found=[event.as_json() for event in found],
        rejected=rejected,
    )


def read_goods(*, venue: Venue, source: str, content: bytes, by: Actor) -> OfferImport:
    """Keep the lines of a file of goods (ean;prix;quantite;titre;auteur); raises BadImport."""
    _check_real(venue)
    try:
        found, rejected = goods_file.read_goods(content)
    except goods_file.NotAGoodsFile as error:
        raise BadImport(str(error), field="file") from None
    return OfferImport.objects.create(
        venue=venue,
        user_id=by.user_id,
        kind=ImportKind.GOODS,
        source=source[:200],
        found=[good.as_json() for good in found],
        rejected=rejected,
    )


@transaction.atomic
def import_agenda(*, run: OfferImport, choice: AgendaChoice, by: Actor) -> OfferImport:
    """Write the chosen events: new ones as drafts, known ones brought up to date, never twice.

    An event is known by its identifier in the venue. Texts follow the source when the source
    changes, so that words mended by hand stay otherwise; a date that left the source is deleted
    unless it is booked, and what could not follow is told in `rejected`. Raises BadImport (no
    event, a good, price, places).
    """
    venue = _locked_venue(run.venue_id)
    chosen = {event["key"]: event for event in run.found if event["key"] in choice.keys}
    if not chosen:
        raise BadImport("Choisissez au moins un événement.", field="keys")
    _check_choice(choice)
    known = {
        one.key: one
        for one in ImportedOffer.objects.filter(venue=venue, key__in=chosen).order_by("offer_id")
    }
    new = [event for key, event in chosen.items() if key not in known]
    _create_events(venue, run.kind, new, choice, by)
    updated = sum(
        _follow(one, chosen[key], choice, venue, run.rejected, by) for key, one in known.items()
    )
    return _written(run, created=len(new), updated=updated)


@transaction.atomic
def import_goods(*, run: OfferImport, subcategory_id: str, by: Actor) -> OfferImport:
    """Write the goods of a file: price and quantity of known EANs, drafts for the others.

    Quantities count the copies already booked, as on the page of a stock. Lines are taken one
    by one: those refused join `rejected` with their reason, the others are written together.
    Played again, nothing changes. Raises BadImport for a subcategory without EAN or done twice.
    """
    venue = _locked_venue(run.venue_id)
    kind = known_subcategory(subcategory_id)
    if kind.is_event or "ean" not in {item.name for item in kind.extra_fields}:
        raise BadImport("Cette sous-catégorie n’a pas d’EAN.", field="subcategory_id")
    if OfferImport.objects.filter(pk=run.pk, applied_at__isnull=False).exists():
        raise BadImport("Ce fichier est déjà importé : envoyez-le à nouveau pour le rejouer.")
    lines = {good["ean"]: good for good in run.found}
    offers = Offer.objects.filter(venue=venue, extra_data__ean__in=list(lines))
    by_ean: dict[str, Offer] = {}
    for offer in offers.order_by("pk").lock_for_change():
        # An active offer wins over a draft, the latest over the others.
        before = by_ean.get(offer.extra_data["ean"])
        if before is None or not before.is_active or offer.is_active:
            by_ean[offer.extra_data["ean"]] = offer
    updated = _update_goods(lines, by_ean, run.rejected, by)
    new = []
    for ean, good in lines.items():
        if ean not in by_ean and not good["title"]:
            _reject(run.rejected, good, "Ce lieu n’a pas encore cet EAN : donnez aussi le titre.")
        elif ean not in by_ean:
            new.append(good)
    _create_goods(venue, new, subcategory_id, by)
    return _written(run, created=len(new), updated=updated)


def _check_real(venue: Venue) -> None:
    if venue.is_virtual:
        raise BadImport("Importez les offres dans un lieu physique.")


def _locked_venue(pk: int) -> Venue:
    """Two imports of one venue go one after the other: neither makes what the other makes."""
    venues = Venue.objects.select_related("offerer").select_for_update(of=("self",), no_key=True)
    return venues.get(pk=pk)


def _check_choice(choice: AgendaChoice) -> None:
    if not known_subcategory(choice.subcategory_id).is_event:
        raise BadImport("Choisissez une sous-catégorie d’événement.", field="subcategory_id")
    if not 0 <= choice.price_cents <= settings.MAX_PRICE_CENTS:
        most = money.euros(settings.MAX_PRICE_CENTS)
        raise BadImport(f"Le prix doit être compris entre 0 et {most}.", field="price")


def _written(run: OfferImport, *, created: int, updated: int) -> OfferImport:
    run.created += created
    run.updated += updated
    run.applied_at = clock.now()
    run.save(update_fields=["created", "updated", "applied_at", "rejected"])
    return run


def _reject(rejected: list[dict[str, Any]], line: dict[str, Any], why: str) -> None:
    text = line.get("title") or line.get("ean", "")
    rejected.append({"line": line["line"], "text": text, "why": why})


def _draft(venue: Venue, subcategory_id: str, title: str, by: Actor, **facts: Any) -> Offer:
    """An unsaved draft with what its venue says; the wizard asks for the rest (OFF-32)."""
    offer = Offer(
        venue=venue,
        subcategory_id=subcategory_id,
        title=title,
        author_id=by.user_id,
        is_duo=known_subcategory(subcategory_id).can_be_duo,
        withdrawal_details=venue.withdrawal_details,
        booking_contact=venue.booking_email,
        notification_email=venue.booking_email,
        visual_accessible=venue.visual_accessible,
        mental_accessible=venue.mental_accessible,
        motor_accessible=venue.motor_accessible,
        audio_accessible=venue.audio_accessible,
        **facts,
    )
    offer.search_text = search_text(offer)
    return offer


def _create_events(
    venue: Venue, kind: str, events: list[dict[str, Any]], choice: AgendaChoice, by: Actor
) -> None:
    offers = Offer.objects.bulk_create(
        [
            _draft(
                venue,
                choice.subcategory_id,
                event["title"],
                by,
                description=event["description"],
                duration_minutes=event["minutes"],
            )
            for event in events
        ],
        batch_size=_PACKET,
    )
    prices = PriceCategory.objects.bulk_create(
        [_single_price(offer, choice) for offer in offers], batch_size=_PACKET
    )
    ImportedOffer.objects.bulk_create(
        [
            ImportedOffer(offer=offer, venue=venue, kind=kind, key=event["key"], facts=event)
            for offer, event in zip(offers, events, strict=True)
        ],
        batch_size=_PACKET,
    )
    stocks = [
        stock
        for offer, price, event in zip(offers, prices, events, strict=True)
        for stock in _stocks(offer, [price], _instants(event), choice, venue.time_zone)
    ]
    Stock.objects.bulk_create(stocks, batch_size=_PACKET)


def _single_price(offer: Offer, choice: AgendaChoice) -> PriceCategory:
    return PriceCategory(offer=offer, label=SINGLE_PRICE_LABEL, price_cents=choice.price_cents)


def _instants(event: dict[str, Any]) -> set[datetime]:
    """Dates still to come: a preview may have waited."""
    now = clock.now()
    return {at for at in map(datetime.fromisoformat, event.get("dates", [])) if at > now}


def _stocks(
    offer: Offer,
    prices: Iterable[PriceCategory],
    instants: set[datetime],
    choice: AgendaChoice,
    zone: str,
) -> list[Stock]:
    return [
        Stock(
            offer=offer,
            price_category=price,
            price_cents=price.price_cents,
            beginning_at=at,
            booking_limit_at=_limit(at, zone),
            quantity=choice.places,
        )
        for at in sorted(instants)[: settings.MAX_STOCKS_PER_OFFER]
        for price in prices
    ]


def _limit(beginning_at: datetime, zone: str) -> datetime:
    """STK-24: 23:59 three days before; the beginning when that is past already."""
    day, _ = local_parts(beginning_at, zone)
    limit = datetime.combine(day - timedelta(days=_LIMIT_DAYS), _LIMIT_HOUR, ZoneInfo(zone))
    return limit if limit > clock.now() else beginning_at


def _follow(
    one: ImportedOffer,
    event: dict[str, Any],
    choice: AgendaChoice,
    venue: Venue,
    rejected: list[dict[str, Any]],
    by: Actor,
) -> bool:
    """Bring one imported offer up to date; False when it is frozen or the source said no more.

    New words of a published offer are checked again (MOD-05).
    """
    offer = Offer.objects.lock_for_change().get(pk=one.offer_id)
    if not offer.can_be_edited:
        _reject(rejected, event, "Cette offre est en instruction ou refusée : elle ne change pas.")
        return False
    names = {"title": "title", "description": "description", "minutes": "duration_minutes"}
    changed = [name for name in names if event[name] != one.facts.get(name)]
    for name in changed:
        setattr(offer, names[name], event[name])
    now = clock.now()
    before = {at for at in _instants(one.facts) if at > now}
    after = _instants(event)
    gone = _remove_dates(offer, before - after, event, rejected)
    added = _add_dates(offer, after - before, choice, venue.time_zone)
    if changed:
        offer.search_text, offer.updated_at = search_text(offer), now
        offer.save()
        recheck(offer, by=by)
    one.facts, one.seen_at = event, now
    one.save(update_fields=["facts", "seen_at"])
    return bool(changed or gone or added)


def _remove_dates(
    offer: Offer, instants: set[datetime], event: dict[str, Any], rejected: list[dict[str, Any]]
) -> int:
    dates = offer.stocks.live().filter(beginning_at__in=instants)
    stocks = list(dates.order_by("pk").lock_for_booking())
    booked = [stock for stock in stocks if stock.booked_quantity]
    if booked:
        count = len(booked)
        _reject(
            rejected,
            event,
            f"{count} date{'s quittent' if count > 1 else ' quitte'} l’agenda mais des places y "
            "sont réservées : annulez-les vous-même.",
        )
    free = Stock.objects.filter(pk__in=[one.pk for one in stocks if not one.booked_quantity])
    if offer.validation == OfferValidation.DRAFT:
        return int(free.delete()[0])
    return free.update(deleted_at=clock.now())


def _add_dates(offer: Offer, instants: set[datetime], choice: AgendaChoice, zone: str) -> int:
    prices = list(offer.price_categories.all())
    if not prices and instants:
        prices = [_single_price(offer, choice)]
        prices[0].save()
    known = set(offer.stocks.live().values_list("beginning_at", "price_category_id"))
    stocks = [
        stock
        for stock in _stocks(offer, prices, instants, choice, zone)
        if (stock.beginning_at, stock.price_category_id) not in known
    ]
    left = max(0, settings.MAX_STOCKS_PER_OFFER - len(known))
    return len(Stock.objects.bulk_create(stocks[:left], batch_size=_PACKET))


def _update_goods(
    lines: dict[str, dict[str, Any]],
    by_ean: dict[str, Offer],
    rejected: list[dict[str, Any]],
    by: Actor,
) -> int:
    """New prices and quantities of the goods that the venue has; how many changed.

    A published offer that becomes dearer is checked again (MOD-05).
    """
    pks = [offer.pk for offer in by_ean.values()]
    live = Stock.objects.live().filter(offer_id__in=pks).order_by("pk").lock_for_booking()
    stocks = {stock.offer_id: stock for stock in live}
    changed, new, dearer = [], [], {}
    for ean, offer in by_ean.items():
        good = lines[ean]
        stock = stocks.get(offer.pk) or Stock(offer=offer)
        if not offer.can_be_edited or offer.provider_id:
            _reject(rejected, good, f"« {offer.title} » ne peut pas être modifiée pour l’instant.")
        elif good["quantity"] is not None and good["quantity"] < stock.booked_quantity:
            booked = stock.booked_quantity
            _reject(rejected, good, f"{booked} déjà réservés : la quantité est trop petite.")
        elif stock.price_cents != good["price_cents"] and is_price_held(offer):
            _reject(rejected, good, HELD)
        elif stock.pk is None:
            stock.price_cents, stock.quantity = good["price_cents"], good["quantity"]
            new.append(stock)
        elif (stock.price_cents, stock.quantity) != (good["price_cents"], good["quantity"]):
            if good["price_cents"] > stock.price_cents:
                dearer[offer.pk] = offer
            stock.price_cents, stock.quantity = good["price_cents"], good["quantity"]
            changed.append(stock)
    Stock.objects.bulk_update(changed, ["price_cents", "quantity"], batch_size=_PACKET)
    Stock.objects.bulk_create(new, batch_size=_PACKET)
    _recheck_dearer(dearer, {stock.offer_id: stock for stock in changed}, by)
    return len(changed) + len(new)


def _recheck_dearer(dearer: dict[int, Offer], stocks: dict[int, Stock], by: Actor) -> None:
    """The rules are read once for all; only the offers that one of them flags are looked at."""
    prefetch_related_objects(list(dearer.values()), "author")
    for pk in moderation.flags_of_many(dearer.values(), stocks):
        recheck(dearer[pk], by=by)


def _create_goods(
    venue: Venue, goods: list[dict[str, Any]], subcategory_id: str, by: Actor
) -> None:
    declared = {item.name for item in known_subcategory(subcategory_id).extra_fields}
    offers = Offer.objects.bulk_create(
        [
            _draft(
                venue,
                subcategory_id,
                good["title"],
                by,
                extra_data={
                    name: good[name]
                    for name in ("ean", "author")
                    if name in declared and good[name]
                },
            )
            for good in goods
        ],
        batch_size=_PACKET,
    )
    Stock.objects.bulk_create(
        [
            Stock(offer=offer, price_cents=good["price_cents"], quantity=good["quantity"])
            for offer, good in zip(offers, goods, strict=True)
        ],
        batch_size=_PACKET,
    )
    ImportedOffer.objects.bulk_create(
        [
            ImportedOffer(
                offer=offer,
                venue=venue,
                kind=ImportKind.GOODS,
                key=f"ean:{good['ean']}",
                facts=good,
            )
            for offer, good in zip(offers, goods, strict=True)
        ],
        batch_size=_PACKET,
        ignore_conflicts=True,
    )
