"""What waits for the team in the demo, and what it put forward: a queue to try, a rule, a rail."""

from datetime import timedelta

from django.db.models import F

from bookings.models import Booking, LocalProgramme
from bookings.services.local_credits import grant_to_many
from finance.enums import IncidentKind
from finance.services.incidents import propose_incident, validate_incident
from offers.models import (
    Favorite,
    ModerationCondition,
    ModerationRule,
    Offer,
    SelectedOffer,
    Selection,
)
from offers.services.favorites import keep_offer
from offers.services.moderation_rules import switch_rule
from offers.services.reports import report_offer
from offers.services.tags import change_offer_tags
from passpro.accounts.models import User
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.portal.demo import people
from venues.models import Offerer, OffererTagCategory, VenueTag
from venues.services.offerers import register_offerer
from venues.services.tags import change_venue_tags

RULE = "Stages et formations chers"


def write_rule(agent: User) -> None:
    """In force before the offers of the demo are published: it holds « Stage » back (MOD-01)."""
    by = Actor.user(agent)
    rule = ModerationRule.objects.create(name=RULE)
    ModerationCondition.objects.create(
        rule=rule, field="TEXT", operator="CONTAINS", value="stage, formation, permis"
    )
    ModerationCondition.objects.create(rule=rule, field="PRICE", operator="OVER", value="100")
    switch_rule(rule_id=rule.pk, is_on=True, by=by, why="Vérifier ce qui relève du pass")


def grant_local(agent: User, young: list[User]) -> None:
    """What the region adds to the pass: Chloé's is whole, another person's will be spent first."""
    programme = LocalProgramme.objects.create(
        label="100 € de la Région",
        authority="Région Bretagne",
        amount_cents=100_00,
        starts_on=clock.today() - timedelta(days=30),
        ends_on=clock.today() + timedelta(days=300),
        department_codes=["22", "29", "35", "56"],
    )
    by = Actor.user(agent)
    action_log.record(programme, "CREATED", by=by)
    grant_to_many(programme=programme, addresses=[one.email for one in young], by=by)


def fill_queues(shop: Offerer, agent: User) -> None:
    """A structure to validate since four days, somebody who asks to join the bookshop, a note."""
    with clock.at(clock.now() - timedelta(days=4)):
        dana = people.create_newcomer("dana.quere", "Dana", "Quéré")
        register_offerer(
            user=dana,
            siren="780000030",
            name="Compagnie des Goélands",
            street="8 rue du Couédic",
            postal_code="29200",
            city="Brest",
            by=Actor.user(dana),
        )
    with clock.at(clock.now() - timedelta(hours=6)):
        erwan = people.create_newcomer("erwan.legall", "Erwan", "Le Gall")
        register_offerer(user=erwan, siren=shop.siren, by=Actor.user(erwan))
    action_log.add_note(
        shop, text="Nouvelle gérante en janvier : rappeler pour le RIB.", by=Actor.user(agent)
    )


def put_forward(agent: User) -> None:
    """A local rail on the home page of young people of Finistère (STR-005)."""
    today = clock.today()
    selection = Selection.objects.create(
        title="Les temps forts de la rade",
        promoter="Ville de Brest",
        department_codes=["29"],
        starts_on=today - timedelta(days=3),
        ends_on=today + timedelta(days=45),
    )
    offers = Offer.objects.bookable(clock.now()).order_by("pk")[:4]
    for rank, offer in enumerate(offers, 1):
        SelectedOffer.objects.create(selection=selection, offer=offer, rank=rank)
    action_log.record(selection, "CREATED", by=Actor.user(agent))
    _label(offers[0], agent)


def _label(offer: Offer, agent: User) -> None:
    """An offer and its venue belong to a festival; the label ends with it."""
    today = clock.today()
    drawer = OffererTagCategory.objects.get_or_create(label="Temps forts")[0]
    tag = VenueTag.objects.create(
        label="Festival de la rade",
        description="Lieux et offres du festival, pour la lettre du mois.",
        starts_on=today - timedelta(days=3),
        ends_on=today + timedelta(days=45),
    )
    tag.categories.add(drawer)
    action_log.record(tag, "CREATED", by=Actor.user(agent))
    by = Actor.user(agent)
    change_venue_tags(venue_id=offer.venue_id, put=[tag], take=[], by=by)
    change_offer_tags(offer_id=offer.pk, put=[tag], take=[], by=by)


def keep_and_report(young: User) -> None:
    """What a young person put aside, one of them since dearer, and an offer that she reported."""
    offers = list(Offer.objects.bookable(clock.now()).order_by("pk")[:4])
    with clock.at(clock.now() - timedelta(days=2)):
        for offer in offers[:3]:
            keep_offer(user=young, offer=offer)
    kept = Favorite.objects.filter(user=young, offer=offers[0])
    kept.update(price_cents=F("price_cents") - 2_00)
    report_offer(user=young, offer=offers[-1], reason="OTHER", text="Le lien ne mène nulle part.")


def correct_payments(offerer: Offerer, proposes: User, validates: User) -> None:
    """After payments: one incident waits for a second person, another goes with the next batch."""
    paid = list(
        Booking.objects.filter(offerer=offerer, status="REIMBURSED", amount_cents__gt=0)
        .order_by("used_at", "pk")
        .values_list("countermark", flat=True)[:2]
    )
    origins = ("Séance comptée deux fois", "Tarif réduit oublié")
    for countermark, origin in zip(paid, origins, strict=False):
        incident = propose_incident(
            kind=IncidentKind.OVERPAYMENT,
            countermarks=[countermark],
            origin=origin,
            amount_cents=100,
            by=Actor.user(proposes),
        )
        if origin == origins[0]:
            validate_incident(incident_id=incident.pk, by=Actor.user(validates))
