from tests.access import for_all

ROWS = [("registers:addresses", None, "get", for_all(200, anonymous=302), {"q": "rue de siam"})]
