"""Custom rules: what is refused, what is priced, one line each on the justificatif (§7, §12.3)."""

import random
import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from finance.documents import invoice_context
from finance.exceptions import CustomRuleRefused
from finance.exports import csv_lines, details_of
from finance.models import CustomRule, Invoice, Pricing
from finance.services.custom_rules import RuleTerms, create_rule, end_rule
from finance.services.price_events import collect_and_price
from finance.simulation import Case, simulate
from offers.exceptions import InvalidPriceCategories, InvalidStock
from offers.services.price_categories import PriceRow, set_price_categories
from offers.services.stocks import add_stock, change_stock, set_good_stock
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import ActionLog
from tests.finance.factories import LONG_AGO, paid_venue, used_booking
from tests.finance.world import CUTOFF, DAY, NOW, old_venue, pay
from tests.offers.factories import PriceCategoryFactory, StockFactory

pytestmark = pytest.mark.django_db
BEFORE = DAY - timedelta(days=30)
MAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _in_april() -> Any:
    with clock.at(BEFORE):
        yield


@pytest.fixture
def venue() -> Any:
    return old_venue()


def rate(value: str, **facts: Any) -> RuleTerms:
    return RuleTerms(**{"first_day": MAY, "rate": Decimal(value), **facts})


def test_a_rule_keeps_its_days_and_who_made_it(venue: Any) -> None:
    rule = create_rule(
        terms=rate("0.98", venue_id=venue.pk, last_day=date(2026, 12, 31)),
        by=SYSTEM,
        why="Convention",
    )

    assert rule.started_at.isoformat() == "2026-04-30T22:00:00+00:00"
    assert rule.ended_at.isoformat() == "2026-12-31T23:00:00+00:00"
    assert (rule.first_day, rule.last_day, rule.words) == (MAY, date(2026, 12, 31), "98\u00a0%")
    log = ActionLog.objects.get()
    assert (log.kind, log.why, log.actor_label) == ("CREATED", "Convention", "PassPro")


@pytest.mark.parametrize(
    ("facts", "word", "field"),
    [
        ({"first_day": date(2026, 4, 10)}, "demain", "first_day"),
        ({"last_day": date(2026, 4, 30)}, "précède", "last_day"),
        ({"rate": Decimal(0)}, "supérieur à 0", "rate"),
        ({"rate": Decimal("1.1")}, "au plus 100", "rate"),
        ({"rate": Decimal("0.98765")}, "décimales", "rate"),
        ({"subcategories": frozenset({"CINEMA"})}, "inconnue", "subcategories"),
        ({"amount_cents": 100}, "taux", "rate"),
        ({"venue_id": None}, "Choisissez", "siren"),
    ],
)
def test_refusals_name_their_field(venue: Any, facts: Any, word: str, field: str) -> None:
    with pytest.raises(CustomRuleRefused, match=word) as refusal:
        create_rule(terms=rate("0.9", **{"venue_id": venue.pk, **facts}), by=SYSTEM)

    assert refusal.value.field == field
    assert not CustomRule.objects.exists()


def test_a_venue_without_siret_takes_no_rule() -> None:
    barn = old_venue(siret=None, comment="Prêtée")

    with pytest.raises(CustomRuleRefused, match="SIRET"):
        create_rule(terms=rate("0.9", venue_id=barn.pk), by=SYSTEM)


def test_rules_of_one_scope_do_not_overlap_unless_subcategories_differ(venue: Any) -> None:
    books = frozenset({"LIVRE_PAPIER"})
    shows = frozenset({"CONCERT"})
    first = create_rule(terms=rate("0.9", venue_id=venue.pk, subcategories=books), by=SYSTEM)
    create_rule(terms=rate("0.8", venue_id=venue.pk, subcategories=shows), by=SYSTEM)
    create_rule(terms=rate("0.7", offerer_id=venue.offerer_id), by=SYSTEM)

    for listed in (books, frozenset()):
        with pytest.raises(CustomRuleRefused, match=f"n° {first.pk}"):
            create_rule(
                terms=rate(
                    "0.5", venue_id=venue.pk, subcategories=listed, first_day=date(2027, 1, 1)
                ),
                by=SYSTEM,
            )
    end_rule(rule_id=first.pk, last_day=date(2026, 12, 31), by=SYSTEM)
    create_rule(
        terms=rate("0.5", venue_id=venue.pk, subcategories=books, first_day=date(2027, 1, 1)),
        by=SYSTEM,
    )


def test_an_end_is_given_once_and_not_in_the_past(venue: Any) -> None:
    rule = create_rule(terms=rate("0.9", venue_id=venue.pk), by=SYSTEM)

    with clock.at(NOW):
        with pytest.raises(CustomRuleRefused, match="passée"):
            end_rule(rule_id=rule.pk, last_day=date(2026, 5, 15), by=SYSTEM)
        end_rule(rule_id=rule.pk, last_day=date(2026, 5, 20), by=SYSTEM, why="Fin")
        with pytest.raises(CustomRuleRefused, match="déjà une fin"):
            end_rule(rule_id=rule.pk, last_day=date(2026, 5, 21), by=SYSTEM)

    rule.refresh_from_db()
    assert rule.last_day == date(2026, 5, 20)


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_rule(venue: Any) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def create() -> None:
        try:
            start.wait()
            with clock.at(BEFORE):
                create_rule(terms=rate("0.9", offerer_id=venue.offerer_id), by=SYSTEM)
            outcomes.append("made")
        except CustomRuleRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["made", "refused"]


def test_the_database_refuses_two_scopes_and_overlapping_offers(venue: Any) -> None:
    offer = used_booking(venue=venue, used_at=DAY).offer
    facts = {"started_at": BEFORE, "amount_cents": 10}
    CustomRule.objects.create(offer=offer, **facts)

    for wrong in ({"offer": offer}, {"offer": offer, "venue": venue}, {"venue": venue}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CustomRule.objects.create(**facts, **wrong)


def test_pricing_and_simulator_agree_on_every_scope(venue: Any) -> None:
    """Standard and custom rules, in SQL and in Python, on bookings over all the brackets."""
    dice = random.Random(7)
    barn = old_venue(offerer=venue.offerer, siret=None, comment="Prêtée")
    for place in (venue, barn):
        place.pricing_point_links.create(pricing_point=venue, started_at=LONG_AGO, opened_by="test")
    create_rule(
        terms=rate("0.9876", venue_id=venue.pk, subcategories=frozenset({"LIVRE_PAPIER"})),
        by=SYSTEM,
    )
    create_rule(
        terms=rate(
            "0.5",
            offerer_id=venue.offerer_id,
            subcategories=frozenset({"VOD", "LIVRE_PAPIER"}),
            last_day=date(2026, 5, 11),
        ),
        by=SYSTEM,
    )
    bookings = [
        used_booking(
            venue=dice.choice([venue, barn]),
            used_at=DAY + timedelta(hours=number),
            cents=dice.choice([0, 5, 10, 19_99, 30_001, 12_345_67]),
            quantity=dice.choice([1, 2]),
            subcategory=dice.choice(["CONCERT", "LIVRE_PAPIER", "VOD", "LIVRE_NUMERIQUE"]),
        )
        for number in range(60)
    ]
    offer = bookings[20].offer
    create_rule(terms=RuleTerms(first_day=MAY, offer_id=offer.pk, amount_cents=7_77), by=SYSTEM)

    collect_and_price(now=NOW)

    rules = list(CustomRule.objects.all())
    revenue = 0
    for booking in bookings:
        outcome = simulate(
            Case(
                subcategory_id=booking.offer.subcategory_id,
                unit_cents=booking.amount_cents,
                quantity=booking.quantity,
                used_at=booking.used_at,
                revenue_before_cents=revenue,
                custom=tuple(r.as_terms() for r in rules if r.offer_id in (None, booking.offer_id)),
            )
        )
        revenue = outcome.revenue_after_cents
        pricing = Pricing.objects.get(booking=booking)
        assert (pricing.rule_code or "CUSTOM") == outcome.rule_code
        assert (-pricing.amount_cents, pricing.revenue_cents) == (outcome.reimbursed_cents, revenue)
        lines = dict(pricing.lines.values_list("category", "amount_cents"))
        assert lines["OFFERER_CONTRIBUTION"] == outcome.contribution_cents
    assert Pricing.objects.filter(custom_rule__isnull=False).count() > 10


def test_each_custom_rule_has_its_line_on_the_justificatif(venue: Any) -> None:
    paid_venue(venue)
    concert = used_booking(venue=venue, used_at=DAY, cents=25_00, quantity=2)
    free = used_booking(venue=venue, used_at=DAY, cents=0)
    used_booking(venue=venue, used_at=DAY, cents=18_55, subcategory="LIVRE_PAPIER")
    used_booking(venue=venue, used_at=DAY, cents=10_00)
    for booking in (concert, free):
        create_rule(
            terms=RuleTerms(first_day=MAY, offer_id=booking.offer_id, amount_cents=18_00),
            by=SYSTEM,
        )
    create_rule(
        terms=rate("0.5", offerer_id=venue.offerer_id, subcategories=frozenset({"LIVRE_PAPIER"})),
        by=SYSTEM,
    )
    assert NOW > CUTOFF

    pay()

    invoice = Invoice.objects.get()
    assert invoice.reimbursed_cents == 36_00 + 18_00 + 9_28 + 10_00
    lines = [
        (line.group_label, line.rate, line.paid_cents, line.contribution_cents)
        for line in invoice.lines.all()
    ]
    assert lines == [
        ("Barème général", Decimal("1.0000"), 10_00, 0),
        ("Barème dérogatoire", Decimal("0.7200"), 36_00, 14_00),
        ("Barème dérogatoire", Decimal("0.5000"), 9_28, 9_27),
        ("Barème dérogatoire", Decimal("0.0000"), 18_00, -18_00),
    ]
    context = invoice_context(invoice)
    assert context["total"].paid_cents == invoice.reimbursed_cents
    text = b"".join(csv_lines(details_of(invoice))).decode()
    assert '"50\u00a0%"' in text


def test_an_offer_rule_comes_from_support_and_stops_on_differences(venue: Any) -> None:
    offer = used_booking(venue=venue, used_at=DAY, cents=25_00).offer
    facts = [
        f"--offer={offer.pk}",
        "--expected-price=25",
        "--amount=18,00",
        "--first-day=2026-05-01",
    ]

    with pytest.raises(CommandError, match="--force"):
        call_command("create_offer_rule", *facts, "--siren=000000000")
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("create_offer_rule", *facts, "--siren=1", "--offer=0")
    assert not CustomRule.objects.exists()
    call_command("create_offer_rule", *facts, f"--siren={venue.offerer.siren}")
    with pytest.raises(CommandError, match="couvre déjà"):
        call_command("create_offer_rule", *facts, f"--siren={venue.offerer.siren}")

    assert CustomRule.objects.get().amount_cents == 18_00


def test_the_price_of_an_offer_stays_while_an_amount_is_agreed(venue: Any) -> None:
    """STK-54, §7.3-4."""
    day = clock.now() + timedelta(days=40)
    stock = StockFactory(offer__venue=venue, price_cents=20_00, beginning_at=day)
    offer, full = stock.offer, stock.price_category
    full.price_cents = 20_00
    full.save()
    dear = PriceCategoryFactory(offer=offer, label="Gala", price_cents=25_00)
    good = StockFactory(offer__venue=venue, offer__good=True, undated=True, price_cents=9_00)
    for one in (offer, good.offer):
        terms = RuleTerms(first_day=MAY, last_day=MAY, offer_id=one.pk, amount_cents=5_00)
        create_rule(terms=terms, by=SYSTEM)

    add_stock(offer=offer, price_category=full, beginning_at=day + timedelta(days=1), by=SYSTEM)
    with pytest.raises(InvalidStock, match="montant de remboursement"):
        add_stock(offer=offer, price_category=dear, beginning_at=day, by=SYSTEM)
    with pytest.raises(InvalidStock):
        change_stock(stock=stock, price_category=dear, beginning_at=day, by=SYSTEM)
    with pytest.raises(InvalidPriceCategories):
        set_price_categories(
            offer=offer,
            rows=[
                PriceRow(label="Plein", price_cents=21_00, pk=full.pk),
                PriceRow(label="Gala", price_cents=25_00, pk=dear.pk),
            ],
            by=SYSTEM,
        )
    set_good_stock(offer=good.offer, price_cents=9_00, quantity=3, by=SYSTEM)
    with pytest.raises(InvalidStock):
        set_good_stock(offer=good.offer, price_cents=8_00, by=SYSTEM)

    with clock.at(clock.paris_midnight(MAY) + timedelta(days=1)):
        set_good_stock(offer=good.offer, price_cents=8_00, by=SYSTEM)
