"""Holds replay's commands, a file for each kind of work."""
