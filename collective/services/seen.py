"""Who saw which state of an offer, for the badge of news (collective.md §15.1, line 44)."""

from collective.models import OfferSeen


def mark_seen(*, offer_id: int, user_id: int, status: str) -> None:
    """Remember the state shown to a person; one row a person and offer."""
    OfferSeen.objects.update_or_create(
        offer_id=offer_id, user_id=user_id, defaults={"status": status}
    )
