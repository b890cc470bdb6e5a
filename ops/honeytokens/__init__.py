"""Makes and lists honey tokens."""
