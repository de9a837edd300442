"""Entries of the menus; one whose page is not part of this installation is left out."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Entry:
    """A menu line; `under` lists the paths for which it is the current one."""

    label: str
    icon: str
    url_name: str
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    label: str
    icon: str
    href: str
    current: bool


TOP = (Entry("Accueil", "house", "portal:home"),)
INDIVIDUAL = (
    Entry("Offres", "ticket-perforated", "offers:list", ("/offre/",)),
    Entry("Réservations", "bookmark-check", "bookings:list"),
    Entry("Guichet", "upc-scan", "bookings:desk"),
)
COLLECTIVE = (Entry("Offres scolaires", "mortarboard", "collective:list", ("/collectif/",)),)
FOOT = (
    Entry("Gestion financière", "piggy-bank", "finance:invoices", ("/remboursements/",)),
    Entry("Statistiques", "bar-chart-line", "portal:statistics", ("/statistiques",)),
    Entry("Structures et lieux", "building", "venues:structures", ("/structures/", "/lieux/")),
)
BENEFICIARY = (
    Entry("Accueil", "house", "offers:app_home"),
    Entry("Recherche", "search", "offers:app_search", ("/app/offre/", "/app/lieu/")),
    Entry("Favoris", "heart", "offers:favorites"),
    Entry("Réservations", "ticket-perforated", "bookings:my_bookings"),
    Entry("Crédit", "wallet2", "bookings:credit"),
)
VISITOR = (
    Entry("Accueil", "house", "offers:app_home"),
    Entry("Recherche", "search", "offers:app_search", ("/app/offre/", "/app/lieu/")),
    Entry("Mon espace", "arrow-left", "portal:root"),
)
# Whoever received the address of an offer or of a place.
PASSER_BY = (Entry("Se connecter", "person", "accounts:sign_in"),)


def address_of(url_name: str) -> str:
    """Its path, or an empty text when no page has that name."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def links(entries: tuple[Entry, ...], path: str) -> list[Link]:
    """The entries that lead somewhere, with the one that holds `path` marked as current."""
    shown = []
    for entry in entries:
        href = address_of(entry.url_name)
        if href:
            has_pages = href not in {"/", "/app/"}
            here = path == href or (has_pages and path.startswith(f"{href.rstrip('/')}/"))
            shown.append(
                Link(entry.label, entry.icon, href, here or path.startswith(entry.under or ("\n",)))
            )
    return shown
