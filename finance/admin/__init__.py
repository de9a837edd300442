"""Finance in the team's admin."""

from finance.admin import accounts, alerts, batches, incidents, pricing_points, returns, rules

__all__ = ["accounts", "alerts", "batches", "incidents", "pricing_points", "returns", "rules"]
