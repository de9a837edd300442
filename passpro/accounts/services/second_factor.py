"""The second factor of agents: a code of their telephone, recovery codes, help when it is lost.

Codes follow the real time of telephones, never the product's clock. Recovery codes are kept as
keyed hashes; each opens once.
"""

import secrets

from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from passpro.accounts import emails
from passpro.accounts.exceptions import NoSecondFactor, ReasonNeeded, WrongCode
from passpro.accounts.models import User
from passpro.kernel import action_log
from passpro.kernel.actor import Actor
from passpro.kernel.errors import NotAllowed
from passpro.kernel.models import ActionLog

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


def has_second_factor(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def is_verified(user: User, persistent_id: str | None) -> bool:
    """The device that opened the session still exists and is this person's."""
    if not persistent_id:
        return False
    device = Device.from_persistent_id(persistent_id)
    return device is not None and device.user_id == user.pk and device.confirmed


def device_to_confirm(user: User) -> TOTPDevice:
    """The device whose QR code is shown until a first code confirms it; the same each time."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, name="téléphone", confirmed=False)


def confirm_device(*, user: User, code: str, by: Actor) -> tuple[TOTPDevice, list[str]]:
    """A first right code turns the second factor on; answers its recovery codes, shown once.

    A device confirmed before is replaced. Raises WrongCode.
    """
    if not _check(TOTPDevice, user, code, confirmed=False):
        raise WrongCode(field="code")
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device = TOTPDevice.objects.select_for_update().get(user=user, confirmed=False)
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = _new_codes(user)
        action_log.record(user, ActionLog.Kind.SECOND_FACTOR_ADDED, by=by)
    return device, codes


def verify(*, user: User, code: str) -> Device:
    """The device that answers to this code of the telephone, or recovery code; raises WrongCode."""
    code = "".join(code.split()).lower().replace("-", "")
    if code.isdigit():
        device = _check(TOTPDevice, user, code, confirmed=True)
    else:
        device = _check(StaticDevice, user, _hash(user, code), confirmed=True)
    if device is None:
        raise WrongCode(field="code")
    return device


@transaction.atomic
def renew_recovery_codes(*, user: User, by: Actor) -> list[str]:
    """Ten new codes, shown once; the older ones stop. Raises NoSecondFactor."""
    if not has_second_factor(user):
        raise NoSecondFactor
    action_log.record(
        user,
        ActionLog.Kind.MODIFIED,
        by=by,
        changes={"codes de secours": ["–", "renouvelés"]},
    )
    return _new_codes(user)


@transaction.atomic
def reset_second_factor(*, user_id: int, by: Actor, why: str) -> User:
    """A lost telephone: a manager removes the second factor; sessions close, the agent is told.

    Nobody resets their own (NotAllowed). Raises ReasonNeeded, NoSecondFactor.
    """
    if by.user_id == user_id:
        raise NotAllowed("Demandez à un autre gestionnaire : personne ne retire le sien.")
    if not why.strip():
        raise ReasonNeeded(field="reason")
    user = User.objects.lock_for_change(user_id)
    if not has_second_factor(user):
        raise NoSecondFactor
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    user.sessions_closed += 1
    user.save(update_fields=["sessions_closed"])
    row = action_log.record(user, ActionLog.Kind.SECOND_FACTOR_RESET, by=by, why=why)
    assert row is not None
    emails.queue_second_factor_reset(user, row.pk)
    return user


def _check(kind: type[Device], user: User, code: str, *, confirmed: bool) -> Device | None:
    """A right code serves once, wrong ones slow the next ones down (kept when refused)."""
    with transaction.atomic():
        devices = kind.objects.select_for_update().filter(user=user, confirmed=confirmed)
        device: Device | None = devices.order_by("pk").first()
        return device if device is not None and device.verify_token(code) else None


def _new_codes(user: User) -> list[str]:
    device, _ = StaticDevice.objects.get_or_create(
        user=user, defaults={"name": "codes de secours", "confirmed": True}
    )
    device.token_set.all().delete()
    codes = [_draw() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_hash(user, code.replace("-", ""))) for code in codes
    )
    return codes


def _draw() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    # Never digits alone: that is what a telephone shows.
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}" if not letters.isdigit() else _draw()


def _hash(user: User, code: str) -> str:
    return salted_hmac(f"recovery:{user.pk}", code, algorithm="sha256").hexdigest()[:16]
