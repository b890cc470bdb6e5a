"""Runs every command for people on a terminal of its own, against a stack whose answers are known."""
