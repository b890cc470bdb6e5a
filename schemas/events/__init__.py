"""Holds one file for each event type and version. The registry finds them by itself."""
