"""Labels that a structure receives by itself (OFF-11), those the team puts on it or its venues."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from passpro.kernel import action_log
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from passpro.registers.companies import LOCAL_AUTHORITY_CODE
from venues.models import Offerer, OffererTag, Venue, VenueTag

TOP_ACTOR = "acteur-majeur"
CEASED = "entreprise-cessee"
# Present in every installation; the team writes others.
DECLARED: tuple[dict[str, Any], ...] = (
    {
        "code": "collectivite",
        "label": "Collectivité territoriale",
        "description": "Posée à l’inscription : communes et autres collectivités.",
        "activity_codes": [LOCAL_AUTHORITY_CODE],
    },
    {
        "code": TOP_ACTOR,
        "label": "Acteur majeur",
        "description": "Suivi de près par l’équipe.",
    },
    {
        "code": CEASED,
        "label": "Entreprise cessée",
        "description": "Posée quand le répertoire dit que l’entreprise n’existe plus.",
    },
)


def put_automatic_tags(offerer: Offerer, *, by: Actor, email: str = "") -> list[OffererTag]:
    """Add the tags of this activity code and of this person's e-mail domain; answers the new ones.

    The caller is inside its transaction. Tags put or taken away by hand are not touched; a tag
    once taken away comes back only with another sign-up or another activity code.
    """
    asked = Q()
    if offerer.activity_code:
        asked |= Q(activity_codes__contains=[offerer.activity_code])
    if domain := email.rpartition("@")[2].lower():
        asked |= Q(email_domains__contains=[domain])
    if not asked:
        return []
    tags = list(OffererTag.objects.filter(asked).exclude(offerers=offerer))
    if tags:
        before = tag_names(offerer)
        offerer.tags.add(*tags)
        record_tags(offerer, before=before, by=by)
    return tags


def change_tags(
    offerer: Offerer,
    *,
    put: Iterable[OffererTag] = (),
    take: Iterable[OffererTag] = (),
    by: Actor,
) -> None:
    """Put and take labels, with one row of history; the caller holds the structure's lock."""
    before = tag_names(offerer)
    offerer.tags.add(*put)
    offerer.tags.remove(*take)
    record_tags(offerer, before=before, by=by)


def put_ceased_tag(offerer: Offerer, *, by: Actor) -> None:
    """SIR-08: the register says that the company is no more."""
    change_tags(offerer, put=OffererTag.objects.filter(code=CEASED), by=by)


def tag_names(offerer: Offerer) -> str:
    """As the history shows them."""
    return ", ".join(offerer.tags.order_by("label").values_list("label", flat=True))


def record_tags(offerer: Offerer, *, before: str, by: Actor) -> None:
    """One row when the tags differ from `before` (HIS-04)."""
    changes = action_log.differences({"étiquettes": before}, {"étiquettes": tag_names(offerer)})
    action_log.record(offerer, ActionLog.Kind.MODIFIED, by=by, changes=changes)


@transaction.atomic
def change_venue_tags(
    *, venue_id: int, put: Iterable[VenueTag], take: Iterable[VenueTag], by: Actor
) -> Venue:
    """Put and take labels of a venue (§14.2), with one row of history when they change."""
    venue = Venue.objects.lock_for_change(venue_id)
    before = _venue_tag_names(venue)
    venue.tags.add(*put)
    venue.tags.remove(*take)
    changes = action_log.differences(
        {"étiquettes": before}, {"étiquettes": _venue_tag_names(venue)}
    )
    action_log.record(venue, ActionLog.Kind.MODIFIED, by=by, changes=changes)
    return venue


def _venue_tag_names(venue: Venue) -> str:
    return ", ".join(venue.tags.order_by("label").values_list("label", flat=True))


def write_declared_tags(**signal: Any) -> None:
    """After each migration: the tags of the product exist; what the team changed stays."""
    with transaction.atomic():
        for tag in DECLARED:
            OffererTag.objects.get_or_create(code=tag["code"], defaults=tag)
