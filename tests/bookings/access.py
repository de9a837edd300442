"""Who gets what on the URLs of bookings (see tests/test_access.py)."""


def _code(cast):
    return {"token": cast.booking.countermark}


def _keys(good):
    return {"anonymous": 401, "api_key": good, "outsider_api_key": 403}


ROWS = [
    ("bookings:token", _code, "get", _keys(200)),
    ("bookings:token_use", _code, "patch", _keys(204)),
    # The booking of the cast is not used yet.
    ("bookings:token_keep", _code, "patch", _keys(410)),
    ("bookings:token_cancel", _code, "patch", _keys(204)),
]
