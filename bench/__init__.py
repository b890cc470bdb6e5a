"""Measures and counts the cost of tokenizing."""
