"""A partner, a teacher and a head of school, each in a browser, to the end of a booking."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from collective.models import CollectiveBooking
from collective.models.schools import start_year_of
from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from tests.browser.axe import assert_good_at_all_widths
from tests.collective.factories import (
    BudgetFactory,
    InstitutionFactory,
    ReferencedVenueFactory,
    SchoolYearFactory,
)
from tests.venues.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


def enters(page: Page, url: str, school, role: str) -> None:
    """By the sandbox, which signs the address as ADAGE does."""
    page.goto(f"{url}/adage/essai")
    page.get_by_label("Établissement").first.select_option(str(school.pk))
    page.get_by_label(role).check()
    page.get_by_role("button", name="Entrer").click()


def go_on(page: Page) -> None:
    """Once the page is whole, as a person would: Chromium drops what is pressed before its first
    paint, then the form is not sent and the press comes again."""
    page.wait_for_load_state()
    button = page.get_by_role("button", name="Enregistrer et continuer")
    try:
        with page.expect_request(lambda request: request.method == "POST", timeout=5_000):
            button.click()
    except TimeoutError:
        button.click()


def test_partner_teacher_and_head_play_to_the_end(live_server, page: Page, sign_in):
    venue = ReferencedVenueFactory(name="Grande salle")
    user = UserFactory()
    MembershipFactory(user=user, offerer=venue.offerer)
    day = clock.paris_day(clock.now()) + timedelta(days=40)
    event = clock.paris_midnight(day)
    school = InstitutionFactory(name="ANNE DE BRETAGNE", city="Brest", postal_code="29200")
    for start in {start_year_of(event), start_year_of(clock.now())}:
        BudgetFactory(institution=school, year=SchoolYearFactory(start_year=start))
    sign_in(user)

    page.goto(f"{live_server.url}/collectif/offre/creation")
    page.get_by_label("Titre").fill("Le Lac des cygnes")
    page.get_by_label("Description").fill("Spectacle, puis rencontre.")
    for choice in ("Danse", "Représentation", "Collège - 4e", "Moteur"):
        page.get_by_label(choice, exact=True).check()
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Date et prix")
    page.get_by_label("Date de début").fill(day.isoformat())
    page.get_by_label("Heure").fill("14:30")
    page.get_by_label("Date limite de réservation").fill((day - timedelta(days=10)).isoformat())
    page.get_by_label("Prix total TTC").fill("200")
    page.get_by_label("Nombre de participants").fill("27")
    page.get_by_label("Informations sur le prix").fill("SCOLAIRE SECONDAIRE à 8,00 € x 25")
    go_on(page)
    # A refused form would show the same address again: say which page is there.
    expect(page.get_by_role("heading", level=1)).to_have_text("Établissement et enseignant")
    page.get_by_label("Nom, ville, code postal ou UAI").fill("anne de bretagne")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name=school.uai).click()
    go_on(page)
    assert_good_at_all_widths(page)
    page.get_by_role("link", name="Aperçu").click()
    expect(page.get_by_text("200 € pour 27 participants").first).to_be_visible()
    page.get_by_role("link", name="Retour à l’offre").click()
    page.get_by_role("link", name="Reprendre et publier").click()
    page.get_by_role("button", name="Publier l’offre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre offre est publiée")

    enters(page, live_server.url, school, "Enseignant : je cherche et je préréserve")
    page.get_by_role("link", name="Pour mon établissement").click()
    page.get_by_role("link", name="Le Lac des cygnes").first.click()
    page.get_by_role("link", name="Préréserver l’offre").click()
    page.get_by_role("button", name="Préréserver", exact=True).click()
    expect(page.get_by_text("Préréservée").first).to_be_visible()

    enters(page, live_server.url, school, "Chef d’établissement : je confirme ou je refuse")
    page.get_by_role("link", name="Confirmer Le Lac des cygnes").click()
    page.get_by_role("button", name="Confirmer la réservation").click()
    expect(page.get_by_text("Réservée").first).to_be_visible()

    booking = CollectiveBooking.objects.get()
    assert (booking.status, booking.budget.institution) == ("CONFIRMED", school)
    page.goto(f"{live_server.url}/collectif/reservations")
    assert_good_at_all_widths(page)
    page.get_by_role("link", name=f"n° {booking.pk}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le Lac des cygnes")
    expect(page.get_by_text("Claire Vidal").first).to_be_visible()
    page.goto(f"{live_server.url}/collectif/offres")
    assert_good_at_all_widths(page)
    expect(page.get_by_text("Statut changé")).to_be_visible()
