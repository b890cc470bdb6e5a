"""One order's way: raw records in, sanitized events out."""
