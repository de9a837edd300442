"""Who gets what on the URLs of offers (see tests/test_access.py)."""

from tests.access import pro_page

ROWS = [
    ("offers:detail", lambda cast: {"pk": cast.offer.pk}, "get", pro_page()),
]
