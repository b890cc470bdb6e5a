"""Stores payments, and stands in for a payment gateway."""
