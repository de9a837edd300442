"""A person changes address: asked with the password, applied from the new mailbox (PRF-02, A7)."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from passpro.accounts import emails, tokens
from passpro.accounts.exceptions import (
    EmailTaken,
    LinkExpired,
    SameEmail,
    TooManyEmailChanges,
    WrongPassword,
)
from passpro.accounts.history import Kind, record
from passpro.accounts.models import EmailChange, User
from passpro.accounts.services.domains import check_domain
from passpro.kernel import clock
from passpro.kernel.actor import Actor

REQUESTS_PER_DAY = 5


@transaction.atomic
def ask_email_change(*, user: User, new_email: str, password: str, by: Actor) -> EmailChange:
    """Send a 24 h link to the new address and a notice to the old one; nothing changes yet.

    Asking again stops the older links. Raises WrongPassword, SameEmail, EmailTaken,
    TooManyEmailChanges (sixth request in 24 h), EmailDomainBlocked.
    """
    new_email = new_email.strip().lower()
    check_domain(new_email)
    person = User.objects.lock_for_change(user.pk)
    if not person.check_password(password):
        raise WrongPassword(field="current")
    if new_email == person.email:
        raise SameEmail(field="email")
    if User.objects.filter(email=new_email).exists():
        raise EmailTaken("Un compte existe déjà avec cette adresse e-mail.", field="email")
    since = clock.now() - timedelta(days=1)
    if person.email_changes.filter(asked_at__gt=since).count() >= REQUESTS_PER_DAY:
        raise TooManyEmailChanges(field="email")
    change = EmailChange.objects.create(
        person=person, old_email=person.email, new_email=new_email, asked_at=clock.now()
    )
    record(
        person,
        Kind.EMAIL_CHANGE_ASKED,
        by=by,
        changes={"adresse e-mail": (person.email, new_email)},
    )
    emails.queue_email_change(person, change)
    return change


@transaction.atomic
def confirm_email_change(*, token: str) -> User:
    """Apply the address named by the link, once; every session of the person ends.

    Raises LinkExpired (forged, after 24 h, used, replaced by a later request, account suspended)
    or EmailTaken when somebody else took the address in between.
    """
    change_id = tokens.read_email_change_token(token)
    found = EmailChange.objects.filter(pk=change_id).first()
    if found is None:
        raise LinkExpired
    person = User.objects.lock_for_change(found.person_id)
    latest = person.email_changes.first()
    if (
        latest is None
        or latest.pk != change_id
        or latest.confirmed_at is not None
        or latest.old_email != person.email
        or not person.is_active
    ):
        raise LinkExpired
    latest.confirmed_at = clock.now()
    latest.save(update_fields=["confirmed_at"])
    person.email = latest.new_email
    person.sessions_closed += 1
    if person.email_verified_at is None:
        person.email_verified_at = clock.now()
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "sessions_closed", "email_verified_at"])
    except IntegrityError:
        raise EmailTaken("Un compte existe maintenant avec cette adresse e-mail.") from None
    record(
        person,
        Kind.EMAIL_CHANGED,
        by=Actor.user(person),
        changes={"adresse e-mail": (latest.old_email, latest.new_email)},
    )
    emails.queue_email_changed(person, latest)
    return person
