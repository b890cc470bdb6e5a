"""Turns tokens back into values, within policies and budgets."""
