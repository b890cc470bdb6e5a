"""Stores what moving the vault to another key needs."""
