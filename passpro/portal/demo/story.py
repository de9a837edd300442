"""Build the demo's world through the services, moving the clock from a quarter ago to today."""

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import cycle, islice

from django.core.files.uploadedfile import SimpleUploadedFile
from stdnum import luhn

from bookings.models import Booking
from bookings.services.book import book_offer
from bookings.services.countermark import validate_countermark
from bookings.services.deposits import grant_deposit
from finance.enums import BankAccountStatus
from finance.services.bank_account import decide_bank_account, file_bank_account, link_venues
from finance.services.custom_rules import RuleTerms, create_rule
from offers.models import Offer
from offers.services.details import OfferDetails
from offers.services.draft import draft_offer
from offers.services.price_categories import PriceRow, set_price_categories
from offers.services.publish import pause_offer, publish_offer
from offers.services.stocks import add_stock, set_good_stock
from passpro.accounts.models import User
from passpro.jobs import JOBS, run_job
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.models import JobRun
from passpro.portal.demo import (
    back_office,
    codes,
    lives,
    long_work,
    money_queues,
    people,
    places,
    posters,
    schools,
    teams,
    tickets,
)
from passpro.portal.demo.catalogue import BOOKSHOP, THEATRE, Good, Show
from passpro.registers.companies_sandbox import SandboxCompanies
from venues.models import Offerer, Venue
from venues.services.api_keys import issue_api_key
from venues.services.offerers import register_offerer, validate_offerer
from venues.services.venues import open_venue

logger = logging.getLogger(__name__)

OPENING = timedelta(days=75)
# Real bank codes with invented account numbers.
THEATRE_IBAN, THEATRE_BIC = "FR7630006000011234567890189", "AGRIFRPP"
SHOP_IBAN, SHOP_BIC = "FR7630004000031234567890143", "BNPAFRPP"
RIB = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_WITHDRAWALS = {
    "on_site": "À l’accueil, avec une pièce d’identité.",
    "by_email": "Envoyé à l’adresse de votre compte ; pensez aux indésirables.",
    "no_ticket": "Votre nom est sur la liste, à l’entrée.",
}
ACCESSIBLE = {
    "visual_accessible": False,
    "mental_accessible": True,
    "motor_accessible": True,
    "audio_accessible": False,
}


class Story:
    """Tells the quarter; every step goes through the services, at its own moment."""

    def __init__(self, say: Callable[[str], object] = lambda line: None) -> None:
        self.now = clock.now()
        self.say = say
        self.api_key = ""
        self.partner_key = ""

    def tell(self) -> None:
        start = self.now - OPENING
        with clock.at(start):
            self._people()
            theatre = self._structure(
                self.alice,
                "780000006",
                "Théâtre des Embruns",
                {"street": "12 quai du Port", "postal_code": "29200", "city": "Brest"},
                at=("48.38310", "-4.48550"),
            )
            shop = self._structure(
                self.bob,
                "780000014",
                "Librairie Page 29",
                {"street": "3 place au Beurre", "postal_code": "29000", "city": "Quimper"},
                at=("47.99630", "-4.10270"),
            )
            self._bank(self.alice, theatre, THEATRE_IBAN, THEATRE_BIC)
            self._bank(self.bob, shop, SHOP_IBAN, SHOP_BIC)
            create_rule(
                terms=RuleTerms(
                    first_day=clock.today() + timedelta(days=1),
                    offerer_id=shop.pk,
                    rate=Decimal("0.98"),
                    subcategories=frozenset({"SUPPORT_PHYSIQUE_MUSIQUE_VINYLE"}),
                ),
                by=self._by(self.farid),
                why="Convention de la filière musique",
            )
            _, self.api_key = issue_api_key(
                offerer_id=theatre.pk, label="Billetterie", user=self.alice, by=self._by(self.alice)
            )
            self.partner_key = places.create_partners(self.farid)
            places.fill_catalogue()
        self._dress(theatre, shop)
        teams.fill_teams(theatre, self.alice, self.farid, self.now)
        self.say("Structures, lieux et comptes bancaires : faits.")
        back_office.write_rule(self.farid)
        self._offers(theatre, shop)
        hall = theatre.venues.get(siret__isnull=False)
        tickets.sell_by_partner(hall, self.alice, self.young, self.now)
        codes.give_codes(shop, self.bob, self.young[2:], self.now)
        posters.dress_offers(self.alice)
        long_work.import_offers(theatre, shop, self.alice, self.bob)
        long_work.read_stocks(shop, self.bob)
        long_work.repeat_dates(self.alice)
        long_work.pause_again(self.bob)
        back_office.fill_queues(shop, self.farid)
        money_queues.file_account(shop, self.bob, RIB)
        back_office.put_forward(self.farid)
        back_office.keep_and_report(self.young[0])
        self.say("Offres et réservations : faites.")
        schools.fill_schools(theatre, self.alice, self.farid, self.now)
        self.say("Écoles, budgets et offres scolaires : faits.")
        self._fortnights(start)
        money_queues.make_batch_by_hand(self.farid)
        back_office.correct_payments(theatre, self.farid, self.gaelle)
        money_queues.send_back(self.farid)
        self.say("Quinzaines passées : valorisées, mises en lot.")
        lives.create_help(self.now)
        lives.count_views(self.now)
        lives.cut_network(self.alice, self.now)
        lives.close_accounts(self.farid, self.young[-1], self.now)
        for job in JOBS:
            JobRun.objects.update_or_create(name=job.name, defaults={"last_run_at": self.now})
        money_queues.give_a_message_up()

    @staticmethod
    def _by(user: User) -> Actor:
        return Actor.user(user)

    def _people(self) -> None:
        self.alice = people.create_venue_staff("alice")
        self.bob = people.create_venue_staff("bob")
        self.farid, self.gaelle = people.create_agents()
        self.young = people.create_young_people()
        for person in self.young:
            grant_deposit(beneficiary=person, by=self._by(self.farid))
        back_office.grant_local(self.farid, [self.young[0], *self.young[2:4]])
        self.turn = cycle(self.young[2:])

    def _structure(
        self, owner: User, siren: str, name: str, address: dict[str, str], *, at: tuple[str, str]
    ) -> Offerer:
        membership = register_offerer(
            user=owner,
            siren=siren,
            by=self._by(owner),
            name=name,
            company=SandboxCompanies().company(siren),
            **address,
        )
        offerer = validate_offerer(offerer_id=membership.offerer_id, by=self._by(self.farid))
        open_venue(
            offerer_id=offerer.pk,
            siret=_siret(siren),
            by=self._by(owner),
            name=name,
            public_name=name,
            booking_email=f"reservations@{people.DOMAIN}",
            latitude=Decimal(at[0]),
            longitude=Decimal(at[1]),
            **address,
            **ACCESSIBLE,
        )
        return offerer

    def _dress(self, theatre: Offerer, shop: Offerer) -> None:
        """What each venue tells; the requests to ADAGE move in the weeks that follow."""
        hall = theatre.venues.get(siret__isnull=False)
        counter = shop.venues.get(siret__isnull=False)
        with clock.at(self.now - OPENING):
            places.dress_theatre(hall, self.alice, self.farid, self.now)
            places.dress_shop(counter, self.bob, self.farid, self.now)

    def _bank(self, owner: User, offerer: Offerer, iban: str, bic: str) -> None:
        account = file_bank_account(
            offerer_id=offerer.pk,
            iban=iban,
            bic=bic,
            label="Compte principal",
            rib=SimpleUploadedFile("rib.pdf", RIB, content_type="application/pdf"),
            by=self._by(owner),
        )
        decide_bank_account(
            bank_account_id=account.pk, to=BankAccountStatus.ACCEPTED, by=self._by(self.farid)
        )
        link_venues(
            offerer_id=offerer.pk,
            bank_account_id=account.pk,
            venue_ids=set(offerer.venues.filter(is_virtual=False).values_list("pk", flat=True)),
            by=self._by(owner),
            as_default=True,
        )

    def _offers(self, theatre: Offerer, shop: Offerer) -> None:
        hall = theatre.venues.get(siret__isnull=False)
        counter = shop.venues.get(siret__isnull=False)
        with clock.at(self.now - OPENING):
            # Nobody has chosen its SIRET yet: its money waits, and the page says why.
            kiosk = open_venue(
                offerer_id=theatre.pk,
                comment="Kiosque prêté par la commune",
                by=self._by(self.alice),
                name="Kiosque du Port",
                booking_email=f"reservations@{people.DOMAIN}",
                street="Promenade du Port",
                postal_code="29200",
                city="Brest",
                latitude=Decimal("48.38120"),
                longitude=Decimal("-4.49010"),
                **ACCESSIBLE,
            )
        for show in THEATRE:
            self._show(theatre, kiosk if show.outside else hall, show)
        for good in BOOKSHOP:
            self._good(shop, counter, good)

    def _moment(self, day: int, hour: int, minute: int) -> datetime:
        local = (self.now + timedelta(days=day)).astimezone(clock.PARIS)
        return datetime.combine(local.date(), time(hour, minute), tzinfo=clock.PARIS)

    def _show(self, offerer: Offerer, venue: Venue, show: Show) -> None:
        first = min(self._moment(*when[:3]) for when in show.dates)
        published = min(first - timedelta(days=14), self.now - timedelta(days=3))
        with clock.at(max(published, self.now - OPENING)):
            details = OfferDetails(
                title=show.title,
                subcategory_id=show.subcategory_id,
                description=show.description,
                extra_data=show.extra,
                duration_minutes=show.minutes,
                is_duo=show.is_duo,
                withdrawal_type=show.withdrawal,
                withdrawal_delay_seconds={"on_site": 1800, "by_email": 86_400}.get(show.withdrawal),
                withdrawal_details=_WITHDRAWALS.get(show.withdrawal, ""),
                booking_contact=f"billetterie@{people.DOMAIN}",
                notification_email=f"reservations@{people.DOMAIN}",
                **ACCESSIBLE,
            )
            offer = draft_offer(
                offerer=offerer, venue=venue, details=details, by=self._by(self.alice)
            )
            prices = set_price_categories(
                offer=offer,
                rows=[PriceRow(label=label, price_cents=cents) for label, cents in show.prices],
                by=self._by(self.alice),
                is_duo=show.is_duo,
            )
            stocks = [
                add_stock(
                    offer=offer,
                    price_category=prices[number % len(prices)],
                    beginning_at=self._moment(day, hour, minute),
                    by=self._by(self.alice),
                    quantity=places,
                )
                for number, (day, hour, minute, places, _) in enumerate(show.dates)
            ]
            self._publish(offer, show.end_state)
        for stock, (*_, booked) in zip(stocks, show.dates, strict=True):
            begins = stock.beginning_at or self.now
            since = min(begins - timedelta(days=6), self.now - timedelta(days=2))
            self._book(stock.pk, booked, since, self._desk_at(begins))

    def _publish(self, offer: Offer, end_state: str) -> None:
        by = self._by(self.alice)
        if end_state == "draft":
            return
        planned = self._moment(7, 9, 0) if end_state == "scheduled" else None
        publish_offer(offer=offer, by=by, publication_at=planned)
        if end_state == "paused":
            pause_offer(offer=offer, by=by)

    def _desk_at(self, begins: datetime) -> datetime | None:
        """The evening itself when it is past; None leaves the bookings confirmed."""
        arrival = begins - timedelta(minutes=20)
        return arrival if arrival < self.now else None

    def _good(self, offerer: Offerer, venue: Venue, good: Good) -> None:
        with clock.at(self.now - timedelta(days=30)):
            details = OfferDetails(
                title=good.title,
                subcategory_id=good.subcategory_id,
                description=good.description,
                extra_data=good.extra,
                url=good.url,
                notification_email=f"commandes@{people.DOMAIN}",
                **ACCESSIBLE,
            )
            offer = draft_offer(
                offerer=offerer,
                venue=None if good.url else venue,
                details=details,
                by=self._by(self.bob),
            )
            stock = set_good_stock(
                offer=offer, price_cents=good.cents, quantity=good.copies, by=self._by(self.bob)
            )
            publish_offer(offer=offer, by=self._by(self.bob))
        booked_at = self.now - timedelta(days=3)
        self._book(stock.pk, good.booked, booked_at, booked_at + timedelta(days=1), share=2)

    def _book(
        self, stock_id: int, count: int, since: datetime, desk_at: datetime | None, share: int = 3
    ) -> None:
        """`count` young people book an hour apart; at the desk, one in `share` is not scanned."""
        booked: list[Booking] = []
        for number, person in enumerate(islice(self.turn, count)):
            with clock.at(since + timedelta(hours=number)):
                try:
                    booked.append(
                        book_offer(
                            beneficiary=person, stock_id=stock_id, quantity=1, by=self._by(person)
                        )
                    )
                except DomainError as refusal:
                    # The crowd already saw this show, or spent its credit: as in real life.
                    logger.debug("A demo booking was refused.", extra={"code": refusal.code})
        if desk_at is None:
            return
        owner = self.alice if booked and booked[0].offer.is_event else self.bob
        for number, booking in enumerate(booked):
            if number % share != share - 1:
                with clock.at(desk_at + timedelta(minutes=number)):
                    validate_countermark(countermark=booking.countermark, by=self._by(owner))

    def _fortnights(self, start: datetime) -> None:
        """Play each night's validations and each cut-off since the beginning."""
        day = clock.paris_midnight(clock.paris_day(start))
        names = {job.name for job in JOBS}
        while day < self.now:
            run_job("auto_validate", day)
            if clock.paris_day(day).day in {1, 16} and "make_batch" in names:
                run_job("make_batch", day + timedelta(hours=5))
            day = clock.paris_midnight(clock.paris_day(day + timedelta(hours=30)))
        if "price_events" in names:
            run_job("price_events", self.now)


def _siret(siren: str) -> str:
    body = f"{siren}0001"
    return body + luhn.calc_check_digit(body)
