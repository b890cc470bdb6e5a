"""Brings back what failed."""
