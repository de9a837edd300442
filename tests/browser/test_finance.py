"""« Gestion financière » in a real browser: accessible at all widths, usable, files kept."""

import pytest
from playwright.sync_api import Page, expect

from finance.models import BankAccount
from passpro.kernel import clock
from tests.accounts.factories import UserFactory
from tests.browser.axe import assert_good_at_all_widths
from tests.finance.factories import LONG_AGO, PDF, make_invoice
from tests.venues.factories import MembershipFactory, VenueFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(sign_in, settings, tmp_path):
    """Administrator of a theatre that was paid once."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**files, "OPTIONS": {"location": str(tmp_path)}},
    }
    venue = VenueFactory(name="Grande salle", created_at=LONG_AGO)
    user = UserFactory()
    MembershipFactory(user=user, offerer=venue.offerer)
    make_invoice(venue, now=clock.now(), cents=20_50)
    sign_in(user)
    return user


def test_the_three_tabs_are_good_at_all_widths(alice, page: Page, live_server) -> None:
    page.goto(f"{live_server.url}/remboursements/justificatifs")
    for tab in ("Justificatifs", "Détails", "Informations bancaires"):
        page.get_by_role("navigation", name="Gestion financière").get_by_role(
            "link", name=tab
        ).click()
        assert_good_at_all_widths(page)


def test_an_account_is_filed_after_a_correction(alice, page: Page, live_server) -> None:
    page.goto(f"{live_server.url}/remboursements/informations-bancaires")
    page.get_by_role("link", name="Ajouter un compte bancaire").first.click()
    page.get_by_label("Intitulé du compte").fill("Exploitation")
    page.get_by_label("IBAN").fill("FR76 3000 6000 0112 3456 7890 188")
    page.get_by_label("BIC").fill("AGRIFRPP")
    rib = {"name": "rib.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.get_by_label("RIB").set_input_files(rib)
    page.get_by_role("button", name="Enregistrer le compte").click()

    expect(page.get_by_text("la clé de contrôle ne correspond pas").first).to_be_visible()
    expect(page.get_by_label("Intitulé du compte")).to_have_value("Exploitation")
    assert_good_at_all_widths(page)
    page.get_by_label("IBAN").fill("FR76 3000 6000 0112 3456 7890 189")
    page.get_by_label("RIB").set_input_files(rib)
    page.get_by_role("button", name="Enregistrer le compte").click()

    expect(page.get_by_text("va être vérifié")).to_be_visible()
    assert BankAccount.objects.filter(label="Exploitation", filed_by=alice).exists()
