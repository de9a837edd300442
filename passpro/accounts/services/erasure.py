"""Forget who a person was, keeping money and who-did-what rows without a name (§11.2)."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from passpro.accounts import emails, personal_data
from passpro.accounts.enums import SuspensionReason
from passpro.accounts.exceptions import AlreadyAnonymised, MayNotLeave
from passpro.accounts.history import Kind, of_person, record
from passpro.accounts.models import RETURN_DELAY, User
from passpro.accounts.querysets import UserQuerySet
from passpro.kernel import clock
from passpro.kernel.actor import Actor

logger = logging.getLogger(__name__)

SILENCE_YEARS = 3  # RGPD-01 to RGPD-03
WARNED_BEFORE = timedelta(days=30)  # RGPD-03
LEAVING_WARNED_BEFORE = timedelta(days=10)  # SUS-05
ANONYMOUS_DOMAIN = "anonyme.passpro.invalid"
ANONYMOUS_NAME = "Compte anonymisé"


def anonymous_label(person_id: int) -> str:
    """What lists and log rows show instead of a name."""
    return f"{ANONYMOUS_NAME} {person_id}"


@transaction.atomic
def anonymise(*, user_id: int, by: Actor, why: str = "") -> User:
    """Erase names, addresses and outside traces everywhere, in one transaction (RGPD-04, RGPD-05).

    Bookings, payments and log rows stay, without a name; the account can never be opened again.
    Raises AlreadyAnonymised, MayNotLeave (agent, or something still running).
    """
    person = User.objects.lock_for_change(user_id)
    if person.anonymised_at is not None:
        raise AlreadyAnonymised
    if person.is_staff:
        raise MayNotLeave("Retirez d’abord les droits d’agent de cette personne.")
    if objection := personal_data.objection_to_leave(person):
        raise MayNotLeave(objection)
    email, first_name = person.email, person.first_name
    for holder in personal_data.holders():
        if holder.erase:
            holder.erase(person)
    _forget(person)
    record(person, Kind.ANONYMISED, by=_nameless(by, person), why=why)
    if person.email != email and by.user_id != person.pk:
        emails.queue_erased(person, email=email, first_name=first_name)
    return person


def _nameless(by: Actor, person: User) -> Actor:
    if by.user_id != person.pk:
        return by
    return Actor("USER", anonymous_label(person.pk), person.pk)


def _forget(person: User) -> None:
    """RGPD-04, on the account itself; département stays for statistics."""
    person.email = f"anonyme_{person.pk}@{ANONYMOUS_DOMAIN}"
    person.first_name = person.phone = person.pseudo = person.postal_code = ""
    person.last_name = anonymous_label(person.pk)
    if person.date_of_birth is not None:
        person.date_of_birth = person.date_of_birth.replace(month=1, day=1)
    person.beneficiary_role = User.BeneficiaryRole.NONE
    person.is_active = person.is_staff = person.is_superuser = False
    person.accepts_contact = person.accepts_newsletter = False
    person.muted_notifications = []
    person.sessions_closed += 1
    person.suspended_at, person.suspension_reason = None, ""
    person.anonymised_at = clock.now()
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()
    person.email_changes.all().delete()
    # Their own traces go; what others decided about the account stays without the old values.
    rows = of_person(person)
    rows.exclude(kind__in=[Kind.SUSPENDED, Kind.UNSUSPENDED]).delete()
    rows.update(why="", subject_label=anonymous_label(person.pk))


def years_before(moment: datetime, years: int) -> datetime:
    """The same instant that many years earlier; 29 February becomes the 28th."""
    year = moment.year - years
    try:
        return moment.replace(year=year)
    except ValueError:
        return moment.replace(year=year, day=28)


def silent(now: datetime, *, warned_margin: timedelta = timedelta()) -> UserQuerySet:
    """People silent for three years, minus the margin, whom no app has to keep (RGPD-01 to 03)."""
    limit = years_before(now, SILENCE_YEARS) + warned_margin
    return (
        User.objects.known()
        .silent_since(limit)
        .filter(is_staff=False, is_superuser=False)
        .exclude(personal_data.kept_at(now))
    )


def leaving(now: datetime, *, margin: timedelta = timedelta()) -> UserQuerySet:
    """People whose own request to leave is older than sixty days, minus the margin (SUS-05)."""
    return User.objects.known().filter(
        suspension_reason=SuspensionReason.OWN_REQUEST,
        suspended_at__lt=now - RETURN_DELAY + margin,
    )


def run_retention(*, now: datetime) -> dict[str, int]:
    """The nightly job: warn, then erase, one person a transaction.

    Killed anywhere and played again: a person is warned once per silence and erased once. Who
    cannot leave yet is skipped and counted.
    """
    warned = _warn(silent(now, warned_margin=WARNED_BEFORE), now + WARNED_BEFORE)
    warned += _warn(leaving(now, margin=LEAVING_WARNED_BEFORE), None)
    erased = kept = 0
    # Only who was warned in time goes by age.
    by_age = silent(now).filter(erasure_warned_at__lte=now - WARNED_BEFORE)
    for found, why in (
        (by_age, "Trois ans sans connexion"),
        (leaving(now), "Demande de suppression, délai de 60 jours passé"),
    ):
        for pk in list(found.order_by("pk").values_list("pk", flat=True)):
            try:
                anonymise(user_id=pk, by=Actor.job("retention"), why=why)
                erased += 1
            except (MayNotLeave, AlreadyAnonymised) as refusal:
                kept += 1
                logger.info(
                    "A person could not be erased yet.", extra={"id": pk, "code": refusal.code}
                )
    return {"warned": warned, "erased": erased, "kept": kept}


def _warn(found: UserQuerySet, on: datetime | None) -> int:
    """Tell each person once per silence; the stamp and the message are one transaction."""
    since_last_life = Q(erasure_warned_at__isnull=True)
    if on is not None:
        since_last_life |= Q(erasure_warned_at__lt=F("connected_at"))
    count = 0
    for pk in list(found.filter(since_last_life).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            person = User.objects.lock_for_change(pk)
            end = on or (person.suspended_at or clock.now()) + RETURN_DELAY
            person.erasure_warned_at = clock.now()
            person.save(update_fields=["erasure_warned_at"])
            emails.queue_erasure_warning(person, on=end)
            count += 1
    return count
