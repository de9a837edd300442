"""A structure, or a venue, that never had a booking is deleted with all it owns (§2.3, VEN-13).

Here because rows of every app go with it. Anything that is not named below and still points at
the structure makes the database refuse, and nothing changes.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet, RestrictedError

from passpro.kernel import action_log
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.kernel.models import ActionLog
from venues.exceptions import ReasonMissing
from venues.models import Offerer, Venue

# Whatever their state, these keep a structure for ever.
KEPT = (
    ("bookings.Booking", "offerer"),
    ("collective.CollectiveBooking", "venue__offerer"),
    ("finance.FinanceEvent", "venue__offerer"),
    ("finance.Invoice", "bank_account__offerer"),
)
# Deleted in this order; what they own by CASCADE goes with them.
OWNED = (
    ("finance.VenueBankAccountLink", "venue__offerer"),
    ("finance.OffererDefaultAccount", "offerer"),
    ("finance.VenuePricingPointLink", "venue__offerer"),
    ("finance.BankAccount", "offerer"),
    ("collective.CollectiveStock", "offer__venue__offerer"),
    ("collective.CollectiveOffer", "venue__offerer"),
    ("collective.CollectiveRequest", "template__venue__offerer"),
    ("collective.CollectiveTemplate", "venue__offerer"),
    ("offers.Offer", "venue__offerer"),
    ("venues.AdageRequestTransition", "request__venue__offerer"),
    ("venues.AdageRequest", "venue__offerer"),
    ("venues.VenueProviderTransition", "link__venue__offerer"),
    ("venues.VenueProvider", "venue__offerer"),
    ("venues.Registration", "venue__offerer"),
    ("venues.Venue", "offerer"),
    ("venues.MembershipTransition", "membership__offerer"),
    ("venues.Membership", "offerer"),
    ("venues.InvitationTransition", "invitation__offerer"),
    ("venues.Invitation", "offerer"),
    ("venues.ApiKey", "offerer"),
    ("venues.OffererTransition", "offerer"),
)
# The same of one venue; the second list is what others lean on.
VENUE_KEPT = (
    ("bookings.Booking", "venue"),
    ("collective.CollectiveBooking", "venue"),
    ("finance.FinanceEvent", "venue"),
    ("finance.FinanceEvent", "pricing_point"),
    ("finance.CustomRule", "venue"),
)
VENUE_OWNED = tuple(
    (label, path.replace("venue__offerer", "venue"))
    for label, path in OWNED
    if path.endswith("venue__offerer")
)


class StructureIsUsed(DomainError):
    code = "structure_is_used"
    message = (
        "Cette structure a des réservations ou des écritures, même annulées : elle se ferme, elle "
        "ne se supprime pas."
    )


class VenueIsUsed(DomainError):
    code = "venue_is_used"
    message = "Ce lieu a des réservations ou des écritures, même annulées : il ne se supprime pas."


class VenueIsLeantOn(DomainError):
    code = "venue_is_leant_on"
    message = (
        "Le SIRET de ce lieu paie d’autres lieux : choisissez d’abord un autre SIRET pour eux."
    )


class WrongName(DomainError):
    code = "wrong_name"
    message = "Ce n’est pas le nom de ce lieu."
    http_status = 400


class WrongSiren(DomainError):
    code = "wrong_siren"
    message = "Ce n’est pas le SIREN de cette structure."
    http_status = 400


@transaction.atomic
def delete_structure(*, offerer_id: int, siren: str, reason: str, by: Actor) -> None:
    """Delete for good; the history keeps its name, who did it and why.

    `siren` is typed again. Raises WrongSiren, ReasonMissing, StructureIsUsed.
    """
    offerer = Offerer.objects.lock_for_change(offerer_id)
    if "".join(siren.split()) != offerer.siren:
        raise WrongSiren(field="siren")
    if not reason.strip():
        raise ReasonMissing("Donnez le motif de la suppression.", field="reason")
    if any(rows.exists() for rows in _rows(offerer, KEPT)):
        raise StructureIsUsed
    files = list(offerer.bank_accounts.exclude(rib="").values_list("rib", flat=True))
    storage = apps.get_model("finance.BankAccount")._meta.get_field("rib").storage
    label = f"{offerer.name} (SIREN {offerer.siren})"
    action_log.record(
        offerer, ActionLog.Kind.DELETED, by=by, why=reason, changes={"structure": [label, "–"]}
    )
    try:
        with transaction.atomic():
            for rows in _rows(offerer, OWNED):
                rows.delete()
            offerer.delete()
    except (ProtectedError, RestrictedError):
        raise StructureIsUsed from None
    for name in files:
        transaction.on_commit(lambda name=name: storage.delete(name), robust=True)


@transaction.atomic
def delete_venue(*, venue_id: int, name: str, reason: str, by: Actor) -> None:
    """VEN-13: delete a venue and its offers for good; the history keeps its name and why.

    `name` is typed again. Raises WrongName, ReasonMissing, VenueIsUsed, VenueIsLeantOn.
    """
    offerer_id = Venue.objects.values_list("offerer_id", flat=True).get(pk=venue_id)
    Offerer.objects.lock_for_change(offerer_id)
    venue = Venue.objects.lock_for_change(venue_id)
    if name.strip().casefold() != venue.shown_name.casefold():
        raise WrongName(field="name")
    if not reason.strip():
        raise ReasonMissing("Donnez le motif de la suppression.", field="reason")
    if any(rows.exists() for rows in _rows(venue, VENUE_KEPT)):
        raise VenueIsUsed
    if venue.priced_venue_links.exclude(venue=venue).exists():
        raise VenueIsLeantOn
    label = f"{venue.shown_name} ({venue.siret or venue.comment or 'lieu numérique'})"
    for kept in (venue, venue.offerer):
        changes = {"lieu": [label, "–"]}
        kind = ActionLog.Kind.DELETED if kept is venue else ActionLog.Kind.MODIFIED
        action_log.record(kept, kind, by=by, why=reason, changes=changes)
    try:
        with transaction.atomic():
            for rows in _rows(venue, VENUE_OWNED):
                rows.delete()
            venue.delete()
    except (ProtectedError, RestrictedError):
        raise VenueIsUsed from None


def _rows(owner: Offerer | Venue, named: tuple[tuple[str, str], ...]) -> Iterator[QuerySet[Model]]:
    for label, path in named:
        if apps.is_installed(label.partition(".")[0]):
            yield apps.get_model(label)._base_manager.filter(**{path: owner})
