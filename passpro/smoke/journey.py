"""The journey of the customer's documents 003 and 004: publish → book → countermark → pay."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from passpro.kernel.clock import PARIS
from passpro.smoke.browser import Browser, Page
from passpro.smoke.product import Product

PASSWORD = "Parcours-Complet-1!"  # noqa: S105 (a throw-away installation)
SIREN, SIRET = "780000006", "78000000600012"
IBAN, BIC = "FR7630006000011234567890189", "AGRIFRPP"
RIB = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PRICE_EUROS, PRICE_CENTS = "12,50", 12_50


class Journey:
    """One step a method, played in order; `say` gets one line a step."""

    def __init__(self, product: Product, say: Callable[[str], object]) -> None:
        self.product, self.say = product, say
        self.alice, self.chloe = Browser(product.origin), Browser(product.origin)
        self.farid, self.gaelle = Browser(product.origin), Browser(product.origin)
        self.software = Browser(product.origin)
        self.today = datetime.now(PARIS)

    def play(self) -> None:
        for step in (
            self.agents_start,
            self.alice_signs_up,
            self.alice_registers_the_theatre,
            self.farid_validates_the_theatre,
        ):
            step()

    # People

    def agents_start(self) -> None:
        for login, browser in (("farid", self.farid), ("gaelle", self.gaelle)):
            self.product.manage(
                "createsuperuser", "--noinput", f"--email={login}@agents.example",
                password=PASSWORD,
            )  # fmt: skip
            self._sign_in(browser, f"{login}@agents.example")
        self.say("Deux agents sont connectés à l’administration.")

    def alice_signs_up(self) -> None:
        page = self.alice.get("/inscription")
        self.alice.submit(
            page,
            email="alice@theatre.example",
            password=PASSWORD,
            first_name="Alice",
            last_name="Le Goff",
        )
        link = re.search(
            r"/inscription/validation/[\w:.-]+", self._last_email("alice@theatre.example")
        )
        assert link, "the confirmation e-mail holds no link"
        self.alice.get(link.group(0))
        self.say("Alice a créé son compte et confirmé son adresse par le lien reçu.")

    def alice_registers_the_theatre(self) -> None:
        page = self.alice.submit(
            self.alice.get("/structures/creation"),
            siren=SIREN,
            name="Théâtre des Embruns",
            street="12 quai du Port",
            postal_code="29200",
            city="Brest",
        )
        self.structure = re.search(r"/structures/(\d+)", page.url).group(1)
        page = self.alice.get(f"/structures/{self.structure}/lieux/creation")
        self.alice.submit(
            page,
            siret=SIRET,
            name="Théâtre des Embruns",
            accessibility=["motor", "mental"],
            activity=page.find(r'<option value="([A-Z_]{3,})"'),
            booking_email="billetterie@theatre.example",
            street="12 quai du Port",
            postal_code="29200",
            city="Brest",
        )
        page = self.alice.submit(
            self.alice.get(f"/structures/{self.structure}/cles-api"), label="Billetterie"
        )
        self.key = page.find(r"\b([a-z]+_[0-9a-f]{12}_[0-9a-f]{64})\b")
        self.say(f"Structure {self.structure} (SIREN {SIREN}), lieu {SIRET} et clé d’API créés.")

    def farid_validates_the_theatre(self) -> None:
        self._admin_action(self.farid, f"/admin/venues/offerer/{self.structure}", "valider")
        self.say("Farid a validé la structure.")

    # Helpers

    def _sign_in(self, browser: Browser, email: str) -> Page:
        return browser.submit(browser.get("/connexion"), email=email, password=PASSWORD)

    def _admin_action(self, browser: Browser, page: str, verb: str, **typed: str) -> Page:
        """Open the confirmation of an admin action and confirm it."""
        asked = browser.get(f"{page}/{verb}/")
        return browser.submit(asked, "csrfmiddlewaretoken", *typed, action="", **typed)

    def _last_email(self, address: str) -> str:
        """Text of the last message to an address, as the team reads it in the admin."""
        listing = self.farid.get(f"/admin/kernel/outboxmessage/?q={address}")
        message = listing.find(r"/admin/kernel/outboxmessage/(\d+)/change/")
        return self.farid.get(f"/admin/kernel/outboxmessage/{message}/change/").text
