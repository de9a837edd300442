"""Who may open the pages of portal."""

from tests.access import for_all, pro_list

ROWS = [
    ("portal:root", None, "get", for_all(302)),
    ("portal:home", None, "get", pro_list()),
    ("portal:health", None, "get", for_all(200)),
    ("portal:gallery", None, "get", for_all(200)),
]
