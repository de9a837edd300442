"""Limits of structures."""

from datetime import timedelta

# KEY-03: enough for each ticketing software and a spare during a change of key.
MAX_API_KEYS_PER_OFFERER = 5
VIRTUAL_VENUE_NAME = "Offre numérique"

# SIR-03: somebody who tries numbers one after the other is slowed down.
LOOKUPS_PER_MINUTE = 10
# Enough for the largest team, too few to write to strangers.
MAX_PENDING_INVITATIONS = 50
# Nobody receives the same call every minute.
INVITATION_RESEND_DELAY = timedelta(minutes=10)
TEAM_SHOWN_ON_STRUCTURE = 5
HISTORY_SHOWN = 10
VENUES_SHOWN_ON_STRUCTURE = 24
# §2.3: members of a closed structure still read its payments for a while.
CLOSED_TEAM_KEPT = timedelta(days=90)
