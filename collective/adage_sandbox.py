"""What the sandbox answers in ADAGE's place: schools of the year that we do not hold yet, staff."""

from collective.adage_client import SchoolRow, StaffRow
from collective.models import Institution

# Invented, with codes whose letter holds.
SCHOOLS = (
    SchoolRow("0290347V", "COLLEGE", "DU PORT DE COMMERCE", "Brest", "29200",
              "0290347v@ac.example", "02 98 00 00 21"),
    SchoolRow("0350513T", "LYCEE PROFESSIONNEL", "DES ROCHERS", "Rennes", "35000",
              "0350513t@ac.example", "02 99 00 00 22"),
)  # fmt: skip
_PEOPLE = (("Claire", "Vidal", "Mme"), ("Thomas", "Ferrand", "M."), ("Aïcha", "Benali", "Mme"))


def schools_of_the_year() -> list[SchoolRow]:
    """Those that we hold, as they are, and two that we do not hold yet."""
    held = [
        SchoolRow(one.uai, one.kind, one.name, one.city, one.postal_code, one.email, one.phone)
        for one in Institution.objects.order_by("pk")
    ]
    known = {one.uai for one in held}
    return held + [one for one in SCHOOLS if one.uai not in known]


def staff_of(uai: str) -> list[StaffRow]:
    """Three teachers in every school, with the addresses that the demo uses."""
    return [
        StaffRow(f"{last.lower()}@{uai.lower()}.ecole.example", first, last, civility)
        for first, last, civility in _PEOPLE
    ]
