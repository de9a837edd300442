"""Actions on many offers of the list: asked for, done by a worker by packets, watched (OFF-130)."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict

from offers import transitions
from offers.enums import BulkState, BulkVerb, OfferValidation
from offers.exceptions import NothingToDo
from offers.filters import PortalFilter
from offers.models import BulkAction, Offer, Stock
from offers.querysets import OfferQuerySet
from offers.services.synchronised import kept_without_right
from passpro.accounts.models import User
from passpro.kernel import clock, images
from passpro.kernel.actor import Actor
from venues.models import Offerer

logger = logging.getLogger(__name__)

_PACKET = 500
# A worker that died leaves its action running: after this it goes on from the beginning, where
# what was done is no longer to do.
_GIVEN_UP_AFTER = timedelta(minutes=10)
_NOT_TAKEN_AFTER = timedelta(minutes=2)


def wanted_offers(
    *, user: User, query: str, offer_ids: list[int], is_everything: bool
) -> OfferQuerySet:
    """The chosen offers, or all those that the list shows for this address; the person's only."""
    mine: OfferQuerySet = Offer.objects.visible_to(user)
    if not is_everything:
        return mine.filter(pk__in=offer_ids)
    form = PortalFilter(QueryDict(query), user=user)
    found = form.apply(mine)
    status = form.cleaned_data.get("statut", "")
    return found.shown_as(status, clock.now()) if status else found


def concerned(verb: str, offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Those of the offers that the action would change (OFF-130, OFF-131, OFF-133)."""
    if verb == BulkVerb.DELETE:
        return offers.filter(validation=OfferValidation.DRAFT)
    published = offers.filter(validation=OfferValidation.APPROVED)
    if verb == BulkVerb.PAUSE:
        return published.filter(is_active=True)
    return published.filter(
        ~kept_without_right(),
        is_active=False,
        venue__offerer__closing_asked_at__isnull=True,  # OFF-33
    )


@transaction.atomic
def ask_bulk(
    *, user: User, verb: BulkVerb, query: str = "", offer_ids: list[int], is_everything: bool
) -> BulkAction:
    """Keep the wish and give it to a worker after commit; raises NothingToDo without an offer."""
    ids = [] if is_everything else offer_ids
    wanted = wanted_offers(user=user, query=query, offer_ids=ids, is_everything=is_everything)
    total = wanted.order_by().count()
    if not total:
        raise NothingToDo
    action = BulkAction.objects.create(
        user=user,
        verb=verb,
        query=query[:2000],
        is_everything=is_everything,
        offer_ids=ids,
        total=total,
    )
    transaction.on_commit(lambda: _give(action.pk), robust=True)
    return action


def run_bulk(*, action_id: int) -> bool:
    """Do an action that waits, by packets; False when another worker has it or it is done.

    The rights are those of the person now. Offers that changed meanwhile are looked at again
    under their lock: one that is no longer concerned is left as it is.
    """
    if not _take(action_id):
        return False
    action = BulkAction.objects.select_related("user").get(pk=action_id)
    by, verb = Actor.user(action.user), BulkVerb(action.verb)
    try:
        for packet in _packets(action):
            changed = _DO[verb](packet, by)
            action.seen, action.changed = action.seen + len(packet), action.changed + changed
            action.total = max(action.total, action.seen)
            action.save(update_fields=["seen", "changed", "total"])
    except Exception:
        BulkAction.objects.filter(pk=action_id).update(state=BulkState.FAILED)
        raise
    action.state, action.finished_at = BulkState.DONE, clock.now()
    action.total = action.seen
    action.save(update_fields=["state", "finished_at", "total"])
    return True


def tend_bulk(*, now: datetime) -> dict[str, int]:
    """The job: give again what no worker took, or what one left unfinished."""
    lost = BulkAction.objects.filter(
        Q(state=BulkState.WAITING, created_at__lt=now - _NOT_TAKEN_AFTER)
        | Q(state=BulkState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER)
    )
    ids = list(lost.values_list("pk", flat=True))
    for pk in ids:
        _give(pk)
    return {"given_again": len(ids)}


def _packets(action: BulkAction) -> Iterator[list[int]]:
    """Numbers fixed at the start: what is done must not move what is left to see."""
    wanted = wanted_offers(
        user=action.user,
        query=action.query,
        offer_ids=action.offer_ids,
        is_everything=action.is_everything,
    )
    ids = sorted(set(wanted.order_by().values_list("pk", flat=True)))
    for start in range(0, len(ids), _PACKET):
        yield ids[start : start + _PACKET]


@transaction.atomic
def _pause(ids: list[int], by: Actor) -> int:
    return _switch(ids, BulkVerb.PAUSE, by, is_active=False, why="Mise en pause groupée")


@transaction.atomic
def _resume(ids: list[int], by: Actor) -> int:
    # Held: a structure that asks for its end meanwhile waits, then withdraws what is shown here.
    structures = Offerer.objects.filter(venues__offers__in=ids).order_by("pk").values("pk")
    list(Offerer.objects.filter(pk__in=structures).order_by("pk").select_for_update(no_key=True))
    return _switch(ids, BulkVerb.RESUME, by, is_active=True, why="Reprise groupée")


def _switch(ids: list[int], verb: BulkVerb, by: Actor, *, is_active: bool, why: str) -> int:
    pks = _locked(concerned(verb, Offer.objects.filter(pk__in=ids)))
    Offer.objects.filter(pk__in=pks).update(is_active=is_active, updated_at=clock.now())
    transitions.note_many(pks, OfferValidation.APPROVED, by=by, why=why)
    return len(pks)


@transaction.atomic
def _delete(ids: list[int], by: Actor) -> int:
    pks = _locked(concerned(BulkVerb.DELETE, Offer.objects.filter(pk__in=ids)))
    drafts = Offer.objects.filter(pk__in=pks)
    for key in drafts.exclude(image_key="").values_list("image_key", flat=True):
        images.discard(key)
    Stock.objects.filter(offer__in=pks).delete()
    drafts.delete()
    return len(pks)


_DO: dict[BulkVerb, Callable[[list[int], Actor], int]] = {
    BulkVerb.PAUSE: _pause,
    BulkVerb.RESUME: _resume,
    BulkVerb.DELETE: _delete,
}


def _locked(offers: QuerySet[Offer]) -> list[int]:
    rows = offers.order_by("pk").select_for_update(of=("self",), no_key=True)
    return list(rows.values_list("pk", flat=True))


def _give(action_id: int) -> None:
    from offers.tasks import run_bulk_task

    try:
        run_bulk_task.delay(action_id)
    except Exception as error:
        logger.warning("The queue refused an action.", extra={"id": action_id, "error": str(error)})


def _take(action_id: int) -> bool:
    now = clock.now()
    free = Q(state=BulkState.WAITING) | Q(
        state=BulkState.RUNNING, started_at__lt=now - _GIVEN_UP_AFTER
    )
    facts: dict[str, Any] = {"state": BulkState.RUNNING, "started_at": now, "seen": 0, "changed": 0}
    return BulkAction.objects.filter(free, pk=action_id).update(**facts) == 1
