"""The journey of the customer's documents 003 and 004: publish → book → countermark → pay."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from passpro.kernel.clock import PARIS
from passpro.smoke.browser import Browser, Page
from passpro.smoke.product import Product

PASSWORD = "Parcours-Complet-1!"  # noqa: S105 (a throw-away installation)
SIREN, SIRET = "780000006", "78000000600012"
IBAN, BIC = "FR7630006000011234567890189", "AGRIFRPP"
RIB = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PRICE_EUROS, PRICE_CENTS = "12,50", 12_50
PRICE_FORM = {"tarifs-0-label": "Plein tarif", "tarifs-0-price": PRICE_EUROS, "is_duo": "on"}


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
            self.alice_files_the_bank_account,
            self.farid_accepts_the_bank_account,
            self.farid_opens_chloes_account,
            self.alice_publishes,
            self.chloe_books,
            self.the_desk_validates,
            self.the_fortnight_is_paid,
            self.alice_downloads_the_statement,
            self.the_controls_find_nothing,
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
        page = self.alice.submit(self.alice.get("/structures/creation"), number=SIRET)
        page = self.alice.submit(page, "street")
        activity = page.find(r'<option value="([A-Z_]{3,})"')
        page = self.alice.submit(page, activity=activity, audience=["INDIVIDUAL"])
        page = self.alice.submit(page, "csrfmiddlewaretoken", form_action="")
        self.structure = _number_in(page.url)
        venue = page.find(r"/lieux/(\d+)\b")
        self.alice.submit(
            self.alice.get(f"/lieux/{venue}/accueil"), accessibility=["motor", "mental"]
        )
        self.alice.submit(
            self.alice.get(f"/lieux/{venue}/notifications"),
            booking_email="billetterie@theatre.example",
        )
        page = self.alice.submit(
            self.alice.get(f"/structures/{self.structure}/cles-api"), label="Billetterie"
        )
        self.key = page.find(r"\b([a-z]+_[0-9a-f]{12}_[0-9a-f]{64})\b")
        self.say(f"Structure {self.structure} (SIREN {SIREN}), lieu {SIRET} et clé d’API créés.")

    def farid_validates_the_theatre(self) -> None:
        self._admin_action(self.farid, f"/admin/venues/offerer/{self.structure}", "valider")
        self.say("Farid a validé la structure.")

    # Money arrives somewhere

    def alice_files_the_bank_account(self) -> None:
        path = f"/remboursements/informations-bancaires/ajout/{self.structure}"
        self.alice.submit(
            self.alice.get(path),
            label="Compte principal",
            iban=IBAN,
            bic=BIC,
            files={"rib": ("rib.pdf", RIB)},
        )
        page = self.farid.get("/admin/finance/bankaccount/")
        self.account = page.find(r"/admin/finance/bankaccount/(\d+)/change/")
        self.say(f"Compte bancaire {self.account} déposé avec son RIB.")

    def farid_accepts_the_bank_account(self) -> None:
        self._admin_action(self.farid, f"/admin/finance/bankaccount/{self.account}", "accepter")
        page = self.alice.get(f"/remboursements/informations-bancaires/{self.account}/lieux")
        assert "checked" in page.text, "the only venue is not linked to the accepted account"
        self.say("Farid l’a accepté ; le seul lieu de la structure y est rattaché.")

    def farid_opens_chloes_account(self) -> None:
        born = self.today.date().replace(year=self.today.year - 18, day=1) - timedelta(days=40)
        self.farid.submit(
            self.farid.get("/admin/accounts/user/add/"),
            email="chloe@jeunes.example",
            first_name="Chloé",
            last_name="Morvan",
            date_of_birth=f"{born:%d/%m/%Y}",
            postal_code="29200",
        )
        listing = self.farid.get("/admin/accounts/user/?q=chloe@jeunes.example")
        person = listing.find(r"/admin/accounts/user/(\d+)/change/")
        self.farid.submit(self.farid.get("/admin/bookings/deposit/add/"), user=person)
        invitation = self._last_email("chloe@jeunes.example")
        link = re.search(r"/mot-de-passe-perdu/[\w:.\-/]+", invitation)
        assert link, "the invitation holds no link"
        page = self.chloe.get(link.group(0))
        self.chloe.submit(page, password=PASSWORD)
        self._sign_in(self.chloe, "chloe@jeunes.example")
        assert "300,00" in self.chloe.get("/app/credit").text, "Chloé has no 300 €"
        self.say(f"Chloé ({person}) a choisi son mot de passe et dispose de 300,00 €.")

    # Publish, book, validate

    def alice_publishes(self) -> None:
        self.begins = (self.today + timedelta(days=1)).replace(hour=20, minute=30)
        page = self.alice.get("/offre/creation?nature=evenement")
        page = self.alice.submit(
            page,
            subcategory_id="VISITE_GUIDEE",
            title="Visite des coulisses",
            description="Des dessous de scène aux cintres.",
            duration="1:00",
        )
        self.offer = _number_in(page.url)
        self.alice.submit(page, where="venue")
        page = self.alice.submit(
            self.alice.get(f"/offre/{self.offer}/tarifs"),
            **PRICE_FORM,  # type: ignore[arg-type]
        )
        tariff = page.find(r'name="places_(\d+)"')
        self.alice.submit(
            page,
            date=f"{self.begins:%Y-%m-%d}",
            hour_1=f"{self.begins:%H:%M}",
            **{f"places_{tariff}": "10"},  # type: ignore[arg-type]
        )
        page = self.alice.get(f"/offre/{self.offer}/recapitulatif")
        self.alice.submit(page, when="now")
        self.say(
            f"Offre {self.offer} publiée : 10 places à {PRICE_EUROS} €, le {self.begins:%d/%m/%Y}."
        )

    def chloe_books(self) -> None:
        found = self.chloe.get("/app/recherche?q=coulisses")
        assert f"/app/offre/{self.offer}" in found.text, "the search does not find the offer"
        page = self.chloe.get(f"/app/offre/{self.offer}/reserver?places=2")
        stock = page.find(r'name="date"[^>]*value="(\d+)"')
        page = self.chloe.get(f"/app/offre/{self.offer}/reserver?date={stock}&places=2")
        page = self.chloe.submit(page, "date", "places")
        self.countermark = page.find(r"\b([A-HJ-NP-Z2-7]{6})\b")
        left = 300_00 - 2 * PRICE_CENTS
        assert f"{left // 100},{left % 100:02d}" in self.chloe.get("/app/credit").text
        mail = self._last_email("chloe@jeunes.example")
        assert self.countermark in mail, "the e-mail does not hold the countermark"
        self.say(f"Chloé a réservé 2 places (25,00 €) : contremarque {self.countermark}.")

    def the_desk_validates(self) -> None:
        answer = self.software.call("GET", f"/v2/bookings/token/{self.countermark}", self.key)
        assert '"quantity": 2' in answer.text, answer.text
        page = self.alice.get(f"/guichet?contremarque={self.countermark}")
        self.alice.submit(page, contremarque=self.countermark, action="valider")
        listing = self.alice.get(f"/reservations?offre={self.offer}")
        assert "Validée" in listing.text, "the list does not say that the booking is used"
        self.say("La billetterie a retrouvé la contremarque par l’API ; le guichet l’a validée.")

    # Pay

    def the_fortnight_is_paid(self) -> None:
        self.batch_day = _next_cutoff(self.begins)
        played = self.product.manage("run_jobs", f"--now={self.batch_day.isoformat()}")
        assert "make_batch" in played, played
        listing = self.farid.get("/admin/finance/cashflowbatch/")
        batch = listing.find(r"/admin/finance/cashflowbatch/(\d+)/change/")
        place = f"/admin/finance/cashflowbatch/{batch}"
        assert "25,00" in self.farid.get(f"{place}/change/").text, "the batch is not worth 25,00 €"
        self._admin_action(self.farid, place, "accepter")
        transfer = self.farid.get(f"{place}/sepa/").text
        assert '<InstdAmt Ccy="EUR">25.00</InstdAmt>' in transfer, transfer[:2000]
        self._admin_action(self.farid, place, "justificatifs")
        self.say(
            f"Quinzaine jouée au {self.batch_day:%d/%m/%Y} : lot {batch}, virement de 25,00 €."
        )

    def alice_downloads_the_statement(self) -> None:
        page = self._once("/remboursements/justificatifs", lambda shown: "/pdf" in shown.text)
        invoice = page.find(r"/remboursements/justificatifs/(\d+)/pdf")
        assert "25,00" in page.text, "the list does not show 25,00 €"
        pdf = self._once(
            f"/remboursements/justificatifs/{invoice}/pdf",
            lambda answer: answer.body.startswith(b"%PDF"),
        ).body
        detail = self.alice.get(f"/remboursements/justificatifs/{invoice}/csv").text
        assert self.countermark in detail, "the CSV does not name the booking"
        assert "25,00" in detail, detail
        listing = self.alice.get(f"/reservations?offre={self.offer}")
        assert "Remboursée" in listing.text, "the booking is not reimbursed"
        self.say(
            f"Alice a téléchargé le justificatif {invoice} ({len(pdf) // 1024} ko) et son CSV."
        )

    def the_controls_find_nothing(self) -> None:
        night = (self.batch_day + timedelta(days=1)).replace(hour=2, minute=0)
        played = self.product.manage("run_jobs", f"--now={night.isoformat()}")
        assert "control_" not in played, played
        self.say("Les contrôles de nuit ne trouvent aucun écart.")

    # Helpers

    def _sign_in(self, browser: Browser, email: str) -> Page:
        return browser.submit(browser.get("/connexion"), email=email, password=PASSWORD)

    def _admin_action(self, browser: Browser, page: str, verb: str) -> Page:
        """Open the confirmation of an admin action and confirm it."""
        asked = browser.get(f"{page}/{verb}/")
        return browser.submit(asked, "csrfmiddlewaretoken", form_action="")

    def _last_email(self, address: str) -> str:
        """Text of the last message to an address, as the team reads it in the admin."""
        listing = self.farid.get(f"/admin/kernel/outboxmessage/?q={address}")
        message = listing.find(r"/admin/kernel/outboxmessage/(\d+)/change/")
        return self.farid.get(f"/admin/kernel/outboxmessage/{message}/change/").text

    def _once(self, path: str, ready: Callable[[Page], bool]) -> Page:
        """What the worker makes after the commit, as soon as Alice sees it."""
        for _ in range(60):
            page = self.alice.get(path)
            if ready(page):
                return page
            time.sleep(0.5)
        raise AssertionError(f"{path} was not made in time: {page.text[-1500:]}")


def _number_in(url: str) -> str:
    """The number of what a page is about, in its address."""
    found = re.search(r"/(\d+)(?:/|$)", urlsplit(url).path)
    if not found:
        raise AssertionError(f"{url} is about nothing")
    return found.group(1)


def _next_cutoff(after: datetime) -> datetime:
    """The 1st or 16th that follows, at 06:00 in Paris: the batch ran at 05:00."""
    day = after + timedelta(days=1)
    while day.day not in {1, 16}:
        day += timedelta(days=1)
    return day.replace(hour=6, minute=0, second=0, microsecond=0)
