"""Decides reveals by Cedar, and stores the counters of the budgets."""
