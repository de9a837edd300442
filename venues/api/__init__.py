"""Partner API: its door, and what concerns partners and venues."""
