"""Who lives in the demo; one password for all, printed by `manage.py demo --people`."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import Group

from passpro.accounts.models import User
from passpro.accounts.services.beneficiaries import create_beneficiary
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM

PASSWORD = "Demo-PassPro-1!"  # noqa: S105 (printed on purpose, refused in production)
DOMAIN = "demo.passpro.example"


@dataclass(frozen=True, slots=True)
class Person:
    login: str
    first_name: str
    last_name: str
    role: str
    door: str

    @property
    def email(self) -> str:
        return f"{self.login}@{DOMAIN}"


SHOWN = (
    Person("alice", "Alice", "Le Goff", "administre le Théâtre des Embruns (Brest)", "/accueil"),
    Person("zoe", "Zoé", "Le Bihan", "rejoint le théâtre et inscrit La Cale Sèche", "/structures"),
    Person("bob", "Bob", "Kermarec", "tient la librairie Page 29 (Quimper)", "/accueil"),
    Person("chloe", "Chloé", "Morvan", "a 18 ans et 300 € de crédit", "/app/"),
    Person("karim", "Karim", "Haddad", "a 17 ans", "/app/"),
    Person("farid", "Farid", "Benali", "travaille au pass Culture", "/admin/"),
    Person(
        "gaelle",
        "Gaëlle",
        "Petit",
        "travaille au pass Culture, pour la double signature",
        "/admin/",
    ),
)
CROWD = (
    "Inès",
    "Léo",
    "Manon",
    "Noé",
    "Jade",
    "Hugo",
    "Lina",
    "Tom",
    "Zoé",
    "Adam",
    "Rose",
    "Sacha",
)


def birthday(age: int) -> date:
    """Somebody who had their birthday of this age a quarter ago."""
    today = clock.today()
    month, year = (today.month - 4) % 12 + 1, today.year - (today.month <= 3)
    return date(year - age, month, 15)


def create_venue_staff(login: str) -> User:
    person = next(person for person in SHOWN if person.login == login)
    return User.objects.create_user(
        person.email,
        PASSWORD,
        first_name=person.first_name,
        last_name=person.last_name,
        email_verified_at=clock.now(),
        created_at=clock.now(),
    )


def create_newcomer(login: str, first_name: str, last_name: str) -> User:
    """Somebody who just signed up and waits for the team."""
    return User.objects.create_user(
        f"{login}@{DOMAIN}",
        PASSWORD,
        first_name=first_name,
        last_name=last_name,
        email_verified_at=clock.now(),
        created_at=clock.now(),
    )


def create_agents() -> list[User]:
    """Two agents in every group, so that one can propose and the other sign."""
    agents = []
    for login in ("farid", "gaelle"):
        agent = create_venue_staff(login)
        agent.is_staff = True
        agent.save(update_fields=["is_staff"])
        agent.groups.set(Group.objects.all())
        agents.append(agent)
    return agents


def create_young_people() -> list[User]:
    """Chloé first, then Karim (17), then a dozen others to fill the rooms."""
    named = [person for person in SHOWN if person.login in {"chloe", "karim"}]
    young = [
        create_beneficiary(
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            date_of_birth=birthday(17 if person.login == "karim" else 18),
            postal_code="29200",
            by=SYSTEM,
            password=PASSWORD,
        )
        for person in named
    ]
    for number, first_name in enumerate(CROWD):
        young.append(
            create_beneficiary(
                email=f"jeune{number + 1}@{DOMAIN}",
                first_name=first_name,
                last_name="Tanguy",
                date_of_birth=birthday(18),
                postal_code="29000",
                by=SYSTEM,
                password=PASSWORD,
            )
        )
    return young
