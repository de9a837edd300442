import threading

import pytest
from django.db import IntegrityError, connection, transaction

from passpro.kernel.actor import SYSTEM
from tests.venues.factories import OffererFactory, VenueFactory, siret
from venues.exceptions import (
    InvalidSiret,
    SiretIsFinal,
    SiretOrComment,
    SiretTaken,
    VirtualVenueLocked,
)
from venues.models import Venue
from venues.services.venues import open_venue, update_venue

FACTS = {
    "name": "Grande salle",
    "booking_email": "resa@theatre.example",
    "street": "12 quai du Port",
    "postal_code": "97400",
    "city": "Saint-Denis",
}


def open_in(offerer, **more):
    return open_venue(offerer_id=offerer.pk, by=SYSTEM, **(FACTS | more))


@pytest.mark.django_db
def test_a_venue_opens_with_its_siret_in_the_zone_of_its_postal_code():
    offerer = OffererFactory()

    venue = open_in(offerer, siret=siret(offerer.siren))

    venue.refresh_from_db()
    assert (venue.department_code, venue.time_zone) == ("974", "Indian/Reunion")
    assert not venue.is_virtual


@pytest.mark.django_db
def test_a_venue_opens_with_a_comment_instead():
    venue = open_in(OffererFactory(), comment=" Plein air ")

    assert (venue.siret, venue.comment) == (None, "Plein air")


@pytest.mark.django_db
def test_exactly_one_of_siret_and_comment():
    offerer = OffererFactory()

    with pytest.raises(SiretOrComment):
        open_in(offerer)
    with pytest.raises(SiretOrComment):
        open_in(offerer, siret=siret(offerer.siren), comment="Plein air")


@pytest.mark.django_db
def test_a_siret_of_another_structure_or_already_used_is_refused():
    offerer = OffererFactory()
    open_in(offerer, siret=siret(offerer.siren))

    with pytest.raises(SiretTaken) as refusal:
        open_in(offerer, siret=siret(offerer.siren))
    assert refusal.value.field == "siret"
    with pytest.raises(InvalidSiret, match="autre structure"):
        open_in(OffererFactory(), siret=siret(offerer.siren))


@pytest.mark.django_db(transaction=True)
def test_two_people_saving_the_same_siret_at_once_make_one_venue():
    offerer = OffererFactory()
    barrier, seen = threading.Barrier(2), []

    def work():
        barrier.wait(5)
        try:
            open_in(offerer, siret=siret(offerer.siren))
            seen.append("ok")
        except SiretTaken:
            seen.append("pris")
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == ["ok", "pris"]


@pytest.mark.django_db
def test_a_missing_siret_is_added_once_and_then_final():
    venue = VenueFactory(without_siret=True)
    first, second = siret(venue.offerer.siren, 1), siret(venue.offerer.siren, 2)

    update_venue(venue_id=venue.pk, by=SYSTEM, siret=first, **FACTS)

    venue.refresh_from_db()
    assert (venue.siret, venue.comment) == (first, "")
    with pytest.raises(SiretIsFinal):
        update_venue(venue_id=venue.pk, by=SYSTEM, siret=second, **FACTS)


@pytest.mark.django_db
def test_a_change_keeps_the_siret_and_moves_the_departement():
    venue = VenueFactory()

    update_venue(venue_id=venue.pk, by=SYSTEM, **(FACTS | {"public_name": "Le Quai"}))

    venue.refresh_from_db()
    assert venue.siret is not None
    assert (venue.shown_name, venue.department_code) == ("Le Quai", "974")


@pytest.mark.django_db
def test_the_digital_venue_is_locked():
    with pytest.raises(VirtualVenueLocked):
        update_venue(venue_id=VenueFactory(virtual=True).pk, by=SYSTEM, **FACTS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"siret": None},
        {"comment": "Plein air"},
        {"is_virtual": True},
        {"siret": "123"},
    ],
)
def test_the_database_keeps_exactly_one_kind(change):
    venue = VenueFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Venue.objects.filter(pk=venue.pk).update(**change)


@pytest.mark.django_db
def test_the_database_keeps_one_digital_venue():
    venue = VenueFactory(virtual=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        VenueFactory(virtual=True, offerer=venue.offerer)
