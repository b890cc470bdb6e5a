"""Generates orders, customers and poison."""
