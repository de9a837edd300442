"""Which venue's yearly revenue sets the rate (§3, VEN-20 to VEN-22)."""

from datetime import datetime

from django.db import connection, transaction

from finance.exceptions import DecisionNeedsReason, PricingPointRefused
from finance.models import VenuePricingPointLink
from finance.permissions import check_administrator
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from venues.models import Offerer, Venue

# §3.6: the link active at the use date, else the later one that is still open.
# A link to a venue that has lost its SIRET counts no more (VEN-25), nor one withdrawn (VEN-21).
# {venue} and {moment} are SQL expressions of the query around it.
LINK_OF_BOOKING = """
    LEFT JOIN LATERAL (
        SELECT l.pricing_point_id, l.started_at
        FROM finance_venuepricingpointlink l
        JOIN venues_venue point ON point.id = l.pricing_point_id AND point.siret IS NOT NULL
        WHERE l.venue_id = {venue} AND NOT l.is_withdrawn
          AND ((l.started_at <= {moment} AND (l.ended_at IS NULL OR l.ended_at > {moment}))
            OR (l.started_at > {moment} AND l.ended_at IS NULL))
        ORDER BY l.started_at LIMIT 1
    ) link ON true
"""


@transaction.atomic
def choose_pricing_point(
    *, venue_id: int, pricing_point_id: int, by: Actor
) -> VenuePricingPointLink:
    """The administrator says which venue with SIRET sets the rate of a venue without (§3.3).

    Final for members (VEN-21). The uses that waited for it are priced by the next run. Raises
    PricingPointRefused (field `pricing_point`; CANNOT_LINK_VENUE_TO_PRICING_POINT, 400),
    NotAllowed.
    """
    venue = _locked(venue_id)
    check_administrator(by, venue.offerer)
    target = _target(venue, pricing_point_id)
    if VenuePricingPointLink.objects.open().filter(venue=venue).exists():
        raise PricingPointRefused(
            f"Le SIRET de « {venue.shown_name} » est déjà choisi. Ce choix est définitif : "
            "écrivez au support pour le corriger."
        )
    link = VenuePricingPointLink.objects.create(
        venue=venue, pricing_point=target, started_at=clock.now(), opened_by=by.label
    )
    wake_pending(venue_ids=[venue.pk])
    return link


@transaction.atomic
def change_pricing_point(
    *, venue_id: int, pricing_point_id: int, by: Actor, why: str
) -> VenuePricingPointLink:
    """The team corrects the choice (§3.4): the old link is closed at the instant the new one opens.

    Uses before it keep the rate of the old one (§3.6). The same choice again changes nothing.
    Raises PricingPointRefused, DecisionNeedsReason.
    """
    why = why.strip()
    if not why:
        raise DecisionNeedsReason("Dites pourquoi : le motif est gardé.", field="why")
    venue = _locked(venue_id)
    target = _target(venue, pricing_point_id)
    links = VenuePricingPointLink.objects.open().filter(venue=venue)
    current: VenuePricingPointLink | None = links.first()
    if current is not None and current.pricing_point_id == target.pk:
        return current
    now = clock.now()
    links.update(ended_at=now, closed_by=by.label)
    link = VenuePricingPointLink.objects.create(
        venue=venue, pricing_point=target, started_at=now, opened_by=by.label, why=why
    )
    wake_pending(venue_ids=[venue.pk])
    return link


def _locked(venue_id: int) -> Venue:
    """The venue, its structure locked: choices of one structure are made one after the other."""
    venue = Venue.objects.get(pk=venue_id)
    Offerer.objects.lock_for_change(venue.offerer_id)
    return Venue.objects.select_related("offerer").get(pk=venue_id)


def _target(venue: Venue, pricing_point_id: int) -> Venue:
    """§3.5."""
    if venue.siret:
        raise PricingPointRefused(f"« {venue.shown_name} » a son propre SIRET.")
    target = Venue.objects.filter(pk=pricing_point_id).first()
    if target is None:
        raise PricingPointRefused("Ce lieu n’existe pas.")
    if target.offerer_id != venue.offerer_id:
        raise PricingPointRefused("Ce lieu appartient à une autre structure.")
    if not target.siret:
        raise PricingPointRefused("Choisissez un lieu qui a un SIRET.")
    return target


@transaction.atomic
def ensure_own_pricing_points(*, offerer_id: int | None = None) -> int:
    """§3.2: a venue with SIRET is its own pricing point from its creation; answers how many.

    Set-based and lazy, as venues does not know finance. A venue that was given its SIRET later
    leaves the one it had chosen, and starts where that link ended. Running it again writes nothing.
    """
    params = {"offerer": offerer_id, "now": clock.now(), "by": SYSTEM.label}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE finance_venuepricingpointlink l
            SET ended_at = GREATEST(%(now)s, l.started_at), closed_by = %(by)s
            FROM venues_venue v
            WHERE v.id = l.venue_id AND l.ended_at IS NULL AND l.pricing_point_id <> l.venue_id
              AND v.siret IS NOT NULL
              AND (%(offerer)s::bigint IS NULL OR v.offerer_id = %(offerer)s)
            """,
            params,
        )
        cursor.execute(
            """
            INSERT INTO finance_venuepricingpointlink
                (venue_id, pricing_point_id, started_at, opened_by, closed_by, why, is_withdrawn)
            SELECT v.id, v.id, GREATEST(v.created_at, max(l.ended_at)), %(by)s, '', '', false
            FROM venues_venue v
            LEFT JOIN finance_venuepricingpointlink l ON l.venue_id = v.id
            WHERE v.siret IS NOT NULL
              AND (%(offerer)s::bigint IS NULL OR v.offerer_id = %(offerer)s)
            GROUP BY v.id
            HAVING NOT COALESCE(bool_or(l.ended_at IS NULL AND l.id IS NOT NULL), false)
            ON CONFLICT DO NOTHING
            """,
            params,
        )
        return int(cursor.rowcount)


ONLY_CHOICE = "Seul lieu de la structure avec un SIRET"


@transaction.atomic
def settle_digital_venues(*, now: datetime, venue_ids: list[int] | None = None) -> int:
    """Point digital venues at the only SIRET of their structure, so that no money waits for ever.

    There is one possible answer to the question of §3.3: it is given when money waits for it, or
    when these venues are linked to an account. Two SIRET: the administrator chooses. Answers how
    many; running it again writes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO finance_venuepricingpointlink
                (venue_id, pricing_point_id, started_at, opened_by, closed_by, why, is_withdrawn)
            SELECT v.id, min(target.id), %(now)s, %(by)s, '', %(why)s, false
            FROM venues_venue v
            JOIN venues_venue target
                ON target.offerer_id = v.offerer_id AND target.siret IS NOT NULL
            WHERE v.is_virtual
              AND CASE WHEN %(venues)s::bigint[] IS NULL THEN EXISTS (
                      SELECT 1 FROM finance_financeevent e
                      WHERE e.venue_id = v.id AND e.status = 'PENDING')
                  ELSE v.id = ANY(%(venues)s) END
              AND NOT EXISTS (
                  SELECT 1 FROM finance_venuepricingpointlink l WHERE l.venue_id = v.id)
            GROUP BY v.id HAVING count(*) = 1
            ON CONFLICT DO NOTHING
            """,
            {"now": now, "by": SYSTEM.label, "why": ONLY_CHOICE, "venues": venue_ids},
        )
        return int(cursor.rowcount)


@transaction.atomic
def wake_pending(*, venue_ids: list[int] | None = None) -> int:
    """§2.3-4: PENDING events whose venue got a pricing point become READY, in one statement."""
    link = LINK_OF_BOOKING.format(venue="e.venue_id", moment="e.value_at")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE finance_financeevent target
            SET status = 'READY', pricing_point_id = found.pricing_point_id,
                ordering_at = found.ordering_at
            FROM (
                SELECT e.id, link.pricing_point_id,
                       GREATEST(e.value_at, s.beginning_at, link.started_at) AS ordering_at
                FROM finance_financeevent e
                JOIN bookings_booking b ON b.id = e.booking_id
                JOIN offers_stock s ON s.id = b.stock_id
                {link}
                WHERE e.status = 'PENDING' AND link.pricing_point_id IS NOT NULL
                  AND (%(venues)s::bigint[] IS NULL OR e.venue_id = ANY(%(venues)s))
            ) found
            WHERE target.id = found.id AND target.status = 'PENDING'
            """,  # noqa: S608 - constant text
            {"venues": venue_ids},
        )
        return int(cursor.rowcount)


def current_pricing_points(venue_ids: list[int], *, now: datetime) -> set[int]:
    """Ids of the venues that have a pricing point now."""
    return set(
        VenuePricingPointLink.objects.at(now)
        .filter(venue__in=venue_ids)
        .values_list("venue_id", flat=True)
    )
