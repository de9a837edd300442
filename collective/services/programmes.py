"""National programmes of offers and templates: which go, and what they were (§1.3)."""

from collections.abc import Collection
from typing import Any

from collective.exceptions import InvalidOffer
from collective.models import (
    CollectiveOffer,
    CollectiveTemplate,
    NationalProgramme,
    ProgrammeChange,
)
from passpro.kernel import clock
from passpro.kernel.actor import Actor


def check_programme(programme_id: int | None, domain_ids: Collection[int]) -> None:
    """Known, open, of one of the domains; raises InvalidOffer with its own words for each."""
    if programme_id is None:
        return
    programme = NationalProgramme.objects.filter(pk=programme_id).first()
    if programme is None:
        raise InvalidOffer("Ce dispositif n’existe pas.", field="programme_id")
    if not programme.is_active:
        raise InvalidOffer("Ce dispositif n’existe plus.", field="programme_id")
    if not domain_ids:
        raise InvalidOffer("Choisissez d’abord un domaine.", field="programme_id")
    if not programme.domains.filter(pk__in=domain_ids).exists():
        raise InvalidOffer(
            "Ce dispositif ne va pas avec les domaines choisis.", field="programme_id"
        )


def still_valid(programme_id: int | None, domain_ids: Collection[int]) -> int | None:
    """The programme of a copy: the same while it may be chosen, else none (§5.7)."""
    try:
        check_programme(programme_id, domain_ids)
    except InvalidOffer:
        return None
    return programme_id


def note_programme(
    proposal: CollectiveOffer | CollectiveTemplate, before: int | None, *, by: Actor
) -> None:
    """A line for each change, also the first one; nothing when it is the same."""
    if proposal.programme_id == before:
        return
    of: dict[str, Any] = (
        {"offer": proposal} if isinstance(proposal, CollectiveOffer) else {"template": proposal}
    )
    ProgrammeChange.objects.create(
        **of, programme_id=proposal.programme_id, by_id=by.user_id, at=clock.now()
    )
