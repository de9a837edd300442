from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache

from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory
from tests.finance.factories import BankAccountFactory, price_point
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import (
    AdageRequestFactory,
    ApiKeyFactory,
    InvitationFactory,
    MembershipFactory,
    OffererFactory,
    VenueFactory,
)
from venues.models import Offerer, OffererTag, Venue, VenueTag
from venues.services.lifecycle import ask_closing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgetful_cache():
    cache.clear()


def agent(client, *groups):
    user = UserFactory(staff=True, first_name="Farid", last_name="Benali")
    user.groups.set(Group.objects.filter(name__in=groups))
    client.force_login(user)
    return user


def url(offerer, verb):
    return f"/admin/venues/offerer/{offerer.pk}/{verb}/"


def test_a_structure_is_held_validated_suspended_given_back_and_closed(client):
    agent(client, "Conformité")
    offerer = OffererFactory(new=True)
    MembershipFactory(offerer=offerer, user__email="zoe@example.org")

    without = client.post(url(offerer, "attente"), {"comment": ""})
    label = OffererTag.objects.get(code="acteur-majeur")
    client.post(
        url(offerer, "attente"), {"code": "DOCUMENTS", "comment": "statuts", "put": [label.pk]}
    )
    assert offerer.tags.get() == label
    client.post(url(offerer, "valider"))
    client.post(url(offerer, "suspendre"), {"reason": "Enquête"})
    offerer.refresh_from_db()

    assert without.status_code == 200
    assert "obligatoire" in without.text
    assert (offerer.status, offerer.is_active) == ("VALIDATED", False)

    client.post(url(offerer, "retablir"), {"comment": ""})
    client.post(url(offerer, "fermer"), {"reason": "Cessation d’activité"})
    offerer.refresh_from_db()

    assert offerer.status == "CLOSED"
    told = [(line.what, line.author) for line in action_log.lines_of(offerer)]
    assert ("Suspension", "Farid Benali") in told
    assert ("Fin de suspension", "Farid Benali") in told


def test_several_structures_are_put_on_hold_with_one_coded_reason(client):
    agent(client, "Homologation")
    new, validated, closed = (
        OffererFactory(new=True),
        OffererFactory(),
        OffererFactory(status="CLOSED"),
    )
    chosen = {
        "action": "hold_each", "_selected_action": [new.pk, validated.pk, closed.pk],
        "confirmed": "1",
    }  # fmt: skip

    unsaid = client.post("/admin/venues/offerer/", chosen | {"code": "OTHER", "comment": " "})
    report = client.post("/admin/venues/offerer/", chosen | {"code": "ADAGE", "comment": "avis"})

    assert "Précisez le motif" in unsaid.text
    assert report.context["done_count"] == 2
    for one, state in ((new, "PENDING"), (validated, "PENDING"), (closed, "CLOSED")):
        one.refresh_from_db()
        assert one.status == state
    kept = new.transitions.latest("pk")
    assert (kept.why, kept.why_code) == ("Référencement ADAGE en cours : avis", "ADAGE")


def test_a_refusal_of_the_service_is_said_on_the_form(client):
    agent(client, "Conformité")
    booking = BookingFactory()

    answer = client.post(url(booking.offerer, "suspendre"), {"reason": "Enquête"})

    assert answer.status_code == 409
    assert "réservation" in answer.text
    assert "Enquête" in answer.text


def test_support_attaches_a_person_then_changes_the_administrator_and_removes_the_former(client):
    agent(client, "Support pro")
    former = MembershipFactory()
    offerer, zoe = former.offerer, UserFactory(email="zoe@example.org")

    unknown = client.post(
        url(offerer, "rattacher"), {"email": "nobody@example.org", "comment": "Courrier"}
    )
    client.post(url(offerer, "rattacher"), {"email": "Zoe@example.org", "comment": "Courrier"})
    membership = offerer.memberships.get(user=zoe)
    base = "/admin/venues/membership"
    stays = client.post(f"{base}/{former.pk}/retirer/", {"reason": "Départ"})
    client.post(f"{base}/{membership.pk}/administration/", {"reason": "Courrier du maire"})
    client.post(f"{base}/{former.pk}/retirer/", {"reason": "Départ"})

    assert "Aucun compte" in unknown.text
    assert stays.status_code == 409
    membership.refresh_from_db()
    former.refresh_from_db()
    assert membership.is_administrator
    assert former.status == "REMOVED"
    assert "Courrier du maire" in membership.transitions.latest("pk").why


def test_an_identity_typed_by_hand_is_confirmed_or_read_again(client):
    agent(client, "Homologation")
    offerer = OffererFactory(siren="780000089", name="Cale", identity_checked_at=None)

    page = client.get(f"/admin/venues/offerer/{offerer.pk}/change/").text
    client.post(url(offerer, "identite"))
    client.post(url(offerer, "repertoire"))

    assert "Confirmer l’identité" in page
    offerer.refresh_from_db()
    assert offerer.identity_checked_at
    assert offerer.name != "Cale"


def test_the_page_shows_the_buttons_of_the_state_and_of_the_right(client):
    offerer = OffererFactory()

    agent(client, "Conformité")
    page = client.get(f"/admin/venues/offerer/{offerer.pk}/change/").text
    agent(client, "Lecture seule")
    reader = client.get(f"/admin/venues/offerer/{offerer.pk}/change/").text

    assert "Fermer pour toujours" in page
    assert "Lever la suspension" not in page
    assert "Rattacher une personne" not in page
    assert "Fermer pour toujours" not in reader
    for verb in ("attente", "suspendre", "retablir", "fermer", "rattacher", "repertoire"):
        assert client.post(url(offerer, verb)).status_code == 403


def test_the_team_labels_structures_and_lists_them_by_label(client):
    agent(client, "Administration", "Homologation")
    offerer, other = OffererFactory(name="Opéra"), OffererFactory(name="Kiosque")
    action_log.add_note(offerer, text="Rappeler en mars", by=Actor("USER", "Farid"))

    client.post(
        "/admin/venues/offerertag/add/",
        {"label": "Régie", "activity_codes": "84.11z, 90.04Z", "email_domains": "@Ville.fr"},
    )
    wrong = client.post("/admin/venues/offerertag/add/", {"label": "X", "activity_codes": "8411"})
    tag = OffererTag.objects.get(label="Régie")
    inlines = {f"{name}-{key}": "0" for name in ("memberships", "venues", "bank_accounts")
               for key in ("TOTAL_FORMS", "INITIAL_FORMS")}  # fmt: skip
    client.post(
        f"/admin/venues/offerer/{offerer.pk}/change/",
        {"name": "Opéra", "city": "Brest", "postal_code": "29200", "tags": [tag.pk], **inlines},
    )
    found = client.get(f"/admin/venues/offerer/?tags__id__exact={tag.pk}").text

    assert (tag.activity_codes, tag.email_domains) == (["84.11Z", "90.04Z"], ["ville.fr"])
    assert "8411" in wrong.text
    assert "Opéra" in found
    assert "Rappeler en mars" in found
    assert other.name not in found
    assert "Régie" in str(action_log.lines_of(offerer)[0].changes)
    declared = OffererTag.objects.get(code="collectivite")
    assert client.post(f"/admin/venues/offerertag/{declared.pk}/delete/").status_code == 403


def test_what_needs_attention_is_listed(client):
    agent(client, "Conformité")
    alone = MembershipFactory(offerer__name="Abandonnée", user__is_active=False).offerer
    closing = MembershipFactory(offerer__name="Fermante").offerer
    ask_closing(offerer_id=closing.pk, reason="Fin de bail", by=Actor("USER", "Zoé"))
    base = "/admin/venues/offerer/?a-surveiller="

    without = client.get(f"{base}sans-administrateur").text
    asked = client.get(f"{base}fermeture").text
    client.post(url(closing, "laisser-ouverte"))

    assert alone.name in without
    assert closing.name not in without
    assert closing.name in asked
    assert alone.name not in asked
    closing.refresh_from_db()
    assert not closing.is_closing


def test_a_structure_without_any_booking_is_deleted_with_all_it_owns(client):
    agent(client, "Support pro")
    offerer = MembershipFactory(offerer__siren="732829320").offerer
    venue = VenueFactory(offerer=offerer)
    StockFactory(offer__venue=venue)
    ApiKeyFactory(offerer=offerer)
    InvitationFactory(offerer=offerer)
    AdageRequestFactory(venue=venue)
    account = BankAccountFactory(offerer=offerer)
    booking = BookingFactory(status="CANCELLED", cancelled_at=clock.now(),
                             cancellation_reason="BENEFICIARY")  # fmt: skip
    typed = {"reason": "Créée par erreur"}

    wrong = client.post(url(offerer, "supprimer"), typed | {"siren": "300000023"})
    used = client.post(url(booking.offerer, "supprimer"), typed | {"siren": booking.offerer.siren})
    done = client.post(url(offerer, "supprimer"), typed | {"siren": "732 829 320"}, follow=True)

    assert "pas le SIREN" in wrong.text
    assert used.status_code == 409
    assert "La structure est supprimée" in done.text
    assert not Offerer.objects.filter(pk=offerer.pk).exists()
    assert not type(account).objects.filter(pk=account.pk).exists()
    row = ActionLog.objects.get(kind="DELETED")
    assert (row.why, row.changes["structure"][0][-16:]) == ("Créée par erreur", "SIREN 732829320)")


def test_a_structure_shows_its_figures_and_accounts_and_a_venue_is_edited(client):
    agent(client, "Support pro")
    stock = StockFactory()
    venue = stock.offer.venue
    account = BankAccountFactory(offerer=venue.offerer)

    page = client.get(f"/admin/venues/offerer/{venue.offerer_id}/change/").text
    assert "1 en ligne, 0 hors ligne" in page
    assert account.masked_iban in page
    assert account.iban not in page

    sheet = f"/admin/venues/venue/{venue.pk}/change/"
    typed = {
        "name": "Grande salle", "public_name": "La Grande Salle", "street": "2 rue du Port",
        "postal_code": "29200", "city": "Brest", "activity": "LIBRARY", "siret": "1",
        "booking_email": "reservations@example.org", "is_permanent": "on",
        **{f"{name}-{key}": "0" for key in ("TOTAL_FORMS", "INITIAL_FORMS")
           for name in ("bank_account_links", "pricing_point_links", "provider_links")},
    }  # fmt: skip
    answer = client.post(sheet, typed)
    siret = venue.siret
    venue.refresh_from_db()

    assert answer.status_code == 302, answer.context["errors"]
    assert (venue.public_name, venue.is_permanent, venue.siret) == ("La Grande Salle", True, siret)
    assert (venue.department_code, venue.is_to_reindex) == ("29", True)
    assert "Grande Salle" in str(action_log.lines_of(venue)[0].changes)
    chosen = {"action": "make_passing", "_selected_action": [venue.pk], "confirmed": "1"}
    client.post("/admin/venues/venue/", chosen)
    venue.refresh_from_db()
    assert not venue.is_permanent


def test_support_moves_a_siret_then_takes_it_away_and_deletes_the_venue(client):
    venue = VenueFactory()
    barn = VenueFactory(offerer=venue.offerer, name="Grange", without_siret=True)
    link = price_point(barn, venue)
    page = "/admin/venues/venue/{}/{}/"
    typed = {"siret": venue.siret, "comment": "Fermée", "reason": "Déménagement"}
    agent(client, "Support pro")
    assert "Retirer le SIRET du barème" not in client.get(page.format(barn.pk, "change")).text
    for verb in ("deplacer-siret", "retirer-bareme"):
        assert client.get(page.format(venue.pk, verb)).status_code == 403

    agent(client, "Support pro", "Support pro N2")
    assert "Retirer le SIRET du barème" in client.get(page.format(barn.pk, "change")).text
    unsaid = client.post(page.format(barn.pk, "retirer-bareme"), {"reason": ""})
    assert f"Barème actuel : « {venue} »" in unsaid.text.replace("\u202f", " ").replace("\xa0", " ")
    client.post(page.format(barn.pk, "retirer-bareme"), {"reason": "Erreur"})
    link.refresh_from_db()
    assert link.is_withdrawn
    question = client.get(page.format(venue.pk, "deplacer-siret"))
    assert "Grange – 0,00" in question.text
    wrong = client.post(
        page.format(venue.pk, "deplacer-siret"), typed | {"siret": "1", "target": barn.pk}
    )
    assert (wrong.status_code, "Déménagement" in wrong.text) == (409, True)
    asked = client.post(page.format(venue.pk, "deplacer-siret"), typed | {"target": barn.pk})
    assert f"passe de « {venue.shown_name} »" in asked.text.replace("\xa0", " ").replace(
        "\u202f", " "
    )
    assert 'type="hidden" name="reason" value="Déménagement"' in asked.text
    barn.refresh_from_db()
    assert barn.siret is None
    again = typed | {"target": barn.pk, "confirmed": "1"}
    client.post(page.format(venue.pk, "deplacer-siret"), again)
    barn.refresh_from_db()
    assert barn.siret == venue.siret
    client.post(page.format(barn.pk, "retirer-siret"), typed)
    barn.refresh_from_db()
    assert barn.siret is None

    OfferFactory(venue=barn)
    refused = client.post(page.format(barn.pk, "supprimer"), {"name": "Autre", "reason": "Doublon"})
    assert refused.status_code == 400
    client.post(page.format(barn.pk, "supprimer"), {"name": "grange", "reason": "Doublon"})
    assert not Venue.objects.filter(pk=barn.pk).exists()
    assert action_log.lines_of(venue.offerer)[0].why == "Doublon"


def test_a_venue_with_a_booking_or_that_prices_others_is_not_deleted(client):
    agent(client, "Support pro")
    booked = BookingFactory().venue
    leant_on = VenueFactory(name="Salle")
    price_point(VenueFactory(offerer=leant_on.offerer, without_siret=True), leant_on)

    for venue, words in ((booked, "réservations"), (leant_on, "paie d’autres lieux")):
        answer = client.post(
            f"/admin/venues/venue/{venue.pk}/supprimer/",
            {"name": venue.shown_name, "reason": "Doublon"},
        )
        assert (answer.status_code, words in answer.text) == (409, True)
        assert Venue.objects.filter(pk=venue.pk).exists()


def test_venues_of_validated_structures_are_listed_first_of_all(client):
    agent(client, "Support pro")
    VenueFactory(name="Opéra")
    VenueFactory(name="Kiosque", offerer=OffererFactory(new=True))

    pages = [client.get(f"/admin/venues/venue/{query}").text
             for query in ("", "?structures=non-validees", "?structures=toutes")]  # fmt: skip

    assert [("Opéra" in page, "Kiosque" in page) for page in pages] == [
        (True, False), (False, True), (True, True),
    ]  # fmt: skip


def test_several_venues_receive_a_label_and_lose_it(client):
    hall, barn = VenueFactory(), VenueFactory()
    tag = VenueTag.objects.create(label="Festival d’été")
    ended = VenueTag.objects.create(label="Été 2020", ends_on=date(2020, 9, 1))
    chosen = {"action": "tag_each", "_selected_action": [hall.pk, barn.pk], "confirmed": "1"}
    agent(client, "Lecture seule")
    client.post("/admin/venues/venue/", chosen | {"put": [tag.pk]})
    assert not hall.tags.exists()

    agent(client, "Programmation")
    client.post("/admin/venues/venue/", chosen | {"put": [tag.pk]})
    listed = client.get(f"/admin/venues/venue/?tags__id__exact={tag.pk}").text
    client.post("/admin/venues/venue/", chosen | {"_selected_action": [barn.pk], "take": [tag.pk]})

    assert (list(tag.venues.all()), "Festival d’été" in listed) == ([hall], True)
    assert [line.author for line in action_log.lines_of(barn)] == ["Farid Benali"] * 2

    offer = OfferFactory(venue=hall)
    offers = chosen | {"_selected_action": [offer.pk]}
    client.post("/admin/offers/offer/", offers | {"put": [ended.pk]})
    client.post("/admin/offers/offer/", offers | {"put": [tag.pk]})
    assert list(offer.tags.all()) == [tag]
    assert offer.title in client.get(f"/admin/offers/offer/?tags__id__exact={tag.pk}").text
    assert action_log.lines_of(offer)[0].author == "Farid Benali"
    wrong = client.post(
        "/admin/venues/venuetag/add/",
        {"label": "Fête", "starts_on": "21/06/2026", "ends_on": "20/06/2026"},
    )
    assert "précéder le début" in wrong.text
