"""A SIRET moves or leaves, a pricing point is taken back: by the team (VEN-21, VEN-25, §3).

The yearly revenue belongs to the SIRET, so events, pricings and links go with it.
"""

from dataclasses import dataclass
from typing import NotRequired, TypedDict, Unpack

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Sum

from bookings.enums import BookingStatus
from bookings.models import Booking
from finance.enums import EventStatus, PricingStatus
from finance.exceptions import DecisionNeedsReason, SiretStays
from finance.models import CustomRule, FinanceEvent, Pricing, VenuePricingPointLink
from finance.services.dependents import delete_pricings, reset_after
from finance.services.locks import lock_pricing_points, money_run
from finance.services.pricing_points import ensure_own_pricing_points, wake_pending
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from passpro.kernel.money import euros
from venues.identifiers import clean_siret
from venues.models import Offerer, Venue

# From there on, the accountants are asked first.
MOST_REVENUE_CENTS = 10_000_00


def revenue_of_year(venue: Venue) -> int:
    """Cents of the bookings used since 1 January, Paris time."""
    start = clock.paris_midnight(clock.today().replace(month=1, day=1))
    used = Booking.objects.filter(
        venue=venue,
        used_at__gte=start,
        status__in=[BookingStatus.USED, BookingStatus.REIMBURSED],
    )
    return used.aggregate(total=Sum(F("amount_cents") * F("quantity")))["total"] or 0


@dataclass(frozen=True, slots=True)
class SiretMove:
    """What a move changes: pricings and links (of `venues` places) that follow the SIRET."""

    source: Venue
    target: Venue
    siret: str
    target_cents: int
    pricings: int
    venues: int


class MoveOrder(TypedDict):
    """`siret` is typed again; `comment` says why the source has none from now on."""

    source_id: int
    target_id: int
    siret: str
    comment: str
    reason: str
    by: Actor
    despite_revenue: NotRequired[bool]


def plan_siret_move(**order: Unpack[MoveOrder]) -> SiretMove:
    """The same as `move_siret`, refusals included, then everything is put back (§3, dry run)."""
    with money_run(), transaction.atomic():
        move = _move(**order)
        transaction.set_rollback(True)
        return move


def move_siret(**order: Unpack[MoveOrder]) -> Venue:
    """Give the SIRET of a venue to another of its structure that has none; answers the target.

    Raises SiretStays, DecisionNeedsReason, InvalidSiret, MoneyRunBusy; nothing changes then.
    """
    with money_run(), transaction.atomic():
        return _move(**order).target


def _move(
    *,
    source_id: int,
    target_id: int,
    siret: str,
    comment: str,
    reason: str,
    by: Actor,
    despite_revenue: bool = False,
) -> SiretMove:
    source, target = _locked(source_id, target_id)
    _check_source(source, siret=siret, comment=comment, reason=reason)
    if target.pk == source.pk or target.siret or target.is_virtual:
        raise SiretStays("Choisissez un lieu réel qui n’a pas de SIRET.", field="target")
    if target.offerer_id != source.offerer_id:
        raise SiretStays("Ce lieu appartient à une autre structure.", field="target")
    clean_siret(siret, siren=source.offerer.siren)
    _check_revenue(target, despite_revenue)
    _check_rules(source, target)
    number = source.siret
    assert number is not None
    lock_pricing_points([source.pk, target.pk])
    _write(source, None, comment.strip(), reason=reason, by=by)
    _write(target, number, "", reason=reason, by=by)
    FinanceEvent.objects.filter(pricing_point=source).update(pricing_point=target)
    pricings = Pricing.objects.filter(pricing_point=source).update(pricing_point=target)
    links = VenuePricingPointLink.objects.filter(pricing_point=source)
    venues = links.open().values("venue").distinct().count()
    links.update(pricing_point=target)
    CustomRule.objects.filter(venue=source).update(venue=target)
    # A target that had chosen a third venue leaves it.
    ensure_own_pricing_points(offerer_id=source.offerer_id)
    wake_pending(venue_ids=[target.pk])
    return SiretMove(source, target, number, revenue_of_year(target), pricings, venues)


def remove_siret(
    *,
    venue_id: int,
    siret: str,
    comment: str,
    reason: str,
    by: Actor,
    replacement_id: int | None = None,
    despite_revenue: bool = False,
) -> Venue:
    """Take the SIRET of a venue away; money that is not on its way waits for another SIRET.

    With `replacement_id`, the venue itself is priced there from now on. Raises SiretStays (money
    in a batch, blocked, or of an incident; revenue; a bad replacement), DecisionNeedsReason,
    MoneyRunBusy; nothing changes then.
    """
    with money_run(), transaction.atomic():
        venue, replacement = _locked(venue_id, replacement_id)
        _check_source(venue, siret=siret, comment=comment, reason=reason)
        if replacement_id is not None and (
            replacement.pk == venue.pk
            or not replacement.siret
            or replacement.offerer_id != venue.offerer_id
        ):
            raise SiretStays(
                "Choisissez un autre lieu de la structure, avec un SIRET.", field="replacement"
            )
        _check_revenue(venue, despite_revenue)
        lock_pricing_points([venue.pk])
        events = FinanceEvent.objects.filter(pricing_point=venue)
        _check_no_money_under_way(events)
        _write(venue, None, comment.strip(), reason=reason, by=by)
        now = clock.now()
        links = VenuePricingPointLink.objects.open().filter(pricing_point=venue)
        links.update(ended_at=now, closed_by=by.label)
        _put_back(events)
        if replacement_id is not None:
            VenuePricingPointLink.objects.create(
                venue=venue, pricing_point=replacement, started_at=now, opened_by=by.label,
                why=reason.strip(),
            )  # fmt: skip
            wake_pending(venue_ids=[venue.pk])
        return venue


def remove_pricing_point(
    *, venue_id: int, reason: str, by: Actor, despite_revenue: bool = False
) -> Venue:
    """VEN-21: take back the SIRET that a venue without any has chosen; it may choose again.

    What is not in a batch waits for that choice; what other venues earned after it is priced
    again. Raises SiretStays (nothing chosen, money under way, revenue), DecisionNeedsReason,
    MoneyRunBusy; nothing changes then.
    """
    with money_run(), transaction.atomic():
        venue, _ = _locked(venue_id, None)
        link = VenuePricingPointLink.objects.open().filter(venue=venue).first()
        if venue.siret or link is None:
            raise SiretStays("Ce lieu n’a pas choisi de SIRET.")
        if not reason.strip():
            raise DecisionNeedsReason("Dites pourquoi : le motif est gardé.", field="reason")
        _check_revenue(venue, despite_revenue)
        lock_pricing_points([link.pricing_point_id])
        events = FinanceEvent.objects.filter(venue=venue, pricing_point=link.pricing_point)
        _check_no_money_under_way(events)
        priced = events.filter(booking__isnull=False, pricings__status=PricingStatus.VALIDATED)
        reset_after(list(priced.values_list("pk", flat=True)), skip_frozen=True)
        _put_back(events)
        link.ended_at, link.closed_by = clock.now(), by.label
        link.is_withdrawn, link.why = True, reason.strip()
        link.save(update_fields=["ended_at", "closed_by", "is_withdrawn", "why"])
        action_log.record(
            venue, ActionLog.Kind.MODIFIED, by=by, why=reason.strip(),
            changes={"SIRET du barème": [link.pricing_point.shown_name, "–"]},
        )  # fmt: skip
        return venue


def _locked(venue_id: int, other_id: int | None) -> tuple[Venue, Venue]:
    """Both venues, the structure locked first; the venue twice when there is no other."""
    offerer_id = Venue.objects.values_list("offerer_id", flat=True).get(pk=venue_id)
    Offerer.objects.lock_for_change(offerer_id)
    ids = sorted({venue_id, other_id or venue_id})
    found = {pk: Venue.objects.lock_for_change(pk) for pk in ids}
    return found[venue_id], found[other_id or venue_id]


def _check_source(venue: Venue, *, siret: str, comment: str, reason: str) -> None:
    if not venue.siret:
        raise SiretStays("Ce lieu n’a pas de SIRET.")
    if "".join(siret.split()) != venue.siret:
        raise SiretStays("Ce n’est pas le SIRET de ce lieu.", field="siret")
    if not comment.strip():
        raise DecisionNeedsReason("Dites pourquoi le lieu n’a plus de SIRET.", field="comment")
    if not reason.strip():
        raise DecisionNeedsReason("Dites pourquoi : le motif est gardé.", field="reason")


def _check_revenue(venue: Venue, despite_revenue: bool) -> None:
    revenue = revenue_of_year(venue)
    if revenue >= MOST_REVENUE_CENTS and not despite_revenue:
        raise SiretStays(
            f"« {venue.shown_name} » a {euros(revenue)} de réservations validées cette année : "
            "il faut l’accord de la comptabilité.",
            field="despite_revenue",
        )


def _check_rules(source: Venue, target: Venue) -> None:
    """§7.3-2: rules of the source follow the SIRET; they may not meet those the target kept."""
    kept = CustomRule.objects.filter(venue=target).order_by("pk")
    for rule in CustomRule.objects.filter(venue=source):
        meeting = next((one for one in kept if rule.meets(one)), None)
        if meeting is not None:
            raise SiretStays(
                f"« {target.shown_name} » garde un tarif dérogatoire (n° {meeting.pk}) aux mêmes "
                f"dates que le tarif n° {rule.pk} : choisissez un autre lieu.",
                field="target",
            )


def _check_no_money_under_way(events: QuerySet[FinanceEvent]) -> None:
    stuck = [PricingStatus.PENDING, PricingStatus.PROCESSED]
    if events.filter(pricings__status__in=stuck).exists():
        raise SiretStays("Des remboursements de ce SIRET sont bloqués ou dans un lot en cours.")
    waiting = Q(status=EventStatus.READY) | Q(pricings__status=PricingStatus.VALIDATED)
    if events.filter(waiting, incident_item__isnull=False).exists():
        raise SiretStays("Un incident de ce SIRET attend le prochain lot.")


def _put_back(events: QuerySet[FinanceEvent]) -> None:
    """Those that are not paid wait for another pricing point; their pricings are deleted."""
    ready = set(events.filter(status=EventStatus.READY).values_list("pk", flat=True))
    priced = Pricing.objects.filter(event__in=events, status=PricingStatus.VALIDATED)
    pricings = dict(priced.values_list("pk", "event_id"))
    delete_pricings(list(pricings))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE finance_financeevent
            SET status = 'PENDING', pricing_point_id = NULL, ordering_at = NULL
            WHERE id = ANY(%s)
            """,
            [sorted(ready | set(pricings.values()))],
        )


def _write(venue: Venue, siret: str | None, comment: str, *, reason: str, by: Actor) -> None:
    before = {"SIRET": venue.siret or "–", "commentaire": venue.comment or "–"}
    venue.siret, venue.comment = siret, comment
    venue.save(update_fields=["siret", "comment"])
    after = {"SIRET": venue.siret or "–", "commentaire": venue.comment or "–"}
    action_log.record(
        venue, ActionLog.Kind.MODIFIED, by=by, why=reason.strip(),
        changes=action_log.differences(before, after),
    )  # fmt: skip
