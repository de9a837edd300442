from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.errors import ForbiddenTransition
from passpro.kernel.models import ActionLog, OutboxMessage
from tests.accounts.factories import UserFactory
from tests.venues.factories import (
    OffererFactory,
    ProviderFactory,
    ProviderKeyFactory,
    VenueFactory,
    VenueProviderFactory,
    full_key,
)
from venues.exceptions import (
    AlreadySynchronised,
    ApiKeyOfInactiveProvider,
    CinemaUnknown,
    ProviderNotOffered,
    ProviderSwitchedOff,
    SiretNeeded,
    VenueWithoutAddress,
)
from venues.models import ApiKey, CinemaPivot, Venue, VenueProvider
from venues.services.api_keys import authenticate, issue_provider_api_key
from venues.services.providers import create_provider, switch_provider
from venues.services.synchronisations import (
    authorise_provider,
    pause_link,
    resume_link,
    revoke_link,
    update_link,
    use_link,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)


def authorise(venue, provider, **facts):
    return authorise_provider(venue_id=venue.pk, provider_id=provider.pk, by=SYSTEM, **facts)


def used(link) -> bool:
    return use_link(provider_id=link.provider_id, venue_id=link.venue_id)


def test_a_venue_authorises_a_partner_which_is_told():
    venue, provider = VenueFactory(), ProviderFactory()

    link = authorise(venue, provider, phone="+33298000000")

    assert (link.status, link.account, link.phone) == ("ACTIVE", venue.siret, "+33298000000")
    assert [(log.before, log.after) for log in link.transitions.all()] == [("", "ACTIVE")]
    told = OutboxMessage.objects.get()
    assert (told.recipient, told.event) == (provider.notification_email, "venues/partner_told")
    assert used(link)


def test_the_software_of_a_bookshop_asks_for_the_siret_of_the_place():
    venue, provider = VenueFactory(without_siret=True), ProviderFactory(kind="BOOKSHOP")

    with pytest.raises(SiretNeeded):
        authorise(venue, provider)
    assert not VenueProvider.objects.exists()


def test_the_software_of_a_cinema_asks_for_the_identifier_typed_by_the_team():
    """PRV-05: the venue then goes by the identifier of the cinema, and is permanent (PRV-08)."""
    venue, provider = VenueFactory(), ProviderFactory(kind="CINEMA")
    with pytest.raises(CinemaUnknown, match="identifiant de votre cinéma"):
        authorise(venue, provider)
    pivot = CinemaPivot.objects.create(venue=venue, provider=provider, identifier="CNC-2907")
    assert not pivot.is_used

    link = authorise(venue, provider)

    venue.refresh_from_db()
    assert (link.account, venue.is_permanent, pivot.is_used) == ("CNC-2907", True, True)


def test_one_partner_at_a_time_and_another_after_it_is_removed():
    venue, first, second = VenueFactory(), ProviderFactory(), ProviderFactory()
    link = authorise(venue, first)

    with pytest.raises(AlreadySynchronised, match=first.name):
        authorise(venue, second)
    pause_link(link_id=link.pk, by=SYSTEM)
    with pytest.raises(AlreadySynchronised):
        authorise(venue, second)
    revoke_link(link_id=link.pk, by=SYSTEM)
    other = authorise(venue, second)
    revoke_link(link_id=other.pk, by=SYSTEM)
    again = authorise(venue, first)

    assert again.pk == link.pk
    assert [log.after for log in again.transitions.all()] == [
        "ACTIVE", "PAUSED", "REVOKED", "ACTIVE",
    ]  # fmt: skip


def test_the_database_refuses_two_live_links():
    link = VenueProviderFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        VenueProviderFactory(venue=link.venue)


def test_pause_stops_the_partner_resume_starts_it_again_and_the_venue_is_told():
    link = VenueProviderFactory()

    pause_link(link_id=link.pk, by=Actor.job("test"))
    assert not used(link)
    resume_link(link_id=link.pk, by=SYSTEM)
    assert used(link)
    revoke_link(link_id=link.pk, by=SYSTEM)
    assert not used(link)

    events = OutboxMessage.objects.order_by("pk").values_list("event", "recipient")
    stopped = ("venues/synchronisation_stopped", link.venue.booking_email)
    assert list(events).count(stopped) == 2
    assert len(events) == 5
    with pytest.raises(ForbiddenTransition):
        pause_link(link_id=link.pk, by=SYSTEM)


def test_what_cannot_be_authorised():
    with pytest.raises(ProviderNotOffered):
        authorise(VenueFactory(), ProviderFactory(is_listed=False))
    with pytest.raises(ProviderNotOffered):
        authorise(VenueFactory(), ProviderFactory(is_active=False))
    with pytest.raises(VenueWithoutAddress):
        authorise(VenueFactory(virtual=True), ProviderFactory())
    assert not VenueProvider.objects.exists()


def test_a_bookshop_software_makes_the_place_permanent():
    venue = VenueFactory()

    authorise(venue, ProviderFactory(kind="BOOKSHOP"))

    assert Venue.objects.get(pk=venue.pk).is_permanent


def test_the_last_use_is_noted_every_ten_minutes():
    link = VenueProviderFactory()

    for minutes, seen in ((0, 0), (9, 0), (11, 11)):
        with clock.at(NOW + timedelta(minutes=minutes)):
            assert used(link)
        link.refresh_from_db()
        assert link.last_used_at == NOW + timedelta(minutes=seen)


def test_a_suspended_structure_authorises_nobody():
    assert not used(VenueProviderFactory(venue__offerer=OffererFactory(is_active=False)))


def test_contacts_are_changed_without_touching_the_state():
    link = update_link(link_id=VenueProviderFactory().pk, by=SYSTEM, phone="+33298000009")

    assert (link.phone, link.status) == ("+33298000009", "ACTIVE")


def test_a_partner_is_added_then_switched_off_for_everybody():
    provider = create_provider(name="Harmonie", kind="TICKETING", by=SYSTEM)
    key, text = issue_provider_api_key(
        provider_id=provider.pk, label="Serveurs", user=UserFactory(), by=SYSTEM
    )
    link = VenueProviderFactory(provider=provider, status="PAUSED")
    assert authenticate(text) == key
    assert text[-64:] not in str(list(ApiKey.objects.values_list()))

    switch_provider(provider_id=provider.pk, is_active=False, by=SYSTEM, why="Incident")

    with pytest.raises(ApiKeyOfInactiveProvider):
        authenticate(text)
    with pytest.raises(ApiKeyOfInactiveProvider):
        issue_provider_api_key(provider_id=provider.pk, label="b", user=UserFactory(), by=SYSTEM)
    with pytest.raises(ProviderSwitchedOff):
        resume_link(link_id=link.pk, by=SYSTEM)
    switch_provider(provider_id=provider.pk, is_active=False, by=SYSTEM)
    kinds = ActionLog.objects.filter(subject_type="venues.provider").values_list("kind", flat=True)
    assert sorted(kinds) == ["CREATED", "SWITCHED_OFF"]


def test_a_key_opens_its_structure_or_the_venues_that_authorised_its_partner():
    link = VenueProviderFactory()
    VenueProviderFactory(provider=link.provider, status="PAUSED")
    VenueProviderFactory(provider=link.provider, venue__offerer__is_active=False)
    VenueFactory(offerer=link.venue.offerer)
    partner = authenticate(full_key(ProviderKeyFactory(provider=link.provider)))

    assert list(Venue.objects.open_to_key(partner)) == [link.venue]


def test_a_key_of_another_environment_is_nobody(settings):
    text = full_key(ProviderKeyFactory())
    assert authenticate(text)

    settings.API_KEY_ENVIRONMENT = "production"

    assert authenticate(text) is None
