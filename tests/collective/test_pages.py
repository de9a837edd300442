"""The pages of the portal and of the school, as people use them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from collective.entry import _key, sandbox_token
from collective.enums import SchoolRole
from collective.models import CollectiveBooking, CollectiveOffer
from collective.services.book import Visitor
from passpro.kernel import clock, outbox
from tests.accounts.factories import UserFactory
from tests.collective.factories import (
    NOW,
    BudgetFactory,
    CollectiveBookingFactory,
    CollectiveStockFactory,
    InstitutionFactory,
    ReferencedVenueFactory,
    SchoolYearFactory,
)
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march():
    with clock.at(NOW):
        SchoolYearFactory()
        yield


@pytest.fixture
def venue():
    return ReferencedVenueFactory(name="Grande salle")


@pytest.fixture
def partner(venue):
    client = Client()
    client.force_login(MembershipFactory(offerer=venue.offerer, user=UserFactory()).user)
    return client


def door(institution, role=SchoolRole.TEACHER, **facts):
    visitor = Visitor(
        **{
            "email": "claire.vidal@ac.example",
            "uai": institution.uai,
            "first_name": "Claire",
            "last_name": "Vidal",
            "may_prebook": role == SchoolRole.TEACHER,
            **facts,
        }
    )
    return reverse("collective:adage_enter") + "?token=" + sandbox_token(visitor, role)


def entered(institution, role=SchoolRole.TEACHER):
    client = Client()
    assert client.get(door(institution, role)).status_code == 302
    return client


DETAILS = {
    "title": "Le Lac des cygnes",
    "description": "Spectacle et rencontre.",
    "domain_ids": ["8"],
    "formats": ["REPRESENTATION"],
    "level_ids": ["COLLEGE4", "COLLEGE3"],
    "duration": "1h15",
    "location": "ADDRESS",
    "street": "12 quai du Port",
    "postal_code": "29200",
    "city": "Brest",
    "accessibility": ["motor"],
    "contact_email": "scolaires@example.org",
    "contact_phone": "02 98 00 00 01",
    "booking_emails": "un@example.org, deux@example.org",
}
DATES = {
    "start_day": "28/05/2026",
    "hour": "14:30",
    "limit_day": "15/05/2026",
    "price": "200",
    "participants": "27",
    "price_detail": "SCOLAIRE SECONDAIRE à 8,00 € x 25",
}


def test_a_partner_goes_through_the_steps(partner, venue):
    school = InstitutionFactory()
    wrong = partner.post(reverse("collective:create"), {**DETAILS, "venue": venue.pk, "title": ""})
    assert wrong.status_code == 400
    assert "Spectacle et rencontre." in wrong.content.decode()
    partner.post(reverse("collective:create"), {**DETAILS, "venue": venue.pk})
    offer = CollectiveOffer.objects.get()
    here = {"kwargs": {"pk": offer.pk}}
    assert (offer.duration_minutes, offer.contact_phone) == (75, "+33298000001")
    late = {**DATES, "limit_day": "29/05/2026"}
    assert partner.post(reverse("collective:dates", **here), late).status_code == 400
    partner.post(reverse("collective:dates", **here), DATES)
    found = partner.get(reverse("collective:school", **here), {"q": "charpak gex"})
    assert school.uai in found.content.decode()
    bad = partner.post(reverse("collective:school", **here), {"uai": "0910620F"})
    assert bad.status_code == 400
    stranger = {"uai": school.uai, "teacher_email": "personne@ac.example"}
    refused = partner.post(reverse("collective:school", **here), stranger)
    assert refused.status_code == 404
    assert "ADAGE ne connaît pas cet enseignant" in refused.content.decode()
    teacher = f"vidal@{school.uai.lower()}.ecole.example"
    chosen = partner.get(reverse("collective:school", **here), {"uai": school.uai})
    assert f'<option value="{teacher}">Claire Vidal</option>' in chosen.content.decode()
    typed = {"uai": school.uai.lower(), "teacher_email": teacher}
    partner.post(reverse("collective:school", **here), typed)
    assert partner.get(reverse("collective:summary", **here)).status_code == 200
    answer = partner.post(reverse("collective:publish", **here), follow=True)

    assert "Votre offre est publiée" in answer.content.decode()
    offer = CollectiveOffer.objects.get()
    assert offer.display_status_at(NOW) == "PUBLISHED"
    assert str(offer.teacher) == "Claire Vidal"
    # 23:59:59 in Paris, on the day chosen.
    assert offer.stock.booking_limit_at.isoformat() == "2026-05-15T21:59:59+00:00"
    page = partner.get(reverse("collective:detail", **here)).content.decode()
    assert "En attente de préréservation" in page


def test_a_structure_unknown_to_adage_is_told_how_to_ask(partner, venue):
    venue.adage_id, venue.adage_referenced_at = "", None
    venue.save()

    page = partner.get(reverse("collective:create")).content.decode()

    assert "Référencement ADAGE nécessaire" in page
    assert reverse("venues:adage", args=[venue.offerer_id]) in page


def test_a_changed_state_is_news_until_it_is_looked_at(partner, venue):
    stock = CollectiveStockFactory(offer__venue=venue)
    here, there = reverse("collective:list"), reverse("collective:detail", args=[stock.offer_id])
    partner.get(there)
    assert "Statut changé" not in partner.get(here).content.decode()

    CollectiveBookingFactory(stock=stock)

    assert "Statut changé" in partner.get(here).content.decode()
    partner.get(there)
    assert "Statut changé" not in partner.get(here).content.decode()


def test_a_refused_change_keeps_what_was_typed(partner, venue):
    booking = CollectiveBookingFactory(confirmed=True, stock__offer__venue=venue)
    here = reverse("collective:lower", args=[booking.stock.offer_id])

    answer = partner.post(here, {"price": "201", "participants": "27", "price_detail": "x"})

    assert answer.status_code == 403
    assert "201" in answer.content.decode()
    assert CollectiveBooking.objects.get().stock.price_cents == 200_00


def test_teacher_and_head_play_to_the_end(venue):
    stock = CollectiveStockFactory(offer__venue=venue)
    offer, school = stock.offer, stock.offer.institution
    BudgetFactory(institution=school, amount_cents=500_00)
    teacher, head = entered(school), entered(school, SchoolRole.HEAD)
    assert offer.title in teacher.get(reverse("collective:adage_offers")).content.decode()
    nothing = teacher.get(reverse("collective:adage_offers"), {"format": "CONCERT"})
    assert offer.title not in nothing.content.decode()
    teacher.post(reverse("collective:adage_prebook", args=[offer.pk]))
    booking = CollectiveBooking.objects.get()
    confirm = reverse("collective:adage_confirm", args=[booking.pk])
    assert teacher.post(confirm).status_code == 403
    assert "1 préréservation à décider" in head.get(
        reverse("collective:adage_bookings")
    ).content.decode().replace("\u00a0", " ")
    head.post(confirm)

    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"
    page = head.get(reverse("collective:adage_bookings")).content.decode()
    assert "300,00" in page  # left of 500 €
    assert offer.changes.last().actor_label == "Claire Vidal"


def test_another_school_sees_and_decides_nothing():
    booking = CollectiveBookingFactory()
    head = entered(InstitutionFactory(), SchoolRole.HEAD)

    answers = [
        head.get(reverse("collective:adage_offer", args=[booking.stock.offer_id])),
        head.post(reverse("collective:adage_confirm", args=[booking.pk])),
        head.post(reverse("collective:adage_refuse", args=[booking.pk])),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404]


def test_an_address_of_entry_serves_once_and_not_for_long():
    school = InstitutionFactory()
    address = door(school)

    assert Client().get(address).status_code == 302
    assert Client().get(address).status_code == 403  # replayed
    late = door(school)
    with clock.at(NOW + timedelta(minutes=6)):
        assert Client().get(late).status_code == 422
    client = entered(school)
    with clock.at(NOW + timedelta(hours=5)):
        assert client.get(reverse("collective:adage_offers")).status_code == 403


def test_wrong_keys_audiences_and_algorithms_are_refused():
    import jwt

    visitor = Visitor(email="x@y.example", uai="0290001A")
    real = jwt.decode(
        sandbox_token(visitor, "chef"), options={"verify_signature": False, "verify_aud": False}
    )
    enter = reverse("collective:adage_enter")
    bad = [
        sandbox_token(visitor, "chef", audience="autre"),
        jwt.encode(real, "another key of thirty-two bytes…", algorithm="HS256"),
        jwt.encode(real, None, algorithm="none"),
        jwt.encode({**real, "jti": ""}, _key()[0], algorithm="HS256"),
        jwt.encode({**real, "iat": real["exp"]}, _key()[0], algorithm="HS256"),
        "not.a.token",
        "",
    ]

    assert [Client().get(enter, {"token": one}).status_code for one in bad] == [403] * 7


def test_the_sandbox_signs_an_address_and_a_visit_opens():
    school = InstitutionFactory()
    client = Client()

    answer = client.post(
        reverse("collective:adage_sandbox"),
        {"institution": school.pk, "role": "chef", "first_name": "Jean", "last_name": "Dupré"},
        follow=True,
    )

    assert "Réservations de l’établissement" in answer.content.decode()


def test_the_sandbox_lists_what_adage_was_told():
    stock = CollectiveStockFactory()
    here = reverse("collective:adage_sandbox")
    assert "Rien encore" in Client().get(here).content.decode()
    entered(stock.offer.institution).post(
        reverse("collective:adage_prebook", args=[stock.offer_id])
    )

    page = Client().get(here).content.decode()

    assert "Préréservation faite" in page
    assert stock.offer.institution.uai in page
    assert "En route" in page
    outbox.sweep()
    assert "Reçu" in Client().get(here).content.decode()
