"""Make a custom rule, or end one (§7.3); a rule never touches uses of the past."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from finance.exceptions import CustomRuleRefused
from finance.models import CustomRule
from offers.models import Offer
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from passpro.reference.categories import SUBCATEGORIES
from venues.models import Offerer, Venue

_CODES = frozenset(item.id for item in SUBCATEGORIES)


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """As typed: days of Paris, both included; a rate for places, an amount per unit for an offer.

    Exactly one of `offer_id`, `venue_id`, `offerer_id`.
    """

    first_day: date
    last_day: date | None = None
    offer_id: int | None = None
    venue_id: int | None = None
    offerer_id: int | None = None
    rate: Decimal | None = None
    amount_cents: int | None = None
    subcategories: frozenset[str] = field(default_factory=frozenset)


@transaction.atomic
def create_rule(*, terms: RuleTerms, by: Actor, why: str = "") -> CustomRule:
    """Store a rule that starts tomorrow at the earliest; two people at once wait for each other.

    Raises CustomRuleRefused, whose field says what to correct; an overlap names the rules (§7.3-2).
    """
    _check_shape(terms)
    _lock_scope(terms)
    tomorrow = clock.today() + timedelta(days=1)
    if terms.first_day < tomorrow:
        raise CustomRuleRefused("Un tarif commence demain au plus tôt.", field="first_day")
    if terms.last_day is not None and terms.last_day < terms.first_day:
        raise CustomRuleRefused("Le dernier jour précède le premier.", field="last_day")
    started_at = clock.paris_midnight(terms.first_day)
    ended_at = _after(terms.last_day) if terms.last_day else None
    overlapping = _overlapping(terms, started_at, ended_at)
    if overlapping:
        named = ", ".join(f"n° {pk}" for pk in overlapping)
        raise CustomRuleRefused(f"Un autre tarif couvre déjà ces dates : {named}.", field=None)
    rule = CustomRule.objects.create(
        offer_id=terms.offer_id,
        venue_id=terms.venue_id,
        offerer_id=terms.offerer_id,
        subcategories=sorted(terms.subcategories) if terms.offer_id is None else [],
        rate=terms.rate,
        amount_cents=terms.amount_cents,
        started_at=started_at,
        ended_at=ended_at,
        created_at=clock.now(),
    )
    action_log.record(rule, ActionLog.Kind.CREATED, by=by, why=why)
    return rule


def is_amount_agreed(offer_id: int) -> bool:
    """§7.3-4, STK-54: an amount per unit of this offer runs now or will; its price stays then."""
    ahead = Q(ended_at__isnull=True) | Q(ended_at__gt=clock.now())
    return CustomRule.objects.filter(ahead, offer_id=offer_id).exists()


@transaction.atomic
def end_rule(*, rule_id: int, last_day: date, by: Actor, why: str = "") -> CustomRule:
    """§7.3-3: give an end to a rule that has none; today at the earliest is already paid on it.

    Raises CustomRuleRefused.
    """
    rule = CustomRule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule_id)
    if rule.ended_at is not None:
        raise CustomRuleRefused("Ce tarif a déjà une fin.", field=None)
    if last_day < clock.today():
        raise CustomRuleRefused("La fin ne peut pas être passée.", field="last_day")
    if last_day < rule.first_day:
        raise CustomRuleRefused("Le dernier jour précède le premier.", field="last_day")
    rule.ended_at = _after(last_day)
    rule.save(update_fields=["ended_at"])
    changes = {"dernier jour": ["–", f"{last_day:%d/%m/%Y}"]}
    action_log.record(rule, ActionLog.Kind.MODIFIED, by=by, why=why, changes=changes)
    return rule


def _after(last_day: date) -> datetime:
    """§7.1-5: the last day D is stored as D+1 00:00 Paris."""
    return clock.paris_midnight(last_day + timedelta(days=1))


def _check_shape(terms: RuleTerms) -> None:
    if len([pk for pk in (terms.offer_id, terms.venue_id, terms.offerer_id) if pk]) != 1:
        raise CustomRuleRefused("Choisissez une offre, un lieu ou une structure.", field="siren")
    if terms.offer_id:
        if terms.rate is not None or not terms.amount_cents or terms.amount_cents < 0:
            raise CustomRuleRefused(
                "Une offre a un montant par unité, supérieur à zéro.", field="amount"
            )
    elif terms.amount_cents is not None or terms.rate is None or not 0 < terms.rate <= 1:
        raise CustomRuleRefused("Le taux est supérieur à 0 et au plus 100 %.", field="rate")
    elif terms.rate != terms.rate.quantize(Decimal("0.0001")):
        raise CustomRuleRefused("Un taux a au plus deux décimales de pour-cent.", field="rate")
    unknown = sorted(terms.subcategories - _CODES)
    if unknown:
        raise CustomRuleRefused(
            f"Sous-catégorie inconnue : {', '.join(unknown)}.", field="subcategories"
        )


def _lock_scope(terms: RuleTerms) -> None:
    """Rules of one offer, venue or structure are made one after the other."""
    if terms.venue_id:
        venue = Venue.objects.lock_for_change(terms.venue_id)
        if not venue.siret:
            raise CustomRuleRefused("Ce lieu n’a pas de SIRET.", field="siret")
    elif terms.offerer_id:
        Offerer.objects.lock_for_change(terms.offerer_id)
    elif terms.offer_id:
        Offer.objects.select_for_update(of=("self",), no_key=True).get(pk=terms.offer_id)


def _overlapping(terms: RuleTerms, started_at: datetime, ended_at: datetime | None) -> list[int]:
    """§7.3-2: same scope object, common dates, and a common subcategory (no list = all)."""
    rules = CustomRule.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=started_at),
        offer=terms.offer_id,
        venue=terms.venue_id,
        offerer=terms.offerer_id,
    )
    if ended_at is not None:
        rules = rules.filter(started_at__lt=ended_at)
    return [
        rule.pk
        for rule in rules.order_by("pk")
        if not terms.subcategories
        or not rule.subcategories
        or terms.subcategories & set(rule.subcategories)
    ]
