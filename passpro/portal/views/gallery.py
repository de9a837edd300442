"""Every component in every state, on one page (outside production)."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from passpro.kernel import clock
from passpro.kernel.access import public
from passpro.kernel.statuses import LOOKS
from passpro.portal.forms import FILLED, REFUSED, GalleryForm
from passpro.reference.categories import CATEGORIES

_KINDS = {
    "offer": "Offre",
    "booking": "Réservation",
    "offerer": "Structure",
    "membership": "Rattachement",
    "bank_account": "Compte bancaire",
    "cashflow": "Virement",
    "batch": "Lot de virements",
    "invitation": "Invitation",
}
_TOASTS = [
    ("ok", "32 lignes ajoutées à « Le Lac des cygnes »."),
    ("", "La publication de 47 offres est en cours."),
    ("wait", "Export en préparation : 1 200 lignes sur 5 000."),
    ("bad", "N7QK2P n’a pas été validée : elle a été annulée le 20 mai."),
]


@public
def gallery(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    return render(
        request,
        "portal/gallery.html",
        {
            "kinds": [(_KINDS.get(kind, kind), kind, list(looks)) for kind, looks in LOOKS.items()],
            "filled": GalleryForm(initial=FILLED | {"day": now, "hour": now}, prefix="ok"),
            "refused": GalleryForm(data={f"no-{k}": v for k, v in REFUSED.items()}, prefix="no"),
            "page": Paginator(range(400), 20).get_page(request.GET.get("page", 3)),
            "toasts": _TOASTS,
            "categories": list(CATEGORIES),
            "soon": now + timedelta(days=3),
        },
    )
