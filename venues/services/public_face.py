"""What the public and teachers see of a venue: opening hours, image, information for teachers."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from passpro.kernel import action_log, clock, images
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog
from venues.exceptions import VirtualVenueLocked, WrongOpeningHours
from venues.models import OpeningRange, TeacherInfo, Venue
from venues.opening import DAYS, Range, said_ranges
from venues.services.history import Changes, changes_since, snapshot
from venues.services.venues import VenueFacts, update_venue


@transaction.atomic
def welcome_public(
    *, venue_id: int, ranges: Iterable[Range], by: Actor, **facts: Unpack[VenueFacts]
) -> Venue:
    """One page of the venue: what it says and when it is open. Raises what both steps raise."""
    set_opening_hours(venue_id=venue_id, ranges=ranges, by=by)
    return update_venue(venue_id=venue_id, by=by, **facts)


@transaction.atomic
def set_opening_hours(*, venue_id: int, ranges: Iterable[Range], by: Actor) -> Venue:
    """Replace the week of a venue, two ranges a day at most, and log it.

    Raises WrongOpeningHours when a range ends before it begins or meets its neighbour.
    """
    wanted = sorted(ranges)
    _check(wanted)
    venue = _lock(venue_id)
    before = {(one.weekday, one.opens_minute, one.closes_minute) for one in _ranges(venue)}
    after = {(one.weekday, one.opens, one.closes) for one in wanted}
    if before == after:
        return venue
    old = said_ranges(Range(*key) for key in before)
    venue.opening_ranges.all().delete()
    OpeningRange.objects.bulk_create(
        OpeningRange(
            venue=venue, weekday=one.weekday, opens_minute=one.opens, closes_minute=one.closes
        )
        for one in wanted
    )
    _log(venue, by, {"horaires d’ouverture": [old, said_ranges(wanted)]})
    return venue


def set_image(
    *,
    venue_id: int,
    by: Actor,
    upload: UploadedFile | None = None,
    address: str = "",
    crop: images.Crop | None = None,
    credit: str = "",
) -> Venue:
    """Give the venue an image, from a file or a web address, or frame anew the one it has.

    The picture is made before the row is locked. Raises ImageRefused, VirtualVenueLocked.
    """
    stored = images.make(
        frame=images.LANDSCAPE,
        by=by,
        upload=upload,
        address=address,
        had_key=Venue.objects.values_list("image_key", flat=True).get(pk=venue_id),
        crop=crop,
    )
    try:
        return _put_image(venue_id, stored, credit.strip(), by)
    except BaseException:
        images.delete_files(stored.key)
        raise


@transaction.atomic
def remove_image(*, venue_id: int, by: Actor) -> Venue:
    """Forget the image and delete its files; nothing when there is none."""
    venue = _lock(venue_id)
    if not venue.image_key:
        return venue
    images.discard(venue.image_key)
    venue.image_key, venue.image_crop, venue.image_credit = "", {}, ""
    venue.save(update_fields=["image_key", "image_crop", "image_credit"])
    _log(venue, by, {"image": ["image", "–"]})
    return venue


@transaction.atomic
def _put_image(venue_id: int, stored: images.StoredImage, credit: str, by: Actor) -> Venue:
    venue = _lock(venue_id)
    had = venue.image_key
    credit_before = venue.image_credit
    images.discard(had)
    venue.image_key, venue.image_crop = stored.key, stored.crop.as_json()
    venue.image_credit = credit
    venue.save(update_fields=["image_key", "image_crop", "image_credit"])
    changes = {"image": ["image" if had else "–", "nouvelle image"]}
    if credit_before != credit:
        changes["crédit de l’image"] = [credit_before, credit]
    _log(venue, by, changes)
    return venue


class TeacherFacts(TypedDict, total=False):
    """portal.md 5.7; all optional."""

    description: str
    level_ids: list[str]
    domain_ids: list[int]
    website: str
    partner_kind: str
    legal_status: str
    mobility: list[str]
    network_ids: list[str]
    access_information: str
    phone: str
    email: str


@transaction.atomic
def describe_for_teachers(*, venue_id: int, by: Actor, **facts: Unpack[TeacherFacts]) -> Venue:
    """Write what teachers read about the venue (D5) and log what changed."""
    venue = _lock(venue_id)
    info = TeacherInfo.objects.filter(venue=venue).first() or TeacherInfo(venue=venue)
    before = snapshot(info, facts)
    for name, value in facts.items():
        setattr(info, name, value)
    info.updated_at = clock.now()
    info.save()
    changes = changes_since(before, info, facts)
    _log(venue, by, {f"enseignants : {name}": both for name, both in changes.items()})
    return venue


def _log(venue: Venue, by: Actor, changes: Changes) -> None:
    action_log.record(venue, ActionLog.Kind.MODIFIED, by=by, changes=changes)


def _lock(venue_id: int) -> Venue:
    venue = Venue.objects.lock_for_change(venue_id)
    if venue.is_virtual:
        raise VirtualVenueLocked
    return venue


def _ranges(venue: Venue) -> Iterable[OpeningRange]:
    return venue.opening_ranges.all()


def _check(ranges: list[Range]) -> None:
    for one, following in zip_longest(ranges, ranges[1:]):
        day, field = DAYS[one.weekday], f"day{one.weekday}"
        if not 0 <= one.opens < one.closes <= 1440:
            raise WrongOpeningHours(
                f"{day.capitalize()} : l’heure de fermeture doit suivre l’ouverture.", field=field
            )
        if (
            following is not None
            and following.weekday == one.weekday
            and following.opens < one.closes
        ):
            raise WrongOpeningHours(
                f"{day.capitalize()} : les deux plages se chevauchent.", field=field
            )
