"""Charges the card behind an order's tokens."""
