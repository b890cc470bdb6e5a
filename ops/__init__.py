"""Holds the commands for people, and what they share."""
