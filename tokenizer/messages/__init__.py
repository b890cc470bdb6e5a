"""Defines the typed messages between functions. They travel as JSON."""
