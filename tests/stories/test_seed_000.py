"""Seed 000 at its printed instants: history, expiry, deadline notice, list by state, card."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from collective.enums import SchoolRole
from collective.models import CollectiveBooking, CollectiveOffer
from collective.services import book, cancel, dates, jobs, publish
from collective.services.dates import Terms, set_terms
from collective.services.details import Details, address_to_school, create_draft
from finance.services.price_events import collect_and_price
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from tests.accounts.factories import UserFactory
from tests.collective.factories import (
    BudgetFactory,
    InstitutionFactory,
    ReferencedVenueFactory,
    SchoolYearFactory,
)
from tests.collective.test_pages import entered
from tests.finance.factories import LONG_AGO, paid_venue
from tests.finance.world import NOW as PAID_AT
from tests.finance.world import pay
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
BY = Actor("USER", "Legilog Legie")


def paris(day, month, hour=0, minute=0, second=0):
    return datetime(2026, month, day, hour, minute, second, tzinfo=PARIS).astimezone(UTC)


@pytest.fixture
def venue():
    with clock.at(paris(1, 4)):
        SchoolYearFactory()
        return ReferencedVenueFactory(
            name="Legilog - Harmonie",
            street="10 Rue de la Guerlande",
            postal_code="71880",
            city="Châtenoy-le-Royal",
            department_code="71",
            created_at=LONG_AGO,
        )


@pytest.fixture
def partner(venue):
    client = Client()
    client.force_login(MembershipFactory(offerer=venue.offerer, user=UserFactory()).user)
    return client


@pytest.fixture
def arbez():
    return InstitutionFactory(
        kind="LYCEE POLYVALENT", name="LYC METIER ARBEZ CARME", city="Oyonnax"
    )


def published(venue, school, title, *, at, starts_at, limit, cents=200_00, participants=27):
    """Created and published by the services at one instant."""
    with clock.at(at):
        offer = create_draft(
            venue=venue,
            by=BY,
            details=Details(
                title=title,
                description="LE LAC DES CYGNES 28/05/2026 14:30\nSpectacle produit par XXXX.",
                domain_ids=[15],
                formats=["REPRESENTATION"],
                level_ids=["GENERAL2", "GENERAL1"],
                duration_minutes=75,
                location="ADDRESS",
                location_label="Legilog",
                location_street="10 Rue de la Guerlande",
                location_postal_code="71880",
                location_city="Châtenoy-le-Royal",
                contact_email="monemaildecontact@legilog.example",
                booking_emails=["monemaildenotification@legilog.example"],
            ),
        )
        set_terms(
            offer_id=offer.pk,
            terms=Terms(
                starts_at=starts_at,
                ends_at=starts_at,
                booking_limit_at=limit,
                price_cents=cents,
                participants=participants,
                price_detail="ACCOMPAGNATEUR GROUPE à 0,00 € x 2\n"
                "SCOLAIRE SECONDAIRE à 8,00 € x 25",
            ),
            by=BY,
        )
        address_to_school(offer_id=offer.pk, institution=school, teacher=None, by=BY)
        publish.publish_offer(offer_id=offer.pk, by=BY)
    return CollectiveOffer.objects.get(pk=offer.pk)


def prebooked(offer):
    return book.prebook(
        offer_id=offer.pk,
        visitor=book.Visitor(
            email="enseignant@ac.example",
            uai=offer.institution.uai,
            first_name="Claire",
            last_name="Vidal",
            may_prebook=True,
        ),
    )


def page_of(client, offer):
    page = client.get(reverse("collective:detail", args=[offer.pk])).content.decode()
    return page.replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_the_history_of_the_11_of_may(venue, partner, arbez):
    charpak = InstitutionFactory()
    versoie = InstitutionFactory(kind="LYCEE", name="DE LA VERSOIE")
    event, limit = paris(20, 6, 14), paris(29, 5)
    first = published(venue, charpak, "D-00011", at=paris(10, 5), starts_at=event, limit=limit)
    other = published(venue, charpak, "D-00012", at=paris(10, 5), starts_at=event, limit=limit)
    late = published(venue, versoie, "D-00014", at=paris(10, 5), starts_at=event, limit=limit)
    with clock.at(paris(11, 5, 15, 52, 50)):
        prebooked(first)
    second = published(
        venue, arbez, "D-00013", at=paris(11, 5, 16, 2, 53), starts_at=event, limit=limit
    )
    with clock.at(paris(11, 5, 16, 5, 58)):
        cancel.cancel_booking(offer_id=first.pk, by=BY)
    with clock.at(paris(11, 5, 16, 7, 21)):
        publish.archive_offer(offer_id=other.pk, by=BY)
    with clock.at(paris(11, 5, 16, 45, 54)):
        dates.change_deadline(offer_id=late.pk, booking_limit_at=paris(5, 6), by=BY)

        pages = {one.title: page_of(partner, one) for one in (first, second, other, late)}
        operations = operations_of(partner)
    for instant in ("15:52:50", "16:02:53", "16:05:58", "16:07:21", "16:45:54"):
        assert f"11/05/2026 {instant}" in operations
    assert "Modification date limite" in operations
    assert "DE LA VERSOIE" in operations
    assert str(late.changes.latest("pk").pk) in operations
    assert "11/05/2026 15:52:50" in pages["D-00011"]
    assert "11/05/2026 16:05:58" in pages["D-00011"]
    assert "Annulée par le partenaire culturel" in pages["D-00011"]
    assert "11/05/2026 16:02:53" in pages["D-00013"]
    assert "11/05/2026 16:07:21" in pages["D-00012"]
    assert "11/05/2026 16:45:54" in pages["D-00014"]
    assert "Modification date limite" in pages["D-00014"]
    for words in ("Préréservée", "Annulée"):
        assert words in pages["D-00011"]
    assert "Archivée" in pages["D-00012"]


def test_an_offer_nobody_prebooked_expires_at_midnight(venue, partner, arbez):
    offer = published(
        venue, arbez, "D-00001", at=paris(4, 5, 10, 10, 44), starts_at=paris(20, 5, 14),
        limit=paris(5, 5),
    )  # fmt: skip

    with clock.at(paris(5, 5, 0, 5)):
        assert jobs.expire(now=clock.now()) == {"expired": 0, "unbooked": 1}
        page = page_of(partner, offer)
        assert jobs.expire(now=clock.now()) == {"expired": 0, "unbooked": 0}

    assert "Le lundi 4 mai 2026 à 10:10:44" in page
    assert "Le mardi 5 mai 2026 à 00:00:00" in page
    assert (
        "L’enseignant n’a pas préréservé l’offre avant la date limite de réservation fixée au "
        "mardi 5 mai 2026." in page
    )


def test_the_notice_of_the_deadline(venue, partner, arbez):
    offer = published(
        venue, arbez, "Devis n°D-00013", at=paris(22, 5, 15, 37, 28), starts_at=paris(5, 6, 18),
        limit=paris(29, 5),
    )  # fmt: skip

    with clock.at(paris(22, 5, 16)):
        page = page_of(partner, offer)

    assert "Le vendredi 22 mai 2026 à 15:37:28" in page
    assert "En attente de préréservation" in page
    assert "Expire dans 7 jours." in page
    assert "avant le 29/05/2026. Sinon, elle sera automatiquement expirée." in page
    todo = page.split("En attente de préréservation")[-1]
    places = [todo.find(f">{word}<") for word in ("Préréservée", "Réservée", "Terminée", "Payée")]
    assert places == sorted(places)
    assert min(places) > 0


def test_the_list_grouped_by_state_with_totals(venue, partner, arbez):
    charpak = InstitutionFactory()
    published(
        venue, arbez, "D-00008", at=paris(30, 4, 16, 51, 2), starts_at=paris(20, 5, 14),
        limit=paris(7, 5), cents=75_00,
    )  # fmt: skip
    paid = published(
        venue, charpak, "D-00007", at=paris(29, 4, 15, 30, 11), starts_at=paris(7, 5, 14),
        limit=paris(6, 5), cents=144_00,
    )  # fmt: skip
    archived = published(
        venue, charpak, "D-00006", at=paris(28, 4, 16), starts_at=paris(20, 5, 14),
        limit=paris(5, 5), cents=0,
    )  # fmt: skip
    paid_venue(venue)
    with clock.at(paris(29, 4, 16)):
        BudgetFactory(institution=charpak)
        booking = prebooked(paid)
        publish.archive_offer(offer_id=archived.pk, by=BY)
    with clock.at(paris(30, 4, 13, 6, 6)):
        book.confirm(booking_id=booking.pk, by=Actor.school("La cheffe"))

    with clock.at(paris(1, 5)):
        groups = groups_of(partner)
    assert list(groups) == ["Publiée", "Réservée", "Archivée"]
    said = {
        "Publiée": ("75,00 €", "30/04/2026", "16:51:02", "07/05/2026", "00:00:00"),
        "Réservée": ("144,00 €", "29/04/2026", "15:30:11", "06/05/2026", "00:00:00"),
        "Archivée": ("0,00 €", "28/04/2026", "16:00:00", "05/05/2026"),
    }
    for word, figures in said.items():
        assert "1 offre<" in groups[word]
        assert all(one in groups[word] for one in figures), figures

    # The event, 48 hours, the price, the batch of the 16th, its statement: « Payée ».
    with clock.at(paris(9, 5, 14, 5)):
        assert jobs.use(now=clock.now()) == {"used": 1}
    with clock.at(paris(9, 5, 14, 20)):
        assert collect_and_price(now=clock.now())["school"] == 1
    with clock.at(PAID_AT):
        pay(PAID_AT)
        groups, page, lines = groups_of(partner), page_of(partner, paid), operations_of(partner)
    figures = (
        "144,00 €", "29/04/2026", "15:30:11", "06/05/2026", "00:00:00", "16/05/2026", "05:00:00",
    )  # fmt: skip
    assert "1 offre<" in groups["Payée"]
    assert all(one in groups["Payée"] for one in figures)
    assert "Le samedi 16 mai 2026 à 05:00:00" in page
    assert "16/05/2026 05:00:00" in lines
    states = paid.changes.filter(kind="STATUS").order_by("at", "pk").values_list("after", flat=True)
    assert list(states)[-4:] == ["PREBOOKED", "BOOKED", "ENDED", "REIMBURSED"]


def groups_of(client):
    """The list by state: the word of each group with what it holds."""
    page = client.get(reverse("collective:list")).content.decode().replace("\u00a0", " ")
    words = ("Publiée", "Réservée", "Payée", "Archivée", "Expirée")
    return {
        next(word for word in words if word in group.split("</th>")[0]): group
        for group in page.split('class="group-row"')[1:]
    }


def operations_of(client):
    return client.get(reverse("collective:operations")).content.decode().replace("\u00a0", " ")


def test_what_the_teacher_sees(venue, arbez):
    offer = published(
        venue, arbez, "Devis n°D-00003", at=paris(4, 5), starts_at=paris(28, 5, 14, 30),
        limit=paris(15, 5),
    )  # fmt: skip

    with clock.at(paris(5, 5)):
        teacher = entered(arbez, SchoolRole.TEACHER)
        page = teacher.get(reverse("collective:adage_offer", args=[offer.pk])).content.decode()
        card = teacher.get(reverse("collective:adage_offers")).content.decode()
    page, card = page.replace("\u00a0", " "), card.replace("\u00a0", " ")

    for words in (
        "Devis n°D-00003",
        "Legilog - Harmonie (71880)",
        "LYCEE POLYVALENT LYC METIER ARBEZ CARME",
        "Legilog - 10 Rue de la Guerlande, 71880, Châtenoy-le-Royal",
        "Le 28 mai 2026 à 14:30",
        "200 € pour 27 participants",
        "Multiniveaux",
    ):
        assert words in page, words
        assert words in card, words
    for words in (
        "Théâtre, expression dramatique, marionnettes",
        "Représentation",
        "1h15min",
        "LE LAC DES CYGNES 28/05/2026 14:30",
        "<li>ACCOMPAGNATEUR GROUPE à 0,00 € x 2</li>",
        "<li>SCOLAIRE SECONDAIRE à 8,00 € x 25</li>",
        "Préréserver l’offre",
    ):
        assert words in page, words


def test_the_whole_path_from_review_to_the_end(venue, partner, arbez):
    venue.offerer.is_trusted = False
    venue.offerer.save()
    offer = published(
        venue, arbez, "D-00020", at=paris(4, 5), starts_at=paris(28, 5, 14, 30), limit=paris(20, 5)
    )
    BudgetFactory(institution=arbez)
    with clock.at(paris(4, 5, 12)):
        assert "En instruction" in page_of(partner, offer)
        assert not CollectiveOffer.objects.bookable(clock.now()).exists()
        publish.approve_offer(offer_id=offer.pk, by=Actor("USER", "Équipe"))
    with clock.at(paris(5, 5)):
        booking = prebooked(offer)
        book.confirm(booking_id=booking.pk, by=Actor.school("La cheffe"))
    with clock.at(paris(28, 5, 15)):
        assert CollectiveOffer.objects.get().display_status_at(clock.now()) == "ENDED"
    with clock.at(paris(30, 5, 15)):
        assert jobs.use(now=clock.now()) == {"used": 1}
        page = page_of(partner, offer)

    assert CollectiveBooking.objects.get().status == "USED"
    assert "En attente de paiement" in page
    assert [line.after for line in offer.changes.filter(kind="STATUS").order_by("at", "pk")] == [
        "DRAFT",
        "UNDER_REVIEW",
        "PUBLISHED",
        "PREBOOKED",
        "BOOKED",
        "ENDED",
    ]
