"""Replays records that failed."""
