"""What producers try before they send: what becomes of each field of their events."""
