"""Tokens back to values, by policy and within budgets."""
