"""Teachers of a school as ADAGE lists them (§5.5); read before any lock."""

from collective import adage_client
from collective.exceptions import StaffUnavailable, TeacherUnknown
from collective.models import Institution, Redactor
from collective.services.details import find_redactor
from passpro.registers.exceptions import RegisterDown


def teachers_of(institution: Institution) -> list[adage_client.StaffRow]:
    """Who may be named, by name; empty when ADAGE does not know the school or does not answer."""
    try:
        found = adage_client.staff(institution.uai) or []
    except RegisterDown:
        return []
    return sorted(found, key=lambda one: (one.last_name, one.first_name, one.email))


def teacher_named(
    *, institution: Institution, email: str, kept: Redactor | None
) -> Redactor | None:
    """The teacher of an address, known from now on; None without an address.

    `kept`, who is named already, needs no new look. Raises TeacherUnknown when ADAGE does not list
    the person in this school, StaffUnavailable when it does not answer.
    """
    wanted = email.strip().lower()
    if not wanted:
        return None
    if kept is not None and kept.email == wanted:
        return kept
    try:
        staff = adage_client.staff(institution.uai) or []
    except RegisterDown as error:
        raise StaffUnavailable(field="teacher_email") from error
    for one in staff:
        if one.email == wanted:
            return find_redactor(
                email=one.email,
                first_name=one.first_name,
                last_name=one.last_name,
                civility=one.civility,
            )
    raise TeacherUnknown(field="teacher_email")
