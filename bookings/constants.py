"""Limits of bookings that nobody needs to change by setting; delays are settings."""

from datetime import timedelta

# BKG-30: letters without I and O, digits 2 to 7.
COUNTERMARK_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"
COUNTERMARK_LENGTH = 6
COUNTERMARK_DRAWS = 100

DUO_QUANTITY = 2

# Rows changed in one transaction by the jobs. Expiry also locks stocks and credits: shorter.
VALIDATION_PAGE = 10_000
EXPIRY_PAGE = 2_000
LETTERS_AT_ONCE = 200
# How far back the expiry job looks for bookings whose e-mails a killed run did not write.
EXPIRY_MAIL_LOOK_BACK = timedelta(days=7)

# DSK-51: refused attempts (401) by minute, by address and by Basic user.
FAILURES_PER_MINUTE = 10

# Codes validated in one go at the desk, and bytes of the file that brings them.
SEVERAL_CODES = 300
SEVERAL_FILE_BYTES = 200_000

# The desk without network: people kept on the device, and how long what it sent is remembered.
OFFLINE_GUESTS = 5_000
OFFLINE_KEPT = timedelta(days=90)

# Lines of an attendance list in a PDF made while the person waits.
MOST_GUESTS_ON_PAPER = 1_500

# LST-08: lines of the list that can be turned through; beyond, narrower filters or an export.
MOST_LISTED = 5_000

# Addresses of young people read in one go when a local credit is granted.
GRANTS_AT_ONCE = 500

# Bookings of a closed structure cancelled in one transaction.
CLOSING_PAGE = 500

# Reminders written in one transaction.
REMINDER_PAGE = 500
