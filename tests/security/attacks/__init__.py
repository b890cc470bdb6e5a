"""Attacks on the product, each told by who attacks, and what they hold."""
