"""What offers hold on a young person (see passpro/accounts/personal_data.py)."""

from offers.enums import ReportReason
from offers.models import Favorite, OfferReport
from passpro.accounts.models import User
from passpro.accounts.personal_data import Holder, Rows

ERASED = "Effacé"


def collect(person: User) -> dict[str, Rows]:
    """Favourites and reports; nothing for people who have none."""
    kept = Favorite.objects.filter(user=person).select_related("offer")
    reported = OfferReport.objects.filter(user=person).select_related("offer")
    lists: dict[str, Rows] = {
        "Favoris": [{"offre": one.offer.title, "ajoutée le": one.created_at} for one in kept],
        "Signalements": [
            {
                "offre": one.offer.title,
                "motif": one.get_reason_display(),
                "précisions": one.text,
                "signalée le": one.created_at,
                "état": one.get_state_display(),
            }
            for one in reported
        ],
    }
    return {title: rows for title, rows in lists.items() if rows}


def erase(person: User) -> None:
    """Favourites go; reports stay, without what the person wrote."""
    Favorite.objects.filter(user=person).delete()
    OfferReport.objects.filter(user=person, reason=ReportReason.OTHER).update(text=ERASED)


HOLDER = Holder(app="offers", collect=collect, erase=erase)
