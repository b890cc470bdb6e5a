"""Runs the emulator with the deployed template."""
