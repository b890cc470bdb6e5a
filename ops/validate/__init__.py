"""Checks events before they are sent."""
