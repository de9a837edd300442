from tests.access import for_all

# A key that nobody holds: images are public, but only under their secret key.
ROWS = [("image", {"key": "0" * 32, "width": 480}, "get", for_all(404))]
