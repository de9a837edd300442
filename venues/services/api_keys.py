"""Keys of ticketing software: issue, recognise, revoke (KEY-01 … KEY-09)."""

import hashlib
import hmac
import secrets
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.db import Given, Read
from venues.constants import MAX_API_KEYS_PER_OFFERER
from venues.exceptions import (
    ApiKeyAlreadyRevoked,
    ApiKeyOfInactiveProvider,
    ApiKeyOfInactiveStructure,
    StructureClosed,
    TooManyApiKeys,
)
from venues.models import ApiKey, Offerer, Provider

SECRET_LENGTH = 64
# Compared when the prefix is unknown, so that the answer takes the same time.
_NO_HASH = "0" * 64
_LIVE_KEY = Read(
    lambda: (
        ApiKey.objects.live()
        .select_related("offerer", "provider")
        .filter(prefix=Given("prefix"))
        .order_by()
    )
)


@transaction.atomic
def issue_api_key(*, offerer_id: int, label: str, user: User, by: Actor) -> tuple[ApiKey, str]:
    """Create a key and answer it with its full text, which is shown once and never stored.

    Raises TooManyApiKeys above the limit of live keys (KEY-03), checked under the structure's lock.
    Raises StructureClosed for a structure refused or closed.
    """
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if not offerer.is_open:
        raise StructureClosed("Cette structure est fermée : elle n’a plus de clé d’API.")
    if ApiKey.objects.live().filter(offerer=offerer).count() >= MAX_API_KEYS_PER_OFFERER:
        raise TooManyApiKeys(MAX_API_KEYS_PER_OFFERER)
    return _issue(label=label, user=user, offerer=offerer)


@transaction.atomic
def issue_provider_api_key(
    *, provider_id: int, label: str, user: User, by: Actor
) -> tuple[ApiKey, str]:
    """A key with which a partner acts for the venues that authorised it (PRV-02, API-13).

    Made by the team; shown once. Raises ApiKeyOfInactiveProvider.
    """
    provider = Provider.objects.lock_for_change(provider_id)
    if not provider.is_active:
        raise ApiKeyOfInactiveProvider
    return _issue(label=label, user=user, provider=provider)


def _issue(
    *, label: str, user: User, offerer: Offerer | None = None, provider: Provider | None = None
) -> tuple[ApiKey, str]:
    prefix = f"{settings.API_KEY_ENVIRONMENT}_{secrets.token_hex(6)}"
    secret = secrets.token_hex(SECRET_LENGTH // 2)
    key = ApiKey.objects.create(
        offerer=offerer,
        provider=provider,
        label=label,
        prefix=prefix,
        secret_hash=hash_secret(secret),
        created_at=clock.now(),
        created_by=user,
    )
    return key, f"{prefix}_{secret}"


def authenticate(raw: str) -> ApiKey | None:
    """The live key of « Bearer <key> » or of the bare key, with its structure or partner, or None.

    One query, constant-time comparison; a second query once a day to note the use. A key of
    another environment is nobody (KEY-10). Raises ApiKeyOfInactiveStructure or
    ApiKeyOfInactiveProvider (403) when the key is right but its owner is switched off.
    """
    prefix, _, secret = raw.removeprefix("Bearer ").strip().rpartition("_")
    key = None
    is_ours = prefix.startswith(f"{settings.API_KEY_ENVIRONMENT}_")
    # A NUL byte is refused by the database driver: it is never part of a key.
    if is_ours and len(secret) == SECRET_LENGTH and "\x00" not in prefix:
        key = _LIVE_KEY.first(prefix=prefix)
    matches = hmac.compare_digest(hash_secret(secret), key.secret_hash if key else _NO_HASH)
    if key is None or not matches:
        return None
    if key.offerer is not None and not key.offerer.is_active:
        raise ApiKeyOfInactiveStructure
    if key.provider is not None and not key.provider.is_active:
        raise ApiKeyOfInactiveProvider
    today = clock.today()
    if key.last_used_on != today:
        _note_use(key, today)
    return key


def _note_use(key: ApiKey, today: date) -> None:
    ApiKey.objects.filter(pk=key.pk).filter(
        Q(last_used_on__isnull=True) | ~Q(last_used_on=today)
    ).update(last_used_on=today)
    key.last_used_on = today


@transaction.atomic
def revoke_api_key(*, key_id: int, by: Actor) -> ApiKey:
    """Stop a key at once and for good; raises ApiKeyAlreadyRevoked on a second call."""
    key = ApiKey.objects.lock_for_change(key_id)
    if key.revoked_at is not None:
        raise ApiKeyAlreadyRevoked
    key.revoked_at = clock.now()
    key.revoked_by_label = by.label
    key.save(update_fields=["revoked_at", "revoked_by_label"])
    return key


def hash_secret(secret: str) -> str:
    """Keyed SHA-256: a 256-bit random secret needs no slow hash."""
    return hmac.new(
        settings.API_KEYS_HASH_KEY.encode(), b"venues.api_key:" + secret.encode(), hashlib.sha256
    ).hexdigest()
