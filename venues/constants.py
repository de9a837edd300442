"""Limits of structures."""

# KEY-03: enough for each ticketing software and a spare during a change of key.
MAX_API_KEYS_PER_OFFERER = 5
VIRTUAL_VENUE_NAME = "Offre numérique"

# SIR-03: somebody who tries numbers one after the other is slowed down.
LOOKUPS_PER_MINUTE = 10
