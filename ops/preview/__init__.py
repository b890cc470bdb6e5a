"""Shows producers what becomes of each field of their events, before they send any."""
