"""Finance in the team's admin."""

from finance.admin import accounts, batches, pricing_points, rules

__all__ = ["accounts", "batches", "pricing_points", "rules"]
