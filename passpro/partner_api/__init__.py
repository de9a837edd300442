"""Ground of the partner API: its contract as data, checking of bodies, rate limit, documentation.

Knows nothing of offers or bookings: the doors are in `<app>/api/`.
"""
