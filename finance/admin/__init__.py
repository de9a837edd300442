"""Finance in the team's admin."""

from finance.admin import accounts, batches, pricing_points

__all__ = ["accounts", "batches", "pricing_points"]
