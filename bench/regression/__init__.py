"""Checks that the engine is as fast as it was. It counts instead of timing, and compares with a stored baseline."""
