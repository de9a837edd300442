"""Finance in the team's admin."""

from finance.admin import accounts, batches, incidents, pricing_points, returns, rules

__all__ = ["accounts", "batches", "incidents", "pricing_points", "returns", "rules"]
