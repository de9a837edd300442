import threading
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection

from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from passpro.registers.exceptions import NotDisclosed, UnknownNumber
from tests.accounts.factories import UserFactory
from tests.venues.factories import MembershipFactory, OffererFactory, VenueFactory
from venues.exceptions import (
    AlreadyAttached,
    CompanyCeased,
    IdentityMissing,
    InvalidSiren,
    InvalidSiret,
    StructureClosed,
)
from venues.models import Membership, Offerer, Registration, Venue
from venues.services.registration import Application, finish_registration, look_up

SIREN, SIRET = "780000089", "78000008900018"
TOWN_SIREN, MUSEUM = "780000030", "78000003000020"
SILENT = "780000188"


@pytest.fixture(autouse=True)
def _forgetful_cache():
    cache.clear()


def application(**facts):
    return Application(
        **{
            "siren": SIREN,
            "siret": SIRET,
            "name": "Nom tapé",
            "public_name": "La Cale",
            "street": "1 quai du Port",
            "postal_code": "29200",
            "city": "Brest",
            "activity": "PERFORMING_ARTS",
            "audience": "BOTH",
            "web_presence": "https://lacale.example",
            **facts,
        }
    )


def finish(user=None, **facts):
    user = user or UserFactory()
    return finish_registration(user=user, application=application(**facts), by=Actor.user(user))


@pytest.mark.django_db
def test_a_siren_finds_the_company_and_its_head_office():
    found = look_up(number="780 000 089", user=UserFactory())

    assert (found.siren, found.siret) == (SIREN, SIRET)
    assert found.company.name == "LA CALE SÈCHE"
    assert found.place.street == "1 quai du Port"
    assert not found.is_known


@pytest.mark.django_db
def test_a_siret_finds_its_own_place():
    found = look_up(number="780 000 030 00020", user=UserFactory())

    assert (found.siren, found.place.name) == (TOWN_SIREN, "MUSÉE DES BEAUX-ARTS")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("12345", InvalidSiren),
        ("123456789", InvalidSiren),
        ("78000008900011", InvalidSiret),
        ("780000212", UnknownNumber),
        ("78000008900026", UnknownNumber),
        ("780000162", NotDisclosed),
        ("780000170", CompanyCeased),
        ("78000002200035", CompanyCeased),
    ],
)
def test_what_cannot_sign_up_is_told_beside_the_field(number, refusal):
    with pytest.raises(refusal) as caught:
        look_up(number=number, user=UserFactory())

    assert caught.value.field == "number"
    assert not Offerer.objects.exists()


@pytest.mark.django_db
def test_a_register_that_is_down_lets_the_person_go_on():
    found = look_up(number=SILENT, user=UserFactory())

    assert (found.siren, found.company, found.place) == (SILENT, None, None)


@pytest.mark.django_db
def test_a_known_structure_is_found_whatever_the_register_says():
    offerer = OffererFactory(siren="780000212")

    assert look_up(number="780000212", user=UserFactory()).offerer == offerer


@pytest.mark.django_db
def test_nobody_asks_twice_to_join_and_nobody_joins_a_closed_structure():
    offerer = OffererFactory(siren=SIREN)
    member = MembershipFactory(offerer=offerer)
    waiting = MembershipFactory(offerer=offerer, pending=True)
    with pytest.raises(AlreadyAttached, match="déjà rattaché"):
        look_up(number=SIREN, user=member.user)
    with pytest.raises(AlreadyAttached, match="étudie votre demande"):
        look_up(number=SIREN, user=waiting.user)

    OffererFactory(siren=TOWN_SIREN, status="CLOSED")
    with pytest.raises(StructureClosed):
        look_up(number=TOWN_SIREN, user=UserFactory())


@pytest.mark.django_db
def test_the_register_names_the_structure_and_its_first_venue_is_created():
    alice = UserFactory(email="alice@example.org")

    done = finish(alice)

    offerer, venue = done.membership.offerer, done.venue
    assert (done.membership.role, done.membership.status) == ("ADMIN", "VALIDATED")
    assert (offerer.name, offerer.one_line_address) == (
        "LA CALE SÈCHE", "1 quai du Port, 29200 Brest",
    )  # fmt: skip
    assert (offerer.legal_category, offerer.activity_code) == ("9220", "90.04Z")
    assert not offerer.needs_identity_check
    assert (venue.siret, venue.name, venue.public_name) == (SIRET, "LA CALE SÈCHE", "La Cale")
    assert (venue.booking_email, venue.activity) == ("alice@example.org", "PERFORMING_ARTS")
    assert (venue.website, venue.is_address_typed) == ("https://lacale.example", True)
    assert venue.latitude is not None, "located by the address base"
    assert offerer.venues.count() == 2, "the digital venue and this one"
    answers = Registration.objects.get()
    assert (answers.venue, answers.audience) == (venue, "BOTH")
    assert OutboxMessage.objects.get().event == "venues/offerer_registered"


@pytest.mark.django_db
def test_a_point_chosen_among_the_suggestions_is_kept():
    done = finish(latitude=Decimal("48.1"), longitude=Decimal("-4.2"))

    assert (done.venue.latitude, done.venue.longitude) == (Decimal("48.1"), Decimal("-4.2"))


@pytest.mark.django_db
def test_without_the_register_what_was_typed_waits_for_a_check(settings):
    settings.ADDRESS_BASE = "off"

    done = finish(siren=SILENT, siret="", name="Compagnie du Phare")

    offerer = done.membership.offerer
    assert (offerer.name, offerer.needs_identity_check) == ("Compagnie du Phare", True)
    assert done.venue.siret is None
    assert "ne répondait pas" in done.venue.comment
    assert done.venue.latitude is None


@pytest.mark.django_db
def test_a_siret_typed_while_the_register_is_down_is_kept():
    done = finish(siren=SILENT, siret="78000018800018", name="Compagnie du Phare")

    assert done.venue.siret == "78000018800018"


@pytest.mark.django_db
def test_a_missing_name_creates_nothing_at_all():
    with pytest.raises(IdentityMissing):
        finish(siren=SILENT, siret="", name="")

    assert not Offerer.objects.exists()
    assert not Venue.objects.exists()


@pytest.mark.django_db
def test_a_person_may_ask_to_join_with_a_place_to_add():
    offerer = OffererFactory(siren=TOWN_SIREN)

    done = finish(siren=TOWN_SIREN, siret=MUSEUM, joins=True)

    assert (done.membership.role, done.membership.status) == ("MEMBER", "PENDING")
    assert (done.venue.offerer, done.venue.siret) == (offerer, MUSEUM)


@pytest.mark.django_db
def test_a_siret_already_taken_gives_a_venue_with_an_automatic_comment():
    offerer = OffererFactory(siren=TOWN_SIREN)
    VenueFactory(offerer=offerer, siret=MUSEUM)

    done = finish(siren=TOWN_SIREN, siret=MUSEUM, joins=True)

    assert done.venue.siret is None
    assert "déjà celui d’un autre lieu" in done.venue.comment


@pytest.mark.django_db
def test_an_integration_environment_validates_at_once(settings):
    settings.VALIDATE_STRUCTURES_AT_ONCE = True

    assert finish().membership.offerer.status == "VALIDATED"


@pytest.mark.django_db(transaction=True)
def test_two_people_who_sign_up_the_same_siren_at_once_make_one_structure_and_one_venue():
    people = [UserFactory() for _ in range(4)]
    barrier, results = threading.Barrier(4), []

    def work(user):
        barrier.wait(5)
        results.append(finish(user))
        connection.close()

    threads = [threading.Thread(target=work, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Offerer.objects.count() == 1
    assert sorted(done.membership.role for done in results) == ["ADMIN", *["MEMBER"] * 3]
    assert Membership.objects.filter(status="VALIDATED").count() == 1
    assert Venue.objects.filter(is_virtual=False).count() == 1
    assert sum(done.venue is not None for done in results) == 1
