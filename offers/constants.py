"""Limits of offers and stocks, each with its rule."""

from datetime import timedelta

MAX_TITLE = 90  # OFF-01, in the form; imported titles may have 140
MAX_DESCRIPTION = 1_000  # OFF-02, in the form
MAX_EXTRA_TEXT = 1_000  # §1.5
MAX_URL = 255  # OFF-06
MAX_WITHDRAWAL_DETAILS = 500  # OFF-08
MAX_EMAIL = 90  # OFF-10, OFF-11
MAX_LABEL = 50  # PRC-01
MAX_QUANTITY = 1_000_000  # STK-04
MAX_DURATION_MINUTES = 999 * 60 + 59  # §1.5: H:MM with at most three digits of hours
MAX_HOURS = 24  # hours a day in one series of dates
MAX_LIMIT_DAYS = 730  # STK-35
SINGLE_PRICE_LABEL = "Tarif unique"  # PRC-05

PUBLICATION_STEP = timedelta(minutes=15)  # OFF-120
PUBLICATION_HORIZON = timedelta(days=730)  # OFF-120
STOCK_DELETION_DELAY = timedelta(hours=48)  # STK-62

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
# Seconds before the event and how people say them; the first one is the default.
EMAIL_DELAYS = {  # OFF-64
    _DAY: "24 heures avant",
    2 * _DAY: "48 heures avant",
    3 * _DAY: "3 jours avant",
    4 * _DAY: "4 jours avant",
    5 * _DAY: "5 jours avant",
    6 * _DAY: "6 jours avant",
    7 * _DAY: "1 semaine avant",
}
ON_SITE_DELAYS = {  # OFF-65
    0: "à tout moment",
    15 * _MINUTE: "15 minutes avant",
    30 * _MINUTE: "30 minutes avant",
    _HOUR: "1 heure avant",
    2 * _HOUR: "2 heures avant",
    4 * _HOUR: "4 heures avant",
    _DAY: "24 heures avant",
    2 * _DAY: "48 heures avant",
}

# STK-80: bytes of a file of activation codes, signs of one code.
CODES_FILE_BYTES = 1_048_576
CODE_LENGTH = 255
