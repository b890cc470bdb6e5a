"""Decides by Cedar, and remembers which values a caller has looked up."""
