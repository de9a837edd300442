"""Who may open the pages of portal."""

from tests.access import for_all, pro_list

ROWS = [
    ("portal:root", None, "get", for_all(302)),
    ("portal:home", None, "get", pro_list()),
    ("portal:help", None, "get", for_all(200)),
    ("portal:statistics", None, "get", pro_list()),
    ("portal:statistics_export", {"code": "offres"}, "get", pro_list()),
    ("portal:statistics_export", {"code": "inconnu"}, "get", pro_list(status=404)),
    ("portal:partner_api", None, "get", for_all(200)),
    ("portal:partner_api_schema", None, "get", for_all(200)),
    ("portal:sandbox", None, "get", for_all(200)),
    # Nothing of a partner's software there yet; the clock stands in tests.
    ("portal:sandbox_clock", None, "post", for_all(404)),
    ("portal:sandbox_book", lambda cast: {"pk": cast.stock.pk}, "post", for_all(404)),
    ("portal:sandbox_prebook", {"pk": 1}, "post", for_all(404)),
    ("portal:sandbox_move", {"pk": 1, "verb": "confirmer"}, "post", for_all(404)),
    ("portal:health", None, "get", for_all(200)),
    ("portal:gallery", None, "get", for_all(200)),
]
