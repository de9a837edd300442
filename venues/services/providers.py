"""The team keeps the list of partners (PRV-01, PRV-02)."""

from typing import TypedDict, Unpack

from django.db import transaction

from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from venues.models import Provider


class ProviderFacts(TypedDict, total=False):
    summary: str
    offerer_id: int | None
    is_listed: bool
    phone: str
    contact_email: str
    notification_email: str
    documentation_url: str
    notification_url: str
    booking_url: str
    cancel_url: str
    feed_url: str


@transaction.atomic
def create_provider(*, name: str, kind: str, by: Actor, **facts: Unpack[ProviderFacts]) -> Provider:
    """Add a partner that venues may choose at once; its keys are made apart."""
    provider = Provider.objects.create(name=name, kind=kind, created_at=clock.now(), **facts)
    action_log.record(provider, ActionLog.Kind.CREATED, by=by)
    return provider


@transaction.atomic
def switch_provider(*, provider_id: int, is_active: bool, by: Actor, why: str = "") -> Provider:
    """Stop a partner everywhere at once, or let it act again (KEY-05); its links stay."""
    provider = Provider.objects.lock_for_change(provider_id)
    if provider.is_active == is_active:
        return provider
    provider.is_active = is_active
    provider.save(update_fields=["is_active"])
    kind = ActionLog.Kind.SWITCHED_ON if is_active else ActionLog.Kind.SWITCHED_OFF
    action_log.record(provider, kind, by=by, why=why)
    return provider
