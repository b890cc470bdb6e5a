"""Stores vault records in an encrypted table, and handles its keys."""
