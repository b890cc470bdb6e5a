"""Builds, checks and documents the product."""
