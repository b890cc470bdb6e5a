"""Makes and stores honey tokens."""
