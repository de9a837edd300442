"""A person opens an account and confirms the address (USR-01 … USR-07)."""

from django.db import IntegrityError, transaction

from passpro.accounts import emails, tokens
from passpro.accounts.exceptions import EmailAlreadyVerified, EmailTaken, LinkExpired
from passpro.accounts.history import Kind, record
from passpro.accounts.models import User
from passpro.accounts.services.domains import check_domain
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor


@transaction.atomic
def sign_up(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    pseudo: str = "",
    phone: str = "",
    accepts_contact: bool = False,
    accepts_newsletter: bool = False,
) -> User:
    """Create an account that cannot sign in before its address is confirmed; queue the link.

    Raises EmailTaken, also when the same address signs up twice at once; EmailDomainBlocked.
    """
    check_domain(email)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email,
                password,
                first_name=first_name,
                last_name=last_name,
                pseudo=pseudo,
                phone=phone,
                accepts_contact=accepts_contact,
                accepts_newsletter=accepts_newsletter,
                created_at=clock.now(),
            )
    except IntegrityError:
        raise EmailTaken(field="email") from None
    record(user, Kind.CREATED, by=Actor.user(user))
    emails.queue_verification(user)
    return user


@transaction.atomic
def send_verification_again(*, email: str) -> None:
    """A new link, for an account that waits for one; says nothing about unknown addresses."""
    user = User.objects.filter(
        email=email.strip().lower(), email_verified_at__isnull=True, is_active=True
    ).first()
    if user is not None:
        emails.queue_verification(user)


@transaction.atomic
def send_verification_for(*, user_id: int, by: Actor) -> User:
    """The team sends the link once more (USR-06), noted; EmailAlreadyVerified, LinkExpired.

    LinkExpired when the account is closed: its link would open nothing.
    """
    user = User.objects.lock_for_change(user_id)
    if user.email_verified_at is not None:
        raise EmailAlreadyVerified("Cette adresse est déjà confirmée.")
    if not user.is_active:
        raise LinkExpired("Ce compte est fermé : rétablissez-le d’abord.")
    emails.queue_verification(user)
    action_log.add_note(user, text=f"Lien de confirmation renvoyé à {user.email}", by=by)
    return user


@transaction.atomic
def verify_email(*, token: str) -> User:
    """Confirm the address named by the link, once (USR-05).

    Raises LinkExpired (forged, after 7 days, address changed since) or EmailAlreadyVerified.
    """
    user_id, email = tokens.read_verification_token(token)
    user = (
        User.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=user_id, email=email, is_active=True)
        .first()
    )
    if user is None:
        raise LinkExpired
    if user.email_verified_at is not None:
        raise EmailAlreadyVerified
    user.email_verified_at = clock.now()
    user.save(update_fields=["email_verified_at"])
    record(user, Kind.EMAIL_VERIFIED, by=Actor.user(user))
    return user


@transaction.atomic
def verify_email_by_hand(*, user_id: int, by: Actor) -> User:
    """The team confirms an address it knows to be right (USR-06); EmailAlreadyVerified."""
    user = User.objects.lock_for_change(user_id)
    if user.email_verified_at is not None:
        raise EmailAlreadyVerified("Cette adresse est déjà confirmée.")
    user.email_verified_at = clock.now()
    user.save(update_fields=["email_verified_at"])
    record(user, Kind.EMAIL_VERIFIED, by=by)
    return user
