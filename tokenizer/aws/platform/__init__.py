"""Provides what every adapter uses: clients, settings, errors, counters and timing."""
